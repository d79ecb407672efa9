//! From a directory to an open database: lock it, check what is there, back it up, migrate it.

mod error;
mod migrate;

use crate::backup;
use crate::key::{self, Key, Unlock};
pub use error::OpenError;
pub(crate) use migrate::{back_up, check_space, size_of, to_latest};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The database's file name in the data directory.
pub(crate) const DATABASE: &str = "council.db";

/// Held for as long as a process uses the directory. Contains the id of a process that stays, and nothing while one
/// is only there for a moment: a command that brings the database to this version and then works beside a server.
const LOCK: &str = "council.lock";

/// "CNCL", set by the first migration.
pub(crate) const APPLICATION_ID: i32 = i32::from_be_bytes(*b"CNCL");

/// How long a connection waits for another one's lock. Only a checkpoint or a foreign tool such as `sqlite3` holds
/// one for long.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// How long one who would use the directory waits for those who are there for a moment, and how often it looks.
const LOCK_PATIENCE: Duration = Duration::from_secs(10);
const LOCK_LOOK: Duration = Duration::from_millis(20);

/// The migrations, in order; the schema's version is their number. Never edit one that was released.
pub(crate) const SCHEMA: [&str; 17] = [
    include_str!("../migrations/0001_conversations.sql"),
    include_str!("../migrations/0002_ledger.sql"),
    include_str!("../migrations/0003_memory.sql"),
    include_str!("../migrations/0004_memory_history.sql"),
    include_str!("../migrations/0005_memory_heard.sql"),
    include_str!("../migrations/0006_budget_and_receipts.sql"),
    include_str!("../migrations/0007_calibration.sql"),
    include_str!("../migrations/0008_settings.sql"),
    include_str!("../migrations/0009_branches.sql"),
    include_str!("../migrations/0010_metrics.sql"),
    include_str!("../migrations/0011_setting_keys.sql"),
    include_str!("../migrations/0012_organised.sql"),
    include_str!("../migrations/0013_attachments.sql"),
    include_str!("../migrations/0014_access.sql"),
    include_str!("../migrations/0015_egress.sql"),
    include_str!("../migrations/0016_owners.sql"),
    include_str!("../migrations/0017_refusals.sql"),
];

/// A migrated database, ready for writing.
pub(crate) struct Opened {
    pub(crate) connection: Connection,
    pub(crate) unlock: Option<Unlock>,
    pub(crate) database: PathBuf,
    pub(crate) lock: File,
}

/// Opens the database in `dir` and brings it to the last version of `schema`.
pub(crate) fn open_with(dir: &Path, schema: &[&str], key: Option<&Key>) -> Result<Opened, OpenError> {
    open_for(Stay::Long, dir, schema, key)
}

/// The same of one that is not encrypted.
#[cfg(test)]
pub(crate) fn open(dir: &Path, schema: &[&str]) -> Result<Opened, OpenError> {
    open_with(dir, schema, None)
}

fn open_for(stay: Stay, dir: &Path, schema: &[&str], key: Option<&Key>) -> Result<Opened, OpenError> {
    create_private_dir(dir).map_err(|source| OpenError::Io {
        path: dir.to_owned(),
        source,
    })?;
    let lock = lock_for(stay, dir)?;
    let database = tidy(dir)?;
    create_if_missing(&database)?;
    let (mut connection, unlock) = key::connect(&database, OpenFlags::default(), key)?;
    let version = check(&connection, &database, schema.len())?;
    hide_from_others(&database);
    configure(&connection).map_err(|error| refusal(&database, &error))?;
    if version < schema.len() {
        connection = migrate::migrate(connection, &database, version, schema)?;
    }
    Ok(Opened {
        connection,
        unlock,
        database,
        lock,
    })
}

/// Puts what waits in the place of the database of a directory that is locked, removes halves, and returns its path.
pub(crate) fn tidy(dir: &Path) -> Result<PathBuf, OpenError> {
    let database = dir.join(DATABASE);
    let kept = backup::put_in_place(&database).map_err(|source| OpenError::Io {
        path: database.clone(),
        source,
    })?;
    if let Some(kept) = kept {
        tracing::warn!(
            path = %database.display(), kept = %kept.display(),
            "a backup was put back; what was there before is kept as {}", kept.display()
        );
    }
    backup::sweep(dir).map_err(|source| OpenError::Io {
        path: dir.to_owned(),
        source,
    })?;
    Ok(database)
}

