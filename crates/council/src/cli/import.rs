//! `council import` of a directory with models: takes over its GGUF files, by links.

use super::Context;
use super::remove::library_error;
use crate::app::open_library;
use crate::exit::{CommandError, Exit};
use crate::output::{Output, notice};
use std::io::Write;
use std::path::PathBuf;

/// Links every model and says which files were not taken.
pub(super) async fn models(
    dir: PathBuf,
    context: &Context,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let library = open_library(&context.config.models_dir)?;
    let imported = tokio::task::spawn_blocking(move || library.import_dir(&dir)).await;
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
