//! Sequences: their terms, how they go on, and their sums.

use super::{Found, Rules, listed};
use crate::math::answer::{Answer, READING};
use crate::math::number::{Rational, exact, whole};
use crate::math::trouble::{Result, Trouble, beyond, foreign};
use num_traits::Zero;

pub(super) const RULES: Rules = &[
    (
        "[the] {n} term (of|in) [the] [arithmetic|geometric] (sequence|series|progression) [:] {list} [,] [...|. . .]",
        term,
    ),
    (
        "[the] {n} term (of|in) an arithmetic (sequence|progression) (with|whose|where) [the] [a] first term [is|of] {a} and [a] common difference [is|of] {d}",
        |found| arithmetic_term(found),
    ),
    (
        "[the] {n} term (of|in) a geometric (sequence|progression) (with|whose|where) [the] [a] first term [is|of] {a} and [a] common ratio [is|of] {d}",
        |found| geometric_term(found),
    ),
    (
        "(comes next|number comes next|is the next number|is the next term|should come next|the next number|the next term|next number|next term|next) [in|of] [the|this] [sequence|series|pattern|list] [:|?|,] {list} [,] [...|. . .] [?|_]",
        next,
    ),
    (
        "[the] next (number|term) (in|of) [the|this] (sequence|series|pattern) [:] {list} [,] [...|. . .]",
        next,
    ),
    (
        "[the] sum of [the] [all] first {n} [positive] (integers|natural numbers|whole numbers|numbers|counting numbers)",
        |found| series(1, found.count("n", 1_000_000_000)?),
    ),
    (
        "[the] sum of [all] [the] (integers|numbers|whole numbers|natural numbers) (from|between) {a} (to|through|and) {b} [inclusive]",
        |found| {
            if found.tokens.iter().any(|token| token.says("between"))
                && !found.tokens.iter().any(|token| token.says("inclusive"))
            {
                return Err(Trouble::Ambiguous(
                    "whether the ends belong to it is not said; write `from … to …`".to_owned(),
                ));
            }
            series(found.count("a", 1_000_000_000)?, found.count("b", 1_000_000_000)?)
        },
    ),
    ("[the] sum (of|from) {a} to {b}", |found| {
        series(found.count("a", 1_000_000_000)?, found.count("b", 1_000_000_000)?)
    }),
    (
        "(add|sum) [up] [all] [the] (integers|numbers) from {a} to {b}",
        |found| series(found.count("a", 1_000_000_000)?, found.count("b", 1_000_000_000)?),
    ),
    (
        "[the] sum of [all] [the] [positive] {kind} [positive|natural|whole] (numbers|integers) (from|between) {a} (to|through|and) {b} [,] [inclusive]",
        |found| {
            let first = match found.words("kind").to_lowercase().as_str() {
                "even" => 0,
                "odd" => 1,
                _ => return foreign("numbers of another kind"),
            };
            evenly(found, first, 2)
        },
    ),
    (
        "[the] sum of [all] [the] [positive] multiples of {k} (from|between) {a} (to|through|and) {b} [,] [inclusive]",
        |found| evenly(found, 0, found.count("k", 1_000_000)?.max(1)),
    ),
    (
        "[the] sum of [all] [the] [positive|natural] multiples of {k} (below|under|less than|smaller than) {n}",
        |found| {
            multiples(
                &[found.count("k", 1_000_000)?],
                found.count("n", 1_000_000_000)? - 1,
            )
        },
    ),
    (
        "[the] sum of [all] [the] [positive|natural] [multiples of|numbers divisible by|integers divisible by|numbers that are multiples of|natural numbers that are multiples of] {k} or {j} (below|under|less than|smaller than) {n}",
        |found| {
            let (k, j) = (found.count("k", 100_000)?, found.count("j", 100_000)?);
            multiples(&[k, j], found.count("n", 1_000_000_000)? - 1)
        },
    ),
    (
        "[the] sum of [the] cubes of [the] first {n} [positive] (integers|natural numbers|numbers)",
        |found| {
            let n = found.count("n", 1_000_000)?;
            let half = whole(n) * whole(n + 1) / whole(2);
            Answer::rational(&half * &half, format!("({n} × {} / 2)^2", n + 1))
        },
    ),
    (
        "[the] sum of [the] first {n} terms (of|in) [the] [arithmetic|geometric] [sequence|series|progression] [:] {list} [,] [...|. . .]",
        first_terms,
    ),
    (
        "[the] sum of [an|the] (arithmetic) (series|sequence|progression) (with|whose|where) [the] [a] first term [is|of] {a} [,] [and] [a] common difference [is|of] {d} [,] and {n} terms",
        |found| with_step(found, true),
    ),
    (
        "[the] sum of [the] first {n} terms (of|in) an arithmetic (series|sequence|progression) (with|whose|where) [the] [a] first term [is|of] {a} [,] and [a] common difference [is|of] {d}",
        |found| with_step(found, true),
    ),
    (
        "[the] sum of [a|the] (geometric) (series|sequence|progression) (with|whose|where) [the] [a] first term [is|of] {a} [,] [and] [a] common ratio [is|of] {d} [,] and {n} terms",
        |found| with_step(found, false),
    ),
    (
        "[the] sum of [the] first {n} terms (of|in) a geometric (series|sequence|progression) (with|whose|where) [the] [a] first term [is|of] {a} [,] and [a] common ratio [is|of] {d}",
        |found| with_step(found, false),
    ),
    ("[the] {n} triangular number", |found| {
        let n = found.place("n")?;
        Answer::rational(whole(n) * whole(n + 1) / whole(2), format!("{n} × {} / 2", n + 1))
    }),
    ("[the] {n} square number", |found| {
        let n = found.place("n")?;
        Answer::rational(whole(n) * whole(n), format!("{n}^2"))
    }),
    (
        "[what is] [the] (missing|next) number [in] [the sequence|this sequence] [:] {list} , (?|_|…)",
        next,
    ),
    (
        "[the] missing number [in] [the sequence|this sequence] [:] {list} [,]",
        next,
    ),
    ("{list} , what [number] (comes next|is next)", next),
    ("{a} + {b} + {c} + . . . + {n}", dotted),
    ("{a} + {b} + . . . + {n}", dotted),
    (
        "[the] sum of [the] first {n} (odd) [positive] [natural] (numbers|integers)",
        |found| {
            let n = found.count("n", 1_000_000_000)?;
            Answer::rational(whole(n) * whole(n), format!("{n}^2"))
        },
    ),
    (
        "[the] sum of [the] first {n} (even) [positive] [natural] (numbers|integers)",
        |found| {
            let n = found.count("n", 1_000_000_000)?;
            Answer::rational(whole(n) * whole(n + 1), format!("{n} × {}", n + 1))
        },
    ),
    (
        "[the] sum of [the] squares of [the] first {n} [positive] (integers|natural numbers)",
        |found| {
            let n = found.count("n", 1_000_000_000)?;
            Answer::rational(
                whole(n) * whole(n + 1) * whole(2 * n + 1) / whole(6),
                format!("{n} × {} × {} / 6", n + 1, 2 * n + 1),
            )
        },
    ),
];

