//! A formula of several variables, with one of them as its subject: `v = u + a*t` for t is `t = (v - u)/a`.

use crate::math::expr::{Expr, Operator, Scope};
use crate::math::number::{Rational, whole};
use crate::math::sum::{Atom, Sum};
use crate::math::trouble::{Result, beyond};
use num_traits::{One, Signed};

/// What the variable is, as text: `(v - u)/a`, `±√(a/π)`, or `∛(v/π)`.
pub(in crate::math) fn subject(left: &Expr, right: &Expr, variable: &str) -> Result<String> {
    let scope = Scope {
        radians: true,
        ..Scope::default()
    };
    let difference = Expr::binary(Operator::Subtract, left.clone(), right.clone()).value(&scope)?;
    let whole_powers = without_denominators(&difference)?;
    let Some(powers) = whole_powers.polynomial(variable) else {
        return beyond("the variable stands in a function or under a root");
    };
    let nothing = Sum::default();
    let of = |power: usize| powers.get(&power).unwrap_or(&nothing);
    let highest = powers.keys().max().copied().unwrap_or(0);
    let others = powers.keys().any(|power| (1..highest).contains(power));
    match highest {
        1 => Ok(quotient(&of(0).negated(), of(1))),
        2 | 3 if !others => {
            let power = quotient(&of(0).negated(), of(highest));
            let root = if highest == 2 { "±√" } else { "∛" };
            Ok(format!("{root}({power})"))
        }
        _ => beyond("the variable stands in several powers"),
    }
}

/// The sum times every variable that it is divided by: an equation's sides times the same.
fn without_denominators(sum: &Sum) -> Result<Sum> {
    let mut factor = Sum::int(1);
    for name in sum.variables() {
        let atom = Atom::Variable(name.clone());
        let exponents = sum.0.keys().filter_map(|product| product.0.get(&atom));
        if let Some(least) = exponents.min().filter(|least| least.is_negative()) {
            factor = factor.times(&Sum::variable(&name).power(&-least)?)?;
        }
    }
    let plain = sum.times(&factor)?;
    let groups = |atom: &Atom| matches!(atom, Atom::Group(_));
    if plain.0.keys().any(|product| product.0.keys().any(groups)) {
        return beyond("a sum of several variables is divided by");
    }
    Ok(plain)
}

/// `(9c + 160)/5`: whole coefficients, the sign above.
fn quotient(above: &Sum, below: &Sum) -> String {
    let part = |sum: &Sum| {
        if sum.is_zero() {
            Rational::one()
        } else {
            sum.content()
        }
    };
    let (up, down) = (part(above), part(below));
    let ratio = &up / &down;
    let above = above.scaled(&(whole(ratio.numer().clone()) / up));
    let below = below.scaled(&(whole(ratio.denom().clone()) / down));
    // "u/(u - f)" rather than "-u/(f - u)".
    let turned = below.0.len() > 1 && above.0.values().all(Signed::is_negative);
    let (above, below) = if turned {
        (above.negated(), below.negated())
    } else {
        (above, below)
    };
    if below == Sum::int(1) {
        return positive_first(&above);
    }
    let several = |sum: &Sum| sum.0.len() > 1;
    let top = if several(&above) {
        format!("({})", positive_first(&above))
    } else {
        above.to_string()
    };
    // "b/(2a)", because "b/2a" is read in two ways.
    let factors = |(product, coefficient): (&crate::math::sum::Product, &Rational)| {
        product.0.len() + usize::from(!coefficient.is_one())
    };
    let alone = below.term().is_some_and(|term| factors(term) <= 1);
    if alone {
        format!("{top}/{below}")
    } else {
        format!("{top}/({})", positive_first(&below))
    }
}

/// `v - u` rather than `-u + v`.
fn positive_first(sum: &Sum) -> String {
    let starts_below_zero = sum.leading().is_some_and(Signed::is_negative);
    let part = |wanted: bool| {
        let terms = sum
            .0
            .iter()
            .filter(|(_, coefficient)| coefficient.is_negative() == wanted);
        Sum(terms
            .map(|(product, coefficient)| (product.clone(), coefficient.abs()))
            .collect())
    };
    let (added, taken) = (part(false), part(true));
    if starts_below_zero && !added.is_zero() {
        format!("{added} - {}", taken.to_string().replace(" + ", " - "))
    } else {
        sum.to_string()
    }
}
