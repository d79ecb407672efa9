//! Derivatives and integrals of sums of elementary functions.

use super::function::apply;
use super::number::{Rational, ratio, small, whole};
use super::sum::{Atom, Base, Function, Product, Sum};
use super::trouble::{Result, Trouble, beyond};
use num_traits::{One, Signed, Zero};
use std::collections::BTreeMap;

/// The derivative.
pub(super) fn derivative(sum: &Sum, variable: &str) -> Result<Sum> {
    let mut total = Sum::default();
    for (product, coefficient) in &sum.0 {
        for (atom, exponent) in &product.0 {
            let inner = inner_derivative(atom, variable)?;
            if inner.is_zero() {
                continue;
            }
            let mut rest = product.clone();
            rest.0.remove(atom);
            let lowered = power_of(atom, &(exponent - Rational::one()))?;
            let rest = Sum(BTreeMap::from([(rest, coefficient * exponent)]));
            total = total.add(&rest.times(&lowered)?.times(&inner)?);
        }
    }
    Ok(total)
}

fn power_of(atom: &Atom, exponent: &Rational) -> Result<Sum> {
    if exponent.is_zero() {
        return Ok(Sum::int(1));
    }
    match atom {
        Atom::Group(inner) => inner.power(exponent),
        atom => Ok(Sum::single(Rational::one(), atom.clone(), exponent.clone())),
    }
}

fn inner_derivative(atom: &Atom, variable: &str) -> Result<Sum> {
    let one = || Sum::int(1);
    match atom {
        Atom::Root(_) | Atom::Pi | Atom::Imaginary => Ok(Sum::default()),
        Atom::Variable(name) => Ok(if name == variable { one() } else { Sum::default() }),
        Atom::Group(inner) => derivative(inner, variable),
        Atom::Raise(base, inner) => {
            let slope = derivative(inner, variable)?.times(&atom.clone().into())?;
            match base {
                Base::E => Ok(slope),
                Base::Number(number) => slope.times(&apply(Function::Ln, &number.clone().into())?),
            }
        }
        Atom::Call(function, inner) => {
            let slope = derivative(inner, variable)?;
            if slope.is_zero() {
                return Ok(slope);
            }
            let square = || inner.times(inner);
            let outer = match function {
                Function::Ln => inner.power(&-Rational::one())?,
                Function::Sin => apply(Function::Cos, inner)?,
                Function::Cos => apply(Function::Sin, inner)?.negated(),
                Function::Tan => apply(Function::Cos, inner)?.power(&whole(-2))?,
                Function::Asin => one().minus(&square()?).power(&ratio(-1, 2))?,
                Function::Acos => one().minus(&square()?).power(&ratio(-1, 2))?.negated(),
                Function::Atan => one().add(&square()?).power(&-Rational::one())?,
                Function::Sinh => apply(Function::Cosh, inner)?,
                Function::Cosh => apply(Function::Sinh, inner)?,
                Function::Tanh => apply(Function::Cosh, inner)?.power(&whole(-2))?,
                Function::Abs => inner.over(&atom.clone().into())?,
            };
            outer.times(&slope)
        }
    }
}

/// An antiderivative, checked by deriving it again.
pub(super) fn integral(sum: &Sum, variable: &str) -> Result<Sum> {
    let mut total = Sum::default();
    for (product, coefficient) in &sum.0 {
        total = total.add(&term(product, coefficient, variable, 0)?);
    }
    if agrees(&derivative(&total, variable)?, sum, variable) {
        Ok(total)
    } else {
        beyond("no antiderivative was found")
    }
}

/// Whether two expressions have the same value at several places.
fn agrees(left: &Sum, right: &Sum, variable: &str) -> bool {
    let others: Vec<String> = left
        .variables()
        .union(&right.variables())
        .filter(|name| *name != variable)
        .cloned()
        .collect();
    let mut met = 0;
    for place in [0.137, 0.381, 0.613, 0.871, 1.193, 1.709, 2.347, 3.301] {
        let mut values = BTreeMap::from([(variable.to_owned(), place)]);
        values.extend(
            others
                .iter()
                .enumerate()
                .map(|(at, name)| (name.clone(), 0.7 + 0.31 * at as f64)),
        );
        if let (Some(a), Some(b)) = (left.float(&values), right.float(&values)) {
            if (a - b).abs() > 1e-7 * (1.0 + a.abs().max(b.abs())) {
                return false;
            }
            met += 1;
        }
    }
    met >= 2
}

