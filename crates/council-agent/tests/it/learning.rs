//! What is learnt in the background from what was said.

mod facts;
mod profile;
mod summaries;
mod topics;

use crate::fakes::{ScriptedModel, StoppedClock};
use crate::memory::{Memory, memory};
use async_trait::async_trait;
use council_agent::memory::{Learner, LearnerConfig, Memories};
use council_core::{
    EventStream, FinishReason, GenerateEvent, GenerateRequest, Input, LanguageModel, Locality, MemoryFilter,
    MemoryId, MemoryKind, MemoryStore as _, ModelError, ModelEvent, ModelInfo, ModelStatus, Models,
    NewMemory, Page, Scope, Timestamp, TokenLogprob,
};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

type Answer = Box<dyn Fn(&str) -> String + Send + Sync>;

/// A model that answers by the last message, after a while.
struct Answering {
    info: ModelInfo,
    answer: Answer,
    takes: Duration,
    asked: Arc<Mutex<Vec<GenerateRequest>>>,
}

impl LanguageModel for Answering {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn generate(&self, request: GenerateRequest, _: CancellationToken) -> EventStream {
        let last = match &request.input {
            Input::Chat { messages, .. } => messages.last().map(council_core::Message::joined_text),
            Input::Text(text) => Some(text.clone()),
        };
        let text = (self.answer)(&last.unwrap_or_default());
        self.asked.lock().unwrap().push(request);
        let takes = self.takes;
        let logprobs = vec![TokenLogprob {
            bytes: text.as_bytes().to_vec(),
            logprob: 0.9_f32.ln(),
            top: vec![],
        }];
        let events = [
            Ok(GenerateEvent::Text { text, logprobs }),
            Ok(GenerateEvent::Finish(FinishReason::Stop)),
        ];
        futures::stream::once(tokio::time::sleep(takes))
            .flat_map(move |()| futures::stream::iter(events.clone()))
            .boxed()
    }
}

struct Only(Arc<Answering>);

#[async_trait]
impl Models for Only {
    fn list(&self) -> Vec<ModelStatus> {
        Vec::new()
    }

    fn get(&self, id: Option<&str>) -> Result<Arc<dyn LanguageModel>, ModelError> {
        let is_it = id.is_none_or(|id| id == self.0.info.id);
        is_it
            .then(|| self.0.clone() as Arc<dyn LanguageModel>)
            .ok_or_else(|| ModelError::NotFound {
                id: id.unwrap_or_default().to_owned(),
                hint: "pull it".to_owned(),
            })
    }

    async fn load(&self, _: &str) -> Result<(), ModelError> {
        Ok(())
    }

    async fn unload(&self, _: &str) -> Result<(), ModelError> {
        Ok(())
    }

    fn events(&self) -> BoxStream<'static, ModelEvent> {
        futures::stream::pending().boxed()
    }
}

/// Somebody who learns.
struct Lesson {
    memories: Memories,
    memory: Memory,
    learner: Learner,
    models: Arc<Only>,
    asked: Arc<Mutex<Vec<GenerateRequest>>>,
    registry: prometheus::Registry,
}

const NO_FACTS: &str = r#"{"facts":[]}"#;

impl Lesson {
    fn new(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self::with(LearnerConfig::default(), Locality::Local, answer)
    }

    /// With a model that finds nothing.
    fn without_model() -> Self {
        Self::new(|_| NO_FACTS.to_owned())
    }

    fn with(
        config: LearnerConfig,
        locality: Locality,
        answer: impl Fn(&str) -> String + Send + Sync + 'static,
    ) -> Self {
        let registry = prometheus::Registry::new();
        let memory = memory(&registry);
        let asked = Arc::default();
        let info = ScriptedModel::new("small", []).info().clone();
        let models = Arc::new(Only(Arc::new(Answering {
            info: ModelInfo { locality, ..info },
            answer: Box::new(answer),
            takes: Duration::from_secs(2),
            asked: Arc::clone(&asked),
        })));
        let learner = Learner::new(
            models.clone(),
            memory.memories.clone(),
            Arc::new(StoppedClock),
            config,
        );
        Self {
            memories: memory.memories.clone(),
            memory,
            learner,
            models,
            asked,
            registry,
        }
    }

    /// Stores a turn and offers it.
    async fn hears(&self, turn: NewMemory) -> MemoryId {
        let id = self.memories.hear(vec![turn.clone()]).await.unwrap().remove(0);
        self.learner.offer(&id, &turn);
        id
    }

    /// Hears it and learns from it.
    async fn learns(&self, turn: NewMemory) -> MemoryId {
        let id = self.hears(turn).await;
        self.learner.settled().await;
        id
    }

    /// What is known of these kinds, the oldest first: attribute and text.
    async fn all(&self, filter: MemoryFilter) -> Vec<council_core::Memory> {
        let page = Page {
            offset: 0,
            limit: 100,
        };
        let (mut found, _) = self.memory.store.memories(filter, page).await.unwrap();
        found.reverse();
        found
    }

    async fn facts(&self) -> Vec<(String, String)> {
        let of = |memory: council_core::Memory| {
            let claim = memory.content.claim.unwrap();
            (claim.attribute, memory.content.text)
        };
        self.all(facts()).await.into_iter().map(of).collect()
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    /// A sample of a metric, 0 without.
    fn metric(&self, name: &str, labels: &[&str]) -> u64 {
        let families = self.registry.gather();
        let family = families.iter().find(|family| family.name() == name);
        let samples = family
            .map(|family| family.get_metric().to_vec())
            .unwrap_or_default();
        let matches = |sample: &&prometheus::proto::Metric| {
            let values: Vec<&str> = sample
                .get_label()
                .iter()
                .map(prometheus::proto::LabelPair::value)
                .collect();
            labels.iter().all(|label| values.contains(label))
        };
        let value = |sample: &prometheus::proto::Metric| {
            sample.get_counter().get_value() + sample.get_gauge().get_value()
        };
        samples.iter().find(matches).map_or(0.0, value) as u64
    }
}

fn facts() -> MemoryFilter {
    MemoryFilter {
        kinds: vec![MemoryKind::Fact, MemoryKind::Preference],
        ..crate::memory::of_ada()
    }
}

fn scope() -> Scope {
    crate::memory::scope("s")
}

/// What the user says in the session `s`, at a second.
fn says(second: u64, text: &str) -> NewMemory {
    NewMemory::new(
        MemoryKind::Turn,
        scope(),
        text,
        Timestamp::from_millis(second * 1_000),
    )
}

fn pair(attribute: &str, text: &str) -> (String, String) {
    (attribute.to_owned(), text.to_owned())
}
