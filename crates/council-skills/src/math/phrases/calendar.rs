//! Dates: how long from one to another, which day it will be.
//!
//! Only what is said in full is computed: there is no clock here, so that "today" and "next month" mean nothing.

use super::{Found, Rules, clock};
use crate::math::answer::{Answer, READING};
use crate::math::lex::{Kind, Token, place};
use crate::math::number::{small, whole};
use crate::math::trouble::{Result, Trouble, foreign};
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

pub(super) const RULES: Rules = &[
    (
        "[the] [how many|number of] {u} [are|is|were|was] [there] (between|from) {a} (and|to|until|till) {b}",
        between,
    ),
    (
        "[on] [what|which] (day of the week|weekday|day) (is|was|will be|was it on|is it on|did|does|will) [on] {a} [be|fall on|fall|land on|on]",
        weekday,
    ),
    (
        "[what|which] [the] [date|day] [is it|is|was|will it be|will be|falls|comes] {n} {u} (after|from|past|following) {a}",
        |found| shifted(found, 1),
    ),
    (
        "[what|which] [the] [date|day] [is it|is|was it|was|falls|comes] {n} {u} (before|prior to) {a}",
        |found| shifted(found, -1),
    ),
    (
        "[if] today is [a] {w} [,|.|;] (what|which) (day|day of the week|weekday) (will it be|is it|will be|is) [in] {n} {u} [from now|from today|later]",
        |found| in_days(found, 1),
    ),
    (
        "[if] today is [a] {w} [,|.|;] (what|which) (day|day of the week|weekday) (was it|was) {n} {u} ago",
        |found| in_days(found, -1),
    ),
    ("(is|was) [the year] {y} a leap year", leap),
    (
        "[how many] days (are|were) [there] in [the year] {y}",
        days_of_year,
    ),
    (
        "[how many] days (are|were) [there] in [the month of] {m} [of] [{y}]",
        days_of_month,
    ),
    ("[how many] days (does|did) {m} [of] [{y}] have", days_of_month),
    (
        "[how] old (is|was|will|would) (someone|somebody|a person|anyone) [be] [who was] born in {y} [be] (in|by) {z} [be]",
        age,
    ),
];