/// What a sequence goes on by.
enum Rule {
    Add(Rational),
    Times(Rational),
}

fn sequence(found: &Found<'_>) -> Result<(Vec<Rational>, Rule)> {
    let span = found.span("list");
    let end = span
        .iter()
        .rposition(|token| token.number().is_some())
        .map_or(0, |at| at + 1);
    let rest_plain = span[end..]
        .iter()
        .all(|token| matches!(token.lower.as_str(), "." | "," | "?" | "_" | "…"));
    if !rest_plain {
        return foreign("a sequence of numbers");
    }
    let numbers = super::list(&span[..end])?;
    if numbers.len() < 3 {
        return foreign("a sequence needs three numbers to go on");
    }
    let step = &numbers[1] - &numbers[0];
    if numbers.windows(2).all(|pair| &pair[1] - &pair[0] == step) {
        return Ok((numbers, Rule::Add(step)));
    }
    if numbers.iter().all(|number| !number.is_zero()) {
        let factor = &numbers[1] / &numbers[0];
        if numbers.windows(2).all(|pair| &pair[1] / &pair[0] == factor) {
            return Ok((numbers, Rule::Times(factor)));
        }
    }
    beyond("the sequence is neither arithmetic nor geometric")
}

fn term(found: &Found<'_>) -> Result<Answer> {
    let n = found.place("n")?;
    let (numbers, rule) = sequence(found)?;
    place_in(&numbers[0], &rule, n)
}

