//! How many connections may be open, and what one more is told.

use crate::error::{ApiError, Code};
use crate::middleware::{identify, secure};
use axum::Router;
use axum::http::{HeaderValue, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse as _, Response};
use prometheus::{IntCounter, IntGauge, Registry};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Most connections at once that are told that they get no place; what comes beyond is closed without a word.
const REFUSALS: usize = 64;

/// When a place is likely to be free again: that of a client which leaves.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Counts connections.
#[derive(Clone, Debug)]
pub struct ConnectionMetrics {
    open: IntGauge,
    refused: IntCounter,
}

impl ConnectionMetrics {
    /// Registers the metrics.
    ///
    /// # Errors
    /// When a metric of the same name is registered already.
    pub fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let open = IntGauge::new(
            "council_http_connections",
            "Open connections, WebSockets among them.",
        )?;
        let refused = IntCounter::new(
            "council_http_connections_refused_total",
            "Connections that got no place because as many were open as may.",
        )?;
        registry.register(Box::new(open.clone()))?;
        registry.register(Box::new(refused.clone()))?;
        Ok(Self { open, refused })
    }
}

/// The places that there are.
pub(super) struct Places {
    connections: Arc<Semaphore>,
    refusals: Arc<Semaphore>,
    metrics: Option<ConnectionMetrics>,
}

/// One place; free again when it is dropped.
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
    open: Option<IntGauge>,
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(open) = &self.open {
            open.dec();
        }
    }
}

/// What a new connection gets.
pub(super) enum Taken {
    /// It is served.
    Place(Place),
    /// It is told that there is no place.
    Refusal(Place),
    /// It is closed.
    Nothing,
}

impl Places {
    pub(super) fn new(connections: usize, metrics: Option<ConnectionMetrics>) -> Self {
        Self {
            connections: Arc::new(Semaphore::new(connections.min(Semaphore::MAX_PERMITS))),
            refusals: Arc::new(Semaphore::new(REFUSALS)),
            metrics,
        }
    }

    pub(super) fn take(&self) -> Taken {
        let open = self.metrics.as_ref().map(|metrics| metrics.open.clone());
        if let Ok(permit) = Arc::clone(&self.connections).try_acquire_owned() {
            if let Some(open) = &open {
                open.inc();
            }
            return Taken::Place(Place {
                _permit: permit,
                open,
            });
        }
        if let Some(metrics) = &self.metrics {
            metrics.refused.inc();
        }
        match Arc::clone(&self.refusals).try_acquire_owned() {
            Ok(permit) => Taken::Refusal(Place {
                _permit: permit,
                open: None,
            }),
            Err(_) => Taken::Nothing,
        }
    }
}

/// What answers whoever gets no place: always no, and the connection ends with it.
pub(super) fn full(connections: usize) -> Router {
    let refuse = move || async move {
        let mut error = ApiError::new(
            Code::Overloaded,
            format!(
                "{connections} connections are open, which is the limit; close some, or raise \
                 `limits.connections` and the descriptors that the process may open"
            ),
        );
        error.retry_after = Some(RETRY_AFTER);
        let mut response: Response = error.into_response();
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
    };
    Router::new()
        .fallback(refuse)
        .layer(from_fn(secure))
        .layer(from_fn(identify))
}
