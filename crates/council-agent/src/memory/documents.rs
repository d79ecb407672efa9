//! Remembering the parts of a document: many at once, some of whose vectors are known.

use super::{BATCH, Memories, MemoryError};
use crate::knowledge::report::Progress;
use council_core::{EmbedKind, Embedding, MemoryId, MemoryVectors, ModelError, NewMemory, names};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// What remembering a document took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    /// Parts whose vectors were made.
    pub(crate) embedded: usize,
    /// Parts that wait for vectors.
    pub(crate) waiting: usize,
}

impl Memories {
    /// Remembers parts of one user's document in one transaction with what is noted of the parts that stay. `known` has
    /// vectors by text; `progress` hears how many parts have vectors. While the embedder is not ready, parts wait for
    /// their vectors, and words find them.
    pub(crate) async fn remember_document(
        &self,
        user: &str,
        kept: Vec<(MemoryId, Map<String, Value>)>,
        items: Vec<NewMemory>,
        known: &HashMap<String, Embedding>,
        progress: Progress<'_>,
    ) -> Result<Stored, MemoryError> {
        let speakers = self.speakers(user).await?;
        let mut own: Vec<Option<Embedding>> =
            items.iter().map(|item| known.get(&item.text).cloned()).collect();
        let new: Vec<usize> = (0..items.len()).filter(|&index| own[index].is_none()).collect();
        let mut embedded = 0;
        for batch in new.chunks(BATCH) {
            let texts = batch
                .iter()
                .map(|&index| names::without_names(&items[index].text, &speakers));
            let texts: Vec<String> = texts.collect();
            match self.embed(texts, EmbedKind::Document).await {
                Ok(vectors) => {
                    for (&index, vector) in batch.iter().zip(vectors) {
                        own[index] = Some(vector);
                    }
                }
                Err(ModelError::NotReady { .. }) => break,
                Err(error) => return Err(error.into()),
            }
            embedded += batch.len();
            let all = kept.len() + items.len();
            progress.embedded(all - new.len() + embedded, all).await;
        }
        let waiting = own.iter().filter(|own| own.is_none()).count();
        let count = items.len();
        let with_vectors = items.into_iter().zip(own).map(|(item, own)| {
            let vectors = own.map(|own| MemoryVectors {
                context: own.clone(),
                own,
            });
            (item, vectors)
        });
        self.store
            .insert_and_note(user, kept, with_vectors.collect())
            .await?;
        self.metrics.added(count);
        if waiting > 0 {
            self.waiting.notify_one();
        }
        Ok(Stored { embedded, waiting })
    }
}
