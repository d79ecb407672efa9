//! Whether each layer of protection holds on this host, found by trying in a real box.

use council_core::sandbox::Language;
use council_core::sandbox::{Layer, LayerState, Limits, Program, RunEvent, RunStatus, Sandbox, SandboxError};
use futures::StreamExt as _;
use std::fmt::Write as _;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const PROBES: &str = include_str!("selftest.sh");

/// The namespaces of a process, as `/proc` names them.
const NAMESPACES: [&str; 7] = ["user", "mnt", "pid", "net", "ipc", "uts", "cgroup"];

/// Every layer that [`PROBES`] speaks of, tried in `sandbox`.
///
/// # Errors
/// When the probes could not be run to their end.
pub(super) async fn layers(sandbox: &dyn Sandbox) -> Result<Vec<Layer>, SandboxError> {
    let mut source = format!("HOST_start='{}'\n", start_of_first_process());
    for name in NAMESPACES {
        let host = std::fs::read_link(format!("/proc/self/ns/{name}")).unwrap_or_default();
        let _ = writeln!(source, "HOST_{name}='{}'", host.display());
    }
    source.push_str(PROBES);
    Ok(bash(sandbox, source)
        .await?
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(name, wrong)| Layer {
            name: name.to_owned(),
            state: if wrong.is_empty() {
                LayerState::Enforced
            } else {
                LayerState::Missing(wrong.to_owned())
            },
            required: true,
        })
        .collect())
}

/// Those of these commands that are found in a box of `sandbox`.
///
/// # Errors
/// As [`layers`].
pub(super) async fn commands(sandbox: &dyn Sandbox, names: &[&str]) -> Result<Vec<String>, SandboxError> {
    let source = format!(
        "for name in {}; do [[ -x $(command -v $name) ]] && echo $name; done; true",
        names.join(" ")
    );
    Ok(bash(sandbox, source).await?.lines().map(str::to_owned).collect())
}

/// What tells the host's first process from every other: when it began.
fn start_of_first_process() -> String {
    let stat = std::fs::read_to_string("/proc/1/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    after_name
        .split_whitespace()
        .nth(19)
        .unwrap_or_default()
        .to_owned()
}

/// What a script prints that runs to its end.
async fn bash(sandbox: &dyn Sandbox, source: String) -> Result<String, SandboxError> {
    let mut program = Program::new(Language::Bash, source);
    program.limits = Limits {
        wall: Duration::from_secs(20),
        ..Limits::default()
    };
    let mut events = sandbox.run(program, CancellationToken::new());
    let mut report = None;
    while let Some(event) = events.next().await {
        if let RunEvent::Finished(finished) = event? {
            report = Some(finished);
        }
    }
    let Some(report) = report.filter(|report| report.status == RunStatus::Ok) else {
        return Err(SandboxError::Internal(
            "the self-test did not come to its end".to_owned(),
        ));
    };
    Ok(String::from_utf8_lossy(&report.stdout).into_owned())
}

/// The error that says which required layers do not hold.
pub(super) fn verdict(layers: &[Layer]) -> Result<(), SandboxError> {
    let missing: Vec<&Layer> = layers
        .iter()
        .filter(|layer| layer.required && layer.state != LayerState::Enforced)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let reasons: Vec<String> = missing
        .iter()
        .map(|layer| match &layer.state {
            LayerState::Missing(why) => format!("{} ({why})", layer.name),
            LayerState::Enforced => layer.name.clone(),
        })
        .collect();
    Err(SandboxError::CannotIsolate {
        missing: missing.iter().map(|layer| layer.name.clone()).collect(),
        message: format!(
            "this host does not give the sandbox {}, and without that no program is run; `council sandbox doctor` \
             says what to do",
            reasons.join(", ")
        ),
    })
}
