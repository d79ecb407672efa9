//! How the process did over time: summaries of its measurements, kept for weeks.

use crate::clock::Timestamp;
use crate::conversation::StoreError;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long the time is that one summary stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resolution {
    /// A minute, kept for a week.
    Minute,
    /// A quarter of an hour, kept for thirty days.
    Quarter,
}

impl Resolution {
    /// The length of one summary.
    pub const fn length(self) -> Duration {
        match self {
            Self::Minute => Duration::from_mins(1),
            Self::Quarter => Duration::from_mins(15),
        }
    }

    /// How long summaries are kept.
    pub const fn kept(self) -> Duration {
        match self {
            Self::Minute => Duration::from_hours(7 * 24),
            Self::Quarter => Duration::from_hours(30 * 24),
        }
    }

    /// When the summary that this moment belongs to begins.
    pub const fn start(self, at: Timestamp) -> Timestamp {
        let length = self.length().as_secs();
        Timestamp::from_millis((at.as_secs() - at.as_secs() % length) * 1_000)
    }
}

/// What was measured over a minute or a quarter of an hour.
#[derive(Clone, Debug, PartialEq)]
pub struct Rollup {
    /// When it begins.
    pub start: Timestamp,
    /// Seconds of it that were measured; fewer than it has where the process began or ended in it.
    pub covered_s: u32,
    /// Values by the name of their series. What could not be measured is absent.
    pub values: BTreeMap<String, f64>,
}

/// Keeps summaries.
#[async_trait]
pub trait MetricsHistory: Send + Sync {
    /// Keeps one and forgets those that are older than they are kept at this resolution. Of two for the same time the one that
    /// covers more of it stays. It survives the end of the process, and perhaps not a power cut.
    async fn keep_rollup(&self, resolution: Resolution, rollup: Rollup) -> Result<(), StoreError>;

    /// Those that begin at `from` or later and before `until`, oldest first.
    async fn rollups(
        &self,
        resolution: Resolution,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Rollup>, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::{Resolution, Timestamp};

    #[test]
    fn a_moment_belongs_to_the_minute_and_the_quarter_that_began_last() {
        let at = Timestamp::from_millis(1_790_000_999_900);
        assert_eq!(
            Resolution::Minute.start(at),
            Timestamp::from_millis(1_790_000_940_000)
        );
        assert_eq!(
            Resolution::Quarter.start(at),
            Timestamp::from_millis(1_790_000_100_000)
        );
    }
}
