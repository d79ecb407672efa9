//! The sandbox as the rest of Council sees it.
//!
//! - [`namespaces`](self::namespaces): the [`Sandbox`](council_core::sandbox::Sandbox) of this crate's own launcher
//! - [`foreign`](self::foreign): the same in boxes that other programs make
//! - [`unavailable`](self::unavailable): what a host has that cannot isolate programs
//! - [`choose`](self::choose): which of them it is
//! - [`lazy`](self::lazy): opens it when it is needed
//! - [`selftest`](self::selftest): which layers of protection hold here
//! - [`run`](self::run): one run, from a program to its report
//! - [`places`](self::places): how many run at once
//! - [`pool`](self::pool): boxes that wait for programs
//! - [`sessions`](self::sessions): boxes that are kept between programs
//! - [`channel`](self::channel): the way to pid 1 of a box
//! - [`helper`](self::helper): the helper process
//! - [`languages`](self::languages): interpreters of this machine
//! - [`result`](self::result): what pid 1 and a runner said, as a report
//! - `fuzzing`: what is done with bytes from a box, for fuzzing and tests

mod channel;
mod choose;
mod foreign;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod helper;
mod languages;
mod lazy;
mod namespaces;
mod places;
mod pool;
mod result;
mod run;
mod selftest;
mod sessions;
mod unavailable;

pub use choose::open;
pub use languages::python_of;
pub use lazy::LazySandbox;
pub use namespaces::Namespaces;
pub use unavailable::Unavailable;
