//! Taking back and forgetting.

use super::{Memories, MemoryError};
use council_core::{Memory, MemoryId};

impl Memories {
    /// Undoes the latest change of a memory. A text that comes back gets its vectors in the background.
    ///
    /// # Errors
    /// [`council_core::StoreError::Invalid`] when there is nothing left to undo.
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
        let gone = self.store.forget(user, ids).await?;
        // The turns after them, whose context they were.
        self.waiting.notify_one();
        Ok(gone)
    }
}
