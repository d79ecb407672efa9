//! Sessions keep variables, survive interrupts, and say when they were lost.

use crate::support::{config, run, sandbox, text};
use council_core::sandbox::{
    Language, Program, RunReport, RunStatus, Sandbox as _, SandboxError, SessionId, Start,
};
use council_sandbox::Namespaces;
use std::time::Duration;

fn id(name: &str) -> SessionId {
    SessionId::new(name).unwrap()
}

async fn cell(sandbox: &Namespaces, session: &str, source: &str) -> RunReport {
    let mut program = Program::new(Language::Python, source);
    program.session = Some(id(session));
    program.limits.wall = Duration::from_millis(700);
    run(sandbox, program).await.unwrap()
}

#[tokio::test]
async fn variables_and_files_persist_and_the_last_expression_is_the_value() {
    let sandbox = sandbox().await;
    let first = cell(
        &sandbox,
        "s",
        "x = 20\ndef twice(n): return 2 * n\nopen('note', 'w').write('kept')\nNone",
    )
    .await;
    assert_eq!((first.status, first.artifacts.len()), (RunStatus::Ok, 1));
    let second = cell(&sandbox, "s", "print(open('note').read())\ntwice(x) + 2").await;
    assert_eq!(
        (second.start, second.value.as_deref()),
        (Start::Session, Some("42"))
    );
    assert_eq!(
        (text(&second.stdout).as_str(), second.artifacts.len()),
        ("kept\n", 0)
    );
}

#[tokio::test]
async fn javascript_keeps_its_variables_too() {
    let sandbox = sandbox().await;
    for (source, value) in [
        ("let x = 20; function twice(n) { return 2 * n }", None),
        ("twice(x) + 2", Some("42")),
    ] {
        let mut program = Program::new(Language::JavaScript, source);
        program.session = Some(id("js"));
        let report = run(&sandbox, program).await.unwrap();
        assert_eq!(
            (report.status, report.value.as_deref()),
            (RunStatus::Ok, value),
            "{}",
            text(&report.stderr)
        );
    }
}

#[tokio::test]
async fn javascript_that_exits_ends_its_session_and_the_next_program_runs_in_a_new_one() {
    let sandbox = sandbox().await;
    let cell = async |source: &str| {
        let mut program = Program::new(Language::JavaScript, source);
        program.session = Some(id("js"));
        run(&sandbox, program).await.unwrap()
    };
    let first = cell("var x = 1; console.log('out'); process.exit(3)").await;
    assert_eq!((first.exit, text(&first.stdout).as_str()), (Some(3), "out\n"));
    assert!(first.session_lost.unwrap().contains("anew"));
    let next = cell("typeof x").await;
    assert_eq!(next.value.as_deref(), Some("'undefined'"));
    assert!(next.session_lost.is_some());
}

#[tokio::test]
async fn an_exception_is_no_end_of_the_session() {
    let sandbox = sandbox().await;
    cell(&sandbox, "s", "x = 1").await;
    let failed = cell(&sandbox, "s", "1 / 0").await;
    assert_eq!((failed.status, failed.exit), (RunStatus::Error, Some(1)));
    assert_eq!(cell(&sandbox, "s", "x").await.value.as_deref(), Some("1"));
}

#[tokio::test]
async fn a_cell_that_takes_too_long_is_interrupted_and_its_variables_stay() {
    let sandbox = sandbox().await;
    cell(&sandbox, "s", "x = 1").await;
    let late = cell(&sandbox, "s", "x = 2\nwhile True: pass").await;
    assert_eq!((late.status, late.session_lost), (RunStatus::Timeout, None));
    assert_eq!(cell(&sandbox, "s", "x").await.value.as_deref(), Some("2"));
}

#[tokio::test]
async fn a_cell_that_hears_no_interrupt_takes_its_session_with_it_and_that_is_said() {
    let sandbox = sandbox().await;
    cell(&sandbox, "s", "x = 1").await;
    let deaf = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass";
    let late = cell(&sandbox, "s", deaf).await;
    assert_eq!(late.status, RunStatus::Timeout);
    assert!(late.session_lost.unwrap().contains("anew"));
    let next = cell(&sandbox, "s", "x").await;
    assert_eq!(next.status, RunStatus::Error);
    assert!(next.session_lost.unwrap().contains("timeout"));
}

#[tokio::test]
async fn what_a_cell_leaves_running_is_ended_with_it() {
    let sandbox = sandbox().await;
    cell(
        &sandbox,
        "s",
        "import subprocess\np = subprocess.Popen(['sleep', '60'])\nNone",
    )
    .await;
    assert_eq!(cell(&sandbox, "s", "p.wait()").await.value.as_deref(), Some("-9"));
}

#[tokio::test]
async fn processor_time_is_counted_for_each_cell() {
    let sandbox = sandbox().await;
    let work =
        "t = __import__('time').process_time()\nwhile __import__('time').process_time() - t < 0.2: pass";
    for _ in 0..3 {
        let mut program = Program::new(Language::Python, work);
        program.session = Some(id("s"));
        program.limits.cpu = Duration::from_millis(450);
        let report = run(&sandbox, program).await.unwrap();
        assert_eq!(report.status, RunStatus::Ok);
        assert!(report.cpu < Duration::from_millis(450), "{:?}", report.cpu);
    }
}

#[tokio::test]
async fn sessions_do_not_see_each_other() {
    let sandbox = sandbox().await;
    cell(&sandbox, "a", "x = 1\nopen('/tmp/secret', 'w').write('a')").await;
    let other = cell(
        &sandbox,
        "b",
        "import os\n('x' in globals(), os.listdir('/tmp'), os.listdir('/box'))",
    )
    .await;
    assert_eq!(other.value.as_deref(), Some("(False, [], [])"));
}

#[tokio::test]
async fn one_session_too_many_ends_the_one_used_longest_ago() {
    let mut config = config();
    config.max_sessions = 2;
    let sandbox = Namespaces::start(config).await.unwrap();
    for name in ["a", "b", "c"] {
        cell(&sandbox, name, "x = 1").await;
    }
    let names: Vec<String> = sandbox
        .sessions()
        .await
        .iter()
        .map(|session| session.id.to_string())
        .collect();
    assert_eq!(names, ["c", "b"]);
    assert!(
        cell(&sandbox, "a", "1")
            .await
            .session_lost
            .unwrap()
            .contains("more than 2")
    );
}

#[tokio::test]
async fn an_ended_session_is_gone_and_an_unknown_one_is_an_error() {
    let sandbox = sandbox().await;
    cell(&sandbox, "s", "x = 1").await;
    sandbox.end_session(&id("s")).await.unwrap();
    let fresh = cell(&sandbox, "s", "'x' in globals()").await;
    assert_eq!(
        (fresh.value.as_deref(), fresh.session_lost),
        (Some("False"), None)
    );
    let unknown = sandbox.end_session(&id("never")).await;
    assert!(matches!(unknown, Err(SandboxError::SessionLost { .. })));
}

#[tokio::test]
async fn a_file_that_cannot_be_put_into_a_session_is_the_requests_fault() {
    let sandbox = sandbox().await;
    cell(&sandbox, "s", "import os\nos.mkfifo('pipe')").await;
    let mut program = Program::new(Language::Python, "1");
    program.session = Some(id("s"));
    program.files = vec![council_core::sandbox::InputFile {
        name: "pipe".to_owned(),
        content: b"x".to_vec(),
    }];
    let refused = run(&sandbox, program).await;
    assert!(
        matches!(&refused, Err(SandboxError::InvalidProgram { field, .. }) if field == "files"),
        "{refused:?}"
    );
}
