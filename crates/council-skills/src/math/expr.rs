//! Expressions as they were read, and their values.
//!
//! - [`parse`](self::parse): from tokens
//! - [`words`](self::words): the words that stand for functions
//! - [`show`](self::show): as formulas

mod parse;
mod show;
mod words;

pub(super) use parse::expression;

use super::number::{Rational, count, factorial, integer, power, ratio, small, whole};
use super::sum::{Atom, Base, Function, Sum};
use super::trouble::{Result, Trouble, beyond, foreign};
use super::{function, theory};
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::collections::BTreeMap;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    /// A number.
    Number(Rational),
    /// `15%`.
    Percent(Box<Expr>),
    /// `30°`.
    Degrees(Box<Expr>),
    /// `2 rad`.
    Radians(Box<Expr>),
    /// A variable or constant.
    Name(String),
    /// With the other sign.
    Negate(Box<Expr>),
    /// Of two.
    Binary(Operator, Box<Expr>, Box<Expr>),
    /// `n!`.
    Factorial(Box<Expr>),
    /// A function's value.
    Call(&'static str, Vec<Expr>),
}

/// An operation on two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// Addition.
    Add,
    /// Subtraction.
    Subtract,
    /// Multiplication.
    Times,
    /// Division.
    Divide,
    /// Power.
    Power,
    /// Remainder, with the sign of the divisor.
    Modulo,
}

/// What names stand for, and how angles without a unit are read.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// Values of variables.
    pub(super) values: BTreeMap<String, Sum>,
    /// Whether an angle without a unit is in radians, as in calculus.
    pub(super) radians: bool,
}

impl Expr {
    /// Of two.
    pub(super) fn binary(operator: Operator, left: Self, right: Self) -> Self {
        Self::Binary(operator, Box::new(left), Box::new(right))
    }

    /// Its variables; constants are none.
    pub(super) fn variables(&self, names: &mut std::collections::BTreeSet<String>) {
        match self {
            Self::Number(_) => {}
            Self::Name(name) => {
                if !matches!(name.as_str(), "pi" | "e" | "i" | "infinity") {
                    names.insert(name.clone());
                }
            }
            Self::Percent(inner)
            | Self::Degrees(inner)
            | Self::Radians(inner)
            | Self::Negate(inner)
            | Self::Factorial(inner) => {
                inner.variables(names);
            }
            Self::Binary(_, left, right) => {
                left.variables(names);
                right.variables(names);
            }
            Self::Call(_, arguments) => arguments.iter().for_each(|argument| argument.variables(names)),
        }
    }

    /// Whether it is a number as it stands, with or without a sign: nothing to compute.
    pub(super) fn is_bare(&self) -> bool {
        match self {
            Self::Number(_) | Self::Name(_) => true,
            Self::Percent(inner) | Self::Degrees(inner) | Self::Radians(inner) | Self::Negate(inner) => {
                inner.is_bare()
            }
            Self::Binary(..) | Self::Factorial(_) | Self::Call(..) => false,
        }
    }

    /// Its value.
    pub(super) fn value(&self, scope: &Scope) -> Result<Sum> {
        match self {
            Self::Number(number) => Ok(number.clone().into()),
            Self::Percent(inner) => Ok(inner.value(scope)?.scaled(&ratio(1, 100))),
            Self::Degrees(inner) => inner.value(scope)?.scaled(&ratio(1, 180)).times(&Sum::pi()),
            Self::Radians(inner) => inner.value(scope),
            Self::Name(name) => match (scope.values.get(name), name.as_str()) {
                (Some(value), _) => Ok(value.clone()),
                (None, "pi") => Ok(Sum::pi()),
                (None, "e") => Ok(Atom::Raise(Base::E, Sum::int(1)).into()),
                (None, "i") => Ok(Atom::Imaginary.into()),
                (None, "infinity") => foreign("infinity is no number to compute with"),
                (None, name) => Ok(Sum::variable(name)),
            },
            Self::Negate(inner) => Ok(inner.value(scope)?.negated()),
            Self::Factorial(inner) => {
                let value = inner.value(scope)?;
                let Some(number) = value.rational().as_ref().and_then(integer) else {
                    return Err(Trouble::Undefined(format!(
                        "the factorial of {value} is not computed: no whole number"
                    )));
                };
                Ok(Rational::from_integer(factorial(&number)?).into())
            }
            Self::Binary(operator, left, right) => {
                let (left, right) = (left.value(scope)?, right.value(scope)?);
                match operator {
                    Operator::Add => Ok(left.add(&right)),
                    Operator::Subtract => Ok(left.minus(&right)),
                    Operator::Times => left.times(&right),
                    Operator::Divide => left.over(&right),
                    Operator::Power => raised(&left, &right),
                    Operator::Modulo => remainder(&left, &right),
                }
            }
            Self::Call(name, arguments) => call(name, arguments, scope),
        }
    }
}

