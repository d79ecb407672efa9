//! Times of day: how long from one to another, what time it will be.

use super::calendar::number;
use super::{Found, Rules};
use crate::math::answer::Answer;
use crate::math::lex::Token;
use crate::math::number::small;
use crate::math::trouble::{Result, Trouble, foreign};
use crate::math::unit;

pub(super) const RULES: Rules = &[
    (
        "[how] [long] [is] [it|there] (between|from) {a} (and|to|until|till) {b}",
        lasting,
    ),
    (
        "{x} (leaves|departs|starts|begins|left|started|began) at {a} and (arrives|ends|finishes|arrived|ended|finished) at {b} . how long (is|does|was|did) {y} [take|last]",
        lasting,
    ),
    (
        "[what] [time] [the] [time] [is it|will it be|was it] {d} (after|from|past) {t}",
        |found| later(found, 1),
    ),
    (
        "[what] [time] [the] [time] [is it|will it be|was it] {d} before {t}",
        |found| later(found, -1),
    ),
    (
        "{x} (leaves|departs|starts|begins) at {t} and (needs|takes|lasts|runs for) {d} . (when|at what time|what time) (does|will|is) (it|{y}) (get there|arrive|end|over|finish|be there|be over)",
        |found| later(found, 1),
    ),
    (
        "[if] it is {t} [now] [,|.|;] what time (will it be|is it) in {d}",
        |found| later(found, 1),
    ),
];

fn lasting(found: &Found<'_>) -> Result<Answer> {
    let (minutes, read) = minutes_between(found)?;
    Ok(Answer::text(spoken(minutes), read))
}

pub(super) fn spoken(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, rest) => format!("{rest} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, rest) => format!("{hours} h {rest} min"),
    }
}

/// A time of day.
#[derive(Clone, Copy)]
struct Time {
    minutes: i64,
    /// Whether "am" or "pm" was said, or noon or midnight.
    halved: bool,
}

fn time(span: &[Token]) -> Option<Time> {
    if let [word] = span {
        let minutes = match word.lower.as_str() {
            "noon" | "midday" => 720,
            "midnight" => 0,
            _ => return None,
        };
        return Some(Time {
            minutes,
            halved: true,
        });
    }
    let end = span
        .iter()
        .rposition(|token| token.number().is_some())
        .map_or(0, |at| at + 1);
    let suffix: String = span[end..]
        .iter()
        .filter(|token| !token.is('.'))
        .map(|token| token.lower.as_str())
        .collect();
    let (hour, minute) = match &span[..end] {
        [hour] => (number(hour)?, 0),
        [hour, colon, minute] if colon.is(':') && minute.source.len() == 2 => {
            (number(hour)?, number(minute)?)
        }
        _ => return None,
    };
    let half = match suffix.as_str() {
        "am" => Some(0),
        "pm" => Some(720),
        "" if end == 3 => None,
        _ => return None,
    };
    let hours = if half.is_some() { 1..=12 } else { 0..=23 };
    if !hours.contains(&hour) || !(0..60).contains(&minute) {
        return None;
    }
    Some(Time {
        minutes: half.map_or(hour * 60, |half| hour % 12 * 60 + half) + minute,
        halved: half.is_some(),
    })
}

pub(super) fn minutes_between(found: &Found<'_>) -> Result<(i64, String)> {
    let (Some(a), Some(b)) = (time(found.span("a")), time(found.span("b"))) else {
        return foreign("two times of day are needed");
    };
    if a.halved != b.halved {
        return Err(Trouble::Ambiguous("am or pm is not said of both".to_owned()));
    }
    let read = format!("from {} to {}", found.words("a"), found.words("b"));
    match b.minutes - a.minutes {
        difference @ 1.. => Ok((difference, read)),
        0 => Ok((0, read)),
        difference if a.halved => Ok((difference + 1_440, format!("{read} of the next day"))),
        _ => Err(Trouble::Ambiguous(
            "the second time is before the first; say am and pm".to_owned(),
        )),
    }
}

fn later(found: &Found<'_>, sign: i64) -> Result<Answer> {
    let Some(at) = time(found.span("t")) else {
        return foreign("no time of day");
    };
    let lasts = unit::quantity(found.span("d"))?;
    let minute = unit::unit(&[Token::word("minutes")])?;
    let minutes = unit::convert(&lasts, &minute)?;
    let minutes = minutes.rational().as_ref().and_then(small);
    let Some(minutes) = minutes.filter(|minutes| (0..=1_440 * 7).contains(minutes)) else {
        return foreign("a time of whole minutes, up to a week, is needed");
    };
    let sum = at.minutes + sign * minutes;
    let (day, rest) = (sum.div_euclid(1_440), sum.rem_euclid(1_440));
    let (hour, minute) = (rest / 60, rest % 60);
    let text = if at.halved {
        let half = if hour < 12 { "am" } else { "pm" };
        format!("{}:{minute:02} {half}", (hour + 11) % 12 + 1)
    } else {
        format!("{hour}:{minute:02}")
    };
    let day = match day {
        0 => String::new(),
        1 => " of the next day".to_owned(),
        -1 => " of the day before".to_owned(),
        days if days > 0 => format!(", {days} days later"),
        days => format!(", {} days before", -days),
    };
    let way = if sign > 0 { "after" } else { "before" };
    Ok(Answer::text(
        format!("{text}{day}"),
        format!("{} {way} {}", found.words("d"), found.words("t")),
    ))
}
