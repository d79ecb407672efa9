//! Shares, increases, discounts, tips and taxes.

use super::arithmetic::operand;
use super::{Found, Rules};
use crate::math::answer::{Answer, short};
use crate::math::expr::{self, Expr};
use crate::math::number::{Rational, exact, is_decimal, whole};
use crate::math::trouble::{Result, Trouble, foreign};
use num_traits::Zero;

pub(super) const RULES: Rules = &[
    ("{a} is what (percent|percentage|%|per cent) of {b}", share),
    ("what (percent|percentage|%|per cent) of {b} is {a}", share),
    ("what number is {p} of {a}", part),
    ("(percent|percentage|%|per cent) of {b} is {a}", share),
    ("what (percent|percentage|%|per cent) is {a} of {b}", share),
    ("(percent|percentage|%|per cent) is {a} [out] of {b}", share),
    (
        "what [is] {a} [out] of {b} (as|in) [a] (percent|percentage|%)",
        share,
    ),
    (
        "[express|write] {a} [out] of {b} as [a] (percent|percentage|%)",
        share,
    ),
    ("{a} as [a] (percent|percentage|%) of {b}", share),
    ("[the] percentage of {a} (in|out of) {b}", share),
    (
        "by (what percentage|what percent|how many percent) did (the|a|its|my) {x} (go up|rise|increase|grow) from {a} to {b}",
        growth,
    ),
    (
        "by (what percentage|what percent|how many percent) did (the|a|its|my) {x} (go down|fall|decrease|drop) from {a} to {b}",
        fall,
    ),
    ("increase {a} by {p}", |found| change(found, 1)),
    ("decrease {a} by {p}", |found| change(found, -1)),
    ("reduce {a} by {p}", |found| change(found, -1)),
    ("(raise) {a} by {p}", |found| change(found, 1)),
    ("{a} (increased|raised) by {p}", |found| change(found, 1)),
    (
        "{a} (plus|with) [a|an] {p} [sales] (tax|tip|vat|gratuity|increase|markup)",
        |found| change(found, 1),
    ),
    ("{a} (decreased|reduced|discounted|lowered) by {p}", |found| {
        change(found, -1)
    }),
    (
        "{a} (minus|with|less) [a|an] {p} (discount|off|decrease|reduction)",
        |found| change(found, -1),
    ),
    ("{p} off [of] {a}", |found| change(found, -1)),
    ("{p} (more|greater|higher) than {a}", |found| change(found, 1)),
    ("{p} (less|lower|fewer) than {a}", |found| change(found, -1)),
    (
        "[a|an|the] {p} [sales] (tip|tax|gratuity|vat|commission) (on|of|for) [a|an] {a} [bill|purchase|meal|check|dinner|restaurant bill|sale|item]",
        part,
    ),
    (
        "[the] (tip|tax|sales tax|gratuity|commission|vat) (on|for|of) [a|an] {a} [bill|purchase|meal|check|dinner|restaurant bill|sale|item] (at|with|of) {p}",
        part,
    ),
    ("[a|an] {p} discount on {a}", |_| {
        Err(Trouble::Ambiguous(
            "the amount of the discount or the price after it may be meant".to_owned(),
        ))
    }),
    (
        "[the] (percent|percentage|%) (increase|change|growth|rise) (from|between) {a} to {b}",
        growth,
    ),
    (
        "[the] (percent|percentage|%) (increase|change|growth|rise|decrease|drop) between {a} and {b}",
        growth,
    ),
    (
        "[the] (percent|percentage|%) (decrease|drop|decline|reduction) from {a} to {b}",
        fall,
    ),
    (
        "[a|an|the] {w} (drops|falls|goes|rises|increases|decreases|changed|dropped|fell|rose|went|changes|grew|grows|increased|decreased) [up|down] from {a} to {b} (;|.|,) [what|find|by what] [is|was] [the|its] (percent|percentage|%) [of] (change|increase|growth|decrease|drop|rise)",
        growth,
    ),
    (
        "[what|which] number (increased|raised) by {p} (is|equals|gives) {a}",
        |found| before(found, 1),
    ),
    (
        "[what|which] number (decreased|reduced|lowered) by {p} (is|equals|gives) {a}",
        |found| before(found, -1),
    ),
    ("{a} is {p} of (what number|what|which number)", base),
    ("{p} of (what number|what|which number) is {a}", base),
    ("(of what number|what number) is {a} {p}", base),
    (
        "{a} is {p} of a number (.|,|;) [what|find] [is] [the|that] number",
        base,
    ),
    ("if {a} is {p} of a number [,] what is [the|that] number", base),
    (
        "{p} of a number is {a} (.|,|;) [what|find] [is] [the|that] number",
        base,
    ),
];

