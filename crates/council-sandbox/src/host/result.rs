//! What pid 1 and a runner said, as a report.

use crate::order::{Cause, Ending};
use council_core::sandbox::{Artifact, Backend, RunReport, RunStatus, Start, Tier, Truncated};
use serde::Deserialize;
use std::time::Duration;

/// What a runner says at the end of a program. The program shares its process and may have said it: it can lie about
/// its own exit status and value, and about nothing else.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    exit: i64,
    value: Option<String>,
    /// The value was longer than that.
    #[serde(default)]
    cut: bool,
    /// It lacked memory.
    memory: bool,
}

/// What came out of a run while it ran.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
    pub(super) artifacts: Vec<Artifact>,
}

/// The report of a run that ended.
pub(super) fn report(ending: &Ending, collected: Collected, queue: Duration, start: Start) -> RunReport {
    let said: Option<Said> = ending
        .said
        .as_deref()
        .and_then(|said| serde_json::from_str(said).ok());
    let exit = match (&said, ending.cause) {
        (Some(said), Cause::Itself) => i32::try_from(said.exit).ok(),
        _ => ending.exit,
    };
    let mut report = RunReport {
        status: status(ending, said.as_ref(), exit),
        exit,
        signal: ending.signal,
        stdout: collected.stdout,
        stderr: collected.stderr,
        truncated: Truncated {
            stdout: ending.stdout_cut,
            stderr: ending.stderr_cut,
            artifacts: ending.artifacts_cut,
            value: said.as_ref().is_some_and(|said| said.cut),
        },
        value: said.and_then(|said| said.value),
        artifacts: collected.artifacts,
        wall: Duration::from_micros(ending.wall_us),
        cpu: Duration::from_micros(ending.cpu_us),
        max_rss_bytes: ending.max_rss_bytes,
        queue,
        backend: Backend::Namespaces,
        tier: Tier::Strong,
        start,
        session_lost: None,
    };
    for artifact in &mut report.artifacts {
        artifact.mime = mime(&artifact.name, &artifact.content).to_owned();
    }
    report
}

/// Says who isolated it.
pub(super) fn by(mut report: RunReport, backend: Backend, tier: Tier) -> RunReport {
    report.backend = backend;
    report.tier = tier;
    report
}

/// The report of a program that was not run.
pub(super) fn refused(why: &str) -> RunReport {
    stopped(
        RunStatus::Refused,
        why,
        Collected::default(),
        Duration::ZERO,
        Start::Cold,
    )
}

/// The report of a run whose box was taken away.
pub(super) fn stopped(
    status: RunStatus,
    why: &str,
    mut collected: Collected,
    wall: Duration,
    start: Start,
) -> RunReport {
    if !why.is_empty() {
        collected.stderr.extend_from_slice(why.as_bytes());
    }
    RunReport {
        status,
        exit: None,
        signal: (status == RunStatus::Killed).then_some(9),
        stdout: collected.stdout,
        stderr: collected.stderr,
        truncated: Truncated::default(),
        value: None,
        artifacts: collected.artifacts,
        wall,
        cpu: Duration::ZERO,
        max_rss_bytes: 0,
        queue: Duration::ZERO,
        backend: Backend::Namespaces,
        tier: Tier::Strong,
        start,
        session_lost: None,
    }
}

fn status(ending: &Ending, said: Option<&Said>, exit: Option<i32>) -> RunStatus {
    /// `SIGXCPU`: a process used its processor time up between two looks.
    const PROCESSOR_TIME: i32 = 24;
    match ending.cause {
        Cause::Wall => RunStatus::Timeout,
        Cause::Cpu => RunStatus::Cpu,
        Cause::Memory => RunStatus::Memory,
        Cause::Output => RunStatus::OutputLimit,
        Cause::Itself => match (said, ending.signal) {
            (Some(said), _) if said.memory => RunStatus::Memory,
            (_, Some(PROCESSOR_TIME)) => RunStatus::Cpu,
            (_, Some(_)) => RunStatus::Killed,
            (_, None) if exit == Some(0) => RunStatus::Ok,
            _ => RunStatus::Error,
        },
    }
}

/// By first bytes, then by name.
fn mime(name: &str, content: &[u8]) -> &'static str {
    const MAGIC: [(&[u8], &str); 6] = [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"%PDF-", "application/pdf"),
        (b"PK\x03\x04", "application/zip"),
        (b"\x1f\x8b", "application/gzip"),
    ];
    if let Some((_, mime)) = MAGIC.iter().find(|(magic, _)| content.starts_with(magic)) {
        return mime;
    }
    let ending = name
        .rsplit_once('.')
        .map_or("", |(_, ending)| ending)
        .to_ascii_lowercase();
    match ending.as_str() {
        "svg" => "image/svg+xml",
        "html" | "htm" => "text/html",
        "csv" => "text/csv",
        "json" => "application/json",
        "md" => "text/markdown",
        _ if std::str::from_utf8(content).is_ok() => "text/plain",
        _ => "application/octet-stream",
    }
}
