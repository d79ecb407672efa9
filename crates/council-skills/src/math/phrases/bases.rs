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
