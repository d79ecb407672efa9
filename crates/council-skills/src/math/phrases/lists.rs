//! Statistics of lists.

use super::{Found, Rules, listed};
use crate::math::answer::{Answer, EITHER};
use crate::math::number::{Rational, exact, ratio, whole};
use crate::math::sum::Sum;
use crate::math::trouble::{Result, Trouble, foreign};
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
    ("[the] harmonic mean of [the] [numbers] {list}", |found| {
        let numbers = found.list("list")?;
        if numbers.iter().any(|number| *number <= Rational::zero()) {
            return Err(Trouble::Undefined(
                "a harmonic mean is of numbers above 0".to_owned(),
            ));
        }
        let inverse: Rational = numbers.iter().map(Rational::recip).sum();
        Answer::rational(
            whole(numbers.len() as i64) / &inverse,
            format!("{} / ({})", numbers.len(), exact(&inverse)),
        )
    }),
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
        let both = format!(
            "{} of a whole population; {} of a sample",
            text(&population)?,
            text(&sample)?
        );
        return Ok(
            Answer::number(&population, format!("the spread of {}", listed(&numbers)))?
                .lead(both)
                .step("a sample is divided by one less than the number of values")
                .sure(EITHER),
        );
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
