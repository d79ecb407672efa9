//! What a report must say after a program took, wrote or left too much.

use council_core::sandbox::{Limits, RunReport, RunStatus, SandboxError};
use std::time::Duration;

/// A trial that has ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Its report, or why it was not run.
    pub answer: Result<RunReport, SandboxError>,
    /// What it was allowed.
    pub limits: Limits,
    /// From the call to the report.
    pub took: Duration,
    /// What its session did afterwards; nothing where it was no session.
    pub after: After,
}

/// What the processes of a session did while it was watched after a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct After {
    /// How long it was watched.
    pub watched: Duration,
    /// Processor time that they used meanwhile.
    pub cpu: Duration,
    /// How many there were in the end.
    pub processes: usize,
}

/// What a judge says.
pub(super) type Judgement = Result<String, String>;

impl Ended {
    /// The report of a program that was run.
    pub(super) fn report(&self) -> Result<&RunReport, String> {
        self.answer
            .as_ref()
            .map_err(|error| format!("it was not run: {error}"))
    }

    /// The report, where it ended in one of these ways.
    pub(super) fn with(&self, statuses: &[RunStatus]) -> Result<&RunReport, String> {
        let report = self.report()?;
        if statuses.contains(&report.status) {
            return Ok(report);
        }
        let wanted: Vec<&str> = statuses.iter().map(|status| status.name()).collect();
        Err(format!(
            "{} instead of {}",
            described(report),
            wanted.join(" or ")
        ))
    }

    /// Held, where it ended in one of these ways.
    pub(super) fn ends(&self, statuses: &[RunStatus]) -> Judgement {
        self.with(statuses)
            .map(|report| format!("ended as {}", report.status.name()))
    }

    /// Held, where it ended well before the limit, with status 0.
    pub(super) fn ends_early(&self) -> Judgement {
        let report = self.with(&[RunStatus::Ok])?;
        if self.took < self.limits.wall {
            Ok(format!("ended after {} ms", report.wall.as_millis()))
        } else {
            Err(format!("known only after {} ms", self.took.as_millis()))
        }
    }

    /// Held, where the last amount that it said it got is at most this.
    pub(super) fn got_at_most(&self, most: u64, unit: &str) -> Judgement {
        let report = self.report()?;
        match amount(&report.stdout) {
            Some(amount) if amount <= most => {
                Ok(format!("got {amount} {unit}, ended as {}", report.status.name()))
            }
            Some(amount) => Err(format!(
                "got {amount} {unit}, at most {most} are allowed: {}",
                described(report)
            )),
            None => Err(format!("said nothing of what it got: {}", described(report))),
        }
    }

    /// Held, where it ended with status 0 and wrote exactly this.
    pub(super) fn wrote(&self, expected: &[u8]) -> Judgement {
        let report = self.with(&[RunStatus::Ok])?;
        if report.stdout == expected && !report.truncated.stdout {
            Ok(format!("{} bytes, as they were", expected.len()))
        } else {
            Err(format!(
                "{} bytes instead of {}: {}",
                report.stdout.len(),
                expected.len(),
                described(report)
            ))
        }
    }

    /// Held, where it ended by itself with this exit status.
    pub(super) fn exits(&self, code: i32) -> Judgement {
        let report = self.with(&[RunStatus::Error])?;
        if report.exit == Some(code) && report.signal.is_none() {
            Ok(format!("exit status {code}"))
        } else {
            Err(format!("{} instead of exit status {code}", described(report)))
        }
    }

    /// Held, where this signal ended it.
    pub(super) fn dies_of(&self, signal: i32) -> Judgement {
        let report = self.with(&[RunStatus::Killed])?;
        if report.signal == Some(signal) {
            Ok(format!("signal {signal}"))
        } else {
            Err(format!("{} instead of signal {signal}", described(report)))
        }
    }

    /// Held, where its session rested after the run, or a backend keeps none.
    pub(super) fn rests(&self) -> Judgement {
        if let Err(SandboxError::InvalidProgram { field, .. }) = &self.answer
            && field == "session_id"
        {
            return Ok("there are no sessions here".to_owned());
        }
        self.with(&[RunStatus::Ok])?;
        let After {
            watched,
            cpu,
            processes,
        } = self.after;
        if cpu * 10 < watched && processes <= 1 {
            Ok(format!(
                "{processes} process, {} ms of processor time",
                cpu.as_millis()
            ))
        } else {
            let (cpu, watched) = (cpu.as_millis(), watched.as_millis());
            Err(format!(
                "{processes} processes, and {cpu} ms of processor time in {watched} ms"
            ))
        }
    }

    /// Held, where nothing of it was run.
    pub(super) fn refuses(&self) -> Judgement {
        match &self.answer {
            Err(SandboxError::InvalidProgram { message, .. }) => Ok(message.clone()),
            Err(error) => Err(format!("not a refusal of its source: {error}")),
            Ok(report) if report.status == RunStatus::Refused => Ok("refused".to_owned()),
            Ok(report) => Err(described(report)),
        }
    }
}

/// The last amount that a program said it got.
fn amount(stdout: &[u8]) -> Option<u64> {
    let text = String::from_utf8_lossy(stdout);
    text.lines()
        .rev()
        .find_map(|line| line.strip_prefix("got: ")?.trim().parse().ok())
}

/// A report in a line.
pub(super) fn described(report: &RunReport) -> String {
    let stderr = String::from_utf8_lossy(&report.stderr);
    let last = stderr
        .lines()
        .rev()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("");
    let end = match (report.exit, report.signal) {
        (_, Some(signal)) => format!(", signal {signal}"),
        (Some(exit), None) => format!(", exit status {exit}"),
        (None, None) => String::new(),
    };
    let last: String = last.chars().take(160).collect();
    format!(
        "{}{end}{}{last}",
        report.status.name(),
        if last.is_empty() { "" } else { ": " }
    )
}
