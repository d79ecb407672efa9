//! Models against the contract that all of them keep, and remote models against a server that speaks the real wire
//! format.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod anthropic;
mod contract;
mod fake_anthropic;
mod fake_openai;
mod pool;
mod remote;
mod resilience;
mod scripted;
