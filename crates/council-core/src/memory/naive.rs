//! A store of memories in a list: the meaning of [`MemoryStore`] in the fewest words, for comparison and for tests.
//!
//! Nothing survives it, and everything is linear. It differs from the stores that people use in one point: its words
//! are compared as they stand, without stems, stop words and dates.
//!
//! - `kept`: the list, and how a change makes a version
//! - `score`: how well they fit a question

mod kept;
mod score;

use super::{
    Heard, Memory, MemoryChange, MemoryEvent, MemoryFilter, MemoryHit, MemoryId, MemoryRecord, MemoryStats,
    MemoryStore, MemoryVectors, MemoryVersion, NewMemory, RecallQuery, Scope, ScoreParts, SourceSummary,
    Unembedded, before_last_change, check,
};
use crate::clock::{Clock, Timestamp};
use crate::conversation::{Page, StoreError};
use crate::embedding::{EmbedderInfo, Embedding};
use async_trait::async_trait;
use kept::{Entry, Kept};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Memories in a list.
pub struct NaiveMemory {
    embedder: EmbedderInfo,
    clock: Arc<dyn Clock>,
    kept: Mutex<Kept>,
}

impl NaiveMemory {
    /// An empty store for the vectors of this embedder.
    pub fn new(embedder: &EmbedderInfo, clock: Arc<dyn Clock>) -> Self {
        Self {
            embedder: embedder.clone(),
            clock,
            kept: Mutex::default(),
        }
    }

    // A panic while it was held leaves what was there before: changes are made on a copy.
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a change wholly or, when it fails, not at all.
    fn write<T>(&self, change: impl FnOnce(&mut Kept) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut kept = self.lock();
        let mut changed = kept.clone();
        let result = change(&mut changed)?;
        *kept = changed;
        Ok(result)
    }

    fn check_items(&self, items: &[(NewMemory, Option<MemoryVectors>)]) -> Result<(), StoreError> {
        items
            .iter()
            .try_for_each(|item| check::item(item, &self.embedder))
    }
}

#[async_trait]
impl MemoryStore for NaiveMemory {
    async fn insert(
        &self,
        items: Vec<(NewMemory, Option<MemoryVectors>)>,
    ) -> Result<Vec<MemoryId>, StoreError> {
        self.insert_and_note("", Vec::new(), items).await
    }

    async fn insert_and_note(
        &self,
        user: &str,
        notes: Vec<(MemoryId, Map<String, Value>)>,
        items: Vec<(NewMemory, Option<MemoryVectors>)>,
    ) -> Result<Vec<MemoryId>, StoreError> {
        self.check_items(&items)?;
        let now = self.clock.now();
        self.write(|kept| {
            for (id, noted) in notes {
                let at = kept.find(user, &id)?;
                let record = &mut kept.entries[at].record;
                let versions = record.history.iter_mut().map(|version| &mut version.memory);
                for memory in versions.chain([&mut record.memory]) {
                    memory.content.metadata.extend(noted.clone());
                }
            }
            let before = kept.entries.len();
            let insert = |(memory, vectors)| kept.insert(memory, vectors, now);
            let ids = items.into_iter().map(insert).collect();
            kept.settle(before);
            Ok(ids)
        })
    }

    async fn hear(
        &self,
        items: Vec<(NewMemory, Option<MemoryVectors>)>,
    ) -> Result<Vec<MemoryId>, StoreError> {
        let ids = self.insert(items).await?;
        for entry in &mut self.lock().entries {
            if ids.contains(&entry.memory().id) {
                entry.learnt = Some(false);
            }
        }
        Ok(ids)
    }

    async fn heard(&self, user: &str, since: Timestamp, limit: usize) -> Result<Vec<Heard>, StoreError> {
        let filter = MemoryFilter {
            user: user.to_owned(),
            since: Some(since),
            ..MemoryFilter::default()
        };
        let kept = self.lock();
        let heard = kept.matching(&filter).into_iter().filter_map(|(at, memory)| {
            let learnt = kept.entries[at].learnt?;
            let memory = memory.clone();
            Some(Heard { memory, learnt })
        });
        Ok(heard.take(limit).collect())
    }

