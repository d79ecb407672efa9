//! The list, and how a change makes a version.

use super::filter;
use crate::clock::Timestamp;
use crate::conversation::StoreError;
use crate::memory::{
    Memory, MemoryEvent, MemoryFilter, MemoryId, MemoryKind, MemoryRecord, MemoryVectors, MemoryVersion,
    NewMemory, Scope,
};

#[derive(Clone, Default)]
pub(super) struct Kept {
    /// In the order in which they were stored.
    pub(super) entries: Vec<Entry>,
    /// Of the last identifier that was given out.
    number: u64,
}

#[derive(Clone)]
pub(super) struct Entry {
    pub(super) record: MemoryRecord,
    pub(super) vectors: Option<MemoryVectors>,
}

impl Entry {
    pub(super) fn memory(&self) -> &Memory {
        &self.record.memory
    }

    /// Appends a version.
    pub(super) fn become_version(&mut self, event: MemoryEvent, mut memory: Memory, now: Timestamp) {
        // A clock that is set back does not reorder versions.
        memory.updated_at = self.record.memory.updated_at.max(now);
        self.record.memory = memory.clone();
        self.record.history.push(MemoryVersion { event, memory });
    }

    /// What it was before the latest change that is not undone, and that change; `None` when there is none.
    pub(super) fn before(&self) -> Option<(&Memory, MemoryEvent)> {
        let mut standing: Vec<&MemoryVersion> = Vec::new();
        for version in &self.record.history {
            match version.event {
                MemoryEvent::Created | MemoryEvent::Changed | MemoryEvent::Retired => standing.push(version),
                MemoryEvent::Undone => drop(standing.pop()),
            }
        }
        let latest = standing.pop()?;
        let before = standing.pop()?;
        Some((&before.memory, latest.event))
    }
}

impl Kept {
    pub(super) fn find(&self, user: &str, id: &MemoryId) -> Result<usize, StoreError> {
        let is_it = |entry: &Entry| entry.memory().id == *id && entry.memory().content.scope.user == user;
        self.entries
            .iter()
            .position(is_it)
            .ok_or_else(|| StoreError::NotFound {
                what: "memory",
                id: id.0.clone(),
            })
    }

    pub(super) fn insert(
        &mut self,
        content: NewMemory,
        vectors: Option<MemoryVectors>,
        now: Timestamp,
    ) -> MemoryId {
        let id = loop {
            self.number += 1;
            let id = MemoryId(format!("m{:09}", self.number));
            if self.entries.iter().all(|entry| entry.memory().id != id) {
                break id;
            }
        };
        let memory = Memory {
            id: id.clone(),
            content,
            pinned: false,
            valid_to: None,
            created_at: now,
            updated_at: now,
            retired_at: None,
            superseded_by: None,
        };
        let created = MemoryVersion {
            event: MemoryEvent::Created,
            memory: memory.clone(),
        };
        let record = MemoryRecord {
            memory,
            history: vec![created],
        };
        self.entries.push(Entry { record, vectors });
        id
    }

    pub(super) fn retire(
        &mut self,
        at: usize,
        valid_to: Timestamp,
        successor: Option<&MemoryId>,
        now: Timestamp,
    ) {
        let mut memory = self.entries[at].memory().clone();
        // What is corrected to before its beginning was never so.
        memory.valid_to = Some(valid_to.max(memory.content.said_at));
        memory.retired_at = Some(memory.updated_at.max(now));
        memory.superseded_by = successor.cloned();
        self.entries[at].become_version(MemoryEvent::Retired, memory, now);
    }

    /// The places of the turns of a session in the order in which they were said.
    pub(super) fn turns(&self, scope: &Scope) -> Vec<usize> {
        let is_turn = |&at: &usize| {
            let content = &self.entries[at].memory().content;
            content.kind == MemoryKind::Turn && content.scope == *scope
        };
        let mut turns: Vec<usize> = if scope.session.is_some() {
            (0..self.entries.len()).filter(is_turn).collect()
        } else {
            Vec::new()
        };
        turns.sort_by_key(|&at| self.entries[at].memory().content.said_at);
        turns
    }

    /// The places in the session of the turn at `at` of the turns before and after it.
    pub(super) fn beside(&self, at: usize) -> (Option<usize>, Option<usize>) {
        let content = &self.entries[at].memory().content;
        let turns = self.turns(&content.scope);
        let Some(place) = turns.iter().position(|&turn| turn == at) else {
            return (None, None);
        };
        let before = place.checked_sub(1).map(|place| turns[place]);
        (before, turns.get(place + 1).copied())
    }

    /// The vector of a turn with the one before it holds the meaning of that one too: when that goes, so does it.
    pub(super) fn leave_next_turn(&mut self, at: usize) {
        if let (_, Some(next)) = self.beside(at)
            && let Some(vectors) = &mut self.entries[next].vectors
        {
            vectors.context = vectors.own.clone();
        }
    }

    /// A quote repeats words of what was forgotten.
    pub(super) fn drop_quotes(&mut self, user: &str, forgotten: &[MemoryId]) {
        let of_user = |entry: &&mut Entry| entry.memory().content.scope.user == user;
        for entry in self.entries.iter_mut().filter(of_user) {
            let versions = entry.record.history.iter_mut().map(|version| &mut version.memory);
            for memory in versions.chain([&mut entry.record.memory]) {
                if let Some(claim) = &mut memory.content.claim {
                    claim
                        .evidence
                        .retain(|evidence| !forgotten.contains(&evidence.memory));
                }
            }
        }
    }

    /// What passes a filter, latest first: its place, and what it is or was at the moment that is asked about.
    pub(super) fn matching<'a>(&'a self, filter: &'a MemoryFilter) -> Vec<(usize, &'a Memory)> {
        let mut matching: Vec<(usize, &Memory)> = self
            .entries
            .iter()
            .enumerate()
            .filter_map(|(at, entry)| Some((at, filter::seen(&entry.record, filter)?)))
            .collect();
        matching.sort_by_key(|(at, memory)| std::cmp::Reverse((memory.content.said_at, *at)));
        matching
    }

    /// The vectors of an entry as it is seen; none of a text that it no longer has.
    pub(super) fn vectors_of(&self, at: usize, seen: &Memory) -> Option<&MemoryVectors> {
        let entry = &self.entries[at];
        let is_present = entry.memory().content.text == seen.content.text;
        entry.vectors.as_ref().filter(|_| is_present)
    }
}
