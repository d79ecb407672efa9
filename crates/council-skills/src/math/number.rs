//! Exact numbers: how they are read, bounded and written.

use super::trouble::Trouble;
use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Pow, Signed, ToPrimitive, Zero};

/// A fraction of two integers of any length.
pub(super) type Rational = BigRational;

/// Longest integer that is computed, in bits: about 12,000 digits.
pub(super) const MAX_BITS: u64 = 40_000;

/// Digits of a rounded decimal.
pub(super) const SIGNIFICANT: usize = 12;

/// Decimal places up to which a finite decimal is written as one.
const LONGEST_DECIMAL: usize = 20;

/// An integer as a fraction.
pub(super) fn whole(number: impl Into<BigInt>) -> Rational {
    Rational::from_integer(number.into())
}

/// A small fraction.
pub(super) fn ratio(numerator: i64, denominator: i64) -> Rational {
    Rational::new(numerator.into(), denominator.into())
}

/// The integer that a fraction is, if it is one.
pub(super) fn integer(number: &Rational) -> Option<BigInt> {
    number.is_integer().then(|| number.to_integer())
}

/// The small integer that a fraction is, if it is one.
pub(super) fn small(number: &Rational) -> Option<i64> {
    integer(number)?.to_i64()
}

/// An integer that stands for an amount, at most `most`.
///
/// # Errors
/// Says `what` must be a whole number in the range.
pub(super) fn count(number: &Rational, what: &str, most: i64) -> Result<i64, Trouble> {
    match small(number) {
        Some(count) if (0..=most).contains(&count) => Ok(count),
        _ => Err(Trouble::Undefined(format!(
            "{what} must be a whole number from 0 to {most}, not {}",
            exact(number)
        ))),
    }
}

/// Passes a number on unless it is too long.
pub(super) fn bounded(number: Rational) -> Result<Rational, Trouble> {
    let bits = number.numer().bits().max(number.denom().bits());
    if bits > MAX_BITS {
        return Err(Trouble::TooBig(format!(
            "the number has about {} digits, too many to write out",
            bits * 30_103 / 100_000
        )));
    }
    Ok(number)
}

/// An integer power, unless the result would be too long.
pub(super) fn power(base: &Rational, exponent: &BigInt) -> Result<Rational, Trouble> {
    if base.is_zero() && !exponent.is_positive() {
        let what = if exponent.is_zero() {
            "0 to the power of 0"
        } else {
            "division by zero"
        };
        return Err(Trouble::Undefined(format!("{what} is undefined")));
    }
    if base.is_one() || exponent.is_zero() {
        return Ok(Rational::one());
    }
    if (-base).is_one() {
        return Ok(if exponent.is_even() {
            Rational::one()
        } else {
            base.clone()
        });
    }
    if base.is_zero() {
        return Ok(Rational::zero());
    }
    let bits = base.numer().bits().max(base.denom().bits());
    let times = exponent
        .abs()
        .to_u64()
        .filter(|times| times.saturating_mul(bits.max(2) - 1) <= MAX_BITS);
    let Some(times) = times.and_then(|times| u32::try_from(times).ok()) else {
        return Err(Trouble::TooBig(format!(
            "{} to the power of {exponent} has too many digits to write out",
            exact(base)
        )));
    };
    let raised = Rational::new_raw(base.numer().pow(times), base.denom().pow(times));
    bounded(if exponent.is_negative() {
        raised.recip()
    } else {
        raised
    })
}

/// `n!`, unless it would be too long.
pub(super) fn factorial(n: &BigInt) -> Result<BigInt, Trouble> {
    if n.is_negative() {
        return Err(Trouble::Undefined(format!("the factorial of {n} is undefined")));
    }
    // 3,000! has 30,000 bits.
    let Some(n) = n.to_u32().filter(|n| *n <= 3_000) else {
        return Err(Trouble::TooBig(format!("{n}! has too many digits to write out")));
    };
    Ok((2..=n).fold(BigInt::one(), |product, factor| product * factor))
}

