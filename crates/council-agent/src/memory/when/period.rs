//! A stretch of time, and those that the calendar knows. UTC; `None` beyond the years of the calendar.

use super::words::Unit;
use jiff::Span;
use jiff::civil::{Date, DateTime, Weekday};

/// From, to (exclusive).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) from: DateTime,
    pub(super) to: DateTime,
}

impl Period {
    /// From the first moment of a day to the first of another.
    pub(super) fn days(from: Date, to: Date) -> Self {
        Self {
            from: from.at(0, 0, 0, 0),
            to: to.at(0, 0, 0, 0),
        }
    }

    /// A day.
    pub(super) fn day(day: Date) -> Option<Self> {
        Some(Self::days(day, day.tomorrow().ok()?))
    }

    /// Hours of a day; beyond 24 they are of the next.
    pub(super) fn hours(day: Date, from: i8, to: i8) -> Option<Self> {
        let midnight = day.at(0, 0, 0, 0);
        Some(Self {
            from: midnight.checked_add(Span::new().try_hours(from).ok()?).ok()?,
            to: midnight.checked_add(Span::new().try_hours(to).ok()?).ok()?,
        })
    }

    /// The week of a day, which begins on Monday.
    pub(super) fn week(day: Date) -> Option<Self> {
        let monday = shift(day, Unit::Day, -i64::from(day.weekday().to_monday_zero_offset()))?;
        Some(Self::days(monday, shift(monday, Unit::Week, 1)?))
    }

    /// Saturday and Sunday of the week of a day.
    pub(super) fn weekend(day: Date) -> Option<Self> {
        let end = Self::week(day)?.to.date();
        Some(Self::days(shift(end, Unit::Day, -2)?, end))
    }

    /// Months from the first day of one on.
    pub(super) fn months(year: i16, month: i8, count: i64) -> Option<Self> {
        let first = Date::new(year, month, 1).ok()?;
        Some(Self::days(first, shift(first, Unit::Month, count)?))
    }

    /// A year.
    pub(super) fn year(year: i16) -> Option<Self> {
        Self::months(year, 1, 12)
    }

    /// The calendar's own day, week, month or year in which a day is; an hour is no matter of days.
    pub(super) fn around(day: Date, unit: Unit) -> Option<Self> {
        match unit {
            Unit::Hour | Unit::Day => Self::day(day),
            Unit::Week => Self::week(day),
            Unit::Month => Self::months(day.year(), day.month(), 1),
            Unit::Year => Self::year(day.year()),
        }
    }
}

/// A day so many units later, or earlier.
pub(super) fn shift(day: Date, unit: Unit, count: i64) -> Option<Date> {
    let span = Span::new();
    let span = match unit {
        Unit::Hour => return Some(day),
        Unit::Day => span.try_days(count),
        Unit::Week => span.try_weeks(count),
        Unit::Month => span.try_months(count),
        Unit::Year => span.try_years(count),
    };
    day.checked_add(span.ok()?).ok()
}

/// The last day of this name before another day.
pub(super) fn weekday_before(day: Date, weekday: Weekday) -> Option<Date> {
    day.nth_weekday(-1, weekday).ok()
}
