//! From a directory to an open database: lock it, check what is there, back it up, migrate it.

use crate::backup;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use rusqlite_migration::{M, Migrations};
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The database's file name in the data directory.
const DATABASE: &str = "council.db";

/// Held for as long as a process uses the directory; contains its process id.
const LOCK: &str = "council.lock";

/// "CNCL", set by the first migration.
pub(crate) const APPLICATION_ID: i32 = i32::from_be_bytes(*b"CNCL");

/// How long a connection waits for another one's lock. Only a checkpoint or a foreign tool such as `sqlite3` holds
/// one for long.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The migrations, in order; the schema's version is their number. Never edit one that was released.
pub(crate) const SCHEMA: [&str; 13] = [
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
];

/// Why the data directory could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A file or directory could not be made, read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Another process uses the directory.
    #[error(
        "the data directory `{}` is in use by {}; stop it, or choose another directory with --data-dir",
        dir.display(),
        pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
    )]
    Locked {
        /// The directory.
        dir: PathBuf,
        /// The process, where the lock file names it.
        pid: Option<u32>,
    },
    /// The file is not an SQLite database, or is damaged at its beginning.
    #[error(
        "`{}` is not a database; move it away, or put back a backup of it (`{DATABASE}.backup-v<N>` beside it)",
        path.display()
    )]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The file is the database of another program.
    #[error(
        "`{}` is an SQLite database, but not of Council; move it away, or choose another directory with --data-dir",
        path.display()
    )]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// A newer version of Council has written the file.
    #[error(
        "`{}` has schema version {found}, and this version of council understands up to {supported}; use the newer \
         version, or put back the backup that it made before it changed the file (`{DATABASE}.backup-v<N>` beside it)",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The file's schema version.
        found: usize,
        /// This binary's schema version.
        supported: usize,
    },
    /// The copy before a migration could not be made; the database is unchanged.
    #[error("the backup `{}` could not be made, so the database was not migrated: {message}", path.display())]
    Backup {
        /// The backup's file.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// A migration failed; the database is unchanged.
    #[error("`{}` could not be migrated from schema version {from} to {to}, and is unchanged: {message}", path.display())]
    Migration {
        /// The file.
        path: PathBuf,
        /// The file's schema version.
        from: usize,
        /// This binary's schema version.
        to: usize,
        /// Why.
        message: String,
    },
    /// SQLite could not open or configure the file.
    #[error("`{}` could not be opened: {message}", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Why.
        message: String,
    },
}

/// A migrated database, ready for writing.
pub(crate) struct Opened {
    pub(crate) connection: Connection,
    pub(crate) database: PathBuf,
    pub(crate) lock: File,
}

/// Opens the database in `dir` and brings it to the last version of `schema`.
pub(crate) fn open(dir: &Path, schema: &[&str]) -> Result<Opened, OpenError> {
    create_private_dir(dir).map_err(|source| OpenError::Io {
        path: dir.to_owned(),
        source,
    })?;
    let lock = lock(dir)?;
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
    create_if_missing(&database)?;
    let mut connection = Connection::open(&database).map_err(|error| refusal(&database, &error))?;
    let version = check(&connection, &database, schema.len())?;
    hide_from_others(&database);
    configure(&connection).map_err(|error| refusal(&database, &error))?;
    if version < schema.len() {
        if version > 0 {
            back_up(
                &connection,
                &database.with_extension(format!("db.backup-v{version}")),
            )?;
        }
        let steps = schema.iter().map(|sql| M::up(sql)).collect();
        Migrations::new(steps)
            .to_latest(&mut connection)
            .map_err(|error| OpenError::Migration {
                path: database.clone(),
                from: version,
                to: schema.len(),
                message: error.to_string(),
            })?;
        tracing::info!(
            path = %database.display(), from = version, to = schema.len(),
            "migrated {} from schema version {version} to {}", database.display(), schema.len()
        );
    }
    Ok(Opened {
        connection,
        database,
        lock,
    })
}

/// A connection that can only read.
pub(crate) fn reader(database: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
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

/// Takes the directory's lock. The operating system gives it back when the process ends, however it ends.
fn lock(dir: &Path) -> Result<File, OpenError> {
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
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // Where the lock also forbids reading (Windows), the holder stays unnamed.
            let _ = file.read_to_string(&mut holder);
            return Err(OpenError::Locked {
                dir: dir.to_owned(),
                pid: holder.trim().parse().ok(),
            });
        }
        Err(TryLockError::Error(source)) => return Err(failed(source)),
    }
    file.set_len(0).map_err(failed)?;
    file.rewind().map_err(failed)?;
    writeln!(file, "{}", std::process::id()).map_err(failed)?;
    Ok(file)
}

/// The version of the schema that the file has; 0 for a new one. Changes nothing.
fn check(connection: &Connection, database: &Path, supported: usize) -> Result<usize, OpenError> {
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

/// Copies the database, compacted and consistent, to `path`, and replaces a copy that is there: it came from an
/// earlier attempt to migrate the same version.
pub(crate) fn back_up(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let failed = |message: String| OpenError::Backup {
        path: path.to_owned(),
        message,
    };
    // Under another name until it is complete, so that a half copy is never taken for a backup.
    let part = path.with_added_extension("part");
    let name = part
        .to_str()
        .ok_or_else(|| failed("its path is not UTF-8".to_owned()))?;
    match std::fs::remove_file(&part) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error.to_string())),
    }
    // VACUUM INTO takes an empty file too, and would make one that everyone can read.
    private_file()
        .write(true)
        .create_new(true)
        .open(&part)
        .map_err(|error| failed(error.to_string()))?;
    connection
        .execute("VACUUM INTO ?1", [name])
        .map_err(|error| failed(error.to_string()))?;
    // VACUUM INTO does not sync its output (https://sqlite.org/lang_vacuum.html, section 5).
    let synced = File::open(&part).and_then(|file| file.sync_all());
    let kept = synced.and_then(|()| std::fs::rename(&part, path));
    kept.map_err(|error| failed(error.to_string()))
}

fn refusal(database: &Path, error: &rusqlite::Error) -> OpenError {
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
mod tests;
