//! Polynomials in one variable with rational coefficients: division, common factors, rational roots.

use super::number::{Rational, integer, whole};
use super::sum::Sum;
use super::trouble::{Result, Trouble, beyond};
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

/// Highest degree that is worked with.
pub(super) const MAX_DEGREE: usize = 60;

/// Coefficients, that of the constant first; the last is not zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Poly(pub(super) Vec<Rational>);

impl Poly {
    /// A constant.
    pub(super) fn constant(number: Rational) -> Self {
        Self(vec![number]).trimmed()
    }

    /// The polynomial that a sum is in this variable.
    pub(super) fn of(sum: &Sum, variable: &str) -> Option<Self> {
        let parts = sum.polynomial(variable)?;
        let degree = parts.keys().next_back().copied().unwrap_or(0);
        if degree > MAX_DEGREE {
            return None;
        }
        let mut coefficients = vec![Rational::zero(); degree + 1];
        for (power, part) in parts {
            coefficients[power] = part.rational()?;
        }
        Some(Self(coefficients).trimmed())
    }

    /// As a sum.
    pub(super) fn sum(&self, variable: &str) -> Result<Sum> {
        let atom = Sum::variable(variable);
        self.0
            .iter()
            .enumerate()
            .try_fold(Sum::default(), |sum, (power, coefficient)| {
                let power = atom.power(&whole(power as i64))?;
                Ok(sum.add(&power.scaled(coefficient)))
            })
    }

    fn trimmed(mut self) -> Self {
        while self.0.last().is_some_and(Zero::is_zero) {
            self.0.pop();
        }
        self
    }

    /// Whether it is zero.
    pub(super) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// Its degree; zero for constants.
    pub(super) fn degree(&self) -> usize {
        self.0.len().saturating_sub(1)
    }

    /// The coefficient of a power.
    pub(super) fn at(&self, power: usize) -> Rational {
        self.0.get(power).cloned().unwrap_or_else(Rational::zero)
    }

    /// Its value.
    pub(super) fn value(&self, x: &Rational) -> Rational {
        self.0
            .iter()
            .rev()
            .fold(Rational::zero(), |value, coefficient| value * x + coefficient)
    }

    /// The sum of both.
    pub(super) fn add(&self, other: &Self) -> Self {
        let length = self.0.len().max(other.0.len());
        Self(
            (0..length)
                .map(|power| self.at(power) + other.at(power))
                .collect(),
        )
        .trimmed()
    }

    /// The product.
    pub(super) fn times(&self, other: &Self) -> Result<Self> {
        if self.is_zero() || other.is_zero() {
            return Ok(Self(Vec::new()));
        }
        if self.degree() + other.degree() > MAX_DEGREE {
            return beyond("the degree is too high");
        }
        let mut product = vec![Rational::zero(); self.degree() + other.degree() + 1];
        for (i, left) in self.0.iter().enumerate() {
            for (j, right) in other.0.iter().enumerate() {
                product[i + j] += left * right;
            }
        }
        Ok(Self(product).trimmed())
    }

    /// Times a number.
    pub(super) fn scaled(&self, factor: &Rational) -> Self {
        Self(self.0.iter().map(|coefficient| coefficient * factor).collect()).trimmed()
    }

    /// Quotient and remainder.
    pub(super) fn divide(&self, other: &Self) -> Result<(Self, Self)> {
        let Some(leading) = other.0.last() else {
            return Err(Trouble::Undefined("division by zero is undefined".to_owned()));
        };
        let mut rest = self.clone();
        let mut quotient = vec![Rational::zero(); self.0.len().saturating_sub(other.degree()).max(1)];
        while !rest.is_zero() && rest.degree() >= other.degree() {
            let shift = rest.degree() - other.degree();
            let factor = rest.at(rest.degree()) / leading;
            for (power, coefficient) in other.0.iter().enumerate() {
                rest.0[power + shift] -= coefficient * &factor;
            }
            rest.0.pop();
            rest = rest.trimmed();
            quotient[shift] = factor;
        }
        Ok((Self(quotient).trimmed(), rest))
    }

    /// The greatest common divisor, with leading coefficient 1.
    pub(super) fn gcd(&self, other: &Self) -> Result<Self> {
        let (mut left, mut right) = (self.clone(), other.clone());
        while !right.is_zero() {
            let rest = left.divide(&right)?.1;
            left = std::mem::replace(&mut right, rest);
            if right
                .0
                .iter()
                .any(|coefficient| coefficient.numer().bits() > 20_000)
            {
                return beyond("the coefficients grow too long");
            }
        }
        let leading = left.0.last().cloned().unwrap_or_else(Rational::one);
        Ok(left.scaled(&leading.recip()))
    }