    async fn learnt(&self, user: &str, id: &MemoryId) -> Result<(), StoreError> {
        let mut kept = self.lock();
        if let Ok(at) = kept.find(user, id) {
            let learnt = &mut kept.entries[at].learnt;
            *learnt = learnt.map(|_| true);
        }
        Ok(())
    }

    async fn supersede(
        &self,
        user: &str,
        old: Vec<MemoryId>,
        items: Vec<(NewMemory, Option<MemoryVectors>)>,
    ) -> Result<Vec<MemoryId>, StoreError> {
        self.check_items(&items)?;
        check::owner(user, &items)?;
        let now = self.clock.now();
        self.write(|kept| {
            for source in items.iter().flat_map(|(memory, _)| memory.sources()) {
                kept.find(user, source)?;
            }
            let since = items.first().map_or(now, |(memory, _)| memory.said_at);
            let before = kept.entries.len();
            let mut ids = Vec::new();
            for (memory, vectors) in items {
                ids.push(kept.insert(memory, vectors, now));
            }
            kept.settle(before);
            for id in old {
                let at = kept.find(user, &id)?;
                let mut memory = kept.entries[at].memory().clone();
                if memory.supersede(ids.first().cloned(), since, now) {
                    kept.entries[at].become_version(MemoryEvent::Retired, memory);
                }
            }
            Ok(ids)
        })
    }

    async fn import(&self, records: Vec<MemoryRecord>) -> Result<u64, StoreError> {
        for record in &records {
            check::record(record)?;
        }
        self.write(|kept| {
            let before = kept.entries.len();
            for mut record in records {
                let is_new = |entry: &Entry| entry.memory().id != record.memory.id;
                if !kept.entries.iter().all(is_new) {
                    continue;
                }
                if record.history.is_empty() {
                    record.history.push(MemoryVersion {
                        event: MemoryEvent::Created,
                        memory: record.memory.clone(),
                    });
                }
                kept.entries.push(Entry {
                    record,
                    vectors: None,
                    learnt: None,
                });
            }
            kept.settle(before);
            Ok((kept.entries.len() - before) as u64)
        })
    }

    async fn export(
        &self,
        user: &str,
        after: Option<&MemoryId>,
        limit: usize,
    ) -> Result<Vec<MemoryRecord>, StoreError> {
        let kept = self.lock();
        let start = match after {
            Some(id) => kept.find(user, id).map_err(|_| check::unknown_after(id))? + 1,
            None => 0,
        };
        let records = kept.entries[start..].iter().map(|entry| &entry.record);
        let of_user = records.filter(|record| record.memory.content.scope.user == user);
        Ok(of_user.take(limit).cloned().collect())
    }

    async fn without_vectors(&self, limit: usize) -> Result<(Vec<Unembedded>, u64), StoreError> {
        let kept = self.lock();
        let waiting: Vec<usize> = (0..kept.entries.len())
            .filter(|&at| kept.entries[at].vectors.is_none())
            .collect();
        let unembedded = |&at: &usize| Unembedded {
            memory: kept.entries[at].memory().clone(),
            previous_turn: kept.turn_before(at).map(|turn| turn.content.text.clone()),
        };
        Ok((
            waiting.iter().take(limit).map(unembedded).collect(),
            waiting.len() as u64,
        ))
    }

    async fn embed(&self, items: Vec<(Unembedded, MemoryVectors)>) -> Result<u64, StoreError> {
        for (_, vectors) in &items {
            check::vectors(vectors, &self.embedder)?;
        }
        self.write(|kept| {
            let mut given = 0;
            for (waiting, vectors) in items {
                let memory = &waiting.memory;
                let Ok(at) = kept.find(&memory.content.scope.user, &memory.id) else {
                    continue;
                };
                let before = kept.turn_before(at).map(|turn| &turn.content.text);
                let is_same = kept.entries[at].memory().content.text == memory.content.text;
                if is_same && before == waiting.previous_turn.as_ref() {
                    kept.entries[at].vectors = Some(vectors);
                    given += 1;
                }
            }
            Ok(given)
        })
    }

