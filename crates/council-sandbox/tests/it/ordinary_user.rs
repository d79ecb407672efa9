//! All of it works for a user who is nobody special.

use crate::support::{bash, config_of_an_ordinary_user, python, run, text};
use council_core::sandbox::{Language, Program, RunStatus, SessionId};
use council_sandbox::Namespaces;
use std::time::Duration;

#[tokio::test]
async fn an_ordinary_user_runs_programs_in_every_language() {
    let (config, _folder) = config_of_an_ordinary_user();
    let sandbox = Namespaces::start(config).await.unwrap();
    let report = python(
        &sandbox,
        "import os\nopen('out', 'w').write('x')\n(os.getuid(), os.getgid())",
    )
    .await;
    assert_eq!(report.value.as_deref(), Some("(1000, 1000)"));
    assert_eq!(report.artifacts.len(), 1);
    let report = bash(&sandbox, "id -u; touch /usr/x").await;
    assert_eq!((text(&report.stdout).as_str(), report.exit), ("1000\n", Some(1)));
    let report = run(&sandbox, Program::new(Language::JavaScript, "process.getuid()"))
        .await
        .unwrap();
    assert_eq!(report.value.as_deref(), Some("1000"));
}

#[tokio::test]
async fn an_ordinary_user_has_sessions_and_limits() {
    let (config, _folder) = config_of_an_ordinary_user();
    let sandbox = Namespaces::start(config).await.unwrap();
    for (source, value) in [("x = 20", None), ("x + 22", Some("42"))] {
        let mut program = Program::new(Language::Python, source);
        program.session = SessionId::new("s");
        let report = run(&sandbox, program).await.unwrap();
        assert_eq!(report.value.as_deref(), value, "{}", text(&report.stderr));
    }
    let mut program = Program::new(Language::Bash, "bomb() { bomb | bomb & }; bomb; sleep 60");
    program.limits.wall = Duration::from_secs(1);
    let report = run(&sandbox, program).await.unwrap();
    assert!(
        matches!(
            report.status,
            RunStatus::Timeout | RunStatus::Cpu | RunStatus::Error
        ),
        "{report:?}"
    );
    assert_eq!(python(&sandbox, "1 + 1").await.value.as_deref(), Some("2"));
}
