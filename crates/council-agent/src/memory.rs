//! Memory as people use it: texts go in and come out; vectors and names are handled here.
//!
//! A question names a person, and an embedder then finds whoever *addresses* that person. So vectors are made without
//! names, and who is meant is resolved by name. The previous turn of a session is embedded with each turn: an answer
//! without its question says little.

mod attribute;
mod catch_up;
mod cluster;
mod correct;
mod documents;
pub mod extract;
mod learner;
mod metrics;
mod profile;
mod quote;
mod said;
mod summary;
mod transfer;
pub mod when;

pub use cluster::Topic;
pub use extract::Attribute;
pub use learner::{Examination, Learner, LearnerConfig, Topics, Verdict, examine};
pub use metrics::MemoryMetrics;
pub use profile::ProfileEntry;
pub(crate) use quote::Quotes;
pub(crate) use said::parts;

use crate::LiveSettings;
use crate::context::text_tokens;
use council_core::{
    EmbedKind, Embedder, Embedding, Memory, MemoryChange, MemoryFilter, MemoryHit, MemoryId, MemoryKind,
    MemoryRules, MemoryStore, MemoryVectors, ModelError, NewMemory, RecallQuery, RecallWeights, Scope,
    StoreError, Timestamp, names,
};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Notify;
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
    /// Memories that are no answer, whatever they say.
    pub without: Vec<MemoryId>,
    /// When it is asked: what "last week" is told from.
    pub now: Timestamp,
    /// Most tokens of the answers' texts together, as estimated from their bytes. The answers end before the first that
    /// would exceed it.
    pub token_budget: Option<u64>,
}

/// How remembering and recalling are set up.
#[derive(Clone, Debug, PartialEq)]
pub struct MemoryConfig {
    /// How the signs of a search count.
    pub weights: RecallWeights,
    /// Most tokens of a prompt that memories take, as estimated from their bytes; 0: none.
    pub prompt_tokens: u64,
}

impl Default for MemoryConfig {
    /// 512 tokens: about ten turns, and two to three seconds of a small model on two cores.
    fn default() -> Self {
        Self {
            weights: RecallWeights::default(),
            prompt_tokens: 512,
        }
    }
}

/// How many of these fit a budget of tokens, from the first on.
fn fitting(hits: &[MemoryHit], budget: u64) -> usize {
    let mut used = 0;
    let fits = |hit: &&MemoryHit| {
        used += text_tokens(&hit.memory.content.text);
        used <= budget
    };
    hits.iter().take_while(fits).count()
}

/// Remembers and recalls. Clones share everything.
#[derive(Clone)]
pub struct Memories {
    store: Arc<dyn MemoryStore>,
    embedder: Arc<dyn Embedder>,
    metrics: MemoryMetrics,
    config: Arc<MemoryConfig>,
    /// Says instead of the configuration what can be set.
    settings: Option<LiveSettings>,
    /// Told when something was stored without vectors.
    waiting: Arc<Notify>,
}

impl Memories {
    /// On this store, with this embedder.
    pub fn new(
        store: Arc<dyn MemoryStore>,
        embedder: Arc<dyn Embedder>,
        metrics: MemoryMetrics,
        config: MemoryConfig,
    ) -> Self {
        Self {
            store,
            embedder,
            metrics,
            config: Arc::new(config),
            settings: None,
            waiting: Arc::default(),
        }
    }

    /// The same by rules that can be changed at run time.
    #[must_use]
    pub fn with_settings(self, settings: LiveSettings) -> Self {
        Self {
            settings: Some(settings),
            ..self
        }
    }

    /// What was set, where something can be.
    pub(crate) fn rules(&self) -> Option<MemoryRules> {
        self.settings.as_ref().map(|settings| settings.current().memory)
    }

    /// Where memories are kept: for what needs no vectors.
    pub fn store(&self) -> &dyn MemoryStore {
        &*self.store
    }

