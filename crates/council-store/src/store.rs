//! The open database.

use crate::budget;
use crate::open::{self, OpenError};
use crate::readers::Readers;
use crate::writer::Writer;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Conversations, ledger and books in one SQLite file. Implements `ConversationStore`, `Ledger` and `Budget`.
///
/// Dropping the last reference waits for queued writes, closes the database and gives the directory free.
pub struct Store {
    // Dropped in this order: the writer closes last, because only it can fold the write-ahead log into the file,
    // and the lock outlives both.
    pub(crate) readers: Arc<Readers>,
    pub(crate) writer: Writer,
    database: PathBuf,
    _lock: File,
}

impl Store {
    /// Opens `council.db` in `dir`; makes directory and file when they do not exist, and migrates an older schema
    /// after copying it to `council.db.backup-v<N>`. Blocks for as long as that takes.
    ///
    /// # Errors
    /// [`OpenError`] says what is in the way and what to do.
    pub fn open(dir: &Path) -> Result<Arc<Self>, OpenError> {
        let open::Opened {
            connection,
            database,
            lock,
        } = open::open(dir, &open::SCHEMA)?;
        let left = budget::close_what_was_left_open(&connection).map_err(|error| OpenError::Sqlite {
            path: database.clone(),
            message: error.to_string(),
        })?;
        if left > 0 {
            tracing::warn!(
                calls = left,
                "{left} paid calls had not ended when the last process did; they count for the most that they could cost"
            );
        }
        crate::egress::interrupt(&connection).map_err(|error| OpenError::Sqlite {
            path: database.clone(),
            message: error.to_string(),
        })?;
        let writer = Writer::start(connection, database.clone()).map_err(|source| OpenError::Io {
            path: database.clone(),
            source,
        })?;
        let readers = Readers::new(database.clone());
        Ok(Arc::new(Self {
            readers,
            writer,
            database,
            _lock: lock,
        }))
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.database
    }
}