/// `12.5%`, rounded where it is not finite.
pub(in crate::math) fn percent(number: &Rational) -> String {
    if is_decimal(number) {
        return format!("{}%", exact(number));
    }
    format!("{}%", crate::math::number::rounded(number, 8))
}

fn share(found: &Found<'_>) -> Result<Answer> {
    let (a, b) = (found.rational("a")?, found.rational("b")?);
    if matches!(found.expr("b")?, Expr::Percent(_)) {
        return foreign("a percentage of a percentage");
    }
    if b.is_zero() {
        return Err(Trouble::Undefined("a share of 0 is undefined".to_owned()));
    }
    let share = a / b * whole(100);
    let text = percent(&share);
    let near = if is_decimal(&share) { "" } else { " (rounded)" };
    let read = format!("{} / {} × 100%", found.words("a"), found.words("b"));
    Ok(Answer::text(text.clone(), read.clone()).step(format!("{read} = {text}{near}")))
}

/// The fraction that a percentage is.
fn rate(found: &Found<'_>, name: &str) -> Result<Rational> {
    match found.expr(name)? {
        percent @ Expr::Percent(_) => expr::rational(&expr::constant(&percent, &expr::Scope::default())?),
        _ => foreign("a percentage is missing"),
    }
}

fn change(found: &Found<'_>, sign: i64) -> Result<Answer> {
    let rate = rate(found, "p")?;
    let start = found.expr("a")?;
    operand(&start)?;
    if matches!(start, Expr::Percent(_)) {
        return Err(Trouble::Ambiguous(
            "per cent of per cent, or percentage points, may be meant".to_owned(),
        ));
    }
    let value = found.value("a")?;
    let factor = whole(1) + whole(sign) * &rate;
    let result = value.scaled(&factor);
    let part = value.scaled(&rate);
    let answer = Answer::number(&result, format!("{start} × {}", exact(&factor)))?;
    let step = format!("{} of {start} is {}", found.words("p"), short(&part));
    Ok(answer.step(step).money(found.money(&["a"])))
}

fn part(found: &Found<'_>) -> Result<Answer> {
    let rate = rate(found, "p")?;
    let value = found.value("a")?;
    let answer = Answer::number(
        &value.scaled(&rate),
        format!("{} of {}", found.words("p"), found.expr("a")?),
    )?;
    Ok(answer.money(found.money(&["a"])))
}

/// The percentage of a decrease, without its sign.
fn fall(found: &Found<'_>) -> Result<Answer> {
    let answer = growth(found)?;
    let (a, b) = (found.rational("a")?, found.rational("b")?);
    if b > a {
        return Err(Trouble::Ambiguous(
            "it is called a decrease, and is an increase".to_owned(),
        ));
    }
    let fall = (a.clone() - b) / a * whole(100);
    let percent = percent(&fall);
    Ok(Answer {
        value: percent.clone(),
        lead: percent,
        ..answer
    })
}

fn growth(found: &Found<'_>) -> Result<Answer> {
    let span = found.span("w");
    if span.len() > 4 || !span.iter().all(crate::math::lex::Token::is_word) {
        return foreign("what changes is not understood");
    }
    let falls = ["decrease", "drop"]
        .iter()
        .any(|word| found.tokens.last().is_some_and(|last| last.says(word)));
    let (a, b) = (found.rational("a")?, found.rational("b")?);
    if a.is_zero() {
        return Err(Trouble::Undefined("a change from 0 has no percentage".to_owned()));
    }
    if falls && b > a {
        return Err(Trouble::Ambiguous(
            "it is called a decrease, and is an increase".to_owned(),
        ));
    }
    let (from, to) = if falls { (&b, &a) } else { (&a, &b) };
    let change = (to - from) / &a * whole(100);
    let text = percent(&change);
    let read = format!("({} - {}) / {} × 100%", exact(to), exact(from), exact(&a));
    Ok(Answer::text(text.clone(), read.clone()).step(format!("{read} = {text}")))
}

/// What was there before a change by so many per cent.
fn before(found: &Found<'_>, sign: i64) -> Result<Answer> {
    let factor = whole(1) + whole(sign) * rate(found, "p")?;
    if factor.is_zero() {
        return Err(Trouble::Undefined("nothing is left of any number".to_owned()));
    }
    let after = found.rational("a")?;
    Answer::rational(
        &after / &factor,
        format!("{} / {}", found.words("a"), exact(&factor)),
    )
}

fn base(found: &Found<'_>) -> Result<Answer> {
    let rate = rate(found, "p")?;
    if rate.is_zero() {
        return Err(Trouble::Undefined("0% of every number is 0".to_owned()));
    }
    let part = found.rational("a")?;
    Answer::rational(
        &part / &rate,
        format!("{} / {}", found.words("a"), found.words("p")),
    )
}