/// The rational number that a value is.
pub(super) fn rational(value: &Sum) -> Result<Rational> {
    value
        .rational()
        .map_or_else(|| beyond(format!("{value} is no rational number")), Ok)
}

/// A power with any exponent.
pub(super) fn raised(base: &Sum, exponent: &Sum) -> Result<Sum> {
    if let Some(exponent) = exponent.rational() {
        if let (Some(base), Some(exponent)) = (base.rational(), integer(&exponent)) {
            return power(&base, &exponent).map(Sum::from);
        }
        return base.power(&exponent);
    }
    if let Some((product, coefficient)) = base.term()
        && coefficient.is_one()
        && product.0.len() == 1
        && let Some((Atom::Raise(known, inner), place)) = product.0.first_key_value()
    {
        return super::sum::Sum::from(Atom::Raise(known.clone(), inner.scaled(place).times(exponent)?))
            .normal();
    }
    match base.rational() {
        Some(number) if number.is_one() => Ok(Sum::int(1)),
        Some(number) if number.is_positive() => {
            Ok(Atom::Raise(Base::Number(number), exponent.clone()).into())
        }
        Some(_) => beyond("a power of a negative number or zero with that exponent"),
        None => {
            // x^x and π^x are e^(x ln x).
            let logarithm = function::apply(Function::Ln, base)?;
            Ok(Atom::Raise(Base::E, logarithm.times(exponent)?).into())
        }
    }
}

