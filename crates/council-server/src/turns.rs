//! Runs turns, watches them for the statistics, and collects their answers.

use crate::access::Caller;
use crate::api::turn_tools::{ToolRunObject, ToolRuns};
use crate::error::ApiError;
use crate::live::AnswerRuns;
use crate::state::App;
use council_agent::{TurnEvent, TurnRequest, TurnStream, TurnSummary};
use council_core::{FinishReason, MemoryHit, MemoryId, TokenLogprob, ToolCall};
use futures::stream::{BoxStream, Stream, StreamExt};
use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// An event and which of several turns it belongs to.
pub(crate) type TurnItem = (usize, Result<TurnEvent, ApiError>);

/// The events of several turns as they come. Dropping it cancels them all.
pub(crate) type Turns = BoxStream<'static, TurnItem>;

/// Starts a caller's turns side by side. Each ends with `Done` or one error.
pub(crate) fn start(app: &App, caller: &Caller, requests: Vec<TurnRequest>) -> Turns {
    let mut turns: Vec<Turns> = requests
        .into_iter()
        .enumerate()
        .map(|(index, mut request)| {
            app.stats.asked();
            caller.own(app, &mut request);
            request.generate.origin.request_id.clone_from(&request.request_id);
            "turn".clone_into(&mut request.generate.origin.purpose);
            let turn = WatchedTurn {
                app: app.clone(),
                runs: AnswerRuns::begin(app.monitor.live(), &request, index),
                events: Some(app.agent.start(request)),
            };
            turn.map(move |event| (index, event)).boxed()
        })
        .collect();
    // One turn, the usual case, needs no merging.
    match turns.pop() {
        Some(only) if turns.is_empty() => only,
        last => futures::stream::select_all(turns.into_iter().chain(last)).boxed(),
    }
}

/// One turn; notes its end, and makes an error of an end that is none.
struct WatchedTurn {
    app: App,
    runs: AnswerRuns,
    events: Option<TurnStream>,
}

impl Stream for WatchedTurn {
    type Item = Result<TurnEvent, ApiError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(events) = self.events.as_mut() else {
            return Poll::Ready(None);
        };
        let item = match futures::ready!(events.poll_next_unpin(context)) {
            Some(Ok(TurnEvent::Done(summary))) => {
                self.events = None;
                // Stopped by a person, it is an answer as far as it goes; by the stopping server, it is none.
                if summary.finish == FinishReason::Cancelled && self.app.agent.is_stopping() {
                    Err(ApiError::shutting_down())
                } else {
                    let event = TurnEvent::Done(summary);
                    self.app.stats.note(&event);
                    Ok(event)
                }
            }
            Some(Ok(event)) => {
                self.runs.note(&event);
                Ok(event)
            }
            Some(Err(error)) => {
                self.events = None;
                Err(error.into())
            }
            None => {
                self.events = None;
                Err(ApiError::internal("a turn ended without a result"))
            }
        };
        Poll::Ready(Some(item))
    }
}

/// What a turn took from the memory and left there.
#[derive(Clone, Debug, Default)]
pub(crate) struct MemoryReport {
    pub(crate) hits: Vec<MemoryHit>,
    /// The text that quoted them.
    pub(crate) quotes: String,
    pub(crate) remembered: Vec<MemoryId>,
    pub(crate) problems: Vec<String>,
}

/// A whole answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) reason: String,
    pub(crate) omitted_messages: u64,
    pub(crate) text: String,
    pub(crate) logprobs: Vec<TokenLogprob>,
    pub(crate) tool_calls: Vec<ToolCall>,
    /// Tools of Council's own that were run for it.
    pub(crate) tool_runs: Vec<ToolRunObject>,
    /// `None` when the turn did not use the memory.
    pub(crate) memory: Option<MemoryReport>,
    pub(crate) summary: TurnSummary,
}

#[derive(Default)]
struct Draft {
    reason: String,
    omitted_messages: u64,
    text: String,
    logprobs: Vec<TokenLogprob>,
    tool_calls: Vec<ToolCall>,
    tool_runs: ToolRuns,
    memory: Option<MemoryReport>,
    summary: Option<TurnSummary>,
}

/// Waits for all turns; the first failure cancels the others.
pub(crate) async fn collect(mut turns: Turns, count: usize) -> Result<Vec<Answer>, ApiError> {
    let mut drafts: Vec<Draft> = (0..count).map(|_| Draft::default()).collect();
    while let Some((index, event)) = turns.next().await {
        let event = event?;
        let Some(draft) = drafts.get_mut(index) else {
            continue;
        };
        match event {
            TurnEvent::Decision {
                reason,
                omitted_messages,
                ..
            } => {
                draft.reason = reason;
                draft.omitted_messages = omitted_messages;
            }
            TurnEvent::Recalled {
                hits,
                quotes,
                problem,
                ..
            } => {
                let memory = draft.memory.get_or_insert_default();
                (memory.hits, memory.quotes) = (hits, quotes);
                memory.problems.extend(problem);
            }
            TurnEvent::Vote(_) => {}
            TurnEvent::Remembered { ids, problem } => {
                let memory = draft.memory.get_or_insert_default();
                memory.remembered = ids;
                memory.problems.extend(problem);
            }
            TurnEvent::Text { text, logprobs } => {
                draft.text.push_str(&text);
                draft.logprobs.extend(logprobs);
            }
            TurnEvent::ToolCall(call) => draft.tool_calls.push(call),
            TurnEvent::ToolStarted(call) => {
                draft.tool_runs.started(call);
            }
            TurnEvent::ToolFinished {
                ok,
                text,
                data,
                latency,
                ..
            } => {
                draft.tool_runs.finished(ok, text, data, latency);
            }
            TurnEvent::Done(summary) => draft.summary = Some(summary),
        }
    }
    drafts.into_iter().map(finish).collect()
}

fn finish(draft: Draft) -> Result<Answer, ApiError> {
    let summary = draft
        .summary
        .ok_or_else(|| ApiError::internal("a turn ended without a summary"))?;
    Ok(Answer {
        reason: draft.reason,
        omitted_messages: draft.omitted_messages,
        text: draft.text,
        logprobs: draft.logprobs,
        tool_calls: draft.tool_calls,
        tool_runs: draft.tool_runs.0,
        memory: draft.memory,
        summary,
    })
}

/// Waits for one turn.
pub(crate) async fn collect_one(
    app: &App,
    caller: &Caller,
    request: TurnRequest,
) -> Result<Answer, ApiError> {
    let mut answers = collect(start(app, caller, vec![request]), 1).await?;
    answers
        .pop()
        .ok_or_else(|| ApiError::internal("a turn gave no answer"))
}

/// Turns whose first events are known.
pub(crate) struct Begun {
    pub(crate) first: VecDeque<TurnItem>,
    pub(crate) rest: Turns,
}

/// Waits for the first token, so that what fails before it (an unknown model, a full queue, a prompt that is too
/// long) still gets its HTTP status. After `wait` the stream begins regardless, and keep-alives flow.
pub(crate) async fn begin(mut turns: Turns, wait: Duration) -> Result<Begun, ApiError> {
    let mut first = VecDeque::new();
    let deadline = tokio::time::Instant::now() + wait;
    while let Ok(Some((index, event))) = tokio::time::timeout_at(deadline, turns.next()).await {
        let event = event?;
        let begun = !matches!(event, TurnEvent::Decision { .. } | TurnEvent::Recalled { .. });
        first.push_back((index, Ok(event)));
        if begun {
            break;
        }
    }
    Ok(Begun { first, rest: turns })
}
