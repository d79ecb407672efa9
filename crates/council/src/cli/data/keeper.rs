//! Who has the database: a running server, or nobody, so that this process may.

use super::{Bar, DATABASE, key_of, not_opened, private_file, unreadable, unwritable};
use crate::app::clock::SystemClock;
use crate::cli::Context;
use crate::cli::client::Client;
use crate::config::DatabaseKey;
use crate::exit::{CommandError, Exit};
use crate::output::notice;
use council_core::Clock as _;
use council_core::backup::{BackupError, Backups as _, Merged};
use council_store::Store;
use futures::StreamExt as _;
use reqwest::Method;
use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_util::io::ReaderStream;

/// Who has the database.
pub(super) enum Keeper {
    Server(Client),
    Here(PathBuf, DatabaseKey),
}

/// What a restore came to.
pub(super) enum Restored {
    /// The server puts it in place when it starts the next time.
    Staged,
    /// It is in its place; the one of before is there.
    Here(Option<PathBuf>),
}

/// This process, where the data directory holds what is asked for.
///
/// # Errors
/// Where several Councils share it on a PostgreSQL server: what is in the directory would be taken for everything.
fn here(context: &Context) -> Result<Keeper, CommandError> {
    if context.config.database_url.is_some() {
        return Err(CommandError {
            exit: Exit::Usage,
            message: "`database.url` is set: what is kept is on that PostgreSQL server and not in the data directory; copy \
                      it with `pg_dump` and put it back with `pg_restore`"
                .to_owned(),
        });
    }
    Ok(Keeper::Here(
        context.config.data_dir.clone(),
        context.config.database_key.clone(),
    ))
}

impl Keeper {
    /// Who can copy: the server at `url` (or `COUNCIL_URL`), which must answer; else the data directory, also while a server uses
    /// it; where there is no database, the server on the configured port.
    pub(super) async fn to_read(url: Option<&str>, context: &Context) -> Result<Self, CommandError> {
        if let Some(server) = named(url, context).await? {
            return Ok(server);
        }
        let dir = &context.config.data_dir;
        if !dir.join(DATABASE).is_file()
            && let Some(server) = configured(context).await?
        {
            return Ok(server);
        }
        here(context)
    }

    /// Who can change it: the server at `url` (or `COUNCIL_URL`), which must answer; else the data directory, unless a process uses
    /// it: then that is taken to be the server on the configured port.
    pub(super) async fn to_change(url: Option<&str>, context: &Context) -> Result<Self, CommandError> {
        if let Some(server) = named(url, context).await? {
            return Ok(server);
        }
        let dir = &context.config.data_dir;
        if council_store::backup::is_used(dir)
            && let Some(server) = configured(context).await?
        {
            return Ok(server);
        }
        here(context)
    }

