//! Fakes of everything below the server.

use async_trait::async_trait;
use council_core::conversation::naive::NaiveConversations;
use council_core::{
    Clock, EventStream, FinishReason, GenerateEvent, GenerateRequest, LanguageModel, Ledger, LedgerEntry,
    LedgerSummary, Locality, MessageId, ModelActivity, ModelError, ModelEvent, ModelInfo, ModelSpend,
    ModelState, ModelStatus, Models, NewMessage, Page, Price, StoreError, Timestamp, TokenLogprob, ToolCall,
    TopLogprob, Usage,
};
use futures::StreamExt;
use futures::stream::BoxStream;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// A clock that stands still.
pub(crate) struct StoppedClock;

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_790_000_000_250)
    }
}

/// One step of a scripted answer.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A token, with its log-probability and one alternative.
    Say(&'static str),
    /// A tool call.
    Call(ToolCall),
    /// Ends with this reason.
    Finish(FinishReason),
    /// Fails.
    Fail(ModelError),
    /// Waits until it is cancelled.
    Hang,
    /// Panics.
    Panic,
}

/// What the scripted model was asked, and what became of it.
#[derive(Default)]
pub(crate) struct Script {
    pub(crate) answers: Mutex<VecDeque<Vec<Step>>>,
    pub(crate) requests: Mutex<Vec<GenerateRequest>>,
    /// Answers that ended or were dropped.
    pub(crate) ended: watch::Sender<usize>,
}

impl Script {
    /// The next answer; further ones follow in order, and `Hello world` when none is left.
    pub(crate) fn answer(&self, steps: impl Into<Vec<Step>>) {
        self.answers.lock().unwrap().push_back(steps.into());
    }

    /// Waits until `count` answers have ended or were dropped.
    pub(crate) async fn ended(&self, count: usize) {
        self.ended
            .subscribe()
            .wait_for(|ended| *ended >= count)
            .await
            .unwrap();
    }
}

/// A model that says what its script says.
pub(crate) struct ScriptedModel {
    info: ModelInfo,
    script: Arc<Script>,
}

/// Counts when its answer is over, however it ends.
struct Ended(Arc<Script>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.ended.send_modify(|ended| *ended += 1);
    }
}

impl LanguageModel for ScriptedModel {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn generate(&self, request: GenerateRequest, cancel: CancellationToken) -> EventStream {
        let top = request.top_logprobs;
        self.script.requests.lock().unwrap().push(request);
        let steps = self.script.answers.lock().unwrap().pop_front();
        let steps = steps.unwrap_or_else(|| vec![Step::Say("Hello"), Step::Say(" world")]);
        let run = Run {
            steps: steps.into(),
            said: 0,
            top,
            cancel,
            last: None,
            _ended: Ended(self.script.clone()),
        };
        futures::stream::unfold(Some(run), |run| async { next(run?).await }).boxed()
    }
}

struct Run {
    steps: VecDeque<Step>,
    said: u32,
    top: u8,
    cancel: CancellationToken,
    /// The finish that follows the usage.
    last: Option<FinishReason>,
    _ended: Ended,
}

type Item = Result<GenerateEvent, ModelError>;

async fn next(mut run: Run) -> Option<(Item, Option<Run>)> {
    if let Some(reason) = run.last {
        return Some((Ok(GenerateEvent::Finish(reason)), None));
    }
    let finish = match run.steps.pop_front() {
        Some(Step::Say(text)) => {
            run.said += 1;
            let event = GenerateEvent::Text {
                text: text.into(),
                logprobs: vec![logprob(text, run.top)],
            };
            return Some((Ok(event), Some(run)));
        }
        Some(Step::Call(call)) => {
            run.said += 1;
            return Some((Ok(GenerateEvent::ToolCall(call)), Some(run)));
        }
        Some(Step::Fail(error)) => return Some((Err(error), None)),
        Some(Step::Panic) => panic!("the script says so"),
        Some(Step::Hang) => {
            run.cancel.cancelled().await;
            FinishReason::Cancelled
        }
        Some(Step::Finish(reason)) => reason,
        None => FinishReason::Stop,
    };
    run.last = Some(finish);
    let usage = Usage {
        input_tokens: 12,
        cached_tokens: 4,
        output_tokens: run.said + 1,
    };
    Some((Ok(GenerateEvent::Usage(usage)), Some(run)))
}

/// One half, and as many alternatives as were asked for.
fn logprob(text: &str, top: u8) -> TokenLogprob {
    let logprob = -std::f32::consts::LN_2;
    let alternatives = [text.as_bytes(), &[0xc3]];
    let alternatives = alternatives.into_iter().take(usize::from(top));
    let top = alternatives
        .map(|bytes| TopLogprob {
            bytes: bytes.to_vec(),
            logprob,
        })
        .collect();
    TokenLogprob {
        bytes: text.as_bytes().to_vec(),
        logprob,
        top,
    }
}

/// The models: `tiny` (local, the default), `far` (remote), both on the same script.
pub(crate) struct FakeModels {
    pub(crate) script: Arc<Script>,
    pub(crate) statuses: Mutex<Vec<ModelStatus>>,
    pub(crate) changes: tokio::sync::broadcast::Sender<ModelEvent>,
}

