//! `GET /ws`: what happens now.

use crate::api::error::ErrorBody;
use crate::error::{ApiError, Code};
use crate::live::{self, MOST_BYTES, MOST_SOCKETS};
use crate::state::App;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::response::Response;
use std::sync::Arc;
use std::time::Duration;

/// Watch what happens
///
/// A WebSocket with topics. The client sends objects such as `{"subscribe": ["metrics", "routes", "tokens", "events"]}`,
/// `{"watch": "all"}` (tokens with their log-probabilities) and `{"ping": 1}`; each frame is
/// `{"topic", "seq", "at", "data"}`: `docs/monitoring.md`.
#[utoipa::path(
    get,
    path = "/ws",
    operation_id = "live",
    tag = "monitor",
    responses(
        (status = 101, description = "The connection is a WebSocket from here on"),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn socket(
    State(app): State<App>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let upgrade = upgrade.map_err(|_| {
        let message =
            "`/ws` is a WebSocket: connect to it with ws://, as a browser's `new WebSocket(…)` does";
        ApiError::new(Code::InvalidRequest, message)
    })?;
    let live = Arc::clone(app.monitor.live());
    let Ok(place) = Arc::clone(&live.places).try_acquire_owned() else {
        let mut error = ApiError::new(
            Code::Busy,
            format!("{MOST_SOCKETS} sockets are open, which is the limit; close a page that watches"),
        );
        error.retry_after = Some(Duration::from_secs(5));
        return Err(error);
    };
    let shutdown = app.shutdown.clone();
    Ok(upgrade
        .max_message_size(MOST_BYTES)
        .max_frame_size(MOST_BYTES)
        .on_upgrade(move |socket| async move {
            live::serve(live, socket, shutdown).await;
            drop(place);
        }))
}
