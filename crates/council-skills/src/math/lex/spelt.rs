//! Numbers in words: "three hundred and five", "two thirds", "2.5 million", "a dozen".

use super::{Kind, Token};
use crate::math::number::{Rational, ratio, whole};
use num_traits::{One, Zero};

const UNITS: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

const TENS: [&str; 8] = [
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];

const SCALES: [(&str, i64); 4] = [
    ("thousand", 1_000),
    ("million", 1_000_000),
    ("billion", 1_000_000_000),
    ("trillion", 1_000_000_000_000),
];

const PARTS: [(&str, &str, i64); 11] = [
    ("half", "halves", 2),
    ("third", "thirds", 3),
    ("quarter", "quarters", 4),
    ("fourth", "fourths", 4),
    ("fifth", "fifths", 5),
    ("sixth", "sixths", 6),
    ("seventh", "sevenths", 7),
    ("eighth", "eighths", 8),
    ("ninth", "ninths", 9),
    ("tenth", "tenths", 10),
    ("twelfth", "twelfths", 12),
];

const ORDINALS: [&str; 13] = [
    "zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth",
];

/// The place that an ordinal names.
pub(in crate::math) fn place(token: &Token) -> Option<i64> {
    match token.kind {
        Kind::Ordinal(place) => Some(place),
        Kind::Word => match token.lower.as_str() {
            "twentieth" => Some(20),
            "hundredth" => Some(100),
            word => ORDINALS
                .iter()
                .position(|ordinal| *ordinal == word)
                .map(|place| place as i64),
        },
        _ => None,
    }
}

/// Replaces numbers in words by numbers.
pub(super) fn numbers(tokens: &[Token]) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        if let Some((value, end)) = cardinal(tokens, at) {
            let (value, end) = parts(tokens, value, at, end);
            let mut token = spelt(value, &tokens[at..end]);
            token.money = tokens[at].money;
            out.push(token);
            at = end;
            continue;
        }
        if let Some((value, end)) = grown(tokens, at) {
            let mut token = spelt(value, &tokens[at..end]);
            token.money = tokens[at].money;
            out.push(token);
            at = end;
            continue;
        }
        out.push(tokens[at].clone());
        at += 1;
    }
    out
}

fn spelt(value: Rational, tokens: &[Token]) -> Token {
    let source = super::written(tokens);
    let gap = tokens.first().is_some_and(|token| token.gap);
    let mut token = Token::new(Kind::Number(value), &source, gap);
    token.spelt = true;
    token
}

fn unit(token: &Token) -> Option<i64> {
    let at = UNITS.iter().position(|word| token.says(word))?;
    token.is_word().then_some(at as i64)
}

fn ten(token: &Token) -> Option<i64> {
    TENS.iter()
        .position(|word| token.says(word))
        .map(|at| (at as i64 + 2) * 10)
}

fn says(tokens: &[Token], at: usize, word: &str) -> bool {
    tokens
        .get(at)
        .is_some_and(|token| token.is_word() && token.says(word))
}

/// A whole number in words that begins here, and where it ends.
fn cardinal(tokens: &[Token], from: usize) -> Option<(Rational, usize)> {
    // "a hundred", "a dozen"; "a third" only as a part of something.
    if says(tokens, from, "a") || says(tokens, from, "an") {
        if says(tokens, from + 1, "dozen") {
            return Some((whole(12), from + 2));
        }
        let scaled = ["hundred", "thousand", "million", "billion"]
            .iter()
            .any(|word| says(tokens, from + 1, word));
        if scaled {
            let (value, end) = chain(tokens, from + 1, Some(1))?;
            return Some((value, end));
        }
        let (_, _, below) = PARTS.iter().find(|(one, _, _)| says(tokens, from + 1, one))?;
        return says(tokens, from + 2, "of").then(|| (ratio(1, *below), from + 2));
    }
    chain(tokens, from, None)
}