const MONTHS: [&str; 12] = [
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

fn month(token: &Token) -> Option<i8> {
    let at = MONTHS
        .iter()
        .position(|name| token.says(name) || (token.lower.len() == 3 && name.starts_with(&token.lower)));
    at.map(|at| at as i8 + 1)
}

pub(super) fn number(token: &Token) -> Option<i64> {
    token.number().and_then(small).or_else(|| place(token))
}

/// A year, if it is said, a month, a day.
type Said = (Option<i16>, i8, i8);

/// "March 1, 2024", "1 March 2024", "2024-03-01".
fn date_of(span: &[Token]) -> Option<Said> {
    let span: Vec<&Token> = span
        .iter()
        .filter(|token| !token.is(',') && !token.says("of") && !token.says("the"))
        .collect();
    let (month, day, year) = match span.as_slice() {
        [
            Token {
                kind: Kind::Date(date),
                ..
            },
        ] => return Some((Some(date.year()), date.month(), date.day())),
        [one, other] => match (month(one), month(other)) {
            (Some(month), None) => (month, number(other)?, None),
            (None, Some(month)) => (month, number(one)?, None),
            _ => return None,
        },
        [one, other, year] => match (month(one), month(other)) {
            (Some(month), None) => (month, number(other)?, Some(number(year)?)),
            (None, Some(month)) => (month, number(one)?, Some(number(year)?)),
            _ => return None,
        },
        _ => return None,
    };
    let year = match year {
        Some(year) => Some(
            i16::try_from(year)
                .ok()
                .filter(|year| (1..=9999).contains(year))?,
        ),
        None => None,
    };
    Some((year, month, i8::try_from(day).ok()?))
}

fn civil(year: i16, month: i8, day: i8) -> Result<Date> {
    Date::new(year, month, day).map_err(|_| {
        Trouble::Undefined(format!(
            "there is no day {day} in month {month} of the year {year}"
        ))
    })
}

fn date(found: &Found<'_>, name: &str) -> Result<Date> {
    match date_of(found.span(name)) {
        Some((Some(year), month, day)) => civil(year, month, day),
        Some((None, ..)) => Err(Trouble::Ambiguous(format!(
            "of which year `{}` is, is not said",
            found.words(name)
        ))),
        None => foreign(format!("`{}` is no date", found.words(name))),
    }
}

fn days(from: Date, to: Date) -> Result<i64> {
    match from.until(to) {
        Ok(span) => Ok(i64::from(span.get_days())),
        Err(_) => foreign("dates too far apart"),
    }
}

/// Both dates; those without a year are of the same one, where it makes no difference which.
fn days_between(found: &Found<'_>) -> Result<(i64, String)> {
    let (Some(from), Some(to)) = (date_of(found.span("a")), date_of(found.span("b"))) else {
        return foreign("two dates are needed");
    };
    let in_year = |said: Said, year: i16| civil(said.0.unwrap_or(year), said.1, said.2);
    let in_order = (from.1, from.2) <= (to.1, to.2);
    let year = match (from.0, to.0) {
        (Some(_), Some(year)) => year,
        (None, Some(year)) if in_order => year,
        (None, None) if in_order => {
            let in_one = |year: i16| days(in_year(from, year)?, in_year(to, year)?);
            let common = in_one(2023)?;
            if common != in_one(2024)? {
                return Err(Trouble::Ambiguous(
                    "it depends on whether the year is a leap year".to_owned(),
                ));
            }
            return Ok((
                common,
                format!("from {} to {}, in one year", found.words("a"), found.words("b")),
            ));
        }
        _ => return Err(Trouble::Ambiguous("a year is missing".to_owned())),
    };
    let (from, to) = (in_year(from, year)?, in_year(to, year)?);
    Ok((days(from, to)?, format!("from {from} to {to}")))
}

fn between(found: &Found<'_>) -> Result<Answer> {
    let [unit] = found.span("u") else {
        return foreign("no unit of time");
    };
    match unit.lower.as_str() {
        "days" | "weeks" => {
            let (days, read) = days_between(found)?;
            let days = days.abs();
            if unit.says("days") {
                return Ok(Answer::rational(whole(days), format!("days {read}"))?.labelled("days"));
            }
            let text = match (days / 7, days % 7) {
                (weeks, 0) => weeks.to_string(),
                (weeks, rest) => format!("{weeks} weeks and {rest} days"),
            };
            Ok(Answer::text(text, format!("weeks {read}")).step(format!("{days} days")))
        }
        "hours" | "minutes" | "seconds" => {
            let (minutes, read) = clock::minutes_between(found)?;
            let value = match unit.lower.as_str() {
                "hours" => whole(minutes) / whole(60),
                "seconds" => whole(minutes * 60),
                _ => whole(minutes),
            };
            Ok(Answer::rational(value, read)?
                .labelled(&unit.lower)
                .step(clock::spoken(minutes)))
        }
        _ => foreign("no unit of time known here"),
    }
}

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("Monday", Weekday::Monday),
    ("Tuesday", Weekday::Tuesday),
    ("Wednesday", Weekday::Wednesday),
    ("Thursday", Weekday::Thursday),
    ("Friday", Weekday::Friday),
    ("Saturday", Weekday::Saturday),
    ("Sunday", Weekday::Sunday),
];

fn named(day: Weekday) -> &'static str {
    WEEKDAYS
        .iter()
        .find(|(_, other)| *other == day)
        .map_or("", |(name, _)| name)
}

fn weekday(found: &Found<'_>) -> Result<Answer> {
    let date = date(found, "a")?;
    Ok(Answer::text(
        named(date.weekday()),
        format!("the day of the week of {date}"),
    ))
}

