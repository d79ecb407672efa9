//! Several linear equations at once.

use crate::math::expr::{Expr, Scope};
use crate::math::number::{Rational, bounded, exact};
use crate::math::sum::{Atom, Sum};
use crate::math::trouble::{Result, beyond};
use num_traits::{One, Zero};

/// The row of an equation: a coefficient per variable, and the constant on the right.
fn row(left: &Expr, right: &Expr, names: &[String]) -> Result<Vec<Rational>> {
    let scope = Scope::default();
    let sum: Sum = left.value(&scope)?.minus(&right.value(&scope)?);
    let mut row = vec![Rational::zero(); names.len() + 1];
    for (product, coefficient) in &sum.0 {
        let place = match product.0.iter().collect::<Vec<_>>().as_slice() {
            [] => names.len(),
            [(Atom::Variable(name), exponent)] if exponent.is_one() => names
                .iter()
                .position(|known| known == name)
                .unwrap_or(names.len()),
            _ => return beyond("the system is not linear"),
        };
        row[place] += if place == names.len() {
            -coefficient.clone()
        } else {
            coefficient.clone()
        };
    }
    Ok(row)
}

/// `x = 7, y = 3`, or that there is no solution or more than one.
pub(in crate::math) fn linear_system(equations: &[(Expr, Expr)], names: &[String]) -> Result<String> {
    if names.len() > 12 || equations.len() > 24 {
        return beyond("the system is too large");
    }
    let mut rows = equations
        .iter()
        .map(|(left, right)| row(left, right, names))
        .collect::<Result<Vec<_>>>()?;
    let mut pivots = Vec::new();
    for column in 0..names.len() {
        let from = pivots.len();
        let Some(found) = (from..rows.len()).find(|row| !rows[*row][column].is_zero()) else {
            continue;
        };
        rows.swap(from, found);
        let scale = rows[from][column].recip();
        for value in &mut rows[from] {
            *value *= &scale;
        }
        let pivot = rows[from].clone();
        for (at, row) in rows.iter_mut().enumerate() {
            if at != from && !row[column].is_zero() {
                let factor = row[column].clone();
                for (value, above) in row.iter_mut().zip(&pivot) {
                    *value = bounded(&*value - above * &factor)?;
                }
            }
        }
        pivots.push(column);
    }
    let contradicts = rows
        .iter()
        .skip(pivots.len())
        .any(|row| !row[names.len()].is_zero());
    if contradicts {
        return Ok("no solution".to_owned());
    }
    if pivots.len() < names.len() {
        return Ok("infinitely many solutions".to_owned());
    }
    let each: Vec<String> = names
        .iter()
        .zip(&rows)
        .map(|(name, row)| format!("{name} = {}", exact(&row[names.len()])))
        .collect();
    Ok(each.join(", "))
}
