//! The phrases that are understood, each with what it computes.
//!
//! - [`arithmetic`](self::arithmetic): operations in words, rounding, comparing
//! - [`percent`](self::percent): shares, increases, discounts
//! - [`algebra`](self::algebra): equations, polynomials, functions at a place
//! - [`slopes`](self::slopes): derivatives and integrals
//! - [`integers`](self::integers): divisors, primes, remainders
//! - [`counting`](self::counting): the first primes, numbers of so many digits
//! - [`ways`](self::ways), [`bases`](self::bases): ways to choose; other bases, Roman numerals
//! - [`lists`](self::lists), [`series`](self::series): statistics; sequences and their sums
//! - [`shapes`](self::shapes), [`angles`](self::angles): areas and volumes; angles and points
//! - [`measures`](self::measures): units, money, interest
//! - [`loans`](self::loans): what is paid back, and how long money takes to double
//! - [`order`](self::order): numbers by size
//! - [`calendar`](self::calendar), [`clock`](self::clock): dates; times of day
//! - [`matrices`](self::matrices): matrices and vectors
//! - [`chances`](self::chances): dice, coins and cards
//! - [`limits`](self::limits): limits, sums without end
//! - [`ratios`](self::ratios): ratios; other ways to write a number

mod algebra;
mod angles;
mod arithmetic;
mod bases;
mod calendar;
mod chances;
mod clock;
mod counting;
mod integers;
mod limits;
mod lists;
mod loans;
mod matrices;
mod measures;
mod order;
mod percent;
mod ratios;
mod series;
mod shapes;
mod slopes;
mod ways;

pub(super) use algebra::{equations, is_relation, solution};
pub(super) use percent::percent as percentage;

use super::answer::Answer;
use super::expr::{self, Expr, Scope};
use super::lex::{Token, written};
use super::number::{Rational, count};
use super::pattern::{Pattern, Places};
use super::sum::Sum;
use super::theory::whole_number;
use super::trouble::{Result, Trouble, foreign};
use num_bigint::BigInt;
use std::sync::LazyLock;

/// What a phrase computes.
type Handler = fn(&Found<'_>) -> Result<Answer>;

/// Phrases with what they compute.
type Rules = &'static [(&'static str, Handler)];

/// What stood in the places of a phrase.
pub(super) struct Found<'a> {
    tokens: &'a [Token],
    places: Places,
}

static RULES: LazyLock<Vec<(Pattern, Handler)>> = LazyLock::new(|| {
    let all: [Rules; 22] = [
        arithmetic::RULES,
        algebra::RULES,
        algebra::rearrange::RULES,
        slopes::RULES,
        percent::RULES,
        integers::RULES,
        ways::RULES,
        bases::RULES,
        lists::RULES,
        order::RULES,
        series::RULES,
        shapes::RULES,
        angles::RULES,
        measures::RULES,
        loans::RULES,
        calendar::RULES,
        clock::RULES,
        matrices::RULES,
        chances::RULES,
        counting::RULES,
        limits::RULES,
        ratios::RULES,
    ];
    all.iter()
        .flat_map(|rules| rules.iter())
        .map(|(text, handler)| (Pattern::new(text), *handler))
        .collect()
});

/// Tries every phrase. Two that compute different values make the question ambiguous.
///
/// # Errors
/// The trouble of the phrase that understood most.
pub(super) fn answer(tokens: &[Token]) -> Result<Answer> {
    let mut best: Option<Answer> = None;
    let mut trouble = Trouble::Foreign(format!(
        "`{}` was not understood as mathematics as a whole",
        shortened(tokens)
    ));
    for (pattern, handler) in RULES.iter() {
        for places in pattern.matches(tokens) {
            match handler(&Found { tokens, places }) {
                Ok(answer) => match &best {
                    Some(known) if known.value != answer.value => {
                        return Err(Trouble::Ambiguous(format!(
                            "it can be read as {} with the result {}, and as {} with the result {}",
                            known.read, known.value, answer.read, answer.value
                        )));
                    }
                    Some(_) => {}
                    None => best = Some(answer),
                },
                Err(found) => {
                    if found.weight() > trouble.weight() {
                        trouble = found;
                    }
                }
            }
        }
    }
    match (best, trouble) {
        (Some(_), trouble @ Trouble::Ambiguous(_)) | (None, trouble) => Err(trouble),
        (Some(answer), _) => Ok(answer),
    }
}

