//! Memories: rows and vectors in the database, and an index of them in memory that is searched.
//!
//! - `rows`: the SQL
//! - `index`: the memories of one user as they are searched; `vectors` and `lexicon` are its parts, `words` makes terms
//! - `search`: how the signs of a search become an order
//! - `check`: what is refused
//! - `scrub`: no traces of what was forgotten

mod check;
mod index;
mod lexicon;
mod rows;
mod scrub;
mod search;
mod vectors;
mod words;

use crate::Store;
use crate::columns::limit_and_offset;
use crate::fault::Fault;
use async_trait::async_trait;
use council_core::{
    Clock, EmbedderInfo, Embedding, Memory, MemoryChange, MemoryFilter, MemoryHit, MemoryId, MemoryStats,
    MemoryStore, MemoryVectors, NewMemory, Page, RecallQuery, RecallTimes, Scope, ScoreParts, StoreError,
};
use index::Index;
use rusqlite::Connection;
use search::{Candidate, Found};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Instant;

/// Own vectors nearer than this say the same thing.
const SAME_MEANING: f32 = 0.98;

/// A memory that waits for vectors, as [`MemoryIndex::without_vectors`] returns it.
#[derive(Clone, Debug, PartialEq)]
pub struct Unembedded {
    /// The memory.
    pub memory: Memory,
    /// The text of the turn before it in its session, which belongs to its context.
    pub previous_turn: Option<String>,
}

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
}

impl Store {
    /// Loads the memories and their vectors by this embedder: a second or so per 100,000. `on_recall` hears how long
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
        let dimensions = embedder.dimensions;
        let users = self
            .readers
            .read(move |connection| load(connection, embedder_key, dimensions))
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

fn load(connection: &Connection, embedder: i64, dimensions: usize) -> Result<HashMap<String, Index>, Fault> {
    let mut users = HashMap::new();
    for (user, memories) in rows::counts(connection)? {
        let mut index = Index::new(dimensions);
        index.vectors.reserve(memories);
        users.insert(user, index);
    }
    rows::each(connection, embedder, |key, memory, vectors| {
        let user = &memory.content.scope.user;
        if let Some(index) = users.get_mut(user) {
            index.push(key, &memory.content, vectors);
        }
    })?;
    Ok(users)
}

impl MemoryIndex {
    /// The embedder whose vectors it compares.
    pub fn embedder(&self) -> &EmbedderInfo {
        &self.embedder
    }

    /// Memories that have no vectors by this embedder, and how many there are: words find them, meaning does not yet.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn without_vectors(&self, limit: usize) -> Result<(Vec<Unembedded>, u64), StoreError> {
        let mut waiting = Vec::new();
        let mut count = 0;
        for index in self.users.read().values() {
            for row in (0..index.facts.len()).filter(|&row| !index.vectors.has(row)) {
                count += 1;
                if waiting.len() < limit {
                    let key_of = |row: usize| index.facts[row].key;
                    waiting.push((key_of(row), index.previous_turn(row).map(key_of)));
                }
            }
        }
        let read = move |connection: &Connection| -> Result<Vec<Unembedded>, Fault> {
            let mut unembedded = Vec::with_capacity(waiting.len());
            for (key, previous) in waiting {
                let Some(memory) = rows::by_key(connection, key)? else {
                    continue;
                };
                let previous = previous
                    .map(|key| rows::by_key(connection, key))
                    .transpose()?
                    .flatten();
                let previous_turn = previous.map(|memory| memory.content.text);
                unembedded.push(Unembedded {
                    memory,
                    previous_turn,
                });
            }
            Ok(unembedded)
        };
        Ok((self.store.readers.read(read).await?, count))
    }

    /// Gives memories vectors by this embedder; one whose text has changed or that is forgotten is left out. Returns
    /// how many were given.
    ///
    /// # Errors
    /// When a vector is not one of this embedder, or the database cannot be written.
    pub async fn embed(&self, items: Vec<(Memory, MemoryVectors)>) -> Result<u64, StoreError> {
        for (_, vectors) in &items {
            check::vectors(vectors, &self.embedder)?;
        }
        let (items, embedder, users) = (Arc::new(items), self.embedder_key, self.users.clone());
        let written = Arc::clone(&items);
        let work = move |connection: &Connection| rows::embed(connection, &written, embedder);
        let then = move |_: &Connection, keys: &Vec<Option<i64>>| {
            let mut users = users.write();
            for ((memory, vectors), key) in items.iter().zip(keys) {
                if let (Some(index), Some(key)) = (users.get_mut(&memory.content.scope.user), key)
                    && let Some(row) = index.row(*key)
                {
                    index.vectors.set(row, Some(vectors));
                }
            }
            Ok(())
        };
        let keys = self.store.writer.write_then(work, then).await?;
        Ok(keys.iter().flatten().count() as u64)
    }

