//! The sandbox of this process: how its helper is started, where interpreters are, and what stands before it.

use super::StartError;
use crate::config::{BackendChoice, Config, SandboxSettings};
use crate::environment::Environment;
use council_agent::sandbox::{SandboxMetrics, guarded};
use council_core::sandbox::Sandbox;
use council_sandbox::{HelperCommand, LazySandbox, PoolSizes, SandboxConfig};
use std::path::PathBuf;
use std::sync::Arc;

/// The sandbox, not started yet; `None` where it is turned off.
///
/// # Errors
/// When the path of this program is unknown.
pub(super) fn open(config: &Config, environment: &Environment) -> Result<Option<LazySandbox>, StartError> {
    let settings = &config.sandbox;
    if settings.backend == BackendChoice::Off {
        return Ok(None);
    }
    let program = std::env::current_exe()
        .map_err(|error| StartError::Internal(format!("the path of this program is unknown: {error}")))?;
    let helper = HelperCommand {
        program,
        args: vec!["box".to_owned()],
    };
    let usual = SandboxConfig::new(helper, settings.science_dir.clone());
    // After the system's own folders, because what a person put before them is often a shim that looks elsewhere.
    let path = environment.get("PATH").unwrap_or_default();
    let others = path
        .split(':')
        .filter(|folder| folder.starts_with('/'))
        .map(PathBuf::from);
    Ok(Some(LazySandbox::new(SandboxConfig {
        search_path: usual.search_path.iter().cloned().chain(others).collect(),
        python: settings.python.clone(),
        node: settings.node.clone(),
        pools: PoolSizes {
            python: settings.warm.python,
            science: settings.warm.science,
            bash: settings.warm.bash,
            javascript: settings.warm.javascript,
        },
        max_running: settings.concurrent_runs,
        session_idle: settings.session_idle,
        max_sessions: settings.sessions as usize,
        ..usual
    })))
}

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
