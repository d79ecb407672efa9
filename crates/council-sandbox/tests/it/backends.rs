//! What every backend promises, tried with each that there is.

use crate::support::{HERE, bash, opened, run, text};
use council_core::sandbox::{
    Backend, InputFile, Language, LayerState, Program, RunStatus, SandboxError, SessionId, Tier,
};

/// What each is known not to give, on a kernel that has Landlock. A change either way fails.
fn gaps(backend: Backend) -> Vec<&'static str> {
    let as_root = rustix::process::geteuid().is_root();
    match backend {
        Backend::Namespaces | Backend::Bubblewrap | Backend::Docker => Vec::new(),
        Backend::Firejail => {
            let mut gaps = vec!["cgroup namespace", "host files", "kernel settings"];
            gaps.extend(as_root.then_some("user namespace"));
            gaps
        }
        Backend::Landlock => vec![
            "user namespace",
            "mount namespace",
            "pid namespace",
            "network namespace",
            "ipc namespace",
            "uts namespace",
            "cgroup namespace",
            "host files",
            "host processes",
            "kernel settings",
            "host devices",
        ],
    }
}

#[tokio::test]
async fn every_layer_holds_but_those_that_are_known_not_to() {
    for backend in HERE {
        let sandbox = opened(backend).await;
        let protection = sandbox.status().await.protection.unwrap();
        assert!(protection.layers.len() >= 25, "{:?}", protection.layers);
        let mut missing: Vec<&str> = protection
            .layers
            .iter()
            // Control groups are there where the host delegates some; what is used is added up where it does not.
            .filter(|layer| layer.required || backend != Backend::Namespaces)
            .filter(|layer| layer.state != LayerState::Enforced)
            .map(|layer| layer.name.as_str())
            .collect();
        let mut known = gaps(backend);
        missing.sort_unstable();
        known.sort_unstable();
        assert_eq!(missing, known, "{backend}");
        let tier = match backend {
            Backend::Namespaces => Tier::Strong,
            Backend::Landlock => Tier::Weak,
            Backend::Bubblewrap | Backend::Firejail | Backend::Docker => Tier::Good,
        };
        assert_eq!((protection.backend, protection.tier), (backend, tier));
    }
}

#[tokio::test]
async fn programs_run_in_every_language_with_files_in_and_out() {
    for backend in HERE {
        let sandbox = opened(backend).await;
        let mut program = Program::new(
            Language::Python,
            "import sys\nprint(sys.stdin.read(), open('in/a').read())\nopen('out', 'w').write('x')\n6 * 7",
        );
        program.stdin = b"given".to_vec();
        program.files = vec![InputFile {
            name: "in/a".to_owned(),
            content: b"file".to_vec(),
        }];
        let report = run(&*sandbox, program).await.unwrap();
        assert_eq!(
            report.value.as_deref(),
            Some("42"),
            "{backend} {}",
            text(&report.stderr)
        );
        assert_eq!(text(&report.stdout), "given file\n");
        let names: Vec<&str> = report.artifacts.iter().map(|file| file.name.as_str()).collect();
        assert_eq!((names.as_slice(), report.backend), (["out"].as_slice(), backend));
        let report = bash(&*sandbox, "exit 3").await;
        assert_eq!(
            (report.status, report.exit),
            (RunStatus::Error, Some(3)),
            "{backend}"
        );
        let report = run(&*sandbox, Program::new(Language::JavaScript, "6 * 7"))
            .await
            .unwrap();
        assert_eq!(
            report.value.as_deref(),
            Some("42"),
            "{backend} {}",
            text(&report.stderr)
        );
    }
}

#[tokio::test]
async fn a_session_is_refused_where_none_can_be_kept() {
    for backend in HERE.into_iter().filter(|&backend| backend != Backend::Namespaces) {
        let sandbox = opened(backend).await;
        let mut program = Program::new(Language::Python, "1");
        program.session = SessionId::new("s");
        let refused = run(&*sandbox, program).await;
        assert!(
            matches!(&refused, Err(SandboxError::InvalidProgram { field, message })
                if field == "session_id" && message.contains(backend.name())),
            "{refused:?}"
        );
    }
}
