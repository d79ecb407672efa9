//! Where memories are kept.

use super::{
    Heard, Memory, MemoryChange, MemoryCounts, MemoryFilter, MemoryHit, MemoryId, MemoryRecord, MemoryStats,
    MemoryVectors, MemoryVersion, NewMemory, RecallQuery, Scope, SourceSummary, Unembedded,
};
use crate::clock::Timestamp;
use crate::conversation::{Page, StoreError};
use crate::embedding::Embedding;
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Keeps memories and finds them. A returned `Ok` is on disk. Vectors of another embedder than the store was opened
/// with are refused, and never compared.
///
/// The context of a turn holds the meaning of the turn before it. When that one is forgotten, changes its text, or another
/// comes between the two, the turn loses its vectors and waits for new ones; so does a turn that comes after others of
/// its session that were said later.
#[async_trait]
pub trait MemoryStore: Send + Sync {
    /// Stores memories with their vectors in one transaction; returns their identifiers in order. One without vectors
    /// waits for them.
    async fn insert(
        &self,
        items: Vec<(NewMemory, Option<MemoryVectors>)>,
    ) -> Result<Vec<MemoryId>, StoreError>;

    /// As [`insert`](Self::insert), and in the same transaction sets keys in the metadata of other memories of the user.
    /// They are set in all versions alike, so that it makes none: for what the program notes of a memory, such as where
    /// in its document a part stands. [`StoreError::NotFound`] when the user has no such memory, and then nothing is
    /// stored.
    async fn insert_and_note(
        &self,
        user: &str,
        notes: Vec<(MemoryId, Map<String, Value>)>,
        items: Vec<(NewMemory, Option<MemoryVectors>)>,
    ) -> Result<Vec<MemoryId>, StoreError>;

    /// As [`insert`](Self::insert), for what was said to the assistant and is to be learnt from. That is noted beside
    /// the memories and is no part of them: neither versions nor exports show it.
    async fn hear(&self, items: Vec<(NewMemory, Option<MemoryVectors>)>)
    -> Result<Vec<MemoryId>, StoreError>;

    /// What was said to the assistant at `since` or later and is neither retired nor kept apart, latest first, at most
    /// `limit`.
    async fn heard(&self, user: &str, since: Timestamp, limit: usize) -> Result<Vec<Heard>, StoreError>;

    /// Notes that facts were looked for in something that was heard. Nothing happens when the user has no such memory
    /// or it was not heard.
    async fn learnt(&self, user: &str, id: &MemoryId) -> Result<(), StoreError>;

    /// Stores memories (or none) and retires those whose place they take, all in one transaction: from `said_at` of
    /// the first new one on (from now on when there is none), the old ones are no longer so, and the first new one is
    /// what they were superseded by. Returns the identifiers of the new ones. Old ones that are retired already stay
    /// as they are; [`StoreError::NotFound`] when the user has no such memory, or not all of those that a new one was
    /// extracted from, and then nothing is stored: what is forgotten while it is learnt from stays forgotten.
    async fn supersede(
        &self,
        user: &str,
        old: Vec<MemoryId>,
        items: Vec<(NewMemory, Option<MemoryVectors>)>,
    ) -> Result<Vec<MemoryId>, StoreError>;

    /// Stores records with their identifiers, times, states and histories; what exists by that identifier stays as
    /// it is. They wait for vectors. Returns how many were new. Versions differ in what a change, a retirement or an
    /// undoing can change, and the last one is the memory; an empty history stands for a memory that never changed.
    async fn import(&self, records: Vec<MemoryRecord>) -> Result<u64, StoreError>;

    /// Records of a user in the order in which they were stored, those after `after`, at most `limit`.
    async fn export(
        &self,
        user: &str,
        after: Option<&MemoryId>,
        limit: usize,
    ) -> Result<Vec<MemoryRecord>, StoreError>;

    /// Memories that wait for vectors, at most `limit`, and how many there are in all.
    async fn without_vectors(&self, limit: usize) -> Result<(Vec<Unembedded>, u64), StoreError>;

