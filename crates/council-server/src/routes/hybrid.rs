//! `POST /hybrid` and `POST /hybrid/stream`.

use super::{choice, openai_chat};
use crate::api::error::ErrorBody;
use crate::api::memory::HitObject;
use crate::api::openai::chat_answer::ChatCompletion;
use crate::api::original::answer::{
    CouncilFrame, DoneFrame, FailedFrame, Frame, HybridAnswer, PartialFrame, RecalledFrame, ToolFrame,
    latency_ms,
};
use crate::api::original::prompt::{HybridRequest, PromptOrder};
use crate::api::original::vote::VoteFrame;
use crate::api::turn_memory::MemoryOrder;
use crate::api::turn_tools::ToolRuns;
use crate::error::ApiError;
use crate::extract::{Flags, JsonBody, Peer, RequestId};
use crate::sse::{self, Encode, Frames};
use crate::state::App;
use crate::turns;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use council_agent::{Answerers, TurnEvent, TurnRequest, TurnSummary};
use council_core::{ConversationId, Input, TurnMemory};
use serde::Serialize;
use utoipa::ToSchema;

/// Answer a prompt
///
/// Takes the original body and OpenAI's, and answers each in its own shape.
#[utoipa::path(
    post,
    path = "/hybrid",
    tag = "original",
    params(Flags),
    request_body = HybridRequest,
    responses(
        (status = 200, description = "The answer; with `stream` as frames, the last of which is `done`", content(
            (HybridBody = "application/json"),
            (Frame = "text/event-stream"),
        )),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn hybrid(
    State(app): State<App>,
    id: RequestId,
    Peer(peer): Peer,
    flags: Flags,
    headers: HeaderMap,
    JsonBody(request): JsonBody<HybridRequest>,
) -> Result<Response, ApiError> {
    let stream = flags.stream.unwrap_or(false);
    match request {
        HybridRequest::OpenAi(request) => {
            let mut order = request.order(&peer)?;
            order.stream |= stream;
            openai_chat::respond(&app, id, order, &headers, "/hybrid").await
        }
        HybridRequest::Prompt(request) => {
            let order = request.order(&peer)?;
            let stream = stream || order.stream;
            let turn = turn(&app, &id, order, "/hybrid", stream)?;
            if stream {
                return stream_frames(&app, id, turn).await;
            }
            let answer = turns::collect_one(&app, turn).await?;
            let now = app.agent.clock().now();
            Ok(Json(HybridAnswer::new(answer, now, id.as_str())).into_response())
        }
    }
}

/// Stream an answer as plain text
///
/// Frames of text, then `[STREAM_COMPLETE]`, or `[STREAM_ERROR: …]` on failure. A frame with a line break is sent as
/// several `data:` lines.
#[utoipa::path(
    post,
    path = "/hybrid/stream",
    tag = "original",
    request_body = HybridRequest,
    responses(
        (status = 200, description = "Frames of text", content((String = "text/event-stream"))),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn hybrid_stream(
    State(app): State<App>,
    id: RequestId,
    Peer(peer): Peer,
    headers: HeaderMap,
    JsonBody(request): JsonBody<HybridRequest>,
) -> Result<Response, ApiError> {
    let order = match request {
        HybridRequest::Prompt(request) => request.order(&peer)?,
        HybridRequest::OpenAi(request) => {
            let order = request.order(&peer)?;
            if order.n > 1 {
                return Err(ApiError::invalid(
                    "n",
                    "`n` must be 1 here: plain text has one answer",
                ));
            }
            if matches!(&order.generate.input, Input::Chat { tools, .. } if !tools.is_empty()) {
                let message = "`tools` are not possible here: plain text cannot carry a call; use /hybrid";
                return Err(ApiError::invalid("tools", message));
            }
            PromptOrder {
                model: order.model,
                conversation: None,
                memory: MemoryOrder::of_headers(&headers)?,
                tools: order.tools,
                generate: order.generate,
                stream: true,
            }
        }
    };
    let turn = turn(&app, &id, order, "/hybrid/stream", true)?;
    let begun = turns::begin(turns::start(&app, vec![turn]), app.limits.first_event_wait).await?;
    Ok(sse::respond(&app, id, begun, PlainEncoder))
}

/// The turn that a prompt asks for.
pub(crate) fn turn(
    app: &App,
    id: &RequestId,
    order: PromptOrder,
    route: &'static str,
    stream: bool,
) -> Result<TurnRequest, ApiError> {
    let session = order.conversation.as_ref().map(ConversationId::as_str);
    // Without a conversation a prompt is a question of its own, unless it says otherwise.
    let usual = session.map_or(TurnMemory::Off, |_| app.turn_memory());
    let memory = order.memory.memory_use(session, usual);
    let scope = order.memory.scope(session);
    let knowledge = (!order.memory.incognito).then(|| scope.clone());
    let tools = order.tools.tool_use(app, scope, app.turn_tools)?;
    Ok(TurnRequest {
        request_id: id.as_str().to_owned(),
        route,
        answerers: choice::answerers(order.model, Answerers::Auto { local_only: false })?,
        voters: Vec::new(),
        whole: !stream,
        payer: String::new(),
        incognito: order.memory.incognito,
        knowledge,
        conversation: order.conversation,
        memory,
        tools,
        programs: true,
        generate: order.generate,
    })
}

/// Streams a turn in the original frames.
pub(crate) async fn stream_frames(app: &App, id: RequestId, turn: TurnRequest) -> Result<Response, ApiError> {
    let encoder = FrameEncoder {
        request_id: id.as_str().to_owned(),
        session_id: turn.conversation.clone(),
        remembered: Vec::new(),
        problems: Vec::new(),
        tool_runs: ToolRuns::default(),
    };
    let begun = turns::begin(turns::start(app, vec![turn]), app.limits.first_event_wait).await?;
    Ok(sse::respond(app, id, begun, encoder))
}

/// What `/hybrid` answers: the shape of the body that was sent.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(
    dead_code,
    reason = "documents the response; the handler sends the variants themselves"
)]
enum HybridBody {
    Original(HybridAnswer),
    OpenAi(ChatCompletion),
}

