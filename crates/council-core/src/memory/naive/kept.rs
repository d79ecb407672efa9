//! The list, and how a change makes a version.

use crate::clock::Timestamp;
use crate::conversation::StoreError;
use crate::memory::{
    Memory, MemoryEvent, MemoryFilter, MemoryId, MemoryKind, MemoryRecord, MemoryVectors, MemoryVersion,
    NewMemory, Scope, version_at,
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
    /// Whether facts were looked for in it, when it was said to the assistant.
    pub(super) learnt: Option<bool>,
}

impl Entry {
    pub(super) fn memory(&self) -> &Memory {
        &self.record.memory
    }

    /// Appends a version.
    pub(super) fn become_version(&mut self, event: MemoryEvent, memory: Memory) {
        self.record.memory = memory.clone();
        self.record.history.push(MemoryVersion { event, memory });
    }

    /// The memory as a filter sees it: as it is, or as it was then. `None` when it does not pass.
    fn seen(&self, filter: &MemoryFilter) -> Option<&Memory> {
        let memory = match filter.as_of {
            None => &self.record.memory,
            Some(then) => &version_at(&self.record.history, then)?.memory,
        };
        filter.passes(memory).then_some(memory)
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
        let memory = Memory::created(id.clone(), content, now);
        let created = MemoryVersion {
            event: MemoryEvent::Created,
            memory: memory.clone(),
        };
        let record = MemoryRecord {
            memory,
            history: vec![created],
        };
        self.entries.push(Entry {
            record,
            vectors,
            learnt: None,
        });
        id
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

    /// The turn before the one at `at` in its session, of those that are neither retired nor kept apart.
    pub(super) fn turn_before(&self, at: usize) -> Option<&Memory> {
        let turns = self.turns(&self.entries[at].memory().content.scope);
        let place = turns.iter().position(|&turn| turn == at)?;
        let mut before = turns[..place]
            .iter()
            .rev()
            .map(|&turn| self.entries[turn].memory());
        before.find(|turn| !turn.is_hidden())
    }

    /// The vector of a turn with the one before it holds the meaning of that one too: when that goes, so does it. Turns
    /// that are hidden are passed over where the one before is looked for, and so they are here.
    pub(super) fn leave_next_turn(&mut self, at: usize) {
        let turns = self.turns(&self.entries[at].memory().content.scope);
        for next in turns.into_iter().skip_while(|&turn| turn != at).skip(1) {
            self.entries[next].vectors = None;
            if !self.entries[next].memory().is_hidden() {
                break;
            }
        }
    }

    /// Turns from this place on that come after others of their session that were said later have another turn in
    /// their context than the one before them, and come between others.
    pub(super) fn settle(&mut self, from: usize) {
        for at in from..self.entries.len() {
            let content = &self.entries[at].memory().content;
            let turns = self.turns(&content.scope);
            let is_later =
                |turn: &usize| *turn < at && self.entries[*turn].memory().content.said_at > content.said_at;
            if turns.contains(&at) && turns.iter().any(is_later) {
                self.entries[at].vectors = None;
                self.leave_next_turn(at);
            }
        }
    }

    /// Forgets memories, what is quoted of them, and of what they took the place. Returns the claims that have nothing
    /// to rest on any more.
    pub(super) fn forget(&mut self, user: &str, ids: &[MemoryId]) -> Vec<MemoryId> {
        for id in ids {
            if let Ok(at) = self.find(user, id) {
                self.leave_next_turn(at);
                self.entries.remove(at);
            }
        }
        let mut baseless = Vec::new();
        for entry in &mut self.entries {
            let Entry { record, .. } = entry;
            let versions = record.history.iter_mut().map(|version| &mut version.memory);
            let mut is_baseless = false;
            for memory in versions.chain([&mut record.memory]) {
                let successor = memory.superseded_by.take();
                memory.superseded_by = successor.filter(|successor| !ids.contains(successor));
                let claim = memory.content.claim.as_mut();
                is_baseless |= claim.is_some_and(|claim| claim.let_go(ids));
            }
            // Nobody makes another user forget.
            if is_baseless && record.memory.content.scope.user == user {
                baseless.push(record.memory.id.clone());
            }
        }
        baseless
    }

    /// What passes a filter, latest first: its place, and what it is or was at the moment that is asked about.
    pub(super) fn matching<'a>(&'a self, filter: &'a MemoryFilter) -> Vec<(usize, &'a Memory)> {
        let mut matching: Vec<(usize, &Memory)> = self
            .entries
            .iter()
            .enumerate()
            .filter_map(|(at, entry)| Some((at, entry.seen(filter)?)))
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
