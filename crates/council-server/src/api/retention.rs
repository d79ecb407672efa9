//! What is older than it may be.

use council_core::retention::{Expired, RetentionRules};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Under which rules.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RetentionQuery {
    /// Days in place of each setting that says when something goes, to see what would then go.
    pub(crate) days: Option<u64>,
}

/// What would go, and after how many days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RetentionObject {
    /// What would go now; nothing has.
    pub(crate) data: Vec<RetentionLine>,
}

/// One kind of thing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RetentionLine {
    /// What it is: `conversations`, `turns`, `receipts`, `ledger`, `egress`, `audit`, `metrics`.
    pub(crate) kind: &'static str,
    /// The setting that says so.
    pub(crate) setting: String,
    /// After how many days it goes; 0: never.
    pub(crate) days: u64,
    /// How many would go now.
    pub(crate) expired: u64,
}

impl RetentionObject {
    pub(crate) fn new(rules: RetentionRules, expired: Expired) -> Self {
        let days = [
            rules.conversations_days,
            rules.turns_days,
            rules.receipts_days,
            rules.ledger_days,
            rules.egress_days,
            rules.audit_days,
            rules.metrics_days,
        ];
        let line = |((kind, expired), days): ((&'static str, u64), u64)| RetentionLine {
            kind,
            setting: format!("retention.{kind}_days"),
            days,
            expired,
        };
        Self {
            data: expired.counts().into_iter().zip(days).map(line).collect(),
        }
    }
}
