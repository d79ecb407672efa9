//! The open database.

use crate::budget;
use crate::key::{Key, Unlock};
use crate::open::{self, OpenError};
use crate::readers::Readers;
use crate::writer::{WriteReport, Writer};
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
    key: Option<Key>,
    unlock: Option<Unlock>,
    _lock: Option<File>,
}

impl Store {
    /// Opens `council.db` in `dir`; makes directory and file when they do not exist, and migrates an older schema
    /// after copying it to `council.db.backup-v<N>`. Blocks for as long as that takes.
    ///
    /// # Errors
    /// [`OpenError`] says what is in the way and what to do.
    pub fn open(dir: &Path) -> Result<Arc<Self>, OpenError> {
        Self::open_with(dir, None)
    }

    /// The same with a key: a new database is encrypted with it, and one that is there must have been.
    ///
    /// # Errors
    /// [`OpenError`] says what is in the way and what to do.
    pub fn open_with(dir: &Path, key: Option<&Key>) -> Result<Arc<Self>, OpenError> {
        let open::Opened {
            connection,
            unlock,
            database,
            lock,
        } = open::open_with(dir, &open::SCHEMA, key)?;
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
        let readers = Readers::new(database.clone(), unlock.clone());
        Ok(Arc::new(Self {
            readers,
            writer,
            database,
            key: key.cloned(),
            unlock,
            _lock: Some(lock),
        }))
    }

    /// Opens the database for a command that may run beside the server which has the directory: it reads settings and
    /// writes lines of the egress ledger. What a server left unfinished stays as it is. Blocks.
    ///
    /// # Errors
    /// [`OpenError`]; [`OpenError::Locked`] where a server of an older version has the directory.
    pub fn beside(dir: &Path, key: Option<&Key>) -> Result<Arc<Self>, OpenError> {
        let (connection, unlock, database) = open::beside(dir, &open::SCHEMA, key)?;
        let writer = Writer::start(connection, database.clone()).map_err(|source| OpenError::Io {
            path: database.clone(),
            source,
        })?;
        Ok(Arc::new(Self {
            readers: Readers::new(database.clone(), unlock.clone()),
            writer,
            database,
            key: key.cloned(),
            unlock,
            _lock: None,
        }))
    }

    /// Tells `heard` of every transaction from now on, on the thread that writes. The first listener stays.
    pub fn on_write(&self, heard: impl Fn(WriteReport) + Send + Sync + 'static) {
        self.writer.on_write(Box::new(heard));
    }

    /// What opens the database, where it is encrypted.
    pub(crate) fn unlock(&self) -> Option<&Unlock> {
        self.unlock.as_ref()
    }

    /// What opens its copies.
    pub(crate) fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.database
    }
}
