//! Polynomials and fractions of them: expanded, factored, simplified.

use super::Found;
use crate::math::answer::{Answer, numeral, short};
use crate::math::expr::{self, Expr, Operator, Scope};
use crate::math::number::{Rational, exact, whole};
use crate::math::poly::{Poly, quotient};
use crate::math::sum::{Atom, Sum};
use crate::math::trouble::{Result, Trouble, beyond, foreign};
use num_traits::{One, Signed, Zero};
use std::collections::BTreeSet;
use std::fmt::Write;

fn variables(expr: &Expr) -> Vec<String> {
    let mut names = BTreeSet::new();
    expr.variables(&mut names);
    names.into_iter().collect()
}

fn transformed(text: String, expr: &Expr) -> Answer {
    let step = format!("{expr} = {text}");
    Answer::text(text, expr.to_string()).step(step)
}

/// Whether it is a sum of products of variables alone.
fn polynomial(sum: &Sum) -> bool {
    let plain = |(atom, exponent): (&Atom, &Rational)| match atom {
        Atom::Variable(_) => exponent.is_integer() && exponent.is_positive(),
        Atom::Root(_) | Atom::Pi => true,
        Atom::Imaginary | Atom::Call(..) | Atom::Raise(..) | Atom::Group(_) => false,
    };
    sum.0.keys().all(|product| product.0.iter().all(plain))
}

pub(super) fn expanded(found: &Found<'_>) -> Result<Answer> {
    let expr = found.expr("f")?;
    let sum = expr.value(&Scope::default())?;
    if variables(&expr).is_empty() {
        return Answer::number(&sum, expr.to_string());
    }
    if !polynomial(&sum) {
        return beyond("only polynomials are expanded here");
    }
    Ok(transformed(sum.to_string(), &expr))
}

pub(super) fn simplified(found: &Found<'_>) -> Result<Answer> {
    let expr = found.expr("f")?;
    let names = variables(&expr);
    let scope = Scope::default();
    if names.is_empty() {
        let sum = expr::constant(&expr, &scope)?;
        let (value, lead) = numeral(&sum)?;
        // A fraction is simplified to a fraction, as it is by the rule for fractions.
        if let (Expr::Binary(Operator::Divide, ..), Some(number)) = (&expr, sum.rational()) {
            return Ok(transformed(crate::math::number::fraction(&number), &expr));
        }
        // A root is simplified to a root, not to a decimal.
        let value = if sum.rational().is_some() {
            value
        } else {
            sum.to_string()
        };
        return Ok(Answer::text(value, expr.to_string())
            .lead(lead.clone())
            .step(format!("{expr} = {lead}")));
    }
    if let Ok(sum) = expr.value(&scope)
        && polynomial(&sum)
    {
        return Ok(transformed(sum.to_string(), &expr));
    }
    if let [name] = names.as_slice()
        && let Ok((above, below)) = quotient(&expr, name, &scope)
    {
        let text = fraction(&above, &below, name)?;
        return Ok(transformed(text, &expr));
    }
    let sum = expr.value(&scope)?;
    let monomial = |sum: &Sum| {
        sum.0.keys().all(|product| {
            product
                .0
                .keys()
                .all(|atom| matches!(atom, Atom::Variable(_) | Atom::Root(_)))
        })
    };
    if monomial(&sum) && sum.0.len() == 1 {
        return Ok(transformed(sum.to_string(), &expr));
    }
    beyond("no rule simplifies this")
}

