//! `GET /healthz` and `GET /readyz`.

use serde::Serialize;
use utoipa::ToSchema;

/// The process runs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AliveAnswer {
    /// `alive`.
    pub(crate) status: &'static str,
    pub(crate) version: &'static str,
    pub(crate) uptime_seconds: f64,
}

/// Whether requests should be sent here.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReadyAnswer {
    /// `ready`; with status 503 `starting` while the default model is loaded for the first time, `stopping` after
    /// the signal to stop, or `unavailable`.
    pub(crate) status: &'static str,
    /// What stands in the way and what to do; empty when ready.
    pub(crate) reasons: Vec<ReadyReason>,
    /// The default model; null where none is installed.
    pub(crate) model: Option<ReadyModel>,
    pub(crate) uptime_seconds: f64,
}

/// One thing that stands in the way.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReadyReason {
    /// `model`, `store`, `server`, or what the host checks, such as `disk`.
    pub(crate) name: &'static str,
    pub(crate) message: String,
}

/// The model that answers requests which name none.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReadyModel {
    pub(crate) id: String,
    /// `unloaded`, `loading`, `ready` or `failed`.
    pub(crate) state: &'static str,
    /// How far it is loaded, in percent, 0 to 100; null when it is not being loaded.
    pub(crate) load_percent: Option<f32>,
}
