//! The sandbox of this process: how its helper is started, and where interpreters are.

use super::StartError;
use crate::config::Config;
use crate::environment::Environment;
use council_sandbox::{HelperCommand, LazySandbox, SandboxConfig};
use std::path::{Path, PathBuf};

/// Where `council sandbox setup` puts numpy, pandas and matplotlib.
pub fn science_dir(data_dir: &Path) -> PathBuf {
    data_dir.join("sandbox").join("science")
}

/// The sandbox, not started yet.
///
/// # Errors
/// When the path of this program is unknown.
pub(super) fn open(config: &Config, environment: &Environment) -> Result<LazySandbox, StartError> {
    let program = std::env::current_exe()
        .map_err(|error| StartError::Internal(format!("the path of this program is unknown: {error}")))?;
    let helper = HelperCommand {
        program,
        args: vec!["box".to_owned()],
    };
    let mut sandbox = SandboxConfig::new(helper, science_dir(&config.data_dir));
    if let Some(path) = environment.get("PATH") {
        // After the system's own, because what a person put before them is often a shim that looks elsewhere.
        sandbox.search_path.extend(
            path.split(':')
                .filter(|folder| folder.starts_with('/'))
                .map(PathBuf::from),
        );
    }
    Ok(LazySandbox::new(sandbox))
}
