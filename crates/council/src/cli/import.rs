//! `council import`: takes over the GGUF files of a directory, by links.

use super::Context;
use super::remove::library_error;
use crate::app::open_library;
use crate::exit::{CommandError, Exit};
use crate::output::{Output, notice};
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `council import`.
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// Directory to search, with the directories in it; its files are linked to, not copied
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

/// Links every model and says which files were not taken.
pub(super) async fn run(
    args: ImportArgs,
    context: &Context,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let library = open_library(&context.config.models_dir)?;
    let imported = tokio::task::spawn_blocking(move || library.import_dir(&args.dir)).await;
    let report = imported
        .map_err(|error| CommandError::failure(format!("the import died: {error}")))?
        .map_err(|error| library_error(&error))?;
    for model in &report.imported {
        writeln!(output, "imported {} from {}", model.id, model.from.display())?;
    }
    for skipped in &report.skipped {
        notice(&format!(
            "not taken: {}: {}",
            skipped.path.display(),
            skipped.reason
        ));
    }
    if report.imported.is_empty() && report.skipped.is_empty() {
        notice("no GGUF file is in that directory");
    }
    // Files that were there and could not be used are a failure that a script should see.
    if report.imported.is_empty() && !report.skipped.is_empty() {
        Ok(Exit::Failure)
    } else {
        Ok(Exit::Success)
    }
}
