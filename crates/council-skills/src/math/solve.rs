//! Equations, systems of linear ones, and inequalities.
//!
//! - [`system`](self::system): several equations
//! - [`between`](self::between): inequalities
//! - [`subject`](self::subject): formulas of several variables

mod between;
mod subject;
mod system;

pub(super) use between::inequality;
pub(super) use subject::subject;
pub(super) use system::linear_system;

use super::expr::{Expr, Operator, Scope};
use super::function::{apply, logarithm};
use super::number::{Rational, exact, ratio, small, whole};
use super::poly::{Poly, quotient};
use super::sum::{Atom, Base, Function, Sum};
use super::trouble::{Result, beyond};
use num_traits::{One, Signed, Zero};

/// What solves an equation.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Solutions {
    /// These, each once, in order; none: no solution.
    These(Vec<Sum>),
    /// Every number.
    All,
}

impl Solutions {
    /// `x = 2 or x = 3`.
    pub(super) fn show(&self, variable: &str) -> String {
        match self {
            Self::All => "all real numbers".to_owned(),
            Self::These(found) if found.is_empty() => "no solution".to_owned(),
            Self::These(found) => {
                let each: Vec<String> = found
                    .iter()
                    .map(|root| format!("{variable} = {}", written(root)))
                    .collect();
                each.join(" or ")
            }
        }
    }
}

/// A solution: decimals where they are finite.
pub(super) fn written(root: &Sum) -> String {
    root.rational()
        .map_or_else(|| root.to_string(), |number| exact(&number))
}

/// Solves `left = right`.
pub(super) fn equation(left: &Expr, right: &Expr, variable: &str) -> Result<Solutions> {
    let scope = Scope {
        radians: true,
        ..Scope::default()
    };
    let difference = Expr::binary(Operator::Subtract, left.clone(), right.clone());
    if let Ok((above, below)) = quotient(&difference, variable, &scope) {
        if below.is_zero() {
            return beyond("the equation divides by zero");
        }
        if above.is_zero() {
            return if below.degree() == 0 {
                Ok(Solutions::All)
            } else {
                beyond("every number at which it is defined")
            };
        }
        let mut found = roots(&above)?;
        if below.degree() > 0 {
            let mut kept = Vec::new();
            for root in found {
                let zero = below.sum(variable)?.with(variable, &root)?.is_zero();
                if !zero {
                    kept.push(root);
                }
            }
            found = kept;
        }
        return Ok(Solutions::These(found));
    }
    let sum = difference.value(&scope)?;
    if sum.is_zero() {
        return Ok(Solutions::All);
    }
    let mut found = isolate(&sum, variable, 0)?;
    let mut kept = Vec::new();
    for root in found.drain(..) {
        // What squaring or a logarithm brought in falsely goes out again.
        let rest = sum.with(variable, &root)?;
        if rest.is_zero() || rest.approximate().is_some_and(|rest| rest.abs() < 1e-9) {
            kept.push(root);
        } else if rest.approximate().is_none() {
            return beyond("a solution could not be checked");
        }
    }
    sort(&mut kept);
    Ok(Solutions::These(kept))
}

fn sort(roots: &mut Vec<Sum>) {
    roots.sort_by(|a, b| {
        let (a, b) = (a.approximate(), b.approximate());
        a.partial_cmp(&b).unwrap_or(std::cmp::Ordering::Equal)
    });
    roots.dedup();
}

/// All roots of a polynomial, complex ones too, each once.
pub(super) fn roots(poly: &Poly) -> Result<Vec<Sum>> {
    let (rational, rest) = poly.rational_roots()?;
    let mut roots: Vec<Sum> = rational.into_iter().map(Sum::from).collect();
    match rest.degree() {
        0 => {}
        1 => roots.push(Sum::from(-rest.at(0) / rest.at(1))),
        2 => roots.extend(quadratic(&rest)?),
        4 if rest.at(1).is_zero() && rest.at(3).is_zero() => {
            let squares = quadratic(&Poly(vec![rest.at(0), rest.at(2), rest.at(4)]))?;
            for square in squares {
                let Some(square) = square.rational() else {
                    return beyond("its roots have nested roots");
                };
                let root = Sum::from(square).power(&ratio(1, 2))?;
                roots.extend([root.negated(), root]);
            }
        }
        degree => {
            // x^n = c
            let pure = (1..degree).all(|power| rest.at(power).is_zero());
            let value = -rest.at(0) / rest.at(degree);
            if !(pure && degree % 2 == 1) {
                return beyond(format!("a polynomial of degree {degree} without rational roots"));
            }
            return beyond(format!(
                "the complex roots of {} of degree {degree}",
                exact(&value)
            ));
        }
    }
    sort(&mut roots);
    Ok(roots)
}

