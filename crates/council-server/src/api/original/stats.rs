//! `GET /stats`.

use serde::Serialize;
use utoipa::ToSchema;

/// What this process has answered over HTTP since it started.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatsAnswer {
    /// Turns asked for.
    pub(crate) requests_total: u64,
    /// Turns answered to the end.
    pub(crate) requests_success: u64,
    /// Turns that a remote model answered.
    pub(crate) requests_cloud_fallback: u64,
    /// Of the turns asked for, from 0 to 1; 0 before the first.
    pub(crate) success_rate: f64,
    /// Of the turns answered, from 0 to 1; 0 before the first.
    pub(crate) cloud_fallback_rate: f64,
    /// Of turns answered to the end; 0 before the first.
    pub(crate) avg_latency_ms: f64,
    /// Median latency of the last 1,024 turns answered to the end; null before the first.
    pub(crate) p50_latency_ms: Option<f64>,
    pub(crate) p95_latency_ms: Option<f64>,
    pub(crate) p99_latency_ms: Option<f64>,
    /// Turns that run now.
    pub(crate) in_flight: u64,
    pub(crate) uptime_seconds: f64,
    /// Seconds since the Unix epoch.
    pub(crate) timestamp: f64,
}