    /// Gives memories vectors; one that is forgotten or whose text has changed is left out, and so is a turn before which
    /// stands another text by now. Returns how many were given.
    async fn embed(&self, items: Vec<(Unembedded, MemoryVectors)>) -> Result<u64, StoreError>;

    /// Own vectors of the memories that pass the filter, latest first, at most `limit`.
    async fn vectors(
        &self,
        filter: MemoryFilter,
        limit: usize,
    ) -> Result<Vec<(MemoryId, Embedding)>, StoreError>;

    /// A memory of a user.
    async fn memory(&self, user: &str, id: &MemoryId) -> Result<Memory, StoreError>;

    /// The versions of a memory, oldest first.
    async fn history(&self, user: &str, id: &MemoryId) -> Result<Vec<MemoryVersion>, StoreError>;

    /// Undoes the latest change of a memory that is not undone yet. When it was superseded, what took its place is
    /// taken back. A text that comes back waits for vectors. [`StoreError::Invalid`] when nothing is left to undo.
    async fn undo(&self, user: &str, id: &MemoryId) -> Result<Memory, StoreError>;

    /// Memories that pass the filter, latest first, and how many there are.
    async fn memories(&self, filter: MemoryFilter, page: Page) -> Result<(Vec<Memory>, u64), StoreError>;

    /// Changes a memory of a user.
    async fn change(&self, user: &str, id: &MemoryId, change: MemoryChange) -> Result<Memory, StoreError>;

    /// Documents of a user and how many parts of each are remembered, by name.
    async fn sources(&self, user: &str) -> Result<Vec<SourceSummary>, StoreError>;

    /// Forgets memories of a user for good, with their histories and what other memories quote of them; no byte of
    /// their text stays in any file. A claim that was extracted from forgotten memories alone is forgotten too, and
    /// nothing says any more what a forgotten memory took the place of. Returns those of `ids` that existed.
    async fn forget(&self, user: &str, ids: Vec<MemoryId>) -> Result<Vec<MemoryId>, StoreError>;

    /// The memories that answer a query best, best first.
    async fn recall(&self, query: RecallQuery) -> Result<Vec<MemoryHit>, StoreError>;

    /// The memories whose meaning is nearest, by cosine alone, best first; none below `least_cosine`.
    async fn nearest(
        &self,
        vector: Embedding,
        filter: MemoryFilter,
        least_cosine: f32,
        limit: usize,
    ) -> Result<Vec<MemoryHit>, StoreError>;

    /// The latest turn of a session that is neither retired nor kept apart.
    async fn latest_turn(&self, scope: &Scope) -> Result<Option<Memory>, StoreError>;

    /// Everybody who said something that passes the filter.
    async fn speakers(&self, filter: &MemoryFilter) -> Result<Vec<String>, StoreError>;

    /// Takes over what was written past it, as when a copy of another database was put into this one. Stores that keep
    /// nothing beside their rows have nothing to do.
    async fn reload(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// How much is remembered.
    async fn stats(&self) -> Result<MemoryStats, StoreError>;

    /// What a user's memory holds. This way reads all of it; stores that can count do.
    async fn counts(&self, user: &str) -> Result<MemoryCounts, StoreError> {
        const PAGE: u64 = 1_000;
        let mut counts = MemoryCounts::default();
        let mut sessions = BTreeSet::new();
        for quarantined in [false, true] {
            let filter = MemoryFilter {
                user: user.to_owned(),
                quarantined,
                with_retired: true,
                ..MemoryFilter::default()
            };
            let mut offset = 0;
            loop {
                let page = Page { offset, limit: PAGE };
                let (memories, _) = self.memories(filter.clone(), page).await?;
                offset += memories.len() as u64;
                for memory in &memories {
                    let content = &memory.content;
                    if memory.retired_at.is_some() {
                        counts.retired += 1;
                    } else if quarantined {
                        counts.quarantined += 1;
                    } else {
                        counts.add_known(content.kind, &content.area, content.scope.project.as_deref(), 1);
                        sessions.extend(content.scope.session.clone());
                    }
                }
                if memories.len() as u64 != PAGE {
                    break;
                }
            }
        }
        counts.sessions = sessions.len() as u64;
        Ok(counts)
    }
}
