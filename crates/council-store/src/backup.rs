//! Copies of the database, and back: a copy that is to take the database's place waits beside it until the next start,
//! because nothing that runs could go on with another one.

use crate::fault::Fault;
use crate::key::{self, Key};
use crate::open::{self, OpenError};
use crate::{Store, encryption, portable};
use async_trait::async_trait;
use council_core::backup::{BackupError, Backups, Merged, Staged};
use council_core::{StoreError, Timestamp};
use rusqlite::{Connection, OpenFlags};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

/// Beside the database: what takes its place at the next start.
const STAGED: &str = "restore";
/// What is made, and what comes, has such a name until somebody takes it.
const COPY: &str = "copy";
const UPLOAD: &str = "upload";

const STAGED_NAME: &str = "council.db.restore";
const BEFORE_MIGRATION: &str = "council.db.backup-v";
const BEFORE_RESTORE: &str = "council.db.before-restore-";

/// How names begin of what is there for as long as somebody works with it.
const PASSING: [&str; 2] = ["council.db.copy-", "council.db.upload-"];

/// Says when a copy was last made: seconds since the Unix epoch.
const MADE: &str = "backup-made";

/// Makes names of files unlike.
static NUMBER: AtomicU64 = AtomicU64::new(0);

#[async_trait]
impl Backups for Store {
    async fn back_up(&self) -> Result<PathBuf, BackupError> {
        let (database, copy, unlock) = (self.path().to_owned(), self.unused(COPY), self.unlock().cloned());
        blocking(move || {
            let connection = open::reader(&database, unlock.as_ref())
                .map_err(|error| BackupError::Failed(error.to_string()))?;
            open::back_up(&connection, &copy).map_err(|error| match error {
                OpenError::NoRoom { .. } => BackupError::DiskFull,
                other => BackupError::Failed(other.to_string()),
            })?;
            Ok(copy)
        })
        .await
    }

    async fn made(&self, at: Timestamp) -> Result<(), BackupError> {
        let dir = self.path().parent().unwrap_or(self.path()).to_owned();
        blocking(move || note_made(&dir, at).map_err(|error| failed(&dir, &error))).await
    }

    async fn place_for_upload(&self) -> Result<PathBuf, BackupError> {
        let path = self.unused(UPLOAD);
        blocking(move || {
            let made = open::private_file().write(true).create_new(true).open(&path);
            made.map_err(|error| failed(&path, &error))?;
            Ok(path)
        })
        .await
    }

