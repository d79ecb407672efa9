//! Numbers that are told by what holds of them: two that add up, shares of a ratio, what an average lacks, makers of things.

use super::told::Told;
use super::{Handler, same};
use crate::math::answer::{Answer, STORY};
use crate::math::lex::Token;
use crate::math::number::{Rational, exact, integer, whole};
use crate::math::story::singular;
use crate::math::trouble::{Result, foreign};
use num_bigint::BigInt;
use num_traits::Signed;

pub(super) const STORIES: [(&str, Handler); 12] = [
    (
        "(a|an|the) {a} and (a|an|the) {b} cost {n} (together|in total|altogether|in all) . the {a2} costs {m} more than the {b2} . (how much|what) (does|is) the {x} [cost]",
        two_prices,
    ),
    (
        "[together] (a|an|the) {a} and (a|an|the) {b} cost {n} (,|, and|and) the {a2} costs {m} more than the {b2} . (how much|what) (does|is) the {x} [cost]",
        two_prices,
    ),
    (
        "(one|a) number is {m} (more|larger|greater|bigger) than (another|another number|the other|the other one|a second number) [,] (and|.) (their|the) sum is {n} . (find|what are) (both|them|they|the numbers|the two numbers|both numbers)",
        |told| {
            let (sum, more) = (told.number("n")?, told.number("m")?);
            Ok(two(
                &((&sum + &more) / whole(2)),
                &((&sum - &more) / whole(2)),
                &sum,
            ))
        },
    ),
    (
        "(one|a) number is {m} (less|smaller) than (another|another number|the other|the other one) [,] (and|.) (their|the) sum is {n} . (find|what are) (both|them|they|the numbers|the two numbers|both numbers)",
        |told| {
            let (sum, less) = (told.number("n")?, told.number("m")?);
            Ok(two(
                &((&sum - &less) / whole(2)),
                &((&sum + &less) / whole(2)),
                &sum,
            ))
        },
    ),
    (
        "[if] the product of two consecutive [positive] {kind} is {n} (.|,) (find|what are) (both|them|they|the numbers|the two numbers|the integers|the two integers)",
        neighbours,
    ),
    (
        "(what|which) number (multiplied by itself|times itself|squared) (is|equals|gives|makes) {n}",
        root,
    ),
    (
        "[if] the (average|mean) of {k} (numbers|values|scores|tests) is {m} (.|, and|and) {j} of (them|the numbers|the values|the scores|these numbers) are {list} (.|,) what is the {x} [number|one|value|score]",
        lacking,
    ),
    (
        "the ratio of {a} to {b} [in {who}] is {r} and there are {n} {thing} [in {y}] [in total|altogether|in all] . how many {c} are there [in {z}]",
        shares,
    ),
    (
        "the ratio of {a} to {b} [in {who}] is {r} . (if there are|there are) {n} {thing} [in {y}] [in total|altogether|in all] (.|,) how many {c} are there [in {z}]",
        shares,
    ),
    (
        "the ratio of {a} to {b} [in {who}] is {r} (and|.|. if|, and) there are {n} {thing} [in {y}] [in total|altogether|in all] (.|,) how many {c}",
        shares,
    ),
    (
        "[if] {m} {who} [can|could] (make|produce|build|bake|print|pack|assemble|eat|catch) {n} {thing} in {t} {unit} (.|,) how (long|many {unit2}) (does|do|will|would|did) (it take {k} {y}|{k} {y} take|{k} {y} need) to (make|produce|build|bake|print|pack|assemble|eat|catch) {j} {thing2}",
        makers,
    ),
    (
        "[if] {m} {who} [can|could] (make|produce|build|bake|print|pack|assemble|eat|catch) {n} {thing} in {t} {unit} (.|,) how many {thing2} (can|do|will|would|could) {k} {y} (make|produce|build|bake|print|pack|assemble|eat|catch) in {u} {unit2}",
        made,
    ),
];

fn two(first: &Rational, second: &Rational, sum: &Rational) -> Answer {
    let read = format!("{} + {} = {}", exact(first), exact(second), exact(sum));
    let text = format!("{}, {}", exact(first), exact(second));
    Answer::text(text, read.clone()).step(read).sure(STORY)
}

fn two_prices(told: &Told<'_>) -> Result<Answer> {
    let name = |place: &str| told.words(place).to_lowercase();
    let (both, more) = (told.number("n")?, told.number("m")?);
    if name("a2") == name("b2")
        || [name("a"), name("b")] != [name("a2"), name("b2")]
            && [name("b"), name("a")] != [name("a2"), name("b2")]
    {
        return foreign("the price of something else");
    }
    let (sign, value) = match name("x") {
        asked if asked == name("a2") => ('+', &both + &more),
        asked if asked == name("b2") => ('-', &both - &more),
        _ => return foreign("something else is asked about"),
    };
    let read = format!("({} {sign} {}) / 2", told.words("n"), told.words("m"));
    told.answer(value / whole(2), read)
}

