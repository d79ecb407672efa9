//! Inequalities of polynomials in one variable.

use crate::math::expr::{Expr, Operator, Scope};
use crate::math::number::{Rational, whole};
use crate::math::poly::quotient;
use crate::math::sum::Sum;
use crate::math::trouble::{Result, beyond};
use num_traits::{Signed, Zero};

/// Solves `left relation right`; relations are `<`, `>`, `≤`, `≥`.
pub(in crate::math) fn inequality(
    left: &Expr,
    right: &Expr,
    relation: char,
    variable: &str,
) -> Result<String> {
    let difference = Expr::binary(Operator::Subtract, left.clone(), right.clone());
    let (poly, below) = quotient(&difference, variable, &Scope::default())?;
    if below.degree() > 0 || below.is_zero() {
        return beyond("an inequality with the variable below a fraction line");
    }
    let poly = poly.scaled(&below.at(0).recip());
    let (strict, above) = (matches!(relation, '<' | '>'), matches!(relation, '>' | '≥'));
    let mut places = if poly.degree() == 0 {
        Vec::new()
    } else {
        super::roots(&poly)?
    };
    places.retain(|root| !root.is_complex());
    let near = |root: &Sum| root.approximate().and_then(Rational::from_float);
    let Some(floats) = places.iter().map(near).collect::<Option<Vec<_>>>() else {
        return beyond("the roots cannot be ordered");
    };
    // A place in each interval, and whether the inequality holds there.
    let mut samples = Vec::new();
    for at in 0..=floats.len() {
        samples.push(match (at.checked_sub(1).map(|at| &floats[at]), floats.get(at)) {
            (None, None) => Rational::zero(),
            (None, Some(first)) => first - whole(1),
            (Some(last), None) => last + whole(1),
            (Some(a), Some(b)) => (a + b) / whole(2),
        });
    }
    let holds: Vec<bool> = samples
        .iter()
        .map(|place| {
            let value = poly.value(place);
            if value.is_zero() {
                !strict
            } else {
                value.is_positive() == above
            }
        })
        .collect();
    Ok(intervals(&places, &holds, strict, variable))
}

fn intervals(places: &[Sum], holds: &[bool], strict: bool, variable: &str) -> String {
    let (less, more) = if strict { ("<", ">") } else { ("<=", ">=") };
    let mut parts = Vec::new();
    let mut at = 0;
    while at < holds.len() {
        if !holds[at] {
            // A single place where equality is allowed and neither side holds.
            if !strict && at < places.len() && !holds[at + 1] {
                parts.push(format!("{variable} = {}", super::written(&places[at])));
            }
            at += 1;
            continue;
        }
        let start = at;
        // Across a place where it holds on both sides: only where equality is allowed.
        while !strict && at + 1 < holds.len() && holds[at + 1] {
            at += 1;
        }
        let from = start.checked_sub(1).map(|at| super::written(&places[at]));
        let to = places.get(at).map(super::written);
        parts.push(match (from, to) {
            (None, None) => "all real numbers".to_owned(),
            (None, Some(to)) => format!("{variable} {less} {to}"),
            (Some(from), None) => format!("{variable} {more} {from}"),
            (Some(from), Some(to)) => format!("{from} {less} {variable} {less} {to}"),
        });
        at += 1;
    }
    if parts.is_empty() {
        "no solution".to_owned()
    } else {
        parts.join(" or ")
    }
}
