//! One sandbox for a test, and short ways to run something in it.

use council_core::sandbox::{Language, Program, RunEvent, RunReport, Sandbox, SandboxError};
use council_sandbox::{HelperCommand, Namespaces, SandboxConfig};
use futures::StreamExt as _;
use std::path::PathBuf;
use tokio_util::sync::CancellationToken;

pub(crate) fn config() -> SandboxConfig {
    let helper = HelperCommand {
        program: PathBuf::from(env!("CARGO_BIN_EXE_council-box")),
        args: Vec::new(),
    };
    SandboxConfig::new(helper, PathBuf::from("/nonexistent"))
}

pub(crate) async fn sandbox() -> Namespaces {
    Namespaces::start(config()).await.unwrap()
}

pub(crate) async fn run(sandbox: &dyn Sandbox, program: Program) -> Result<RunReport, SandboxError> {
    let mut events = sandbox.run(program, CancellationToken::new());
    let mut last = None;
    while let Some(event) = events.next().await {
        last = Some(event?);
    }
    match last {
        Some(RunEvent::Finished(report)) => Ok(*report),
        other => unreachable!("a run ends with its report, not {other:?}"),
    }
}

pub(crate) async fn python(sandbox: &dyn Sandbox, source: &str) -> RunReport {
    run(sandbox, Program::new(Language::Python, source))
        .await
        .unwrap()
}

pub(crate) async fn bash(sandbox: &dyn Sandbox, source: &str) -> RunReport {
    run(sandbox, Program::new(Language::Bash, source)).await.unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
