//! Divisors, primes, remainders, digits.

use super::{Found, Rules};
use crate::math::answer::{Answer, READING};
use crate::math::number::{Rational, whole};
use crate::math::theory;
use crate::math::trouble::{Result, Trouble, beyond, foreign};
use num_bigint::BigInt;
use num_traits::{One, Signed, ToPrimitive, Zero};

pub(super) const RULES: Rules = &[
    (
        "[how many] [trailing] (zeros|zeroes) (does|do|are at the end of|are there at the end of|are in) {a} (!|factorial) [have|end with]",
        zeros_of_factorial,
    ),
    (
        "[how many] trailing (zeros|zeroes) (are in|are there in|does) {a} (!|factorial) [have|end with]",
        zeros_of_factorial,
    ),
    (
        "[the] (greatest|highest|largest) common (divisor|factor|denominator) (of|for|between) [the numbers] {list}",
        gcd,
    ),
    (
        "[the] (gcd|gcf|hcf) (of|for|between) [the numbers] {list} [using euclid|using euclid 's algorithm|using the euclidean algorithm|with euclid 's algorithm]",
        gcd,
    ),
    (
        "[the] (least|lowest|smallest) common (multiple|denominator) (of|for|between) [the numbers] {list}",
        lcm,
    ),
    ("[the] lcm (of|for|between) [the numbers] {list}", lcm),
    ("is {a} [a] prime [number] [or not|or composite]", prime),
    ("is [the number] {a} prime", prime),
    ("is {a} [a] composite [number]", |found| {
        let number = found.integer("a")?;
        let yes = number > BigInt::one() && !theory::is_prime(&number)?;
        Ok(yes_no(yes, format!("{number} is composite")))
    }),
    ("is {a} (even|an even number)", |found| {
        divisible(&found.integer("a")?, &BigInt::from(2), true)
    }),
    ("is {a} (odd|an odd number)", |found| {
        divisible(&found.integer("a")?, &BigInt::from(2), false)
    }),
    (
        "is {a} (even or odd|odd or even|an even or odd number|an odd or even number)",
        |found| {
            let number = found.integer("a")?;
            let even = (&number % 2_i32).is_zero();
            Ok(Answer::text(
                if even { "even" } else { "odd" },
                format!("{number} mod 2 = {}", u8::from(!even)),
            ))
        },
    ),
    ("is {a} (divisible by|a multiple of) {b}", |found| {
        divisible(&found.integer("a")?, &found.integer("b")?, true)
    }),
    ("is {b} a (factor|divisor) of {a}", |found| {
        divisible(&found.integer("a")?, &found.integer("b")?, true)
    }),
    ("does {b} divide {a} [evenly]", |found| {
        divisible(&found.integer("a")?, &found.integer("b")?, true)
    }),
    ("is {a} a power of two", |found| {
        let a = found.integer("a")?;
        let is = a.is_positive() && a.magnitude().count_ones() == 1;
        Ok(yes_no(is, format!("whether {a} is a power of two")))
    }),
    ("is {a} a perfect square", |found| {
        let number = found.integer("a")?;
        let root = if number.is_negative() {
            BigInt::zero()
        } else {
            number.sqrt()
        };
        let yes = &root * &root == number;
        Ok(yes_no(
            yes,
            if yes {
                format!("{number} = {root}^2")
            } else {
                format!("{number} is no square of a whole number")
            },
        ))
    }),
    (
        "[the] prime (factorization|factorisation|factors|decomposition) of {a}",
        |found| factor_number(&found.rational("a")?),
    ),
    (
        "(write|express) {a} as a product of [its] (primes|prime factors|prime numbers)",
        |found| factor_number(&found.rational("a")?),
    ),
    (
        "(factor|factorize|factorise) {a} into [its] (primes|prime factors)",
        |found| factor_number(&found.rational("a")?),
    ),
    (
        "[list] [all] [the] [positive] (divisors|factors) of {a}",
        divisors,
    ),
    (
        "list [all] [of] the [positive] (divisors|factors) of {a}",
        divisors,
    ),
    (
        "[the] (number|count) of [positive] (divisors|factors) of {a}",
        divisor_count,
    ),
    (
        "how many [positive] (divisors|factors) does {a} have",
        divisor_count,
    ),
    (
        "how many [positive] (divisors|factors) are there of {a}",
        divisor_count,
    ),
    (
        "[the] sum of [all] [the] [positive] (divisors|factors) of {a}",
        |found| {
            let all = theory::divisors(&found.integer("a")?)?;
            let sum: BigInt = all.iter().sum();
            Answer::rational(whole(sum), joined(&all, " + "))
        },
    ),
    ("{a} ^ {b} (mod|modulo) {m}", modular_power),
    ("{a} to the power [of] {b} (mod|modulo) {m}", modular_power),
    (
        "[the] remainder (when|of|if) {a} ^ {b} [is] divided by {m}",
        modular_power,
    ),
    (
        "[the] (modular|multiplicative) inverse of {a} (mod|modulo) {m}",
        inverse,
    ),
    ("[the] inverse of {a} (mod|modulo) {m}", inverse),
    ("[the] (last|units|unit) digit of {a} ^ {b}", |found| {
        let (a, b) = (found.integer("a")?, found.integer("b")?);
        modular(&a, &b, &BigInt::from(10))
    }),
    ("[the] {n} fibonacci [number]", |found| {
        fibonacci(found.place("n")?)
    }),
    ("[the] fibonacci [number] (of|f) {n}", |found| {
        fibonacci(found.place("n")?)
    }),
    ("fibonacci number {n}", |found| fibonacci(found.place("n")?)),
    ("[the] {n} prime [number]", |found| {
        let place = found.place("n")?;
        let primes = theory::primes(120_000);
        match usize::try_from(place - 1)
            .ok()
            .and_then(|place| primes.get(place))
        {
            Some(prime) => Answer::rational(whole(*prime as i64), format!("prime number {place}")),
            None => beyond("that prime is out of reach here"),
        }
    }),
    (
        "[the] (next|first|smallest) prime [number] (after|greater than|larger than|above|bigger than|following) {a}",
        |found| near_prime(found, 1),
    ),
    (
        "[the] (previous|last|largest|greatest) prime [number] (before|less than|smaller than|below|under) {a}",
        |found| near_prime(found, -1),
    ),
    (
        "how many (primes|prime numbers) are [there] (below|under|less than|smaller than) {a}",
        |found| prime_count(found, false),
    ),
    (
        "how many (primes|prime numbers) [are] [there] [are] (up to|at most|not greater than|not exceeding) {a}",
        |found| prime_count(found, true),
    ),
    (
        "[list] [all] [the] (primes|prime numbers) (below|under|less than|smaller than) {a}",
        |found| {
            let most = found.count("a", 2_000)?;
            let all: Vec<BigInt> = theory::primes(usize::try_from(most - 1).unwrap_or(0))
                .into_iter()
                .map(BigInt::from)
                .collect();
            Ok(Answer::text(joined(&all, ", "), format!("primes below {most}")))
        },
    ),
    (
        "[list] [all] [the] (primes|prime numbers) between {a} and {b}",
        |found| {
            let (a, b) = (found.count("a", 20_000)?, found.count("b", 20_000)?);
            let all: Vec<BigInt> = theory::primes(b as usize)
                .into_iter()
                .filter(|prime| *prime as i64 >= a)
                .map(BigInt::from)
                .collect();
            if all.len() > 400 || all.is_empty() {
                return beyond("there are too many or none");
            }
            Ok(Answer::text(
                joined(&all, ", "),
                format!("primes from {a} to {b}"),
            ))
        },
    ),
    (
        "[euler 's] [the] (totient|phi|totient function) of {a}",
        |found| {
            let number = found.integer("a")?.to_u64();
            let Some(number) = number.filter(|number| *number > 0) else {
                return foreign("no positive number");
            };
            Answer::rational(whole(theory::totient(number)?), format!("φ({number})"))
        },
    ),
    (
        "how many (digits) (are in|does|are there in) {a} [have]",
        |found| {
            let number = found.integer("a")?;
            let digits = number.abs().to_string().len();
            Ok(Answer::rational(
                whole(digits as i64),
                format!("the number of digits of {}", found.words("a")),
            )?
            .sure(READING))
        },
    ),
    ("[the] sum of the digits of {a}", |found| {
        let digits = found.integer("a")?.abs().to_string();
        let sum = digits.bytes().map(|digit| i64::from(digit - b'0')).sum::<i64>();
        let read = digits.chars().map(String::from).collect::<Vec<_>>().join(" + ");
        Answer::rational(whole(sum), read)
    }),
    (
        "[the] (largest|greatest|biggest|highest) prime (factor|divisor) of {a}",
        |found| prime_factor(found, true),
    ),
    (
        "[the] (smallest|least|lowest) prime (factor|divisor) of {a}",
        |found| prime_factor(found, false),
    ),
];