    /// The number that leaves whole coefficients without a common factor, with a positive leading one.
    pub(super) fn content(&self) -> Rational {
        let mut above = BigInt::zero();
        let mut below = BigInt::one();
        for coefficient in &self.0 {
            above = above.gcd(coefficient.numer());
            below = below.lcm(coefficient.denom());
        }
        if above.is_zero() {
            return Rational::one();
        }
        let content = Rational::new(above, below);
        if self.0.last().is_some_and(Signed::is_negative) {
            -content
        } else {
            content
        }
    }

    /// One rational root, if there is any; `None` where the coefficients are too long to tell is an error.
    fn rational_root(&self) -> Result<Option<Rational>> {
        if self.at(0).is_zero() {
            return Ok(Some(Rational::zero()));
        }
        let whole = self.scaled(&self.content().recip());
        let list = |number: &Rational| -> Result<Vec<BigInt>> {
            let number = integer(number).unwrap_or_default();
            super::theory::divisors(&number)
        };
        let (above, below) = (list(&whole.at(0))?, list(&whole.at(whole.degree()))?);
        if above.len() * below.len() > 4_000 {
            return beyond("there are too many candidates for rational roots");
        }
        for denominator in &below {
            for numerator in &above {
                if !numerator.gcd(denominator).is_one() {
                    continue;
                }
                for sign in [1, -1] {
                    let root = Rational::new(numerator * sign, denominator.clone());
                    if whole.value(&root).is_zero() {
                        return Ok(Some(root));
                    }
                }
            }
        }
        Ok(None)
    }

    /// The number in front, linear factors as their roots with repetitions, and what is left without rational roots.
    pub(super) fn rational_roots(&self) -> Result<(Vec<Rational>, Self)> {
        let mut rest = self.clone();
        let mut roots = Vec::new();
        while rest.degree() >= 1 {
            let Some(root) = rest.rational_root()? else { break };
            rest = rest.divide(&Self(vec![-&root, Rational::one()]))?.0;
            roots.push(root);
        }
        Ok((roots, rest))
    }
}

/// A quotient of two polynomials in one variable, from an expression.
pub(super) fn quotient(
    expr: &super::expr::Expr,
    variable: &str,
    scope: &super::expr::Scope,
) -> Result<(Poly, Poly)> {
    use super::expr::{Expr, Operator};
    let one = || Poly::constant(Rational::one());
    match expr {
        Expr::Negate(inner) => {
            let (above, below) = quotient(inner, variable, scope)?;
            Ok((above.scaled(&-Rational::one()), below))
        }
        Expr::Binary(
            operator @ (Operator::Add | Operator::Subtract | Operator::Times | Operator::Divide),
            left,
            right,
        ) => {
            let (a, b) = quotient(left, variable, scope)?;
            let (c, d) = quotient(right, variable, scope)?;
            match operator {
                Operator::Times => Ok((a.times(&c)?, b.times(&d)?)),
                Operator::Divide if c.is_zero() => {
                    Err(Trouble::Undefined("division by zero is undefined".to_owned()))
                }
                Operator::Divide => Ok((a.times(&d)?, b.times(&c)?)),
                _ => {
                    let sign = if *operator == Operator::Add {
                        Rational::one()
                    } else {
                        -Rational::one()
                    };
                    let above = a.times(&d)?.add(&c.times(&b)?.scaled(&sign));
                    Ok((above, b.times(&d)?))
                }
            }
        }
        Expr::Binary(Operator::Power, base, exponent) => {
            let times = exponent
                .value(scope)?
                .rational()
                .as_ref()
                .and_then(super::number::small);
            let Some(times) = times.filter(|times| times.abs() <= 20) else {
                return plain(expr, variable, scope);
            };
            let (a, b) = quotient(base, variable, scope)?;
            let (a, b) = if times < 0 { (b, a) } else { (a, b) };
            let (mut above, mut below) = (one(), one());
            for _ in 0..times.abs() {
                above = above.times(&a)?;
                below = below.times(&b)?;
            }
            if below.is_zero() {
                return Err(Trouble::Undefined("division by zero is undefined".to_owned()));
            }
            Ok((above, below))
        }
        _ => plain(expr, variable, scope),
    }
}

fn plain(expr: &super::expr::Expr, variable: &str, scope: &super::expr::Scope) -> Result<(Poly, Poly)> {
    let sum = expr.value(scope)?;
    match Poly::of(&sum, variable) {
        Some(poly) => Ok((poly, Poly::constant(Rational::one()))),
        None => beyond("this is no quotient of polynomials in one variable"),
    }
}
