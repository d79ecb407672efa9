//! Ratios and proportions; other ways to write a number.

use super::{Found, Rules};
use crate::math::answer::{Answer, READING};
use crate::math::lex::Token;
use crate::math::number::{Rational, exact, fraction, integer, is_decimal, whole};
use crate::math::phrases::{equations, solution};
use crate::math::theory;
use crate::math::trouble::{Result, Trouble, foreign};
use num_traits::{Signed, Zero};

pub(super) const RULES: Rules = &[
    (
        "(divide|split|share) {n} [dollars|euros] [between {x}|among {x}] (in|into|by) [the|a] ratio [of] {r}",
        shared,
    ),
    ("(simplify|reduce) [the] ratio [of] {r}", |found| {
        let parts = ratio(found.span("r"))?;
        let common = whole(theory::gcd(&parts)?);
        let text = joined(&parts.iter().map(|part| part / &common).collect::<Vec<_>>());
        let read = joined(&parts);
        Ok(Answer::text(text.clone(), read.clone()).step(format!("{read} = {text}")))
    }),
    (
        "[if] {x} : {y} = {a} : {b} (and|,) {z} = {n} [,|.] (what is|find) {w}",
        proportional,
    ),
    ("solve [the] proportion [:] {eq}", |found| {
        solution(&equations(found.span("eq"))?, None)
    }),
    (
        "[write|express|convert|put] {n} (in|to|into|as) (scientific notation|standard form)",
        scientific,
    ),
    ("[the] scientific notation (for|of) {n}", scientific),
    (
        "[write|express|convert|change|turn] {n} (as|to|into|in) [a] mixed (number|fraction)",
        |found| {
            let number = found.rational("n")?;
            let text = mixed(&number)?;
            Ok(Answer::text(text.clone(), found.words("n")).step(format!("{} = {text}", fraction(&number))))
        },
    ),
    (
        "[write|express|convert|change|turn] {n} (as|to|into|in) [an] improper fraction",
        |found| {
            let number = mixed_value(found.span("n")).map_or_else(|| found.rational("n"), Ok)?;
            let text = fraction(&number);
            Ok(Answer::text(text.clone(), found.words("n")).step(format!("{} = {text}", found.words("n"))))
        },
    ),
    ("[the] additive inverse of {n}", |found| {
        Answer::rational(-found.rational("n")?, format!("-({})", found.words("n")))
    }),
    ("[the] multiplicative inverse of {n}", |found| {
        let number = found.rational("n")?;
        if number.is_zero() {
            return Err(Trouble::Undefined("0 has no multiplicative inverse".to_owned()));
        }
        Answer::rational(number.recip(), format!("1 / ({})", found.words("n")))
    }),
    ("[the] floor of {n}", |found| {
        Answer::rational(found.rational("n")?.floor(), format!("⌊{}⌋", found.words("n")))
    }),
    ("[the] (ceiling|ceil) of {n}", |found| {
        Answer::rational(found.rational("n")?.ceil(), format!("⌈{}⌉", found.words("n")))
    }),
];

/// `2:3:5`.
fn ratio(span: &[Token]) -> Result<Vec<Rational>> {
    let parts: Option<Vec<Rational>> = span
        .split(|token| token.is(':') || token.says("to"))
        .map(|part| match part {
            [number] => number.number().filter(|number| number.is_positive()).cloned(),
            _ => None,
        })
        .collect();
    match parts {
        Some(parts) if parts.len() > 1 => Ok(parts),
        _ => foreign("a ratio is written 2:3"),
    }
}

fn joined(parts: &[Rational]) -> String {
    parts.iter().map(exact).collect::<Vec<_>>().join(":")
}

fn shared(found: &Found<'_>) -> Result<Answer> {
    let (number, parts) = (found.rational("n")?, ratio(found.span("r"))?);
    let persons: Vec<&[Token]> = found
        .span("x")
        .split(|token| token.is(',') || token.says("and"))
        .filter(|part| !part.is_empty())
        .collect();
    if found.has("x") && (persons.len() != parts.len() || persons.iter().any(|name| name.len() > 2)) {
        return foreign("who gets which part is not said");
    }
    let total: Rational = parts.iter().sum();
    let sign = found.money(&["n"]).map(String::from).unwrap_or_default();
    let each: Vec<String> = parts
        .iter()
        .map(|part| {
            let share = &number * part / &total;
            let text = if is_decimal(&share) {
                exact(&share)
            } else {
                fraction(&share)
            };
            format!("{sign}{text}")
        })
        .collect();
    let named: Vec<String> = persons
        .iter()
        .zip(&each)
        .map(|(name, share)| format!("{}: {share}", crate::math::lex::written(name)))
        .collect();
    let text = each.join(", ");
    let read = format!("{} in the ratio {}", found.words("n"), joined(&parts));
    let answer =
        Answer::text(text, read).step(format!("one part is {} / {}", found.words("n"), exact(&total)));
    Ok(if named.is_empty() {
        answer
    } else {
        answer.lead(named.join(", "))
    })
}

/// "a:b = 2:3 and b = 12".
fn proportional(found: &Found<'_>) -> Result<Answer> {
    let word = |name: &str| match found.span(name) {
        [token] if token.is_word() => Ok(token.lower.clone()),
        _ => foreign("a letter is needed"),
    };
    let (first, second, known, asked) = (word("x")?, word("y")?, word("z")?, word("w")?);
    let (above, below, number) = (found.rational("a")?, found.rational("b")?, found.rational("n")?);
    let (times, over) = if known == second && asked == first {
        (above, below)
    } else if known == first && asked == second {
        (below, above)
    } else {
        return foreign("another letter is asked about");
    };
    if over.is_zero() {
        return foreign("no ratio");
    }
    let read = format!("{} × {} / {}", exact(&number), exact(&times), exact(&over));
    let value = number * times / over;
    Ok(Answer::rational(value, read)?.sure(READING))
}

fn scientific(found: &Found<'_>) -> Result<Answer> {
    let number = found.rational("n")?;
    if number.is_zero() || !is_decimal(&number) {
        return foreign("a decimal number other than 0 is needed");
    }
    let ten = whole(10);
    let (mut size, mut power) = (number.abs(), 0_i32);
    while size >= ten {
        size /= &ten;
        power += 1;
    }
    while size < whole(1) {
        size *= &ten;
        power -= 1;
    }
    let sign = if number.is_negative() { "-" } else { "" };
    let text = format!("{sign}{} × 10^{power}", exact(&size));
    Ok(Answer::text(text.clone(), found.words("n")).step(format!("{} = {text}", found.words("n"))))
}

fn mixed(number: &Rational) -> Result<String> {
    let (size, sign) = (number.abs(), if number.is_negative() { "-" } else { "" });
    let before = size.trunc();
    let rest = &size - &before;
    Ok(match (before.is_zero(), rest.is_zero()) {
        (_, true) => format!("{sign}{}", exact(&before)),
        (true, _) => return foreign("a fraction below 1 is no mixed number"),
        _ => format!("{sign}{} {}", exact(&before), fraction(&rest)),
    })
}

/// "2 3/4".
fn mixed_value(span: &[Token]) -> Option<Rational> {
    let [before, above, slash, below] = span else {
        return None;
    };
    let (before, above, below) = (before.number()?, above.number()?, below.number()?);
    integer(before)?;
    (slash.is('/') && !below.is_zero()).then(|| before + above / below)
}
