//! Whole numbers: divisors, primes, remainders; ways to choose.

use super::number::{Rational, exact, integer};
use super::sum::prime_factors;
use super::trouble::{Result, Trouble, beyond};
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// Longest number that is factored, in bits, and the most divisors that are listed.
const FACTORED_BITS: u64 = 160;
const MAX_DIVISORS: usize = 2_000;

/// The integer that a number must be.
pub(super) fn whole_number(number: &Rational) -> Result<BigInt> {
    integer(number).ok_or_else(|| Trouble::Undefined(format!("{} is not a whole number", exact(number))))
}

/// The remainder, with the sign of the divisor.
pub(super) fn modulo(left: &Rational, right: &Rational) -> Result<Rational> {
    if right.is_zero() {
        return Err(Trouble::Undefined(
            "a remainder of a division by zero is undefined".to_owned(),
        ));
    }
    Ok(left - (left / right).floor() * right)
}

/// The greatest common divisor.
pub(super) fn gcd(numbers: &[Rational]) -> Result<BigInt> {
    numbers
        .iter()
        .try_fold(BigInt::zero(), |gcd, number| Ok(gcd.gcd(&whole_number(number)?)))
}

/// The least common multiple.
pub(super) fn lcm(numbers: &[Rational]) -> Result<BigInt> {
    numbers.iter().try_fold(BigInt::one(), |lcm, number| {
        let lcm = lcm.lcm(&whole_number(number)?);
        if lcm.bits() > super::number::MAX_BITS {
            beyond("the least common multiple is too long")
        } else {
            Ok(lcm)
        }
    })
}

/// Whether a number is prime: exactly below 2^64, by Miller and Rabin's test with the first 40 primes above.
pub(super) fn is_prime(number: &BigInt) -> Result<bool> {
    const BASES: [u32; 40] = [
        2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101,
        103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 173,
    ];
    if number.bits() > 2_048 {
        return beyond("a number of more than 2048 bits is not tested");
    }
    let two = BigInt::from(2);
    if *number < two {
        return Ok(false);
    }
    for base in BASES {
        let base = BigInt::from(base);
        if *number == base {
            return Ok(true);
        }
        if (number % &base).is_zero() {
            return Ok(false);
        }
    }
    let one = BigInt::one();
    let less: BigInt = number - &one;
    let twos = less.trailing_zeros().unwrap_or(0);
    let odd: BigInt = &less >> twos;
    Ok(BASES.iter().all(|base| {
        let mut power = BigInt::from(*base).modpow(&odd, number);
        if power == one || power == less {
            return true;
        }
        for _ in 1..twos {
            power = power.modpow(&two, number);
            if power == less {
                return true;
            }
        }
        false
    }))
}

/// The primes of a positive number, all of them.
pub(super) fn factors(number: &BigInt) -> Result<Vec<(BigInt, u32)>> {
    if !number.is_positive() {
        return Err(Trouble::Undefined(format!("{number} has no prime factorisation")));
    }
    if number.bits() > FACTORED_BITS {
        return beyond("the number is too long to be factored");
    }
    let (found, unsure) = prime_factors(number);
    if unsure {
        for (factor, _) in &found {
            if !is_prime(factor)? {
                return beyond(format!("{factor} has no small factor, and is not prime"));
            }
        }
    }
    Ok(found)
}

/// Every positive divisor, in order.
pub(super) fn divisors(number: &BigInt) -> Result<Vec<BigInt>> {
    let mut all = vec![BigInt::one()];
    for (prime, times) in factors(&number.abs())? {
        let known = all.clone();
        let mut power = BigInt::one();
        for _ in 0..times {
            power *= &prime;
            all.extend(known.iter().map(|divisor| divisor * &power));
        }
        if all.len() > MAX_DIVISORS {
            return beyond("there are too many divisors to list");
        }
    }
    all.sort();
    Ok(all)
}

/// Euler's function.
pub(super) fn totient(number: u64) -> Result<u64> {
    let mut phi = number;
    for (prime, _) in factors(&BigInt::from(number))? {
        let prime = prime.to_u64().unwrap_or(1);
        phi = phi / prime * (prime - 1);
    }
    Ok(phi)
}

/// The inverse modulo a number, if there is one.
pub(super) fn inverse(number: &BigInt, modulus: &BigInt) -> Option<BigInt> {
    let found = number.extended_gcd(modulus);
    found.gcd.is_one().then(|| found.x.mod_floor(modulus))
}

/// How many ways there are to choose `k` of `n`.
pub(super) fn choose(n: i64, k: i64) -> BigInt {
    if k > n {
        return BigInt::zero();
    }
    let k = k.min(n - k);
    (1..=k).fold(BigInt::one(), |ways, step| ways * (n - k + step) / step)
}

/// How many ways there are to choose `k` of `n` in order.
pub(super) fn permute(n: i64, k: i64) -> BigInt {
    if k > n {
        return BigInt::zero();
    }
    (n - k + 1..=n).fold(BigInt::one(), |ways, factor| ways * factor)
}

/// The Fibonacci number, the first and second being 1.
pub(super) fn fibonacci(place: i64) -> BigInt {
    let (mut now, mut next) = (BigInt::zero(), BigInt::one());
    for _ in 0..place {
        let sum = &now + &next;
        now = std::mem::replace(&mut next, sum);
    }
    now
}

/// The primes below and including a number.
pub(super) fn primes(most: usize) -> Vec<usize> {
    let mut composite = vec![false; most + 1];
    let mut primes = Vec::new();
    for number in 2..=most {
        if !composite[number] {
            primes.push(number);
            let mut multiple = number * number;
            while multiple <= most {
                composite[multiple] = true;
                multiple += number;
            }
        }
    }
    primes
}

const NUMERALS: [(i64, &str); 13] = [
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
];

/// In Roman numerals, from 1 to 3999.
pub(super) fn roman(mut number: i64) -> Option<String> {
    if !(1..=3_999).contains(&number) {
        return None;
    }
    let mut text = String::new();
    for (value, letters) in NUMERALS {
        while number >= value {
            text.push_str(letters);
            number -= value;
        }
    }
    Some(text)
}

/// The number of a well-formed Roman numeral.
pub(super) fn from_roman(text: &str) -> Option<i64> {
    let upper = text.to_ascii_uppercase();
    let mut rest = upper.as_str();
    let mut number = 0;
    for (value, letters) in NUMERALS {
        while let Some(after) = rest.strip_prefix(letters) {
            number += value;
            rest = after;
            if number > 3_999 {
                return None;
            }
        }
    }
    (rest.is_empty() && roman(number).as_deref() == Some(upper.as_str())).then_some(number)
}
