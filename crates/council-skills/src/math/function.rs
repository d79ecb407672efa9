//! Values of elementary functions: exact where they are, else the function of the argument.

use super::number::{Rational, integer, power, ratio, whole};
use super::sum::{Atom, Base, Function, Sum};
use super::trouble::{Result, Trouble, beyond};
use num_traits::{One, Signed, Zero};

/// The value of a function.
pub(super) fn apply(function: Function, argument: &Sum) -> Result<Sum> {
    let kept = || Ok(Atom::Call(function, argument.clone()).into());
    match function {
        Function::Ln => ln(argument),
        Function::Sin => turn(argument).and_then(|turn| sine(&turn)).map_or_else(kept, Ok),
        Function::Cos => turn(argument)
            .and_then(|turn| sine(&(ratio(1, 2) - turn)))
            .map_or_else(kept, Ok),
        Function::Tan => {
            let Some(turn) = turn(argument) else { return kept() };
            match (sine(&turn), sine(&(ratio(1, 2) - turn))) {
                (Some(_), Some(cosine)) if cosine.is_zero() => {
                    Err(Trouble::Undefined("the tangent is undefined there".to_owned()))
                }
                (Some(sine), Some(cosine)) => sine.over(&cosine),
                _ => kept(),
            }
        }
        Function::Sinh | Function::Tanh | Function::Asin | Function::Atan if argument.is_zero() => {
            Ok(Sum::default())
        }
        Function::Cosh if argument.is_zero() => Ok(Sum::int(1)),
        Function::Abs => match argument.sign() {
            Some(sign) if sign < 0 => Ok(argument.negated()),
            Some(_) => Ok(argument.clone()),
            None if argument.is_complex() => beyond("the absolute value of a complex number"),
            None => kept(),
        },
        Function::Asin
        | Function::Acos
        | Function::Atan
        | Function::Sinh
        | Function::Cosh
        | Function::Tanh => kept(),
    }
}

/// An angle as a multiple of π.
fn turn(argument: &Sum) -> Option<Rational> {
    if argument.is_zero() {
        return Some(Rational::zero());
    }
    let (product, coefficient) = argument.term()?;
    let pi = product.0.len() == 1 && product.0.get(&Atom::Pi).is_some_and(One::is_one);
    pi.then(|| coefficient.clone())
}

/// The sine of a multiple of π, where it has a short form.
fn sine(turn: &Rational) -> Option<Sum> {
    let two = whole(2);
    let mut turn = turn - (turn / &two).floor() * &two;
    let negative = turn > Rational::one();
    if negative {
        turn -= Rational::one();
    }
    if turn > ratio(1, 2) {
        turn = Rational::one() - turn;
    }
    let root = |number: i64| {
        Sum::int(number)
            .power(&ratio(1, 2))
            .ok()
            .map(|root| root.scaled(&ratio(1, 2)))
    };
    let value = if turn.is_zero() {
        Sum::default()
    } else if turn == ratio(1, 6) {
        ratio(1, 2).into()
    } else if turn == ratio(1, 4) {
        root(2)?
    } else if turn == ratio(1, 3) {
        root(3)?
    } else if turn == ratio(1, 2) {
        Sum::int(1)
    } else {
        return None;
    };
    Some(if negative { value.negated() } else { value })
}

fn ln(argument: &Sum) -> Result<Sum> {
    if argument.is_zero() {
        return Err(Trouble::Undefined("the logarithm of 0 is undefined".to_owned()));
    }
    if let Some((product, coefficient)) = argument.term() {
        if coefficient.is_one() && product.0.is_empty() {
            return Ok(Sum::default());
        }
        if coefficient.is_one()
            && product.0.len() == 1
            && let Some((Atom::Raise(Base::E, exponent), place)) = product.0.first_key_value()
        {
            return Ok(exponent.scaled(place));
        }
    }
    if argument.sign().is_some_and(|sign| sign < 0) {
        return Err(Trouble::Undefined(format!(
            "the logarithm of {argument} is not a real number"
        )));
    }
    Ok(Atom::Call(Function::Ln, argument.clone()).into())
}

/// The logarithm to a base: exact where it is rational.
pub(super) fn logarithm(base: &Sum, argument: &Sum) -> Result<Sum> {
    let valid = base.sign().is_some_and(|sign| sign > 0) && *base != Sum::int(1);
    if !valid {
        return Err(Trouble::Undefined(format!(
            "a logarithm to the base {base} is undefined"
        )));
    }
    if argument.sign().is_some_and(|sign| sign <= 0) {
        return Err(Trouble::Undefined(format!(
            "the logarithm of {argument} is not a real number"
        )));
    }
    if let (Some(base), Some(argument)) = (base.rational(), argument.rational())
        && let Some(exact) = exact_logarithm(&base, &argument)
    {
        return Ok(exact.into());
    }
    ln(argument)?.over(&ln(base)?)
}

fn exact_logarithm(base: &Rational, argument: &Rational) -> Option<Rational> {
    let length = |number: &Rational| {
        let bits = number.numer().bits().max(number.denom().bits());
        (bits < 3_000).then_some(())
    };
    length(base)?;
    length(argument)?;
    let ln = |number: &Rational| {
        let log = |n: &num_bigint::BigInt| {
            let bits = n.bits().saturating_sub(60);
            let top = super::number::float(&Rational::from_integer(n >> bits))?;
            Some(top.ln() + bits as f64 * std::f64::consts::LN_2)
        };
        Some(log(number.numer())? - log(number.denom())?)
    };
    let guess = ln(argument)? / ln(base)?;
    for below in 1..=6_i64 {
        let above = (guess * below as f64).round();
        if (above / below as f64 - guess).abs() < 1e-9 && above.abs() < 10_000.0 {
            let above = whole(above as i64);
            let left = power(base, &integer(&above)?).ok()?;
            let right = power(argument, &whole(below).to_integer()).ok()?;
            if left == right {
                return Some(above / whole(below));
            }
        }
    }
    None
}

/// An inverse of a trigonometric function, in radians.
pub(super) fn inverse(name: &str, argument: &Sum) -> Result<Sum> {
    let function = match name {
        "arcsin" => Function::Asin,
        "arccos" => Function::Acos,
        _ => Function::Atan,
    };
    if function != Function::Atan
        && let Some(value) = argument.rational()
        && value.abs() > Rational::one()
    {
        return Err(Trouble::Undefined(format!(
            "{name} of {argument} is not a real number"
        )));
    }
    // The angles with short sines, from -90° to 90° or from 0° to 180°.
    let turns = [
        (0, 1),
        (1, 6),
        (1, 4),
        (1, 3),
        (1, 2),
        (2, 3),
        (3, 4),
        (5, 6),
        (1, 1),
        (-1, 6),
        (-1, 4),
        (-1, 3),
        (-1, 2),
    ];
    for (above, below) in turns {
        let turn = ratio(above, below);
        let half = ratio(1, 2);
        let inside = match function {
            Function::Acos => !turn.is_negative(),
            Function::Asin => turn.abs() <= half,
            _ => turn.abs() < half,
        };
        if !inside {
            continue;
        }
        let value = match function {
            Function::Asin => sine(&turn),
            Function::Acos => sine(&(half - &turn)),
            _ => sine(&turn)
                .zip(sine(&(half - &turn)))
                .and_then(|(sine, cosine)| sine.over(&cosine).ok()),
        };
        if value.as_ref() == Some(argument) {
            return Sum::from(turn).times(&Sum::pi());
        }
    }
    Ok(Atom::Call(function, argument.clone()).into())
}
