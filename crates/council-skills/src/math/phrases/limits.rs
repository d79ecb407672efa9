//! Limits of quotients and of powers that tend to 1^∞, and sums without end.

use super::{Found, Rules};
use crate::math::answer::{Answer, READING, short};
use crate::math::calculus::derivative;
use crate::math::expr::{self, Expr, Operator, Scope};
use crate::math::number::{Rational, exact, whole};
use crate::math::poly::{Poly, quotient};
use crate::math::sum::{Atom, Base, Sum};
use crate::math::trouble::{Result, Trouble, beyond, foreign};
use num_traits::{One, Signed, Zero};
use std::cmp::Ordering;
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
        if let Some(power) = one_to_infinity(&expr, &variable, &scope)? {
            return Ok(Answer::number(&raised_e(&power)?, read)?
                .step("(1 + a)^b tends to e^(a b) as a goes to 0 and b grows"));
        }
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
    let Ok((above, below)) = quotient(&expr, &variable, &Scope::default()) else {
        return by_slopes(&expr, &there, &variable, read);
    };
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

/// Above and below both go to 0: their derivatives have the same ratio, if that has a limit (de L'Hôpital).
fn by_slopes(expr: &Expr, there: &Scope, variable: &str, read: String) -> Result<Answer> {
    const MOST: usize = 4;
    let Expr::Binary(Operator::Divide, above, below) = expr else {
        return beyond("a limit of another form");
    };
    let Some(place) = there.values.get(variable) else {
        return beyond("a limit of another form");
    };
    let free = Scope {
        radians: true,
        ..Scope::default()
    };
    let (mut above, mut below) = (above.value(&free)?, below.value(&free)?);
    for times in 0..=MOST {
        let (top, bottom) = (above.with(variable, place)?, below.with(variable, place)?);
        if !bottom.is_zero() {
            let answer = Answer::number(&top.over(&bottom)?, read)?;
            return Ok(answer.step(format!(
                "both go to 0; after {times} derivatives of each: ({above}) / ({below})"
            )));
        }
        if !top.is_zero() {
            return beyond("the values grow without bound");
        }
        (above, below) = (derivative(&above, variable)?, derivative(&below, variable)?);
    }
    beyond("the limit was not found")
}

/// The limit of `a b` where the expression is `(1 + a)^b` with `a` going to 0 and `b` growing.
fn one_to_infinity(expr: &Expr, variable: &str, scope: &Scope) -> Result<Option<Rational>> {
    let Expr::Binary(Operator::Power, base, exponent) = expr else {
        return Ok(None);
    };
    let mut names = BTreeSet::new();
    exponent.variables(&mut names);
    if names.is_empty() {
        return Ok(None);
    }
    let one = Expr::Number(Rational::one());
    let more = Expr::binary(Operator::Subtract, (**base).clone(), one);
    let (above, below) = quotient(&more, variable, scope)?;
    if above.degree() >= below.degree() || above.is_zero() {
        return beyond("a limit of another form");
    }
    let (above, below) = quotient(
        &Expr::binary(Operator::Times, more, (**exponent).clone()),
        variable,
        scope,
    )?;
    match above.degree().cmp(&below.degree()) {
        Ordering::Less => Ok(Some(Rational::zero())),
        Ordering::Equal => Ok(Some(above.at(above.degree()) / below.at(below.degree()))),
        Ordering::Greater => beyond("the values grow without bound, or go to 0"),
    }
}

fn raised_e(power: &Rational) -> Result<Sum> {
    expr::raised(
        &Sum::from(Atom::Raise(Base::E, Sum::int(1))),
        &Sum::from(power.clone()),
    )
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
