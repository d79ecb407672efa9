//! Council in one binary: configuration, composition and the command line. The only crate that names the concrete
//! types behind the traits of `council-core`.
//!
//! - [`environment`]: the process environment, read once
//! - [`config`]: defaults, file, environment and flags, merged once
//! - [`app`]: builds the parts and puts them together; runs the server
//! - [`cli`]: the commands
//! - [`log`]: log lines
//! - [`telemetry`]: traces of requests, for a collector
//! - [`output`]: what commands print
//! - `passphrase`: asks a person for one
//! - [`signals`]: signals that ask a program to stop
//! - [`exit`]: exit codes and errors that know theirs

pub mod app;
pub mod cli;
pub mod config;
pub mod environment;
pub mod exit;
pub mod log;
pub mod output;
mod passphrase;
pub mod signals;
pub mod telemetry;
