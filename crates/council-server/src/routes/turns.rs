//! `/v1/turns`: turns that run.

use crate::access::Caller;
use crate::api::error::ErrorBody;
use crate::api::original::frames::Frame;
use crate::api::turns::{StoppedObject, TurnList};
use crate::error::{ApiError, Code};
use crate::extract::{IdPath, QueryOf};
use crate::state::App;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which turns.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TurnsQuery {
    /// Only those of this conversation.
    conversation: Option<String>,
}

/// List the turns that run, and detached ones that ended within the last ten minutes
#[utoipa::path(
    get,
    path = "/v1/turns",
    operation_id = "list_turns",
    tag = "conversations",
    params(TurnsQuery),
    responses(
        (status = 200, description = "The turns", body = TurnList),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    QueryOf(query): QueryOf<TurnsQuery>,
) -> Result<Json<TurnList>, ApiError> {
    let mut data = app.detached.list(&caller.user);
    for turn in app.agent.running() {
        if turn.user == *caller.user && data.iter().all(|known| known.request_id != turn.request_id) {
            data.push(turn.into());
        }
    }
    if query.conversation.is_some() {
        data.retain(|turn| turn.conversation == query.conversation);
    }
    data.sort_by(|a, b| a.started_at.total_cmp(&b.started_at));
    Ok(Json(TurnList { object: "list", data }))
}

/// From where on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventsQuery {
    /// The id of the last event that the client has. The header `Last-Event-ID` is the same, and comes first.
    #[param(minimum = 0)]
    after: Option<u64>,
}

/// The events of a detached turn, again and on
///
/// Frames as those of `/api/chat`, each with its `id`, to the end of the turn. They are kept for ten minutes after it.
#[utoipa::path(
    get,
    path = "/v1/turns/{request_id}/events",
    operation_id = "turn_events",
    tag = "conversations",
    params(("request_id" = String, Path, description = "The request that the turn answers"), EventsQuery),
    responses(
        (status = 200, description = "The events", content((Frame = "text/event-stream"))),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn events(
    State(app): State<App>,
    caller: Caller,
    IdPath(request_id): IdPath,
    headers: HeaderMap,
    QueryOf(query): QueryOf<EventsQuery>,
) -> Result<Response, ApiError> {
    let after = match headers.get("last-event-id") {
        None => query.after.unwrap_or(0),
        Some(value) => {
            let parsed = value.to_str().ok().and_then(|text| text.trim().parse().ok());
            parsed.ok_or_else(|| {
                let message = format!("the header `last-event-id` is {value:?}; send the number of an event");
                ApiError::invalid("last-event-id", message)
            })?
        }
    };
    let after = usize::try_from(after).unwrap_or(usize::MAX);
    let events = app.detached.events(&app, &caller.user, &request_id, after);
    events.ok_or_else(|| {
        let message = format!("the events of turn `{request_id}` are not kept");
        ApiError::new(Code::NotFound, message)
            .with_hint("only those of turns with `detached` are, until ten minutes after their end")
    })
}

/// Stop a turn
///
/// Its model stops within one step, and its stream ends with `"finish": "stopped"`. What was said until then is a message
/// of the conversation.
#[utoipa::path(
    delete,
    path = "/v1/turns/{request_id}",
    operation_id = "stop_turn",
    tag = "conversations",
    params(("request_id" = String, Path, description = "The request that the turn answers")),
    responses(
        (status = 200, description = "It is being stopped", body = StoppedObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn stop(
    State(app): State<App>,
    caller: Caller,
    IdPath(request_id): IdPath,
) -> Result<Json<StoppedObject>, ApiError> {
    if !app.agent.cancel(&caller.user, &request_id) {
        let message = format!("turn `{request_id}` does not run");
        return Err(ApiError::new(Code::NotFound, message).with_hint("GET /v1/turns lists those that do"));
    }
    Ok(Json(StoppedObject {
        request_id,
        object: "turn.stopped",
        stopped: true,
    }))
}