/// Days, weeks, months or years that are added to a date.
fn shifted(found: &Found<'_>, sign: i64) -> Result<Answer> {
    let (from, n) = (date(found, "a")?, sign * found.count("n", 100_000)?);
    let [unit] = found.span("u") else {
        return foreign("no unit of time");
    };
    let span = match unit.lower.as_str() {
        "day" | "days" => n.days(),
        "week" | "weeks" => (n * 7).days(),
        "month" | "months" => n.months(),
        "year" | "years" if n.abs() < 9_999 => n.years(),
        _ => return foreign("days, weeks, months or years are needed"),
    };
    let Ok(date) = from.checked_add(span) else {
        return foreign("a date too far away");
    };
    let way = if sign > 0 { "after" } else { "before" };
    let read = format!("{} {} {way} {from}", n.abs(), unit.lower);
    let month = MONTHS
        .get(usize::from(date.month().unsigned_abs()) - 1)
        .copied()
        .unwrap_or_default();
    let month = format!("{}{}", month[..1].to_uppercase(), &month[1..]);
    Ok(Answer::text(date.to_string(), read.clone())
        .lead(format!("{month} {}, {}", date.day(), date.year()))
        .step(format!("{read}: {date}, a {}", named(date.weekday()))))
}

fn in_days(found: &Found<'_>, sign: i64) -> Result<Answer> {
    let at = WEEKDAYS
        .iter()
        .position(|(name, _)| found.words("w").eq_ignore_ascii_case(name));
    let (Some(at), [unit]) = (at, found.span("u")) else {
        return foreign("no day of the week");
    };
    let days = match unit.lower.as_str() {
        "day" | "days" => found.count("n", 1_000_000)?,
        "week" | "weeks" => found.count("n", 100_000)? * 7,
        _ => return foreign("days or weeks are needed"),
    };
    let (name, _) = WEEKDAYS[(at as i64 + sign * days).rem_euclid(7) as usize];
    let way = if sign > 0 { "after" } else { "before" };
    Ok(
        Answer::text(name, format!("{days} days {way} a {}", WEEKDAYS[at].0))
            .step(format!("{days} mod 7 = {}", days % 7)),
    )
}

fn year(found: &Found<'_>, name: &str) -> Result<i16> {
    match found.span(name) {
        // Of four digits, so that it is no number of something else.
        [token] if token.source.len() == 4 && token.number().is_some() => number(token)
            .and_then(|year| i16::try_from(year).ok())
            .filter(|year| *year >= 1_000)
            .map_or_else(|| foreign("no year"), Ok),
        _ => foreign("no year"),
    }
}

fn leap(found: &Found<'_>) -> Result<Answer> {
    let year = year(found, "y")?;
    let leap = civil(year, 1, 1)?.in_leap_year();
    let why = match (year % 4 == 0, year % 100 == 0, year % 400 == 0) {
        (false, ..) => "is not divisible by 4",
        (_, true, false) => "is divisible by 100 and not by 400",
        (_, _, true) => "is divisible by 400",
        _ => "is divisible by 4 and not by 100",
    };
    let (value, lead) = if leap { ("yes", "Yes") } else { ("no", "No") };
    Ok(Answer::text(value, format!("whether {year} is a leap year"))
        .lead(lead)
        .step(format!("{year} {why}")))
}

fn days_of_year(found: &Found<'_>) -> Result<Answer> {
    let year = year(found, "y")?;
    let days = civil(year, 1, 1)?.days_in_year();
    Answer::rational(whole(i64::from(days)), format!("days of {year}"))
}

fn days_of_month(found: &Found<'_>) -> Result<Answer> {
    let [name] = found.span("m") else {
        return foreign("no month");
    };
    let Some(month) = month(name) else {
        return foreign("no month");
    };
    if month == 2 && !found.has("y") {
        return Err(Trouble::Ambiguous(
            "February has 28 days, and 29 in a leap year".to_owned(),
        ));
    }
    let year = if found.has("y") { year(found, "y")? } else { 2023 };
    let days = civil(year, month, 1)?.days_in_month();
    Answer::rational(whole(i64::from(days)), format!("days of {}", found.words("m")))
}

fn age(found: &Found<'_>) -> Result<Answer> {
    let (born, then) = (year(found, "y")?, year(found, "z")?);
    if then < born {
        return Err(Trouble::Undefined(format!("{then} is before {born}")));
    }
    let age = i64::from(then) - i64::from(born);
    Ok(Answer::rational(whole(age), format!("{then} - {born}"))?
        .step(format!("{} before the birthday of that year", (age - 1).max(0)))
        .sure(READING))
}
