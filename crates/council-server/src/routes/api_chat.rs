//! `POST /api/chat`: a prompt within a conversation.

use super::branch::as_set;
use super::conversations::fresh_conversation;
use super::hybrid::{detached, stream_frames, turn};
use crate::access::Caller;
use crate::api::error::ErrorBody;
use crate::api::original::answer::ChatAnswer;
use crate::api::original::frames::Frame;
use crate::api::original::prompt::PromptRequest;
use crate::error::ApiError;
use crate::extract::{Flags, JsonBody, Peer, RequestId};
use crate::state::App;
use crate::turns;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

/// Continue a conversation
///
/// Without `session_id` a new conversation begins; its id is in the answer.
#[utoipa::path(
    post,
    path = "/api/chat",
    operation_id = "api_chat",
    tag = "original",
    params(Flags),
    request_body = PromptRequest,
    responses(
        (status = 200, description = "The answer; with `stream` as frames like those of `/hybrid`", content(
            (ChatAnswer = "application/json"),
            (Frame = "text/event-stream"),
        )),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn chat(
    State(app): State<App>,
    caller: Caller,
    id: RequestId,
    Peer(peer): Peer,
    flags: Flags,
    JsonBody(request): JsonBody<PromptRequest>,
) -> Result<Response, ApiError> {
    let mut order = as_set(&app, &caller, request).await?.order(&caller.user, &peer)?;
    let stream = flags.stream.unwrap_or(false) || order.stream;
    if order.conversation.is_none() && !order.memory.incognito {
        order.conversation = Some(fresh_conversation(&caller.user)?);
    }
    let session_id = order.conversation.as_ref().map(|id| id.as_str().to_owned());
    let detached = detached(&order, stream)?;
    let turn = turn(&app, &caller, &id, order, "/api/chat", stream).await?;
    if stream {
        return stream_frames(&app, &caller, id, turn, detached).await;
    }
    let answer = turns::collect_one(&app, &caller, turn).await?;
    let now = app.agent.clock().now();
    Ok(Json(ChatAnswer::new(answer, session_id, now, id.as_str())).into_response())
}