    async fn stage(&self, file: PathBuf) -> Result<Staged, BackupError> {
        let (to, key) = (staged_beside(self.path()), self.key().cloned());
        blocking(move || {
            let checked = take(&file, key.as_ref()).and_then(|seen| {
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
        let (path, key) = (staged_beside(self.path()), self.key().cloned());
        blocking(move || path.exists().then(|| look(&path, key.as_ref())).transpose()).await
    }

    async fn unstage(&self) -> Result<(), BackupError> {
        let path = staged_beside(self.path());
        blocking(move || match std::fs::remove_file(&path) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(BackupError::NothingStaged),
            Err(error) => Err(failed(&path, &error)),
        })
        .await
    }

    async fn merge(&self, file: PathBuf, dry_run: bool) -> Result<Vec<Merged>, BackupError> {
        let (path, key) = (file.clone(), self.key().cloned());
        let checked = blocking(move || {
            look(&path, key.as_ref())?;
            upgrade(&path, key.as_ref())
        })
        .await;
        let merged = match checked {
            Ok(()) => {
                let (path, key) = (file.clone(), self.key().cloned());
                let work = move |connection: &Connection| {
                    let other = open::reader_of_copy(&path, key.as_ref())
                        .map_err(|error| Fault::Value(error.to_string()))?;
                    if dry_run {
                        portable::merge_and_take_back(connection, &other)
                    } else {
                        portable::merge(connection, &other)
                    }
                };
                self.writer.write(work).await.map_err(|error| match error {
                    StoreError::DiskFull { .. } => BackupError::DiskFull,
                    other => BackupError::Failed(other.to_string()),
                })
            }
            Err(error) => Err(error),
        };
        remove_with_log(&file);
        merged
    }
}

/// Brings a copy that was checked to the present schema. It has no other name than the one of an upload, so that nothing is
/// kept of what it was.
fn upgrade(path: &Path, key: Option<&Key>) -> Result<(), BackupError> {
    let failed = |message: String| BackupError::Refused(format!("cannot be brought up to date: {message}"));
    let opened = key::connect_any(path, OpenFlags::default(), key);
    let (mut connection, _) = opened.map_err(|error| failed(error.to_string()))?;
    open::to_latest(&mut connection, &open::SCHEMA).map_err(|error| failed(error.to_string()))?;
    connection.close().map_err(|(_, error)| failed(error.to_string()))
}

impl Store {
    fn unused(&self, what: &str) -> PathBuf {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        beside(self.path(), &format!("{what}-{}-{number}", std::process::id()))
    }
}

/// A consistent copy of the database in `dir` at `to`, where nothing is, whether or not a process uses the directory; a
/// database of an older version is copied as it is, and an encrypted one with its key.
///
/// # Errors
/// [`OpenError`]; nothing is at `to` then.
pub fn copy_of(dir: &Path, key: Option<&Key>, to: &Path) -> Result<(), OpenError> {
    let database = dir.join(open::DATABASE);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let (connection, _) = key::connect(&database, flags, key)?;
    open::check(&connection, &database, open::SCHEMA.len())?;
    open::back_up(&connection, to)
}

/// Puts `file` in the place of the database in `dir`, which nobody uses; the one that was there is kept beside it, and its
/// path returned. With a key, a file that is not encrypted is encrypted on the way.
///
/// # Errors
/// [`RestoreError`]; nothing has changed then.
pub fn put_back(
    dir: &Path,
    key: Option<&Key>,
    file: &Path,
) -> Result<(Staged, Option<PathBuf>), RestoreError> {
    open::create_private_dir(dir).map_err(|error| failed(dir, &error))?;
    let _lock = open::lock(dir)?;
    let database = dir.join(open::DATABASE);
    look(file, key)?;
    let (staged, part) = (staged_beside(&database), beside(&database, "upload-put-back"));
    let io = |error: io::Error| failed(&part, &error);
    remove_copy(&part).map_err(io)?;
    let mut copy = open::private_file()
        .write(true)
        .create_new(true)
        .open(&part)
        .map_err(io)?;
    let copied = std::fs::File::open(file).and_then(|mut file| io::copy(&mut file, &mut copy));
    let kept = copied.and_then(|_| copy.sync_all()).map_err(io);
    let kept = kept.and_then(|()| take(&part, key)).and_then(|seen| {
        std::fs::rename(&part, &staged).map_err(io)?;
        Ok(seen)
    });
    let seen = match kept {
        Ok(seen) => seen,
        Err(error) => {
            remove_with_log(&part);
            return Err(error.into());
        }
    };
    let before = put_in_place(&database).map_err(|error| failed(&database, &error))?;
    // Where there was none, nothing is kept.
    Ok((seen, before.filter(|path| path.exists())))
}

/// Whether a process uses the directory.
pub fn is_used(dir: &Path) -> bool {
    open::is_held(dir)
}

/// Whether a file could take the place of a database, and what is in it; changes nothing but the file's own log.
///
/// # Errors
/// [`BackupError::Refused`].
pub fn inspect(file: &Path, key: Option<&Key>) -> Result<Staged, BackupError> {
    look(file, key)
}

/// As [`inspect`], of a file that is to be the database: where there is a key, it is encrypted afterwards.
fn take(file: &Path, key: Option<&Key>) -> Result<Staged, BackupError> {
    let seen = look(file, key)?;
    let is_plain = !key::is_encrypted(file).map_err(|error| failed(file, &error))?;
    if key.is_some() && is_plain {
        encryption::recode(file, None, key).map_err(|error| BackupError::Failed(error.to_string()))?;
        return look(file, key);
    }
    Ok(seen)
}

/// Notes in a data directory that a whole copy of it was made for somebody to keep, at this time.
///
/// # Errors
/// When the file cannot be written; the one before is there then.
pub fn note_made(dir: &Path, at: Timestamp) -> io::Result<()> {
    use std::io::Write as _;
    let path = dir.join(MADE);
    let part = path.with_added_extension("part");
    let mut file = open::private_file()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&part)?;
    writeln!(file, "{}", at.as_secs())?;
    file.sync_all()?;
    std::fs::rename(part, path)
}

/// When a copy was last made, in seconds since the Unix epoch; `None`: never.
pub fn last_made(dir: &Path) -> Option<u64> {
    std::fs::read_to_string(dir.join(MADE)).ok()?.trim().parse().ok()
}

/// Why nothing was put back.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The directory cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The file cannot.
    #[error(transparent)]
    Backup(#[from] BackupError),
}

/// Puts what waits in the place of the database, which is kept under a name that tells when the other one came. Does nothing
/// where nothing waits; after a crash in the middle it goes on where it was. Returns where the old one is.
pub(crate) fn put_in_place(database: &Path) -> io::Result<Option<PathBuf>> {
    let staged = staged_beside(database);
    let moment = match std::fs::metadata(&staged) {
        Ok(metadata) => metadata
            .modified()?
            .duration_since(UNIX_EPOCH)
            .map_or(0, |time| time.as_millis()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let kept = beside(database, &format!("before-restore-{moment}"));
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

/// Copies of the database beside it, the latest first: those from before a migration or a restore, and what waits for the
/// next start.
///
/// # Errors
/// When the directory cannot be read.
pub fn copies(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let is_copy = |name: &str| name.starts_with(BEFORE_MIGRATION) || name.starts_with(BEFORE_RESTORE);
    let mut copies = Vec::new();
    for name in names(dir)? {
        let logs = [".part", "-wal", "-shm"];
        if (is_copy(&name) && logs.iter().all(|log| !name.ends_with(log))) || name == STAGED_NAME {
            let path = dir.join(name);
            copies.push((path.metadata()?.modified()?, path));
        }
    }
    copies.sort();
    Ok(copies.into_iter().rev().map(|(_, path)| path).collect())
}

/// Removes a copy of the database with what belongs to it.
///
/// # Errors
/// When it cannot be removed.
pub fn remove_copy(copy: &Path) -> io::Result<()> {
    for suffix in ["-wal", "-shm", ""] {
        match std::fs::remove_file(with_suffix(copy, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Keeps the latest copies from before migrations, and as many from before restores; returns those that it removed.
///
/// # Errors
/// When the directory cannot be read or a copy not be removed.
pub fn keep_copies(dir: &Path, most: usize) -> io::Result<Vec<PathBuf>> {
    let copies = copies(dir)?;
    let mut removed = Vec::new();
    for kind in [BEFORE_MIGRATION, BEFORE_RESTORE] {
        let of_kind = |copy: &&PathBuf| {
            let name = copy.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with(kind))
        };
        for copy in copies.iter().filter(of_kind).skip(most) {
            remove_copy(copy)?;
            removed.push(copy.clone());
        }
    }
    Ok(removed)
}

/// Removes what a process that was killed has left: copies on their way, uploads, halves.
pub(crate) fn sweep(dir: &Path) -> io::Result<()> {
    for name in names(dir)? {
        let ours = name.starts_with("council.db.");
        let is_passing = PASSING.iter().any(|passing| name.starts_with(passing));
        let is_half = Path::new(&name)
            .extension()
            .is_some_and(|extension| extension == "part");
        if ours && (is_passing || is_half) {
            std::fs::remove_file(dir.join(name))?;
        }
    }
    Ok(())
}

fn names(dir: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        names.extend(entry?.file_name().into_string());
    }
    Ok(names)
}

/// Whether a file is a database of ours that can take the place of the present one, and what is in it.
fn look(path: &Path, key: Option<&Key>) -> Result<Staged, BackupError> {
    let refused = |what: String| BackupError::Refused(what);
    let size_bytes = std::fs::metadata(path)
        .map_err(|error| failed(path, &error))?
        .len();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let unreadable = |error: rusqlite::Error| refused(format!("is no database that can be read: {error}"));
    let connection = match key::connect_any(path, flags, key) {
        Ok((connection, _)) => connection,
        Err(OpenError::NoKey { .. }) => {
            let why = "is encrypted, or no database, and no key is configured here: see `encryption.mode`";
            return Err(refused(why.to_owned()));
        }
        Err(OpenError::WrongKey { .. }) => {
            let why = "is encrypted with another key or passphrase than the one that is configured here, or damaged";
            return Err(refused(why.to_owned()));
        }
        Err(error) => return Err(failed_to_open(&error)),
    };
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

/// What takes the place of the database at the next start.
pub(crate) fn staged_beside(database: &Path) -> PathBuf {
    beside(database, STAGED)
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

fn failed_to_open(error: &OpenError) -> BackupError {
    BackupError::Refused(format!("is no database that can be read: {error}"))
}

fn failed(path: &Path, error: &io::Error) -> BackupError {
    if error.kind() == io::ErrorKind::StorageFull {
        return BackupError::DiskFull;
    }
    BackupError::Failed(format!("{}: {error}", path.display()))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, BackupError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(BackupError::Failed(error.to_string())))
}
