//! `GET /stats`.

use crate::api::original::stats::StatsAnswer;
use crate::state::App;
use axum::Json;
use axum::extract::State;
use std::time::Duration;

/// What this process has answered
#[utoipa::path(
    get,
    path = "/stats",
    tag = "original",
    responses((status = 200, description = "Counts since the process started", body = StatsAnswer)),
)]
pub(crate) async fn stats(State(app): State<App>) -> Json<StatsAnswer> {
    let counts = app.stats.counts();
    let latency = app.agent.metrics().latency_quantiles();
    let quantile = |value: Duration| (latency.count > 0).then_some(value.as_secs_f64() * 1_000.0);
    let rate = |part: u64, whole: u64| {
        if whole == 0 {
            0.0
        } else {
            part as f64 / whole as f64
        }
    };
    Json(StatsAnswer {
        requests_total: counts.requests,
        requests_success: counts.success,
        requests_cloud_fallback: counts.remote,
        success_rate: rate(counts.success, counts.requests),
        cloud_fallback_rate: rate(counts.remote, counts.success),
        avg_latency_ms: counts.avg_latency_ms,
        p50_latency_ms: quantile(latency.p50),
        p95_latency_ms: quantile(latency.p95),
        p99_latency_ms: quantile(latency.p99),
        in_flight: app.agent.metrics().in_flight(),
        uptime_seconds: app.started.elapsed().as_secs_f64(),
        timestamp: app.agent.clock().now().as_secs_f64(),
    })
}
