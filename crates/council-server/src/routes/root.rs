//! `/`, `/openapi.json`, the page that stands in for an absent UI, and what answers everything else.

use crate::error::{ApiError, Code};
use crate::state::App;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// What this is and where to go.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RootAnswer {
    name: &'static str,
    version: &'static str,
    links: Links,
}

/// Where to go.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Links {
    chat: &'static str,
    openai: &'static str,
    openapi: &'static str,
    health: &'static str,
    metrics: &'static str,
}

/// What this is
///
/// A browser is sent on to the chat page, where there is one.
#[utoipa::path(
    get,
    path = "/",
    tag = "server",
    responses(
        (status = 200, description = "Name, version and links", body = RootAnswer),
        (status = 307, description = "To `/chat`, for a browser"),
    ),
)]
pub(crate) async fn root(State(app): State<App>, headers: HeaderMap) -> Response {
    let browser = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    let vary = [(header::VARY, "accept")];
    if browser && app.has_ui {
        return (vary, Redirect::temporary("/chat")).into_response();
    }
    let links = Links {
        chat: "/chat",
        openai: "/v1",
        openapi: "/openapi.json",
        health: "/health",
        metrics: "/metrics",
    };
    (
        vary,
        Json(RootAnswer {
            name: "council",
            version: app.version,
            links,
        }),
    )
        .into_response()
}

/// This API's OpenAPI document
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "server",
    responses((status = 200, description = "OpenAPI 3.1", body = Object)),
)]
pub(crate) async fn openapi(State(app): State<App>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], app.openapi.clone()).into_response()
}

/// `/chat` of a server that was built without its UI.
pub(crate) async fn no_ui() -> Response {
    let policy = [(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'",
    )];
    (policy, Html(include_str!("root/no_ui.html"))).into_response()
}

/// A path that no route has.
pub(crate) async fn not_found(method: Method, uri: Uri) -> ApiError {
    ApiError::new(
        Code::NotFound,
        format!("there is no route `{method} {}`", uri.path()),
    )
    .with_hint("GET /openapi.json lists the routes")
}

/// A path that has a route, with a method that it has not.
pub(crate) async fn method_not_allowed(method: Method, uri: Uri) -> ApiError {
    ApiError::new(
        Code::MethodNotAllowed,
        format!("`{}` does not take {method}", uri.path()),
    )
    .with_hint("the header `allow` has the methods that it takes")
}
