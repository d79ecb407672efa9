//! How much of the evidence of questions is found.

use super::conversations::{Conversation, Question, afterwards, turn_of};
use council_agent::memory::{self, Memories, MemoryConfig, MemoryMetrics};
use council_core::{
    Clock, EmbedKind, Embedder, MemoryFilter, MemoryHit, MemoryStore, MemoryVectors, NewMemory,
    RecallWeights, Scope, Timestamp,
};
use council_models::embed::MiniLm;
use council_store::{MemoryIndex, Store};
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

/// Hits that are looked at.
const DEPTH: usize = 100;

/// What was found for some questions, summed up.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) questions: usize,
    at: [f64; 3],
    reciprocal: f64,
}

impl Tally {
    /// Mean share of a question's evidence among the first 1, 5 and 10.
    pub(crate) fn recall(&self) -> [f64; 3] {
        self.at.map(|sum| sum / self.questions as f64)
    }

    /// Mean of 1 over the place of the first evidence among the first 100.
    pub(crate) fn reciprocal_rank(&self) -> f64 {
        self.reciprocal / self.questions as f64
    }

    fn add(&mut self, evidence: &[String], found: &[String]) {
        self.questions += 1;
        for (sum, most) in self.at.iter_mut().zip([1, 5, 10]) {
            let first = &found[..most.min(found.len())];
            let hits = evidence.iter().filter(|turn| first.contains(turn)).count();
            *sum += hits as f64 / evidence.len() as f64;
        }
        let place = found.iter().position(|turn| evidence.contains(turn));
        self.reciprocal += place.map_or(0.0, |place| 1.0 / (place + 1) as f64);
    }
}

/// Tallies by category; `all` has every question.
pub(crate) type Tallies = BTreeMap<String, Tally>;

struct NoClock;

impl Clock for NoClock {
    fn now(&self) -> Timestamp {
        Timestamp::default()
    }
}

/// Conversations in a store of their own.
pub(crate) struct Rig {
    embedder: MiniLm,
    store: Arc<MemoryIndex>,
}

impl Rig {
    /// Stores conversations turn by turn, as they come in a chat.
    pub(crate) async fn new(
        dir: &Path,
        models_dir: &Path,
        conversations: &[Conversation],
    ) -> Result<Self, Box<dyn Error>> {
        let embedder = MiniLm::with_threads(models_dir, 1);
        embedder.loaded().await?;
        let store = Store::open(dir)?;
        let store = store.memory(embedder.info(), Arc::new(NoClock), |_| {}).await?;
        let rig = Self { embedder, store };
        let memories = rig.memories(RecallWeights::default())?;
        // A session at a time: the first turns do not wait for a second before they know who speaks.
        for conversation in conversations {
            let sessions = conversation
                .turns
                .chunk_by(|turn, next| turn.scope.session == next.scope.session);
            for session in sessions {
                memories.remember(session.to_vec()).await?;
            }
        }
        Ok(rig)
    }

    fn memories(&self, weights: RecallWeights) -> Result<Memories, Box<dyn Error>> {
        let metrics = MemoryMetrics::register(&prometheus::Registry::new())?;
        let config = MemoryConfig {
            weights,
            ..MemoryConfig::default()
        };
        Ok(Memories::new(
            self.store.clone(),
            Arc::new(self.embedder.clone()),
            metrics,
            config,
        ))
    }

    /// Asks every question that has evidence, of the memory of its conversation's user.
    pub(crate) async fn ask(
        &self,
        conversations: &[Conversation],
        weights: RecallWeights,
    ) -> Result<Vec<(String, Vec<MemoryHit>)>, Box<dyn Error>> {
        let memories = self.memories(weights)?;
        let after = afterwards(conversations);
        let mut answers = Vec::new();
        for (user, question) in questions(conversations) {
            let asked = memory::Question {
                text: question.text.clone(),
                filter: of(user),
                limit: DEPTH,
                now: question
                    .asked_at
                    .or_else(|| after.get(user).copied())
                    .unwrap_or_default(),
                without: Vec::new(),
                token_budget: None,
            };
            answers.push((user.to_owned(), memories.recall(asked).await?));
        }
        Ok(answers)
    }

    /// The design of the prototype on the same questions: names are left in, and a cosine below 0.35 is no hit.
    pub(crate) async fn ask_the_original(
        &self,
        conversations: &[Conversation],
    ) -> Result<Vec<(String, Vec<MemoryHit>)>, Box<dyn Error>> {
        const LEAST_COSINE: f32 = 0.35;
        let original = |user: &str| format!("{user}, the original way");
        for conversation in conversations {
            for turn in &conversation.turns {
                let own = self.vector(&turn.text, EmbedKind::Document).await?;
                let context = own.clone();
                let scope = Scope {
                    user: original(&conversation.user),
                    ..turn.scope.clone()
                };
                let turn = NewMemory {
                    scope,
                    ..turn.clone()
                };
                let vectors = MemoryVectors { own, context };
                self.store.insert(vec![(turn, Some(vectors))]).await?;
            }
        }
        let mut answers = Vec::new();
        for (user, question) in questions(conversations) {
            let vector = self.vector(&question.text, EmbedKind::Query).await?;
            let user = original(user);
            let hits = self.store.nearest(vector, of(&user), LEAST_COSINE, DEPTH).await?;
            answers.push((user, hits));
        }
        Ok(answers)
    }

    async fn vector(&self, text: &str, kind: EmbedKind) -> Result<council_core::Embedding, Box<dyn Error>> {
        let mut embedded = self.embedder.embed(vec![text.to_owned()], kind).await?;
        Ok(embedded.vectors.swap_remove(0))
    }
}

fn of(user: &str) -> MemoryFilter {
    MemoryFilter {
        user: user.to_owned(),
        ..MemoryFilter::default()
    }
}

/// Those that have evidence, each with the user whose memory is asked.
pub(crate) fn questions(conversations: &[Conversation]) -> impl Iterator<Item = (&str, &Question)> {
    conversations.iter().flat_map(|conversation| {
        let questions = conversation.questions.iter();
        let with_evidence = questions.filter(|question| !question.evidence.is_empty());
        with_evidence.map(|question| (conversation.user.as_str(), question))
    })
}

/// How well these answers cover the evidence.
pub(crate) fn tallies(conversations: &[Conversation], answers: &[(String, Vec<MemoryHit>)]) -> Tallies {
    let mut tallies = Tallies::new();
    for ((_, question), (_, hits)) in questions(conversations).zip(answers) {
        let found: Vec<String> = hits.iter().map(|hit| turn_of(&hit.memory.content)).collect();
        for category in [question.category.as_str(), "all"] {
            tallies
                .entry(category.to_owned())
                .or_default()
                .add(&question.evidence, &found);
        }
    }
    tallies
}
