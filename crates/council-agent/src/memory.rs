//! Memory as people use it: texts go in and come out; vectors and names are handled here.
//!
//! A question names a person, and an embedder then finds whoever *addresses* that person. So vectors are made without
//! names, and who is meant is resolved by name. The previous turn of a session is embedded with each turn: an answer
//! without its question says little.

mod documents;
mod metrics;

pub use metrics::MemoryMetrics;

use council_core::{
    EmbedKind, Embedder, Embedding, Memory, MemoryChange, MemoryFilter, MemoryHit, MemoryId, MemoryKind,
    MemoryStore, MemoryVectors, ModelError, NewMemory, RecallQuery, RecallWeights, Scope, StoreError, names,
};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::time::Instant;

/// Texts that are embedded at once.
const BATCH: usize = 64;

/// Why something could not be remembered or recalled.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MemoryError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The embedder failed, or its weights are missing.
    #[error(transparent)]
    Embedder(#[from] ModelError),
}

/// Something to be recalled.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The question.
    pub text: String,
    /// Where to look.
    pub filter: MemoryFilter,
    /// Most answers, 1 to 1,000.
    pub limit: usize,
    /// How the signs count.
    pub weights: RecallWeights,
}

/// Remembers and recalls. Clones share everything.
#[derive(Clone)]
pub struct Memories {
    store: Arc<dyn MemoryStore>,
    embedder: Arc<dyn Embedder>,
    metrics: MemoryMetrics,
}

impl Memories {
    /// On this store, with this embedder.
    pub fn new(store: Arc<dyn MemoryStore>, embedder: Arc<dyn Embedder>, metrics: MemoryMetrics) -> Self {
        Self {
            store,
            embedder,
            metrics,
        }
    }

    /// Where memories are kept: for what needs no vectors.
    pub fn store(&self) -> &dyn MemoryStore {
        &*self.store
    }

    /// What makes the vectors.
    pub fn embedder(&self) -> &dyn Embedder {
        &*self.embedder
    }

    /// Remembers these, in one transaction; returns their identifiers in order.
    ///
    /// # Errors
    /// Nothing is stored.
    pub async fn remember(&self, items: Vec<NewMemory>) -> Result<Vec<MemoryId>, MemoryError> {
        let mut speakers: HashMap<String, Vec<String>> = HashMap::new();
        for item in &items {
            let user = &item.scope.user;
            if !speakers.contains_key(user) {
                speakers.insert(user.clone(), self.speakers(user).await?);
            }
            if let (Some(names), Some(speaker)) = (speakers.get_mut(user), &item.speaker)
                && !names.contains(speaker)
            {
                names.push(speaker.clone());
            }
        }
        let mut previous: HashMap<Scope, Option<String>> = HashMap::new();
        let mut texts = Vec::new();
        let mut places = Vec::with_capacity(items.len());
        for item in &items {
            let own = names::without_names(&item.text, &speakers[&item.scope.user]);
            let mut context = None;
            if item.kind == MemoryKind::Turn && item.scope.session.is_some() {
                let before = match previous.remove(&item.scope) {
                    Some(known) => known,
                    None => {
                        self.previous_turn(&item.scope, &speakers[&item.scope.user])
                            .await?
                    }
                };
                context = before.map(|before| format!("{before}\n{own}"));
                previous.insert(item.scope.clone(), Some(own.clone()));
            }
            let at = texts.len();
            texts.push(own);
            places.push((at, context.as_ref().map_or(at, |_| at + 1)));
            texts.extend(context);
        }
        let vectors = self.embed(texts, EmbedKind::Document).await?;
        let with_vectors = items.into_iter().zip(places).map(|(item, (own, context))| {
            let vectors = MemoryVectors {
                own: vectors[own].clone(),
                context: vectors[context].clone(),
            };
            (item, vectors)
        });
        let ids = self.store.insert(with_vectors.collect()).await?;
        self.metrics.added(ids.len());
        Ok(ids)
    }

    /// The memories that answer a question best, best first.
    ///
    /// # Errors
    /// When the embedder is not ready or the store fails.
    pub async fn recall(&self, question: Question) -> Result<Vec<MemoryHit>, MemoryError> {
        let begun = Instant::now();
        let known = self.store.speakers(&question.filter).await?;
        let query = RecallQuery {
            vector: self.query_vector(&question.text, &known).await?,
            speakers: names::named_speakers(&question.text, &known),
            text: question.text,
            filter: question.filter,
            weights: question.weights,
            limit: question.limit,
        };
        let hits = self.store.recall(query).await?;
        self.metrics.recalled(begun.elapsed());
        Ok(hits)
    }

    /// The memories whose meaning is nearest to a text, by cosine alone; none below `least_cosine`.
    ///
    /// # Errors
    /// As for [`recall`](Self::recall).
    pub async fn nearest(
        &self,
        text: &str,
        filter: MemoryFilter,
        least_cosine: f32,
        limit: usize,
    ) -> Result<Vec<MemoryHit>, MemoryError> {
        let known = self.store.speakers(&filter).await?;
        let vector = self.query_vector(text, &known).await?;
        Ok(self.store.nearest(vector, filter, least_cosine, limit).await?)
    }

    /// Changes a memory; a new text gets new vectors.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the user has no such memory.
    pub async fn change(
        &self,
        user: &str,
        id: &MemoryId,
        text: Option<String>,
        rest: MemoryChange,
    ) -> Result<Memory, MemoryError> {
        let mut change = rest;
        if let Some(text) = text {
            let own = names::without_names(&text, &self.speakers(user).await?);
            let mut vectors = self.embed(vec![own], EmbedKind::Document).await?;
            let own = vectors.remove(0);
            let context = own.clone();
            change.text = Some((text, MemoryVectors { own, context }));
        }
        Ok(self.store.change(user, id, change).await?)
    }

    async fn speakers(&self, user: &str) -> Result<Vec<String>, StoreError> {
        let all = MemoryFilter {
            user: user.to_owned(),
            ..MemoryFilter::default()
        };
        self.store.speakers(&all).await
    }

    async fn previous_turn(&self, scope: &Scope, names: &[String]) -> Result<Option<String>, StoreError> {
        let turn = self.store.latest_turn(scope).await?;
        Ok(turn.map(|turn| names::without_names(&turn.content.text, names)))
    }

    async fn query_vector(&self, text: &str, names: &[String]) -> Result<Embedding, MemoryError> {
        let begun = Instant::now();
        let mut vectors = self
            .embed(vec![names::without_names(text, names)], EmbedKind::Query)
            .await?;
        self.metrics.embedded_query(begun.elapsed());
        Ok(vectors.remove(0))
    }

    /// One vector for each text.
    async fn embed(&self, texts: Vec<String>, kind: EmbedKind) -> Result<Vec<Embedding>, ModelError> {
        let wanted = texts.len();
        let mut vectors = Vec::with_capacity(wanted);
        let mut texts = texts.into_iter().peekable();
        while texts.peek().is_some() {
            let batch: Vec<String> = texts.by_ref().take(BATCH).collect();
            vectors.extend(self.embedder.embed(batch, kind).await?.vectors);
        }
        if vectors.len() == wanted {
            Ok(vectors)
        } else {
            let message = format!("the embedder made {} vectors of {wanted} texts", vectors.len());
            Err(ModelError::Internal(message))
        }
    }
}
