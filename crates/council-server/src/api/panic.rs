//! The panic switch.

use serde::Serialize;
use utoipa::ToSchema;

/// Whether everything was stopped, and how it stands now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PanicObject {
    /// Whether it was, and nobody has switched local-only mode since.
    pub(crate) active: bool,
    /// When it was last, in seconds since the Unix epoch; null: never.
    pub(crate) at: Option<f64>,
    /// By whom: the peer's address.
    pub(crate) by: Option<String>,
    /// Whether models on other machines may be asked.
    pub(crate) cloud_enabled: bool,
    /// Whether every connection to another machine is refused.
    pub(crate) local_only: bool,
    /// Turns that run now.
    pub(crate) running_turns: u64,
    /// Turns that this request stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stopped_turns: Option<u64>,
}
