//! Days and times of day.

use super::Places;
use super::token::Token;
use crate::knowledge::quote::asked::Asked;
use std::ops::Range;

/// Kinds of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Date,
    Year,
    Weekday,
    Clock,
}

/// Days and times of the kind that is asked for, which the question does not say itself.
pub(super) fn moments(asked: &Asked, tokens: &[Token]) -> Places {
    let asks = |stems: &[&str]| asked.stems.iter().any(|stem| stems.contains(&stem.as_str()));
    let fits = |kind: Kind| match kind {
        _ if asks(&["weekdai"]) => kind == Kind::Weekday,
        _ if asks(&["hour", "tim"]) => kind == Kind::Clock,
        _ if asks(&["year"]) => kind == Kind::Year || kind == Kind::Date,
        _ if asks(&["dat"]) => kind == Kind::Date,
        _ => true,
    };
    let mut found: Vec<(Kind, Range<usize>)> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let Some((kind, end)) = one(tokens, at) else {
            at += 1;
            continue;
        };
        let begin = at;
        at = end;
        let joined = found
            .last_mut()
            .filter(|(last, place)| *last == kind && joins(tokens, place.end, begin));
        match joined {
            Some((_, place)) => place.end = end,
            None => found.push((kind, begin..end)),
        }
    }
    let new = |place: &Range<usize>| {
        tokens[place.clone()]
            .iter()
            .any(|token| !asked.stems.contains(&token.stem))
    };
    let places = found
        .into_iter()
        .filter(|(kind, _)| fits(*kind))
        .map(|(_, place)| place);
    places.filter(new).collect()
}

/// "from 10:00 to 15:00": one, not two.
fn joins(tokens: &[Token], end: usize, begin: usize) -> bool {
    begin == end + 1 && ["to", "until", "till", "and", "or"].contains(&tokens[end].stem.as_str())
}

/// The day or time that begins here, and where it ends.
fn one(tokens: &[Token], at: usize) -> Option<(Kind, usize)> {
    let is = |at: usize, what: fn(&Token) -> bool| tokens.get(at).is_some_and(what);
    let stem = |at: usize| tokens.get(at).map_or("", |token| token.stem.as_str());
    let year = |end: usize| end + usize::from(is(end, Token::is_year) && !tokens[end - 1].ends);
    if is(at, Token::is_day) {
        // "27 to 31 October"
        if ["to", "and", "until"].contains(&stem(at + 1))
            && is(at + 2, Token::is_day)
            && is(at + 3, Token::is_month)
        {
            return Some((Kind::Date, year(at + 4)));
        }
        if is(at + 1, Token::is_month) && !tokens[at].ends {
            return Some((Kind::Date, year(at + 2)));
        }
        if ["am", "pm", "o'clock", "a.m", "p.m"].contains(&stem(at + 1)) {
            return Some((Kind::Clock, at + 2));
        }
    }
    if is(at, Token::is_month) {
        let day = usize::from(is(at + 1, Token::is_day) && !tokens[at].ends);
        return Some((Kind::Date, year(at + 1 + day)));
    }
    let kind = match tokens[at].stem.as_str() {
        "noon" | "midnight" => Kind::Clock,
        _ if tokens[at].is_clock() => Kind::Clock,
        _ if tokens[at].is_weekday() => Kind::Weekday,
        _ if tokens[at].is_year() => Kind::Year,
        _ => return None,
    };
    Some((kind, at + 1))
}
