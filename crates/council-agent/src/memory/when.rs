//! The time that a question speaks of: "last week", "in May", "on 8 May 2023", "since Christmas".
//!
//! A sign among others, so that what is not understood costs little, and a wrong guess does not hide a memory. English,
//! UTC, weeks from Monday, seasons of the northern hemisphere. Dates of digits alone are read as ISO 8601 writes them,
//! because "5/8/2023" is two days. Names of months are verbs and people as well: one by itself counts behind a word
//! such as "in" or beside a number.

mod period;
mod words;

use council_core::Timestamp;
use jiff::Span;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use period::{Period, shift, weekday_before};
use words::{Unit, Word, day, month, number, season, unit, weekday, words, year};

/// When what a text speaks of happened, asked at `now`: from, to (exclusive). `None` when it names no time, or one to
/// come. The first time that it names counts.
pub fn time_of(text: &str, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let words = words(text);
    let reader = Reader {
        words: &words,
        now: civil(now)?,
    };
    let (period, _) = (0..words.len()).find_map(|at| reader.relation(at).or_else(|| reader.bare(at)))?;
    let (from, to) = (moment(period.from), moment(period.to));
    (from < to && from <= now).then_some((from, to))
}

/// When one is told of what happened in a time: as long afterwards as it lasted, at most a week.
pub fn told_of((from, to): (Timestamp, Timestamp)) -> (Timestamp, Timestamp) {
    const WEEK_MILLIS: u64 = 7 * 86_400_000;
    let lasted = to.as_millis().saturating_sub(from.as_millis());
    let to = to.as_millis().saturating_add(lasted.min(WEEK_MILLIS));
    (from, Timestamp::from_millis(to))
}

fn civil(moment: Timestamp) -> Option<DateTime> {
    let millis = i64::try_from(moment.as_millis()).ok()?;
    let moment = jiff::Timestamp::from_millisecond(millis).ok()?;
    Some(TimeZone::UTC.to_datetime(moment))
}

/// What is before 1970 begins there: memories have no earlier times.
fn moment(civil: DateTime) -> Timestamp {
    let millis = civil
        .to_zoned(TimeZone::UTC)
        .ok()
        .and_then(|zoned| u64::try_from(zoned.timestamp().as_millisecond()).ok());
    Timestamp::from_millis(millis.unwrap_or_default())
}

/// A period, and the place of the first word after it.
type Read = Option<(Period, usize)>;

struct Reader<'a> {
    words: &'a [Word],
    now: DateTime,
}

