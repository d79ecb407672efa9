//! A database from one form to the other: encrypted, not encrypted, encrypted with another key.
//!
//! Everything is written into a new file beside it, compared, synced and given the database's name in one step
//! (`rename`): whatever happens before that, the old one is as it was; whatever happens afterwards, the new one is there.

use crate::backup;
use crate::key::{self, Key, is_encrypted};
use crate::open::{self, OpenError, SCHEMA};
use rusqlite::{Connection, OpenFlags};
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// What a conversion came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted {
    /// The database.
    pub database: PathBuf,
    /// Its size, in bytes.
    pub bytes: u64,
    /// Copies beside it that are of another form, or cannot be opened with its key: those of before.
    pub other_copies: Vec<PathBuf>,
}

/// Converts the database in `dir`, which nobody uses, from one key to another; `None` is no encryption. What it was is
/// overwritten, as far as the disk obeys. Takes as long as a copy, and the room of one.
///
/// # Errors
/// [`OpenError`]; the database is as it was then.
pub fn convert(dir: &Path, from: Option<&Key>, to: Option<&Key>) -> Result<Converted, OpenError> {
    let _lock = open::lock(dir)?;
    let database = open::tidy(dir)?;
    let prepared = prepare(&database, from, to)?;
    prepared.replace()?;
    let bytes = std::fs::metadata(&database).map_err(io_error(&database))?.len();
    Ok(Converted {
        bytes,
        other_copies: other_copies(dir, to).map_err(io_error(dir))?,
        database,
    })
}

/// Copies beside the database in `dir` that `key` does not open, or that need none where there is one.
///
/// # Errors
/// When the directory or a copy cannot be read.
pub fn other_copies(dir: &Path, key: Option<&Key>) -> io::Result<Vec<PathBuf>> {
    let fits = |copy: &Path| -> io::Result<bool> {
        if is_encrypted(copy)? != key.is_some() {
            return Ok(false);
        }
        Ok(open::reader_of_copy(copy, key).is_ok())
    };
    let mut others = Vec::new();
    for copy in backup::copies(dir)? {
        if !fits(&copy)? {
            others.push(copy);
        }
    }
    Ok(others)
}

/// Copies beside the database in `dir` that anybody can read.
///
/// # Errors
/// When the directory or a copy cannot be read.
pub fn plain_copies(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut plain = Vec::new();
    for copy in backup::copies(dir)? {
        if !is_encrypted(&copy)? {
            plain.push(copy);
        }
    }
    Ok(plain)
}

/// Converts a file that nobody else uses in its place.
///
/// # Errors
/// [`OpenError`]; the file is as it was then.
pub fn recode(file: &Path, from: Option<&Key>, to: Option<&Key>) -> Result<(), OpenError> {
    prepare(file, from, to)?.replace()
}

/// What is about to take a database's place.
struct Prepared {
    /// Nobody else comes in while this is open.
    connection: Connection,
    database: PathBuf,
    part: PathBuf,
}

