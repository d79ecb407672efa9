//! Histories: second by second from the ring, or from the summaries in the store.

use super::Monitor;
use super::series::SERIES;
use council_core::{Resolution, Rollup, StoreError, Timestamp};
use std::collections::BTreeMap;
use std::time::Duration;

/// How far back each second is known.
const SECONDS_KEPT: Duration = Duration::from_mins(15);

/// Most points of a history: thirty days of quarters of an hour have 2,880.
const MOST_POINTS: u64 = 3_000;

/// How far apart the points of a history are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Second,
    Summary(Resolution),
}

impl Step {
    /// The finest that is kept as far back as `from` and gives no more than the most points.
    pub(crate) fn choose(now: Timestamp, from: Timestamp, until: Timestamp) -> Self {
        let fits = |kept: Duration, step: Duration| {
            now.since(from) <= kept && until.since(from).as_secs() / step.as_secs() <= MOST_POINTS
        };
        if fits(SECONDS_KEPT, Duration::from_secs(1)) {
            Self::Second
        } else if fits(Resolution::Minute.kept(), Resolution::Minute.length()) {
            Self::Summary(Resolution::Minute)
        } else {
            Self::Summary(Resolution::Quarter)
        }
    }

    /// Seconds between two points.
    pub(crate) fn seconds(self) -> u64 {
        match self {
            Self::Second => 1,
            Self::Summary(resolution) => resolution.length().as_secs(),
        }
    }
}

/// How things were.
pub(crate) struct Past {
    pub(crate) step: Step,
    /// Of the first point.
    pub(crate) start: Timestamp,
    /// A value for each point by series; `None` where nothing was measured.
    pub(crate) series: BTreeMap<&'static str, Vec<Option<f64>>>,
}

impl Monitor {
    /// How some series were from `from` on and before `until`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn past(
        &self,
        names: &[&'static str],
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Past, StoreError> {
        let now = self.clock().now();
        // What is still to come has no points.
        let until = until.min(now.after(Duration::from_secs(1)));
        let step = Step::choose(now, from, until);
        let start = from.as_secs() - from.as_secs() % step.seconds();
        let end_ms = until.as_millis().saturating_sub(start * 1_000);
        let points = end_ms.div_ceil(step.seconds() * 1_000).min(MOST_POINTS + 1);
        let start_at = Timestamp::from_millis(start * 1_000);
        let end_at = Timestamp::from_millis((start + points * step.seconds()) * 1_000);
        let mut series: BTreeMap<&'static str, Vec<Option<f64>>> = names
            .iter()
            .map(|name| (*name, vec![None; points as usize]))
            .collect();
        match step {
            Step::Second => {
                let seconds = self.state().ring.seconds(start_at, end_at);
                for (slot, sample) in seconds.into_iter().enumerate() {
                    let Some(sample) = sample else { continue };
                    for (name, values) in &mut series {
                        values[slot] = sample.get(name).copied().flatten();
                    }
                }
            }
            Step::Summary(resolution) => {
                for rollup in self.summaries(resolution, start_at, end_at, now).await? {
                    let slot = (rollup.start.as_secs() - start) / step.seconds();
                    for (name, values) in &mut series {
                        if let Some(value) = values.get_mut(slot as usize) {
                            *value = rollup.values.get(*name).copied();
                        }
                    }
                }
            }
        }
        Ok(Past {
            step,
            start: start_at,
            series,
        })
    }

    /// Those in the store, and the one that is being measured.
    pub(super) async fn summaries(
        &self,
        resolution: Resolution,
        from: Timestamp,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<Rollup>, StoreError> {
        let mut found = match &self.history {
            Some(history) => history.rollups(resolution, from, until).await?,
            None => Vec::new(),
        };
        let current = resolution.start(now);
        let running = self.state().ring.rollup(resolution, current);
        if let Some(running) = running.filter(|_| from <= current && current < until) {
            let kept = found.iter().find(|one| one.start == current);
            if kept.is_none_or(|kept| kept.covered_s < running.covered_s) {
                // Where there are two, the later one of the list is taken.
                found.push(running);
            }
        }
        Ok(found)
    }
}

/// The series of these names, all where none is named.
///
/// # Errors
/// The name that no series has.
pub(crate) fn named(names: Option<&str>) -> Result<Vec<&'static str>, String> {
    let Some(names) = names else {
        return Ok(SERIES.iter().map(|series| series.name).collect());
    };
    names
        .split(',')
        .map(str::trim)
        .map(|name| {
            let found = SERIES.iter().find(|series| series.name == name);
            found.map(|series| series.name).ok_or_else(|| name.to_owned())
        })
        .collect()
}
