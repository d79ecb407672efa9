//! What can go wrong inside a query, before it is told to the rest of the program as a `StoreError`.

use council_core::StoreError;
use rusqlite::ErrorCode;
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
            Self::Sqlite(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
                StoreError::DiskFull
            }
            Self::Sqlite(error) => StoreError::Failed(format!("{}: {error}", database.display())),
            Self::Value(message) => StoreError::Failed(format!("{}: {message}", database.display())),
            Self::Store(error) => error,
        }
    }
}
