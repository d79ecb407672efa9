//! Prices by the dozen, wages, what is left of money, taxes, growth.

use super::told::{Told, percent};
use super::{Handler, same};
use crate::math::answer::{Answer, STORY};
use crate::math::number::{exact, power, whole};
use crate::math::story::noun;
use crate::math::trouble::{Result, Trouble, foreign};
use num_traits::{Signed, Zero};

pub(super) const STORIES: [(&str, Handler); 17] = [
    (
        "[a store|a shop|{who}] sells {thing} at {m} for {n} . how much (do|does|will|would) {k} {thing2} cost",
        by_the_lot,
    ),
    (
        "{thing} (cost|are|are sold at|sell at) {m} for {n} . how much (do|does|will|would) {k} {thing2} cost",
        by_the_lot,
    ),
    (
        "[if] {m} {thing} cost {n} (,|.) how many {thing2} can (you|i|one|{who}) (buy|get) (with|for) {k}",
        bought_with,
    ),
    (
        "{who} (earns|makes|is paid|gets) {n} (per|an|each|every) hour (and works|. {y} works|and worked|. {y} worked) {m} hours [this week|last week|in a week|a week|per week] . how much [money] (does|did|will) {z} (earn|make|get) [in total|that week|per week|a week]",
        |told| {
            told.answer(
                told.money("n")? * told.number("m")?,
                format!("{} × {}", told.words("n"), told.words("m")),
            )
        },
    ),
    (
        "{who} (has|had) {n} (. {y} (buys|bought)|and (buys|bought)) {m} {thing} (for|at|that cost|costing) {p} each . how much [money|change] (does|will|did) {z} have [left|left over]",
        left,
    ),
    (
        "(a|an|the) {thing} costs {n} plus [a] {p} [sales] tax . (what is the total|what is the total cost|what is the total price|how much do you pay|how much does it cost in total|what is the final price)",
        |told| {
            told.thing("thing")?;
            let rate = percent(told)?;
            told.answer(
                told.money("n")? * (whole(1) + &rate),
                format!("{} × {}", told.words("n"), exact(&(whole(1) + rate))),
            )
        },
    ),
    (
        "after [a|an] {p} (discount|reduction|price cut|increase|price increase|raise) [,] {x} (costs|is|sells for|cost|now costs) {n} . what (was|is) (the|its|her|his) (original price|original cost|price before|regular price|original salary)",
        original,
    ),
    (
        "{x} (costs|is|sells for|now costs) {n} after [a|an] {p} (discount|reduction|price cut|increase|price increase) . what (was|is) (the|its) (original price|original cost|price before|regular price)",
        original,
    ),
    (
        "(a|an|the) {x} (that cost|which cost|that was|which was|that used to cost) {n} now (costs|is) {k} . what is the (percent|percentage) (decrease|discount|increase|change|drop|rise)",
        changed,
    ),
    (
        "(a|the) {x} of {n} (grows|increases|rises|is growing) [by|at] {p} (per|a|each|every) year . (what|how large|how big|how much) (is|will|will be|would) (it|the {y}) [be|worth] after {m} years",
        |told| grown(told, 1),
    ),
    (
        "(a|the) {x} of {n} (shrinks|decreases|falls|declines) [by|at] {p} (per|a|each|every) year . (what|how large|how big|how much) (is|will|will be|would) (it|the {y}) [be|worth] after {m} years",
        |told| grown(told, -1),
    ),
    (
        "(a|an|the) {x} (worth|bought for|that costs|costing) {n} (depreciates|loses) [by] {p} [of its value] (per|a|each|every) year . (what|how much) (is|will|will be) (it|the {y}) [be] [worth] after {m} years",
        |told| grown(told, -1),
    ),
    (
        "[if] (a|the|my|your) {x2} (uses|needs|consumes) {n} {thing} [of {x}] (per|for|every) {m} {km} (.|,) how much [{y}|{x3}] (does it need|does it use|is needed|will it use|will it need|does it consume|do i need|do you need) (for|to drive|to travel) {k} {km2}",
        used,
    ),
    (
        "(a|the|my) {x2} (uses|consumes) {n} {thing} [of {x}] per {m} {km} . how much [{y}|{x3}] (for|in) {k} {km2}",
        used,
    ),
    (
        "[if] {who} (saves|save|puts aside|put aside|sets aside|set aside) {n} (a|per|each|every) {unit} (.|,) how much [money] (will|would|do|does) {y} (have|save|have saved|saved) [in total] (after|in) {m} {units}",
        saved,
    ),
    (
        "[if] {y} varies (directly|inversely) (with|as) {x} (and|. if|,) {y2} (=|is) {n} when {x2} (=|is) {m} (,|.) (what is|find) [the value of] {y3} when {x3} (=|is) {k}",
        varied,
    ),
    (
        "{who} (buy|buys|bought|orders|ordered|order) {n} {thing} (at|for) {m} each and {k} {thing2} (at|for) {p} each . (what is the total|what is the total cost|what is the total price|how much does {y} pay|how much did {y} pay|how much does {y} spend|how much did {y} spend|how much is that) [in total|altogether|in all]",
        two_kinds,
    ),
];

/// So much for a stretch, and so for another.
fn used(told: &Told<'_>) -> Result<Answer> {
    same(told, "km", "km2")?;
    if told.has("x3") && told.words("x3").to_lowercase() != told.words("x").to_lowercase() {
        return foreign("something else is asked about");
    }
    let value = told.number("n")? / told.positive("m")? * told.number("k")?;
    Ok(told
        .answer(
            value,
            format!("{} / {} × {}", told.words("n"), told.words("m"), told.words("k")),
        )?
        .labelled(&told.words("thing")))
}

