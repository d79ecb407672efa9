//! An OCI engine, played by a script that knows the part of its command line that is used here and makes the box that
//! those words describe: no engine can be had everywhere that tests run.

use crate::support::{bash, config, python, text};
use council_core::sandbox::{Backend, Language, LayerState, Program, RunStatus, Sandbox, SandboxError};
use council_sandbox::{SandboxConfig, open};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use tempfile::TempDir;

const ENGINE: &str = include_str!("docker/engine.py");

/// A folder in which the engine is found, and where it writes down what it was told.
fn engine() -> (SandboxConfig, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("docker");
    fs::write(&path, ENGINE).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    let mut config = config();
    config.backend = Some(Backend::Docker);
    config.search_path.insert(0, folder.path().to_owned());
    "an-image:1".clone_into(&mut config.docker_image);
    let log = folder.path().join("log").display().to_string();
    config.docker_environment = vec![("ENGINE_LOG".to_owned(), log)];
    (config, folder)
}

async fn opened(config: SandboxConfig) -> Arc<dyn Sandbox> {
    open(config).await.unwrap_or_else(|why| unreachable!("{why}"))
}

/// The command lines that the engine was given.
fn told(folder: &TempDir) -> Vec<Vec<String>> {
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    log.lines()
        .map(|line| line.split('\t').map(str::to_owned).collect())
        .collect()
}

#[tokio::test]
async fn an_engine_is_told_to_shut_everything_that_is_not_needed() {
    let (mut config, folder) = engine();
    config.docker_runtime = Some("runsc".to_owned());
    let helper = config.helper.program.display().to_string();
    let _sandbox = opened(config).await;
    let mut first = told(&folder).remove(0);
    let name = first.iter().position(|word| word == "--name").unwrap();
    assert!(first.remove(name + 1).starts_with("council-box-"));
    let disk = "rw,noexec,nosuid,nodev,mode=1777,size=67108864,nr_inodes=4096";
    let expected = [
        "run --rm --interactive --pull never --runtime runsc --name --network none --hostname box --cap-drop ALL",
        "--security-opt no-new-privileges --user 65534:65534 --pids-limit 65 --memory 603979776",
        "--memory-swap 603979776 --cpus 1 --shm-size 67108864",
        &format!("--tmpfs /tmp:{disk} --tmpfs /box:{disk} --workdir /box --log-driver none"),
        &format!("--volume {helper}:/council-box:ro --entrypoint /council-box --read-only an-image:1"),
    ];
    assert_eq!(first.join(" "), expected.join(" "));
}

#[tokio::test]
async fn programs_run_behind_an_engine_and_their_limits_hold() {
    let (config, _folder) = engine();
    let sandbox = opened(config).await;
    let status = sandbox.status().await;
    let protection = status.protection.unwrap();
    assert_eq!(protection.backend, Backend::Docker);
    for layer in protection.layers.iter().filter(|layer| layer.required) {
        assert_eq!(layer.state, LayerState::Enforced, "{}", layer.name);
    }
    let report = python(&*sandbox, "print('on')\nopen('out', 'w').write('x')\n6 * 7").await;
    assert_eq!(report.value.as_deref(), Some("42"), "{}", text(&report.stderr));
    assert_eq!((report.backend, report.artifacts.len()), (Backend::Docker, 1));
    let mut program = Program::new(Language::Python, "import time; time.sleep(60)");
    program.limits.wall = std::time::Duration::from_millis(300);
    let report = crate::support::run(&*sandbox, program).await.unwrap();
    assert_eq!(report.status, RunStatus::Timeout);
    let report = bash(&*sandbox, "yes | head -c 300000000").await;
    assert_eq!(report.status, RunStatus::OutputLimit);
}

#[tokio::test]
async fn a_language_that_the_image_lacks_is_missing() {
    let (mut config, _folder) = engine();
    let environment = &mut config.docker_environment;
    environment.push(("ENGINE_WITHOUT".to_owned(), "node".to_owned()));
    let sandbox = opened(config).await;
    let program = Program::new(Language::JavaScript, "1");
    let refused = crate::support::run(&*sandbox, program).await;
    assert!(
        matches!(&refused, Err(SandboxError::LanguageMissing { message, .. }) if message.contains("an-image:1")),
        "{refused:?}"
    );
}

#[tokio::test]
async fn what_an_engine_says_is_why_there_is_no_sandbox() {
    let (mut config, _folder) = engine();
    let environment = &mut config.docker_environment;
    environment.push(("ENGINE_SAYS".to_owned(), "No such image: an-image:1".to_owned()));
    let none = open(config).await.err().unwrap();
    let SandboxError::CannotIsolate { missing, message } = none.error() else {
        unreachable!("{none}")
    };
    assert_eq!(missing, &["docker"]);
    assert!(message.contains("No such image: an-image:1"), "{message}");
}

#[tokio::test]
async fn a_box_that_outlives_its_engines_command_is_ended_by_name() {
    let (mut config, folder) = engine();
    let environment = &mut config.docker_environment;
    environment.push(("ENGINE_LINGERS".to_owned(), "1".to_owned()));
    let sandbox = opened(config).await;
    python(&*sandbox, "1").await;
    let told = told(&folder);
    let names: Vec<&String> = told
        .iter()
        .filter(|words| words[0] == "run")
        .map(|words| &words[words.iter().position(|word| word == "--name").unwrap() + 1])
        .collect();
    let killed: Vec<&String> = told
        .iter()
        .filter(|words| words[0] == "kill")
        .map(|words| &words[1])
        .collect();
    assert_eq!(names, killed);
}
