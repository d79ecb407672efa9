//! What was said in a conversation, as memories of it.

use super::{Memories, MemoryError};
use council_core::{AnswerEnd, ImportedMessage, MemoryKind, NewMemory, Role, Scope, Trust};

/// Longest text of one memory, in bytes. Longer ones are remembered in parts.
const PART_BYTES: usize = 32_768;

/// Most memories of one transaction.
const BATCH: usize = 200;

impl Memories {
    /// Remembers what was said in a conversation that was held elsewhere, as if it had been held here; nothing is learnt
    /// from it. Without vectors, which [`catch_up`](Self::catch_up) gives them: thousands of messages take no longer than
    /// they take to be written. Returns how many memories they make.
    ///
    /// # Errors
    /// When the store fails; what was stored before stays.
    pub async fn take_over(&self, scope: &Scope, said: &[ImportedMessage]) -> Result<u64, MemoryError> {
        let items: Vec<NewMemory> = said
            .iter()
            .flat_map(|message| memories_of(scope, message))
            .collect();
        let mut stored = 0;
        for batch in items.chunks(BATCH) {
            let waiting = batch.iter().map(|item| (item.clone(), None)).collect();
            let ids = self.store.insert(waiting).await?;
            stored += ids.len() as u64;
            self.added(&ids, true);
        }
        Ok(stored)
    }
}

/// As a turn remembers: what a person or a model said, and nothing of answers that failed.
fn memories_of(scope: &Scope, said: &ImportedMessage) -> Vec<NewMemory> {
    let trust = match said.message.role {
        Role::User => Trust::User,
        Role::Assistant if said.finish != Some(AnswerEnd::Failed) => Trust::Assistant,
        Role::Assistant | Role::System | Role::Tool => return Vec::new(),
    };
    let text = said.message.said_text();
    let memory = |part: &str| NewMemory {
        trust,
        ..NewMemory::new(MemoryKind::Turn, scope.clone(), part, said.created_at)
    };
    parts(&text).into_iter().map(memory).collect()
}

/// A text in parts that one memory can hold, at line ends where possible; nothing of a blank one.
pub(crate) fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while rest.len() > PART_BYTES {
        let most = rest.floor_char_boundary(PART_BYTES);
        let at = rest[..most].rfind('\n').filter(|at| *at > 0).unwrap_or(most);
        let (part, after) = rest.split_at(at);
        parts.push(part.trim_end());
        rest = after.trim_start();
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}