    /// Most tokens of a prompt that memories take.
    pub fn prompt_tokens(&self) -> u64 {
        self.rules()
            .map_or(self.config.prompt_tokens, |rules| rules.prompt_tokens)
    }

    /// What is measured.
    pub(crate) fn metrics(&self) -> &MemoryMetrics {
        &self.metrics
    }

    /// Brings the gauges up to date: they are read from the store, and so only when somebody looks.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn measure(&self) -> Result<(), StoreError> {
        self.metrics.kept(&self.store.stats().await?);
        Ok(())
    }

    /// What makes the vectors.
    pub fn embedder(&self) -> &dyn Embedder {
        &*self.embedder
    }

    /// Remembers these, in one transaction; returns their identifiers in order. While the embedder is not ready they
    /// are stored without vectors, which [`catch_up`](Self::catch_up) gives them later.
    ///
    /// # Errors
    /// Nothing is stored.
    pub async fn remember(&self, items: Vec<NewMemory>) -> Result<Vec<MemoryId>, MemoryError> {
        let with_vectors = self.with_vectors(items).await?;
        let waiting = with_vectors.iter().any(|(_, vectors)| vectors.is_none());
        let ids = self.store.insert(with_vectors).await?;
        self.added(&ids, waiting);
        Ok(ids)
    }

    /// The same for what was said to the assistant, which is to be learnt from.
    ///
    /// # Errors
    /// Nothing is stored.
    pub async fn hear(&self, items: Vec<NewMemory>) -> Result<Vec<MemoryId>, MemoryError> {
        let with_vectors = self.with_vectors(items).await?;
        let waiting = with_vectors.iter().any(|(_, vectors)| vectors.is_none());
        let ids = self.store.hear(with_vectors).await?;
        self.added(&ids, waiting);
        Ok(ids)
    }

    /// Remembers these in the place of others (or of none), in one transaction; returns their identifiers in order.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the user does not have one of the others, or of those that these were extracted
    /// from. Nothing is stored.
    pub async fn supersede(
        &self,
        user: &str,
        old: Vec<MemoryId>,
        items: Vec<NewMemory>,
    ) -> Result<Vec<MemoryId>, MemoryError> {
        let with_vectors = self.with_vectors(items).await?;
        let waiting = with_vectors.iter().any(|(_, vectors)| vectors.is_none());
        let ids = self.store.supersede(user, old, with_vectors).await?;
        self.added(&ids, waiting);
        Ok(ids)
    }

    fn added(&self, ids: &[MemoryId], waiting: bool) {
        self.metrics.added(ids.len());
        if waiting {
            self.waiting.notify_one();
        }
    }

    /// Memories with their vectors: each without names, and turns with the turn before them.
    async fn with_vectors(
        &self,
        items: Vec<NewMemory>,
    ) -> Result<Vec<(NewMemory, Option<MemoryVectors>)>, MemoryError> {
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
        let mut latest: HashMap<Scope, Option<(Timestamp, String)>> = HashMap::new();
        let mut texts = Vec::new();
        let mut places = Vec::with_capacity(items.len());
        for item in &items {
            let own = names::without_names(&item.text, &speakers[&item.scope.user]);
            let mut context = None;
            if item.kind == MemoryKind::Turn && item.scope.session.is_some() {
                let before = match latest.remove(&item.scope) {
                    Some(known) => known,
                    None => self.latest_turn(&item.scope, &speakers[&item.scope.user]).await?,
                };
                // What comes late gets its vectors later, with the turn that was before it then.
                if before
                    .as_ref()
                    .is_some_and(|(said_at, _)| item.said_at < *said_at)
                {
                    latest.insert(item.scope.clone(), before);
                    places.push(None);
                    continue;
                }
                context = before.map(|(_, before)| format!("{before}\n{own}"));
                latest.insert(item.scope.clone(), Some((item.said_at, own.clone())));
            }
            let at = texts.len();
            texts.push(own);
            places.push(Some((at, context.as_ref().map_or(at, |_| at + 1))));
            texts.extend(context);
        }
        let vectors = self.embed_if_ready(texts, EmbedKind::Document).await?;
        let with_vectors = items.into_iter().zip(places).map(|(item, place)| {
            let vectors = vectors
                .as_ref()
                .zip(place)
                .map(|(vectors, (own, context))| MemoryVectors {
                    own: vectors[own].clone(),
                    context: vectors[context].clone(),
                });
            (item, vectors)
        });
        Ok(with_vectors.collect())
    }

    /// The memories that answer a question best, best first.
    ///
    /// # Errors
    /// When the store fails. While the embedder is not ready, words alone decide.
    pub async fn recall(&self, question: Question) -> Result<Vec<MemoryHit>, MemoryError> {
        let begun = Instant::now();
        let known = self.store.speakers(&question.filter).await?;
        let query = RecallQuery {
            vector: self.query_vector(&question.text, &known).await?,
            speakers: names::named_speakers(&question.text, &known),
            time: when::time_of(&question.text, question.now).map(when::told_of),
            text: question.text,
            filter: question.filter,
            weights: self.config.weights.clone(),
            now: question.now,
            limit: question.limit + question.without.len(),
        };
        let mut hits = self.store.recall(query).await?;
        hits.retain(|hit| !question.without.contains(&hit.memory.id));
        hits.truncate(question.limit);
        if let Some(budget) = question.token_budget {
            hits.truncate(fitting(&hits, budget));
        }
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
        let vector = self.question_vector(text, &filter).await?;
        Ok(self.store.nearest(vector, filter, least_cosine, limit).await?)
    }

    /// The vector of a question to these memories: without the names of their speakers.
    pub(crate) async fn question_vector(
        &self,
        text: &str,
        filter: &MemoryFilter,
    ) -> Result<Embedding, MemoryError> {
        let known = self.store.speakers(filter).await?;
        let question = vec![names::without_names(text, &known)];
        Ok(self.embed(question, EmbedKind::Query).await?.remove(0))
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
            let vectors = self.embed_if_ready(vec![own], EmbedKind::Document).await?;
            let vectors = vectors.map(|mut vectors| {
                let own = vectors.remove(0);
                let context = own.clone();
                MemoryVectors { own, context }
            });
            change.text = Some((text, vectors));
        }
        // The turn after it waits, when it was the context of that one.
        let waits = change.text.is_some() || change.quarantined.is_some();
        let changed = self.store.change(user, id, change).await?;
        if waits {
            self.waiting.notify_one();
        }
        Ok(changed)
    }

    async fn speakers(&self, user: &str) -> Result<Vec<String>, StoreError> {
        let all = MemoryFilter {
            user: user.to_owned(),
            ..MemoryFilter::default()
        };
        self.store.speakers(&all).await
    }

    /// When the latest turn of a session was said, and its text without names.
    async fn latest_turn(
        &self,
        scope: &Scope,
        names: &[String],
    ) -> Result<Option<(Timestamp, String)>, StoreError> {
        let turn = self.store.latest_turn(scope).await?;
        let told = |turn: Memory| {
            (
                turn.content.said_at,
                names::without_names(&turn.content.text, names),
            )
        };
        Ok(turn.map(told))
    }

    async fn query_vector(&self, text: &str, names: &[String]) -> Result<Option<Embedding>, MemoryError> {
        let begun = Instant::now();
        let text = names::without_names(text, names);
        let vectors = self.embed_if_ready(vec![text], EmbedKind::Query).await?;
        self.metrics.embedded_query(begun.elapsed());
        Ok(vectors.map(|mut vectors| vectors.remove(0)))
    }

    /// As [`embed`](Self::embed); `None` while the embedder is not ready.
    async fn embed_if_ready(
        &self,
        texts: Vec<String>,
        kind: EmbedKind,
    ) -> Result<Option<Vec<Embedding>>, ModelError> {
        match self.embed(texts, kind).await {
            Ok(vectors) => Ok(Some(vectors)),
            Err(ModelError::NotReady { .. }) => Ok(None),
            Err(error) => Err(error),
        }
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
