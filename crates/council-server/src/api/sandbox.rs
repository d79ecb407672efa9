//! Programs to run, what they did, and what keeps them apart from this machine.
//!
//! - `order`: what is to be run
//! - `result`: what it did
//! - `events`: what happens while it runs
//! - `selftest`: what came of attacks on it
//! - `status`: what protects, and what is kept ready

mod events;
mod order;
mod result;
mod selftest;
mod status;

pub(crate) use events::RunEventObject;
pub(crate) use events::RunEvents;
pub(crate) use order::{RunBody, RunOrder, session_id};
pub(crate) use result::RunObject;
pub(crate) use selftest::SelfTest;
pub(crate) use status::{SessionChange, SessionObject, StatusObject};