    /// Rows of `key`s as hits, in their order; those that were forgotten meanwhile are left out.
    fn hits(connection: &Connection, candidates: &[Candidate]) -> Result<Vec<MemoryHit>, Fault> {
        let mut hits = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            if let Some(memory) = rows::by_key(connection, candidate.key)? {
                hits.push(MemoryHit {
                    memory,
                    score: candidate.score(),
                    parts: candidate.parts,
                });
            }
        }
        Ok(hits)
    }
}

#[async_trait]
impl MemoryStore for MemoryIndex {
    async fn insert(&self, items: Vec<(NewMemory, MemoryVectors)>) -> Result<Vec<MemoryId>, StoreError> {
        for (memory, vectors) in &items {
            check::memory(memory)?;
            check::vectors(vectors, &self.embedder)?;
        }
        let (now, embedder, dimensions) = (self.clock.now(), self.embedder_key, self.embedder.dimensions);
        let (items, users) = (Arc::new(items), self.users.clone());
        let written = Arc::clone(&items);
        let work = move |connection: &Connection| rows::insert(connection, &written, now, embedder);
        let then = move |_: &Connection, stored: &Vec<(i64, MemoryId)>| {
            let mut users = users.write();
            for ((memory, vectors), (key, _)) in items.iter().zip(stored) {
                let index = users.entry(memory.scope.user.clone());
                index
                    .or_insert_with(|| Index::new(dimensions))
                    .push(*key, memory, Some(vectors));
            }
            Ok(())
        };
        let stored = self.store.writer.write_then(work, then).await?;
        Ok(stored.into_iter().map(|(_, id)| id).collect())
    }

    async fn memory(&self, user: &str, id: &MemoryId) -> Result<Memory, StoreError> {
        let (user, id) = (user.to_owned(), id.clone());
        let read = move |connection: &Connection| Ok(rows::by_id(connection, &user, &id)?.1);
        self.store.readers.read(read).await
    }

    async fn memories(&self, filter: MemoryFilter, page: Page) -> Result<(Vec<Memory>, u64), StoreError> {
        check::filter(&filter)?;
        let users = self.users.clone();
        let read = move |connection: &Connection| {
            let (limit, offset) = limit_and_offset(page)?;
            let mut found: Vec<_> = match users.read().get(&filter.user) {
                Some(index) => {
                    let facts = index
                        .matching(&filter)
                        .into_iter()
                        .map(|row| &index.facts[row as usize]);
                    facts.map(|facts| (facts.said_at, facts.key)).collect()
                }
                None => Vec::new(),
            };
            found.sort_unstable_by(|left, right| right.cmp(left));
            let mut memories = Vec::new();
            for (_, key) in found.iter().skip(offset as usize).take(limit as usize) {
                memories.extend(rows::by_key(connection, *key)?);
            }
            Ok((memories, found.len() as u64))
        };
        self.store.readers.read(read).await
    }

    async fn change(&self, user: &str, id: &MemoryId, change: MemoryChange) -> Result<Memory, StoreError> {
        if let Some((text, vectors)) = &change.text {
            check::text(text)?;
            check::vectors(vectors, &self.embedder)?;
        }
        let (now, embedder, users) = (self.clock.now(), self.embedder_key, self.users.clone());
        let (user, id, change) = (user.to_owned(), id.clone(), Arc::new(change));
        let written = Arc::clone(&change);
        let work =
            move |connection: &Connection| rows::change(connection, &user, &id, &written, now, embedder);
        let then = move |_: &Connection, changed: &rows::Changed| {
            let content = &changed.memory.content;
            let mut users = users.write();
            let Some(index) = users.get_mut(&content.scope.user) else {
                return Ok(());
            };
            let Some(row) = index.row(changed.key) else {
                return Ok(());
            };
            if let Some((_, vectors)) = &change.text {
                index.set_text(row, content, vectors);
            }
            if change.tags.is_some() {
                index.set_tags(row, &content.tags);
            }
            if let Some(next) = changed.next.and_then(|key| index.row(key)) {
                index.vectors.forget_context(next);
            }
            Ok(())
        };
        Ok(self.store.writer.write_then(work, then).await?.memory)
    }

    async fn forget(&self, user: &str, ids: Vec<MemoryId>) -> Result<Vec<MemoryId>, StoreError> {
        let (owner, user, users) = (user.to_owned(), user.to_owned(), self.users.clone());
        let work = move |connection: &Connection| rows::forget(connection, &owner, &ids);
        let then = move |connection: &Connection, forgotten: &rows::Forgotten| {
            if let Some(index) = users.write().get_mut(&user) {
                index.remove(&forgotten.keys);
                for &next in &forgotten.next {
                    if let Some(row) = index.row(next) {
                        index.vectors.forget_context(row);
                    }
                }
            }
            scrub::scrub(connection)
        };
        Ok(self.store.writer.write_then(work, then).await?.ids)
    }