fn shortened(tokens: &[Token]) -> String {
    let text = written(tokens);
    if text.chars().count() <= 80 {
        text
    } else {
        format!("{}…", text.chars().take(80).collect::<String>())
    }
}

impl<'a> Found<'a> {
    /// The tokens in a place; empty where it was left out.
    fn span(&self, name: &str) -> &'a [Token] {
        self.places
            .get(name)
            .map_or(&[], |range| &self.tokens[range.clone()])
    }

    fn has(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    fn words(&self, name: &str) -> String {
        written(self.span(name))
    }

    fn expr(&self, name: &str) -> Result<Expr> {
        let span = self.span(name);
        let span = match span {
            [the, number, rest @ ..] if the.says("the") && number.says("number") && !rest.is_empty() => rest,
            _ => span,
        };
        expr::expression(span)
    }

    /// A constant.
    fn value(&self, name: &str) -> Result<Sum> {
        expr::constant(&self.expr(name)?, &Scope::default())
    }

    fn rational(&self, name: &str) -> Result<Rational> {
        expr::rational(&self.value(name)?)
    }

    fn integer(&self, name: &str) -> Result<BigInt> {
        whole_number(&self.rational(name)?)
    }

    /// A whole number from 0 to `most`.
    fn count(&self, name: &str, most: i64) -> Result<i64> {
        count(&self.rational(name)?, "that", most)
    }

    /// The place that an ordinal names, or a number.
    fn place(&self, name: &str) -> Result<i64> {
        match self.span(name) {
            [token] if super::lex::place(token).is_some() => Ok(super::lex::place(token).unwrap_or(0)),
            _ => self.count(name, 100_000),
        }
    }

    /// The currency of the amounts in these places.
    fn money(&self, names: &[&str]) -> Option<char> {
        names
            .iter()
            .flat_map(|name| self.span(name))
            .find_map(|token| token.money)
    }

    /// Numbers with commas, semicolons or "and" between them.
    fn list(&self, name: &str) -> Result<Vec<Rational>> {
        list(self.span(name))
    }
}

/// Numbers with commas, semicolons or "and" between them, at least two.
fn list(span: &[Token]) -> Result<Vec<Rational>> {
    let span = match span {
        [open, inner @ .., close]
            if matches!(open.lower.as_str(), "{" | "[" | "(")
                && matches!(close.lower.as_str(), "}" | "]" | ")") =>
        {
            inner
        }
        _ => span,
    };
    if let [only] = span
        && only.groups.len() > 1
    {
        return Ok(only.groups.clone());
    }
    let between = |token: &Token| token.is(',') || token.is(';') || token.says("and");
    let mut numbers = Vec::new();
    if !span.iter().any(between)
        && span
            .iter()
            .all(|token| token.number().is_some() && token.money.is_none())
    {
        // "3 5 8": spaces alone.
        numbers.extend(span.iter().filter_map(|token| token.number().cloned()));
    } else {
        for item in span.split(between) {
            if item.is_empty() {
                continue;
            }
            let value = expr::constant(&expr::expression(item)?, &Scope::default())?;
            numbers.push(expr::rational(&value)?);
        }
        if span.iter().any(|token| token.groups.len() > 1)
            && span.iter().any(|token| token.is(',') && !token.gap)
        {
            let spaced = span.windows(2).all(|pair| !pair[0].is(',') || pair[1].gap);
            if !spaced {
                return Err(Trouble::Ambiguous(
                    "a comma may separate numbers or thousands; write spaces".to_owned(),
                ));
            }
        }
    }
    if numbers.len() < 2 {
        foreign("a list has at least two numbers")
    } else {
        Ok(numbers)
    }
}

/// `a, b, c`, shortened in the middle where it is long.
fn listed(numbers: &[Rational]) -> String {
    let texts: Vec<String> = numbers.iter().map(super::number::exact).collect();
    if texts.len() <= 30 {
        texts.join(", ")
    } else {
        format!("{}, …, {}", texts[..27].join(", "), texts[texts.len() - 1])
    }
}
