//! Numbers in other bases, and Roman numerals.

use super::{Found, Rules};
use crate::math::answer::Answer;
use crate::math::number::whole;
use crate::math::theory;
use crate::math::trouble::{Result, Trouble, beyond, foreign};
use num_bigint::BigInt;
use num_traits::Num;

pub(super) const RULES: Rules = &[
    (
        "[convert|change|write|express] [the] [decimal] [number] {a} (to|in|into|as) [a] binary [number]",
        |found| based(found, 2),
    ),
    (
        "[convert|change|write|express] [the] [decimal] [number] {a} (to|in|into|as) [a] octal [number]",
        |found| based(found, 8),
    ),
    (
        "[convert|change|write|express] [the] [decimal] [number] {a} (to|in|into|as) [a] (hexadecimal|hex) [number]",
        |found| based(found, 16),
    ),
    (
        "[convert|change|write|express] [the] [decimal] [number] {a} (to|in|into|as) base {n}",
        |found| {
            let base = found.count("n", 36)?;
            based(found, base)
        },
    ),
    (
        "[the] binary [representation|form] of [the number] {a}",
        |found| based(found, 2),
    ),
    (
        "[the] (hexadecimal|hex) [representation|form|value] of [the number] {a}",
        |found| based(found, 16),
    ),
    ("[the] octal [representation|form] of [the number] {a}", |found| {
        based(found, 8)
    }),
    (
        "[convert] [the] binary [number] {d} [to|in|into|as] [decimal|base 10|a decimal number]",
        |found| from_base(found, 2),
    ),
    (
        "[convert] [the] octal [number] {d} (to|in|into) (decimal|base 10)",
        |found| from_base(found, 8),
    ),
    (
        "[convert] [the] (hexadecimal|hex) [number] {d} (to|in|into) (decimal|base 10)",
        |found| from_base(found, 16),
    ),
    (
        "[convert] {d} (in|from) (binary|base 2) (to|in) (decimal|base 10)",
        |found| from_base(found, 2),
    ),
    (
        "[convert] {d} (in|from) (hexadecimal|hex|base 16) (to|in) (decimal|base 10)",
        |found| from_base(found, 16),
    ),
    (
        "[convert] {d} (in|from) (octal|base 8) (to|in) (decimal|base 10)",
        |found| from_base(found, 8),
    ),
    (
        "[convert] {d} (in|from) base {n} (to|in) (decimal|base 10)",
        |found| {
            let base = found.count("n", 36)?;
            from_base(found, base as u32)
        },
    ),
    (
        "{d} (in|from) (binary|base 2) (as|is what in|equals what in) [a] (decimal|decimal number|base 10)",
        |found| from_base(found, 2),
    ),
    (
        "{d} (hex|hexadecimal|in hex|in hexadecimal|in base 16) (in|to|as|as a) (decimal|decimal number|base 10)",
        |found| from_base(found, 16),
    ),
    (
        "(add|the sum of) [the binary numbers] {d} and {e} in binary",
        |found| binary(found, 1),
    ),
    ("{d} (+|plus) {e} in binary", |found| binary(found, 1)),
    ("{d} (-|minus) {e} in binary", |found| binary(found, -1)),
    ("[convert] {a} (to|in|into|as) (decimal|base 10)", |found| {
        if !found.words("a").starts_with('0') || found.words("a").len() < 3 {
            return foreign("no number with 0x, 0b or 0o");
        }
        Answer::number(&found.value("a")?, found.words("a"))
    }),
    // Roman numerals.
    (
        "[convert|write|express|change] [the number] {a} (in|to|as|into) [a] roman (numerals|numeral)",
        |found| {
            let number = found.count("a", 3_999)?;
            match theory::roman(number) {
                Some(text) => Ok(Answer::text(text, format!("{number} in Roman numerals"))),
                None => beyond("Roman numerals begin at 1"),
            }
        },
    ),
    ("[the] roman (numeral|numerals) for {a}", |found| {
        let number = found.count("a", 3_999)?;
        theory::roman(number).map_or_else(
            || foreign("no number"),
            |text| Ok(Answer::text(text, format!("{number} in Roman numerals"))),
        )
    }),
    (
        "[number] [is] [represented by] [the] roman (numeral|numerals) {d} [to|in|as|equal] [a] [number|decimal|arabic numerals|arabic|arabic numeral|digits]",
        roman,
    ),
    (
        "[convert] {d} (from roman numerals|in roman numerals|from roman) (to|as|in|into) (a number|decimal|arabic numerals|arabic|numbers)",
        roman,
    ),
    ("[the] value of [the] roman (numeral|numerals) {d}", roman),
    (
        "{d} in (numbers|arabic numerals|arabic numbers|arabic|digits|decimal)",
        bare_roman,
    ),
    (
        "[the|which] number (is|does) {d} [stand for|mean|represent]",
        bare_roman,
    ),
    ("[the] roman (numeral|numerals) {d}", roman),
    (
        "(does|is) [the] roman (numeral|numerals) {d} (mean|represent|stand for|equal)",
        roman,
    ),
];

