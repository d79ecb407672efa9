//! `council config`: every key, its value and where it came from.

use super::Context;
use crate::config::show;
use crate::exit::{CommandError, Exit};
use crate::output::Output;
use clap::Args;

/// Arguments of `council config`.
#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    /// Print JSON, with what each key means
    #[arg(long)]
    json: bool,
}

/// Prints the effective configuration, secrets masked.
pub(super) fn run(args: &ConfigArgs, context: &Context, output: &mut Output) -> Result<Exit, CommandError> {
    if args.json {
        output.json(&show::to_json(&context.config))?;
    } else {
        show::write_text(&context.config, output)?;
    }
    Ok(Exit::Success)
}