/// The original frames.
struct FrameEncoder {
    request_id: String,
    session_id: Option<ConversationId>,
    remembered: Vec<String>,
    /// Of the memory.
    problems: Vec<String>,
    tool_runs: ToolRuns,
}

impl FrameEncoder {
    fn done(&self, summary: &TurnSummary, frames: &mut Frames) {
        frames.json(&Frame::Done(DoneFrame {
            text: "",
            done: true,
            model: &summary.model,
            latency_ms: latency_ms(summary),
            skill_type: summary.skill.as_str(),
            confidence: summary.confidence,
            cost_usd: summary.cost_usd,
            usage: summary.usage.into(),
            request_id: &self.request_id,
            session_id: self.session_id.as_ref().map(ConversationId::as_str),
            remembered: self.remembered.clone(),
            memory_problems: self.problems.clone(),
        }));
    }
}

impl Encode for FrameEncoder {
    fn event(&mut self, _: usize, event: TurnEvent, frames: &mut Frames) {
        match event {
            TurnEvent::Text { text, .. } if !text.is_empty() => {
                frames.json(&Frame::Partial(PartialFrame {
                    text: &text,
                    partial: true,
                }));
            }
            TurnEvent::Recalled { hits, problem, .. } => {
                self.problems.extend(problem);
                if !hits.is_empty() {
                    frames.json(&Frame::Recalled(RecalledFrame {
                        text: "",
                        partial: true,
                        memories: hits.into_iter().map(|hit| HitObject::new(hit, false)).collect(),
                    }));
                }
            }
            TurnEvent::Vote(event) => frames.json(&Frame::Vote(CouncilFrame {
                text: "",
                partial: true,
                vote: VoteFrame::new(*event, None, 1, &self.request_id),
            })),
            TurnEvent::Remembered { ids, problem } => {
                self.remembered = ids.into_iter().map(|id| id.0).collect();
                self.problems.extend(problem);
            }
            TurnEvent::ToolStarted(call) => {
                let run = self.tool_runs.started(call);
                frames.json(&Frame::Tool(ToolFrame::new(run)));
            }
            TurnEvent::ToolFinished {
                ok,
                text,
                data,
                latency,
                ..
            } => {
                if let Some(run) = self.tool_runs.finished(ok, text, data, latency) {
                    frames.json(&Frame::Tool(ToolFrame::new(run)));
                }
            }
            // Prompts have no tools of the client's to call.
            TurnEvent::Decision { .. } | TurnEvent::Text { .. } | TurnEvent::ToolCall(_) => {}
            TurnEvent::Done(summary) => self.done(&summary, frames),
        }
    }

    fn failed(&mut self, error: &ApiError, frames: &mut Frames) {
        frames.json(&Frame::Failed(FailedFrame {
            error: &error.message,
            done: true,
            code: error.code.as_str(),
            request_id: &self.request_id,
        }));
    }

    fn finished(&mut self, _: &mut Frames) {}
}

/// Plain text.
struct PlainEncoder;

impl Encode for PlainEncoder {
    fn event(&mut self, _: usize, event: TurnEvent, frames: &mut Frames) {
        match event {
            TurnEvent::Text { text, .. } if !text.is_empty() => frames.text(&text),
            TurnEvent::Decision { .. }
            | TurnEvent::Recalled { .. }
            | TurnEvent::Text { .. }
            | TurnEvent::ToolCall(_)
            | TurnEvent::ToolStarted(_)
            | TurnEvent::ToolFinished { .. }
            | TurnEvent::Vote(_)
            | TurnEvent::Remembered { .. }
            | TurnEvent::Done(_) => {}
        }
    }

    fn failed(&mut self, error: &ApiError, frames: &mut Frames) {
        frames.text(&format!("[STREAM_ERROR: {}]", error.message));
    }

    fn finished(&mut self, frames: &mut Frames) {
        frames.text("[STREAM_COMPLETE]");
    }
}
