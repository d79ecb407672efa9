//! `POST /v1/chat/completions`.

use super::choice;
use crate::access::Caller;
use crate::api::error::ErrorBody;
use crate::api::openai::chat_answer::{
    ChatChoice, ChatChunkChoice, ChatCompletion, ChatCompletionChunk, ChatDelta, ChatMessage, CouncilObject,
    ToolCallDelta,
};
use crate::api::openai::chat_request::{ChatCompletionRequest, ChatOrder};
use crate::api::openai::finish_reason;
use crate::api::openai::logprobs::ChatLogprobs;
use crate::api::openai::usage::{ChunkUsage, UsageObject};
use crate::api::turn_memory::{MemoryOrder, session_of};
use crate::api::turn_tools::ToolRuns;
use crate::error::ApiError;
use crate::extract::{JsonBody, Peer, RequestId};
use crate::sse::{self, Encode, Frames};
use crate::state::App;
use crate::turns::{self, Answer, MemoryReport};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use council_agent::{Answerers, MemoryUse, Payer, Position, TurnEvent, TurnRequest};
use council_core::{GenerateRequest, KeyScope, TurnMemory, Usage};

/// Answer a conversation
///
/// OpenAI's chat completions, with `top_k`, `min_p`, `repetition_penalty` and `grammar` besides.
#[utoipa::path(
    post,
    path = "/v1/chat/completions",
    tag = "openai",
    request_body = ChatCompletionRequest,
    responses(
        (status = 200, description = "The answer; with `stream` as events that end with `[DONE]`", content(
            (ChatCompletion = "application/json"),
            (ChatCompletionChunk = "text/event-stream"),
        )),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn chat_completions(
    State(app): State<App>,
    caller: Caller,
    id: RequestId,
    Peer(peer): Peer,
    headers: HeaderMap,
    JsonBody(request): JsonBody<ChatCompletionRequest>,
) -> Result<Response, ApiError> {
    respond(
        &app,
        &caller,
        id,
        request.order(&peer)?,
        &headers,
        "/v1/chat/completions",
    )
    .await
}

/// Answers in OpenAI's shape, whatever the route.
pub(crate) async fn respond(
    app: &App,
    caller: &Caller,
    id: RequestId,
    order: ChatOrder,
    headers: &HeaderMap,
    route: &'static str,
) -> Result<Response, ApiError> {
    // Who names one of Council's own models asks for Council, memory included; others say so in a header.
    let is_council = order.model.as_deref().is_some_and(choice::is_virtual);
    let usual = if is_council {
        app.turn_memory()
    } else {
        TurnMemory::Off
    };
    let session = session_of(&order.generate.input);
    let memory_order = MemoryOrder::of_headers(headers)?;
    if memory_order.asks() {
        caller.needs(KeyScope::Memory)?;
    }
    let memory = memory_order.memory_use(&caller.user, session.as_deref(), usual);
    let scope = memory_order.scope(&caller.user, session.as_deref());
    let knowledge = (is_council && !memory_order.incognito).then(|| scope.clone());
    let tools = order
        .tools
        .tool_use(app, caller, scope, is_council && app.turn_tools)?;
    let answerers = choice::answerers(order.model, Answerers::Default)?;
    let mut requests = variants(&id, route, &answerers, &order.generate, order.n);
    for (index, request) in requests.iter_mut().enumerate() {
        request.tools.clone_from(&tools);
        request.programs = is_council && order.n == 1;
        request.whole = !order.stream;
        request.incognito = memory_order.incognito;
        request.knowledge.clone_from(&knowledge);
        // Of several answers to one question the first is remembered.
        request.memory = memory.clone().map(|memory| MemoryUse {
            store: memory.store && index == 0,
            ..memory
        });
    }
    let turns = turns::start(app, caller, requests);
    let completion_id = format!("chatcmpl-{}", id.as_str().trim_start_matches("req_"));
    let created = app.agent.clock().now().as_secs();
    if order.stream {
        let begun = turns::begin(turns, app.limits.first_event_wait).await?;
        let encoder = ChatEncoder {
            request_id: id.as_str().to_owned(),
            id: completion_id,
            created,
            model: String::new(),
            fingerprint: app.fingerprint.clone(),
            include_usage: order.include_usage,
            logprobs: order.logprobs,
            tool_calls: vec![0; order.n],
            usages: vec![Usage::default(); order.n],
            memory: vec![MemoryReport::default(); order.n],
            tool_runs: ToolRuns::default(),
        };
        return Ok(sse::respond(app, id, begun, encoder));
    }
    let mut answers = turns::collect(turns, order.n).await?;
    let usages: Vec<Usage> = answers.iter().map(|answer| answer.summary.usage).collect();
    // Where there are several answers, none ran a tool.
    let council = answers
        .first_mut()
        .and_then(|answer| CouncilObject::new(answer.memory.take(), std::mem::take(&mut answer.tool_runs)));
    let completion = ChatCompletion {
        council,
        id: completion_id,
        object: "chat.completion",
        created,
        model: answers
            .first()
            .map(|answer| answer.summary.model.clone())
            .unwrap_or_default(),
        system_fingerprint: app.fingerprint.clone(),
        choices: answers
            .into_iter()
            .enumerate()
            .map(|(index, a)| choice(index, a, order.logprobs))
            .collect(),
        usage: UsageObject::sum(&usages, order.n),
    };
    Ok(Json(completion).into_response())
}

/// The turns that make `n` answers to one prompt. Each has its own line in the ledger, hence its own id, and its
/// own seed, because equal seeds would give equal answers.
pub(crate) fn variants(
    id: &RequestId,
    route: &'static str,
    answerers: &Answerers,
    generate: &GenerateRequest,
    n: usize,
) -> Vec<TurnRequest> {
    let one = |index: usize| {
        let mut generate = generate.clone();
        generate.sampling.seed = generate.sampling.seed.map(|seed| seed.wrapping_add(index as u64));
        let request_id = if n == 1 {
            id.as_str().to_owned()
        } else {
            format!("{}-{index}", id.as_str())
        };
        TurnRequest {
            request_id,
            route,
            answerers: answerers.clone(),
            voters: Vec::new(),
            whole: false,
            // As the caller who starts it.
            user: String::new(),
            payer: Payer::default(),
            incognito: false,
            knowledge: None,
            without_memories: Vec::new(),
            conversation: None,
            position: Position::End,
            history: Vec::new(),
            memory: None,
            tools: None,
            programs: false,
            generate,
        }
    };
    (0..n).map(one).collect()
}

fn choice(index: usize, answer: Answer, logprobs: bool) -> ChatChoice {
    let silent = answer.text.is_empty() && !answer.tool_calls.is_empty();
    ChatChoice {
        index,
        logprobs: logprobs.then(|| ChatLogprobs::new(&answer.logprobs)),
        finish_reason: finish_reason(answer.summary.finish),
        message: ChatMessage {
            role: "assistant",
            content: (!silent).then_some(answer.text),
            refusal: None,
            tool_calls: answer.tool_calls.into_iter().map(Into::into).collect(),
        },
    }
}

/// Turns as chunks.
struct ChatEncoder {
    request_id: String,
    id: String,
    created: u64,
    model: String,
    fingerprint: String,
    include_usage: bool,
    logprobs: bool,
    /// For each answer the number of tool calls so far.
    tool_calls: Vec<usize>,
    usages: Vec<Usage>,
    /// What each left in the memory, until its last chunk.
    memory: Vec<MemoryReport>,
    /// Of the only answer.
    tool_runs: ToolRuns,
}

impl ChatEncoder {
    fn chunk(&self, choices: Vec<ChatChunkChoice>, usage: ChunkUsage, frames: &mut Frames) {
        self.chunk_with(choices, usage, None, frames);
    }

    fn chunk_with(
        &self,
        choices: Vec<ChatChunkChoice>,
        usage: ChunkUsage,
        council: Option<CouncilObject>,
        frames: &mut Frames,
    ) {
        frames.json(&ChatCompletionChunk {
            id: &self.id,
            object: "chat.completion.chunk",
            created: self.created,
            model: &self.model,
            system_fingerprint: &self.fingerprint,
            choices,
            // With `include_usage` every chunk has the field, and only the last one a value.
            usage: self.include_usage.then_some(usage),
            council,
        });
    }

    /// A chunk without text that tells what Council does.
    fn report(&self, index: usize, council: Option<CouncilObject>, frames: &mut Frames) {
        let choice = ChatChunkChoice {
            index,
            delta: ChatDelta::default(),
            logprobs: None,
            finish_reason: None,
        };
        self.chunk_with(vec![choice], ChunkUsage::Pending, council, frames);
    }

    fn delta(&self, index: usize, delta: ChatDelta, logprobs: Option<ChatLogprobs>, frames: &mut Frames) {
        let choice = ChatChunkChoice {
            index,
            delta,
            logprobs,
            finish_reason: None,
        };
        self.chunk(vec![choice], ChunkUsage::Pending, frames);
    }
}

impl Encode for ChatEncoder {
    fn event(&mut self, index: usize, event: TurnEvent, frames: &mut Frames) {
        match event {
            TurnEvent::Decision { model, .. } => {
                self.model = model;
                let delta = ChatDelta {
                    role: Some("assistant"),
                    content: Some(String::new()),
                    ..ChatDelta::default()
                };
                self.delta(index, delta, None, frames);
            }
            TurnEvent::Text { text, logprobs } => {
                let logprobs = (self.logprobs && !logprobs.is_empty()).then(|| ChatLogprobs::new(&logprobs));
                if !text.is_empty() || logprobs.is_some() {
                    let delta = ChatDelta {
                        content: Some(text),
                        ..ChatDelta::default()
                    };
                    self.delta(index, delta, logprobs, frames);
                }
            }
            TurnEvent::ToolStarted(call) => {
                let run = self.tool_runs.started(call);
                self.report(index, CouncilObject::new(None, vec![run]), frames);
            }
            TurnEvent::ToolFinished {
                ok,
                text,
                data,
                latency,
                ..
            } => {
                let run = self.tool_runs.finished(ok, text, data, latency);
                self.report(index, CouncilObject::new(None, run.into_iter().collect()), frames);
            }
            TurnEvent::Recalled { hits, problem, .. } => {
                let memory = MemoryReport {
                    hits,
                    problems: problem.into_iter().collect(),
                    ..MemoryReport::default()
                };
                self.report(index, CouncilObject::new(Some(memory), Vec::new()), frames);
            }
            TurnEvent::Vote(_) => {}
            TurnEvent::Remembered { ids, problem } => {
                self.memory[index].remembered = ids;
                self.memory[index].problems.extend(problem);
            }
            TurnEvent::ToolCall(call) => {
                let position = self.tool_calls[index];
                self.tool_calls[index] += 1;
                let call = ToolCallDelta {
                    index: position,
                    call: call.into(),
                };
                let delta = ChatDelta {
                    tool_calls: Some([call]),
                    ..ChatDelta::default()
                };
                self.delta(index, delta, None, frames);
            }
            TurnEvent::Done(summary) => {
                self.usages[index] = summary.usage;
                let choice = ChatChunkChoice {
                    index,
                    delta: ChatDelta::default(),
                    logprobs: None,
                    finish_reason: Some(finish_reason(summary.finish)),
                };
                let memory = std::mem::take(&mut self.memory[index]);
                let told = !memory.remembered.is_empty() || !memory.problems.is_empty();
                let council = CouncilObject::new(told.then_some(memory), Vec::new());
                self.chunk_with(vec![choice], ChunkUsage::Pending, council, frames);
            }
        }
    }

    fn failed(&mut self, error: &ApiError, frames: &mut Frames) {
        frames.json(&error.body(&self.request_id));
    }

    fn finished(&mut self, frames: &mut Frames) {
        if self.include_usage {
            let usage = UsageObject::sum(&self.usages, self.usages.len());
            self.chunk(Vec::new(), ChunkUsage::Final(usage), frames);
        }
        frames.text("[DONE]");
    }
}
