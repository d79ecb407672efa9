//! How worker processes are started: this same binary, and what they may see of the environment.

use super::StartError;
use crate::environment::Environment;
use council_models::config::WorkerCommand;

/// Where programs, libraries and scratch files are, and the language of messages.
const NAMES: [&str; 5] = ["PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH"];

/// Settings of GPU drivers, ggml, OpenMP and the C library's memory.
const PREFIXES: [&str; 10] = [
    "CUDA_", "NVIDIA_", "HIP_", "ROCR_", "HSA_", "GGML_", "VK_", "OMP_", "GOMP_", "GLIBC_",
];

/// The command that starts a worker.
///
/// # Errors
/// When the path of this program is unknown.
pub(super) fn command(environment: &Environment) -> Result<WorkerCommand, StartError> {
    let program = std::env::current_exe()
        .map_err(|error| StartError::Internal(format!("the path of this program is unknown: {error}")))?;
    Ok(WorkerCommand {
        program,
        args: vec!["engine".to_owned()],
        environment: visible(environment),
    })
}

/// What a worker sees of the environment. It reads files from strangers, so that a list of what it needs is safer than
/// one of what it must not see: tokens and keys have any name.
fn visible(environment: &Environment) -> Vec<(String, String)> {
    let named = NAMES
        .iter()
        .filter_map(|&name| Some((name, environment.get(name)?)));
    let prefixed = PREFIXES.iter().flat_map(|prefix| environment.with_prefix(prefix));
    named
        .chain(prefixed)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_sees_paths_and_hardware_settings_and_no_secret() {
        let environment = Environment::from_pairs(&[
            ("PATH", "/bin"),
            ("HOME", "/home/ada"),
            ("LD_LIBRARY_PATH", "/opt/cuda"),
            ("CUDA_VISIBLE_DEVICES", "0"),
            ("GGML_SCHED_DEBUG", "1"),
            ("OMP_NUM_THREADS", "2"),
            ("HF_TOKEN", "secret"),
            ("EXAMPLE_KEY", "secret"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("COUNCIL_PULL_HUB_TOKEN_ENV", "HF_TOKEN"),
            ("HOME_TOKEN", "secret"),
            ("MY_CUDA_KEY", "secret"),
            ("SSH_AUTH_SOCK", "/tmp/agent"),
            ("LD_PRELOAD", "/tmp/x.so"),
        ]);
        let visible = visible(&environment);
        let names: Vec<&str> = visible.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "PATH",
                "HOME",
                "LD_LIBRARY_PATH",
                "CUDA_VISIBLE_DEVICES",
                "GGML_SCHED_DEBUG",
                "OMP_NUM_THREADS"
            ]
        );
        assert_eq!(visible[3].1, "0");
    }
}
