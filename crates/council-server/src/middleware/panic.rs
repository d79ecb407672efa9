//! A panic in a handler becomes a 500 of that request alone.

use crate::error::ApiError;
use axum::response::{IntoResponse, Response};
use std::any::Any;

/// The response to a request whose handler panicked.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that `CatchPanicLayer` wants"
)]
pub(crate) fn panic_to_response(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    ApiError::internal(format!("a handler panicked: {text}")).into_response()
}