fn term(product: &Product, coefficient: &Rational, variable: &str, depth: usize) -> Result<Sum> {
    let x = Sum::variable(variable);
    let depends = |atom: &Atom| Sum::from(atom.clone()).variables().contains(variable);
    let (mut constant, mut moving) = (Product::default(), Product::default());
    for (atom, exponent) in &product.0 {
        let side = if depends(atom) { &mut moving } else { &mut constant };
        side.0.insert(atom.clone(), exponent.clone());
    }
    let front = Sum(BTreeMap::from([(constant, coefficient.clone())]));
    let parts: Vec<(&Atom, &Rational)> = moving.0.iter().collect();
    let variable_atom = Atom::Variable(variable.to_owned());
    let found = match parts.as_slice() {
        [] => x,
        [(atom, exponent)] if **atom == variable_atom => power_rule(&x, exponent)?,
        [(atom, exponent)] => single(atom, exponent, variable)?,
        [(first, first_power), (second, second_power)] => {
            let (power, other, other_power) = if **first == variable_atom {
                (first_power, second, second_power)
            } else if **second == variable_atom {
                (second_power, first, first_power)
            } else {
                return substitution(&moving, variable).and_then(|found| front.times(&found));
            };
            match substitution(&moving, variable) {
                Ok(found) => found,
                Err(_) if other_power.is_one() && depth < 12 => by_parts(power, other, variable, depth)?,
                Err(trouble) => return Err(trouble),
            }
        }
        _ => substitution(&moving, variable)?,
    };
    front.times(&found)
}

fn power_rule(base: &Sum, exponent: &Rational) -> Result<Sum> {
    let next = exponent + Rational::one();
    if next.is_zero() {
        return apply(Function::Ln, &apply(Function::Abs, base)?);
    }
    Ok(base.power(&next)?.scaled(&next.recip()))
}

/// The slope of a linear argument.
fn slope(inner: &Sum, variable: &str) -> Option<Sum> {
    let parts = inner.polynomial(variable)?;
    let linear = parts.keys().all(|power| *power <= 1);
    parts.get(&1).filter(|_| linear).cloned()
}

/// The antiderivative of a function of its own argument.
fn outer(atom: &Atom, exponent: &Rational) -> Result<Sum> {
    match atom {
        Atom::Group(inner) => power_rule(inner, exponent),
        Atom::Variable(_) => power_rule(&atom.clone().into(), exponent),
        Atom::Raise(Base::E, _) if exponent.is_one() => Ok(atom.clone().into()),
        Atom::Raise(Base::Number(base), _) if exponent.is_one() => {
            Sum::from(atom.clone()).over(&apply(Function::Ln, &base.clone().into())?)
        }
        Atom::Call(function, inner) if exponent.is_one() => match function {
            Function::Sin => Ok(apply(Function::Cos, inner)?.negated()),
            Function::Cos => apply(Function::Sin, inner),
            Function::Tan => Ok(apply(
                Function::Ln,
                &apply(Function::Abs, &apply(Function::Cos, inner)?)?,
            )?
            .negated()),
            Function::Sinh => apply(Function::Cosh, inner),
            Function::Cosh => apply(Function::Sinh, inner),
            Function::Ln => Ok(inner.times(&atom.clone().into())?.minus(inner)),
            _ => beyond("no rule integrates this"),
        },
        Atom::Call(Function::Cos, inner) if *exponent == whole(-2) => apply(Function::Tan, inner),
        // The half angle: sin² = (1 - cos 2u)/2, cos² = (1 + cos 2u)/2.
        Atom::Call(function @ (Function::Sin | Function::Cos), inner) if *exponent == whole(2) => {
            let double = apply(Function::Sin, &inner.scaled(&whole(2)))?.scaled(&ratio(1, 4));
            let half = inner.scaled(&ratio(1, 2));
            Ok(if *function == Function::Sin {
                half.minus(&double)
            } else {
                half.add(&double)
            })
        }
        _ => beyond("no rule integrates this"),
    }
}

fn single(atom: &Atom, exponent: &Rational, variable: &str) -> Result<Sum> {
    let (Atom::Call(_, inner) | Atom::Raise(_, inner) | Atom::Group(inner)) = atom else {
        return beyond("no rule integrates this");
    };
    if let Some(slope) = slope(inner, variable) {
        return outer(atom, exponent)?.over(&slope);
    }
    let Atom::Group(group) = atom else {
        return beyond("no rule integrates this");
    };
    let Some(poly) = super::poly::Poly::of(group, variable).filter(|poly| poly.degree() == 2) else {
        return beyond("no rule integrates this");
    };
    let (a, b, c) = (poly.at(2), poly.at(1), poly.at(0));
    let x = Sum::variable(variable);
    let shifted = x.add(&Sum::from(&b / (&a * whole(2))));
    // a((x + s)² + rest)
    let rest = &c / &a - (&b * &b) / (&a * &a * whole(4));
    if *exponent == whole(-1) && rest.is_positive() {
        let root = Sum::from(rest).power(&ratio(1, 2))?;
        let angle = super::function::inverse("arctan", &shifted.over(&root)?)?;
        return angle.over(&root.scaled(&a));
    }
    if *exponent == ratio(-1, 2) && a.is_negative() && rest.is_negative() {
        let root = Sum::from(-rest).power(&ratio(1, 2))?;
        let angle = super::function::inverse("arcsin", &shifted.over(&root)?)?;
        return angle.over(&Sum::from(-a).power(&ratio(1, 2))?);
    }
    beyond("no rule integrates this")
}

