//! The words of a text, and those of them that are numbers or names of the calendar.

use council_core::MONTHS;
use jiff::civil::Weekday;

/// A word in lower case.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) text: String,
    /// Whether nothing but a hyphen is between it and the word before.
    pub(super) is_hyphenated: bool,
}

/// Runs of letters and digits.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut between = String::new();
    let mut is_inside = false;
    for character in text.chars() {
        if !character.is_alphanumeric() {
            is_inside = false;
            between.push(character);
            continue;
        }
        if !is_inside {
            words.push(Word {
                text: String::new(),
                is_hyphenated: between == "-",
            });
            between.clear();
            is_inside = true;
        }
        if let Some(word) = words.last_mut() {
            word.text.extend(character.to_lowercase());
        }
    }
    words
}

const NUMBERS: [&str; 13] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
];

/// A whole number in digits or words, at most 9,999: more of any unit is no time that anybody remembers.
pub(super) fn number(word: &str) -> Option<i16> {
    let spelt = NUMBERS.iter().position(|name| *name == word);
    let spelt = spelt.and_then(|value| i16::try_from(value).ok());
    spelt.or_else(|| digits(word).filter(|value| *value <= 9_999))
}

fn digits(word: &str) -> Option<i16> {
    // A sign is no part of a word, but `parse` would take one.
    word.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| word.parse().ok())
        .flatten()
}

/// The day of a month: "8", "8th".
pub(super) fn day(word: &str) -> Option<i8> {
    let number = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|ending| word.strip_suffix(ending))
        .unwrap_or(word);
    let day = i8::try_from(digits(number)?).ok()?;
    (1..=31).contains(&day).then_some(day)
}

/// A year of four digits that memories may be of.
pub(super) fn year(word: &str) -> Option<i16> {
    digits(word).filter(|year| word.len() == 4 && (1970..=2199).contains(year))
}

/// The month of this name.
pub(super) fn month(word: &str) -> Option<i8> {
    let is_short = word.len() == 3 || word == "sept";
    let at = MONTHS
        .iter()
        .position(|name| *name == word || (is_short && name.starts_with(word)))?;
    i8::try_from(at + 1).ok()
}

/// The day of the week of this name.
pub(super) fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// The unit of this name, in the singular or plural.
pub(super) fn unit(word: &str) -> Option<Unit> {
    Some(match word.strip_suffix('s').unwrap_or(word) {
        "hour" => Unit::Hour,
        "day" => Unit::Day,
        "week" => Unit::Week,
        "month" => Unit::Month,
        "year" => Unit::Year,
        _ => return None,
    })
}

/// The first month of a season, as the northern hemisphere has it.
pub(super) fn season(word: &str) -> Option<i8> {
    Some(match word {
        "spring" => 3,
        "summer" => 6,
        "autumn" | "fall" => 9,
        "winter" => 12,
        _ => return None,
    })
}
