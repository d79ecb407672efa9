//! Sums of products of powers: the one form of numbers with roots and π, of polynomials and of elementary functions.
//!
//! - [`power`](self::power): powers and roots
//! - [`show`](self::show): how they are written
//!
//! Roots of integers are powers of primes with exponents in (0, 1), so that equal numbers of this kind are equal sums.

mod power;
mod show;

pub(super) use power::{prime_factors, raise};

use super::number::{Rational, bounded, float, whole};
use super::trouble::{Result, Trouble, beyond};
use num_bigint::BigInt;
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::collections::{BTreeMap, BTreeSet};

/// Most terms of a sum.
const MAX_TERMS: usize = 600;

/// A function of one argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Function {
    /// Natural logarithm.
    Ln,
    /// Sine of an angle in radians.
    Sin,
    /// Cosine.
    Cos,
    /// Tangent.
    Tan,
    /// Inverse of the sine.
    Asin,
    /// Inverse of the cosine.
    Acos,
    /// Inverse of the tangent.
    Atan,
    /// Hyperbolic sine.
    Sinh,
    /// Hyperbolic cosine.
    Cosh,
    /// Hyperbolic tangent.
    Tanh,
    /// Absolute value.
    Abs,
}

impl Function {
    /// Its name in formulas.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ln => "ln",
            Self::Sin => "sin",
            Self::Cos => "cos",
            Self::Tan => "tan",
            Self::Asin => "arcsin",
            Self::Acos => "arccos",
            Self::Atan => "arctan",
            Self::Sinh => "sinh",
            Self::Cosh => "cosh",
            Self::Tanh => "tanh",
            Self::Abs => "abs",
        }
    }

    fn float(self, x: f64) -> f64 {
        match self {
            Self::Ln => x.ln(),
            Self::Sin => x.sin(),
            Self::Cos => x.cos(),
            Self::Tan => x.tan(),
            Self::Asin => x.asin(),
            Self::Acos => x.acos(),
            Self::Atan => x.atan(),
            Self::Sinh => x.sinh(),
            Self::Cosh => x.cosh(),
            Self::Tanh => x.tanh(),
            Self::Abs => x.abs(),
        }
    }
}

/// What is raised to a power.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Base {
    /// Euler's number.
    E,
    /// A positive number.
    Number(Rational),
}

/// A factor that is not taken apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Atom {
    /// A prime, or an integer without small factors.
    Root(BigInt),
    /// π.
    Pi,
    /// The imaginary unit.
    Imaginary,
    /// A variable.
    Variable(String),
    /// A function's value.
    Call(Function, Sum),
    /// A constant to a power that is not.
    Raise(Base, Sum),
    /// A sum that is a factor.
    Group(Sum),
}

/// A product of powers of atoms.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Product(pub(super) BTreeMap<Atom, Rational>);

/// A sum of products with coefficients; zero is the empty one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sum(pub(super) BTreeMap<Product, Rational>);

impl From<Rational> for Sum {
    fn from(number: Rational) -> Self {
        let mut sum = Self::default();
        sum.push(Product::default(), number);
        sum
    }
}

impl From<Atom> for Sum {
    fn from(atom: Atom) -> Self {
        Self::single(Rational::one(), atom, Rational::one())
    }
}

impl Sum {
    /// A whole number.
    pub(super) fn int(number: i64) -> Self {
        whole(number).into()
    }

    /// `coefficient · atom^exponent`.
    pub(super) fn single(coefficient: Rational, atom: Atom, exponent: Rational) -> Self {
        let mut sum = Self::default();
        sum.push(Product(BTreeMap::from([(atom, exponent)])), coefficient);
        sum
    }

    /// A variable.
    pub(super) fn variable(name: &str) -> Self {
        Atom::Variable(name.to_owned()).into()
    }

    /// π.
    pub(super) fn pi() -> Self {
        Atom::Pi.into()
    }

    fn push(&mut self, product: Product, coefficient: Rational) {
        use std::collections::btree_map::Entry;
        if coefficient.is_zero() {
            return;
        }
        match self.0.entry(product) {
            Entry::Vacant(place) => {
                place.insert(coefficient);
            }
            Entry::Occupied(mut place) => {
                *place.get_mut() += coefficient;
                if place.get().is_zero() {
                    place.remove();
                }
            }
        }
    }