    async fn vectors(
        &self,
        filter: MemoryFilter,
        limit: usize,
    ) -> Result<Vec<(MemoryId, Embedding)>, StoreError> {
        check::filter(&filter)?;
        let kept = self.lock();
        let own = |(at, memory): (usize, &Memory)| {
            let vectors = kept.vectors_of(at, memory)?;
            Some((memory.id.clone(), vectors.own.clone()))
        };
        let matching = kept.matching(&filter).into_iter();
        Ok(matching.filter_map(own).take(limit).collect())
    }

    async fn memory(&self, user: &str, id: &MemoryId) -> Result<Memory, StoreError> {
        let kept = self.lock();
        Ok(kept.entries[kept.find(user, id)?].memory().clone())
    }

    async fn history(&self, user: &str, id: &MemoryId) -> Result<Vec<MemoryVersion>, StoreError> {
        let kept = self.lock();
        Ok(kept.entries[kept.find(user, id)?].record.history.clone())
    }

    async fn undo(&self, user: &str, id: &MemoryId) -> Result<Memory, StoreError> {
        let now = self.clock.now();
        self.write(|kept| {
            let at = kept.find(user, id)?;
            let present = kept.entries[at].memory().clone();
            let Some(before) = before_last_change(&kept.entries[at].record.history).cloned() else {
                let message = format!("memory `{}` has no change left to undo", id.0);
                return Err(StoreError::Invalid(message));
            };
            let mut memory = present.clone();
            memory.restore(&before, now);
            let is_another = memory.content.text != present.content.text;
            if is_another {
                kept.entries[at].vectors = None;
            }
            if is_another || (present.is_hidden() && !memory.is_hidden()) {
                kept.leave_next_turn(at);
            }
            let is_back = present.retired_at.is_some() && memory.retired_at.is_none();
            kept.entries[at].become_version(MemoryEvent::Undone, memory);
            // What took its place may be forgotten or retired by now.
            if let Some(successor) = present.superseded_by.filter(|_| is_back)
                && let Ok(place) = kept.find(user, &successor)
            {
                let mut memory = kept.entries[place].memory().clone();
                if memory.take_back(now) {
                    kept.entries[place].become_version(MemoryEvent::Retired, memory);
                }
            }
            Ok(kept.entries[at].memory().clone())
        })
    }

    async fn memories(&self, filter: MemoryFilter, page: Page) -> Result<(Vec<Memory>, u64), StoreError> {
        check::filter(&filter)?;
        check::page(page)?;
        let kept = self.lock();
        let matching = kept.matching(&filter);
        let offset = usize::try_from(page.offset).unwrap_or(usize::MAX);
        let memories = matching
            .iter()
            .skip(offset)
            .take(page.limit as usize)
            .map(|(_, memory)| (*memory).clone());
        Ok((memories.collect(), matching.len() as u64))
    }

    async fn change(&self, user: &str, id: &MemoryId, change: MemoryChange) -> Result<Memory, StoreError> {
        if let Some((text, vectors)) = &change.text {
            check::text(text)?;
            if let Some(vectors) = vectors {
                check::vectors(vectors, &self.embedder)?;
            }
        }
        let now = self.clock.now();
        self.write(|kept| {
            let at = kept.find(user, id)?;
            let mut memory = kept.entries[at].memory().clone();
            let is_changed = memory.change(&change, now);
            let is_shown = kept.entries[at].memory().is_hidden() && !memory.is_hidden();
            if change.text.is_some() || is_shown {
                kept.leave_next_turn(at);
            }
            if let Some((_, vectors)) = change.text {
                kept.entries[at].vectors = vectors;
            }
            if is_changed {
                kept.entries[at].become_version(MemoryEvent::Changed, memory);
            }
            Ok(kept.entries[at].memory().clone())
        })
    }

