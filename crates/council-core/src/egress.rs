//! What leaves this machine: through one gate, with a line for each request and connection.
//!
//! - [`rules`]: hosts, and whether they may be connected to
//! - [`gate`]: the gate as the rest of the program sees it
//! - `naive`: the ledger in memory, for tests

pub mod gate;
#[cfg(any(test, feature = "naive"))]
pub mod naive;
pub mod rules;

pub use gate::{Egress, EgressRefused, Passage, Refusal};
pub use rules::{Bound, EgressRules, HostList, HostPattern, Place, Purpose, Reach, Standing, is_private};

use crate::clock::Timestamp;
use crate::conversation::{Page, StoreError};
use crate::privacy::Found;
use async_trait::async_trait;

/// Where a request comes from, for the line that is written when it leaves this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The request in the ledger; empty for what no request asked for.
    pub request_id: String,
    /// What it is for, such as `turn`, `council` or `learning`; empty: not said.
    pub purpose: String,
    /// The span of the call in the W3C's form (<https://www.w3.org/TR/trace-context/>), for a server that goes on with the
    /// trace; empty where nothing is traced.
    pub traceparent: String,
    /// The user has seen what [`Ask`](crate::PrivacyAction::Ask) found and agrees.
    pub consent: bool,
    /// The line that was written for it already; the requests that it takes are counted there.
    pub line: Option<EgressId>,
}

/// A line's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EgressId(pub i64);

/// What is about to leave: a call of a model, or a request or connection for anything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEgress {
    /// When.
    pub started_at: Timestamp,
    /// The request in the ledger; empty for what no request asked for.
    pub request_id: String,
    /// The model's id here; empty where no model is asked.
    pub model: String,
    /// Where it goes: a host name or an address, with its port where it is not the usual one.
    pub host: String,
    /// What it is for.
    pub purpose: String,
    /// Text that is sent to a model, in bytes of UTF-8: messages, tools, results; without what the protocol adds.
    pub sent_bytes: u64,
    /// What was put out of it, by kind.
    pub redacted: Vec<Found>,
}

/// What lines of the ledger are for: calls of models by who asks for them, and the [`Purpose`]s of all else.
pub const PURPOSES: [&str; 10] = [
    "turn",
    "memory",
    "calibration",
    "model",
    "check",
    "pull",
    "packages",
    "database",
    "server",
    "telemetry",
];

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EgressOutcome {
    /// It runs.
    Running,
    /// Answered to its end.
    Completed,
    /// Nobody waited for the rest of the answer.
    Cancelled,
    /// Failed.
    Failed,
    /// The process ended first.
    Interrupted,
    /// The gate did not let it out.
    Refused,
}

impl EgressOutcome {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Running,
        Self::Completed,
        Self::Cancelled,
        Self::Failed,
        Self::Interrupted,
        Self::Refused,
    ];

    /// The outcome's name in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
            Self::Refused => "refused",
        }
    }

    /// The outcome with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }
}

/// What requests and connections carried, as it was really sent and read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// How many requests or connections were made.
    pub requests: u64,
    /// Bytes that were sent: bodies of requests, or all of another protocol.
    pub sent_bytes: u64,
    /// Bytes that were read.
    pub received_bytes: u64,
}

/// A line of the egress ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EgressEntry {
    /// Its number.
    pub id: EgressId,
    /// What left.
    pub call: NewEgress,
    /// Text that a model sent back, in bytes of UTF-8.
    pub received_bytes: u64,
    /// What was really carried.
    pub carried: Carried,
    /// How it ended.
    pub outcome: EgressOutcome,
    /// Why it was refused, in a word; empty of what was not, and of lines of before that was kept.
    pub reason: String,
}

/// Which lines are looked for. What is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EgressFilter {
    /// The host begins with this.
    pub host: Option<String>,
    /// What it was for.
    pub purpose: Option<String>,
    /// The request in the ledger.
    pub request_id: Option<String>,
    /// How it ended.
    pub outcome: Option<EgressOutcome>,
    /// From this moment on.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

/// What all lines of one host and purpose come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EgressTotal {
    /// The host.
    pub host: String,
    /// What it was for.
    pub purpose: String,
    /// Lines.
    pub lines: u64,
    /// How many of them the gate did not let out.
    pub refused: u64,
    /// What they carried; for lines of before that was counted, the text.
    pub carried: Carried,
    /// When the last of them began.
    pub last_at: Timestamp,
}

/// Keeps the lines. A returned `Ok` of [`begin`](Self::begin) is on disk, so that nothing leaves unwritten.
#[async_trait]
pub trait EgressLog: Send + Sync {
    /// Writes the line of something before it is sent.
    async fn begin(&self, call: NewEgress) -> Result<EgressId, StoreError>;

    /// Adds to what a line carried.
    async fn add(&self, id: EgressId, carried: Carried) -> Result<(), StoreError>;

    /// Writes how it ended. A line that ended already stays as it is.
    async fn end(&self, id: EgressId, received_bytes: u64, outcome: EgressOutcome) -> Result<(), StoreError>;

    /// Writes that it was not let out, and why, in a word. A line that ended already stays as it is.
    async fn refuse(&self, id: EgressId, reason: &'static str) -> Result<(), StoreError>;

    /// The latest lines, newest first.
    async fn lines(&self, filter: EgressFilter, page: Page) -> Result<Vec<EgressEntry>, StoreError>;

    /// Totals by host and purpose, the busiest first.
    async fn totals(&self, filter: EgressFilter) -> Result<Vec<EgressTotal>, StoreError>;
}
