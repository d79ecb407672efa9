//! `council completions`: what a shell needs to complete commands and options.

use crate::cli::Cli;
use crate::exit::{CommandError, Exit};
use crate::output::Output;
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::io::Write;

/// Arguments of `council completions`.
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// For this shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints a script for the shell.
pub(super) fn run(args: &CompletionsArgs, output: &mut Output) -> Result<Exit, CommandError> {
    // Into memory first: the generator panics when it cannot write, and the reader of a pipe may go away.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "council", &mut script);
    output.write_all(&script)?;
    Ok(Exit::Success)
}
