//! Statistics of lists, and sequences.

use super::{Found, Rules, listed};
use crate::math::answer::{Answer, READING};
use crate::math::number::{Rational, exact, ratio, whole};
use crate::math::sum::Sum;
use crate::math::trouble::{Result, Trouble, beyond, foreign};
use num_traits::{One, Zero};

pub(super) const RULES: Rules = &[
    (
        "[the] [arithmetic] (mean|average) [value] (of|for|from) [the] [following] [numbers|values|data|data set|list|set|scores|dataset|these numbers|test scores] [:] {list}",
        mean,
    ),
    ("(average) [the] [numbers] {list}", mean),
    (
        "[the] median [value] (of|for|from) [the] [following] [numbers|values|data|data set|list|set|scores|dataset] [:] {list}",
        median,
    ),
    (
        "[the] mode (of|for|from) [the] [following] [numbers|values|data|data set|list|set|scores|dataset] [:] {list}",
        mode,
    ),
    (
        "[the] range (of|for|from) [the] [following] [numbers|values|data|data set|list|set|scores|dataset] [:] {list}",
        range,
    ),
    (
        "[the] population variance (of|for) [the] [following] [numbers|values|data|data set|list|set|scores|dataset] [:] {list}",
        |found| spread(found, Some(false), false),
    ),
    (
        "[the] sample variance (of|for) [the] [following] [numbers|values|data|data set|list|set|scores|dataset] [:] {list}",
        |found| spread(found, Some(true), false),
    ),
    (
        "[the] variance (of|for) [the] [following] [numbers|values|data|data set|list|set|scores|dataset] [:] {list}",
        |found| spread(found, None, false),
    ),
    (
        "[the] population standard deviation (of|for) [the] [following] [numbers|values|data|data set|list|set|scores|dataset] [:] {list}",
        |found| spread(found, Some(false), true),
    ),
    (
        "[the] sample standard deviation (of|for) [the] [following] [numbers|values|data|data set|list|set|scores|dataset] [:] {list}",
        |found| spread(found, Some(true), true),
    ),
    (
        "[the] standard deviation (of|for) [the] [following] [numbers|values|data|data set|list|set|scores|dataset] [:] {list}",
        |found| spread(found, None, true),
    ),
    ("[the] geometric mean of [the] [numbers] {list}", geometric),
    (
        "[the] (maximum|largest|highest|biggest|greatest) [number|value] (of|in|from|among) [the] [following] [numbers|values|data|list|set] [:] {list}",
        |found| {
            let numbers = found.list("list")?;
            let most = numbers.iter().max().cloned().unwrap_or_else(Rational::zero);
            Answer::rational(most, format!("max({})", listed(&numbers)))
        },
    ),
    (
        "[the] (minimum|smallest|lowest|least) [number|value] (of|in|from|among) [the] [following] [numbers|values|data|list|set] [:] {list}",
        |found| {
            let numbers = found.list("list")?;
            let least = numbers.iter().min().cloned().unwrap_or_else(Rational::zero);
            Answer::rational(least, format!("min({})", listed(&numbers)))
        },
    ),
    // Sequences.
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

fn average(numbers: &[Rational]) -> Rational {
    numbers.iter().sum::<Rational>() / whole(numbers.len() as i64)
}

fn mean(found: &Found<'_>) -> Result<Answer> {
    let numbers = found.list("list")?;
    let total: Rational = numbers.iter().sum();
    Ok(Answer::rational(
        average(&numbers),
        format!("({}) / {}", listed(&numbers).replace(", ", " + "), numbers.len()),
    )?
    .step(format!(
        "the sum is {}, of {} numbers",
        exact(&total),
        numbers.len()
    ))
    .money(found.money(&["list"])))
}

fn median(found: &Found<'_>) -> Result<Answer> {
    let mut numbers = found.list("list")?;
    numbers.sort();
    let half = numbers.len() / 2;
    let middle = if numbers.len() % 2 == 1 {
        numbers[half].clone()
    } else {
        (&numbers[half - 1] + &numbers[half]) / whole(2)
    };
    Answer::rational(middle, format!("the middle of {}", listed(&numbers)))
}

fn mode(found: &Found<'_>) -> Result<Answer> {
    let mut numbers = found.list("list")?;
    numbers.sort();
    let times = |number: &Rational| numbers.iter().filter(|other| *other == number).count();
    let most = numbers.iter().map(times).max().unwrap_or(0);
    let mut modes: Vec<Rational> = numbers
        .iter()
        .filter(|number| times(number) == most)
        .cloned()
        .collect();
    modes.dedup();
    if most == 1 {
        return Ok(
            Answer::text("no mode", format!("the mode of {}", listed(&numbers)))
                .step("every number occurs once"),
        );
    }
    let text = modes.iter().map(exact).collect::<Vec<_>>().join(", ");
    Ok(Answer::text(text, format!("the mode of {}", listed(&numbers))).step(format!("{most} times each")))
}

fn range(found: &Found<'_>) -> Result<Answer> {
    let numbers = found.list("list")?;
    let (Some(least), Some(most)) = (numbers.iter().min(), numbers.iter().max()) else {
        return foreign("an empty list");
    };
    Answer::rational(most - least, format!("{} - {}", exact(most), exact(least)))
}

/// Of a population, of a sample, or `None` where that is not said.
fn spread(found: &Found<'_>, sample: Option<bool>, root: bool) -> Result<Answer> {
    let numbers = found.list("list")?;
    let middle = average(&numbers);
    let squares: Rational = numbers
        .iter()
        .map(|number| (number - &middle) * (number - &middle))
        .sum();
    let of = |below: usize| -> Result<Sum> {
        let variance = Sum::from(&squares / whole(below as i64));
        if root {
            variance.power(&ratio(1, 2))
        } else {
            Ok(variance)
        }
    };
    let Some(sample) = sample else {
        let (population, sample) = (of(numbers.len())?, of(numbers.len() - 1)?);
        if population == sample {
            return Answer::number(&population, "the spread");
        }
        let text = |sum: &Sum| crate::math::answer::numeral(sum).map(|(_, lead)| lead);
        return Err(Trouble::Ambiguous(format!(
            "it is {} for a whole population and {} for a sample; say which",
            text(&population)?,
            text(&sample)?
        )));
    };
    let below = if sample { numbers.len() - 1 } else { numbers.len() };
    let name = if root { "standard deviation" } else { "variance" };
    let read = if root {
        format!("√({} / {below})", exact(&squares))
    } else {
        format!("{} / {below}", exact(&squares))
    };
    Ok(Answer::number(&of(below)?, read)?.step(format!(
        "{name}: the squared distances from the mean {} add up to {}",
        exact(&middle),
        exact(&squares)
    )))
}

fn geometric(found: &Found<'_>) -> Result<Answer> {
    let numbers = found.list("list")?;
    let product = numbers
        .iter()
        .fold(Rational::one(), |product, number| product * number);
    let value = Sum::from(product.clone()).power(&ratio(1, numbers.len() as i64))?;
    Answer::number(&value, format!("({})^(1/{})", exact(&product), numbers.len()))
}

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
