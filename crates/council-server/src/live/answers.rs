//! The answers that run now, how fast they come, and the tokens of those that somebody watches.

use super::Live;
use super::frame::Topic;
use council_agent::{TurnEvent, TurnRequest};
use council_core::memory::LOCAL_USER;
use council_core::{Timestamp, TokenLogprob};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;
use utoipa::ToSchema;

/// One answer that runs.
#[derive(Clone, Debug)]
struct Running {
    request_id: String,
    user: String,
    route: &'static str,
    /// Empty before it is decided.
    model: String,
    began_at: Timestamp,
    began: Instant,
    first: Option<Instant>,
    /// So far.
    tokens: u64,
}

/// An answer that runs, as clients see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunningAnswer)]
pub(crate) struct RunningObject {
    pub(crate) request_id: String,
    pub(crate) route: &'static str,
    /// Who answers; empty before it is decided.
    pub(crate) model: String,
    /// In seconds since the Unix epoch.
    pub(crate) started_at: f64,
    /// Tokens so far; pieces of text, where the model does not tell tokens apart.
    pub(crate) tokens: u64,
    /// From the first token until now; null before the second.
    pub(crate) tokens_per_s: Option<f64>,
    /// To the first token, in milliseconds; null before it.
    pub(crate) first_token_ms: Option<f64>,
}

/// Answers by a number of their own: several may belong to one request.
#[derive(Default)]
pub(crate) struct Answers(Mutex<Numbered>);

/// The last number, the answers, and whose there were at the last look.
type Numbered = (u64, BTreeMap<u64, Running>, BTreeSet<String>);

impl Answers {
    fn lock(&self) -> MutexGuard<'_, Numbered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those of a user's that run, oldest first.
    pub(crate) fn running(&self, user: &str) -> Vec<RunningObject> {
        let answers = self.lock();
        let theirs = answers.1.values().filter(|running| running.user == user);
        theirs.map(RunningObject::from).collect()
    }

    /// Whose run, or ran at the last look, so that they learn of the end; and the owner, who is told of nothing too.
    pub(crate) fn users(&self) -> BTreeSet<String> {
        let mut answers = self.lock();
        let now: BTreeSet<String> = answers.1.values().map(|running| running.user.clone()).collect();
        let before = std::mem::replace(&mut answers.2, now.clone());
        now.into_iter()
            .chain(before)
            .chain([LOCAL_USER.to_owned()])
            .collect()
    }
}

/// One answer that runs until this is dropped.
pub(crate) struct AnswerRuns {
    live: Arc<Live>,
    key: u64,
    user: String,
    request_id: String,
    /// Which of several of one request.
    choice: usize,
}

impl AnswerRuns {
    pub(crate) fn begin(live: &Arc<Live>, request: &TurnRequest, choice: usize) -> Self {
        let mut running = live.answers.lock();
        running.0 += 1;
        let key = running.0;
        let answer = Running {
            request_id: request.request_id.clone(),
            user: request.user.clone(),
            route: request.route,
            model: String::new(),
            began_at: live.clock.now(),
            began: Instant::now(),
            first: None,
            tokens: 0,
        };
        running.1.insert(key, answer);
        Self {
            live: Arc::clone(live),
            key,
            user: request.user.clone(),
            request_id: request.request_id.clone(),
            choice,
        }
    }

    /// Notes what an event tells.
    pub(crate) fn note(&self, event: &TurnEvent) {
        match event {
            TurnEvent::Decision { model, .. } => {
                if let Some(running) = self.live.answers.lock().1.get_mut(&self.key) {
                    running.model.clone_from(model);
                }
            }
            TurnEvent::Text { text, logprobs } => self.text(text, logprobs),
            TurnEvent::Recalled { .. }
            | TurnEvent::ToolCall(_)
            | TurnEvent::ToolStarted(_)
            | TurnEvent::ToolFinished { .. }
            | TurnEvent::Vote(_)
            | TurnEvent::Remembered { .. }
            | TurnEvent::Done(_) => {}
        }
    }

    fn text(&self, text: &str, logprobs: &[TokenLogprob]) {
        let new = logprobs.len().max(usize::from(!text.is_empty())) as u64;
        let mut answers = self.live.answers.lock();
        let Some(running) = answers.1.get_mut(&self.key) else {
            return;
        };
        let now = Instant::now();
        let from = running.tokens;
        running.tokens += new;
        running.first.get_or_insert(now);
        let model = running.model.clone();
        drop(answers);
        if self.live.hub.is_watched(&self.request_id) {
            let data = json!({
                "request_id": self.request_id,
                "choice": self.choice,
                "model": model,
                "from": from,
                "tokens": tokens(text, logprobs),
            });
            let at = self.live.clock.now();
            self.live
                .hub
                .publish(Topic::Tokens, at, Some(&self.user), Some(&self.request_id), &data);
        }
    }
}

impl Drop for AnswerRuns {
    fn drop(&mut self) {
        self.live.answers.lock().1.remove(&self.key);
        if self.live.hub.is_watched(&self.request_id) {
            let data = json!({"request_id": self.request_id, "choice": self.choice, "ended": true});
            let at = self.live.clock.now();
            self.live
                .hub
                .publish(Topic::Tokens, at, Some(&self.user), Some(&self.request_id), &data);
        }
    }
}

/// Tokens with their log-probabilities. A model that does not tell them apart gives a piece of text without one.
fn tokens(text: &str, logprobs: &[TokenLogprob]) -> Value {
    if logprobs.is_empty() {
        return json!([{"text": text, "logprob": null, "top": []}]);
    }
    let decode = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    logprobs
        .iter()
        .map(|token| {
            let top = token.top.iter();
            let top: Vec<Value> = top
                .map(|top| json!({"text": decode(&top.bytes), "logprob": top.logprob}))
                .collect();
            json!({"text": decode(&token.bytes), "logprob": token.logprob, "top": top})
        })
        .collect()
}

impl From<&Running> for RunningObject {
    fn from(running: &Running) -> Self {
        let generating = running
            .first
            .filter(|_| running.tokens > 1)
            .map(|first| first.elapsed());
        let seconds = generating
            .map(|time| time.as_secs_f64())
            .filter(|seconds| *seconds > 0.0);
        Self {
            request_id: running.request_id.clone(),
            route: running.route,
            model: running.model.clone(),
            started_at: running.began_at.as_secs_f64(),
            tokens: running.tokens,
            tokens_per_s: seconds.map(|seconds| (running.tokens - 1) as f64 / seconds),
            first_token_ms: running
                .first
                .map(|first| (first - running.began).as_secs_f64() * 1_000.0),
        }
    }
}
