//! The sandbox of this process: how its helper is started, where interpreters are, and what stands before it.

use super::StartError;
use crate::config::{BackendChoice, Config, SandboxSettings};
use crate::environment::Environment;
use council_agent::LiveSettings;
use council_agent::sandbox::{SandboxMetrics, guarded};
use council_core::sandbox::Sandbox;
use council_sandbox::{HelperCommand, LazySandbox, PoolSizes, SandboxConfig};
use std::path::PathBuf;
use std::sync::Arc;

/// How the command of a container engine finds its engine.
const ENGINE_ENVIRONMENT: [&str; 5] = ["PATH", "HOME", "DOCKER_HOST", "DOCKER_CONFIG", "XDG_RUNTIME_DIR"];

/// The sandbox, not started yet; `None` where it is turned off.
///
/// # Errors
/// When the path of this program is unknown.
pub(super) fn open(config: &Config, environment: &Environment) -> Result<Option<LazySandbox>, StartError> {
    if config.sandbox.backend == BackendChoice::Off {
        return Ok(None);
    }
    Ok(Some(LazySandbox::new(settings(config, environment)?)))
}

/// The Python that programs run with; where none is found, the one that is configured.
///
/// # Errors
/// When the path of this program is unknown.
pub fn python(config: &Config, environment: &Environment) -> Result<PathBuf, StartError> {
    let found = council_sandbox::python_of(&settings(config, environment)?);
    Ok(found.unwrap_or_else(|| config.sandbox.python.clone()))
}

fn settings(config: &Config, environment: &Environment) -> Result<SandboxConfig, StartError> {
    let settings = &config.sandbox;
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
    Ok(SandboxConfig {
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
        backend: match settings.backend {
            BackendChoice::Only(backend) => Some(backend),
            BackendChoice::Auto | BackendChoice::Off => None,
        },
        allow_weak: settings.allow_weak,
        docker_runtime: settings.docker_runtime.clone(),
        docker_image: settings.docker_image.clone(),
        docker_environment: ENGINE_ENVIRONMENT
            .iter()
            .filter_map(|&name| Some((name.to_owned(), environment.get(name)?.to_owned())))
            .collect(),
        ..usual
    })
}

/// What was opened, as everybody uses it. Its metrics are there either way.
pub(super) fn behind_checks(
    opened: Option<Arc<dyn Sandbox>>,
    settings: &SandboxSettings,
    live: &LiveSettings,
    registry: &prometheus::Registry,
) -> Result<Option<Arc<dyn Sandbox>>, StartError> {
    let metrics =
        SandboxMetrics::register(registry).map_err(|error| StartError::Internal(error.to_string()))?;
    Ok(opened.map(|sandbox| guarded(sandbox, settings.limits.maximum, metrics, Some(live.clone()))))
}