/// Opens the database also where another process has the directory, if that one has brought it to this version.
pub(crate) fn beside(
    dir: &Path,
    schema: &[&str],
    key: Option<&Key>,
) -> Result<(Connection, Option<Unlock>, PathBuf), OpenError> {
    let locked = match open_for(Stay::Moment, dir, schema, key) {
        Ok(opened) => return Ok((opened.connection, opened.unlock, opened.database)),
        Err(locked @ OpenError::Locked { .. }) => locked,
        Err(error) => return Err(error),
    };
    let database = dir.join(DATABASE);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let (connection, unlock) = key::connect(&database, flags, key)?;
    if check(&connection, &database, schema.len())? < schema.len() {
        return Err(locked);
    }
    configure(&connection).map_err(|error| refusal(&database, &error))?;
    Ok((connection, unlock, database))
}

/// A new database at `path`, where nothing is, for somebody who fills it.
pub(crate) fn create(path: &Path, schema: &[&str], key: Option<&Key>) -> Result<Connection, OpenError> {
    let io = |source| OpenError::Io {
        path: path.to_owned(),
        source,
    };
    private_file()
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(io)?;
    let (mut connection, _) = key::connect(path, OpenFlags::default(), key)?;
    to_latest(&mut connection, schema).map_err(|error| OpenError::Sqlite {
        path: path.to_owned(),
        message: error.to_string(),
    })?;
    connection
        .pragma_update(None, "foreign_keys", "on")
        .map_err(|error| refusal(path, &error))?;
    Ok(connection)
}

const READ: OpenFlags = OpenFlags::SQLITE_OPEN_READ_ONLY.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

/// A connection that can only read.
pub(crate) fn reader(database: &Path, unlock: Option<&Unlock>) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(database, READ)?;
    if let Some(unlock) = unlock {
        unlock.apply(&connection)?;
    }
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
}

/// The same of a copy, which needs no key when it is not encrypted.
pub(crate) fn reader_of_copy(copy: &Path, key: Option<&Key>) -> Result<Connection, OpenError> {
    key::connect_any(copy, READ, key).map(|(connection, _)| connection)
}

/// Makes the directory and those above it, for their owner only: what people say to a model is nobody else's business.
/// A directory that is there stays as it is; it may be one that its owner shares on purpose.
///
/// # Errors
/// When one of them cannot be made.
pub fn create_private_dir(dir: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// How our files are opened: a new one is for its owner only.
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes an empty database where there is none. SQLite would make one that everyone can read; what it keeps beside the
/// database gets the database's permissions (<https://sqlite.org/src/file/src/os_unix.c>, `findCreateFileMode`).
fn create_if_missing(database: &Path) -> Result<(), OpenError> {
    match private_file().write(true).create_new(true).open(database) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(OpenError::Io {
            path: database.to_owned(),
            source,
        }),
    }
}

/// Takes the permissions on the database, and on what SQLite keeps beside it, from everyone but the owner. Not being
/// able to is no reason to stop: it worked so far.
#[cfg(unix)]
fn hide_from_others(database: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    for suffix in ["", "-wal", "-shm"] {
        let mut file = database.as_os_str().to_owned();
        file.push(suffix);
        let file = Path::new(&file);
        let mode = std::fs::metadata(file).map_or(0, |metadata| metadata.permissions().mode());
        let private = mode & 0o700;
        if private == mode & 0o777 {
            continue;
        }
        if let Err(error) = std::fs::set_permissions(file, std::fs::Permissions::from_mode(private)) {
            tracing::warn!(
                path = %file.display(), %error,
                "others can read `{}`, and its permissions cannot be changed: {error}", file.display()
            );
        }
    }
}

