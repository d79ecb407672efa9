//! The sandbox: behind its checks and its meter, as configured.

use super::StartError;
use crate::config::SandboxSettings;
use council_agent::sandbox::{SandboxMetrics, guarded};
use council_core::sandbox::Sandbox;
use std::sync::Arc;

/// What was opened, as everybody uses it. Its metrics are there either way.
pub(super) fn behind_checks(
    opened: Option<Arc<dyn Sandbox>>,
    settings: &SandboxSettings,
    registry: &prometheus::Registry,
) -> Result<Option<Arc<dyn Sandbox>>, StartError> {
    let metrics =
        SandboxMetrics::register(registry).map_err(|error| StartError::Internal(error.to_string()))?;
    Ok(opened.map(|sandbox| guarded(sandbox, settings.limits.maximum, metrics)))
}
