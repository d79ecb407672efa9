//! `MemoryStore` on top of database and index.

use super::among::Among;
use super::index::Index;
use super::rows::{Changed, Stored};
use super::{MemoryIndex, load, refine, rows, scores, scrub, search};
use crate::columns::limit_and_offset;
use crate::fault::Fault;
use async_trait::async_trait;
use council_core::memory::check;
use council_core::{
    Embedding, Heard, Memory, MemoryChange, MemoryCounts, MemoryFilter, MemoryHit, MemoryId, MemoryRecord,
    MemoryStats, MemoryStore, MemoryVectors, MemoryVersion, NewMemory, Page, RecallQuery, RecallTimes, Scope,
    SourceSummary, StoreError, Timestamp, Unembedded,
};
use rusqlite::Connection;
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Instant;

/// What is done in the same transaction as memories are stored.
enum Beside {
    Nothing,
    /// What they were extracted from is looked for, and has to be there.
    Sources,
    /// That they were said to the assistant.
    Heard,
    /// Keys in the metadata of others.
    Notes(Vec<(MemoryId, Map<String, Value>)>),
}

impl MemoryIndex {
    /// Reads from database and index, unless the user has no memories.
    async fn look<T: Default + Send + 'static>(
        &self,
        user: &str,
        query: impl FnOnce(&Connection, &Index) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (users, user) = (self.users.clone(), user.to_owned());
        let read = move |connection: &Connection| match users.read().get(&user) {
            Some(index) => query(connection, index),
            None => Ok(T::default()),
        };
        self.store.readers.read(read).await
    }

    /// Stores memories and retires those whose place they take.
    async fn store_items(
        &self,
        user: &str,
        old: Vec<MemoryId>,
        items: Vec<(NewMemory, Option<MemoryVectors>)>,
        beside: Beside,
    ) -> Result<Vec<MemoryId>, StoreError> {
        for item in &items {
            check::item(item, &self.embedder)?;
        }
        let (now, embedder, dimensions) = (self.clock.now(), self.embedder_key, self.embedder.dimensions);
        let (user, items, users) = (user.to_owned(), Arc::new(items), self.users.clone());
        let written = Arc::clone(&items);
        let work = move |connection: &Connection| {
            if let Beside::Sources = &beside {
                rows::check_sources(connection, &user, &written)?;
            }
            let changed = rows::supersede(connection, &user, &old, &written, now, embedder)?;
            match &beside {
                Beside::Nothing | Beside::Sources => {}
                Beside::Heard => rows::heard::note(connection, &changed.0)?,
                Beside::Notes(notes) => {
                    for (id, noted) in notes {
                        rows::history::note(connection, &user, id, noted)?;
                    }
                }
            }
            Ok(changed)
        };
        let then = move |_: &Connection, (stored, retired): &(Vec<Stored>, Vec<Changed>)| {
            let vectors = items.iter().map(|(_, vectors)| vectors.as_ref());
            users.add(dimensions, stored.iter().zip(vectors));
            users.apply(retired);
            Ok(())
        };
        let (stored, _) = self.store.writer.write_then(work, then).await?;
        Ok(stored.into_iter().map(|stored| stored.memory.id).collect())
    }
}

#[async_trait]
impl MemoryStore for MemoryIndex {
    async fn insert(
        &self,
        items: Vec<(NewMemory, Option<MemoryVectors>)>,
    ) -> Result<Vec<MemoryId>, StoreError> {
        self.store_items("", Vec::new(), items, Beside::Nothing).await
    }

    async fn insert_and_note(
        &self,
        user: &str,
        notes: Vec<(MemoryId, Map<String, Value>)>,
        items: Vec<(NewMemory, Option<MemoryVectors>)>,
    ) -> Result<Vec<MemoryId>, StoreError> {
        self.store_items(user, Vec::new(), items, Beside::Notes(notes))
            .await
    }

