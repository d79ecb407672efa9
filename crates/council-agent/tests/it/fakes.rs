//! Models that follow a script, and a store in memory.

use async_trait::async_trait;
use council_core::conversation::naive::NaiveConversations;
use council_core::{
    Clock, EventStream, FinishReason, GenerateEvent, GenerateRequest, LanguageModel, Ledger, LedgerEntry,
    LedgerSummary, Locality, MessageId, ModelActivity, ModelError, ModelEvent, ModelInfo, ModelState,
    ModelStatus, Models, NewMessage, Page, Price, StoreError, StoredMessage, Timestamp, TokenLogprob, Usage,
};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// What a scripted model does next.
#[derive(Clone)]
pub(crate) enum Step {
    /// Says it.
    Say(GenerateEvent),
    /// Fails.
    Fail(ModelError),
    /// Thinks, unless it is cancelled.
    Think(Duration),
    /// Says nothing until it is cancelled.
    Hang,
    /// Says nothing for an hour, cancelled or not.
    Deaf,
    /// Has a defect.
    Panic,
}

/// One token of text with probability one half.
pub(crate) fn token(text: &str) -> GenerateEvent {
    likely(text, 0.5)
}

/// One token of text with this probability.
pub(crate) fn likely(text: &str, probability: f32) -> GenerateEvent {
    let logprobs = vec![TokenLogprob {
        bytes: text.as_bytes().to_vec(),
        logprob: probability.ln(),
        top: vec![],
    }];
    GenerateEvent::Text {
        text: text.to_owned(),
        logprobs,
    }
}

pub(crate) fn say(text: &str) -> Step {
    Step::Say(token(text))
}

pub(crate) fn think(millis: u64) -> Step {
    Step::Think(Duration::from_millis(millis))
}

pub(crate) const USAGE: Usage = Usage {
    input_tokens: 100,
    cached_tokens: 40,
    output_tokens: 3,
};

/// What a model says that it used when it is cut off.
pub(crate) const CUT_USAGE: Usage = Usage {
    input_tokens: 100,
    cached_tokens: 0,
    output_tokens: 1,
};

pub(crate) fn stop() -> [Step; 2] {
    [
        Step::Say(GenerateEvent::Usage(USAGE)),
        Step::Say(GenerateEvent::Finish(FinishReason::Stop)),
    ]
}

pub(crate) fn busy(model: &str) -> ModelError {
    ModelError::Busy {
        model: model.to_owned(),
        queued: 9,
        retry_after: Duration::from_secs(2),
    }
}

/// Follows its scripts, one for each request; the last one again and again.
pub(crate) struct ScriptedModel {
    info: ModelInfo,
    scripts: Vec<Vec<Step>>,
    pub(crate) asked: Mutex<Vec<GenerateRequest>>,
    /// Steps taken, over all requests.
    pub(crate) steps: Arc<AtomicUsize>,
    /// Streams that exist.
    pub(crate) running: Arc<AtomicUsize>,
    /// What the store holds when the first request comes.
    store: Option<Arc<MemoryStore>>,
    pub(crate) stored_when_asked: Mutex<Vec<String>>,
}

impl ScriptedModel {
    pub(crate) fn new(id: &str, script: impl IntoIterator<Item = Step>) -> Self {
        let info = ModelInfo {
            id: id.to_owned(),
            provider: "scripted (fake)".to_owned(),
            context_length: 4_096,
            locality: Locality::Local,
            price: Price::default(),
            chat: true,
            tools: true,
            vision: false,
            size_bytes: None,
        };
        Self {
            info,
            scripts: vec![script.into_iter().collect()],
            asked: Mutex::default(),
            steps: Arc::default(),
            running: Arc::default(),
            store: None,
            stored_when_asked: Mutex::default(),
        }
    }

    /// That is so large.
    pub(crate) fn sized(mut self, megabytes: u64) -> Self {
        self.info.size_bytes = Some(megabytes * 1_000_000);
        self
    }

    pub(crate) fn remote(mut self, input_usd: f64, output_usd: f64) -> Self {
        self.info.locality = Locality::Remote;
        self.info.price = Price {
            input_usd,
            output_usd,
        };
        self
    }

    /// What it follows when it is asked once more.
    pub(crate) fn then(mut self, script: impl IntoIterator<Item = Step>) -> Self {
        self.scripts.push(script.into_iter().collect());
        self
    }

    /// That cannot call tools.
    pub(crate) fn without_tools(mut self) -> Self {
        self.info.tools = false;
        self
    }

    pub(crate) fn watching(mut self, store: &Arc<MemoryStore>) -> Self {
        self.store = Some(Arc::clone(store));
        self
    }
}