fn place_in(first: &Rational, rule: &Rule, n: i64) -> Result<Answer> {
    if n < 1 {
        return Err(Trouble::Undefined("the first term has number 1".to_owned()));
    }
    match rule {
        Rule::Add(step) => Answer::rational(
            first + whole(n - 1) * step,
            format!("{} + {} × {}", exact(first), n - 1, exact(step)),
        ),
        Rule::Times(factor) => {
            let power = crate::math::number::power(factor, &(n - 1).into())?;
            Answer::rational(
                first * power,
                format!("{} × {}^{}", exact(first), exact(factor), n - 1),
            )
        }
    }
}

fn first_terms(found: &Found<'_>) -> Result<Answer> {
    let n = found.count("n", 10_000)?;
    let (numbers, rule) = sequence(found)?;
    added_up(&numbers[0], &rule, n)
}

/// With the first term and the step or ratio said.
fn with_step(found: &Found<'_>, adds: bool) -> Result<Answer> {
    let (first, step) = (found.rational("a")?, found.rational("d")?);
    let rule = if adds { Rule::Add(step) } else { Rule::Times(step) };
    added_up(&first, &rule, found.count("n", 10_000)?)
}

fn added_up(first: &Rational, rule: &Rule, n: i64) -> Result<Answer> {
    match rule {
        Rule::Add(step) => Answer::rational(
            whole(n) * (whole(2) * first + whole(n - 1) * step) / whole(2),
            format!("{n} × (2 × {} + {} × {}) / 2", exact(first), n - 1, exact(step)),
        ),
        Rule::Times(factor) if *factor == whole(1) => {
            Answer::rational(first * whole(n), format!("{} × {n}", exact(first)))
        }
        Rule::Times(factor) => {
            let power = crate::math::number::power(factor, &n.into())?;
            Answer::rational(
                first * (power - whole(1)) / (factor - whole(1)),
                format!(
                    "{} × ({}^{n} - 1) / ({} - 1)",
                    exact(first),
                    exact(factor),
                    exact(factor)
                ),
            )
        }
    }
}

fn arithmetic_term(found: &Found<'_>) -> Result<Answer> {
    place_in(
        &found.rational("a")?,
        &Rule::Add(found.rational("d")?),
        found.place("n")?,
    )
}

fn geometric_term(found: &Found<'_>) -> Result<Answer> {
    place_in(
        &found.rational("a")?,
        &Rule::Times(found.rational("d")?),
        found.place("n")?,
    )
}

/// Only what all but fixes the next number: a constant difference or ratio over at least four numbers, or three of a
/// constant difference.
fn next(found: &Found<'_>) -> Result<Answer> {
    let span = found.span("list");
    let end = span
        .iter()
        .rposition(|token| token.number().is_some())
        .map_or(0, |at| at + 1);
    let Ok((numbers, rule)) = sequence(found) else {
        let numbers = super::list(&span[..end])?;
        return grown(&numbers);
    };
    let Some(last) = numbers.last() else {
        return foreign("an empty sequence");
    };
    let (value, step) = match &rule {
        Rule::Add(step) => (
            last + step,
            format!("each is {} more than the one before", exact(step)),
        ),
        Rule::Times(_) if numbers.len() < 4 => {
            return beyond("three numbers do not say how the sequence goes on");
        }
        Rule::Times(factor) => (
            last * factor,
            format!("each is {} times the one before", exact(factor)),
        ),
    };
    Ok(
        Answer::rational(value, format!("the next after {}", listed(&numbers)))?
            .step(step)
            .sure(READING),
    )
}

