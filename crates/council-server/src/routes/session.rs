//! `/v1/session`: whom a browser's requests come from. A session is opened with a key, which the page then need not keep.

use crate::access::{COOKIE, Caller, Place, session_cookie};
use crate::api::access::{SessionFields, WhoObject};
use crate::api::error::ErrorBody;
use crate::error::ApiError;
use crate::extract::JsonBody;
use crate::state::App;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, ORIGIN, SET_COOKIE};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use std::time::Duration;

/// Look whom requests come from
///
/// Answers everybody: a client learns from it whether it needs a key.
#[utoipa::path(
    get,
    path = "/v1/session",
    operation_id = "who_am_i",
    tag = "session",
    responses(
        (status = 200, description = "Who it is, where that is known", body = WhoObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn look(
    State(app): State<App>,
    Extension(place): Extension<Place>,
    caller: Option<Caller>,
) -> Response {
    told(&app, place, caller.as_ref(), None)
}

/// Open a session
///
/// With a key; the session has its user and its scopes, ends with it or after 30 days, and is in a cookie that scripts cannot
/// read and that is sent from this server's own pages only.
#[utoipa::path(
    post,
    path = "/v1/session",
    operation_id = "open_session",
    tag = "session",
    request_body = SessionFields,
    responses(
        (status = 200, description = "Who it is", body = WhoObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn open(
    State(app): State<App>,
    Extension(place): Extension<Place>,
    headers: HeaderMap,
    JsonBody(fields): JsonBody<SessionFields>,
) -> Result<Response, ApiError> {
    let opened = app.access.open_session(fields.key.trim(), place).await?;
    let cookie = cookie(&opened.token, opened.lasts, &headers);
    Ok(told(&app, place, Some(&opened.caller), Some(cookie)))
}

/// End a session
#[utoipa::path(
    delete,
    path = "/v1/session",
    operation_id = "close_session",
    tag = "session",
    responses(
        (status = 200, description = "Who it is without the session", body = WhoObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn close(
    State(app): State<App>,
    Extension(place): Extension<Place>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if let Some(token) = session_cookie(&headers) {
        app.access.close_session(token).await?;
    }
    let mut without = headers.clone();
    without.remove(axum::http::header::COOKIE);
    let caller = app.access.identify(place, &without).await?;
    Ok(told(
        &app,
        place,
        caller.as_ref(),
        Some(cookie("", Duration::ZERO, &headers)),
    ))
}

fn told(app: &App, place: Place, caller: Option<&Caller>, cookie: Option<String>) -> Response {
    let who = WhoObject::new(caller, app.access.wants_key(place));
    let mut response = ([(CACHE_CONTROL, "no-store")], Json(who)).into_response();
    if let Some(value) = cookie.and_then(|cookie| cookie.try_into().ok()) {
        response.headers_mut().insert(SET_COOKIE, value);
    }
    response
}

/// A cookie of this server's own pages. Sent back over HTTPS only where the page came by it.
fn cookie(token: &str, lasts: Duration, headers: &HeaderMap) -> String {
    let says = |name: &str, what: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.is_some_and(|value| value.starts_with(what))
    };
    let secure = if says(ORIGIN.as_str(), "https://") || says("x-forwarded-proto", "https") {
        "; Secure"
    } else {
        ""
    };
    let seconds = lasts.as_secs();
    format!("{COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}
