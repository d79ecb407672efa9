//! The current time as a dependency, so that tests can hold it still.

use std::time::Duration;

/// The months in English, lower case.
pub const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Time since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(Duration);

impl Timestamp {
    /// This long after the Unix epoch.
    pub const fn from_duration(since_epoch: Duration) -> Self {
        Self(since_epoch)
    }

    /// This many milliseconds after the Unix epoch.
    pub const fn from_millis(millis: u64) -> Self {
        Self(Duration::from_millis(millis))
    }

    /// Whole milliseconds since the Unix epoch.
    pub const fn as_millis(self) -> u64 {
        self.0.as_millis() as u64
    }

    /// Whole seconds since the Unix epoch.
    pub const fn as_secs(self) -> u64 {
        self.0.as_secs()
    }

    /// Seconds since the Unix epoch with their fraction.
    pub fn as_secs_f64(self) -> f64 {
        self.0.as_secs_f64()
    }

    /// Time from `earlier` to this; zero when the clock was set back in between.
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// Whether at least `time` has passed from this to `now`. Where the clock was set back in between nobody knows how
    /// much has, and it is taken for enough: whatever waits for a time must not wait for the clock to catch up.
    pub fn is_past(self, time: Duration, now: Self) -> bool {
        now < self || now.since(self) >= time
    }

    /// This much later, or the last time that there is.
    pub fn after(self, time: Duration) -> Self {
        Self(self.0.saturating_add(time))
    }

    /// Midnight before it, UTC.
    pub fn start_of_day(self) -> Self {
        let seconds = self.as_secs();
        Self(Duration::from_secs(seconds - seconds % DAY_SECONDS))
    }

    /// Midnight at the beginning of its month, UTC.
    pub fn start_of_month(self) -> Self {
        let day = self.as_secs() / DAY_SECONDS;
        Self(Duration::from_secs((day - day_of_month(day)) * DAY_SECONDS))
    }
}

const DAY_SECONDS: u64 = 86_400;

/// The day of the month, counted from 0, of so many days after the epoch. Years are taken to begin in March, so that
/// the leap day is their last (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`).
fn day_of_month(days_since_epoch: u64) -> u64 {
    // From 0000-03-01, in eras of 400 years.
    let days = (days_since_epoch + 719_468) % 146_097;
    let year = (days - days / 1_460 + days / 36_524 - days / 146_096) / 365;
    let day_of_year = days - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    day_of_year - (153 * month + 2) / 5
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The time of day now.
    fn now(&self) -> Timestamp;
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    #[test]
    fn a_time_is_past_when_it_has_passed_and_when_the_clock_was_set_back() {
        let minute = std::time::Duration::from_mins(1);
        assert!(!at(1_000).is_past(minute, at(1_059)));
        assert!(at(1_000).is_past(minute, at(1_060)));
        assert!(at(1_000).is_past(minute, at(999)));
    }

    #[test]
    fn days_and_months_begin_at_midnight() {
        // 2026-11-22 12:34:56 UTC; 2026-11-22; 2026-11-01.
        let now = at(1_795_350_896);
        assert_eq!(now.start_of_day(), at(1_795_305_600));
        assert_eq!(now.start_of_month(), at(1_793_491_200));
        // 2024-02-29 is the last day of its month; 2024-03-01 the first of the next.
        assert_eq!(at(1_709_210_000).start_of_month(), at(1_706_745_600));
        assert_eq!(at(1_709_251_200).start_of_month(), at(1_709_251_200));
        // 2100 is no leap year: 2100-02-28 and 2100-03-01 follow each other.
        assert_eq!(at(4_107_456_000).start_of_month(), at(4_105_123_200));
        assert_eq!(at(4_107_542_400).start_of_month(), at(4_107_542_400));
        assert_eq!(at(0).start_of_month(), at(0));
    }
}