fn joined(numbers: &[BigInt], sign: &str) -> String {
    numbers
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(sign)
}

fn yes_no(yes: bool, step: String) -> Answer {
    Answer::text(if yes { "yes" } else { "no" }, step.clone())
        .lead(if yes { "Yes" } else { "No" })
        .step(step)
}

fn gcd(found: &Found<'_>) -> Result<Answer> {
    let numbers = found.list("list")?;
    Answer::rational(
        whole(theory::gcd(&numbers)?),
        format!("gcd({})", super::listed(&numbers)),
    )
}

fn lcm(found: &Found<'_>) -> Result<Answer> {
    let numbers = found.list("list")?;
    Answer::rational(
        whole(theory::lcm(&numbers)?),
        format!("lcm({})", super::listed(&numbers)),
    )
}

fn prime(found: &Found<'_>) -> Result<Answer> {
    let number = found.integer("a")?;
    let yes = theory::is_prime(&number)?;
    let step = if yes {
        format!("{number} has no divisors but 1 and itself")
    } else {
        match theory::factors(&number) {
            Ok(factors) if number > BigInt::one() => format!("{number} = {}", product(&factors)),
            _ => format!("{number} is not prime"),
        }
    };
    Ok(yes_no(yes, step))
}

fn divisible(number: &BigInt, divisor: &BigInt, wanted: bool) -> Result<Answer> {
    if divisor.is_zero() {
        return Err(Trouble::Undefined("nothing is divisible by 0".to_owned()));
    }
    let rest = number % divisor;
    Ok(yes_no(
        rest.is_zero() == wanted,
        format!(
            "{number} mod {divisor} = {}",
            if rest.is_negative() {
                rest + divisor.abs()
            } else {
                rest
            }
        ),
    ))
}

