//! Numbers by size.

use super::{Found, Rules};
use crate::math::answer::{Answer, READING, WORDED};
use crate::math::expr::{self, Scope};
use crate::math::lex::{Token, written};
use crate::math::trouble::{Result, Trouble, beyond, foreign};
use std::cmp::Ordering;
use std::fmt::Write as _;

pub(super) const RULES: Rules = &[
    (
        "(order|sort|arrange|put|rank|list|write|place) [these|the] [following] [numbers|fractions|decimals|values|integers|percentages] [in order] (in ascending order|in increasing order|from smallest to largest|from least to greatest|from lowest to highest|from small to large|from smallest to greatest|from smallest to biggest|smallest first|starting with the smallest|ascending) [:] {list}",
        |found| sorted(found, Order::Ascending, WORDED),
    ),
    (
        "(order|sort|arrange|put|rank|list|write|place) [these|the] [following] [numbers|fractions|decimals|values|integers|percentages] [:] {list} [,] [in order] (in ascending order|in increasing order|from smallest to largest|from least to greatest|from lowest to highest|from small to large|from smallest to greatest|from smallest to biggest|smallest first|starting with the smallest)",
        |found| sorted(found, Order::Ascending, WORDED),
    ),
    (
        "(order|sort|arrange|put|rank|list|write|place) [these|the] [following] [numbers|fractions|decimals|values|integers|percentages] [in order] (in descending order|in decreasing order|from largest to smallest|from greatest to least|from highest to lowest|from large to small|from biggest to smallest|from greatest to smallest|largest first|starting with the largest|descending) [:] {list}",
        |found| sorted(found, Order::Descending, WORDED),
    ),
    (
        "(order|sort|arrange|put|rank|list|write|place) [these|the] [following] [numbers|fractions|decimals|values|integers|percentages] [:] {list} [,] [in order] (in descending order|in decreasing order|from largest to smallest|from greatest to least|from highest to lowest|from large to small|from biggest to smallest|from greatest to smallest|largest first|starting with the largest)",
        |found| sorted(found, Order::Descending, WORDED),
    ),
    // From the smallest on, where nobody says.
    (
        "(order|sort|arrange|rank) [these|the] [following] [numbers|fractions|decimals|values|integers] [by size|in order|in order of size] [:] {list}",
        |found| sorted(found, Order::Ascending, READING),
    ),
    (
        "(put|place|list|write) [these|the] [following] (by size|in order|in order of size) [:] {list}",
        |found| sorted(found, Order::Ascending, READING),
    ),
    (
        "(order|sort|arrange|put|rank|place) {list} (by size|in order|in order of size)",
        |found| sorted(found, Order::Ascending, READING),
    ),
];

#[derive(Clone, Copy)]
enum Order {
    Ascending,
    Descending,
}

/// The numbers as they were written, in another order.
fn sorted(found: &Found<'_>, order: Order, sure: f64) -> Result<Answer> {
    let span = found.span("list");
    // Commas within numbers, and spaces alone between them, are as in every list.
    if let Err(trouble @ Trouble::Ambiguous(_)) = found.list("list") {
        return Err(trouble);
    }
    let between = |token: &Token| token.is(',') || token.is(';') || token.says("and");
    let items: Vec<&[Token]> = if span.iter().any(between) {
        span.split(between).filter(|item| !item.is_empty()).collect()
    } else {
        span.chunks(1).collect()
    };
    let mut numbers = Vec::new();
    for item in items {
        let value = expr::constant(&expr::expression(item)?, &Scope::default())?;
        let Some(size) = value.approximate() else {
            return foreign("only real numbers have an order");
        };
        numbers.push((written(item), value, size));
    }
    if numbers.len() < 2 {
        return foreign("a list has at least two numbers");
    }
    let compare = |one: &(String, _, f64), other: &(String, _, f64)| match order {
        Order::Ascending => one.2.total_cmp(&other.2),
        Order::Descending => other.2.total_cmp(&one.2),
    };
    numbers.sort_by(compare);
    // Equal ones keep their places; others that no float tells apart cannot be ordered so.
    let close = |pair: &[(String, crate::math::sum::Sum, f64)]| {
        compare(&pair[0], &pair[1]) == Ordering::Equal && pair[0].1 != pair[1].1
    };
    if numbers.windows(2).any(close) {
        return beyond("two of the numbers are too close to one another");
    }
    let texts = |numbers: &[(String, _, f64)]| {
        let texts: Vec<&str> = numbers.iter().map(|(text, ..)| text.as_str()).collect();
        texts.join(", ")
    };
    let (sign, said) = match order {
        Order::Ascending => ("<", "from the smallest to the largest"),
        Order::Descending => (">", "from the largest to the smallest"),
    };
    let mut chain = numbers[0].0.clone();
    for pair in numbers.windows(2) {
        let sign = if pair[0].1 == pair[1].1 { "=" } else { sign };
        let _ = write!(chain, " {sign} {}", pair[1].0);
    }
    Ok(Answer::text(texts(&numbers), said).step(chain).sure(sure))
}