fn quadratic(poly: &Poly) -> Result<Vec<Sum>> {
    let (a, b, c) = (poly.at(2), poly.at(1), poly.at(0));
    let discriminant = &b * &b - &a * &c * whole(4);
    let middle = Sum::from(-&b / (&a * whole(2)));
    if discriminant.is_zero() {
        return Ok(vec![middle]);
    }
    let side = Sum::from(discriminant)
        .power(&ratio(1, 2))?
        .scaled(&(&a * whole(2)).recip());
    Ok(vec![middle.minus(&side), middle.add(&side)])
}

/// Solves `sum = 0` where the variable stands in one term.
fn isolate(sum: &Sum, variable: &str, depth: usize) -> Result<Vec<Sum>> {
    if depth > 6 {
        return beyond("the equation nests too deeply");
    }
    if let Some(poly) = Poly::of(sum, variable) {
        return if poly.degree() == 0 {
            beyond("nothing is left to solve for")
        } else {
            roots(&poly)
        };
    }
    let mut constant = Sum::default();
    let mut moving = None;
    for (product, coefficient) in &sum.0 {
        let part = Sum([(product.clone(), coefficient.clone())].into());
        let names = part.variables();
        if names.iter().any(|name| name != variable) {
            return beyond("the equation has more than one variable");
        }
        if names.is_empty() {
            constant = constant.add(&part);
        } else if moving.replace((product, coefficient)).is_some() {
            return beyond("the variable stands in several terms");
        }
    }
    let Some((product, coefficient)) = moving else {
        return beyond("the variable is missing");
    };
    let mut front = Sum::from(coefficient.clone());
    let mut only = None;
    for (atom, exponent) in &product.0 {
        let factor = Sum::from(atom.clone());
        if factor.variables().is_empty() {
            front = front.times(&factor.power(exponent)?)?;
        } else if only.replace((atom, exponent)).is_some() {
            return beyond("the variable stands in several factors");
        }
    }
    let Some((atom, exponent)) = only else {
        return beyond("the variable is missing");
    };
    let value = constant.negated().over(&front)?;
    let mut all = Vec::new();
    for base in inverse_power(&value, exponent)? {
        let inner: Vec<(Sum, &Sum)> = match atom {
            Atom::Variable(_) => {
                all.push(base);
                continue;
            }
            Atom::Group(inner) => vec![(base, inner)],
            Atom::Raise(known, inner) => {
                if base.sign().is_none_or(|sign| sign <= 0) {
                    continue;
                }
                let value = match known {
                    Base::E => apply(Function::Ln, &base)?,
                    Base::Number(number) => logarithm(&number.clone().into(), &base)?,
                };
                vec![(value, inner)]
            }
            Atom::Call(Function::Ln, inner) => {
                vec![(super::sum::raise(&Base::E, &base)?, inner)]
            }
            Atom::Call(Function::Abs, inner) => match base.sign() {
                Some(0) => vec![(base, inner)],
                Some(sign) if sign > 0 => vec![(base.negated(), inner), (base, inner)],
                Some(_) => continue,
                None => return beyond("a bound whose sign is unknown"),
            },
            Atom::Call(..) => return beyond("an equation of this function has many solutions"),
            Atom::Root(_) | Atom::Pi | Atom::Imaginary => return beyond("the variable is missing"),
        };
        for (value, inner) in inner {
            all.extend(isolate(&inner.minus(&value), variable, depth + 1)?);
        }
    }
    Ok(all)
}

/// What, raised to the exponent, is the value.
fn inverse_power(value: &Sum, exponent: &Rational) -> Result<Vec<Sum>> {
    if exponent.is_one() {
        return Ok(vec![value.clone()]);
    }
    let above = small(&whole(exponent.numer().clone())).filter(|above| above.abs() < 50);
    let Some(above) = above else {
        return beyond("a long exponent");
    };
    let root_sign = value.sign();
    if !exponent.is_integer() && root_sign.is_none_or(|sign| sign < 0) {
        return Ok(Vec::new());
    }
    if above % 2 == 0 {
        return match root_sign {
            Some(0) => Ok(vec![Sum::default()]),
            Some(sign) if sign > 0 => {
                let root = value.power(&exponent.recip())?;
                Ok(if exponent.is_integer() {
                    vec![root.negated(), root]
                } else {
                    vec![root]
                })
            }
            Some(_) => Ok(Vec::new()),
            None => beyond("a value whose sign is unknown"),
        };
    }
    match value.rational() {
        Some(number) if number.is_negative() => {
            Ok(vec![Sum::from(-number).power(&exponent.recip())?.negated()])
        }
        _ => Ok(vec![value.power(&exponent.recip())?]),
    }
}

#[cfg(test)]
mod tests;