/// Two in a row whose product is known. Negative ones do as well unless they are called positive.
fn neighbours(told: &Told<'_>) -> Result<Answer> {
    let kind = told.words("kind").to_lowercase();
    let (step, odd) = match kind.as_str() {
        "integers" | "numbers" | "whole numbers" | "natural numbers" => (1, None),
        "even numbers" | "even integers" => (2, Some(false)),
        "odd numbers" | "odd integers" => (2, Some(true)),
        _ => return foreign("numbers of another kind"),
    };
    let product = told.positive("n")?;
    let Some(known) = integer(&product) else {
        return foreign("no whole number");
    };
    // x (x + d) = n has x = √(n + d²/4) - d/2.
    let low = known.sqrt();
    let found = (-2..=1)
        .map(|shift| &low + shift)
        .find(|x: &BigInt| x.is_positive() && x * (x + step) == known);
    let Some(first) = found.filter(|x| odd.is_none_or(|odd| x.bit(0) == odd)) else {
        return foreign("no two such numbers have this product");
    };
    let second = &first + step;
    let read = format!("{first} × {second} = {known}");
    let only = told.tokens.iter().any(|token| token.says("positive"))
        || kind.starts_with("natural")
        || kind.starts_with("whole");
    let text = if only {
        format!("{first}, {second}")
    } else {
        format!("{first}, {second} (or -{second}, -{first})")
    };
    Ok(Answer::text(text, read.clone()).step(read).sure(STORY))
}

fn root(told: &Told<'_>) -> Result<Answer> {
    let square = told.positive("n")?;
    let root = integer(&square).map(|square| (square.sqrt(), square));
    match root {
        Some((root, square)) if &root * &root == square => {
            let read = format!("{root} × {root} = {square}");
            Ok(Answer::text(format!("{root} (or -{root})"), read.clone())
                .step(read)
                .sure(STORY))
        }
        _ => foreign("no whole number has this square"),
    }
}

/// What the last of some numbers must be.
fn lacking(told: &Told<'_>) -> Result<Answer> {
    const LAST: [&str; 8] = [
        "other",
        "last",
        "missing",
        "remaining",
        "third",
        "fourth",
        "fifth",
        "sixth",
    ];
    if !matches!(told.span("x"), [word] if LAST.contains(&word.lower.as_str())) {
        return foreign("something else is asked about");
    }
    let numbers: Vec<Rational> = told
        .span("list")
        .split(|token| token.is(',') || token.says("and"))
        .filter(|item| !item.is_empty())
        .map(|item| match item {
            [token] => token.number().cloned().map_or_else(|| foreign("no number"), Ok),
            _ => foreign("no number"),
        })
        .collect::<Result<_>>()?;
    let count = whole(numbers.len() as i64);
    if told.number("j")? != count || told.number("k")? != &count + whole(1) {
        return foreign("more than one is not known");
    }
    let rest: Rational = numbers.iter().sum();
    let total = told.number("k")? * told.number("m")?;
    let read = format!("{} × {} - {}", told.words("k"), told.words("m"), exact(&rest));
    Ok(Answer::rational(total - rest, read)?.sure(STORY))
}

/// "3:5", "3 to 5", "3 : 5".
fn ratio(told: &Told<'_>) -> Result<(Rational, Rational)> {
    let span: Vec<&Token> = told
        .span("r")
        .iter()
        .filter(|token| !token.is(':') && !token.says("to"))
        .collect();
    match span.as_slice() {
        [one, other] if told.span("r").len() == 3 => match (one.number(), other.number()) {
            (Some(one), Some(other)) if one.is_positive() && other.is_positive() => {
                Ok((one.clone(), other.clone()))
            }
            _ => foreign("no ratio"),
        },
        _ => foreign("no ratio"),
    }
}

/// So many of one kind, where a ratio and all of them, or those of the other kind, are known.
fn shares(told: &Told<'_>) -> Result<Answer> {
    let one = |place: &str| match told.span(place) {
        [word] if word.is_word() => Ok(singular(&word.lower)),
        _ => foreign("kinds have one word here"),
    };
    let (a, b, c, thing) = (one("a")?, one("b")?, one("c")?, one("thing")?);
    let (first, second) = ratio(told)?;
    let asked = if c == a {
        &first
    } else if c == b && a != b {
        &second
    } else {
        return foreign("something else is asked about");
    };
    let known = if thing == a {
        first.clone()
    } else if thing == b {
        second.clone()
    } else {
        &first + &second
    };
    let number = told.positive("n")?;
    let value = &number / &known * asked;
    if !value.is_integer() {
        return foreign("parts of one");
    }
    told.answer(
        value,
        format!("{} / {} × {}", exact(&number), exact(&known), exact(asked)),
    )
}

fn alike(told: &Told<'_>) -> Result<()> {
    same(told, "thing", "thing2")?;
    same(told, "who", "y")?;
    if told.has("unit2") {
        same(told, "unit", "unit2")?;
    }
    Ok(())
}

/// Each makes as many as any other.
fn makers(told: &Told<'_>) -> Result<Answer> {
    alike(told)?;
    let each = told.positive("n")? / told.positive("m")? / told.positive("t")?;
    let value = told.positive("j")? / told.positive("k")? / each;
    let read = format!(
        "{} × {} / {} × {} / {}",
        told.words("t"),
        told.words("m"),
        told.words("n"),
        told.words("j"),
        told.words("k")
    );
    let unit = told.words("unit");
    Ok(told
        .answer(value, read)?
        .labelled(&unit)
        .step("each makes as many as any other"))
}

fn made(told: &Told<'_>) -> Result<Answer> {
    alike(told)?;
    let each = told.positive("n")? / told.positive("m")? / told.positive("t")?;
    let value = told.positive("k")? * told.positive("u")? * each;
    if !value.is_integer() {
        return foreign("parts of one");
    }
    let read = format!(
        "{} / {} / {} × {} × {}",
        told.words("n"),
        told.words("m"),
        told.words("t"),
        told.words("k"),
        told.words("u")
    );
    Ok(told.answer(value, read)?.step("each makes as many as any other"))
}
