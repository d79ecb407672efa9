//! HTTP metrics, labelled by route template so that their number stays bounded.

use crate::error::Code;
use crate::extract::RequestId;
use crate::state::App;
use axum::body::{Body, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::BodyExt;
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry};
use std::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

/// Counters of requests and their time to response headers.
pub(crate) struct HttpMetrics {
    requests: IntCounterVec,
    seconds: HistogramVec,
    in_flight: IntGauge,
    refused: IntCounterVec,
}

impl HttpMetrics {
    /// Counts a request that was not let in.
    pub(crate) fn refused(&self, code: Code) {
        self.refused.with_label_values(&[code.as_str()]).inc();
    }

    /// Registers the metrics.
    ///
    /// # Errors
    /// When a metric of the same name is registered already.
    pub(crate) fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let requests = IntCounterVec::new(
            Opts::new(
                "council_http_requests_total",
                "HTTP requests that were answered, by method (seven, or `other`), route template (`unmatched` where none \
                 fits) and status.",
            ),
            &["method", "route", "status"],
        )?;
        let seconds = HistogramVec::new(
            HistogramOpts::new(
                "council_http_request_seconds",
                "Time to the response headers, by route template; of a stream, to its first token.",
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
        // The one route that whoever reads metrics asks for in any case.
        let _ = requests.with_label_values(&["GET", "/metrics", "200"]);
        let _ = seconds.with_label_values(&["/metrics"]);
        let refused = IntCounterVec::new(
            Opts::new(
                "council_http_refused_total",
                "Requests that were not let in, by the code of the refusal: `unauthorized`, `forbidden`, `rate_limited`.",
            ),
            &["code"],
        )?;
        for code in ["unauthorized", "forbidden", "rate_limited"] {
            let _ = refused.with_label_values(&[code]);
        }
        registry.register(Box::new(refused.clone()))?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(seconds.clone()))?;
        registry.register(Box::new(in_flight.clone()))?;
        Ok(Self {
            requests,
            seconds,
            in_flight,
            refused,
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
    let span = span(&method, route.as_ref(), id.as_ref());
    let response = next.run(request).instrument(span.clone()).await;
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
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
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
            let _held = (&in_flight, &span);
            frame
        }))
    })
}

/// The span of a request, from its head to the end of its answer. Its path may name somebody's conversation, the route does not.
fn span(method: &Method, route: Option<&MatchedPath>, id: Option<&RequestId>) -> Span {
    let (method, route) = (
        method_label(method),
        route.map_or("unmatched", MatchedPath::as_str),
    );
    // Asked every few seconds by whoever watches.
    if matches!(route, "/health" | "/metrics") {
        return Span::none();
    }
    tracing::info_span!(
        target: council_core::TRACE,
        "http",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        council.request_id = id.map(RequestId::as_str),
    )
}

/// Clients can invent methods; metrics must not grow with them.
fn method_label(method: &Method) -> &str {
    match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known,
        _ => "other",
    }
}
