//! `/v1/sessions`: the sessions that browsers have open, and their ends.

use crate::access::{Access, session_cookie};
use crate::api::access::{SessionList, SessionObject};
use crate::api::error::ErrorBody;
use crate::error::ApiError;
use crate::extract::{Admin, IdPath};
use crate::state::App;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;

/// List the open sessions
///
/// Of all users: which key opened each, when, and until when it lasts.
#[utoipa::path(
    get,
    path = "/v1/sessions",
    operation_id = "list_sessions",
    tag = "admin",
    responses(
        (status = 200, description = "The sessions", body = SessionList),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    _: Admin,
    headers: HeaderMap,
) -> Result<Json<SessionList>, ApiError> {
    app.access.read_again().await?;
    let asking = session_cookie(&headers).map(Access::session_of);
    let sessions = app.access.sessions();
    let sessions = sessions.iter();
    Ok(Json(SessionList {
        object: "list",
        data: sessions
            .map(|(session, key)| SessionObject::new(session, key, asking.as_deref()))
            .collect(),
    }))
}

/// End a session
///
/// From the next request on; the key that opened it stays.
#[utoipa::path(
    delete,
    path = "/v1/sessions/{id}",
    operation_id = "end_session",
    tag = "admin",
    params(("id" = String, Path, description = "The session's id")),
    responses(
        (status = 200, description = "The session that was ended", body = SessionObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn end(
    State(app): State<App>,
    Admin(by): Admin,
    headers: HeaderMap,
    IdPath(id): IdPath,
) -> Result<Json<SessionObject>, ApiError> {
    let (session, key) = app.access.end_session(&id).await?;
    if let Some(control) = &app.control {
        let what = format!("session.{id}");
        let after = format!("ended, of {} with key {}", key.user, key.id);
        control.settings.note(what, &after, &by).await?;
    }
    let asking = session_cookie(&headers).map(Access::session_of);
    Ok(Json(SessionObject::new(&session, &key, asking.as_deref())))
}
