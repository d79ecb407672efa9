//! Powers and roots of sums.

use super::{Atom, Base, Product, Sum};
use crate::math::number::{Rational, small, whole};
use crate::math::trouble::{Result, Trouble, beyond};
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::collections::BTreeMap;

/// Divisors are tried up to here.
const TRIAL: u32 = 60_000;

/// Largest power to which a sum is multiplied out.
const EXPANDED: i64 = 40;

/// The primes of a positive integer with their exponents; what has no small factor stays whole, and the flag says
/// whether such a rest may be composite.
pub(in crate::math) fn prime_factors(number: &BigInt) -> (Vec<(BigInt, u32)>, bool) {
    let mut rest = number.clone();
    let mut factors = Vec::new();
    let mut divide = |rest: &mut BigInt, prime: u32| {
        let mut times = 0;
        let divisor = BigInt::from(prime);
        loop {
            let (quotient, left) = rest.div_rem(&divisor);
            if !left.is_zero() {
                break;
            }
            *rest = quotient;
            times += 1;
        }
        if times > 0 {
            factors.push((divisor, times));
        }
    };
    divide(&mut rest, 2);
    let mut prime = 3;
    // Long numbers are tried with fewer divisors: each division costs more.
    let most = if rest.bits() > 2_000 { 2_000 } else { TRIAL };
    while prime < most && !rest.is_one() {
        if let Some(small) = rest.to_u64() {
            if u64::from(prime) * u64::from(prime) > small {
                break;
            }
            if small % u64::from(prime) != 0 {
                prime += 2;
                continue;
            }
        }
        divide(&mut rest, prime);
        prime += 2;
    }
    let mut unsure = false;
    if !rest.is_one() {
        let limit = BigInt::from(prime) * BigInt::from(prime);
        unsure = rest >= limit;
        let root = rest.sqrt();
        if &root * &root == rest {
            unsure = root >= limit;
            factors.push((root, 2));
        } else {
            factors.push((rest, 1));
        }
    }
    (factors, unsure)
}

/// A constant to the power of a sum.
pub(in crate::math) fn raise(base: &Base, exponent: &Sum) -> Result<Sum> {
    if exponent.is_zero() {
        return Ok(Sum::int(1));
    }
    if let (Base::Number(number), Some(power)) = (base, exponent.rational()) {
        return Sum::from(number.clone()).power(&power);
    }
    // e^(ln x) is x.
    if *base == Base::E
        && let Some((product, coefficient)) = exponent.term()
        && product.0.len() == 1
        && let Some((Atom::Call(super::Function::Ln, inner), power)) = product.0.first_key_value()
        && power.is_one()
    {
        return inner.power(coefficient);
    }
    Ok(Atom::Raise(base.clone(), exponent.clone()).into())
}

impl Sum {
    /// To a rational power.
    pub(in crate::math) fn power(&self, exponent: &Rational) -> Result<Self> {
        if exponent.is_one() {
            return Ok(self.clone());
        }
        if self.is_zero() {
            return if exponent.is_positive() {
                Ok(Self::default())
            } else if exponent.is_zero() {
                Err(Trouble::Undefined("0 to the power of 0 is undefined".to_owned()))
            } else {
                Err(Trouble::Undefined("division by zero is undefined".to_owned()))
            };
        }
        if exponent.is_zero() {
            return Ok(Self::int(1));
        }
        match self.term() {
            Some((product, coefficient)) => product_power(product, coefficient, exponent),
            None => self.group_power(exponent),
        }
    }

    fn group_power(&self, exponent: &Rational) -> Result<Self> {
        if let Some(times) = small(exponent).filter(|times| (1..=EXPANDED).contains(times)) {
            let mut result = self.clone();
            for _ in 1..times {
                result = result.times(self)?;
            }
            return Ok(result);
        }
        if exponent.is_integer()
            && exponent.is_negative()
            && let Some(inverse) = self.conjugate()?
        {
            return inverse.power(&-exponent);
        }
        // What all terms share goes out, so that 1/(2x + 2) is 1/2 of 1/(x + 1).
        let content = self.content();
        let group = self.scaled(&content.recip());
        let factor = if exponent.is_integer() || content.is_positive() {
            Self::from(content).power(exponent)?
        } else {
            return Ok(Self::single(
                Rational::one(),
                Atom::Group(self.clone()),
                exponent.clone(),
            ));
        };
        factor.times(&Self::single(
            Rational::one(),
            Atom::Group(group),
            exponent.clone(),
        ))
    }

