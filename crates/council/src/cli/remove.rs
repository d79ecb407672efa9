//! `council rm`: removes models from this machine.

use super::Context;
use crate::app::open_library;
use crate::exit::{CommandError, Exit};
use crate::output::{self, Output};
use clap::Args;
use council_models::embed::install as embedder;
use council_models::library::{Library, LibraryError};
use std::io::Write;

/// Arguments of `council rm`.
#[derive(Debug, Args)]
pub(super) struct RemoveArgs {
    /// Models to remove, as `council models` names them
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
}

/// Removes each model and says what that freed. All names are tried before the first error ends the command.
pub(super) fn run(args: &RemoveArgs, context: &Context, output: &mut Output) -> Result<Exit, CommandError> {
    let library = open_library(&context.config.models_dir)?;
    let mut first_error = None;
    for name in &args.names {
        let freed = if name == embedder::NAME {
            remove_embedder(&library)
        } else {
            library.remove(name).map(|removed| removed.freed_bytes)
        };
        match freed {
            Ok(freed) => writeln!(output, "removed {name} ({} freed)", output::size(freed))?,
            Err(error) => {
                first_error.get_or_insert(error);
            }
        }
    }
    match first_error {
        None => Ok(Exit::Success),
        Some(error) => Err(library_error(&error)),
    }
}

fn remove_embedder(library: &Library) -> Result<u64, LibraryError> {
    let removed = embedder::remove(library.dir()).map_err(|source| LibraryError::Io {
        path: library.dir().join(embedder::NAME),
        source,
    });
    removed?.ok_or_else(|| LibraryError::NotInstalled {
        id: embedder::NAME.to_owned(),
    })
}

/// The exit code that goes with a library's error.
pub(super) fn library_error(error: &LibraryError) -> CommandError {
    match error {
        LibraryError::NotInstalled { .. } => CommandError::unavailable(error.to_string()),
        LibraryError::BadId { .. } => CommandError::usage(error.to_string()),
        LibraryError::Io { .. } => CommandError::io(error.to_string()),
    }
}