/// `u' f(u)` for an argument `u` of one of the factors.
fn substitution(moving: &Product, variable: &str) -> Result<Sum> {
    for (atom, exponent) in &moving.0 {
        let mut rest = moving.clone();
        rest.0.remove(atom);
        let rest = Sum(BTreeMap::from([(rest, Rational::one())]));
        let inner = match atom {
            Atom::Call(_, inner) | Atom::Raise(_, inner) | Atom::Group(inner) => inner.clone(),
            _ => continue,
        };
        // Of the argument, and of the function itself as in ln(x)/x.
        let arguments = [(inner, false), (Sum::from(atom.clone()), true)];
        for (argument, own) in arguments {
            let slope = derivative(&argument, variable)?;
            if slope.is_zero() {
                continue;
            }
            let Ok(factor) = rest.over(&slope) else { continue };
            if let Some(factor) = factor.rational() {
                let found = if own {
                    power_rule(&argument, exponent)
                } else {
                    outer(atom, exponent)
                };
                if let Ok(found) = found {
                    return Ok(found.scaled(&factor));
                }
            }
        }
    }
    beyond("no rule integrates this")
}

/// `x^n f(ax + b)` for an exponential, sine, cosine or logarithm.
fn by_parts(power: &Rational, other: &Atom, variable: &str, depth: usize) -> Result<Sum> {
    let x = Sum::variable(variable);
    if let Atom::Call(Function::Ln, inner) = other {
        if *inner != x {
            return beyond("no rule integrates this");
        }
        let next = power + Rational::one();
        if next.is_zero() {
            return Ok(Sum::from(other.clone()).power(&whole(2))?.scaled(&ratio(1, 2)));
        }
        let raised = x.power(&next)?.scaled(&next.recip());
        return Ok(raised
            .times(&other.clone().into())?
            .minus(&raised.scaled(&next.recip())));
    }
    if small(power).is_none_or(|power| power < 1) {
        return beyond("no rule integrates this");
    }
    let antiderivative = single(other, &Rational::one(), variable)?;
    let first = x.power(power)?.times(&antiderivative)?;
    let left = x
        .power(&(power - Rational::one()))?
        .times(&antiderivative)?
        .scaled(power);
    let mut rest = Sum::default();
    for (product, coefficient) in &left.0 {
        rest = rest.add(&term(product, coefficient, variable, depth + 1)?);
    }
    Ok(first.minus(&rest))
}

/// The integral between two numbers, checked numerically.
pub(super) fn definite(sum: &Sum, variable: &str, from: &Sum, to: &Sum) -> Result<Sum> {
    let antiderivative = integral(sum, variable)?;
    let value = antiderivative
        .with(variable, to)?
        .minus(&antiderivative.with(variable, from)?);
    let (Some(a), Some(b)) = (from.approximate(), to.approximate()) else {
        return beyond("the limits are no numbers");
    };
    let near = value.approximate();
    match (near, simpson(sum, variable, a, b)) {
        (Some(near), Some(other)) if (near - other).abs() <= 1e-4 * (1.0 + near.abs()) => Ok(value),
        (Some(_), None) => Err(Trouble::Beyond(
            "the integrand is not defined everywhere between the limits".to_owned(),
        )),
        _ => beyond("the integral could not be checked numerically"),
    }
}

fn simpson(sum: &Sum, variable: &str, a: f64, b: f64) -> Option<f64> {
    const PARTS: i32 = 1_000;
    let step = (b - a) / f64::from(PARTS);
    let mut total = 0.0;
    for part in 0..=PARTS {
        let weight = if part == 0 || part == PARTS {
            1.0
        } else if part % 2 == 1 {
            4.0
        } else {
            2.0
        };
        let place = a + step * f64::from(part);
        total += weight * sum.float(&BTreeMap::from([(variable.to_owned(), place)]))?;
    }
    Some(total * step / 3.0)
}
