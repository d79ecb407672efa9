//! Copies of the database, and back: a copy that is to take the database's place waits beside it until the next start,
//! because nothing that runs could go on with another one.

use crate::Store;
use crate::open;
use async_trait::async_trait;
use council_core::Timestamp;
use council_core::backup::{BackupError, Backups, Staged};
use rusqlite::{Connection, OpenFlags};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

/// Beside the database: what takes its place at the next start.
const STAGED: &str = "restore";

/// Makes names of files unlike.
static NUMBER: AtomicU64 = AtomicU64::new(0);

#[async_trait]
impl Backups for Store {
    async fn back_up(&self) -> Result<PathBuf, BackupError> {
        let (database, copy) = (self.path().to_owned(), self.unused("copy"));
        blocking(move || {
            let connection =
                open::reader(&database).map_err(|error| BackupError::Failed(error.to_string()))?;
            open::back_up(&connection, &copy).map_err(|error| BackupError::Failed(error.to_string()))?;
            Ok(copy)
        })
        .await
    }

    async fn place_for_upload(&self) -> Result<PathBuf, BackupError> {
        let path = self.unused("upload");
        blocking(move || {
            let made = open::private_file().write(true).create_new(true).open(&path);
            made.map_err(|error| failed(&path, &error))?;
            Ok(path)
        })
        .await
    }

    async fn stage(&self, file: PathBuf) -> Result<Staged, BackupError> {
        let to = beside(self.path(), STAGED);
        blocking(move || {
            let checked = look(&file).and_then(|seen| {
                // On disk before it bears its name.
                let synced = std::fs::File::open(&file).and_then(|file| file.sync_all());
                let kept = synced.and_then(|()| std::fs::rename(&file, &to));
                kept.map_err(|error| failed(&to, &error))?;
                Ok(seen)
            });
            if checked.is_err() {
                remove_with_log(&file);
            }
            checked
        })
        .await
    }

    async fn staged(&self) -> Result<Option<Staged>, BackupError> {
        let path = beside(self.path(), STAGED);
        blocking(move || path.exists().then(|| look(&path)).transpose()).await
    }

    async fn unstage(&self) -> Result<(), BackupError> {
        let path = beside(self.path(), STAGED);
        blocking(move || match std::fs::remove_file(&path) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(BackupError::NothingStaged),
            Err(error) => Err(failed(&path, &error)),
        })
        .await
    }
}

impl Store {
    fn unused(&self, what: &str) -> PathBuf {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        beside(self.path(), &format!("{what}-{}-{number}", std::process::id()))
    }
}

/// Puts what waits in the place of the database, which is kept under a name that tells when the other one came. Does nothing
/// where nothing waits; after a crash in the middle it goes on where it was. Returns where the old one is.
pub(crate) fn put_in_place(database: &Path) -> io::Result<Option<PathBuf>> {
    let staged = beside(database, STAGED);
    let seconds = match std::fs::metadata(&staged) {
        Ok(metadata) => metadata
            .modified()?
            .duration_since(UNIX_EPOCH)
            .map_or(0, |time| time.as_secs()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let kept = beside(database, &format!("before-restore-{seconds}"));
    // The log first: a database without its log is one that is older, with another's log one that is broken.
    for log in ["-wal", ""] {
        let from = with_suffix(database, log);
        match std::fs::rename(&from, with_suffix(&kept, log)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    // An index of the log, which SQLite makes again.
    match std::fs::remove_file(with_suffix(database, "-shm")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    std::fs::rename(&staged, database)?;
    Ok(Some(kept))
}

/// Whether a file is a database of ours that can take the place of the present one, and what is in it.
fn look(path: &Path) -> Result<Staged, BackupError> {
    let refused = |what: String| BackupError::Refused(what);
    let size_bytes = std::fs::metadata(path)
        .map_err(|error| failed(path, &error))?
        .len();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let unreadable = |error: rusqlite::Error| refused(format!("is no database that can be read: {error}"));
    let connection = Connection::open_with_flags(path, flags).map_err(unreadable)?;
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let application = number("PRAGMA application_id").map_err(unreadable)?;
    if application != i64::from(open::APPLICATION_ID) {
        return Err(refused("is a database, but not of Council".to_owned()));
    }
    let version = number("PRAGMA user_version").map_err(unreadable)?;
    let supported = open::SCHEMA.len() as i64;
    if !(1..=supported).contains(&version) {
        return Err(refused(format!(
            "has schema version {version}, and this version of council understands 1 to {supported}"
        )));
    }
    let found: String = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(unreadable)?;
    if found != "ok" {
        return Err(refused(format!("is damaged: {found}")));
    }
    let modified = std::fs::metadata(path).and_then(|metadata| metadata.modified());
    let modified = modified.map_err(|error| failed(path, &error))?;
    let count = |table: &str| number(&format!("SELECT count(*) FROM {table}")).map_err(unreadable);
    Ok(Staged {
        size_bytes,
        schema_version: version as u64,
        conversations: count("conversations")? as u64,
        // The first versions had none.
        memories: if version >= 3 {
            count("memories")? as u64
        } else {
            0
        },
        at: Timestamp::from_duration(modified.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO)),
    })
}

fn beside(database: &Path, what: &str) -> PathBuf {
    database.with_extension(format!("db.{what}"))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn remove_with_log(file: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        // Best effort: what could not be made is not there, and what stays has a name that nobody reads.
        let _ = std::fs::remove_file(with_suffix(file, suffix));
    }
}

fn failed(path: &Path, error: &io::Error) -> BackupError {
    BackupError::Failed(format!("{}: {error}", path.display()))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, BackupError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(BackupError::Failed(error.to_string())))
}
