//! `POST /hybrid` and `POST /hybrid/stream`.

use super::branch::as_set;
use super::frames::FrameEncoder;
use super::{attachments, branch, choice, openai_chat};
use crate::access::Caller;
use crate::api::error::ErrorBody;
use crate::api::openai::chat_answer::ChatCompletion;
use crate::api::original::answer::HybridAnswer;
use crate::api::original::frames::Frame;
use crate::api::original::prompt::{HybridRequest, PlaceOrder, PromptOrder};
use crate::api::turn_memory::MemoryOrder;
use crate::error::ApiError;
use crate::extract::{Flags, JsonBody, Peer, RequestId};
use crate::sse::{self, Encode, Frames};
use crate::state::App;
use crate::turns;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use council_agent::{Answerers, Payer, TurnEvent, TurnRequest};
use council_core::{ConversationId, Input, KeyScope, TurnMemory};
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
    caller: Caller,
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
            openai_chat::respond(&app, &caller, id, order, &headers, "/hybrid").await
        }
        HybridRequest::Prompt(request) => {
            let order = as_set(&app, &caller, *request)
                .await?
                .order(&caller.user, &peer)?;
            let stream = stream || order.stream;
            let detached = detached(&order, stream)?;
            let turn = turn(&app, &caller, &id, order, "/hybrid", stream).await?;
            if stream {
                return stream_frames(&app, &caller, id, turn, detached).await;
            }
            let answer = turns::collect_one(&app, &caller, turn).await?;
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
    caller: Caller,
    id: RequestId,
    Peer(peer): Peer,
    headers: HeaderMap,
    JsonBody(request): JsonBody<HybridRequest>,
) -> Result<Response, ApiError> {
    let order = match request {
        HybridRequest::Prompt(request) => as_set(&app, &caller, *request)
            .await?
            .order(&caller.user, &peer)?,
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
                place: PlaceOrder::End,
                history: Vec::new(),
                attachments: Vec::new(),
                memory: MemoryOrder::of_headers(&headers)?,
                tools: order.tools,
                generate: order.generate,
                stream: true,
                detached: false,
            }
        }
    };
    let turn = turn(&app, &caller, &id, order, "/hybrid/stream", true).await?;
    let begun = turns::begin(
        turns::start(&app, &caller, vec![turn]),
        app.limits.first_event_wait,
    )
    .await?;
    Ok(sse::respond(&app, id, begun, PlainEncoder))
}

/// The turn that a prompt asks for.
pub(crate) async fn turn(
    app: &App,
    caller: &Caller,
    id: &RequestId,
    mut order: PromptOrder,
    route: &'static str,
    stream: bool,
) -> Result<TurnRequest, ApiError> {
    if order.memory.asks() {
        caller.needs(KeyScope::Memory)?;
    }
    let position = branch::position(app, &mut order).await?;
    attachments::attach(app, &mut order).await?;
    let session = order.conversation.as_ref().map(ConversationId::as_str);
    // Without a conversation a prompt is a question of its own, unless it says otherwise.
    let usual = session.map_or(TurnMemory::Off, |_| app.turn_memory());
    let memory = order.memory.memory_use(&caller.user, session, usual);
    let scope = order.memory.scope(&caller.user, session);
    let knowledge = (!order.memory.incognito).then(|| scope.clone());
    let tools = order.tools.tool_use(app, caller, scope, app.turn_tools)?;
    Ok(TurnRequest {
        request_id: id.as_str().to_owned(),
        route,
        answerers: choice::answerers(order.model, Answerers::Auto { local_only: false })?,
        voters: Vec::new(),
        whole: !stream,
        user: caller.user.to_string(),
        payer: Payer::default(),
        incognito: order.memory.incognito,
        knowledge,
        without_memories: order.memory.without,
        conversation: order.conversation,
        position,
        history: order.history,
        memory,
        tools,
        programs: true,
        generate: order.generate,
    })
}

/// Whether a turn goes on without its client.
pub(crate) fn detached(order: &PromptOrder, stream: bool) -> Result<bool, ApiError> {
    if order.detached && !stream {
        let message = "`detached` keeps the events of a stream; send `stream` too";
        return Err(ApiError::invalid("detached", message));
    }
    Ok(order.detached)
}

/// Streams a turn in the original frames.
pub(crate) async fn stream_frames(
    app: &App,
    caller: &Caller,
    id: RequestId,
    turn: TurnRequest,
    detached: bool,
) -> Result<Response, ApiError> {
    let encoder = FrameEncoder::new(&turn, detached);
    if detached {
        return Ok(app.detached.begin(app, caller, turn, encoder));
    }
    let begun = turns::begin(turns::start(app, caller, vec![turn]), app.limits.first_event_wait).await?;
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
