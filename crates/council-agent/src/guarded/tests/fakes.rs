//! A model that notes what it is sent, and stores in memory.

use super::super::{Destination, EgressMetrics, Gate};
use crate::privacy::Scanner;
use crate::settings::{EgressPolicy, LiveSettings};
use council_core::egress::naive::NaiveEgress;
use council_core::settings::naive::NaiveSettings;
use council_core::{
    Clock, EventStream, FinishReason, GenerateEvent, GenerateRequest, Input, LanguageModel, Locality,
    Message, ModelError, ModelInfo, Price, Role, Timestamp,
};
use futures::{StreamExt, stream};
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;

type Event = Result<GenerateEvent, ModelError>;

pub(super) struct World {
    pub(super) model: Arc<Echo>,
    pub(super) log: Arc<NaiveEgress>,
    pub(super) settings: LiveSettings,
    pub(super) gate: Gate,
}

/// A model that answers with `events` and a finish.
pub(super) async fn world(policy: EgressPolicy, events: Vec<Event>) -> World {
    let log = Arc::new(NaiveEgress::default());
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

struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1)
    }
}