struct Answer {
    script: VecDeque<Step>,
    cancel: CancellationToken,
    steps: Arc<AtomicUsize>,
    running: Arc<AtomicUsize>,
    /// What is said after a cancellation.
    farewell: Option<VecDeque<GenerateEvent>>,
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.running.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Answer {
    async fn next(&mut self) -> Option<Result<GenerateEvent, ModelError>> {
        loop {
            if let Some(farewell) = &mut self.farewell {
                return farewell.pop_front().map(Ok);
            }
            let step = self.script.pop_front()?;
            self.steps.fetch_add(1, Ordering::SeqCst);
            let wait = match step {
                Step::Say(event) => return Some(Ok(event)),
                Step::Fail(error) => return Some(Err(error)),
                Step::Panic => panic!("a defect of the fake"),
                Step::Deaf => {
                    tokio::time::sleep(Duration::from_hours(1)).await;
                    continue;
                }
                Step::Think(time) => time,
                Step::Hang => Duration::from_hours(1),
            };
            if tokio::time::timeout(wait, self.cancel.cancelled()).await.is_ok() {
                let usage = GenerateEvent::Usage(CUT_USAGE);
                self.farewell = Some([usage, GenerateEvent::Finish(FinishReason::Cancelled)].into());
            }
        }
    }
}

impl LanguageModel for ScriptedModel {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn generate(&self, request: GenerateRequest, cancel: CancellationToken) -> EventStream {
        let asked = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(request);
            asked.len()
        };
        let script = self.scripts[(asked - 1).min(self.scripts.len() - 1)].clone();
        if let Some(store) = &self.store {
            *self.stored_when_asked.lock().unwrap() = store.said();
        }
        self.running.fetch_add(1, Ordering::SeqCst);
        let answer = Answer {
            script: script.into(),
            cancel,
            steps: Arc::clone(&self.steps),
            running: Arc::clone(&self.running),
            farewell: None,
        };
        futures::stream::unfold(answer, |mut answer| async move {
            answer.next().await.map(|event| (event, answer))
        })
        .boxed()
    }
}

/// The models of a test; the first is the default.
pub(crate) struct ScriptedModels(pub(crate) Vec<Arc<ScriptedModel>>);

#[async_trait]
impl Models for ScriptedModels {
    fn list(&self) -> Vec<ModelStatus> {
        let status = |(index, model): (usize, &Arc<ScriptedModel>)| ModelStatus {
            info: model.info.clone(),
            state: ModelState::Ready,
            activity: ModelActivity::default(),
            default: index == 0,
        };
        self.0.iter().enumerate().map(status).collect()
    }

    fn get(&self, id: Option<&str>) -> Result<Arc<dyn LanguageModel>, ModelError> {
        let found = match id {
            Some(id) => self.0.iter().find(|model| model.info.id == id),
            None => self.0.first(),
        };
        let missing = || match id {
            Some(id) => ModelError::NotFound {
                id: id.to_owned(),
                hint: "pull it".to_owned(),
            },
            None => ModelError::NotReady {
                message: "no model is installed".to_owned(),
                retry_after: Duration::from_secs(1),
            },
        };
        found
            .map(|model| Arc::clone(model) as Arc<dyn LanguageModel>)
            .ok_or_else(missing)
    }

    async fn load(&self, _id: &str) -> Result<(), ModelError> {
        Ok(())
    }

    async fn unload(&self, _id: &str) -> Result<(), ModelError> {
        Ok(())
    }

    fn events(&self) -> BoxStream<'static, ModelEvent> {
        futures::stream::pending().boxed()
    }
}

/// Conversations and ledger in memory.
#[derive(Default)]
pub(crate) struct MemoryStore {
    pub(crate) conversations: Arc<NaiveConversations>,
    /// Each call of `settle`, as it came.
    pub(crate) settled: Mutex<Vec<(LedgerEntry, Vec<NewMessage>)>>,
    pub(crate) refuses_to_settle: AtomicBool,
    pub(crate) panics_when_settling: AtomicBool,
}

impl MemoryStore {
    /// All messages, in the order in which they came.
    pub(crate) fn messages(&self) -> Vec<StoredMessage> {
        self.conversations.all_messages()
    }

    /// All messages as `role: text`.
    pub(crate) fn said(&self) -> Vec<String> {
        let said = |stored: &StoredMessage| {
            let message = &stored.message;
            format!("{}: {}", message.role.as_str(), message.joined_text())
        };
        self.messages().iter().map(said).collect()
    }
}

#[async_trait]
impl Ledger for MemoryStore {
    async fn settle(
        &self,
        entry: LedgerEntry,
        messages: Vec<NewMessage>,
    ) -> Result<Vec<MessageId>, StoreError> {
        assert!(
            !self.panics_when_settling.load(Ordering::SeqCst),
            "a defect of the fake"
        );
        if self.refuses_to_settle.load(Ordering::SeqCst) {
            return Err(StoreError::DiskFull {
                place: "/data".to_owned(),
            });
        }
        let kept = self.conversations.add(messages.clone())?;
        self.settled.lock().unwrap().push((entry, messages));
        Ok(kept)
    }

    async fn summary(&self, _user: Option<&str>, _since: Timestamp) -> Result<LedgerSummary, StoreError> {
        unimplemented!("turns do not read the ledger")
    }

    async fn entries(&self, _user: &str, _page: Page) -> Result<Vec<LedgerEntry>, StoreError> {
        unimplemented!("turns do not read the ledger")
    }
}

/// Stands still at one time.
pub(crate) struct StoppedClock;

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        NOW
    }
}