pub(crate) fn status(id: &str, locality: Locality, default: bool) -> ModelStatus {
    let (provider, price) = match locality {
        Locality::Local => ("scripted (fake)", Price::default()),
        Locality::Remote => (
            "elsewhere",
            Price {
                input_usd: 1.0,
                output_usd: 2.0,
            },
        ),
    };
    ModelStatus {
        info: ModelInfo {
            id: id.into(),
            provider: provider.into(),
            context_length: 4_096,
            locality,
            price,
            chat: true,
            tools: true,
            vision: false,
            size_bytes: None,
        },
        state: ModelState::Ready,
        activity: ModelActivity::default(),
        default,
    }
}

impl FakeModels {
    pub(crate) fn new() -> Self {
        Self {
            script: Arc::default(),
            statuses: Mutex::new(vec![
                status("tiny", Locality::Local, true),
                status("far", Locality::Remote, false),
            ]),
            changes: tokio::sync::broadcast::Sender::new(16),
        }
    }

    fn set(&self, id: &str, state: ModelState) -> Result<(), ModelError> {
        let mut statuses = self.statuses.lock().unwrap();
        let status = statuses
            .iter_mut()
            .find(|status| status.info.id == id)
            .ok_or_else(|| unknown(id))?;
        status.state = state.clone();
        let _ = self.changes.send(ModelEvent { id: id.into(), state });
        Ok(())
    }
}

fn unknown(id: &str) -> ModelError {
    ModelError::NotFound {
        id: id.into(),
        hint: "installed are `tiny` and `far`".into(),
    }
}

#[async_trait]
impl Models for FakeModels {
    fn list(&self) -> Vec<ModelStatus> {
        self.statuses.lock().unwrap().clone()
    }

    fn get(&self, id: Option<&str>) -> Result<Arc<dyn LanguageModel>, ModelError> {
        let statuses = self.statuses.lock().unwrap();
        let found = statuses.iter().find(|status| match id {
            Some(id) => status.info.id == id,
            None => status.default,
        });
        let found = found.ok_or_else(|| match id {
            Some(id) => unknown(id),
            None => ModelError::NotReady {
                message: "no model is installed; run `council pull`".into(),
                retry_after: std::time::Duration::from_secs(30),
            },
        })?;
        Ok(Arc::new(ScriptedModel {
            info: found.info.clone(),
            script: self.script.clone(),
        }))
    }

    async fn load(&self, id: &str) -> Result<(), ModelError> {
        self.set(id, ModelState::Loading { progress: 0.5 })?;
        self.set(id, ModelState::Ready)
    }

    async fn unload(&self, id: &str) -> Result<(), ModelError> {
        self.set(id, ModelState::Unloaded)
    }

    fn events(&self) -> BoxStream<'static, ModelEvent> {
        let changes = self.changes.subscribe();
        futures::stream::unfold(changes, |mut changes| async {
            Some((changes.recv().await.ok()?, changes))
        })
        .boxed()
    }
}

/// Conversations and ledger in memory.
#[derive(Default)]
pub(crate) struct FakeStore {
    /// While these are broken, so is the ledger.
    pub(crate) conversations: Arc<NaiveConversations>,
    pub(crate) entries: Mutex<Vec<LedgerEntry>>,
}

fn cut<T: Clone>(all: impl Iterator<Item = T>, page: Page) -> Vec<T> {
    all.skip(page.offset as usize).take(page.limit as usize).collect()
}

#[async_trait]
impl Ledger for FakeStore {
    async fn settle(
        &self,
        entry: LedgerEntry,
        messages: Vec<NewMessage>,
    ) -> Result<Vec<MessageId>, StoreError> {
        self.conversations.check()?;
        let mut entries = self.entries.lock().unwrap();
        if entries.iter().any(|other| other.request_id == entry.request_id) {
            return Err(StoreError::Failed(format!(
                "`{}` is settled already",
                entry.request_id
            )));
        }
        entries.push(entry);
        self.conversations.add(messages)
    }

    async fn summary(&self, user: Option<&str>, since: Timestamp) -> Result<LedgerSummary, StoreError> {
        self.conversations.check()?;
        let entries = self.entries.lock().unwrap();
        let mut summary = LedgerSummary::default();
        let theirs = |entry: &&LedgerEntry| user.is_none_or(|user| entry.user == user);
        for entry in entries
            .iter()
            .filter(theirs)
            .filter(|entry| entry.started_at >= since)
        {
            summary.requests += 1;
            summary.cost_usd += entry.cost_usd;
            if let Some(spend) = summary
                .by_model
                .iter_mut()
                .find(|spend| spend.model == entry.model)
            {
                spend.requests += 1;
                spend.cost_usd += entry.cost_usd;
            } else {
                let (model, cost_usd) = (entry.model.clone(), entry.cost_usd);
                summary.by_model.push(ModelSpend {
                    model,
                    requests: 1,
                    cost_usd,
                });
            }
        }
        Ok(summary)
    }

    async fn entries(&self, user: &str, page: Page) -> Result<Vec<LedgerEntry>, StoreError> {
        self.conversations.check()?;
        let entries = self.entries.lock().unwrap();
        let theirs = entries.iter().rev().filter(|entry| entry.user == user);
        Ok(cut(theirs.cloned(), page))
    }
}

/// A clock that is moved by hand.
#[derive(Default)]
pub(crate) struct HandClock(std::sync::atomic::AtomicU64);

impl HandClock {
    /// It is so many milliseconds after the epoch from now on.
    pub(crate) fn set(&self, millis: u64) {
        self.0.store(millis, std::sync::atomic::Ordering::Relaxed);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(std::sync::atomic::Ordering::Relaxed))
    }
}