    async fn recall(&self, query: RecallQuery) -> Result<Vec<MemoryHit>, StoreError> {
        check::recall(&query, &self.embedder)?;
        let (users, embedder, on_recall) =
            (self.users.clone(), self.embedder_key, Arc::clone(&self.on_recall));
        let read = move |connection: &Connection| {
            let started = Instant::now();
            let found = match users.read().get(&query.filter.user) {
                Some(index) => search::recall(index, &query),
                None => return Ok(Vec::new()),
            };
            let (dense, lexical) = (found.dense_time, found.lexical_time);
            let best = refine(connection, found, &query, embedder)?;
            let hits = Self::hits(connection, &best)?;
            let rank = started.elapsed().saturating_sub(dense + lexical);
            on_recall(&RecallTimes { dense, lexical, rank });
            Ok(hits)
        };
        self.store.readers.read(read).await
    }

    async fn nearest(
        &self,
        vector: Embedding,
        filter: MemoryFilter,
        least_cosine: f32,
        limit: usize,
    ) -> Result<Vec<MemoryHit>, StoreError> {
        check::nearest(&vector, &filter, least_cosine, limit, &self.embedder)?;
        let (users, embedder) = (self.users.clone(), self.embedder_key);
        let read = move |connection: &Connection| {
            let mut candidates = match users.read().get(&filter.user) {
                Some(index) => {
                    let rows = index.matching(&filter);
                    search::nearest(index, &vector, &rows, least_cosine, limit)
                }
                None => return Ok(Vec::new()),
            };
            let mut exact = Vec::with_capacity(candidates.len());
            for mut candidate in candidates.drain(..) {
                if let Some(vectors) = rows::vectors(connection, candidate.key, embedder)? {
                    let cosine = vectors::cosine(&vector.0, &vectors.own.0);
                    candidate.parts = ScoreParts {
                        cosine,
                        own: cosine,
                        ..ScoreParts::default()
                    };
                    exact.push(candidate);
                }
            }
            exact.retain(|candidate| candidate.score() >= least_cosine);
            search::keep_best(&mut exact, limit);
            Self::hits(connection, &exact)
        };
        self.store.readers.read(read).await
    }

    async fn latest_turn(&self, scope: &Scope) -> Result<Option<Memory>, StoreError> {
        let key = {
            let users = self.users.read();
            let session = users.get(&scope.user).zip(scope.session.as_deref());
            session.and_then(|(index, session)| {
                let turns = index.session(scope.project.as_deref(), session);
                turns.last().map(|&row| index.facts[row as usize].key)
            })
        };
        let Some(key) = key else { return Ok(None) };
        self.store
            .readers
            .read(move |connection| rows::by_key(connection, key))
            .await
    }

    async fn speakers(&self, filter: &MemoryFilter) -> Result<Vec<String>, StoreError> {
        check::filter(filter)?;
        let users = self.users.read();
        let speakers = users
            .get(&filter.user)
            .map(|index| index.speakers(&index.matching(filter)));
        Ok(speakers.unwrap_or_default())
    }

    async fn stats(&self) -> Result<MemoryStats, StoreError> {
        let users = self.users.read();
        let indexes = || users.values().filter(|index| !index.facts.is_empty());
        Ok(MemoryStats {
            memories: indexes().map(|index| index.facts.len() as u64).sum(),
            users: indexes().count() as u64,
            index_bytes: users.values().map(|index| index.size_bytes() as u64).sum(),
        })
    }
}

/// Orders the candidates by their exact vectors and leaves the best, without those that repeat a better one.
fn refine(
    connection: &Connection,
    found: Found,
    query: &RecallQuery,
    embedder: i64,
) -> Result<Vec<Candidate>, Fault> {
    let mut exact: HashMap<i64, Embedding> = HashMap::new();
    let mut candidates = found.candidates;
    for candidate in candidates.iter_mut().filter(|candidate| candidate.is_dense) {
        let Some(vectors) = rows::vectors(connection, candidate.key, embedder)? else {
            continue;
        };
        let (own, context) = (
            vectors::cosine(&query.vector.0, &vectors.own.0),
            vectors::cosine(&query.vector.0, &vectors.context.0),
        );
        candidate.parts.cosine = own;
        candidate.parts.own = query.weights.own * found.own.apply(own);
        candidate.parts.context = query.weights.context * found.context.apply(context);
        exact.insert(candidate.key, vectors.own);
    }
    search::keep_best(&mut candidates, usize::MAX);
    let mut best: Vec<Candidate> = Vec::with_capacity(query.limit);
    let mut fingerprints = HashSet::new();
    for candidate in candidates {
        if best.len() == query.limit {
            break;
        }
        let repeats = |better: &Candidate| match (exact.get(&better.key), exact.get(&candidate.key)) {
            (Some(better), Some(this)) => vectors::cosine(&better.0, &this.0) > SAME_MEANING,
            _ => false,
        };
        if !fingerprints.contains(&candidate.fingerprint) && !best.iter().any(repeats) {
            fingerprints.insert(candidate.fingerprint);
            best.push(candidate);
        }
    }
    Ok(best)
}
