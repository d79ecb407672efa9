//! `GET /metrics`.

use crate::api::error::ErrorBody;
use crate::error::ApiError;
use crate::state::App;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use prometheus::TextEncoder;

/// The process's metrics for Prometheus
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "original",
    responses(
        (status = 200, description = "Prometheus text format 0.0.4", content((String = "text/plain; version=0.0.4"))),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn metrics(State(app): State<App>) -> Result<Response, ApiError> {
    app.agent.memories().measure().await?;
    // Those of the machine and of the models follow what was measured last.
    app.monitor.now().await;
    if let Some(sandbox) = &app.sandbox {
        // Its gauges follow who asks.
        sandbox.status().await;
        sandbox.sessions().await;
    }
    let text = TextEncoder::new()
        .encode_to_string(&app.registry.gather())
        .map_err(|error| ApiError::internal(format!("metrics could not be encoded: {error}")))?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}
