//! The readings of the last quarter of an hour, and what can be told from them.

use super::reading::{Reading, values};
use council_core::{Resolution, Rollup, Timestamp};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// Seconds that are kept: a quarter of an hour, and a minute before it that quantiles at its beginning look back to.
const KEPT_S: u64 = 16 * 60;

/// How far back shares and quantiles of one second look.
pub(crate) const WINDOW: Duration = Duration::from_mins(1);

/// A reading more than this after the one before it: what was in between was not measured.
const GAP: Duration = Duration::from_millis(2_500);

/// Values of all series at one time.
pub(crate) type Sample = BTreeMap<&'static str, Option<f64>>;

/// Readings, oldest first, at most one for each second.
#[derive(Default)]
pub(crate) struct Ring(VecDeque<Reading>);

impl Ring {
    /// Adds one. Of two in one second the later stays; one from before the last, as after the clock was set back, begins anew.
    pub(crate) fn push(&mut self, reading: Reading) {
        match self.0.back() {
            Some(last) if reading.at < last.at => self.0.clear(),
            Some(last) if reading.at.as_secs() == last.at.as_secs() && self.0.len() > 1 => {
                self.0.pop_back();
            }
            _ => {}
        }
        let oldest = reading.at.as_secs().saturating_sub(KEPT_S);
        while self
            .0
            .front()
            .is_some_and(|reading| reading.at.as_secs() < oldest)
        {
            self.0.pop_front();
        }
        self.0.push_back(reading);
    }

    /// The last reading.
    pub(crate) fn last(&self) -> Option<&Reading> {
        self.0.back()
    }

    /// The reading that shares and quantiles of the one at `index` begin at.
    pub(crate) fn recent(&self, at: Timestamp) -> Option<&Reading> {
        let index = self.0.partition_point(|reading| at.since(reading.at) > WINDOW);
        self.0.get(index)
    }

    /// All series as of the last reading.
    pub(crate) fn now(&self) -> Option<Sample> {
        self.sample(self.0.len().checked_sub(1)?)
    }

    fn sample(&self, index: usize) -> Option<Sample> {
        let reading = self.0.get(index)?;
        let before = index
            .checked_sub(1)
            .and_then(|index| self.0.get(index))
            .unwrap_or(reading);
        Some(values(before, self.recent(reading.at)?, &[reading]))
    }

    /// All series at each second from `from` on and before `until`; `None` where nothing was measured, or it follows such a gap.
    pub(crate) fn seconds(&self, from: Timestamp, until: Timestamp) -> Vec<Option<Sample>> {
        let (from, until) = (from.as_secs(), until.as_secs());
        let mut slots: Vec<Option<Sample>> = (from..until).map(|_| None).collect();
        for (index, reading) in self.0.iter().enumerate().skip(1) {
            let second = reading.at.as_secs();
            let gap = self
                .0
                .get(index - 1)
                .is_none_or(|before| reading.at.since(before.at) > GAP);
            let slot = second
                .checked_sub(from)
                .and_then(|slot| slots.get_mut(slot as usize));
            if let Some(slot) = slot
                && !gap
            {
                *slot = self.sample(index);
            }
        }
        slots
    }

    /// What the part of the time from `start` on that has been measured amounts to; `None` where nothing was. Exact: rates
    /// and quantiles come from counters and histograms at its ends, not from those of its seconds.
    pub(crate) fn rollup(&self, resolution: Resolution, start: Timestamp) -> Option<Rollup> {
        let end = start.after(resolution.length());
        let first = self.0.partition_point(|reading| reading.at < start);
        let last = self.0.partition_point(|reading| reading.at < end);
        let readings: Vec<&Reading> = self.0.range(first..last).collect();
        // Where nothing is known of before, the first reading is where counting begins.
        let before = first.checked_sub(1).and_then(|index| self.0.get(index));
        let before = before.filter(|before| {
            readings
                .first()
                .is_some_and(|first| first.at.since(before.at) <= GAP)
        });
        let before = before.or_else(|| readings.first().copied())?;
        let values = values(before, before, &readings);
        let values = values
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Some(Rollup {
            start,
            covered_s: readings.len() as u32,
            values: values.collect(),
        })
    }
}
