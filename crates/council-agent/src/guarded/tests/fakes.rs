//! A model that notes what it is sent, and stores in memory.

use super::super::{Destination, EgressMetrics, Gate};
use crate::privacy::Scanner;
use crate::settings::{EgressPolicy, LiveSettings};
use async_trait::async_trait;
use council_core::settings::naive::NaiveSettings;
use council_core::{
    Clock, EgressEntry, EgressId, EgressLog, EgressOutcome, EventStream, FinishReason, GenerateEvent,
    GenerateRequest, Input, LanguageModel, Locality, Message, ModelError, ModelInfo, NewEgress, Page, Price,
    Role, StoreError, Timestamp,
};
use futures::{StreamExt, stream};
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;

type Event = Result<GenerateEvent, ModelError>;

pub(super) struct World {
    pub(super) model: Arc<Echo>,
    pub(super) log: Arc<Log>,
    pub(super) settings: LiveSettings,
    pub(super) gate: Gate,
}

/// A model that answers with `events` and a finish.
pub(super) async fn world(policy: EgressPolicy, events: Vec<Event>) -> World {
    let log = Arc::new(Log::default());
    let clock: Arc<dyn Clock> = Arc::new(Stopped);
    let settings = LiveSettings::open(Arc::<NaiveSettings>::default(), Arc::clone(&clock), policy)
        .await
        .unwrap();
    let metrics = EgressMetrics::register(&prometheus::Registry::new()).unwrap();
    World {
        model: Arc::new(Echo::new(events)),
        gate: Gate::new(settings.clone(), Scanner::default(), log.clone(), clock, metrics),
        log,
        settings,
    }
}

pub(super) fn remote() -> Destination {
    Destination {
        host: "api.example.org".to_owned(),
        loopback: false,
        local: false,
        priced: true,
    }
}

pub(super) fn ask(text: &str) -> GenerateRequest {
    GenerateRequest::chat(vec![Message::text(Role::User, text)])
}

#[expect(clippy::unnecessary_wraps, reason = "it stands beside failures")]
pub(super) fn say(text: &str) -> Event {
    Ok(GenerateEvent::Text {
        text: text.to_owned(),
        logprobs: Vec::new(),
    })
}

pub(super) struct Echo {
    info: ModelInfo,
    events: Vec<Event>,
    requests: Mutex<Vec<GenerateRequest>>,
}

impl Echo {
    fn new(events: Vec<Event>) -> Self {
        let info = ModelInfo {
            id: "far".to_owned(),
            provider: "far away".to_owned(),
            context_length: 4096,
            locality: Locality::Remote,
            price: Price::default(),
            chat: true,
            tools: true,
            vision: false,
            size_bytes: None,
        };
        Self {
            info,
            events,
            requests: Mutex::default(),
        }
    }

    pub(super) fn asked(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    /// The text of the last request.
    pub(super) fn last(&self) -> String {
        match &self.requests.lock().unwrap().last().unwrap().input {
            Input::Chat { messages, .. } => messages.iter().map(Message::joined_text).collect(),
            Input::Text(text) => text.clone(),
        }
    }
}

impl LanguageModel for Echo {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn generate(&self, request: GenerateRequest, _: CancellationToken) -> EventStream {
        self.requests.lock().unwrap().push(request);
        let mut events = self.events.clone();
        if !matches!(events.last(), Some(Err(_))) {
            events.push(Ok(GenerateEvent::Finish(FinishReason::Stop)));
        }
        stream::iter(events).boxed()
    }
}

#[derive(Default)]
pub(super) struct Log {
    lines: Mutex<Vec<EgressEntry>>,
    broken: Mutex<Option<StoreError>>,
}

impl Log {
    pub(super) fn lines(&self) -> Vec<EgressEntry> {
        self.lines.lock().unwrap().clone()
    }

    pub(super) fn fail_with(&self, error: StoreError) {
        *self.broken.lock().unwrap() = Some(error);
    }
}

#[async_trait]
impl EgressLog for Log {
    async fn begin(&self, call: NewEgress) -> Result<EgressId, StoreError> {
        if let Some(error) = self.broken.lock().unwrap().clone() {
            return Err(error);
        }
        let mut lines = self.lines.lock().unwrap();
        let id = EgressId(lines.len() as i64);
        lines.push(EgressEntry {
            id,
            call,
            received_bytes: 0,
            outcome: EgressOutcome::Running,
        });
        Ok(id)
    }

    async fn end(&self, id: EgressId, received_bytes: u64, outcome: EgressOutcome) -> Result<(), StoreError> {
        let line = &mut self.lines.lock().unwrap()[id.0 as usize];
        line.received_bytes = received_bytes;
        line.outcome = outcome;
        Ok(())
    }

    async fn lines(&self, _: Page) -> Result<Vec<EgressEntry>, StoreError> {
        Ok(self.lines())
    }
}

struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1)
    }
}