/// Differences that grow evenly, and sums of the two before.
fn grown(numbers: &[Rational]) -> Result<Answer> {
    if numbers.len() < 5 {
        return beyond("no rule of the sequence is certain");
    }
    let last = &numbers[numbers.len() - 1];
    let fibonacci = numbers.windows(3).all(|three| &three[0] + &three[1] == three[2]);
    let steps: Vec<Rational> = numbers.windows(2).map(|pair| &pair[1] - &pair[0]).collect();
    let second = &steps[1] - &steps[0];
    let even = steps.windows(2).all(|pair| &pair[1] - &pair[0] == second);
    let (value, why) = if fibonacci {
        (
            &numbers[numbers.len() - 2] + last,
            "each is the sum of the two before".to_owned(),
        )
    } else if even {
        (
            last + &steps[steps.len() - 1] + &second,
            format!("the differences grow by {}", exact(&second)),
        )
    } else {
        return beyond("no rule of the sequence is certain");
    };
    Ok(
        Answer::rational(value, format!("the next after {}", listed(numbers)))?
            .step(why)
            .sure(READING),
    )
}

fn series(from: i64, to: i64) -> Result<Answer> {
    if to < from {
        return Err(Trouble::Undefined(
            "the last number is before the first".to_owned(),
        ));
    }
    let count = to - from + 1;
    Answer::rational(
        whole(count) * whole(from + to) / whole(2),
        format!("{count} × ({from} + {to}) / 2"),
    )
}

/// The numbers from one to another that leave `rest` when divided by `step`.
fn evenly(found: &Found<'_>, rest: i64, step: i64) -> Result<Answer> {
    let (a, b) = (found.count("a", 1_000_000_000)?, found.count("b", 1_000_000_000)?);
    let says = |word: &str| found.tokens.iter().any(|token| token.says(word));
    let at_an_end = [a, b].iter().any(|end| end.rem_euclid(step) == rest);
    if says("between") && !says("inclusive") && at_an_end {
        return Err(Trouble::Ambiguous(
            "whether the ends belong to it is not said; write `from … to …`".to_owned(),
        ));
    }
    let first = a + (rest - a).rem_euclid(step);
    let last = b - (b - rest).rem_euclid(step);
    if last < first {
        return Err(Trouble::Undefined("there are no such numbers".to_owned()));
    }
    let count = (last - first) / step + 1;
    Answer::rational(
        whole(count) * whole(first + last) / whole(2),
        format!("{count} × ({first} + {last}) / 2"),
    )
}

/// The sum of the multiples of one number, or of either of two, up to `most`.
fn multiples(of: &[i64], most: i64) -> Result<Answer> {
    if of.iter().any(|step| *step < 1) {
        return Err(Trouble::Undefined("multiples of 0 are all 0".to_owned()));
    }
    let sum = |step: i64| {
        let count = most / step;
        whole(step) * whole(count) * whole(count + 1) / whole(2)
    };
    let mut terms: Vec<String> = of.iter().map(|step| format!("multiples of {step}")).collect();
    let mut total: Rational = of.iter().map(|step| sum(*step)).sum();
    if let [one, other] = of {
        let both = num_integer::lcm(*one, *other);
        total -= sum(both);
        terms.push(format!("those of {both} once"));
    }
    Answer::rational(
        total,
        format!("the sum of the {}, up to {most}", terms.join(", ")),
    )
}

/// `1 + 2 + 3 + ... + 100`.
fn dotted(found: &Found<'_>) -> Result<Answer> {
    let mut numbers = vec![found.rational("a")?, found.rational("b")?];
    if found.has("c") {
        numbers.push(found.rational("c")?);
    }
    let last = found.rational("n")?;
    let step = &numbers[1] - &numbers[0];
    let even = numbers.windows(2).all(|pair| &pair[1] - &pair[0] == step);
    if !even || step.is_zero() {
        return beyond("no rule of the sum is certain");
    }
    let count = (&last - &numbers[0]) / &step + whole(1);
    if !count.is_integer() || count < whole(3) {
        return beyond("the last number is not in the sequence");
    }
    Answer::rational(
        &count * (&numbers[0] + &last) / whole(2),
        format!(
            "{} × ({} + {}) / 2",
            exact(&count),
            exact(&numbers[0]),
            exact(&last)
        ),
    )
}
