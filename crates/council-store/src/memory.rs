//! Memories: rows and vectors in the database, and an index of them in memory that is searched.
//!
//! - `store`: the trait of `council-core` on top of the rest
//! - `rows`: the SQL
//! - `index`: the memories of one user as they are searched; `vectors` and `lexicon` are its parts, `words` makes terms
//! - `load`: the index from the rows, when the store is opened
//! - `among`: which of them a search is among
//! - `scores`: how the signs of a search become an order; `search`: the search by cosine alone, and what both share;
//!   `refine` corrects both with exact vectors
//! - `scrub`: no traces of what was forgotten
//! - [`postgres`]: the same on a PostgreSQL server, with the feature `postgres`

mod among;
mod index;
mod lexicon;
mod load;
#[cfg(feature = "postgres")]
pub mod postgres;
mod refine;
mod rows;
mod scores;
pub(crate) mod scrub;
mod search;
mod store;
mod vectors;
pub(crate) mod words;

use crate::Store;
use council_core::{Clock, EmbedderInfo, MemoryVectors, RecallTimes, StoreError};
use index::Index;
use rows::{Changed, Stored, Words};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Instant;

/// The memories of a store, searchable by the vectors of one embedder. Implements `MemoryStore`.
///
/// A store has one of these at a time: two would not see each other's changes.
pub struct MemoryIndex {
    store: Arc<Store>,
    users: Users,
    embedder: EmbedderInfo,
    embedder_key: i64,
    clock: Arc<dyn Clock>,
    on_recall: Arc<dyn Fn(&RecallTimes) + Send + Sync>,
}

/// The index of every user. Changed by the writer's thread only, in the order of the commits.
#[derive(Clone, Default)]
struct Users(Arc<RwLock<HashMap<String, Index>>>);

impl Users {
    // A panic while it was held would have been a defect of ours that loses no data; searches go on.
    fn read(&self) -> RwLockReadGuard<'_, HashMap<String, Index>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<String, Index>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over what was stored.
    fn add<'a>(
        &self,
        dimensions: usize,
        stored: impl IntoIterator<Item = (&'a Stored, Option<&'a MemoryVectors>)>,
    ) {
        let mut users = self.write();
        let mut waiting = Vec::new();
        for (stored, vectors) in stored {
            let user = &stored.memory.content.scope.user;
            let index = users.entry(user.clone());
            index
                .or_insert_with(|| Index::new(dimensions))
                .push(stored.key, &stored.memory, vectors);
            waiting.extend(stored.waiting.iter().map(|key| (user, *key)));
        }
        for (user, key) in waiting {
            if let Some(index) = users.get_mut(user) {
                index.wait(key);
            }
        }
    }

    /// Takes over what changed.
    fn apply(&self, changed: &[Changed]) {
        let mut users = self.write();
        for changed in changed {
            let Some(index) = users.get_mut(&changed.memory.content.scope.user) else {
                continue;
            };
            let Some(row) = index.row(changed.key) else {
                continue;
            };
            index.set_state(row, &changed.memory);
            if let Words::New(vectors) = &changed.words {
                index.set_text(row, &changed.memory.content, vectors.as_ref());
            }
            for &next in &changed.next {
                index.wait(next);
            }
        }
    }
}

impl Store {
    /// Loads the memories and their vectors by this embedder: a second or so per 100,000, with a line in the log every
    /// second. `on_recall` hears how long
    /// the parts of each search took.
    ///
    /// # Errors
    /// When the database cannot be read, or knows an embedder of this name with other dimensions.
    pub async fn memory(
        self: &Arc<Self>,
        embedder: &EmbedderInfo,
        clock: Arc<dyn Clock>,
        on_recall: impl Fn(&RecallTimes) + Send + Sync + 'static,
    ) -> Result<Arc<MemoryIndex>, StoreError> {
        let started = Instant::now();
        let info = embedder.clone();
        let embedder_key = self
            .writer
            .write(move |connection| rows::embedder(connection, &info))
            .await?;
        let (dimensions, unlock) = (embedder.dimensions, self.unlock().cloned());
        let users = self
            .readers
            .read(move |connection| load::load(connection, unlock.as_ref(), embedder_key, dimensions))
            .await?;
        let memories: usize = users.values().map(|index| index.facts.len()).sum();
        if memories > 0 {
            tracing::info!(
                memories, users = users.len(), embedder = %embedder.id,
                "loaded {memories} memories of {} users in {} ms", users.len(), started.elapsed().as_millis()
            );
        }
        Ok(Arc::new(MemoryIndex {
            store: Arc::clone(self),
            users: Users(Arc::new(RwLock::new(users))),
            embedder: embedder.clone(),
            embedder_key,
            clock,
            on_recall: Arc::new(on_recall),
        }))
    }
}

impl MemoryIndex {
    /// The embedder whose vectors it compares.
    pub fn embedder(&self) -> &EmbedderInfo {
        &self.embedder
    }
}
