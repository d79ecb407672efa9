//! Whole records in, and vectors for them.

use super::{BATCH, Memories, MemoryError};
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
        let (batch, waiting) = self.store.without_vectors(BATCH).await?;
        if batch.is_empty() {
            return Ok(Some(0));
        }
        let with_vectors = match self.vectors_of(batch).await {
            Err(MemoryError::Embedder(ModelError::NotReady { .. })) => {
                self.waiting.notify_one();
                return Ok(None);
            }
            vectors => vectors?,
        };
        let given = self.store.embed(with_vectors).await?;
        if given == 0 && self.store.without_vectors(1).await?.1 >= waiting {
            let message = format!("{waiting} memories took no vectors");
            return Err(ModelError::Internal(message).into());
        }
        Ok(Some(waiting.saturating_sub(given)))
    }
}