fn based(found: &Found<'_>, base: i64) -> Result<Answer> {
    let number = found.integer("a")?;
    if !(2..=36).contains(&base) {
        return Err(Trouble::Undefined(format!(
            "there is no base {base} here; it must be from 2 to 36"
        )));
    }
    let text = number.to_str_radix(base as u32).to_uppercase();
    Ok(Answer::text(text, format!("{number} in base {base}")))
}

/// Both are written in binary, and so is the result.
fn binary(found: &Found<'_>, sign: i64) -> Result<Answer> {
    let read = |name: &str| {
        let [token] = found.span(name) else {
            return foreign("a binary number is needed");
        };
        BigInt::from_str_radix(token.source.trim_start_matches("0b"), 2)
            .or_else(|_| foreign(format!("`{}` is no binary number", token.source)))
    };
    let (a, b) = (read("d")?, read("e")?);
    let sum = &a + BigInt::from(sign) * &b;
    let between = if sign > 0 { '+' } else { '-' };
    Ok(Answer::text(
        sum.to_str_radix(2),
        format!("{a} {between} {b} = {sum}, in binary"),
    )
    .step(format!("{a} {between} {b} = {sum} in decimal")))
}

fn from_base(found: &Found<'_>, base: u32) -> Result<Answer> {
    let text: String = found
        .span("d")
        .iter()
        .map(|token| token.source.as_str())
        .collect();
    let digits = match base {
        2 => text.strip_prefix("0b"),
        8 => text.strip_prefix("0o"),
        16 => text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")),
        _ => None,
    }
    .unwrap_or(&text);
    if !(2..=36).contains(&base) || digits.len() > 400 || digits.starts_with(['-', '+']) {
        return foreign("no number in that base");
    }
    match BigInt::from_str_radix(digits, base) {
        Ok(number) => Answer::rational(whole(number), format!("{text} in base {base}")),
        Err(_) => Err(Trouble::Undefined(format!(
            "`{text}` is no number in base {base}"
        ))),
    }
}

/// Where nobody said that it is a numeral: of several capitals.
fn bare_roman(found: &Found<'_>) -> Result<Answer> {
    match found.span("d") {
        [token]
            if token.source.len() > 1 && token.source.bytes().all(|letter| letter.is_ascii_uppercase()) =>
        {
            theory::from_roman(&token.source).map_or_else(|| foreign("no Roman numeral"), |_| roman(found))
        }
        _ => foreign("no Roman numeral"),
    }
}

fn roman(found: &Found<'_>) -> Result<Answer> {
    let [token] = found.span("d") else {
        return foreign("a Roman numeral is one word");
    };
    match theory::from_roman(&token.source) {
        Some(number) => Answer::rational(
            whole(number),
            format!("{} as a Roman numeral", token.source.to_uppercase()),
        ),
        None => Err(Trouble::Undefined(format!(
            "`{}` is no well-formed Roman numeral",
            token.source
        ))),
    }
}
