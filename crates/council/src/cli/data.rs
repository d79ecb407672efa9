//! What is kept, as files: `council backup`, `restore`, `export` and `import`, with a running server or without one.
//!
//! - `archive`: an archive or a folder with its manifest, made and verified
//! - `keeper`: who has the database: a server, or this process
//! - [`backup`], [`restore`]: everything as it is, for this program
//! - [`export`], [`import`]: everything in open form, for any program
//! - [`encryption`]: the database encrypted, or not
//! - `markdown`: conversations for people

mod archive;
pub(super) mod backup;
pub(super) mod encryption;
pub(super) mod export;
pub(super) mod import;
mod keeper;
mod markdown;
pub(super) mod restore;

use super::Context;
use crate::app::StartError;
use crate::config::DatabaseKey;
use crate::exit::CommandError;
use council_store::{Key, OpenError, create_private_dir, key};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, IsTerminal};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// The chat history's name in the data directory and in archives.
const HISTORY: &str = "chat-history.txt";

/// The database's name in archives.
const DATABASE: &str = "council.db";

/// A place for files on their way, for their owner only, on the disk where they will be.
fn work_dir(beside: &Path) -> Result<TempDir, CommandError> {
    create_private_dir(beside).map_err(|error| unwritable(beside, &error))?;
    let made = tempfile::Builder::new().prefix(".council-").tempdir_in(beside);
    made.map_err(|error| unwritable(beside, &error))
}

/// The directory that a file is in.
fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// How our files are made: new, and for their owner only.
fn private_file() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Copies a file to where none is, for its owner only.
fn copy_private(from: &Path, to: &Path) -> Result<(), CommandError> {
    let mut source = std::fs::File::open(from).map_err(|error| unreadable(from, &error))?;
    let copied = private_file()
        .open(to)
        .and_then(|mut file| io::copy(&mut source, &mut file).and_then(|_| file.sync_all()));
    copied.map_err(|error| unwritable(to, &error))
}

fn unreadable(path: &Path, error: &io::Error) -> CommandError {
    CommandError::io(format!("cannot read {}: {error}", path.display()))
}

fn unwritable(path: &Path, error: &io::Error) -> CommandError {
    if error.kind() == io::ErrorKind::StorageFull {
        return CommandError::io(format!(
            "cannot write {}: its disk is full, and nothing is left there; free some space, or name a place on another disk",
            path.display()
        ));
    }
    CommandError::io(format!("cannot write {}: {error}", path.display()))
}

fn not_opened(error: OpenError) -> CommandError {
    let in_use = matches!(error, OpenError::Locked { .. });
    let error = CommandError::from(StartError::Store(error));
    if in_use {
        let message = format!("{}; if it is a server, name it with --url", error.message);
        return CommandError { message, ..error };
    }
    error
}

/// The key of the database.
async fn key_of(source: &DatabaseKey) -> Result<Option<Key>, CommandError> {
    let source = source.clone();
    // A person may have to type it, and a passphrase takes a while.
    let found = tokio::task::spawn_blocking(move || source.get()).await;
    let found = found.map_err(|error| CommandError::failure(error.to_string()))?;
    found.map_err(|problem| StartError::Key(problem).into())
}

/// The key of a copy, where that has one.
async fn key_of_copy(copy: &Path, context: &Context) -> Result<Option<Key>, CommandError> {
    if key::is_encrypted(copy).map_err(|error| unreadable(copy, &error))? {
        return key_of(&context.config.database_key).await;
    }
    Ok(None)
}

/// How far something is, on a terminal.
struct Bar(Option<ProgressBar>);

impl Bar {
    fn new(what: &'static str, total_bytes: u64) -> Self {
        Self(io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(total_bytes).with_message(what);
            let style =
                ProgressStyle::with_template("{msg} {bar:30} {decimal_bytes}/{decimal_total_bytes} {eta}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        }))
    }

    fn more(&self, bytes: u64) {
        if let Some(bar) = &self.0 {
            bar.inc(bytes);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