/// A quotient in lowest terms.
pub(super) fn fraction(above: &Poly, below: &Poly, name: &str) -> Result<String> {
    let common = above.gcd(below)?;
    let (above, below) = (above.divide(&common)?.0, below.divide(&common)?.0);
    let scale = below.content();
    let (above, below) = (above.scaled(&scale.recip()), below.scaled(&scale.recip()));
    if below.degree() == 0 {
        return Ok(above.scaled(&below.at(0).recip()).sum(name)?.to_string());
    }
    // Whole coefficients above and below.
    let content = above.content();
    let (above, below) = if content.is_integer() {
        (above, below)
    } else {
        let factor = whole(content.denom().clone());
        (above.scaled(&factor), below.scaled(&factor))
    };
    let wrap = |poly: &Poly| -> Result<String> {
        let sum = poly.sum(name)?;
        Ok(if sum.0.len() > 1 {
            format!("({sum})")
        } else {
            sum.to_string()
        })
    };
    let bottom = wrap(&below)?;
    let bottom = if bottom.starts_with('(')
        || bottom.len() == 1
        || !bottom.contains(|sign: char| sign.is_ascii_digit())
    {
        bottom
    } else {
        format!("({bottom})")
    };
    Ok(format!("{}/{bottom}", wrap(&above)?))
}

pub(super) fn factored(found: &Found<'_>) -> Result<Answer> {
    let expr = found.expr("f")?;
    let names = variables(&expr);
    let sum = expr.value(&Scope::default())?;
    if names.is_empty() {
        return super::super::integers::factor_number(&expr::rational(&sum)?);
    }
    if let [name] = names.as_slice()
        && let Some(poly) = Poly::of(&sum, name)
    {
        return Ok(transformed(factors(&poly, name)?, &expr));
    }
    if !polynomial(&sum) {
        return beyond("only polynomials are factored here");
    }
    several(&sum).map(|text| transformed(text, &expr))
}

/// The factors of a polynomial over the rational numbers.
fn factors(poly: &Poly, name: &str) -> Result<String> {
    let (mut roots, rest) = poly.rational_roots()?;
    roots.sort();
    roots.reverse();
    let mut front = rest.clone();
    let mut parts: Vec<(String, usize)> = Vec::new();
    let mut zero = 0_usize;
    let mut scale = Rational::one();
    let mut push = |text: String| match parts.iter_mut().find(|(known, _)| *known == text) {
        Some((_, times)) => *times += 1,
        None => parts.push((text, 1)),
    };
    for root in &roots {
        if root.is_zero() {
            zero += 1;
            continue;
        }
        // x - p/q is (qx - p)/q.
        scale /= whole(root.denom().clone());
        let linear = Poly(vec![-whole(root.numer().clone()), whole(root.denom().clone())]);
        push(format!("({})", linear.sum(name)?));
    }
    let content = front.content();
    front = front.scaled(&content.recip());
    if front.degree() >= 4 {
        return beyond("a factor of degree 4 or more may split further");
    }
    if front.degree() > 0 {
        push(format!("({})", front.sum(name)?));
    }
    let number = content * scale;
    let mut text = if number.is_one() {
        String::new()
    } else if (-&number).is_one() {
        "-".to_owned()
    } else if number.is_integer() {
        exact(&number)
    } else {
        format!("({number})")
    };
    if zero > 0 {
        text.push_str(name);
        if zero > 1 {
            let _ = write!(text, "^{zero}");
        }
    }
    for (part, times) in parts {
        let alone = text.is_empty() && times == 1 && part == format!("({name})");
        text.push_str(if alone { name } else { &part });
        if times > 1 {
            let _ = write!(text, "^{times}");
        }
    }
    Ok(if text.is_empty() { "1".to_owned() } else { text })
}

/// Factors of a polynomial in several variables: common ones, and a difference of two squares.
fn several(sum: &Sum) -> Result<String> {
    let Some((first, _)) = sum.0.first_key_value() else {
        return Ok("0".to_owned());
    };
    let mut common = first.0.clone();
    for product in sum.0.keys() {
        common.retain(|atom, _| product.0.contains_key(atom));
        for (atom, exponent) in &mut common {
            if let Some(other) = product.0.get(atom).filter(|other| *other < exponent) {
                *exponent = other.clone();
            }
        }
    }
    let content = sum.content();
    let mut front: Sum = content.into();
    for (atom, exponent) in common {
        front = front.times(&Sum::single(Rational::one(), atom, exponent))?;
    }
    let rest = sum.over(&front)?;
    let inner = match squares(&rest)? {
        Some(text) => text,
        None if front == Sum::int(1) || rest.0.len() > 2 => return beyond("no factors were found"),
        None => format!("({rest})"),
    };
    let front = if front == Sum::int(1) {
        String::new()
    } else {
        front.to_string()
    };
    Ok(format!("{front}{inner}"))
}

