//! The sandbox against its contract, with the real helper on this very host.

#![expect(clippy::unwrap_used, reason = "tests")]

mod attacks;
mod backends;
mod choose;
mod docker;
mod hygiene;
mod limits;
mod ordinary_user;
mod runs;
mod sessions;
mod shell_sessions;
mod support;
