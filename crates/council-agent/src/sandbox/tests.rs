//! What reaches the sandbox, and what is counted of it.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use council_core::sandbox::scripted::{ScriptedSandbox, Step, report};
use council_core::sandbox::{Language, Program, RunEvent, RunReport, RunStatus, SandboxError, SandboxStatus};
use futures::StreamExt;
use prometheus::{Registry, TextEncoder};
use tokio_util::sync::CancellationToken;

struct World {
    scripted: Arc<ScriptedSandbox>,
    sandbox: Arc<dyn Sandbox>,
    registry: Registry,
}

fn world() -> World {
    let registry = Registry::new();
    let scripted = Arc::new(ScriptedSandbox::default());
    let metrics = SandboxMetrics::register(&registry).unwrap();
    World {
        sandbox: guarded(scripted.clone(), Limits::default(), metrics, None),
        scripted,
        registry,
    }
}

impl World {
    async fn run(&self, source: &str) -> Result<RunReport, SandboxError> {
        let program = Program::new(Language::Python, source);
        let mut events = self.sandbox.run(program, CancellationToken::new());
        loop {
            if let RunEvent::Finished(report) = events.next().await.unwrap()? {
                return Ok(*report);
            }
        }
    }

    /// The served sample with this name and these labels.
    fn sample(&self, name: &str) -> Option<String> {
        let text = TextEncoder::new()
            .encode_to_string(&self.registry.gather())
            .unwrap();
        let mut lines = text.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned))
    }

    #[track_caller]
    fn check(&self, samples: &[(&str, &str)]) {
        for (name, value) in samples {
            assert_eq!(self.sample(name).as_deref(), Some(*value), "{name}");
        }
    }
}

#[tokio::test]
async fn a_program_that_cannot_be_run_never_reaches_the_sandbox() {
    let world = world();
    let long = "x".repeat(council_core::sandbox::program::MAX_SOURCE_BYTES + 1);
    let error = world.run(&long).await.unwrap_err();
    assert!(matches!(error, SandboxError::InvalidProgram { field, .. } if field == "code"));
    assert_eq!(world.scripted.programs(), []);
    world.check(&[("council_sandbox_not_run_total{reason=\"invalid\"}", "1")]);
}

#[tokio::test]
async fn a_nul_byte_is_refused_with_a_reason_and_nothing_runs() {
    let world = world();
    let report = world.run("print('\0')").await.unwrap();
    assert_eq!((report.status, report.exit), (RunStatus::Refused, None));
    let said = String::from_utf8(report.stderr).unwrap();
    assert!(said.contains("NUL byte in line 1"), "{said}");
    assert_eq!(world.scripted.programs(), []);
    world.check(&[
        ("council_sandbox_failures_total{reason=\"refused\"}", "1"),
        ("swarm_exec_fail_total{reason=\"refused\"}", "1"),
        ("swarm_exec_latency_seconds_count", "0"),
    ]);
}

#[tokio::test]
async fn a_refused_source_is_no_way_around_a_host_that_cannot_isolate() {
    let world = world();
    world
        .scripted
        .set_status(|status: &mut SandboxStatus| status.protection = None);
    for source in ["print(1)", "\0"] {
        let error = world.run(source).await.unwrap_err();
        assert!(
            matches!(error, SandboxError::CannotIsolate { .. }),
            "{source:?}: {error}"
        );
    }
    world.check(&[("council_sandbox_not_run_total{reason=\"cannot_isolate\"}", "2")]);
}

#[tokio::test]
async fn the_source_arrives_clean() {
    let world = world();
    world.run("\u{feff}a = 1\r\nb = 2\r\n").await.unwrap();
    assert_eq!(world.scripted.programs()[0].source, "a = 1\nb = 2\n");
}

#[tokio::test]
async fn runs_are_measured_by_language_backend_tier_and_start() {
    let world = world();
    world.run("print(1)").await.unwrap();
    let timeout = RunReport {
        status: RunStatus::Timeout,
        exit: None,
        ..report("")
    };
    world.scripted.script([Step::end(timeout)]);
    world.run("while True: pass").await.unwrap();
    let labels = "{backend=\"namespaces\",language=\"python\",start=\"warm\",tier=\"strong\"}";
    world.check(&[
        (&format!("council_sandbox_run_seconds_count{labels}"), "2"),
        (&format!("council_sandbox_run_seconds_sum{labels}"), "0.003"),
        ("council_sandbox_queue_seconds_sum", "0.0005"),
        ("swarm_exec_latency_seconds_sum", "0.0035"),
        ("council_sandbox_failures_total{reason=\"timeout\"}", "1"),
        ("swarm_exec_fail_total{reason=\"timeout\"}", "1"),
    ]);
    assert_eq!(
        world
            .sample("council_sandbox_failures_total{reason=\"killed\"}")
            .as_deref(),
        Some("0")
    );
}

#[tokio::test]
async fn a_run_that_is_dropped_counts_as_killed_and_one_that_was_read_does_not() {
    let world = world();
    world.scripted.script([Step::out("a"), Step::Hang]);
    let program = Program::new(Language::Python, "");
    let mut events = world.sandbox.run(program, CancellationToken::new());
    assert_eq!(events.next().await.unwrap(), Ok(RunEvent::Stdout(b"a".to_vec())));
    assert!(!world.scripted.dropped().is_cancelled());
    drop(events);
    assert!(world.scripted.dropped().is_cancelled());
    world.run("").await.unwrap();
    world.check(&[("council_sandbox_failures_total{reason=\"killed\"}", "1")]);
}

#[tokio::test]
async fn pools_and_sessions_are_measured_when_somebody_asks() {
    let world = world();
    world.sandbox.status().await;
    world.sandbox.sessions().await;
    world.check(&[
        (
            "council_sandbox_pool_slots{profile=\"python\",state=\"ready\"}",
            "1",
        ),
        (
            "council_sandbox_pool_slots{profile=\"python\",state=\"target\"}",
            "2",
        ),
        (
            "council_sandbox_pool_slots{profile=\"python\",state=\"busy\"}",
            "1",
        ),
        ("council_sandbox_pool_bytes{profile=\"python\"}", "10485760"),
        ("council_sandbox_running", "1"),
        ("council_sandbox_sessions", "1"),
    ]);
}