/// Elsewhere the user's directory is the user's own as it is.
#[cfg(not(unix))]
fn hide_from_others(_database: &Path) {}

/// How long a process means to hold the directory's lock.
#[derive(Clone, Copy, PartialEq)]
enum Stay {
    /// Until it ends: whoever comes is refused at once, and told who it is.
    Long,
    /// For a few steps: whoever comes waits.
    Moment,
}

/// Takes the directory's lock for a process that stays. The operating system gives it back when the process ends,
/// however it ends.
pub(crate) fn lock(dir: &Path) -> Result<File, OpenError> {
    lock_for(Stay::Long, dir)
}

/// Whether a process that stays has the directory.
pub(crate) fn is_held(dir: &Path) -> bool {
    dir.is_dir() && matches!(lock_for(Stay::Moment, dir), Err(OpenError::Locked { .. }))
}

#[expect(
    clippy::disallowed_methods,
    reason = "opening blocks by its contract; async callers put it on a thread of its own"
)]
fn lock_for(stay: Stay, dir: &Path) -> Result<File, OpenError> {
    let path = dir.join(LOCK);
    let failed = |source| OpenError::Io {
        path: path.clone(),
        source,
    };
    // Not truncated on opening: until the lock is ours the content is the holder's.
    let opened = private_file()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path);
    let mut file = opened.map_err(failed)?;
    let deadline = Instant::now() + LOCK_PATIENCE;
    let mut last = None;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        // Read twice: the first may be that of an earlier holder, which the present one is about to replace. Where
        // the lock also forbids reading (Windows), the holder stays unnamed.
        let holder = holder(&mut file);
        if Instant::now() >= deadline || (holder.is_some() && holder == last) {
            return Err(OpenError::Locked {
                dir: dir.to_owned(),
                pid: holder,
            });
        }
        last = holder;
        std::thread::sleep(LOCK_LOOK);
    }
    file.set_len(0).map_err(failed)?;
    file.rewind().map_err(failed)?;
    if stay == Stay::Long {
        writeln!(file, "{}", std::process::id()).map_err(failed)?;
    }
    Ok(file)
}

/// The process that the lock file names.
fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

/// The version of the schema that the file has; 0 for a new one. Changes nothing.
pub(crate) fn check(connection: &Connection, database: &Path, supported: usize) -> Result<usize, OpenError> {
    let number = |sql: &str| {
        connection
            .query_row(sql, [], |row| row.get::<_, i64>(0))
            .map_err(|error| refusal(database, &error))
    };
    connection
        .busy_timeout(BUSY_TIMEOUT)
        .map_err(|error| refusal(database, &error))?;
    let version = number("PRAGMA user_version")?;
    let application = number("PRAGMA application_id")?;
    let tables = number("SELECT count(*) FROM sqlite_master")?;
    let is_new = version == 0 && application == 0 && tables == 0;
    let is_ours = application == i64::from(APPLICATION_ID);
    let Some(version) = usize::try_from(version).ok().filter(|_| is_new || is_ours) else {
        return Err(OpenError::NotOurs {
            path: database.to_owned(),
        });
    };
    if version > supported {
        return Err(OpenError::Newer {
            path: database.to_owned(),
            found: version,
            supported,
        });
    }
    Ok(version)
}

/// WAL, so that readers never wait for the writer; FULL, so that a commit is on disk when it returns. What is deleted
/// is overwritten, and no copy of it goes to a temporary file.
fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "wal", |row| {
        let mode: String = row.get(0)?;
        if mode == "wal" {
            return Ok(());
        }
        let message = format!("this file system cannot hold a write-ahead log (journal mode stays `{mode}`)");
        let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CANTOPEN);
        Err(rusqlite::Error::SqliteFailure(code, Some(message)))
    })?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "secure_delete", "on")?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "foreign_keys", "on")
}

pub(crate) fn refusal(database: &Path, error: &rusqlite::Error) -> OpenError {
    let path = database.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => OpenError::NotADatabase { path },
        _ => OpenError::Sqlite {
            path,
            message: error.to_string(),
        },
    }
}

#[cfg(test)]
pub(crate) mod tests;