    /// Whether it is zero.
    pub(super) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// The number that it is, if it is rational.
    pub(super) fn rational(&self) -> Option<Rational> {
        match self.0.len() {
            0 => Some(Rational::zero()),
            1 => self.0.get(&Product::default()).cloned(),
            _ => None,
        }
    }

    /// Its only term.
    pub(super) fn term(&self) -> Option<(&Product, &Rational)> {
        if self.0.len() == 1 {
            self.0.first_key_value()
        } else {
            None
        }
    }

    /// Both added.
    pub(super) fn add(&self, other: &Self) -> Self {
        let mut sum = self.clone();
        for (product, coefficient) in &other.0 {
            sum.push(product.clone(), coefficient.clone());
        }
        sum
    }

    /// With the other sign.
    pub(super) fn negated(&self) -> Self {
        self.scaled(&-Rational::one())
    }

    /// The difference.
    pub(super) fn minus(&self, other: &Self) -> Self {
        self.add(&other.negated())
    }

    /// Times a number.
    pub(super) fn scaled(&self, factor: &Rational) -> Self {
        let mut sum = Self::default();
        for (product, coefficient) in &self.0 {
            sum.push(product.clone(), coefficient * factor);
        }
        sum
    }

    /// The product, multiplied out.
    pub(super) fn times(&self, other: &Self) -> Result<Self> {
        if self.0.len().saturating_mul(other.0.len()) > MAX_TERMS {
            return beyond("the expression has too many terms");
        }
        let mut sum = Self::default();
        for (left, first) in &self.0 {
            for (right, second) in &other.0 {
                let (product, factor) = left.times(right)?;
                sum.push(product, bounded(first * second * factor)?);
            }
        }
        Ok(sum)
    }

    /// The quotient.
    pub(super) fn over(&self, other: &Self) -> Result<Self> {
        if other.is_zero() {
            return Err(Trouble::Undefined("division by zero is undefined".to_owned()));
        }
        if let Some(number) = other.rational() {
            return Ok(self.scaled(&number.recip()));
        }
        if self == other {
            return Ok(Self::int(1));
        }
        self.times(&other.power(&-Rational::one())?)
    }

    /// The names of its variables.
    pub(super) fn variables(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for product in self.0.keys() {
            for atom in product.0.keys() {
                match atom {
                    Atom::Variable(name) => {
                        names.insert(name.clone());
                    }
                    Atom::Call(_, inner) | Atom::Raise(_, inner) | Atom::Group(inner) => {
                        names.extend(inner.variables());
                    }
                    Atom::Root(_) | Atom::Pi | Atom::Imaginary => {}
                }
            }
        }
        names
    }

    /// Whether the imaginary unit is in it.
    pub(super) fn is_complex(&self) -> bool {
        self.0.keys().any(|product| {
            product.0.keys().any(|atom| match atom {
                Atom::Imaginary => true,
                Atom::Call(_, inner) | Atom::Raise(_, inner) | Atom::Group(inner) => inner.is_complex(),
                Atom::Root(_) | Atom::Pi | Atom::Variable(_) => false,
            })
        })
    }

    /// Its value where the variables have these; `None` where it is not a finite real number, or its digits cancel.
    pub(super) fn float(&self, values: &BTreeMap<String, f64>) -> Option<f64> {
        let (mut total, mut size) = (0.0_f64, 0.0_f64);
        for (product, coefficient) in &self.0 {
            let mut value = float(coefficient)?;
            for (atom, exponent) in &product.0 {
                let base = match atom {
                    Atom::Root(number) => number.to_f64()?,
                    Atom::Pi => std::f64::consts::PI,
                    Atom::Imaginary => return None,
                    Atom::Variable(name) => *values.get(name)?,
                    Atom::Call(function, inner) => function.float(inner.float(values)?),
                    Atom::Raise(Base::E, inner) => inner.float(values)?.exp(),
                    Atom::Raise(Base::Number(base), inner) => float(base)?.powf(inner.float(values)?),
                    Atom::Group(inner) => inner.float(values)?,
                };
                value *= match exponent.to_integer().to_i32() {
                    Some(power) if exponent.is_integer() => base.powi(power),
                    _ => base.powf(float(exponent)?),
                };
            }
            total += value;
            size = size.max(value.abs());
        }
        (total.is_finite() && (total == 0.0 || total.abs() > size * 1e-3 || !values.is_empty()))
            .then_some(total)
    }

    /// Its value, where it is a constant.
    pub(super) fn approximate(&self) -> Option<f64> {
        self.float(&BTreeMap::new())
    }

