//! One call of a model within a vote: paid for, within its time, and told while it runs.

use super::event::VoteEvent;
use super::outcome::{FailureKind, ModelUsage, VoiceFailure};
use super::spend::Purse;
use crate::confidence::Confidence;
use council_core::{
    EventStream, FinishReason, GenerateEvent, GenerateRequest, LanguageModel, ModelError, Usage,
};
use futures::StreamExt as _;
use std::time::Duration;
use tokio::sync::mpsc::Sender;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

/// How long a model that was cut off may take to say what it used. Engines stop within one step.
const WIND_DOWN: Duration = Duration::from_secs(5);

/// What all calls of a vote share.
#[derive(Clone, Copy)]
pub(super) struct Floor<'a> {
    pub(super) purse: &'a Purse<'a>,
    pub(super) events: &'a Sender<VoteEvent>,
    pub(super) cancel: &'a CancellationToken,
    /// When the vote must end.
    pub(super) end: Instant,
    /// Longest time for one call.
    pub(super) limit: Duration,
}

impl Floor<'_> {
    /// Tells it. Whoever does not listen any more misses it.
    pub(super) async fn tell(&self, event: VoteEvent) {
        let _ = self.events.send(event).await;
    }

    /// Whether there is time to ask anybody else.
    pub(super) fn has_time(&self) -> bool {
        Instant::now() < self.end && !self.cancel.is_cancelled()
    }
}

/// What a model said.
pub(super) struct Spoken {
    pub(super) text: String,
    pub(super) confidence: Confidence,
    pub(super) used: ModelUsage,
    /// From the call to its end.
    pub(super) latency: Duration,
    pub(super) failure: Option<VoiceFailure>,
}

/// Asks a model and waits until it has answered, its time is up, or the vote is cancelled. Whatever happens, what was
/// reserved is settled.
pub(super) async fn speak(
    floor: Floor<'_>,
    model: &dyn LanguageModel,
    request: GenerateRequest,
    told: impl Fn(String) -> Option<VoteEvent> + Send,
) -> Spoken {
    let began = Instant::now();
    let info = model.info();
    let mut spoken = Spoken {
        text: String::new(),
        confidence: Confidence::default(),
        used: ModelUsage {
            model: info.id.clone(),
            locality: info.locality,
            calls: 0,
            usage: Usage::default(),
            cost_usd: 0.0,
        },
        latency: Duration::ZERO,
        failure: None,
    };
    let share = match floor.purse.reserve(info, &request).await {
        Ok(share) => share,
        Err(reason) => {
            spoken.failure = Some(VoiceFailure {
                kind: FailureKind::Refused,
                reason,
            });
            return spoken;
        }
    };
    spoken.used.calls = 1;
    let deadline = floor.end.min(began + floor.limit);
    let token = floor.cancel.child_token();
    let mut events = model.generate(request, token.clone());
    let mut usage = None;
    let ended = tokio::select! {
        biased;
        () = floor.cancel.cancelled() => Err(cut(FailureKind::Cancelled, "the vote was cancelled")),
        () = sleep_until(deadline) => {
            let seconds = deadline.saturating_duration_since(began).as_secs_f64();
            Err(cut(FailureKind::Late, &format!("it had not answered after {seconds:.1} s")))
        }
        ended = listen(&mut events, &mut spoken, &mut usage, floor.events, &told) => ended,
    };
    if let Err(failure) = ended {
        if matches!(failure.kind, FailureKind::Cancelled | FailureKind::Late) {
            token.cancel();
            // What it says to the end is not an answer any more.
            let _ = timeout(WIND_DOWN, drain(&mut events, &mut spoken, &mut usage)).await;
        }
        spoken.failure = Some(failure);
    } else if words(&spoken.text).is_empty() {
        spoken.failure = Some(cut(FailureKind::Empty, "it said nothing"));
    }
    drop(events);
    let counted = Usage {
        output_tokens: spoken.confidence.tokens(),
        ..Usage::default()
    };
    spoken.used.usage = usage.unwrap_or(counted);
    spoken.used.cost_usd = floor.purse.settle(share, info, usage).await;
    spoken.latency = began.elapsed();
    spoken
}

/// A reply without what a model thought aloud before it.
pub(super) fn words(reply: &str) -> &str {
    let reply = reply.trim();
    match reply.rsplit_once("</think>") {
        Some((_, words)) => words.trim(),
        // It never came to the answer.
        None if reply.starts_with("<think>") => "",
        None => reply,
    }
}

fn cut(kind: FailureKind, reason: &str) -> VoiceFailure {
    VoiceFailure {
        kind,
        reason: reason.to_owned(),
    }
}

async fn listen(
    events: &mut EventStream,
    spoken: &mut Spoken,
    usage: &mut Option<Usage>,
    to: &Sender<VoteEvent>,
    told: &(impl Fn(String) -> Option<VoteEvent> + Send),
) -> Result<(), VoiceFailure> {
    let failed = |error: ModelError| cut(FailureKind::Failed, &error.to_string());
    while let Some(event) = events.next().await {
        match event.map_err(failed)? {
            GenerateEvent::Text { text, logprobs } => {
                spoken.confidence.add(&logprobs);
                spoken.text.push_str(&text);
                if let Some(event) = Some(text).filter(|text| !text.is_empty()).and_then(told) {
                    let _ = to.send(event).await;
                }
            }
            // No tools were offered.
            GenerateEvent::ToolCall(_) => {}
            GenerateEvent::Usage(used) => *usage = Some(used),
            GenerateEvent::Finish(FinishReason::Cancelled) => {
                return Err(cut(FailureKind::Failed, "its model was stopped"));
            }
            GenerateEvent::Finish(FinishReason::Stop | FinishReason::Length | FinishReason::ToolCalls) => {
                return Ok(());
            }
        }
    }
    Err(cut(FailureKind::Failed, "its model ended without a reason"))
}

/// Counts what comes after the model was told to stop.
async fn drain(events: &mut EventStream, spoken: &mut Spoken, usage: &mut Option<Usage>) {
    while let Some(Ok(event)) = events.next().await {
        match event {
            GenerateEvent::Text { logprobs, .. } => spoken.confidence.add(&logprobs),
            GenerateEvent::Usage(used) => *usage = Some(used),
            GenerateEvent::ToolCall(_) => {}
            GenerateEvent::Finish(_) => return,
        }
    }
}