fn product(factors: &[(BigInt, u32)]) -> String {
    let each: Vec<String> = factors
        .iter()
        .map(|(prime, times)| {
            if *times == 1 {
                prime.to_string()
            } else {
                format!("{prime}^{times}")
            }
        })
        .collect();
    each.join(" * ")
}

/// The prime factorisation of a whole number.
pub(super) fn factor_number(number: &Rational) -> Result<Answer> {
    let number = theory::whole_number(number)?;
    if number <= BigInt::one() {
        return Err(Trouble::Undefined(format!("{number} has no prime factorisation")));
    }
    let text = product(&theory::factors(&number)?);
    Ok(
        Answer::text(text.clone(), format!("the prime factors of {number}"))
            .step(format!("{number} = {text}")),
    )
}

fn prime_factor(found: &Found<'_>, largest: bool) -> Result<Answer> {
    let number = found.integer("a")?;
    let factors = theory::factors(&number)?;
    let primes = factors.iter().map(|(prime, _)| prime);
    match if largest { primes.max() } else { primes.min() } {
        Some(prime) => Ok(
            Answer::rational(whole(prime.clone()), format!("a prime factor of {number}"))?
                .step(format!("{number} = {}", product(&factors))),
        ),
        None => Err(Trouble::Undefined("1 has no prime factor".to_owned())),
    }
}

fn divisors(found: &Found<'_>) -> Result<Answer> {
    let number = found.integer("a")?;
    if !number.is_positive() {
        return Err(Trouble::Undefined(
            "divisors are listed of positive numbers".to_owned(),
        ));
    }
    Ok(Answer::text(
        joined(&theory::divisors(&number)?, ", "),
        format!("the divisors of {number}"),
    ))
}

