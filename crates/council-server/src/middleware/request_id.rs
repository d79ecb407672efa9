//! Gives every request an id of its own, every response that id, and every failure its body.

use crate::error::ApiError;
use crate::extract::RequestId;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-client-request-id");

/// The ids are always ours, because the ledger needs them unique; a client's own `x-request-id` comes back as
/// `x-client-request-id`.
pub(crate) async fn identify(mut request: Request, next: Next) -> Response {
    let id = RequestId::fresh();
    let theirs = request
        .headers()
        .get(REQUEST_ID)
        .filter(|value| is_sane(value))
        .cloned();
    if let Some(theirs) = &theirs {
        let theirs = theirs.to_str().unwrap_or_default();
        tracing::debug!(
            request_id = id.as_str(),
            theirs,
            "request {} is `{theirs}` to its client",
            id.as_str()
        );
    }
    request.extensions_mut().insert(id.clone());
    // Every log line of the request has its id; at the level of errors, so that no filter takes it away from one.
    let span = tracing::error_span!("request", request_id = id.as_str());
    let mut response = next.run(request).instrument(span).await;
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        response = error.render(response, id.as_str());
    }
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        headers.insert(REQUEST_ID, value);
    }
    if let Some(theirs) = theirs {
        headers.insert(CLIENT_REQUEST_ID, theirs);
    }
    response
}

/// 1 to 128 visible ASCII characters.
fn is_sane(value: &HeaderValue) -> bool {
    let bytes = value.as_bytes();
    (1..=128).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic)
}
