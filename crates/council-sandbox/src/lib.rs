//! Runs programs that nobody vouches for, apart from their host, and reports what they did.
//!
//! Two sides share this crate. The *host* side is part of the server. The *inside* runs in a helper process with one
//! thread, because a process with many must not fork: it makes boxes and is pid 1 in each of them. They meet at
//! [`frame`] and [`order`]; the host takes what comes from inside for hostile.
//!
//! - [`config`]: what the sandbox is told
//! - [`host`]: the sandbox as the rest of Council sees it
//! - [`inside`]: the helper, and what it makes of itself
//! - [`frame`], [`order`], [`message`]: what the two say to each other
//! - [`runners`]: the programs that run programs
//! - [`attacks`]: what a program could try against its host, tried

pub mod attacks;
pub mod config;
mod frame;
mod host;
mod inside;
mod message;
mod order;
mod runners;

pub use config::{HelperCommand, PoolSizes, SandboxConfig};
#[cfg(any(test, feature = "fuzzing"))]
pub use host::fuzzing;
pub use host::{LazySandbox, Namespaces, Unavailable, open, python_of};
pub use inside::run_helper;