    /// Its sign, where it is a real constant.
    pub(super) fn sign(&self) -> Option<i32> {
        if let Some(number) = self.rational() {
            return Some(if number.is_zero() {
                0
            } else if number.is_positive() {
                1
            } else {
                -1
            });
        }
        let value = self.approximate()?;
        (value != 0.0).then_some(if value > 0.0 { 1 } else { -1 })
    }

    /// The exponents and coefficients of a polynomial in one variable, coefficients free of it.
    pub(super) fn polynomial(&self, variable: &str) -> Option<BTreeMap<usize, Sum>> {
        let atom = Atom::Variable(variable.to_owned());
        let mut powers: BTreeMap<usize, Sum> = BTreeMap::new();
        for (product, coefficient) in &self.0 {
            let mut rest = product.clone();
            let exponent = rest.0.remove(&atom).unwrap_or_else(Rational::zero);
            let exponent = exponent
                .is_integer()
                .then(|| exponent.to_integer().to_usize())??;
            let mut part = Sum::default();
            part.push(rest, coefficient.clone());
            if part.variables().contains(variable) {
                return None;
            }
            let place = powers.entry(exponent).or_default();
            *place = place.add(&part);
        }
        powers.retain(|_, part| !part.is_zero());
        Some(powers)
    }

    /// The same with a value for a variable.
    pub(super) fn with(&self, variable: &str, value: &Sum) -> Result<Self> {
        let mut total = Self::default();
        for (product, coefficient) in &self.0 {
            let mut term: Sum = coefficient.clone().into();
            for (atom, exponent) in &product.0 {
                let base = match atom {
                    Atom::Variable(name) if name == variable => value.clone(),
                    Atom::Call(function, inner) => {
                        super::function::apply(*function, &inner.with(variable, value)?)?
                    }
                    Atom::Raise(base, inner) => power::raise(base, &inner.with(variable, value)?)?,
                    Atom::Group(inner) => inner.with(variable, value)?,
                    Atom::Root(_) | Atom::Pi | Atom::Imaginary | Atom::Variable(_) => atom.clone().into(),
                };
                term = term.times(&base.power(exponent)?)?;
            }
            total = total.add(&term);
        }
        Ok(total)
    }
}

impl Product {
    /// Both multiplied, and the rational number that comes out of it.
    fn times(&self, other: &Self) -> Result<(Self, Rational)> {
        let mut factor = Rational::one();
        let mut product = self.clone();
        for (atom, exponent) in &other.0 {
            factor *= product.push(atom, exponent)?;
        }
        Ok((product, factor))
    }

    /// Multiplies a power in; returns the rational number that comes out.
    fn push(&mut self, atom: &Atom, exponent: &Rational) -> Result<Rational> {
        if let Atom::Raise(base, power) = atom {
            let same = |other: &&Atom| matches!(other, Atom::Raise(known, _) if known == base);
            let known = self.0.keys().find(same).cloned();
            if let Some(Atom::Raise(_, other)) = &known {
                let place = known
                    .as_ref()
                    .and_then(|known| self.0.remove(known))
                    .unwrap_or_else(Rational::one);
                let total = other.scaled(&place).add(&power.scaled(exponent));
                if total.is_zero() {
                    return Ok(Rational::one());
                }
                if let (Base::Number(number), Some(power)) = (base, total.rational())
                    && power.is_integer()
                {
                    return super::number::power(number, &power.to_integer());
                }
                self.0.insert(Atom::Raise(base.clone(), total), Rational::one());
                return Ok(Rational::one());
            }
        }
        let total = self.0.remove(atom).unwrap_or_else(Rational::zero) + exponent;
        if total.is_zero() {
            return Ok(Rational::one());
        }
        match atom {
            Atom::Root(number) => {
                let out = total.floor();
                let rest = total - &out;
                if !rest.is_zero() {
                    self.0.insert(atom.clone(), rest);
                }
                super::number::power(&Rational::from_integer(number.clone()), &out.to_integer())
            }
            Atom::Imaginary if total.is_integer() => {
                let turn = (total.to_integer() % 4_i32 + 4_i32) % 4_i32;
                if (&turn % 2_i32).is_one() {
                    self.0.insert(Atom::Imaginary, Rational::one());
                }
                Ok(if turn >= BigInt::from(2) {
                    -Rational::one()
                } else {
                    Rational::one()
                })
            }
            _ => {
                self.0.insert(atom.clone(), total);
                Ok(Rational::one())
            }
        }
    }
}
