//! The words of a sentence that are the answer in short: only where nothing else in it could be.
//!
//! - `token`: words with what they may be
//! - `amount`, `moment`, `name`: numbers, days and times, names

mod amount;
mod moment;
mod name;
mod token;

use super::asked::{Asked, Wanted};
use std::ops::Range;
use token::{Token, tokens};

/// What is left where there is a number, and it is none of what is counted.
const SOME_NUMBER: f32 = 0.75;

/// What is left where there is a number that is no day or time.
const NO_TIME: f32 = 0.6;

/// Words that say so, by stem.
const REASONS: &[&str] = &["becaus", "caus", "reason", "therefor", "otherwis"];

/// Places in a sentence, by tokens.
type Places = Vec<Range<usize>>;

/// The answer in short; `None` where there is not exactly one candidate.
pub(super) fn of(asked: &Asked, text: &str) -> Option<String> {
    let tokens = tokens(text);
    let found = places(asked, &tokens);
    let [place] = found.as_slice() else {
        return None;
    };
    let (first, last) = (&tokens[place.start], &tokens[place.end - 1]);
    Some(text[first.range.start..last.range.end].to_owned())
}

/// Whether a sentence has something of the kind that is asked for, [0, 1].
pub(super) fn kind(asked: &Asked, text: &str) -> f32 {
    let tokens = tokens(text);
    if !places(asked, &tokens).is_empty() {
        return 1.0;
    }
    let number = tokens.iter().any(Token::is_number);
    match asked.wanted {
        Wanted::Number(_) | Wanted::Duration if number => SOME_NUMBER,
        Wanted::Time if number => NO_TIME,
        Wanted::Reason if tokens.iter().any(|token| REASONS.contains(&token.stem.as_str())) => 1.0,
        Wanted::Name if name::may_begin(asked, &tokens) => 1.0,
        _ => 0.0,
    }
}

fn places(asked: &Asked, tokens: &[Token]) -> Places {
    match &asked.wanted {
        Wanted::Number(Some(counted)) => amount::counted(tokens, counted),
        Wanted::Number(None) => amount::amounts(asked, tokens),
        Wanted::Duration => amount::durations(tokens),
        Wanted::Time => moment::moments(asked, tokens),
        Wanted::Name => name::names(asked, tokens),
        Wanted::Verdict | Wanted::Thing | Wanted::Reason => Vec::new(),
    }
}
