//! The sandbox of this process: how its helper is started, and where interpreters are.

use super::StartError;
use crate::config::Config;
use crate::environment::Environment;
use council_sandbox::{HelperCommand, LazySandbox, PoolSizes, SandboxConfig};
use std::path::PathBuf;

/// The sandbox, not started yet.
///
/// # Errors
/// When the path of this program is unknown.
pub(super) fn open(config: &Config, environment: &Environment) -> Result<LazySandbox, StartError> {
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
    Ok(LazySandbox::new(SandboxConfig {
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
    }))
}
