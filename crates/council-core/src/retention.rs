//! How long things are kept.

use crate::clock::Timestamp;
use crate::conversation::StoreError;
use async_trait::async_trait;
use std::time::Duration;

/// After how many days things go; 0: never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RetentionRules {
    /// Conversations that nobody has used for so long, with their messages, files and receipts; pinned ones stay.
    pub conversations_days: u64,
    /// Remembered turns and summaries of sessions; pinned ones stay, and so do facts, notes and documents.
    pub turns_days: u64,
    /// Receipts and what was thought of answers.
    pub receipts_days: u64,
    /// Lines of the ledger. What was spent is kept for the budgets.
    pub ledger_days: u64,
    /// Lines about what left this machine.
    pub egress_days: u64,
    /// Lines of the audit.
    pub audit_days: u64,
    /// Measurements of the process.
    pub metrics_days: u64,
}

impl RetentionRules {
    /// Everything after the same number of days.
    pub fn all(days: u64) -> Self {
        Self {
            conversations_days: days,
            turns_days: days,
            receipts_days: days,
            ledger_days: days,
            egress_days: days,
            audit_days: days,
            metrics_days: days,
        }
    }

    /// Of these, what each machine keeps for itself where several share the rest: what left it, and its measurements.
    pub fn of_the_machine(self) -> Self {
        Self {
            egress_days: self.egress_days,
            metrics_days: self.metrics_days,
            ..Self::default()
        }
    }

    /// Whether anything ever goes.
    pub fn keeps_everything(self) -> bool {
        self == Self::default()
    }
}

/// The moment before which things go, or `None` where they stay.
pub fn cutoff(days: u64, now: Timestamp) -> Option<Timestamp> {
    let age = Duration::from_hours(days.checked_mul(24)?);
    (days > 0).then(|| Timestamp::from_duration(now.since(Timestamp::from_duration(age))))
}

/// How many of each went, or would.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expired {
    /// Conversations.
    pub conversations: u64,
    /// Remembered turns and summaries.
    pub turns: u64,
    /// Receipts.
    pub receipts: u64,
    /// Lines of the ledger.
    pub ledger: u64,
    /// Lines about what left.
    pub egress: u64,
    /// Lines of the audit.
    pub audit: u64,
    /// Measurements.
    pub metrics: u64,
}

impl Expired {
    /// Each with its name.
    pub fn counts(self) -> [(&'static str, u64); 7] {
        [
            ("conversations", self.conversations),
            ("turns", self.turns),
            ("receipts", self.receipts),
            ("ledger", self.ledger),
            ("egress", self.egress),
            ("audit", self.audit),
            ("metrics", self.metrics),
        ]
    }

    /// Both together.
    pub fn plus(self, other: Self) -> Self {
        Self {
            conversations: self.conversations + other.conversations,
            turns: self.turns + other.turns,
            receipts: self.receipts + other.receipts,
            ledger: self.ledger + other.ledger,
            egress: self.egress + other.egress,
            audit: self.audit + other.audit,
            metrics: self.metrics + other.metrics,
        }
    }

    /// All of them.
    pub fn total(self) -> u64 {
        self.counts().iter().map(|(_, count)| count).sum()
    }
}

/// Removes what is older than it may be, memories apart, which [`MemoryStore`](crate::MemoryStore) forgets.
#[async_trait]
pub trait Retention: Send + Sync {
    /// How many would go.
    async fn expired(&self, rules: RetentionRules, now: Timestamp) -> Result<Expired, StoreError>;

    /// Removes them, and their traces in the files.
    async fn expire(&self, rules: RetentionRules, now: Timestamp) -> Result<Expired, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_goes_after_no_days_and_everything_before_its_day() {
        let now = Timestamp::from_millis(100 * 86_400_000);
        assert_eq!(cutoff(0, now), None);
        assert_eq!(cutoff(30, now), Some(Timestamp::from_millis(70 * 86_400_000)));
        assert_eq!(cutoff(200, now), Some(Timestamp::default()));
        assert_eq!(cutoff(u64::MAX, now), None);
    }
}