    /// Who it is, for people.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Server(client) => format!("the server at {}", client.url()),
            Self::Here(dir, _) => format!("the data directory {}", dir.display()),
        }
    }

    /// A consistent copy of the database at `to`, where nothing is.
    pub(super) async fn copy(&self, to: &Path) -> Result<(), CommandError> {
        match self {
            Self::Here(dir, key) => {
                let key = key_of(key).await?;
                council_store::backup::copy_of(dir, key.as_ref(), to).map_err(not_opened)
            }
            Self::Server(client) => {
                let response = client.send(Method::POST, "/v1/backup", None).await?;
                let bar = Bar::new("copying", response.content_length().unwrap_or_default());
                let mut file = private_file().open(to).map_err(|error| unwritable(to, &error))?;
                let mut pieces = response.into_stream();
                while let Some(piece) = pieces.next().await {
                    let piece = piece.map_err(|error| client.unreachable(&error))?;
                    file.write_all(&piece).map_err(|error| unwritable(to, &error))?;
                    bar.more(piece.len() as u64);
                }
                Ok(())
            }
        }
    }

    /// Notes that an archive of the data directory is there; a server has noted it when it sent the copy.
    pub(super) fn note_made(&self) {
        let Self::Here(dir, _) = self else { return };
        if let Err(error) = council_store::backup::note_made(dir, SystemClock.now()) {
            notice(&format!(
                "that this backup was made could not be noted in {} ({error}): `council_backup_last_success_timestamp_seconds` stays \
                 as it was",
                dir.display()
            ));
        }
    }

    /// Has a database, which was looked at, take the place of the present one.
    pub(super) async fn restore(&self, database: &Path) -> Result<Restored, CommandError> {
        match self {
            Self::Here(dir, key) => {
                use council_store::backup::RestoreError;
                let key = key_of(key).await?;
                match council_store::backup::put_back(dir, key.as_ref(), database) {
                    Ok((_, before)) => Ok(Restored::Here(before)),
                    Err(RestoreError::Open(error)) => Err(not_opened(error)),
                    Err(RestoreError::Backup(error)) => Err(not_taken(&error)),
                }
            }
            Self::Server(client) => {
                self.upload(client, "/v1/restore", database).await?;
                Ok(Restored::Staged)
            }
        }
    }

    /// Adds what is in a database and not in the present one.
    pub(super) async fn merge(&self, database: &Path, dry_run: bool) -> Result<Vec<Merged>, CommandError> {
        match self {
            Self::Here(dir, key) => {
                let (dir, key) = (dir.clone(), key_of(key).await?);
                let opened = tokio::task::spawn_blocking(move || Store::open_with(&dir, key.as_ref())).await;
                let opened = opened.map_err(|error| CommandError::failure(error.to_string()))?;
                let store = opened.map_err(not_opened)?;
                let upload = store
                    .place_for_upload()
                    .await
                    .map_err(|error| not_taken(&error))?;
                std::fs::copy(database, &upload).map_err(|error| unwritable(&upload, &error))?;
                store
                    .merge(upload, dry_run)
                    .await
                    .map_err(|error| not_taken(&error))
            }
            Self::Server(client) => {
                let path = format!("/v1/import?dry_run={dry_run}");
                let answer = self.upload(client, &path, database).await?;
                let tables = answer["tables"].as_array().into_iter().flatten();
                let merged = tables.map(|table| Merged {
                    table: table["table"].as_str().unwrap_or_default().to_owned(),
                    added: table["added"].as_u64().unwrap_or_default(),
                    there: table["there"].as_u64().unwrap_or_default(),
                });
                Ok(merged.collect())
            }
        }
    }

    async fn upload(&self, client: &Client, path: &str, file: &Path) -> Result<Value, CommandError> {
        let opened = tokio::fs::File::open(file).await;
        let source = opened.map_err(|error| unreadable(file, &error))?;
        let bytes = source.metadata().await.map_or(0, |metadata| metadata.len());
        let bar = Bar::new("sending", bytes);
        let pieces = ReaderStream::with_capacity(source, 256 << 10).inspect(move |piece| {
            if let Ok(piece) = piece {
                bar.more(piece.len() as u64);
            }
        });
        let body = ("application/octet-stream", reqwest::Body::wrap_stream(pieces));
        let response = client.send(Method::POST, path, Some(body)).await?;
        client.json(response).await
    }
}

/// The server that was named.
async fn named(url: Option<&str>, context: &Context) -> Result<Option<Keeper>, CommandError> {
    let Some(url) = url.or_else(|| context.environment.get("COUNCIL_URL")) else {
        return Ok(None);
    };
    let client = Client::new(url, context).await?;
    match client.probe(Duration::from_secs(5)).await {
        Ok(()) => Ok(Some(Keeper::Server(client))),
        Err(reason) => Err(CommandError::unavailable(format!(
            "no Council server answers at {url}: {reason}; start one with `council serve`, or leave out --url and COUNCIL_URL to \
             use the data directory itself"
        ))),
    }
}

/// The server on the configured port, where one answers.
async fn configured(context: &Context) -> Result<Option<Keeper>, CommandError> {
    let client = Client::new(&context.config.local_url(), context).await?;
    let answers = client.probe(Duration::from_millis(500)).await.is_ok();
    Ok(answers.then_some(Keeper::Server(client)))
}

pub(super) fn not_taken(error: &BackupError) -> CommandError {
    match error {
        BackupError::Refused(_) => CommandError::usage(format!("{error}; nothing was changed")),
        BackupError::NothingStaged => CommandError::usage(error.to_string()),
        BackupError::DiskFull | BackupError::Failed(_) => CommandError::io(error.to_string()),
    }
}