fn divisor_count(found: &Found<'_>) -> Result<Answer> {
    let number = found.integer("a")?;
    let factors = theory::factors(&number)?;
    let all = factors
        .iter()
        .fold(BigInt::one(), |all, (_, times)| all * (times + 1));
    Ok(
        Answer::rational(whole(all), format!("the number of divisors of {number}"))?
            .step(format!("{number} = {}", product(&factors))),
    )
}

fn modular_power(found: &Found<'_>) -> Result<Answer> {
    modular(&found.integer("a")?, &found.integer("b")?, &found.integer("m")?)
}

fn modular(base: &BigInt, exponent: &BigInt, modulus: &BigInt) -> Result<Answer> {
    if exponent.is_negative() && *modulus > BigInt::one() {
        let Some(inverse) = theory::inverse(base, modulus) else {
            return Err(Trouble::Undefined(format!(
                "{base} has no inverse modulo {modulus}"
            )));
        };
        let answer = modular(&inverse, &-exponent, modulus)?;
        return Ok(answer.step(format!("{inverse} is the inverse of {base} modulo {modulus}")));
    }
    if !modulus.is_positive() || exponent.is_negative() {
        return Err(Trouble::Undefined(
            "a modular power needs a positive modulus and an exponent of at least 0".to_owned(),
        ));
    }
    if modulus.bits() > 4_096 || exponent.bits() > 4_096 {
        return beyond("the numbers are too long");
    }
    Answer::rational(
        whole(base.modpow(exponent, modulus)),
        format!("{base}^{exponent} mod {modulus}"),
    )
}

fn inverse(found: &Found<'_>) -> Result<Answer> {
    let (number, modulus) = (found.integer("a")?, found.integer("m")?);
    if modulus <= BigInt::one() {
        return Err(Trouble::Undefined("a modulus is at least 2".to_owned()));
    }
    match theory::inverse(&number, &modulus) {
        Some(inverse) => Ok(
            Answer::rational(whole(inverse.clone()), format!("{number}^-1 mod {modulus}"))?
                .step(format!("{number} × {inverse} mod {modulus} = 1")),
        ),
        None => Ok(Answer::text("none", format!("{number}^-1 mod {modulus}"))
            .lead(format!("{number} has no inverse modulo {modulus}"))
            .step("they have a common divisor")),
    }
}

pub(super) fn fibonacci(place: i64) -> Result<Answer> {
    if !(0..=20_000).contains(&place) {
        return Err(Trouble::TooBig(
            "that Fibonacci number has too many digits to write out".to_owned(),
        ));
    }
    Ok(
        Answer::rational(whole(theory::fibonacci(place)), format!("F({place})"))?
            .step("with F(1) = F(2) = 1"),
    )
}

fn near_prime(found: &Found<'_>, step: i64) -> Result<Answer> {
    let start = found.integer("a")?;
    if start.bits() > 128 || start.is_negative() {
        return beyond("the number is too long");
    }
    let mut number = &start + step;
    while number > BigInt::one() {
        if theory::is_prime(&number)? {
            return Answer::rational(
                whole(number),
                format!("the prime {} {start}", if step > 0 { "after" } else { "before" }),
            );
        }
        number += step;
    }
    if step > 0 {
        return Answer::rational(whole(2), "the first prime");
    }
    Err(Trouble::Undefined(format!("there is no prime below {start}")))
}

fn prime_count(found: &Found<'_>, inclusive: bool) -> Result<Answer> {
    let most = found.count("a", 1_000_000)?;
    let most = if inclusive { most } else { most - 1 };
    let all = theory::primes(usize::try_from(most).unwrap_or(0)).len();
    Answer::rational(whole(all as i64), format!("the number of primes up to {most}"))
}

/// As often as 5 divides the numbers up to it.
fn zeros_of_factorial(found: &Found<'_>) -> Result<Answer> {
    let n = found.count("a", 1_000_000_000)?;
    let (mut rest, mut zeros, mut terms) = (n / 5, 0, Vec::new());
    while rest > 0 {
        zeros += rest;
        terms.push(rest.to_string());
        rest /= 5;
    }
    let read = if terms.is_empty() {
        "0".to_owned()
    } else {
        terms.join(" + ")
    };
    Ok(Answer::rational(whole(zeros), read)?.step(format!("how often 5 is a factor of {n}!")))
}
