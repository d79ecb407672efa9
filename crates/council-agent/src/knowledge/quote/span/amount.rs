//! Numbers.

use super::Places;
use super::token::Token;
use crate::knowledge::quote::asked::Asked;
use crate::knowledge::quote::weigh::alike;

/// How far behind a number what it counts may stand, in words.
const BEHIND: usize = 3;

/// Units of money and shares, by stem.
const UNITS: &[&str] = &[
    "dollar", "euro", "pound", "cent", "franc", "crown", "yen", "usd", "eur", "gbp", "percent",
];

/// Units of time, by stem.
const TIMES: &[&str] = &["second", "minut", "hour", "dai", "week", "month", "year"];

/// Numbers of what is counted, with it: "12 extra days".
pub(super) fn counted(tokens: &[Token], counted: &str) -> Places {
    let numbers = (0..tokens.len()).filter(|&at| tokens[at].is_number());
    numbers
        .filter_map(|at| {
            let behind = at + 1..(at + 1 + BEHIND).min(tokens.len());
            // Nothing that is divided from the number is counted by it.
            let mut near = behind.take_while(|&noun| !tokens[noun - 1].ends && !tokens[noun].is_number());
            near.find(|&noun| alike(&tokens[noun].stem, counted))
                .map(|noun| at..noun + 1)
        })
        .collect()
}

/// Lengths of time.
pub(super) fn durations(tokens: &[Token]) -> Places {
    let long = |&at: &usize| {
        let unit = tokens.get(at + 1);
        tokens[at].is_number() && unit.is_some_and(|unit| TIMES.contains(&unit.stem.as_str()))
    };
    (0..tokens.len()).filter(long).map(|at| at..at + 2).collect()
}

/// Numbers that are no part of a day or a time, nor of the question; those of money alone where there are any.
pub(super) fn amounts(asked: &Asked, tokens: &[Token]) -> Places {
    let is_month = |at: Option<usize>| at.and_then(|at| tokens.get(at)).is_some_and(Token::is_month);
    let plain = |&at: &usize| {
        let token = &tokens[at];
        let dated = token.is_day() && (is_month(at.checked_sub(1)) || is_month(Some(at + 1)));
        token.is_number() && !dated && !token.is_clock() && !asked.stems.contains(&token.stem)
    };
    let unit = |at: usize| {
        let next = tokens.get(at + 1).filter(|_| !tokens[at].ends);
        next.is_some_and(|next| UNITS.contains(&next.stem.as_str()))
    };
    let all: Vec<usize> = (0..tokens.len()).filter(plain).collect();
    let money: Vec<usize> = all
        .iter()
        .copied()
        .filter(|&at| unit(at) || tokens[at].is_money())
        .collect();
    let chosen = if money.is_empty() { all } else { money };
    chosen
        .into_iter()
        .map(|at| at..at + 1 + usize::from(unit(at)))
        .collect()
}