    /// 1/(a + b√c) with a rational denominator.
    fn conjugate(&self) -> Result<Option<Self>> {
        let numeric = self.0.keys().all(|product| {
            product
                .0
                .keys()
                .all(|atom| matches!(atom, Atom::Root(_) | Atom::Imaginary))
        });
        if !numeric || self.0.len() != 2 {
            return Ok(None);
        }
        let mut other = self.clone();
        let Some(last) = other.0.keys().next_back().cloned() else {
            return Ok(None);
        };
        if let Some(coefficient) = other.0.get_mut(&last) {
            *coefficient = -coefficient.clone();
        }
        let below = self.times(&other)?.rational().filter(|below| !below.is_zero());
        Ok(below.map(|below| other.scaled(&below.recip())))
    }

    /// The greatest rational number that leaves whole coefficients, with the sign of the leading term.
    pub(in crate::math) fn content(&self) -> Rational {
        let mut above = BigInt::zero();
        let mut below = BigInt::one();
        for coefficient in self.0.values() {
            above = above.gcd(coefficient.numer());
            below = below.lcm(coefficient.denom());
        }
        if above.is_zero() {
            return Rational::one();
        }
        let content = Rational::new(above, below);
        let leads = self.leading().is_some_and(Signed::is_negative);
        if leads { -content } else { content }
    }
}

/// A term to a power.
fn product_power(product: &Product, coefficient: &Rational, exponent: &Rational) -> Result<Sum> {
    if exponent.is_integer() {
        let power = exponent.to_integer();
        let mut sum: Sum = crate::math::number::power(coefficient, &power)?.into();
        for (atom, place) in &product.0 {
            let total = place * exponent;
            let factor = match atom {
                Atom::Root(_) | Atom::Imaginary => {
                    let mut single = Product::default();
                    let out = single.push(atom, &total)?;
                    let mut factor = Sum::default();
                    factor.push(single, out);
                    factor
                }
                Atom::Raise(base, inner) => raise(base, &inner.scaled(&total))?,
                Atom::Group(inner) if total.is_integer() => inner.power(&total)?,
                Atom::Pi | Atom::Variable(_) | Atom::Call(..) | Atom::Group(_) => {
                    Sum::single(Rational::one(), atom.clone(), total)
                }
            };
            sum = sum.times(&factor)?;
        }
        return Ok(sum);
    }
    if product.0.contains_key(&Atom::Imaginary) {
        return beyond("a root of a complex number");
    }
    let number = root_of(coefficient, exponent)?;
    if product.0.is_empty() {
        return Ok(number);
    }
    let mut sum = number;
    for (atom, place) in &product.0 {
        let total = place * exponent;
        let factor = match atom {
            Atom::Root(_) => {
                let mut single = Product::default();
                let out = single.push(atom, &total)?;
                let mut factor = Sum::default();
                factor.push(single, out);
                factor
            }
            Atom::Raise(base, inner) => raise(base, &inner.scaled(&total))?,
            Atom::Pi => Sum::single(Rational::one(), Atom::Pi, total),
            // √(x²) is |x|: nothing is drawn from an even power.
            Atom::Variable(_) | Atom::Group(_) | Atom::Call(..)
                if product.0.len() == 1
                    && (place.is_one() || !place.numer().is_even())
                    && coefficient.is_positive() =>
            {
                Sum::single(Rational::one(), atom.clone(), total)
            }
            Atom::Variable(_) | Atom::Group(_) | Atom::Call(..) | Atom::Imaginary => {
                return beyond("a root of a product with variables");
            }
        };
        sum = sum.times(&factor)?;
    }
    Ok(sum)
}

/// A root of a rational number: exact, with primes under the roots.
fn root_of(number: &Rational, exponent: &Rational) -> Result<Sum> {
    if number.is_one() {
        return Ok(Sum::int(1));
    }
    if number.is_negative() {
        if *exponent.denom() == BigInt::from(2) {
            let turn = exponent.numer();
            let real = root_of(&-number, exponent)?;
            return real.times(&Sum::from(Atom::Imaginary).power(&Rational::from_integer(turn.clone()))?);
        }
        return Err(Trouble::Ambiguous(
            "a fractional power of a negative number has a real and a complex value".to_owned(),
        ));
    }
    if exponent.denom() > &BigInt::from(1_000) || exponent.numer().abs() > BigInt::from(100_000) {
        return beyond("a power with a long exponent");
    }
    let mut sum = Sum::int(1);
    let signed = [(number.numer(), exponent.clone()), (number.denom(), -exponent)];
    for (part, power) in signed {
        if part.is_one() {
            continue;
        }
        for (prime, times) in prime_factors(part).0 {
            let mut product = Product(BTreeMap::new());
            let out = product.push(&Atom::Root(prime), &(whole(times) * &power))?;
            let mut factor = Sum::default();
            factor.push(product, out);
            sum = sum.times(&factor)?;
        }
    }
    Ok(sum)
}
