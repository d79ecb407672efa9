//! What can go wrong inside a query, before it is told to the rest of the program as a `StoreError`.

use council_core::StoreError;
use rusqlite::{ErrorCode, ffi};
use std::path::Path;

/// Why a query failed.
#[derive(Debug)]
pub(crate) enum Fault {
    /// SQLite refused.
    Sqlite(rusqlite::Error),
    /// A row or an argument is not what it must be; says which and why.
    Value(String),
    /// Already in the words of the caller.
    Store(StoreError),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Fault {
    /// The fault as the caller sees it; `database` is the file that it happened in.
    pub(crate) fn in_file(self, database: &Path) -> StoreError {
        match self {
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DiskFull) => StoreError::DiskFull {
                    place: directory(database),
                },
                Some(ErrorCode::ReadOnly) => StoreError::ReadOnly {
                    place: directory(database),
                    reason: error.to_string(),
                },
                // A disk that the system made read-only after an error of its own fails the write, not the opening
                // (https://sqlite.org/rescode.html#ioerr_write).
                Some(ErrorCode::SystemIoFailure) if is_write(&error) => StoreError::ReadOnly {
                    place: directory(database),
                    reason: error.to_string(),
                },
                _ => StoreError::Failed(format!("{}: {error}", database.display())),
            },
            Self::Value(message) => StoreError::Failed(format!("{}: {message}", database.display())),
            Self::Store(error) => error,
        }
    }
}

/// What a person looks for: a database is several files.
fn directory(database: &Path) -> String {
    database.parent().unwrap_or(database).display().to_string()
}

/// Whether it was a write, or what makes it last, that the operating system refused.
fn is_write(error: &rusqlite::Error) -> bool {
    let extended = error.sqlite_error().map_or(0, |error| error.extended_code);
    [
        ffi::SQLITE_IOERR_WRITE,
        ffi::SQLITE_IOERR_FSYNC,
        ffi::SQLITE_IOERR_DIR_FSYNC,
        ffi::SQLITE_IOERR_TRUNCATE,
    ]
    .contains(&extended)
}