fn call(name: &str, arguments: &[Expr], scope: &Scope) -> Result<Sum> {
    let values: Vec<Sum> = arguments
        .iter()
        .map(|argument| argument.value(scope))
        .collect::<Result<_>>()?;
    let angle = |function: Function, value: &Sum| {
        let without_unit = value.rational().is_some_and(|number| !number.is_zero());
        let said = matches!(arguments.first(), Some(Expr::Radians(_)));
        if without_unit && !scope.radians && !said {
            return Err(Trouble::Ambiguous(format!(
                "the angle {value} may be in degrees or radians; write `{}({value}°)` or `{}({value} rad)`",
                function.name(),
                function.name()
            )));
        }
        function::apply(function, value)
    };
    let inverse = |function: &str, value: Sum| function::inverse(function, &value);
    match (name, values.as_slice()) {
        ("sqrt", [value]) => value.power(&ratio(1, 2)),
        ("cbrt", [value]) => odd_root(value, 3),
        ("root", [index, value]) => {
            let index = rational(index)?;
            let Some(index) = small(&index).filter(|index| (1..=100).contains(index)) else {
                return Err(Trouble::Undefined(format!(
                    "there is no {index}th root here; the index must be from 1 to 100"
                )));
            };
            if index % 2 == 1 {
                odd_root(value, index)
            } else {
                value.power(&ratio(1, index))
            }
        }
        ("exp", [value]) => raised(&Atom::Raise(Base::E, Sum::int(1)).into(), value),
        ("ln", [value]) => function::apply(Function::Ln, value),
        ("log", [value]) if value.variables().is_empty() => function::logarithm(&Sum::int(10), value),
        ("log", [_]) => Err(Trouble::Ambiguous(
            "`log` may be the natural logarithm or that of base 10; write `ln` or `log10`".to_owned(),
        )),
        ("log", [base, value]) => function::logarithm(base, value),
        ("sin", [value]) => angle(Function::Sin, value),
        ("cos", [value]) => angle(Function::Cos, value),
        ("tan", [value]) => angle(Function::Tan, value),
        ("cot", [value]) => angle(Function::Cos, value)?.over(&angle(Function::Sin, value)?),
        ("sec", [value]) => Sum::int(1).over(&angle(Function::Cos, value)?),
        ("csc", [value]) => Sum::int(1).over(&angle(Function::Sin, value)?),
        ("arcsin" | "arccos" | "arctan", [value]) => inverse(name, value.clone()),
        ("sinh", [value]) => function::apply(Function::Sinh, value),
        ("cosh", [value]) => function::apply(Function::Cosh, value),
        ("tanh", [value]) => function::apply(Function::Tanh, value),
        ("abs", [value]) => function::apply(Function::Abs, value),
        ("floor", [value]) => Ok(rounding(value)?.floor().into()),
        ("ceil", [value]) => Ok(rounding(value)?.ceil().into()),
        ("round", [value]) => Ok(rounding(value)?.round().into()),
        ("gcd" | "lcm", values) if values.len() > 1 => {
            let numbers = values.iter().map(rational).collect::<Result<Vec<_>>>()?;
            let result = if name == "gcd" {
                theory::gcd(&numbers)?
            } else {
                theory::lcm(&numbers)?
            };
            Ok(Rational::from_integer(result).into())
        }
        ("min" | "max", values) if !values.is_empty() => {
            let numbers = values.iter().map(rational).collect::<Result<Vec<_>>>()?;
            let found = if name == "min" {
                numbers.iter().min()
            } else {
                numbers.iter().max()
            };
            found
                .cloned()
                .map_or_else(|| foreign("an empty list"), |found| Ok(found.into()))
        }
        ("mod", [left, right]) => remainder(left, right),
        ("binomial" | "permutations", [n, k]) => {
            let n = count(&rational(n)?, "the number of things", 5_000)?;
            let k = count(&rational(k)?, "the number that is chosen", 5_000)?;
            let ways = if name == "binomial" {
                theory::choose(n, k)
            } else {
                theory::permute(n, k)
            };
            Ok(super::number::bounded(whole(ways))?.into())
        }
        ("phi", [value]) => {
            let number = integer(&rational(value)?).and_then(|number| number.to_u64());
            number.map_or_else(
                || foreign("Euler's function of that"),
                |number| theory::totient(number).map(|phi| whole(phi).into()),
            )
        }
        _ => foreign(format!("`{name}` does not take {} arguments", values.len())),
    }
}

/// Of whole numbers: 1/17 mod 43 may be a fraction or an inverse.
fn remainder(left: &Sum, right: &Sum) -> Result<Sum> {
    let (left, right) = (rational(left)?, rational(right)?);
    if !left.is_integer() || !right.is_integer() {
        return beyond("a remainder of numbers that are not whole");
    }
    theory::modulo(&left, &right).map(Sum::from)
}

fn odd_root(value: &Sum, index: i64) -> Result<Sum> {
    match value.rational() {
        Some(number) if number.is_negative() => Ok(Sum::from(-number).power(&ratio(1, index))?.negated()),
        _ => value.power(&ratio(1, index)),
    }
}

/// A number to be rounded: rational, or near enough to tell.
fn rounding(value: &Sum) -> Result<Rational> {
    if let Some(number) = value.rational() {
        return Ok(number);
    }
    let near = value.approximate().and_then(Rational::from_float);
    let clear =
        |number: &Rational| (number * whole(2) - (number * whole(2)).round()).abs() > ratio(1, 1_000_000_000);
    match near.filter(|number| clear(number) && number.abs() < whole(1_000_000)) {
        Some(number) => Ok(number),
        None => beyond(format!("{value} cannot be rounded here")),
    }
}

/// Calculates `1 + 1` only where there is something to calculate.
pub(super) fn constant(expr: &Expr, scope: &Scope) -> Result<Sum> {
    let value = expr.value(scope)?;
    match value.variables().first() {
        Some(name) => foreign(format!("`{name}` has no value")),
        None => Ok(value),
    }
}

impl Sum {
    /// Brought to the usual form where it was put together by hand.
    fn normal(self) -> Result<Self> {
        self.times(&Sum::from(Rational::one()))
    }
}
