//! HTTP metrics, labelled by route template so that their number stays bounded.

use crate::extract::RequestId;
use crate::state::App;
use axum::body::{Body, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::BodyExt;
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry};
use std::time::Instant;

/// Counters of requests and their time to response headers.
pub(crate) struct HttpMetrics {
    requests: IntCounterVec,
    seconds: HistogramVec,
    in_flight: IntGauge,
}

impl HttpMetrics {
    /// Registers the metrics.
    ///
    /// # Errors
    /// When a metric of the same name is registered already.
    pub(crate) fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let requests = IntCounterVec::new(
            Opts::new(
                "council_http_requests_total",
                "HTTP requests by method, route template and status.",
            ),
            &["method", "route", "status"],
        )?;
        let seconds = HistogramVec::new(
            HistogramOpts::new(
                "council_http_request_seconds",
                "Time to response headers by route template.",
            )
            .buckets(vec![
                0.000_5, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
            ]),
            &["route"],
        )?;
        let in_flight = IntGauge::new(
            "council_http_in_flight",
            "HTTP requests whose response is not finished.",
        )?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(seconds.clone()))?;
        registry.register(Box::new(in_flight.clone()))?;
        Ok(Self {
            requests,
            seconds,
            in_flight,
        })
    }
}

/// Counts down when a response is finished or given up.
struct InFlight(IntGauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Measures one request.
pub(crate) async fn measure(State(app): State<App>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    app.http.in_flight.inc();
    let in_flight = InFlight(app.http.in_flight.clone());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let id = request.extensions().get::<RequestId>().cloned();
    let response = next.run(request).await;
    let route = route.as_ref().map_or("unmatched", MatchedPath::as_str);
    let status = response.status();
    app.http
        .requests
        .with_label_values(&[method_label(&method), route, status.as_str()])
        .inc();
    app.http
        .seconds
        .with_label_values(&[route])
        .observe(started.elapsed().as_secs_f64());
    tracing::debug!(
        request_id = id.as_ref().map_or("", RequestId::as_str),
        "{method} {route} is answered with {status} after {:?}",
        started.elapsed()
    );
    // Whole bodies are as good as sent, and wrapping them would lose their `content-length`.
    if response.size_hint().exact().is_some() {
        return response;
    }
    response.map(|body| {
        Body::new(body.map_frame(move |frame| {
            let _held = &in_flight;
            frame
        }))
    })
}

/// Clients can invent methods; metrics must not grow with them.
fn method_label(method: &axum::http::Method) -> &str {
    match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known,
        _ => "other",
    }
}
