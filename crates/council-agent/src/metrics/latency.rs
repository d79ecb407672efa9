//! The last latencies themselves: quantiles from a histogram would only be as exact as its buckets.

use council_core::Outcome;
use std::collections::VecDeque;
use std::time::Duration;

/// How many latencies are kept.
const KEPT: usize = 1_024;

/// How long turns took, by nearest rank.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LatencyQuantiles {
    /// How many turns this is about; with 0 the other fields mean nothing.
    pub count: u64,
    /// Their mean.
    pub mean: Duration,
    /// Half of them took at most this.
    pub p50: Duration,
    /// 95 % of them took at most this.
    pub p95: Duration,
    /// 99 % of them took at most this.
    pub p99: Duration,
}

/// Counts of ended turns, and the latest latencies of those that were answered to the end. A refusal takes no time
/// and would only make the others look fast.
#[derive(Debug, Default)]
pub(super) struct Latencies {
    pub(super) finished: u64,
    pub(super) succeeded: u64,
    latest: VecDeque<Duration>,
}

impl Latencies {
    pub(super) fn add(&mut self, outcome: Outcome, latency: Duration) {
        self.finished += 1;
        match outcome {
            Outcome::Completed => {
                self.succeeded += 1;
                if self.latest.len() == KEPT {
                    self.latest.pop_front();
                }
                self.latest.push_back(latency);
            }
            Outcome::Cancelled | Outcome::Failed => {}
        }
    }

    pub(super) fn quantiles(&self) -> LatencyQuantiles {
        let mut sorted: Vec<Duration> = self.latest.iter().copied().collect();
        sorted.sort_unstable();
        let count = sorted.len();
        let at = |percent: usize| {
            let rank = (count * percent).div_ceil(100);
            sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
        };
        let sum: Duration = sorted.iter().sum();
        let mean = sum.checked_div(count as u32).unwrap_or_default();
        LatencyQuantiles {
            count: count as u64,
            mean,
            p50: at(50),
            p95: at(95),
            p99: at(99),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantiles(millis: impl IntoIterator<Item = u64>) -> LatencyQuantiles {
        let mut latencies = Latencies::default();
        for milli in millis {
            latencies.add(Outcome::Completed, Duration::from_millis(milli));
        }
        latencies.quantiles()
    }

    fn expected(count: u64, [mean, p50, p95, p99]: [u64; 4]) -> LatencyQuantiles {
        let [mean, p50, p95, p99] = [mean, p50, p95, p99].map(Duration::from_millis);
        LatencyQuantiles {
            count,
            mean,
            p50,
            p95,
            p99,
        }
    }

    #[test]
    fn quantiles_are_latencies_that_were_measured() {
        assert_eq!(quantiles([]), expected(0, [0; 4]));
        assert_eq!(quantiles([7]), expected(1, [7; 4]));
        assert_eq!(quantiles([30, 10, 20]), expected(3, [20, 20, 30, 30]));
        assert_eq!(quantiles((1..=199).rev()), expected(199, [100, 100, 190, 198]));
    }

    #[test]
    fn only_the_last_1024_count() {
        let slow_then_fast = (0..100).map(|_| 60_000).chain((0..1_024).map(|_| 5));
        assert_eq!(quantiles(slow_then_fast), expected(1_024, [5; 4]));
    }

    #[test]
    fn failed_and_cancelled_turns_are_counted_and_not_averaged() {
        let mut latencies = Latencies::default();
        latencies.add(Outcome::Completed, Duration::from_secs(2));
        latencies.add(Outcome::Failed, Duration::ZERO);
        latencies.add(Outcome::Cancelled, Duration::ZERO);
        assert_eq!((latencies.finished, latencies.succeeded), (3, 1));
        assert_eq!(latencies.quantiles(), expected(1, [2_000; 4]));
    }
}
