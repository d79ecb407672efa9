//! Divisors, primes, remainders; ways to choose; bases; Roman numerals.

use super::{Found, Rules};
use crate::math::answer::{Answer, READING};
use crate::math::number::{self, Rational, count, whole};
use crate::math::theory;
use crate::math::trouble::{Result, Trouble, beyond, foreign};
use num_bigint::BigInt;
use num_traits::{Num, One, Signed, ToPrimitive, Zero};

pub(super) const RULES: Rules = &[
    (
        "[the] (greatest|highest|largest) common (divisor|factor|denominator) (of|for|between) [the numbers] {list}",
        gcd,
    ),
    ("[the] (gcd|gcf|hcf) (of|for|between) [the numbers] {list}", gcd),
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
        divisible(found.integer("a")?, &BigInt::from(2), true)
    }),
    ("is {a} (odd|an odd number)", |found| {
        divisible(found.integer("a")?, &BigInt::from(2), false)
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
        divisible(found.integer("a")?, &found.integer("b")?, true)
    }),
    ("is {b} a (factor|divisor) of {a}", |found| {
        divisible(found.integer("a")?, &found.integer("b")?, true)
    }),
    ("does {b} divide {a} [evenly]", |found| {
        divisible(found.integer("a")?, &found.integer("b")?, true)
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
    // Ways to choose.
    ("{n} choose {k}", |found| chosen(found, false)),
    ("{n} c {k}", |found| lettered(found, "C")),
    ("{n} p {k}", |found| lettered(found, "P")),
    ("{n} permute {k}", |found| chosen(found, true)),
    (
        "how many ways [are there] [can you|can i|can we|to|you can] [to] (choose|select|pick) {k} {what} (out of|from|from among|of) [a group of|a set of|a total of] {n} [{rest}]",
        |found| ways(found, false),
    ),
    (
        "[in] how many [different] ways [can|can you|can we|could] (choose|select|pick) {k} {what} (out of|from|from among|of) [a group of|a set of] {n} [{rest}]",
        |found| ways(found, false),
    ),
    (
        "[the] number of ways to (choose|select|pick) {k} {what} (out of|from|from among|of) [a group of|a set of] {n} [{rest}]",
        |found| ways(found, false),
    ),
    (
        "[in] how many [different] ways can {k} {what} be (chosen|selected|picked) (out of|from|from among|of) [a group of|a set of] {n} [{rest}]",
        |found| ways(found, false),
    ),
    (
        "[in] how many [different] ways can {n} [{d}] {what} be (arranged|ordered|lined up|seated|placed) [in a row|on a shelf|in a line|in order]",
        |found| arranged(found),
    ),
    (
        "[in] how many [different] ways can {n} {what} (sit|stand|line up) [in a row|in a line]",
        |found| arranged(found),
    ),
    (
        "how many (permutations|arrangements) (of|are there of) {n} [distinct|different] [{what}]",
        |found| arranged(found),
    ),
    (
        "[the] number of (permutations|arrangements) of {n} [distinct|different] [{what}]",
        |found| arranged(found),
    ),
    (
        "how many (combinations) of {k} [{what}] [can be made|can be chosen|are there] (from|out of) {n} [{rest}]",
        |found| ways(found, false),
    ),
    (
        "how many permutations of {k} [{what}] [can be made|are there] (from|out of) {n} [{rest}]",
        |found| ways(found, true),
    ),
    // Bases.
    (
        "[convert|change|write|express] [the] [decimal] [number] {a} (to|in|into|as) [a] binary [number]",
        |found| based(found, 2),
    ),
    (
        "[convert|change|write|express] [the] [decimal] [number] {a} (to|in|into|as) [a] octal [number]",
        |found| based(found, 8),
    ),
    (
        "[convert|change|write|express] [the] [decimal] [number] {a} (to|in|into|as) [a] (hexadecimal|hex) [number]",
        |found| based(found, 16),
    ),
    (
        "[convert|change|write|express] [the] [decimal] [number] {a} (to|in|into|as) base {n}",
        |found| {
            let base = found.count("n", 36)?;
            based(found, base)
        },
    ),
    (
        "[the] binary [representation|form] of [the number] {a}",
        |found| based(found, 2),
    ),
    (
        "[the] (hexadecimal|hex) [representation|form|value] of [the number] {a}",
        |found| based(found, 16),
    ),
    ("[the] octal [representation|form] of [the number] {a}", |found| {
        based(found, 8)
    }),
    (
        "[convert] [the] binary [number] {d} [to|in|into|as] [decimal|base 10|a decimal number]",
        |found| from_base(found, 2),
    ),
    (
        "[convert] [the] octal [number] {d} (to|in|into) (decimal|base 10)",
        |found| from_base(found, 8),
    ),
    (
        "[convert] [the] (hexadecimal|hex) [number] {d} (to|in|into) (decimal|base 10)",
        |found| from_base(found, 16),
    ),
    (
        "[convert] {d} (in|from) (binary|base 2) (to|in) (decimal|base 10)",
        |found| from_base(found, 2),
    ),
    (
        "[convert] {d} (in|from) (hexadecimal|hex|base 16) (to|in) (decimal|base 10)",
        |found| from_base(found, 16),
    ),
    (
        "[convert] {d} (in|from) (octal|base 8) (to|in) (decimal|base 10)",
        |found| from_base(found, 8),
    ),
    (
        "[convert] {d} (in|from) base {n} (to|in) (decimal|base 10)",
        |found| {
            let base = found.count("n", 36)?;
            from_base(found, base as u32)
        },
    ),
    ("[convert] {a} (to|in|into|as) (decimal|base 10)", |found| {
        if !found.words("a").starts_with('0') || found.words("a").len() < 3 {
            return foreign("no number with 0x, 0b or 0o");
        }
        Answer::number(&found.value("a")?, found.words("a"))
    }),
    // Roman numerals.
    (
        "[convert|write|express|change] [the number] {a} (in|to|as|into) [a] roman (numerals|numeral)",
        |found| {
            let number = found.count("a", 3_999)?;
            match theory::roman(number) {
                Some(text) => Ok(Answer::text(text, format!("{number} in Roman numerals"))),
                None => beyond("Roman numerals begin at 1"),
            }
        },
    ),
    ("[the] roman (numeral|numerals) for {a}", |found| {
        let number = found.count("a", 3_999)?;
        theory::roman(number).map_or_else(
            || foreign("no number"),
            |text| Ok(Answer::text(text, format!("{number} in Roman numerals"))),
        )
    }),
    (
        "[number] [is] [represented by] [the] roman (numeral|numerals) {d} [to|in|as|equal] [a] [number|decimal|arabic numerals|arabic|arabic numeral|digits]",
        roman,
    ),
    (
        "[convert] {d} (from roman numerals|in roman numerals|from roman) (to|as|in|into) (a number|decimal|arabic numerals|arabic|numbers)",
        roman,
    ),
    ("[the] value of [the] roman (numeral|numerals) {d}", roman),
    (
        "(does|is) [the] roman (numeral|numerals) {d} (mean|represent|stand for|equal)",
        roman,
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

fn divisible(number: BigInt, divisor: &BigInt, wanted: bool) -> Result<Answer> {
    if divisor.is_zero() {
        return Err(Trouble::Undefined("nothing is divisible by 0".to_owned()));
    }
    let rest = &number % divisor;
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

fn fibonacci(place: i64) -> Result<Answer> {
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

fn chosen(found: &Found<'_>, ordered: bool) -> Result<Answer> {
    let (n, k) = (found.count("n", 5_000)?, found.count("k", 5_000)?);
    number_of_ways(n, k, ordered)
}

/// `5P2`, `10 C 4`.
fn lettered(found: &Found<'_>, letter: &str) -> Result<Answer> {
    let numbers = found.span("n").len() == 1 && found.span("k").len() == 1;
    if !numbers || !found.tokens.iter().any(|token| token.source == letter) {
        return foreign(format!("numbers on both sides of {letter} are needed"));
    }
    chosen(found, letter == "P")
}

fn number_of_ways(n: i64, k: i64, ordered: bool) -> Result<Answer> {
    let (ways, name) = if ordered {
        (theory::permute(n, k), "P")
    } else {
        (theory::choose(n, k), "C")
    };
    let formula = if ordered {
        format!("{n}! / ({n} - {k})!")
    } else {
        format!("{n}! / ({k}! × ({n} - {k})!)")
    };
    Ok(
        Answer::rational(number::bounded(whole(ways))?, format!("{name}({n}, {k})"))?
            .step(format!("{name}({n}, {k}) = {formula}")),
    )
}

/// Plain things: one to three words, and no more conditions.
fn things(found: &Found<'_>, name: &str) -> Result<()> {
    const CONDITIONS: [&str; 16] = [
        "if",
        "with",
        "without",
        "repetition",
        "replacement",
        "order",
        "must",
        "not",
        "and",
        "or",
        "circle",
        "round",
        "table",
        "letters",
        "together",
        "identical",
    ];
    let span = found.span(name);
    let plain = span
        .iter()
        .all(|token| token.is_word() && !CONDITIONS.contains(&token.lower.as_str()));
    if plain && span.len() <= 3 {
        Ok(())
    } else {
        foreign(format!("`{}` may be a condition", found.words(name)))
    }
}

fn ways(found: &Found<'_>, ordered: bool) -> Result<Answer> {
    things(found, "what")?;
    things(found, "rest")?;
    // A president and a treasurer, or first and second place, are not alike.
    let (n, k) = (found.count("n", 5_000)?, found.count("k", 5_000)?);
    Ok(number_of_ways(n, k, ordered)?.sure(READING))
}

fn arranged(found: &Found<'_>) -> Result<Answer> {
    things(found, "what")?;
    things(found, "d")?;
    let n = count(&found.rational("n")?, "the number of things", 2_000)?;
    Ok(Answer::rational(whole(number::factorial(&n.into())?), format!("{n}!"))?.sure(READING))
}

fn based(found: &Found<'_>, base: i64) -> Result<Answer> {
    let number = found.integer("a")?;
    if !(2..=36).contains(&base) {
        return Err(Trouble::Undefined(format!(
            "there is no base {base} here; it must be from 2 to 36"
        )));
    }
    let text = number.to_str_radix(base as u32).to_uppercase();
    Ok(Answer::text(text, format!("{number} in base {base}")))
}

fn from_base(found: &Found<'_>, base: u32) -> Result<Answer> {
    let text: String = found
        .span("d")
        .iter()
        .map(|token| token.source.as_str())
        .collect();
    let digits = match base {
        2 => text.strip_prefix("0b"),
        8 => text.strip_prefix("0o"),
        16 => text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")),
        _ => None,
    }
    .unwrap_or(&text);
    if !(2..=36).contains(&base) || digits.len() > 400 || digits.starts_with(['-', '+']) {
        return foreign("no number in that base");
    }
    match BigInt::from_str_radix(digits, base) {
        Ok(number) => Answer::rational(whole(number), format!("{text} in base {base}")),
        Err(_) => Err(Trouble::Undefined(format!(
            "`{text}` is no number in base {base}"
        ))),
    }
}

fn roman(found: &Found<'_>) -> Result<Answer> {
    let [token] = found.span("d") else {
        return foreign("a Roman numeral is one word");
    };
    match theory::from_roman(&token.source) {
        Some(number) => Answer::rational(
            whole(number),
            format!("{} as a Roman numeral", token.source.to_uppercase()),
        ),
        None => Err(Trouble::Undefined(format!(
            "`{}` is no well-formed Roman numeral",
            token.source
        ))),
    }
}