    async fn hear(
        &self,
        items: Vec<(NewMemory, Option<MemoryVectors>)>,
    ) -> Result<Vec<MemoryId>, StoreError> {
        self.store_items("", Vec::new(), items, Beside::Heard).await
    }

    async fn heard(&self, user: &str, since: Timestamp, limit: usize) -> Result<Vec<Heard>, StoreError> {
        let user = user.to_owned();
        let read = move |connection: &Connection| rows::heard::since(connection, &user, since, limit);
        self.store.readers.read(read).await
    }

    async fn learnt(&self, user: &str, id: &MemoryId) -> Result<(), StoreError> {
        let (user, id) = (user.to_owned(), id.clone());
        let work = move |connection: &Connection| rows::heard::learnt(connection, &user, &id);
        self.store.writer.write(work).await
    }

    async fn supersede(
        &self,
        user: &str,
        old: Vec<MemoryId>,
        items: Vec<(NewMemory, Option<MemoryVectors>)>,
    ) -> Result<Vec<MemoryId>, StoreError> {
        check::owner(user, &items)?;
        self.store_items(user, old, items, Beside::Sources).await
    }

    async fn import(&self, records: Vec<MemoryRecord>) -> Result<u64, StoreError> {
        for record in &records {
            check::record(record)?;
        }
        let (users, dimensions) = (self.users.clone(), self.embedder.dimensions);
        let work = move |connection: &Connection| rows::transfer::import(connection, &records);
        let then = move |_: &Connection, stored: &Vec<Stored>| {
            users.add(dimensions, stored.iter().map(|stored| (stored, None)));
            Ok(())
        };
        let stored = self.store.writer.write_then(work, then).await?;
        Ok(stored.len() as u64)
    }

    async fn export(
        &self,
        user: &str,
        after: Option<&MemoryId>,
        limit: usize,
    ) -> Result<Vec<MemoryRecord>, StoreError> {
        let (user, after) = (user.to_owned(), after.cloned());
        let read =
            move |connection: &Connection| rows::transfer::export(connection, &user, after.as_ref(), limit);
        self.store.readers.read(read).await
    }

