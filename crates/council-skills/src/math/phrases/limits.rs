//! Limits of quotients of polynomials, and sums without end.

use super::{Found, Rules};
use crate::math::answer::{Answer, READING, short};
use crate::math::expr::{self, Expr, Scope};
use crate::math::number::{Rational, exact, whole};
use crate::math::poly::{Poly, quotient};
use crate::math::trouble::{Result, Trouble, beyond, foreign};
use num_traits::{One, Signed, Zero};
use std::collections::BTreeSet;

pub(super) const RULES: Rules = &[
    (
        "[evaluate] [the] limit of {f} as {v} (approaches|goes to|tends to|->|- >) {a}",
        limit,
    ),
    (
        "[evaluate] [the] limit as {v} (approaches|goes to|tends to|->|- >) {a} of {f}",
        limit,
    ),
    (
        "[the] sum of [the|an] [infinite] [geometric] series {a} + {b} + {c} [+] [. . .|...]",
        endless,
    ),
    (
        "[the] sum of [the|an] [infinite] [geometric] series {a} + {b} [+] [. . .|...]",
        endless,
    ),
];

/// The one variable of an expression, if it is this one.
fn over(found: &Found<'_>) -> Result<(Expr, String)> {
    let (expr, variable) = (found.expr("f")?, found.words("v"));
    let mut names = BTreeSet::new();
    expr.variables(&mut names);
    let only = names.len() == 1 && names.contains(&variable);
    if only {
        Ok((expr, variable))
    } else {
        foreign("one variable is needed")
    }
}

fn limit(found: &Found<'_>) -> Result<Answer> {
    let (expr, variable) = over(found)?;
    let scope = Scope {
        radians: true,
        ..Scope::default()
    };
    let read = format!("lim {expr}, {variable} → {}", found.words("a"));
    if matches!(found.words("a").as_str(), "infinity" | "∞") {
        let (above, below) = quotient(&expr, &variable, &scope)?;
        return at_infinity(&above, &below, read);
    }
    let place = found.value("a")?;
    // Where it is continuous, the limit is the value.
    let mut there = scope;
    there.values.insert(variable.clone(), place.clone());
    if let Ok(value) = expr::constant(&expr, &there) {
        return Answer::number(&value, read);
    }
    let Some(at) = place.rational() else {
        return beyond("a limit at a place that is no fraction");
    };
    let (above, below) = quotient(&expr, &variable, &Scope::default())?;
    let common = above.gcd(&below)?;
    let (above, below) = (above.divide(&common)?.0, below.divide(&common)?.0);
    let (top, bottom) = (above.value(&at), below.value(&at));
    if bottom.is_zero() {
        return Ok(Answer::text("does not exist", read)
            .lead("It does not exist")
            .step(format!("the values grow without bound near {}", short(&place))));
    }
    Ok(Answer::rational(top / bottom, read)?.step("after what both share is cancelled"))
}

fn at_infinity(above: &Poly, below: &Poly, read: String) -> Result<Answer> {
    let leading = |poly: &Poly| poly.at(poly.degree());
    if below.is_zero() {
        return beyond("a division by zero");
    }
    let ratio = leading(above) / leading(below);
    if above.is_zero() || above.degree() < below.degree() {
        return Answer::rational(Rational::zero(), read);
    }
    if above.degree() == below.degree() {
        return Ok(Answer::rational(ratio, read)?.step("the ratio of the leading coefficients"));
    }
    let text = if ratio.is_positive() {
        "infinity"
    } else {
        "-infinity"
    };
    Ok(Answer::text(text, read))
}

/// A geometric series, which is what two or three terms with one ratio are taken for.
fn endless(found: &Found<'_>) -> Result<Answer> {
    let (a, b) = (found.rational("a")?, found.rational("b")?);
    if a.is_zero() {
        return foreign("no geometric series");
    }
    let ratio = &b / &a;
    if found.has("c") && found.rational("c")? != &b * &ratio {
        return beyond("the series is not geometric");
    }
    if !found.has("c") && !found.tokens.iter().any(|token| token.says("geometric")) {
        return beyond("two terms do not say how the series goes on");
    }
    if ratio.abs() >= Rational::one() {
        return Err(Trouble::Undefined("the series has no finite sum".to_owned()));
    }
    let read = format!("{} / (1 - {})", exact(&a), exact(&ratio));
    Ok(Answer::rational(a / (whole(1) - ratio), read)?.sure(READING))
}