/// `a² - b²` and `a² ± 2ab + b²`.
fn squares(sum: &Sum) -> Result<Option<String>> {
    let terms = sum.ordered();
    let root = |product: &crate::math::sum::Product, coefficient: &Rational| -> Option<Sum> {
        let number = Sum::from(coefficient.abs())
            .power(&crate::math::number::ratio(1, 2))
            .ok()?;
        number.rational()?;
        let mut half = product.clone();
        for exponent in half.0.values_mut() {
            *exponent = &*exponent / whole(2);
            if !exponent.is_integer() {
                return None;
            }
        }
        Sum([(half, Rational::one())].into()).times(&number).ok()
    };
    Ok(match terms.as_slice() {
        [(a, positive), (b, negative)] if positive.is_positive() && negative.is_negative() => {
            root(a, positive)
                .zip(root(b, negative))
                .map(|(a, b)| format!("({} )({})", a.minus(&b), a.add(&b)).replace(" )", ")"))
        }
        [(a, first), _, (b, last)] if first.is_positive() && last.is_positive() => {
            let Some((a, b)) = root(a, first).zip(root(b, last)) else {
                return Ok(None);
            };
            [a.add(&b), a.minus(&b)]
                .into_iter()
                .find(|base| base.times(base).ok().as_ref() == Some(sum))
                .map(|base| format!("({base})^2"))
        }
        _ => None,
    })
}

fn quadratic(found: &Found<'_>) -> Result<(Poly, String)> {
    let expr = found.expr("f")?;
    let names = variables(&expr);
    let [name] = names.as_slice() else {
        return foreign("a quadratic in one variable");
    };
    let sum = expr.value(&Scope::default())?;
    match Poly::of(&sum, name).filter(|poly| poly.degree() == 2) {
        Some(poly) => Ok((poly, name.clone())),
        None => foreign("no quadratic"),
    }
}

pub(super) fn discriminant(found: &Found<'_>) -> Result<Answer> {
    let (poly, _) = quadratic(found)?;
    let (a, b, c) = (poly.at(2), poly.at(1), poly.at(0));
    let value = &b * &b - &a * &c * whole(4);
    Answer::rational(
        value,
        format!("({})^2 - 4 × ({}) × ({})", exact(&b), exact(&a), exact(&c)),
    )
}

pub(super) fn vertex(found: &Found<'_>) -> Result<Answer> {
    let (poly, name) = quadratic(found)?;
    let x = -poly.at(1) / (poly.at(2) * whole(2));
    let y = poly.value(&x);
    let text = format!("({}, {})", exact(&x), exact(&y));
    let read = format!("the vertex of {}", poly.sum(&name)?);
    Ok(Answer::text(text, read).step(format!(
        "{name} = -b/(2a) = {}, and the value there is {}",
        exact(&x),
        short(&y.clone().into())
    )))
}

/// The least or greatest value of a quadratic function.
pub(super) fn extreme(found: &Found<'_>, least: bool) -> Result<Answer> {
    let (poly, name) = quadratic(found)?;
    if poly.at(2).is_positive() != least {
        let side = if least { "below" } else { "above" };
        return Err(Trouble::Undefined(format!("its values have no bound {side}")));
    }
    let x = -poly.at(1) / (poly.at(2) * whole(2));
    let read = format!("{} at {name} = {}", poly.sum(&name)?, exact(&x));
    Answer::rational(poly.value(&x), read)
}
