//! The connections that read. WAL lets them read beside the writer, each from its own snapshot.

use crate::fault::Fault;
use crate::key::Unlock;
use crate::open;
use council_core::StoreError;
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// Most queries at once. Queries are short and mostly served from the page cache; more threads would only contend.
const CONNECTIONS: usize = 4;

/// A pool of read-only connections, opened when first needed.
pub(crate) struct Readers {
    idle: Mutex<Vec<Connection>>,
    places: Arc<Semaphore>,
    database: PathBuf,
    unlock: Option<Unlock>,
}

impl Readers {
    /// A pool for an existing database.
    pub(crate) fn new(database: PathBuf, unlock: Option<Unlock>) -> Arc<Self> {
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        Arc::new(Self {
            idle: Mutex::new(Vec::new()),
            places,
            database,
            unlock,
        })
    }

    /// Runs `query` in one read transaction on a blocking thread: everything that it reads is of one moment.
    pub(crate) async fn read<T, F>(self: &Arc<Self>, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        let failed = |error: String| StoreError::Failed(format!("{}: {error}", self.database.display()));
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.map_err(|error| failed(error.to_string()))?;
        let pool = Arc::clone(self);
        let task = tokio::task::spawn_blocking(move || {
            // The place is held here and not by the caller: a caller that stops waiting must not let one
            // connection too many be opened.
            let _place = place;
            pool.query(query).map_err(|fault| fault.in_file(&pool.database))
        });
        task.await.map_err(|error| failed(error.to_string()))?
    }

    fn query<T>(&self, query: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, Fault> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => open::reader(&self.database, self.unlock.as_ref())?,
        };
        let transaction = connection.transaction()?;
        let result = query(&transaction);
        drop(transaction);
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connection);
        result
    }
}