/// How many times 2 and 5 go into the denominator: the places of the finite decimal, if it is one.
fn places(number: &Rational) -> Option<usize> {
    let mut rest = number.denom().clone();
    let mut most = 0;
    for prime in [2, 5] {
        let prime = BigInt::from(prime);
        let mut times = 0;
        while times <= LONGEST_DECIMAL && (&rest % &prime).is_zero() {
            rest /= &prime;
            times += 1;
        }
        most = most.max(times);
    }
    (rest.is_one() && most <= LONGEST_DECIMAL).then_some(most)
}

/// Rounded to so many decimal places, halves away from zero; with all its zeros.
pub(super) fn fixed(number: &Rational, places: usize) -> String {
    let scale: BigInt = Pow::pow(BigInt::from(10), places);
    let scaled = (number * Rational::from_integer(scale)).round().to_integer();
    let negative = scaled.sign() == Sign::Minus;
    let digits = scaled.abs().to_string();
    let padded = format!("{digits:0>width$}", width = places + 1);
    let (before, after) = padded.split_at(padded.len() - places);
    let point = if places > 0 { "." } else { "" };
    format!("{}{before}{point}{after}", if negative { "-" } else { "" })
}

/// A fraction without loss: an integer, a finite decimal, or `n/d`.
pub(super) fn exact(number: &Rational) -> String {
    match places(number) {
        Some(places) => fixed(number, places),
        None => fraction(number),
    }
}

/// As `n/d`, or an integer.
pub(super) fn fraction(number: &Rational) -> String {
    if number.is_integer() {
        number.numer().to_string()
    } else {
        format!("{}/{}", number.numer(), number.denom())
    }
}

/// Whether [`exact`] writes it without a fraction line.
pub(super) fn is_decimal(number: &Rational) -> bool {
    places(number).is_some()
}

/// Rounded to so many significant digits, without trailing zeros.
pub(super) fn rounded(number: &Rational, significant: usize) -> String {
    if number.is_zero() {
        return "0".to_owned();
    }
    let size = magnitude(number);
    let wanted = significant as i64 - 1 - size;
    if !(0..=400).contains(&wanted) {
        // Too small or too large to be written in full: mantissa and exponent.
        let shift = BigInt::from(10).pow(u32::try_from(size.abs()).unwrap_or(u32::MAX).min(20_000));
        let mantissa = if size >= 0 {
            number / Rational::from_integer(shift)
        } else {
            number * Rational::from_integer(shift)
        };
        return format!("{} × 10^{size}", trimmed(&fixed(&mantissa, significant - 1)));
    }

    trimmed(&fixed(number, wanted as usize))
}

/// The power of ten of the first digit.
fn magnitude(number: &Rational) -> i64 {
    let length = |n: &BigInt| n.bits() as f64 * std::f64::consts::LOG10_2;
    let guess = (length(number.numer()) - length(number.denom())).floor() as i64;
    let ten = |power: i64| {
        let raised = BigInt::from(10).pow(u32::try_from(power.abs()).unwrap_or(u32::MAX).min(40_000));
        let raised = Rational::from_integer(raised);
        if power < 0 { raised.recip() } else { raised }
    };
    let size = number.abs();
    // The guess is off by one at most.
    (guess - 1..=guess + 2)
        .rev()
        .find(|power| ten(*power) <= size)
        .unwrap_or(guess)
}

/// Without the zeros after the point.
fn trimmed(decimal: &str) -> String {
    if decimal.contains('.') {
        decimal.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        decimal.to_owned()
    }
}

/// The nearest of 64 bits, where it is finite.
pub(super) fn float(number: &Rational) -> Option<f64> {
    number.to_f64().filter(|float| float.is_finite())
}

#[cfg(test)]
mod tests;
