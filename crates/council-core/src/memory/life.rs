//! How a memory changes: one set of rules for every store.

use super::{Claim, Evidence, Memory, MemoryChange, MemoryEvent, MemoryId, MemoryVersion, NewMemory};
use crate::clock::Timestamp;

impl Memory {
    /// A memory as it is when it is stored.
    pub fn created(id: MemoryId, content: NewMemory, now: Timestamp) -> Self {
        Self {
            id,
            content,
            pinned: false,
            created_at: now,
            updated_at: now,
            retired_at: None,
            superseded_by: None,
        }
    }

    /// Whether it is retired or kept apart: such a turn is passed over where the one before another is looked for.
    pub fn is_hidden(&self) -> bool {
        self.retired_at.is_some() || self.content.quarantined
    }

    /// Takes a change over; `false` when nothing is different: then it makes no version.
    pub fn change(&mut self, change: &MemoryChange, now: Timestamp) -> bool {
        let before = self.clone();
        let content = &mut self.content;
        if let Some((text, _)) = &change.text {
            content.text.clone_from(text);
        }
        if let Some(tags) = &change.tags {
            content.tags.clone_from(tags);
        }
        if let Some(metadata) = &change.metadata {
            content.metadata.clone_from(metadata);
        }
        if let Some(quarantined) = change.quarantined {
            if content.quarantined && !quarantined {
                content.trust = super::Trust::User;
            }
            content.quarantined = quarantined;
        }
        self.pinned = change.pinned.unwrap_or(self.pinned);
        let is_changed = *self != before;
        if is_changed {
            self.touch(now);
        }
        is_changed
    }

    /// Is no longer so from `since` on, because of `by` where that is known; `false` when it was retired before, and
    /// stays as it is.
    pub fn supersede(&mut self, by: Option<MemoryId>, since: Timestamp, now: Timestamp) -> bool {
        if self.retired_at.is_some() {
            return false;
        }
        let end = &mut self.content.valid_to;
        *end = Some(end.map_or(since, |end| end.min(since)));
        self.superseded_by = by;
        self.touch(now);
        self.retired_at = Some(self.updated_at);
        true
    }

    /// Counts as never having been so; `false` when it was retired before, and stays as it is.
    pub fn take_back(&mut self, now: Timestamp) -> bool {
        if self.retired_at.is_some() {
            return false;
        }
        self.content.valid_to = None;
        self.touch(now);
        self.retired_at = Some(self.updated_at);
        true
    }

    /// Becomes what it was at an earlier version.
    pub fn restore(&mut self, before: &Memory, now: Timestamp) {
        let updated_at = self.updated_at;
        self.clone_from(before);
        self.updated_at = updated_at;
        self.touch(now);
    }

    /// A clock that was set back does not turn history around.
    fn touch(&mut self, now: Timestamp) {
        self.updated_at = self.updated_at.max(now);
    }
}

impl Claim {
    /// Lets go of evidence that was forgotten. `true` when the claim was extracted from it and its words may come from
    /// forgotten ones: it rests on nothing any more, or on something as a whole, without a quote, that was forgotten,
    /// as a summary does. It is to be forgotten too.
    pub fn let_go(&mut self, forgotten: &[MemoryId]) -> bool {
        let is_gone = |evidence: &Evidence| forgotten.contains(&evidence.memory);
        let mut gone = self
            .evidence
            .extract_if(.., |evidence| is_gone(evidence))
            .peekable();
        let any = gone.peek().is_some();
        let whole = gone.filter(|evidence| evidence.quote.is_empty()).count() > 0;
        self.extractor.is_some() && (whole || any && self.evidence.is_empty())
    }

    /// The memories that it was extracted from; none of a claim that somebody wrote.
    pub fn sources(&self) -> impl Iterator<Item = &MemoryId> {
        let extracted = self.extractor.is_some();
        let evidence = self.evidence.iter().filter(move |_| extracted);
        evidence.map(|evidence| &evidence.memory)
    }
}

/// What undoing makes of a memory with this history: its state before the latest change that is not undone yet.
/// `None` when nothing is left to undo.
pub fn before_last_change(history: &[MemoryVersion]) -> Option<&Memory> {
    let mut standing: Vec<&Memory> = Vec::with_capacity(history.len());
    for version in history {
        match version.event {
            MemoryEvent::Created | MemoryEvent::Changed | MemoryEvent::Retired => {
                standing.push(&version.memory);
            }
            MemoryEvent::Undone => drop(standing.pop()),
        }
    }
    standing.iter().rev().nth(1).copied()
}

/// The version of a memory that held at a moment; `None` before it was stored.
pub fn version_at(history: &[MemoryVersion], moment: Timestamp) -> Option<&MemoryVersion> {
    history
        .iter()
        .rev()
        .find(|version| version.memory.updated_at <= moment)
}

#[cfg(test)]
mod tests;
