//! Taking back and forgetting.

use super::{Memories, MemoryError};
use council_core::{Memory, MemoryFilter, MemoryId, MemoryKind, Page, StoreError};

impl Memories {
    /// Undoes the latest change of a memory. A text that comes back gets its vectors in the background.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when there is nothing left to undo.
    pub async fn undo(&self, user: &str, id: &MemoryId) -> Result<Memory, MemoryError> {
        let memory = self.store.undo(user, id).await?;
        self.waiting.notify_one();
        Ok(memory)
    }

    /// Forgets memories for good, with the summaries that rest on them: those say in other words what was said. The
    /// turns after them get new vectors in the background.
    /// Returns those of `ids` that existed.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn forget(&self, user: &str, ids: Vec<MemoryId>) -> Result<Vec<MemoryId>, MemoryError> {
        let mut all = ids.clone();
        all.extend(self.summaries_of(user, &ids).await?);
        let mut gone = self.store.forget(user, all).await?;
        gone.retain(|id| ids.contains(id));
        // The turns after them, whose context they were.
        self.waiting.notify_one();
        Ok(gone)
    }

    /// The summaries that rest on one of these, former ones included.
    async fn summaries_of(&self, user: &str, ids: &[MemoryId]) -> Result<Vec<MemoryId>, StoreError> {
        let filter = MemoryFilter {
            user: user.to_owned(),
            kinds: vec![MemoryKind::Summary],
            with_retired: true,
            ..MemoryFilter::default()
        };
        let mut found = Vec::new();
        let mut page = Page {
            offset: 0,
            limit: 1_000,
        };
        loop {
            let (summaries, _) = self.store.memories(filter.clone(), page).await?;
            let count = summaries.len() as u64;
            let rests = |memory: &Memory| {
                let claims = memory.content.claim.iter().flat_map(|claim| &claim.evidence);
                claims.into_iter().any(|evidence| ids.contains(&evidence.memory))
            };
            found.extend(summaries.into_iter().filter(rests).map(|memory| memory.id));
            page.offset += count;
            if count < page.limit {
                return Ok(found);
            }
        }
    }
}
