//! Whole records in, and vectors for them.

use super::{Memories, MemoryError};
use council_core::{MemoryRecord, ModelError, StoreError};

impl Memories {
    /// Stores records as they are; what exists by that identifier stays as it is. They wait for vectors, which
    /// [`embed_some`](Self::embed_some) gives them. Returns how many were new.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when a record is not one; then none of these is stored.
    pub async fn import(&self, records: Vec<MemoryRecord>) -> Result<u64, StoreError> {
        let imported = self.store.import(records).await?;
        self.metrics.added(imported as usize);
        Ok(imported)
    }

    /// Gives vectors to some of the memories that wait for them, and says how many still do. While the embedder is
    /// not ready they are left to [`catch_up`](Self::catch_up), and the answer is `None`.
    ///
    /// # Errors
    /// When the embedder or the store fails.
    pub async fn embed_some(&self) -> Result<Option<u64>, MemoryError> {
        match self.embed_batch().await {
            Ok(batch) => Ok(Some(batch.waiting.saturating_sub(batch.given))),
            Err(MemoryError::Embedder(ModelError::NotReady { .. })) => {
                self.waiting.notify_one();
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}
