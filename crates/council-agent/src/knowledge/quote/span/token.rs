//! Words of a sentence with what they may be.

use crate::english::stem;
use std::ops::Range;

/// Months and days of the week, by stem.
const MONTHS: &[&str] = &[
    "januari",
    "februari",
    "march",
    "april",
    "may",
    "jun",
    "juli",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: &[&str] = &[
    "mondai",
    "tuesdai",
    "wednesdai",
    "thursdai",
    "fridai",
    "saturdai",
    "sundai",
];

/// Numbers that no stem turns into digits.
const NUMBER_WORDS: &[&str] = &[
    "half", "hundred", "thousand", "million", "first", "second", "third", "fourth", "fifth", "sixth",
    "seventh", "eighth", "ninth", "tenth", "twice", "dozen",
];

/// What stands between spaces, without the signs around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Where it is in the sentence.
    pub(super) range: Range<usize>,
    /// As it stands.
    pub(super) text: String,
    /// In lower case, without its ending.
    pub(super) stem: String,
    /// Whether a sign follows that divides it from the next.
    pub(super) ends: bool,
}

/// The tokens of a sentence.
pub(super) fn tokens(sentence: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    for part in sentence.split(' ') {
        let start = at;
        at += part.len() + 1;
        let begun = part.trim_start_matches(|c: char| !c.is_alphanumeric() && !"$€£¥~.".contains(c));
        let skipped = part.len() - begun.len();
        let text = begun.trim_end_matches(|c: char| !c.is_alphanumeric() && !"%€$£".contains(c));
        if !text.contains(char::is_alphanumeric) {
            continue;
        }
        tokens.push(Token {
            range: start + skipped..start + skipped + text.len(),
            stem: stem(&text.to_lowercase()),
            ends: begun.len() > text.len(),
            text: text.to_owned(),
        });
    }
    tokens
}

impl Token {
    /// A number in digits or in words, with its unit if it is written together.
    pub(super) fn is_number(&self) -> bool {
        self.has_digits()
            || self.stem.starts_with(|c: char| c.is_ascii_digit())
            || NUMBER_WORDS.contains(&self.stem.as_str())
    }

    fn has_digits(&self) -> bool {
        let bare = self.text.trim_start_matches(['$', '€', '£', '¥', '.']);
        bare.starts_with(|c: char| c.is_ascii_digit())
    }

    /// A number of money: "$20", "£2.60", "40€".
    pub(super) fn is_money(&self) -> bool {
        self.is_number() && self.text.contains(['$', '€', '£', '¥'])
    }

    /// "10:00".
    pub(super) fn is_clock(&self) -> bool {
        let parts: Vec<&str> = self.text.split(':').collect();
        let digits = |part: &&str| {
            !part.is_empty() && part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        parts.len() == 2 && parts.iter().all(digits)
    }

    /// A day of a month: 1 to 31, perhaps "1st".
    pub(super) fn is_day(&self) -> bool {
        let digits = self.text.trim_end_matches(char::is_alphabetic);
        digits.parse().is_ok_and(|day: u8| (1..=31).contains(&day))
    }

    /// 1500 to 2100.
    pub(super) fn is_year(&self) -> bool {
        self.text.len() == 4
            && self
                .text
                .parse()
                .is_ok_and(|year: u16| (1500..=2100).contains(&year))
    }

    /// The name of a month.
    pub(super) fn is_month(&self) -> bool {
        self.is_capital() && MONTHS.contains(&self.stem.as_str())
    }

    /// The name of a day of the week.
    pub(super) fn is_weekday(&self) -> bool {
        self.is_capital() && WEEKDAYS.contains(&self.stem.as_str())
    }

    /// Whether it begins with a capital letter.
    pub(super) fn is_capital(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
    }
}