impl Reader<'_> {
    /// A word; empty beyond the ends.
    fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| &word.text)
    }

    fn is(&self, at: usize, any: &[&str]) -> bool {
        any.contains(&self.word(at))
    }

    fn today(&self) -> Date {
        self.now.date()
    }

    /// A time that is told by another: "since May", "the Friday before 9 October", "two weeks after Christmas".
    fn relation(&self, at: usize) -> Read {
        const LONG_AGO: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
        if self.is(at, &["since", "after"]) {
            let (period, end) = self.period(at + 1)?;
            let from = if self.is(at, &["since"]) {
                period.from
            } else {
                period.to
            };
            return Some((Period { from, to: self.now }, end));
        }
        if self.is(at, &["before", "until", "till"]) {
            let (period, end) = self.period(at + 1)?;
            return Some((
                Period {
                    from: LONG_AGO,
                    to: period.from,
                },
                end,
            ));
        }
        if self.is(at, &["between", "from"]) {
            let (first, end) = self.period(at + 1)?;
            if self.is(end, &["and", "to", "until", "till"])
                && let Some((last, end)) = self.period(end + 1)
            {
                let (from, to) = (first.from, last.to);
                return Some((Period { from, to }, end));
            }
            return None;
        }
        // "last week before 9 October" is told from that day, not from today.
        let at = at + usize::from(self.is(at, &["last", "same"]));
        if let Some(weekday) = weekday(self.word(at)) {
            let (anchor, end) = self.anchor(at + 1)?;
            let day = if self.is(at + 1, &["before"]) {
                weekday_before(anchor.from.date(), weekday)?
            } else {
                anchor.to.date().yesterday().ok()?.nth_weekday(1, weekday).ok()?
            };
            return Some((Period::day(day)?, end));
        }
        if self.is(at, &["weekend"]) {
            let (anchor, end) = self.anchor(at + 1)?;
            let weeks = if self.is(at + 1, &["before"]) { -1 } else { 1 };
            return Some((
                Period::weekend(shift(anchor.from.date(), Unit::Week, weeks)?)?,
                end,
            ));
        }
        let (count, at) = self.count(at).unwrap_or((1, at));
        let unit = unit(self.word(at))?;
        let (anchor, end) = self.anchor(at + 1)?;
        let count = i64::from(count);
        let period = if self.is(at + 1, &["before"]) {
            let to = anchor.from.date();
            Period::days(shift(to, unit, -count)?, to)
        } else {
            let from = anchor.to.date();
            Period::days(from, shift(from, unit, count)?)
        };
        Some((period, end))
    }

    /// What follows "before" or "after".
    fn anchor(&self, at: usize) -> Read {
        self.is(at, &["before", "after"]).then(|| self.period(at + 1))?
    }

    /// A time that stands for itself, behind words that do not move it: "the summer", "early May".
    fn period(&self, at: usize) -> Read {
        const FILLING: [&str; 9] = [
            "the",
            "early",
            "late",
            "mid",
            "end",
            "of",
            "beginning",
            "about",
            "around",
        ];
        self.bare((at..self.words.len()).find(|&at| !self.is(at, &FILLING))?)
    }

    fn bare(&self, at: usize) -> Read {
        self.near_day(at)
            .or_else(|| self.ago(at))
            .or_else(|| self.last_several(at))
            .or_else(|| self.last_or_this(at))
            .or_else(|| self.date(at))
            .or_else(|| self.month(at))
            .or_else(|| self.season_or_feast(at))
            .or_else(|| self.weekday(at))
            .or_else(|| self.year(at))
    }

    /// "yesterday evening", "this morning", "last night", "the day before yesterday".
    fn near_day(&self, at: usize) -> Read {
        let today = self.today();
        if self.is(at, &["day"]) && self.is(at + 1, &["before"]) && self.is(at + 2, &["yesterday"]) {
            return Some((Period::day(shift(today, Unit::Day, -2)?)?, at + 3));
        }
        let (day, next) = match (self.word(at), self.word(at + 1)) {
            ("yesterday", _) => (today.yesterday().ok()?, at + 1),
            ("today", _) | ("this", "morning" | "afternoon" | "evening") => (today, at + 1),
            ("tonight", _) => return Some((Period::hours(today, 18, 29)?, at + 1)),
            ("last", "night") => return Some((Period::hours(today.yesterday().ok()?, 18, 29)?, at + 2)),
            _ => return None,
        };
        let of_day = match self.word(next) {
            "morning" => Period::hours(day, 4, 12),
            "afternoon" => Period::hours(day, 12, 18),
            "evening" => Period::hours(day, 17, 24),
            "night" => Period::hours(day, 18, 29),
            _ => return Some((Period::day(day)?, next)),
        };
        Some((of_day?, next + 1))
    }

    /// How many: "two", "a couple of", "a few"; what is vague is three.
    fn count(&self, at: usize) -> Option<(i16, usize)> {
        let article = usize::from(self.is(at, &["a", "an"]));
        match self.word(at + article) {
            "couple" => Some((
                2,
                at + article + 1 + usize::from(self.is(at + article + 1, &["of"])),
            )),
            "few" | "several" => Some((3, at + article + 1)),
            _ if article == 1 => Some((1, at + 1)),
            word => Some((number(word)?, at + 1)),
        }
    }

    /// "two weeks ago": as precisely as the unit is.
    fn ago(&self, at: usize) -> Read {
        let (count, next) = self.count(at)?;
        let unit = unit(self.word(next))?;
        if !self.is(next + 1, &["ago", "earlier"]) {
            return None;
        }
        let is_vague = count > 1 && number(self.word(at)).is_none();
        let slack = i64::from(is_vague);
        let period = match unit {
            Unit::Hour => {
                let hours = |count: i16| self.now.checked_sub(Span::new().try_hours(count).ok()?).ok();
                Period {
                    from: hours(count + 1)?,
                    to: hours((count - 1).max(0))?,
                }
            }
            Unit::Day => {
                let day = shift(self.today(), unit, -i64::from(count))?;
                Period::days(shift(day, unit, -slack)?, shift(day, unit, 1 + slack)?)
            }
            // Whoever says "two weeks ago" means a day some days off it.
            Unit::Week => {
                let day = shift(self.today(), unit, -i64::from(count))?;
                let slack = 7 * slack;
                Period::days(
                    shift(day, Unit::Day, -3 - slack)?,
                    shift(day, Unit::Day, 4 + slack)?,
                )
            }
            Unit::Month | Unit::Year => {
                let first = Period::around(shift(self.today(), unit, -i64::from(count) - slack)?, unit)?;
                let last = Period::around(shift(self.today(), unit, slack - i64::from(count))?, unit)?;
                Period {
                    from: first.from,
                    to: last.to,
                }
            }
        };
        Some((period, next + 2))
    }

    /// "the last two weeks", "the past few days"; "the past month": up to now.
    fn last_several(&self, at: usize) -> Read {
        if !self.is(at, &["last", "past", "previous"]) {
            return None;
        }
        let is_rolling = self.is(at, &["past"]) || (at > 0 && self.is(at - 1, &["the"]));
        let (count, next) = self.count(at + 1).or(is_rolling.then_some((1, at + 1)))?;
        let unit = unit(self.word(next))?;
        let from = match unit {
            Unit::Hour => self.now.checked_sub(Span::new().try_hours(count).ok()?).ok()?,
            Unit::Day | Unit::Week | Unit::Month | Unit::Year => {
                shift(self.today(), unit, -i64::from(count))?.at(0, 0, 0, 0)
            }
        };
        Some((Period { from, to: self.now }, next + 1))
    }

    /// "last week", "this year", "last Tuesday", "last May", "last summer", "the week before last".
    fn last_or_this(&self, at: usize) -> Read {
        let today = self.today();
        if self.is(at + 1, &["before"]) && self.is(at + 2, &["last"]) {
            let unit = unit(self.word(at))?;
            return Some((Period::around(shift(today, unit, -2)?, unit)?, at + 3));
        }
        let back = match self.word(at) {
            "last" | "past" | "previous" => 1,
            "this" => 0,
            _ => return None,
        };
        let named = self.word(at + 1);
        if named == "weekend" {
            // On a Sunday the last weekend is still that of the week before.
            return Some((Period::weekend(shift(today, Unit::Week, -back)?)?, at + 2));
        }
        if let Some(unit) = unit(named).filter(|unit| *unit != Unit::Hour) {
            return Some((Period::around(shift(today, unit, -back)?, unit)?, at + 2));
        }
        if weekday(named).is_some() {
            return self.weekday(at + 1);
        }
        if let Some(month) = month(named) {
            // "last May" in May is that of the year before.
            let latest = self.latest(|year| Period::months(year, month, 1))?;
            let is_running = back == 1 && latest.to > self.now;
            let year = latest.from.year() - i16::from(is_running);
            return Some((Period::months(year, month, 1)?, at + 2));
        }
        let month = season(named)?;
        let latest = self.latest(|year| Period::months(year, month, 3))?;
        let is_running = back == 1 && latest.to > self.now;
        let year = latest.from.year() - i16::from(is_running);
        Some((Period::months(year, month, 3)?, at + 2))
    }

    /// "2023-05-08", "8 May 2023", "8th of May", "May 8".
    fn date(&self, at: usize) -> Read {
        let is_hyphenated = |at: usize| self.words.get(at).is_some_and(|word| word.is_hyphenated);
        if let Some(year) = year(self.word(at))
            && is_hyphenated(at + 1)
        {
            let month = i8::try_from(number(self.word(at + 1))?).ok()?;
            if let Some(day) = day(self.word(at + 2)).filter(|_| is_hyphenated(at + 2)) {
                return Some((Period::day(Date::new(year, month, day).ok()?)?, at + 3));
            }
            return Some((Period::months(year, month, 1)?, at + 2));
        }
        let (day, month, next) = match (day(self.word(at)), month(self.word(at))) {
            (Some(day), _) => {
                let next = at + 1 + usize::from(self.is(at + 1, &["of"]));
                (day, month(self.word(next))?, next + 1)
            }
            (None, Some(month)) => (day(self.word(at + 1))?, month, at + 2),
            (None, None) => return None,
        };
        if let Some(year) = year(self.word(next)) {
            return Some((Period::day(Date::new(year, month, day).ok()?)?, next + 1));
        }
        Some((
            self.latest(|year| Period::day(Date::new(year, month, day).ok()?))?,
            next,
        ))
    }

    /// "May 2023"; "in May", which is the latest that has begun.
    fn month(&self, at: usize) -> Read {
        let month = month(self.word(at))?;
        let next = at + 1 + usize::from(self.is(at + 1, &["of"]));
        if let Some(year) = year(self.word(next)) {
            return Some((Period::months(year, month, 1)?, next + 1));
        }
        if !self.follows_a_preposition(at) {
            return None;
        }
        Some((self.latest(|year| Period::months(year, month, 1))?, at + 1))
    }

    /// "over the summer", "in winter 2022", "at Christmas".
    fn season_or_feast(&self, at: usize) -> Read {
        let next = at + 1 + usize::from(self.is(at + 1, &["of"]));
        let year = year(self.word(next));
        let end = if year.is_some() { next + 1 } else { at + 1 };
        if let Some(month) = season(self.word(at)) {
            if year.is_none() && !self.follows_a_preposition(at) {
                return None;
            }
            let of = |year| Period::months(year, month, 3);
            return Some((year.map_or_else(|| self.latest(of), of)?, end));
        }
        let (month, day, days) = match (self.word(at), self.word(at + 1)) {
            ("christmas" | "xmas", _) => (12, 24, 3),
            ("halloween", _) => (10, 31, 1),
            ("new", "year") => (12, 31, 2),
            _ => return None,
        };
        let of = |year| {
            let first = Date::new(year, month, day).ok()?;
            Some(Period::days(first, shift(first, Unit::Day, days)?))
        };
        Some((year.map_or_else(|| self.latest(of), of)?, end))
    }

    /// "on Tuesday": the last one before today.
    fn weekday(&self, at: usize) -> Read {
        let day = weekday_before(self.today(), weekday(self.word(at))?)?;
        Some((Period::day(day)?, at + 1))
    }

    /// "in 2023". Without such a word a number of four digits may be anything.
    fn year(&self, at: usize) -> Read {
        let year = year(self.word(at))?;
        if !self.follows_a_preposition(at) {
            return None;
        }
        Some((Period::year(year)?, at + 1))
    }

    /// Whether a word that need not be a time is one.
    fn follows_a_preposition(&self, at: usize) -> bool {
        const PREPOSITIONS: [&str; 16] = [
            "in", "of", "during", "over", "since", "before", "after", "until", "till", "by", "from",
            "between", "and", "to", "early", "late",
        ];
        let is_one = |at: usize| self.is(at, &PREPOSITIONS);
        at > 0 && (is_one(at - 1) || (self.is(at - 1, &["the", "mid", "year"]) && at > 1 && is_one(at - 2)))
    }

    /// Of a period that each year has, the latest that has begun.
    fn latest(&self, of: impl Fn(i16) -> Option<Period>) -> Option<Period> {
        let this_year = self.today().year();
        // Eight years have a 29th of February among them.
        (0..8).find_map(|back| of(this_year - back).filter(|period| period.from <= self.now))
    }
}

#[cfg(test)]
mod tests;