    async fn sources(&self, user: &str) -> Result<Vec<SourceSummary>, StoreError> {
        let kept = self.lock();
        let mut sources: BTreeMap<String, SourceSummary> = BTreeMap::new();
        for memory in kept.entries.iter().map(Entry::memory) {
            let Some(source) = &memory.content.source else {
                continue;
            };
            if memory.content.scope.user != user || memory.retired_at.is_some() {
                continue;
            }
            let summary = sources.entry(source.clone()).or_insert_with(|| SourceSummary {
                source: source.clone(),
                parts: 0,
                metadata: memory.content.metadata.clone(),
                created_at: memory.created_at,
            });
            summary.parts += 1;
        }
        Ok(sources.into_values().collect())
    }

    async fn forget(&self, user: &str, ids: Vec<MemoryId>) -> Result<Vec<MemoryId>, StoreError> {
        self.write(|kept| {
            let mut existed: Vec<MemoryId> = Vec::new();
            for id in ids {
                if !existed.contains(&id) && kept.find(user, &id).is_ok() {
                    existed.push(id);
                }
            }
            let mut going = existed.clone();
            while !going.is_empty() {
                going = kept.forget(user, &going);
            }
            Ok(existed)
        })
    }

    async fn recall(&self, query: RecallQuery) -> Result<Vec<MemoryHit>, StoreError> {
        check::recall(&query, &self.embedder)?;
        Ok(score::recall(&self.lock(), &query))
    }

    async fn nearest(
        &self,
        vector: Embedding,
        filter: MemoryFilter,
        least_cosine: f32,
        limit: usize,
    ) -> Result<Vec<MemoryHit>, StoreError> {
        check::nearest(&vector, &filter, least_cosine, limit, &self.embedder)?;
        let kept = self.lock();
        let mut hits: Vec<(usize, MemoryHit)> = Vec::new();
        for (at, memory) in kept.matching(&filter) {
            let Some(vectors) = kept.vectors_of(at, memory) else {
                continue;
            };
            let cosine = vector.cosine(&vectors.own);
            if cosine >= least_cosine {
                let parts = ScoreParts {
                    cosine,
                    own: cosine,
                    ..ScoreParts::default()
                };
                let memory = memory.clone();
                hits.push((
                    at,
                    MemoryHit {
                        memory,
                        score: cosine,
                        parts,
                    },
                ));
            }
        }
        Ok(score::best_first(hits).into_iter().take(limit).collect())
    }

    async fn latest_turn(&self, scope: &Scope) -> Result<Option<Memory>, StoreError> {
        let kept = self.lock();
        let mut turns = kept
            .turns(scope)
            .into_iter()
            .rev()
            .map(|at| kept.entries[at].memory());
        Ok(turns.find(|turn| !turn.is_hidden()).cloned())
    }

    async fn speakers(&self, filter: &MemoryFilter) -> Result<Vec<String>, StoreError> {
        check::filter(filter)?;
        let kept = self.lock();
        let matching = kept.matching(filter).into_iter();
        let speakers: BTreeSet<String> = matching
            .filter_map(|(_, memory)| memory.content.speaker.clone())
            .collect();
        Ok(speakers.into_iter().collect())
    }

    async fn stats(&self) -> Result<MemoryStats, StoreError> {
        let kept = self.lock();
        let users: BTreeSet<&str> = kept
            .entries
            .iter()
            .map(|entry| entry.memory().content.scope.user.as_str())
            .collect();
        Ok(MemoryStats {
            memories: kept.entries.len() as u64,
            waiting: kept
                .entries
                .iter()
                .filter(|entry| entry.vectors.is_none())
                .count() as u64,
            users: users.len() as u64,
            index_bytes: 0,
        })
    }
}
