//! Brings a database to the last schema: a copy first, all migrations in one transaction, then a look at what came of it.

use super::{OpenError, private_file, refusal};
use crate::backup;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use rusqlite_migration::{M, Migrations};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Migrates; when that fails, or leaves a database that is not whole, the one of before is in its place.
pub(super) fn migrate(
    mut connection: Connection,
    database: &Path,
    from: usize,
    schema: &[&str],
) -> Result<Connection, OpenError> {
    let to = schema.len();
    let failed = |message: String| OpenError::Migration {
        path: database.to_owned(),
        from,
        to,
        message,
    };
    let copy = (from > 0).then(|| database.with_extension(format!("db.backup-v{from}")));
    if let Some(copy) = &copy {
        back_up(&connection, copy)?;
    }
    // All of them in one transaction (rusqlite_migration's `goto_up`): a failure, a full disk or a kill leaves nothing.
    to_latest(&mut connection, schema).map_err(|error| failed(error.to_string()))?;
    if let Some(copy) = copy
        && let Some(defect) = defect(&connection).map_err(|error| refusal(database, &error))?
    {
        put_back(connection, database, &copy)
            .map_err(|error| failed(format!("{defect}; putting the copy back failed too: {error}")))?;
        return Err(failed(defect));
    }
    tracing::info!(
        path = %database.display(), from, to,
        "migrated {} from schema version {from} to {to}", database.display()
    );
    Ok(connection)
}

/// Brings a database to the last version of `schema`, and makes no copy first.
pub(crate) fn to_latest(
    connection: &mut Connection,
    schema: &[&str],
) -> Result<(), rusqlite_migration::Error> {
    Migrations::new(schema.iter().map(|sql| M::up(sql)).collect()).to_latest(connection)
}

/// What is wrong with a database that was migrated.
fn defect(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found != "ok" {
        return Ok(Some(format!("what it became is damaged: {found}")));
    }
    let sql = "SELECT \"table\" || ' of ' || parent FROM pragma_foreign_key_check LIMIT 1";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let reference: String = row.get(0)?;
    Ok(Some(format!(
        "what it became has rows that belong to nothing: {reference}"
    )))
}

/// Puts the copy in the place of what a migration made, the way that a backup is put back.
fn put_back(connection: Connection, database: &Path, copy: &Path) -> std::io::Result<()> {
    // Its log is folded into the file, so that none is left beside the other one.
    connection
        .close()
        .map_err(|(_, error)| std::io::Error::other(error))?;
    let staged = backup::staged_beside(database);
    let part = staged.with_added_extension("part");
    remove(&part)?;
    let mut file = private_file().write(true).create_new(true).open(&part)?;
    std::io::copy(&mut File::open(copy)?, &mut file)?;
    file.sync_all()?;
    std::fs::rename(&part, &staged)?;
    backup::put_in_place(database).map(|_| ())
}

/// Copies the database, compacted and consistent, to `path`, and replaces a copy that is there: it came from an
/// earlier attempt to migrate the same version.
pub(crate) fn back_up(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let failed = |message: String| OpenError::Backup {
        path: path.to_owned(),
        message,
    };
    let no_room = |message: String| OpenError::NoRoom {
        path: path.to_owned(),
        message,
    };
    let bytes = size_of(connection).map_err(|error| failed(error.to_string()))?;
    check_space(bytes, path).map_err(no_room)?;
    // Under another name until it is complete, so that a half copy is never taken for a backup.
    let part = path.with_added_extension("part");
    let made = copy(connection, &part).and_then(|()| {
        // VACUUM INTO does not sync its output (https://sqlite.org/lang_vacuum.html, section 5).
        let synced = File::open(&part).and_then(|file| file.sync_all());
        synced
            .and_then(|()| std::fs::rename(&part, path))
            .map_err(|error| Refused::of(&error))
    });
    made.map_err(|message| {
        // What is there of it would be in the way of a disk that is full.
        let _ = remove(&part);
        match message {
            Refused::Full(message) => no_room(message),
            Refused::Other(message) => failed(message),
        }
    })
}

/// Why a copy was not made.
enum Refused {
    /// There is no room.
    Full(String),
    Other(String),
}

impl Refused {
    fn of(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull => Self::Full(error.to_string()),
            _ => Self::Other(error.to_string()),
        }
    }
}

fn copy(connection: &Connection, part: &PathBuf) -> Result<(), Refused> {
    let name = part
        .to_str()
        .ok_or_else(|| Refused::Other("its path is not UTF-8".to_owned()))?;
    remove(part).map_err(|error| Refused::of(&error))?;
    // VACUUM INTO takes an empty file too, and would make one that everyone can read.
    private_file()
        .write(true)
        .create_new(true)
        .open(part)
        .map_err(|error| Refused::of(&error))?;
    let copied = connection.execute("VACUUM INTO ?1", [name]);
    copied.map_err(|error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => Refused::Full(error.to_string()),
        _ => Refused::Other(error.to_string()),
    })?;
    Ok(())
}

fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

pub(crate) fn size_of(connection: &Connection) -> rusqlite::Result<u64> {
    let number = |pragma: &str| {
        let sql = format!("PRAGMA {pragma}");
        // SQLCipher tells the size of the pages of an encrypted database as a text.
        connection.query_row(&sql, [], |row| match row.get_ref(0)? {
            ValueRef::Text(digits) => Ok(String::from_utf8_lossy(digits).parse().unwrap_or_default()),
            _ => row.get::<_, u64>(0),
        })
    };
    Ok(number("page_count")? * number("page_size")?)
}

/// Refuses before anything is written where the disk has no room for the copy.
#[cfg(unix)]
pub(crate) fn check_space(needed: u64, path: &Path) -> Result<(), String> {
    /// Left for everything else that writes.
    const RESERVE: u64 = 8 << 20;
    let dir = path.parent().unwrap_or(path);
    // A file system that does not say is tried.
    let Ok(disk) = rustix::fs::statvfs(dir) else {
        return Ok(());
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    // Some file systems say 0 where they do not know.
    if disk.f_blocks > 0 && free < needed + RESERVE {
        return Err(format!(
            "{} MiB are needed and {} MiB are free on its disk; make room, or name another directory with --data-dir",
            (needed + RESERVE).div_ceil(1 << 20),
            free >> 20
        ));
    }
    Ok(())
}

#[cfg(not(unix))]
pub(crate) fn check_space(_: u64, _: &Path) -> Result<(), String> {
    Ok(())
}