    async fn without_vectors(&self, limit: usize) -> Result<(Vec<Unembedded>, u64), StoreError> {
        let mut waiting = Vec::new();
        for index in self.users.read().values() {
            let rows = (0..index.facts.len()).filter(|&row| !index.vectors.has(row));
            let key_of = |row: usize| index.facts[row].key;
            waiting.extend(rows.map(|row| (key_of(row), index.previous_turn(row).map(key_of))));
        }
        // Those that wait longest come first.
        waiting.sort_unstable();
        let count = waiting.len() as u64;
        waiting.truncate(limit);
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

    async fn embed(&self, items: Vec<(Unembedded, MemoryVectors)>) -> Result<u64, StoreError> {
        for (_, vectors) in &items {
            check::vectors(vectors, &self.embedder)?;
        }
        let (items, embedder, users) = (Arc::new(items), self.embedder_key, self.users.clone());
        let written = Arc::clone(&items);
        let work = move |connection: &Connection| rows::embed(connection, &written, embedder);
        let then = move |_: &Connection, keys: &Vec<Option<i64>>| {
            let mut users = users.write();
            for ((waiting, vectors), key) in items.iter().zip(keys) {
                let user = &waiting.memory.content.scope.user;
                if let (Some(index), Some(key)) = (users.get_mut(user), key)
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

    async fn vectors(
        &self,
        filter: MemoryFilter,
        limit: usize,
    ) -> Result<Vec<(MemoryId, Embedding)>, StoreError> {
        check::filter(&filter)?;
        let (user, embedder) = (filter.user.clone(), self.embedder_key);
        let read = move |connection: &Connection, index: &Index| {
            let among = Among::new(connection, index, &filter)?;
            let is_dense = |row: u32| index.vectors.has(row as usize) && !among.has_other_words(row);
            let rows = among.rows.iter().copied().filter(|&row| is_dense(row)).collect();
            let mut found = Vec::new();
            for row in index.latest_first(rows).into_iter().take(limit) {
                let key = index.facts[row as usize].key;
                let Some(memory) = rows::by_key(connection, key)? else {
                    continue;
                };
                let vectors = rows::vectors(connection, key, embedder)?;
                found.extend(vectors.map(|vectors| (memory.id, vectors.own)));
            }
            Ok(found)
        };
        self.look(&user, read).await
    }

    async fn memory(&self, user: &str, id: &MemoryId) -> Result<Memory, StoreError> {
        let (user, id) = (user.to_owned(), id.clone());
        let read = move |connection: &Connection| Ok(rows::by_id(connection, &user, &id)?.1);
        self.store.readers.read(read).await
    }

    async fn history(&self, user: &str, id: &MemoryId) -> Result<Vec<MemoryVersion>, StoreError> {
        let (user, id) = (user.to_owned(), id.clone());
        let read = move |connection: &Connection| {
            let (key, _) = rows::by_id(connection, &user, &id)?;
            rows::history::versions(connection, key)
        };
        self.store.readers.read(read).await
    }

    async fn undo(&self, user: &str, id: &MemoryId) -> Result<Memory, StoreError> {
        let (now, users) = (self.clock.now(), self.users.clone());
        let (user, wanted) = (user.to_owned(), id.clone());
        let work = move |connection: &Connection| rows::history::undo(connection, &user, &wanted, now);
        let then = move |_: &Connection, changed: &Vec<Changed>| {
            users.apply(changed);
            Ok(())
        };
        let changed = self.store.writer.write_then(work, then).await?;
        let memory = changed.into_iter().next().map(|changed| changed.memory);
        memory.ok_or_else(|| StoreError::Failed(format!("nothing was undone of memory `{}`", id.0)))
    }

    async fn memories(&self, filter: MemoryFilter, page: Page) -> Result<(Vec<Memory>, u64), StoreError> {
        check::filter(&filter)?;
        let user = filter.user.clone();
        let (limit, offset) = limit_and_offset(page).map_err(|fault| fault.in_file(self.store.path()))?;
        let read = move |connection: &Connection, index: &Index| {
            let among = Among::new(connection, index, &filter)?;
            let count = among.rows.len() as u64;
            let mut memories = Vec::new();
            let rows = index.latest_first(among.rows.clone());
            for row in rows.into_iter().skip(offset as usize).take(limit as usize) {
                memories.extend(match among.then(row) {
                    Some(then) => Some(then.clone()),
                    None => rows::by_key(connection, index.facts[row as usize].key)?,
                });
            }
            Ok((memories, count))
        };
        self.look(&user, read).await
    }

    async fn change(&self, user: &str, id: &MemoryId, change: MemoryChange) -> Result<Memory, StoreError> {
        if let Some((text, vectors)) = &change.text {
            check::text(text)?;
            if let Some(vectors) = vectors {
                check::vectors(vectors, &self.embedder)?;
            }
        }
        let (now, embedder, users) = (self.clock.now(), self.embedder_key, self.users.clone());
        let (user, id) = (user.to_owned(), id.clone());
        let work =
            move |connection: &Connection| rows::change(connection, &user, &id, &change, now, embedder);
        let then = move |_: &Connection, changed: &Changed| {
            users.apply(std::slice::from_ref(changed));
            Ok(())
        };
        Ok(self.store.writer.write_then(work, then).await?.memory)
    }

    async fn sources(&self, user: &str) -> Result<Vec<SourceSummary>, StoreError> {
        let read = |connection: &Connection, index: &Index| {
            let mut sources = Vec::new();
            for (source, first, parts) in index.sources() {
                let first = rows::by_key(connection, index.facts[first as usize].key)?;
                sources.extend(first.map(|first| SourceSummary {
                    source: source.to_owned(),
                    parts,
                    metadata: first.content.metadata,
                    created_at: first.created_at,
                }));
            }
            Ok(sources)
        };
        self.look(user, read).await
    }

    async fn forget(&self, user: &str, ids: Vec<MemoryId>) -> Result<Vec<MemoryId>, StoreError> {
        let (owner, user, users) = (user.to_owned(), user.to_owned(), self.users.clone());
        let work = move |connection: &Connection| rows::forget::forget(connection, &owner, &ids);
        let then = move |connection: &Connection, forgotten: &rows::forget::Forgotten| {
            if let Some(index) = users.write().get_mut(&user) {
                index.remove(&forgotten.keys);
                for &next in &forgotten.next {
                    index.wait(next);
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
            let (among, found) = match users.read().get(&query.filter.user) {
                Some(index) => {
                    let among = Among::new(connection, index, &query.filter)?;
                    let found = scores::recall(index, &query, &among);
                    (among, found)
                }
                None => return Ok(Vec::new()),
            };
            let (dense, lexical) = (found.dense_time, found.lexical_time);
            let best = refine::recalled(connection, found, &query, embedder)?;
            let hits = refine::hits(connection, &best, &among)?;
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
            let (among, candidates) = match users.read().get(&filter.user) {
                Some(index) => {
                    let among = Among::new(connection, index, &filter)?;
                    let candidates = search::nearest(index, &vector, &among, least_cosine, limit);
                    (among, candidates)
                }
                None => return Ok(Vec::new()),
            };
            let best = refine::nearest(connection, candidates, &vector, least_cosine, limit, embedder)?;
            refine::hits(connection, &best, &among)
        };
        self.store.readers.read(read).await
    }

    async fn latest_turn(&self, scope: &Scope) -> Result<Option<Memory>, StoreError> {
        let key = {
            let users = self.users.read();
            let session = users.get(&scope.user).zip(scope.session.as_deref());
            session.and_then(|(index, session)| {
                let row = index.latest_turn(scope.project.as_deref(), session)?;
                Some(index.facts[row].key)
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
        if filter.as_of.is_some() {
            let wanted = filter.clone();
            let read = move |connection: &Connection, index: &Index| {
                Ok(index.speakers_of(&Among::new(connection, index, &wanted)?.rows))
            };
            return self.look(&filter.user, read).await;
        }
        let users = self.users.read();
        let speakers = users.get(&filter.user).map(|index| index.speakers(filter));
        Ok(speakers.unwrap_or_default())
    }

    async fn reload(&self) -> Result<(), StoreError> {
        let (users, embedder, dimensions) = (self.users.clone(), self.embedder_key, self.embedder.dimensions);
        let unlock = self.store.unlock().cloned();
        // By the thread that writes, so that no change comes between reading and taking over.
        let then = move |connection: &Connection, (): &()| {
            let loaded = load::load(connection, unlock.as_ref(), embedder, dimensions)?;
            *users.write() = loaded;
            Ok(())
        };
        self.store.writer.write_then(|_| Ok(()), then).await
    }

    async fn counts(&self, user: &str) -> Result<MemoryCounts, StoreError> {
        let user = user.to_owned();
        let read = move |connection: &Connection| rows::counts::counts(connection, &user);
        self.store.readers.read(read).await
    }

    async fn stats(&self) -> Result<MemoryStats, StoreError> {
        let users = self.users.read();
        let indexes = || users.values().filter(|index| !index.facts.is_empty());
        Ok(MemoryStats {
            memories: indexes().map(|index| index.facts.len() as u64).sum(),
            waiting: indexes().map(|index| index.vectors.missing() as u64).sum(),
            users: indexes().count() as u64,
            index_bytes: users.values().map(|index| index.size_bytes() as u64).sum(),
        })
    }
}
