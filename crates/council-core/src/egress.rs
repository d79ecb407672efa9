//! What left this machine: one line for each call of a model on another one.

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
    /// The user has seen what [`Ask`](crate::PrivacyAction::Ask) found and agrees.
    pub consent: bool,
}

/// A line's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EgressId(pub i64);

/// A call that is about to leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEgress {
    /// When.
    pub started_at: Timestamp,
    /// The request in the ledger; empty for what no request asked for.
    pub request_id: String,
    /// The model's id here.
    pub model: String,
    /// Where it goes: a host name or an address, with its port where it is not the usual one.
    pub host: String,
    /// What it is for.
    pub purpose: String,
    /// Text that is sent, in bytes of UTF-8: messages, tools, results; without what the protocol adds.
    pub sent_bytes: u64,
    /// What was put out of it, by kind.
    pub redacted: Vec<Found>,
}

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
}

impl EgressOutcome {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Running,
        Self::Completed,
        Self::Cancelled,
        Self::Failed,
        Self::Interrupted,
    ];

    /// The outcome's name in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }

    /// The outcome with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }
}

/// A line of the egress ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EgressEntry {
    /// Its number.
    pub id: EgressId,
    /// What left.
    pub call: NewEgress,
    /// Text that came back, in bytes of UTF-8.
    pub received_bytes: u64,
    /// How it ended.
    pub outcome: EgressOutcome,
}

/// Keeps the lines. A returned `Ok` of [`begin`](Self::begin) is on disk, so that nothing leaves unwritten.
#[async_trait]
pub trait EgressLog: Send + Sync {
    /// Writes the line of a call before it is made.
    async fn begin(&self, call: NewEgress) -> Result<EgressId, StoreError>;

    /// Writes how it ended. A line that ended already stays as it is.
    async fn end(&self, id: EgressId, received_bytes: u64, outcome: EgressOutcome) -> Result<(), StoreError>;

    /// The latest lines, newest first.
    async fn lines(&self, page: Page) -> Result<Vec<EgressEntry>, StoreError>;
}
