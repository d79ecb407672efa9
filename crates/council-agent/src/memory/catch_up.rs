//! Vectors for what was stored without them: while the embedder was not ready, by another embedder, by an import.

use super::{BATCH, Memories, MemoryError};
use council_core::{EmbedKind, MemoryVectors, ModelError, Unembedded, names};
use std::collections::HashMap;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long to wait for an embedder that is not ready, when it does not say.
const RETRY: Duration = Duration::from_secs(30);

/// Memories that have got vectors, of those that waited.
pub(super) struct Batch {
    pub(super) given: u64,
    /// Before; 0 when there was nothing to do.
    pub(super) waiting: u64,
}

impl Memories {
    /// Gives vectors to memories that wait for them, now and whenever some are stored without, until `stop`. One at a
    /// time of these should run. Costs the embedder's time; questions come before it.
    pub async fn catch_up(&self, stop: CancellationToken) {
        loop {
            let pause = match self.embed_waiting(&stop).await {
                Ok(()) => None,
                Err(MemoryError::Embedder(
                    ModelError::NotReady { retry_after, .. } | ModelError::Busy { retry_after, .. },
                )) => Some(retry_after),
                Err(error) => {
                    tracing::error!("memories could not be given vectors, which is tried again: {error}");
                    Some(RETRY)
                }
            };
            let more = async {
                match pause {
                    Some(pause) => tokio::time::sleep(pause).await,
                    None => self.waiting.notified().await,
                }
            };
            tokio::select! {
                () = more => {}
                () = stop.cancelled() => return,
            }
        }
    }

    /// Gives vectors to all that wait, in batches.
    async fn embed_waiting(&self, stop: &CancellationToken) -> Result<(), MemoryError> {
        let mut done = 0;
        while !stop.is_cancelled() {
            let Batch { given, waiting } = self.embed_batch().await?;
            if waiting == 0 {
                break;
            }
            if done == 0 {
                tracing::info!(
                    waiting,
                    "{waiting} memories get vectors by {}",
                    self.embedder.info().id
                );
            }
            done += given;
        }
        if done > 0 {
            tracing::info!(memories = done, "{done} memories have got their vectors");
        }
        Ok(())
    }

    /// Gives vectors to some of the memories that wait for them.
    pub(super) async fn embed_batch(&self) -> Result<Batch, MemoryError> {
        let (batch, waiting) = self.store.without_vectors(BATCH).await?;
        if batch.is_empty() {
            return Ok(Batch { given: 0, waiting: 0 });
        }
        let with_vectors = self.vectors_of(batch).await?;
        let given = self.store.embed(with_vectors).await?;
        // What is changed or forgotten meanwhile waits no more, or comes again with its new text; a store that takes
        // none of a batch and still shows it would keep its caller going for ever.
        if given == 0 && self.store.without_vectors(1).await?.1 >= waiting {
            let message = format!("{waiting} memories took no vectors");
            return Err(ModelError::Internal(message).into());
        }
        Ok(Batch { given, waiting })
    }

    async fn vectors_of(
        &self,
        waiting: Vec<Unembedded>,
    ) -> Result<Vec<(Unembedded, MemoryVectors)>, MemoryError> {
        let mut speakers: HashMap<String, Vec<String>> = HashMap::new();
        let mut texts = Vec::with_capacity(2 * waiting.len());
        let mut places = Vec::with_capacity(waiting.len());
        for Unembedded {
            memory,
            previous_turn,
        } in &waiting
        {
            let user = &memory.content.scope.user;
            if !speakers.contains_key(user) {
                speakers.insert(user.clone(), self.speakers(user).await?);
            }
            let names = &speakers[user];
            let own = names::without_names(&memory.content.text, names);
            let before = previous_turn
                .as_ref()
                .map(|before| names::without_names(before, names));
            let context = before.map(|before| format!("{before}\n{own}"));
            let at = texts.len();
            texts.push(own);
            places.push((at, context.as_ref().map_or(at, |_| at + 1)));
            texts.extend(context);
        }
        let vectors = self.embed(texts, EmbedKind::Document).await?;
        let with_vectors = waiting.into_iter().zip(places).map(|(waiting, (own, context))| {
            let vectors = MemoryVectors {
                own: vectors[own].clone(),
                context: vectors[context].clone(),
            };
            (waiting, vectors)
        });
        Ok(with_vectors.collect())
    }
}
