//! `council man`: manual pages, made of the same words as `--help`.

use crate::cli::Cli;
use crate::exit::{CommandError, Exit};
use crate::output::Output;
use clap::{Args, CommandFactory};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `council man`.
#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// Write a page for each command into this directory, which is made where it is not there
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Prints council(1), or writes it and the pages of all commands.
pub(super) fn run(args: &ManArgs, output: &mut Output) -> Result<Exit, CommandError> {
    if let Some(dir) = &args.dir {
        write_pages(dir)
            .map_err(|error| CommandError::io(format!("cannot write into {}: {error}", dir.display())))?;
    } else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut page)?;
        output.write_all(&page)?;
    }
    Ok(Exit::Success)
}

fn write_pages(dir: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(dir)?;
    clap_mangen::generate_to(Cli::command(), dir)
}
