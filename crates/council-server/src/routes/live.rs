//! `GET /ws`: what happens now.

use crate::access::Caller;
use crate::api::error::ErrorBody;
use crate::error::{ApiError, Code};
use crate::live::{self, MOST_BYTES};
use crate::serve::Place;
use crate::state::App;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Extension, State};
use axum::response::Response;
use std::sync::Arc;
use std::time::Duration;

/// What a socket sets aside for reading, and gathers before it writes; small, because many are idle.
const BUFFER_BYTES: usize = 4 << 10;

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
    caller: Caller,
    connection: Option<Extension<Arc<Place>>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let upgrade = upgrade.map_err(|_| {
        let message =
            "`/ws` is a WebSocket: connect to it with ws://, as a browser's `new WebSocket(…)` does";
        ApiError::new(Code::InvalidRequest, message)
    })?;
    let live = Arc::clone(app.monitor.live());
    let Ok(place) = Arc::clone(&app.sockets).try_acquire_owned() else {
        let mut error = ApiError::new(
            Code::Busy,
            format!(
                "{} sockets are open, which is the limit; close a page that watches, or raise `limits.sockets`",
                app.limits.sockets
            ),
        );
        error.retry_after = Some(Duration::from_secs(5));
        return Err(error);
    };
    let shutdown = app.shutdown.clone();
    Ok(upgrade
        .max_message_size(MOST_BYTES)
        .max_frame_size(MOST_BYTES)
        // 128 KiB each by default, which an idle socket would keep for nothing.
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .on_upgrade(move |socket| async move {
            let user = Arc::clone(&caller.user);
            live::serve(live, user, socket, shutdown, app.access.ended(&caller)).await;
            // The connection is taken for as long, too.
            drop((place, connection));
        }))
}