fn prepare(database: &Path, from: Option<&Key>, to: Option<&Key>) -> Result<Prepared, OpenError> {
    let refused = |error: rusqlite::Error| open::refusal(database, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let (connection, _) = key::connect(database, flags, from)?;
    key::check_built_in(&connection)?;
    open::check(&connection, database, SCHEMA.len())?;
    // A command may have it open beside the lock of the directory. The log goes: it would be another database's.
    connection
        .execute_batch("PRAGMA locking_mode = exclusive")
        .map_err(refused)?;
    let pragma = "PRAGMA journal_mode = delete";
    let mode: String = connection
        .query_row(pragma, [], |row| row.get(0))
        .map_err(refused)?;
    if mode != "delete" {
        return Err(OpenError::Locked {
            dir: database.parent().unwrap_or(database).to_owned(),
            pid: None,
        });
    }
    connection
        .execute_batch("BEGIN EXCLUSIVE; COMMIT")
        .map_err(refused)?;
    let part = database.with_added_extension("part");
    let prepared = Prepared {
        connection,
        database: database.to_owned(),
        part,
    };
    prepared.write(to).inspect_err(|_| {
        // A half; the next start would remove it too.
        let _ = std::fs::remove_file(&prepared.part);
    })?;
    Ok(prepared)
}

impl Prepared {
    /// Writes and compares the new file, and waits until it is on disk.
    fn write(&self, to: Option<&Key>) -> Result<(), OpenError> {
        let io = io_error(&self.part);
        match std::fs::remove_file(&self.part) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io(error)),
            _ => {}
        }
        let needed = open::size_of(&self.connection).map_err(|error| self.failed(error.to_string()))?;
        open::check_space(needed, &self.part).map_err(|message| self.failed(message))?;
        let made = open::private_file().write(true).create_new(true).open(&self.part);
        let file = made.map_err(&io)?;
        let spelt = key::for_new(to, &self.part)?;
        self.export(spelt.expose())
            .map_err(|error| self.failed(error.to_string()))?;
        file.sync_all().map_err(io)
    }

    fn export(&self, spelt: &str) -> rusqlite::Result<()> {
        let connection = &self.connection;
        let part = self.part.to_string_lossy();
        connection.execute("ATTACH DATABASE ?1 AS target KEY ?2", [&part, spelt])?;
        // A half is thrown away, so that no journal is kept and nothing synced before the end.
        connection.execute_batch("PRAGMA target.journal_mode = off; PRAGMA target.synchronous = off")?;
        connection.query_row("SELECT sqlcipher_export('target')", [], |_| Ok(()))?;
        for pragma in ["user_version", "application_id"] {
            let value: i64 = connection.query_row(&format!("PRAGMA main.{pragma}"), [], |row| row.get(0))?;
            connection.pragma_update(Some("target"), pragma, value)?;
        }
        // As another reader sees it: the entries of virtual tables and triggers were written past this one's eyes.
        connection.execute_batch("DETACH DATABASE target")?;
        connection.execute("ATTACH DATABASE ?1 AS target KEY ?2", [&part, spelt])?;
        let found: String = connection.query_row("PRAGMA target.integrity_check(1)", [], |row| row.get(0))?;
        if found != "ok" {
            return Err(different(&found));
        }
        let sql = "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_stat%'";
        let mut statement = connection.prepare(sql)?;
        let tables: Vec<String> = statement
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        drop(statement);
        for table in tables {
            let sql = format!(
                "SELECT (SELECT count(*) FROM main.\"{table}\") = (SELECT count(*) FROM target.\"{table}\")"
            );
            if !connection.query_row(&sql, [], |row| row.get::<_, bool>(0))? {
                return Err(different(&format!("`{table}` has another number of rows")));
            }
        }
        connection.execute_batch("DETACH DATABASE target")
    }

    /// Gives the new file the database's name, and overwrites what bore it.
    fn replace(self) -> Result<(), OpenError> {
        let io = io_error(&self.database);
        let old = OpenOptions::new().write(true).open(&self.database).map_err(&io)?;
        std::fs::rename(&self.part, &self.database).map_err(&io)?;
        if let Some(dir) = self.database.parent() {
            // So that the name is on disk too; not every file system lets a directory be synced.
            let _ = File::open(dir).and_then(|dir| dir.sync_all());
        }
        drop(self.connection);
        if let Err(error) = blank(old) {
            tracing::warn!(%error, "what the database was is removed, but could not be overwritten: {error}");
        }
        Ok(())
    }

    fn failed(&self, message: String) -> OpenError {
        OpenError::Sqlite {
            path: self.part.clone(),
            message,
        }
    }
}

/// Writes zeros over a file that has no name any more.
fn blank(mut file: File) -> io::Result<()> {
    const PIECE: usize = 1 << 20;
    let zeros = vec![0; PIECE];
    let mut left = file.metadata()?.len();
    while left > 0 {
        let now = left.min(PIECE as u64);
        file.write_all(&zeros[..now as usize])?;
        left -= now;
    }
    file.sync_all()
}

fn different(why: &str) -> rusqlite::Error {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT);
    rusqlite::Error::SqliteFailure(
        code,
        Some(format!("what was written is not what was there: {why}")),
    )
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> OpenError {
    let path = path.to_owned();
    move |source| OpenError::Io {
        path: path.clone(),
        source,
    }
}

#[cfg(test)]
#[cfg(feature = "encryption")]
mod tests;