/// `units (hundred) (and) tens units (thousand) …`
fn chain(tokens: &[Token], from: usize, one: Option<i64>) -> Option<(Rational, usize)> {
    let (mut total, mut part, mut at) = (Rational::zero(), one, from);
    let mut last_scale = i64::MAX;
    let mut said = false;
    while let Some(token) = tokens.get(at) {
        if let Some(tens) = ten(token) {
            if part.is_some_and(|part| part % 100 != 0) {
                break;
            }
            let units = tokens
                .get(at + 1)
                .and_then(unit)
                .filter(|unit| (1..10).contains(unit));
            part = Some(part.unwrap_or(0) + tens + units.unwrap_or(0));
            at += 1 + usize::from(units.is_some());
        } else if let Some(units) = unit(token) {
            if part.is_some_and(|part| part % 100 != 0) || (said && units == 0) {
                break;
            }
            part = Some(part.unwrap_or(0) + units);
            at += 1;
        } else if token.says("hundred") && part.is_some_and(|part| (1..20).contains(&part)) {
            part = part.map(|part| part * 100);
            at += 1;
        } else if let Some((_, scale)) = SCALES.iter().find(|(word, _)| token.says(word)) {
            if *scale >= last_scale {
                break;
            }
            let Some(count) = part.take() else { break };
            total += whole(count) * whole(*scale);
            last_scale = *scale;
            at += 1;
        } else if token.says("dozen") && part.is_some() && total.is_zero() {
            return Some((whole(part? * 12), at + 1));
        } else if token.says("and")
            && said
            && (part.is_some_and(|part| part >= 100 && part % 100 == 0)
                || (part.is_none() && !total.is_zero()))
            && tokens
                .get(at + 1)
                .is_some_and(|next| unit(next).or_else(|| ten(next)).is_some())
        {
            at += 1;
            continue;
        } else {
            break;
        }
        said = true;
    }
    if !said {
        return None;
    }
    let mut value = total + whole(part.unwrap_or(0));
    // "three point one four"
    if says(tokens, at, "point") && tokens.get(at + 1).and_then(unit).is_some() {
        at += 1;
        let mut scale = Rational::one();
        while let Some(digit) = tokens.get(at).and_then(unit).filter(|digit| *digit < 10) {
            scale /= whole(10);
            value += whole(digit) * &scale;
            at += 1;
        }
    }
    Some((value, at))
}

/// "two thirds", "one half", "two and a half".
fn parts(tokens: &[Token], value: Rational, from: usize, end: usize) -> (Rational, usize) {
    let small = end - from == 1 && value > Rational::zero() && value < whole(13);
    if !small {
        return (value, end);
    }
    if let Some(token) = tokens.get(end) {
        let part = PARTS
            .iter()
            .find(|(one, many, _)| token.says(many) || (value.is_one() && token.says(one)));
        if let Some((_, _, below)) = part {
            return (value / whole(*below), end + 1);
        }
    }
    half(tokens, value, end)
}

/// "and a half".
fn half(tokens: &[Token], value: Rational, end: usize) -> (Rational, usize) {
    let and = says(tokens, end, "and") && says(tokens, end + 1, "a");
    if and && says(tokens, end + 2, "half") && !says(tokens, end + 3, "of") {
        return (value + ratio(1, 2), end + 3);
    }
    if and && says(tokens, end + 2, "quarter") && !says(tokens, end + 3, "of") {
        return (value + ratio(1, 4), end + 3);
    }
    (value, end)
}

/// "2.5 million", "3 dozen", "2 and a half"; and mixed numbers, "2 1/2".
fn grown(tokens: &[Token], at: usize) -> Option<(Rational, usize)> {
    let number = tokens[at].number()?;
    if let Some((_, scale)) = SCALES.iter().find(|(word, _)| says(tokens, at + 1, word)) {
        return Some((number * whole(*scale), at + 2));
    }
    if says(tokens, at + 1, "hundred") || says(tokens, at + 1, "dozen") {
        let scale = if says(tokens, at + 1, "dozen") { 12 } else { 100 };
        return Some((number * whole(scale), at + 2));
    }
    let (value, end) = half(tokens, number.clone(), at + 1);
    if end > at + 1 {
        return Some((value, end));
    }
    let (above, slash, below) = (tokens.get(at + 1)?, tokens.get(at + 2)?, tokens.get(at + 3)?);
    let proper = above.gap && slash.is('/') && !slash.gap && !below.gap;
    let (above, below) = (above.number()?, below.number()?);
    let mixed = proper && number.is_integer() && above.is_integer() && below.is_integer() && above < below;
    mixed.then(|| (number + above / below, at + 4))
}
