//! One sandbox for a test, and short ways to run something in it.

use council_core::sandbox::{Backend, Language, Program, RunEvent, RunReport, Sandbox, SandboxError};
use council_sandbox::{HelperCommand, Namespaces, SandboxConfig, open};
use futures::StreamExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::OnceCell;
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

/// Backends that this machine must have; an OCI engine is played by a script, in `docker`.
pub(crate) const HERE: [Backend; 4] = [
    Backend::Namespaces,
    Backend::Bubblewrap,
    Backend::Firejail,
    Backend::Landlock,
];

/// The sandbox with this backend.
pub(crate) async fn opened(backend: Backend) -> Arc<dyn Sandbox> {
    let mut config = config();
    config.backend = Some(backend);
    config.allow_weak = true;
    open(config).await.unwrap_or_else(|why| unreachable!("{why}"))
}

/// All of them, one after another. Those that keep nothing running are opened once for all tests.
pub(crate) async fn everywhere() -> Vec<(Backend, Arc<dyn Sandbox>)> {
    static OPENED: OnceCell<Vec<(Backend, Arc<dyn Sandbox>)>> = OnceCell::const_new();
    let others = OPENED.get_or_init(async || {
        let mut others = Vec::new();
        for backend in HERE.into_iter().filter(|&backend| backend != Backend::Namespaces) {
            others.push((backend, opened(backend).await));
        }
        others
    });
    let mut all = others.await.clone();
    all.push((Backend::Namespaces, opened(Backend::Namespaces).await));
    all
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

/// The helper in a folder that every user may read.
pub(crate) fn open_helper() -> (SandboxConfig, tempfile::TempDir) {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let mut config = config();
    let open = || std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open()).unwrap();
    let program = folder.path().join("council-box");
    std::fs::copy(&config.helper.program, &program).unwrap();
    std::fs::set_permissions(&program, open()).unwrap();
    config.helper.program = program;
    (config, folder)
}

/// The helper as an ordinary user, also where the tests are root; the folder holds the program that it may read.
pub(crate) fn config_of_an_ordinary_user() -> (SandboxConfig, tempfile::TempDir) {
    let (mut config, folder) = open_helper();
    if rustix::process::geteuid().is_root() {
        let program = config.helper.program.clone();
        config.helper = HelperCommand {
            program: PathBuf::from("/usr/bin/setpriv"),
            args: [
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                &program.display().to_string(),
            ]
            .map(str::to_owned)
            .to_vec(),
        };
    }
    (config, folder)
}
