//! Council in one binary: configuration, composition and the command line. The only crate that names the concrete
//! types behind the traits of `council-core`.
//!
//! - [`environment`]: the process environment, read once
//! - [`config`]: defaults, file, environment and flags, merged once
//! - [`app`]: builds the parts and puts them together; runs the server
//! - [`cli`]: the commands
//! - [`output`]: what commands print
//! - [`signals`]: signals that ask a program to stop
//! - [`exit`]: exit codes and errors that know theirs

pub mod app;
pub mod cli;
pub mod config;
pub mod environment;
pub mod exit;
pub mod output;
pub mod signals;
