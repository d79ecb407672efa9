//! The sandbox as the rest of Council sees it.
//!
//! - [`namespaces`](self::namespaces): the [`Sandbox`](council_core::sandbox::Sandbox) of this crate's own launcher
//! - [`lazy`](self::lazy): opens it when it is needed
//! - [`selftest`](self::selftest): which layers of protection hold here
//! - [`run`](self::run): one run, from a program to its report
//! - [`pool`](self::pool): boxes that wait for programs
//! - [`sessions`](self::sessions): boxes that are kept between programs
//! - [`channel`](self::channel): the way to pid 1 of a box
//! - [`helper`](self::helper): the helper process
//! - [`languages`](self::languages): interpreters of this machine
//! - [`result`](self::result): what pid 1 and a runner said, as a report

mod channel;
mod helper;
mod languages;
mod lazy;
mod namespaces;
mod pool;
mod result;
mod run;
mod selftest;
mod sessions;

pub use lazy::LazySandbox;
pub use namespaces::Namespaces;