fn two_kinds(told: &Told<'_>) -> Result<Answer> {
    let [n, k] = ["n", "k"].map(|place| told.positive(place));
    let value = n? * told.money("m")? + k? * told.money("p")?;
    let words = |place| told.words(place);
    told.answer(
        value,
        format!(
            "{} × {} + {} × {}",
            words("n"),
            words("m"),
            words("k"),
            words("p")
        ),
    )
}

/// So much for each month, for so many months or years.
fn saved(told: &Told<'_>) -> Result<Answer> {
    told.subjects()?;
    let singular = |place| noun(told.span(place)).unwrap_or_default();
    let (each, all) = (singular("unit"), singular("units"));
    let times = match (each.as_str(), all.as_str()) {
        ("day", "day") | ("week", "week") | ("month", "month") | ("year", "year") => 1,
        ("day", "week") => 7,
        ("month", "year") => 12,
        ("week", "year") => 52,
        ("day", "year") => 365,
        _ => return foreign("how often that is is not understood"),
    };
    let count = told.positive("m")? * whole(times);
    let read = format!("{} × {}", exact(&count), told.words("n"));
    told.answer(count * told.money("n")?, read)
}

/// One number is another times a constant, or a constant by the other.
fn varied(told: &Told<'_>) -> Result<Answer> {
    for (one, other) in [("y", "y2"), ("y", "y3"), ("x", "x2"), ("x", "x3")] {
        same(told, one, other)?;
    }
    let [first, before, now] = ["n", "m", "k"].map(|place| told.number(place));
    let (first, before, now) = (first?, before?, now?);
    let inversely = told.tokens.iter().any(|token| token.says("inversely"));
    let (above, below) = if inversely {
        (&before, &now)
    } else {
        (&now, &before)
    };
    if below.is_zero() {
        return Err(Trouble::Undefined("a division by zero".to_owned()));
    }
    told.answer(
        &first * above / below,
        format!("{} × {} / {}", exact(&first), exact(above), exact(below)),
    )
}

fn by_the_lot(told: &Told<'_>) -> Result<Answer> {
    same(told, "thing", "thing2")?;
    let value = told.money("n")? / told.positive("m")? * told.number("k")?;
    told.answer(
        value,
        format!("{} / {} × {}", told.words("n"), told.words("m"), told.words("k")),
    )
}

/// Whole ones, as they are sold.
fn bought_with(told: &Told<'_>) -> Result<Answer> {
    same(told, "thing", "thing2")?;
    let (each, money) = (told.money("n")? / told.positive("m")?, told.money("k")?);
    if !each.is_positive() {
        return foreign("a price above 0 is needed");
    }
    let read = format!(
        "{} / ({} / {})",
        told.words("k"),
        told.words("n"),
        told.words("m")
    );
    Ok(Answer::rational((money / each).floor(), read)?.sure(STORY))
}

fn left(told: &Told<'_>) -> Result<Answer> {
    told.thing("thing")?;
    let rest = told.money("n")? - told.number("m")? * told.money("p")?;
    if rest.is_negative() {
        return Err(Trouble::Undefined("that costs more than there is".to_owned()));
    }
    told.answer(
        rest,
        format!("{} - {} × {}", told.words("n"), told.words("m"), told.words("p")),
    )
}

fn original(told: &Told<'_>) -> Result<Answer> {
    let rate = percent(told)?;
    let raised = ["increase", "raise"]
        .iter()
        .any(|word| told.tokens.iter().any(|token| token.says(word)));
    let factor = if raised { whole(1) + rate } else { whole(1) - rate };
    if !factor.is_positive() || noun(told.span("x")).is_none() {
        return foreign("no price before");
    }
    told.answer(
        told.money("n")? / &factor,
        format!("{} / {}", told.words("n"), exact(&factor)),
    )
}

fn changed(told: &Told<'_>) -> Result<Answer> {
    let (before, after) = (told.money("n")?, told.money("k")?);
    let says = |words: &[&str]| {
        words
            .iter()
            .any(|word| told.tokens.iter().any(|token| token.says(word)))
    };
    if !before.is_positive()
        || says(&["decrease", "discount", "drop"]) && after > before
        || says(&["increase", "rise"]) && after < before
    {
        return foreign("a change the other way");
    }
    let change = (&after - &before).abs() / &before * whole(100);
    let text = crate::math::phrases::percentage(&change);
    let read = format!(
        "|{} - {}| / {} × 100%",
        exact(&after),
        exact(&before),
        exact(&before)
    );
    Ok(Answer::text(text.clone(), read.clone())
        .step(format!("{read} = {text}"))
        .sure(STORY))
}

fn grown(told: &Told<'_>, sign: i64) -> Result<Answer> {
    let (start, rate) = (told.number("n")?, percent(told)?);
    let years = told.number("m")?;
    if !years.is_integer() || years > whole(200) || years.is_negative() {
        return foreign("whole years are needed");
    }
    let factor = whole(1) + whole(sign) * rate;
    let value = &start * power(&factor, &years.to_integer())?;
    let read = format!("{} × {}^{}", exact(&start), exact(&factor), exact(&years));
    let near = crate::math::number::fixed(&value, 2);
    if exact(&value).len() > near.len() {
        return Ok(Answer::text(near.clone(), read.clone())
            .lead(format!("≈ {near} (rounded)"))
            .step(format!("{read} ≈ {near} (rounded)"))
            .sure(STORY));
    }
    told.answer(value, read)
}
