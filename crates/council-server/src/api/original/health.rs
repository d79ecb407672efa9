//! `GET /health`.

use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How the server is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HealthAnswer {
    /// `ok`; `degraded` when a check warns; `no_model` or `unavailable` (with status 503) when it cannot answer.
    pub(crate) status: &'static str,
    /// `council`.
    pub(crate) service: &'static str,
    pub(crate) version: &'static str,
    /// Seconds since the Unix epoch.
    pub(crate) timestamp: f64,
    pub(crate) uptime_seconds: f64,
    /// By name: `model`, `store`, and what the host adds, such as `disk`.
    pub(crate) checks: BTreeMap<String, CheckObject>,
}

/// One check.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckObject {
    /// `ok`, `warning` or `failed`.
    pub(crate) status: &'static str,
    /// What is the case and, where something is wrong, what to do.
    pub(crate) message: String,
    /// What was measured.
    #[serde(flatten)]
    #[schema(additional_properties, value_type = Object)]
    pub(crate) values: Map<String, Value>,
}
