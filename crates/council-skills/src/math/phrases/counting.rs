//! What is counted among whole numbers: the first primes, numbers of so many digits.

use super::Rules;
use super::arithmetic::remainder;
use super::integers::fibonacci;
use crate::math::answer::Answer;
use crate::math::number::whole;
use crate::math::theory::is_prime;

pub(super) const RULES: Rules = &[
    (
        "[the] {n} (number|term) (of|in) the fibonacci (sequence|series|numbers)",
        |found| fibonacci(found.place("n")?),
    ),
    ("[list] the first {n} (primes|prime numbers)", |found| {
        let n = found.count("n", 100)?;
        let primes: Vec<String> = (2_u64..)
            .filter(|number| is_prime(&(*number).into()).unwrap_or(false))
            .take(n as usize)
            .map(|number| number.to_string())
            .collect();
        Ok(Answer::text(primes.join(", "), format!("the first {n} primes")))
    }),
    (
        "how many {k} (digit|digits) (numbers|integers|natural numbers|positive integers) are [there] [that are] [evenly] (divisible by|multiples of) {m}",
        |found| {
            let (k, m) = (found.count("k", 15)?, found.count("m", 1_000_000_000)?.max(1));
            let (low, high) = (10_i64.pow(k.max(1) as u32 - 1), 10_i64.pow(k.max(1) as u32) - 1);
            let count = high / m - (low - 1) / m;
            Answer::rational(whole(count), format!("⌊{high} / {m}⌋ - ⌊{} / {m}⌋", low - 1))
        },
    ),
    (
        "(what remainder) does {a} leave (when|if) [it is] divided by {b}",
        remainder,
    ),
];
