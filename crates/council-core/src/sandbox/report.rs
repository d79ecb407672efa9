//! What a run did.

use super::protection::{Backend, Tier};
use std::time::Duration;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RunStatus {
    /// By itself, with exit status 0.
    Ok,
    /// By itself, with another exit status or an exception.
    Error,
    /// It took longer than it may.
    Timeout,
    /// It used more processor time than it may.
    Cpu,
    /// It used more memory than it may.
    Memory,
    /// It wrote far more than is kept.
    OutputLimit,
    /// By a signal, or because the run was cancelled.
    Killed,
    /// The sandbox refused its source, and nothing of it ran.
    Refused,
}

impl RunStatus {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Ok,
        Self::Error,
        Self::Timeout,
        Self::Cpu,
        Self::Memory,
        Self::OutputLimit,
        Self::Killed,
        Self::Refused,
    ];

    /// Its name in every API and label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Timeout => "timeout",
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::OutputLimit => "output_limit",
            Self::Killed => "killed",
            Self::Refused => "refused",
        }
    }
}

/// How the program's process came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Start {
    /// It was there and waited.
    Warm,
    /// It was started for this run.
    Cold,
    /// It was there from an earlier run of the session.
    Session,
}

impl Start {
    /// Its name in every API and label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Warm => "warm",
            Self::Cold => "cold",
            Self::Session => "session",
        }
    }
}

/// What was longer than what is kept of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Truncated {
    /// Standard output.
    pub stdout: bool,
    /// Standard error.
    pub stderr: bool,
    /// Not every file that was written is returned, or not whole.
    pub artifacts: bool,
    /// The value of the last expression.
    pub value: bool,
}

/// A file that the program left in `/box`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Relative path below `/box`.
    pub name: String,
    /// By its first bytes or its name.
    pub mime: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// What a run did.
#[derive(Clone, Debug, PartialEq)]
pub struct RunReport {
    /// How it ended.
    pub status: RunStatus,
    /// Exit status, where it ended by itself.
    pub exit: Option<i32>,
    /// The signal, where one ended it.
    pub signal: Option<i32>,
    /// What it wrote, at most as much as its limits keep.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error, with the traceback of an exception.
    pub stderr: Vec<u8>,
    /// What is missing of them.
    pub truncated: Truncated,
    /// The value of the last expression, as the language prints it; Python and JavaScript only.
    pub value: Option<String>,
    /// Files that it left.
    pub artifacts: Vec<Artifact>,
    /// From the moment the program could run until it had ended.
    pub wall: Duration,
    /// Processor time of all its processes.
    pub cpu: Duration,
    /// Most resident memory of its first process, in bytes; pages that it shares with others count too.
    pub max_rss_bytes: u64,
    /// Until it could run.
    pub queue: Duration,
    /// What isolated it.
    pub backend: Backend,
    /// How strongly.
    pub tier: Tier,
    /// How its process came to be.
    pub start: Start,
    /// A session that was asked for is gone: why, as a sentence. Its next run begins anew.
    pub session_lost: Option<String>,
}

impl RunReport {
    /// Of a program of which nothing ran, because of its source.
    pub fn refused(reason: &str, backend: Backend, tier: Tier) -> Self {
        Self {
            status: RunStatus::Refused,
            exit: None,
            signal: None,
            stdout: Vec::new(),
            stderr: format!("{reason}\n").into_bytes(),
            truncated: Truncated::default(),
            value: None,
            artifacts: Vec::new(),
            wall: Duration::ZERO,
            cpu: Duration::ZERO,
            max_rss_bytes: 0,
            queue: Duration::ZERO,
            backend,
            tier,
            start: Start::Cold,
            session_lost: None,
        }
    }
}

/// What happens while a program runs.
#[derive(Clone, Debug, PartialEq)]
pub enum RunEvent {
    /// The program runs.
    Started {
        /// How its process came to be.
        start: Start,
    },
    /// It wrote to standard output.
    Stdout(Vec<u8>),
    /// It wrote to standard error.
    Stderr(Vec<u8>),
    /// It has ended; what was streamed stands in the report again.
    Finished(Box<RunReport>),
}

/// What came of one attack of a self-test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// The box held.
    Held,
    /// It did not.
    Breached,
    /// Nothing is known: the attack itself failed.
    Failed,
}

impl Verdict {
    /// Its name in every API and table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Breached => "breached",
            Self::Failed => "failed",
        }
    }
}

/// One attack of a self-test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttackReport {
    /// Its name, unique within its group.
    pub name: String,
    /// What it is about, such as `files`, `kernel`, `resources`.
    pub group: String,
    /// What it would mean if it got through.
    pub harm: String,
    /// What came of it.
    pub verdict: Verdict,
    /// How it was stopped, what it got, or why it failed.
    pub detail: String,
    /// How long it took.
    pub took: Duration,
}
