//! A request body: bounded in size and time, of a type that can be JSON.

use super::json::FromBody;
use crate::error::{ApiError, Code};
use crate::state::{App, Limits};
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::time::Duration;

/// A JSON body.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: FromBody + Send> FromRequest<App> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        check_content_type(request.headers())?;
        let body = read(request, &app.limits).await?;
        T::from_body(&body).map(Self)
    }
}

/// A body that may be much larger than others, and take longer; a zip archive, too.
pub(crate) struct LargeBody(pub(crate) Bytes);

/// Largest such body.
const LARGE_BYTES: usize = 256 << 20;
/// What browsers call a zip archive; the second is Windows' name.
const ZIP: [&str; 2] = ["application/zip", "application/x-zip-compressed"];
/// How long it may take.
const LARGE_TIME: Duration = Duration::from_mins(10);

impl FromRequest<App> for LargeBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        if !ZIP.contains(&essence(content_type(request.headers())).as_str()) {
            check_content_type(request.headers())?;
        }
        let limits = Limits {
            body_bytes: LARGE_BYTES,
            body_timeout: LARGE_TIME,
            ..app.limits
        };
        read(request, &limits).await.map(Self)
    }
}

/// Accepts JSON, no type, and the two types that clients send without being told to: `curl -d` says
/// `x-www-form-urlencoded`, `fetch` with a string says `text/plain`. A page of another origin that uses those to
/// avoid a preflight is refused by its `Origin`.
pub(super) fn check_content_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let text = content_type(headers);
    let essence = essence(text);
    let known = essence.is_empty()
        || essence.ends_with("/json")
        || essence.ends_with("+json")
        || essence == "text/plain"
        || essence == "application/x-www-form-urlencoded";
    if known {
        return Ok(());
    }
    let message = format!("content type `{text}` is not understood; send `application/json`");
    Err(ApiError::new(Code::UnsupportedMediaType, message))
}

/// What a body says that it is; empty where it says nothing.
fn content_type(headers: &HeaderMap) -> &str {
    headers
        .get(header::CONTENT_TYPE)
        .map_or("", |value| value.to_str().unwrap_or("not ASCII"))
}

/// A type without what follows it, in small letters.
fn essence(content_type: &str) -> String {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

pub(super) async fn read(request: Request, limits: &Limits) -> Result<Bytes, ApiError> {
    let most = limits.body_bytes;
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<u64>().ok());
    // Who asks before sending sends nothing after a refusal, and need not be heard out.
    let asks_first = request.headers().contains_key(header::EXPECT);
    let body = request.into_body();
    if announced.is_some_and(|bytes| bytes > most as u64) {
        if !asks_first {
            // Who sends it slowly is answered all the same.
            let _ = tokio::time::timeout(limits.body_timeout, discard(body, most)).await;
        }
        return Err(too_large(most));
    }
    let reading = async {
        match Limited::new(body, most).collect().await {
            Ok(collected) => Ok(collected.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => Err(too_large(most)),
            Err(error) => Err(ApiError::new(
                Code::InvalidRequest,
                format!("the body could not be read: {error}"),
            )),
        }
    };
    tokio::time::timeout(limits.body_timeout, reading)
        .await
        .unwrap_or_else(|_| {
            let seconds = limits.body_timeout.as_secs();
            Err(ApiError::new(
                Code::RequestTimeout,
                format!("the body did not arrive within {seconds} s"),
            ))
        })
}

/// Reads on for a while without keeping anything: a client that is still sending would see a reset connection
/// instead of the answer.
async fn discard(mut body: Body, limit: usize) {
    let mut left = limit.saturating_mul(4);
    while let Some(Ok(frame)) = body.frame().await {
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        if bytes > left {
            return;
        }
        left -= bytes;
    }
}

fn too_large(most: usize) -> ApiError {
    ApiError::new(
        Code::BodyTooLarge,
        format!("the body is larger than the limit of {most} bytes"),
    )
}
