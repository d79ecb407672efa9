//! What each request used and cost. The source of every number about money and tokens that a person sees.

use crate::clock::Timestamp;
use crate::conversation::{MessageId, NewMessage, StoreError};
use crate::generate::Usage;
use crate::model::Locality;
use async_trait::async_trait;
use std::time::Duration;

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Answered to its end.
    Completed,
    /// The client went away or cancelled.
    Cancelled,
    /// Failed; the error went to the client.
    Failed,
}

impl Outcome {
    /// The outcome's name in the database, in metrics and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }
}

/// One request's line in the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerEntry {
    /// The request, unique.
    pub request_id: String,
    /// Whose it is.
    pub user: String,
    /// When it began.
    pub started_at: Timestamp,
    /// The API route that it came by, such as `/hybrid`.
    pub route: String,
    /// The model that answered; empty when none was reached.
    pub model: String,
    /// Where that model computes.
    pub locality: Locality,
    /// Tokens used.
    pub usage: Usage,
    /// What it cost, in US dollars.
    pub cost_usd: f64,
    /// From acceptance to the last token.
    pub latency: Duration,
    /// From acceptance to the first token, where there was one.
    pub first_token: Option<Duration>,
    /// How it ended.
    pub outcome: Outcome,
}

/// Sums over part of the ledger.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LedgerSummary {
    /// Requests, however they ended.
    pub requests: u64,
    /// Requests that failed.
    pub failed: u64,
    /// Requests that a remote model answered.
    pub remote: u64,
    /// Tokens of prompts.
    pub input_tokens: u64,
    /// Those of them that were reused from the cache.
    pub cached_tokens: u64,
    /// Tokens generated.
    pub output_tokens: u64,
    /// Cost in US dollars.
    pub cost_usd: f64,
    /// The same by model, most requests first.
    pub by_model: Vec<ModelSpend>,
}

/// One model's share of a [`LedgerSummary`].
#[derive(Clone, Debug, PartialEq)]
pub struct ModelSpend {
    /// The model's id.
    pub model: String,
    /// Requests that it answered.
    pub requests: u64,
    /// Cost in US dollars.
    pub cost_usd: f64,
}

/// Keeps the ledger. A returned `Ok` is on disk; a line that cost nothing and comes without messages may be only with
/// the operating system, which survives a kill of the process.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Writes a request's line and, in the same transaction, the messages that it added; returns their ids.
    /// Settling the same `request_id` twice is an error.
    async fn settle(
        &self,
        entry: LedgerEntry,
        messages: Vec<NewMessage>,
    ) -> Result<Vec<MessageId>, StoreError>;

    /// Sums over all requests that began at or after `since`: of this user, or of everybody.
    async fn summary(&self, user: Option<&str>, since: Timestamp) -> Result<LedgerSummary, StoreError>;

    /// A user's latest lines, newest first.
    async fn entries(
        &self,
        user: &str,
        page: crate::conversation::Page,
    ) -> Result<Vec<LedgerEntry>, StoreError>;
}
