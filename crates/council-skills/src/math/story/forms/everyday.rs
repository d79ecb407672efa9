//! Everyday sums: what things cost together, what is left, what adds up over weeks, ages and shares of two.

use super::told::{Told, percent};
use super::{Handler, same};
use crate::math::answer::{Answer, STORY};
use crate::math::number::{Rational, exact, integer, ratio, whole};
use crate::math::story::singular;
use crate::math::sum::Sum;
use crate::math::trouble::{Result, Trouble, foreign};
use num_traits::Signed;

pub(super) const STORIES: [(&str, Handler); 31] = [
    // What it comes to.
    (
        "{who} (buys|buy|bought|orders|ordered) {n} {thing} (at|for) {m} each (and|,|, and) (a|an|one) {x} (at|for) {p} . how much (does|did|do) {y} (pay|spend|have to pay) [in total|altogether|in all]",
        |told| {
            told.thing("thing")?;
            let value = told.positive("n")? * told.number("m")? + told.number("p")?;
            told.answer(
                value,
                format!("{} × {} + {}", told.words("n"), told.words("m"), told.words("p")),
            )
        },
    ),
    (
        "{who} (buys|buy|bought|orders|ordered) {n} {thing} (at|for) {m} each . (what is the total|what is the total cost|what is the total price|what is the sum|what does {y} pay|how much is that) [in total|altogether|in all]",
        |told| {
            told.thing("thing")?;
            product(told, "n", "m")
        },
    ),
    (
        "[if] [all] {n} {thing} pay {m} each (.|,) how much [money] (is collected|is that [in total]|is there [in total]|do they pay [in total]|do they pay together)",
        |told| {
            told.thing("thing")?;
            product(told, "n", "m")
        },
    ),
    (
        "[if] {m} {box} (cost|costs) {n} (,|.) what (do|does|would|will) {k} {box2} cost",
        |told| {
            same(told, "box", "box2")?;
            let value = told.number("n")? / told.positive("m")? * told.number("k")?;
            told.answer(
                value,
                format!("{} / {} × {}", told.words("n"), told.words("m"), told.words("k")),
            )
        },
    ),
    (
        "(a|the|my) {x} (of|with|for|over) {n} (months|weeks|days|years) costs {m} (a|per|each|every) (month|week|day|year) . (what|how much) does it cost (altogether|in total|in all|overall)",
        |told| {
            const SPANS: [[&str; 2]; 4] = [
                ["months", "month"],
                ["weeks", "week"],
                ["days", "day"],
                ["years", "year"],
            ];
            let says = |word: &str| told.tokens.iter().any(|token| token.says(word));
            if !SPANS.iter().any(|[all, each]| says(all) && says(each)) {
                return foreign("another span of time");
            }
            product(told, "n", "m")
        },
    ),
    (
        "(a|the) {x} has {n} {box} and each {box2} has {m} {thing} . how many {thing2} (are there|does it have|does the {z} have) [in total|altogether|in all]",
        |told| {
            same(told, "box", "box2")?;
            same(told, "thing", "thing2")?;
            product(told, "n", "m")
        },
    ),
    (
        "{who} (earns|makes|gets|is paid) {n} (an|per|each|every) hour and works {m} hours [a week] . (what is|what's) (her|his|their|the|my) [weekly] (pay|wage|salary|earnings|income)",
        |told| product(told, "n", "m"),
    ),
    // What is left.
    (
        "(a|the|an) {x} (of|costing|that costs|for) {n} is (reduced|discounted|lowered|cut) by {p} . what is the (new|sale|final|reduced) price",
        |told| reduced(told, -1),
    ),
    (
        "(a|the|an) {x} (of|costing|that costs|for) {n} is (increased|raised) by {p} . what is the (new|final) price",
        |told| reduced(told, 1),
    ),
    (
        "(a|an|the) {x} costs {n} and is (reduced|discounted) by {p} . (what|how much) do (i|you|we) pay",
        |told| reduced(told, -1),
    ),
    (
        "(a|an|the) {x} costs {n} after (a discount|a reduction|a price cut) of {p} . what did it cost before",
        |told| before(told, -1),
    ),
    (
        "(a|an|the) {x} costs {n} after (an increase|a rise|a price rise) of {p} . what did it cost before",
        |told| before(told, 1),
    ),
    (
        "(with|including) {p} (vat|tax|sales tax) [,] (a|an|the) {x} costs {n} . what is the (net price|price without vat|price before tax|price without tax|price before vat)",
        |told| before(told, 1),
    ),
    (
        "{who} (earns|earn|makes|make) {n} (a|per|each|every) month and (spends|spend) {m} . how much (does|do|will) {y} save (in|per|a) [a] year",
        |told| {
            told.subjects()?;
            let value = (told.number("n")? - told.number("m")?) * whole(12);
            told.answer(value, format!("12 × ({} - {})", told.words("n"), told.words("m")))
        },
    ),
    (
        "[if] {who} (drinks|drink|eats|eat|uses|use|walks|walk|runs|run) {n} {thing} [of {x}] (a|per|each|every) day (,|.) how many {thing2} is that (in|per|a) [a] {unit}",
        |told| {
            same(told, "thing", "thing2")?;
            let days = match told.words("unit").to_lowercase().as_str() {
                "week" => 7,
                "year" => 365,
                _ => return foreign("another span of time"),
            };
            told.answer(
                told.number("n")? * whole(days),
                format!("{} × {days}", told.words("n")),
            )
        },
    ),
    (
        "(a|the) {x} of {n} {unit} is (cut|divided|split) in the ratio [of] {r} (.|,) how long are the (parts|pieces|two parts)",
        |told| parts(told, "n"),
    ),
    // Two who share or are so old.
    (
        "{a} is {n} years (older|younger) than {b} (and|,|.) together they are {m} [years old] . how old is {a2}",
        |told| ages(told, false),
    ),
    (
        "{a} is (twice|{k} times) as old as {b} (and|,|.) together they are {m} [years old] . how old is {a2}",
        |told| ages(told, true),
    ),
    (
        "{a} and {b} share {n} {thing} so that {c} gets {m} more . how many does each get",
        uneven,
    ),
    (
        "[in|there are] (a|the) {x} of {n} [{thing}] there are {m} more {a} than {b} . how many {c} are there",
        more_of_one,
    ),
    // Riddles of the schoolbook.
    (
        "(a snail|snails : one|a frog) [is at the bottom of a {w} {unit} well . each day it] climbs {u} {unit2} (by day|a day|each day|per day|during the day|every day) (and|but) (slips|slides) [back|down] {d} {unit3} (at night|each night|every night|a night|per night) . how many days (for|does it need for|does it take to climb|does it take to climb out of|until it is out of) [a|an|the] {w} {unit} (well|wall|pole)",
        snail,
    ),
    (
        "(a snail|a frog) is at the bottom of (a|an) {w} {unit} [deep] well . (each|every) day it climbs [up] {u} {unit2} (and|, and|but|, but) (each|every|at) night it (slips|slides) [back|down] {d} {unit3} . how many days (does it take to get out|will it take to get out|does it need|until it is out|does it take [it] to reach the top|will it take to reach the top)",
        snail,
    ),
    (
        "{a} and {b} : {n} heads and {m} legs . how many {c} [are there]",
        legs,
    ),
    (
        "(a farmer|a farm|there are|{who}) [has|are] {a} and {b} . (there are|they have|altogether there are|in total there are|together they have) {n} heads and {m} (legs|feet) . how many {c} (are there|does he have|are on the farm|does she have)",
        legs,
    ),
    (
        "(a|the) ladder {n} {unit} long leans against a wall with its (foot|base|bottom) {m} {unit2} (away|from the wall|away from the wall) . how high does it reach",
        ladder,
    ),
    (
        "(a|the) {n} {unit} ladder leans against a wall with its (foot|base|bottom) {m} {unit2} (away|from the wall|away from the wall) . how high [up the wall] does it reach [up the wall]",
        ladder,
    ),
    (
        "two numbers add up to {n} and their difference is {m} . (which|what) (numbers|two numbers) are they",
        |told| {
            let (sum, difference) = (told.number("n")?, told.number("m")?);
            let (large, small) = ((&sum + &difference) / whole(2), (&sum - &difference) / whole(2));
            let read = format!("x + y = {}, x - y = {}", exact(&sum), exact(&difference));
            Ok(Answer::text(format!("{}, {}", exact(&large), exact(&small)), read).sure(STORY))
        },
    ),
    (
        "my (father|mother) is (twice|{k} times) as old as (i am|me) (;|,|.|and) together we are {m} [years old] . how old am i",
        |told| {
            let factor = if told.has("k") {
                told.positive("k")?
            } else {
                whole(2)
            };
            let sum = told.positive("m")?;
            told.answer(
                &sum / (&factor + whole(1)),
                format!("{} / ({} + 1)", exact(&sum), exact(&factor)),
            )
        },
    ),
    (
        "[the] sides of a rectangle are in the ratio {r} and its perimeter is {n} [{unit}] . (find the sides|how long are the sides|what are the sides)",
        |told| {
            let half = told.positive("n")? / whole(2);
            shared(told, &half)
        },
    ),
    (
        "the temperature (falls|drops|fell|dropped|rises|rose) from {n} to {m} [degrees|°] . by how much",
        |told| {
            let (from, to) = (told.fraction("n")?, told.fraction("m")?);
            let read = format!("|{} - {}|", exact(&to), exact(&from));
            told.answer((to - from).abs(), read)
        },
    ),
    (
        "a number is doubled and (increased by {m}|{m} is added) (;|.|,|and) the result is {n} . what is the number",
        |told| {
            let value = (told.number("n")? - told.number("m")?) / whole(2);
            told.answer(value, format!("({} - {}) / 2", told.words("n"), told.words("m")))
        },
    ),
];

fn product(told: &Told<'_>, one: &str, other: &str) -> Result<Answer> {
    let value = told.positive(one)? * told.number(other)?;
    told.answer(value, format!("{} × {}", told.words(one), told.words(other)))
}

/// The price with so many percent less or more.
fn reduced(told: &Told<'_>, sign: i64) -> Result<Answer> {
    let factor = whole(1) + percent(told)? * whole(sign);
    told.answer(
        told.number("n")? * &factor,
        format!("{} × {}", told.words("n"), exact(&factor)),
    )
}

/// The price of which so many percent were taken off or added.
fn before(told: &Told<'_>, sign: i64) -> Result<Answer> {
    let factor = whole(1) + percent(told)? * whole(sign);
    if !factor.is_positive() {
        return Err(Trouble::Undefined("nothing of the price is left".to_owned()));
    }
    told.answer(
        told.number("n")? / &factor,
        format!("{} / {}", told.words("n"), exact(&factor)),
    )
}

/// Parts of a whole in the ratio "4 to 5".
fn parts(told: &Told<'_>, place: &str) -> Result<Answer> {
    let all = told.positive(place)?;
    shared(told, &all)
}

fn shared(told: &Told<'_>, all: &Rational) -> Result<Answer> {
    let numbers: Vec<Rational> = told
        .span("r")
        .iter()
        .filter_map(|token| token.number().cloned())
        .collect();
    let joined = told
        .span("r")
        .iter()
        .all(|token| token.number().is_some() || token.is(':') || token.says("to"));
    let [one, other] = numbers.as_slice() else {
        return foreign("no ratio of two");
    };
    if !joined || !one.is_positive() || !other.is_positive() {
        return foreign("no ratio of two");
    }
    told.subjects()?;
    let first = all * one / (one + other);
    let read = format!("{} in the ratio {}", exact(all), told.words("r"));
    let unit = told.words("unit");
    let measured = |number: &Rational| format!("{} {unit}", exact(number)).trim_end().to_owned();
    let text = format!("{}, {}", measured(&first), measured(&(all - &first)));
    Ok(Answer::text(text, read).sure(STORY))
}

fn ages(told: &Told<'_>, times: bool) -> Result<Answer> {
    let name = |place: &str| told.words(place).to_lowercase();
    if ["a", "b"].iter().any(|place| told.span(place).len() > 2) || name("a") == name("b") {
        return foreign("who it is about is not understood");
    }
    let sum = told.positive("m")?;
    let (first, second) = if times {
        let factor = if told.has("k") {
            told.positive("k")?
        } else {
            whole(2)
        };
        let second = &sum / (&factor + whole(1));
        (&second * factor, second)
    } else {
        let older = told.tokens.iter().any(|token| token.says("older"));
        let years = told.positive("n")? * whole(if older { 1 } else { -1 });
        ((&sum + &years) / whole(2), (&sum - &years) / whole(2))
    };
    let read = format!("{} + {} = {}", exact(&first), exact(&second), exact(&sum));
    match name("a2") {
        asked if asked == name("a") => told.answer(first, read),
        asked if asked == name("b") => told.answer(second, read),
        _ => foreign("somebody else is asked about"),
    }
}

/// Shares of two of which one has so many more.
fn uneven(told: &Told<'_>) -> Result<Answer> {
    let name = |place: &str| told.words(place).to_lowercase();
    told.thing("thing")?;
    let (all, more) = (told.positive("n")?, told.positive("m")?);
    let (large, small) = ((&all + &more) / whole(2), (&all - &more) / whole(2));
    if !large.is_integer() || small.is_negative() {
        return foreign("they cannot have parts of one");
    }
    let (first, second) = match name("c") {
        who if who == name("a") => (&large, &small),
        who if who == name("b") => (&small, &large),
        _ => return foreign("somebody else gets more"),
    };
    let text = format!(
        "{}: {}, {}: {}",
        told.words("a"),
        exact(first),
        told.words("b"),
        exact(second)
    );
    let read = format!("({} ± {}) / 2", exact(&all), exact(&more));
    Ok(Answer::text(text, read).sure(STORY))
}

fn more_of_one(told: &Told<'_>) -> Result<Answer> {
    let kind = |place: &str| match told.span(place) {
        [word] if word.is_word() => Ok(singular(&word.lower)),
        _ => foreign("kinds have one word here"),
    };
    let (a, b, c) = (kind("a")?, kind("b")?, kind("c")?);
    // Boys and girls are all of a class; cats and dogs need not be all of the pets.
    let all = [
        ["girl", "boy"],
        ["boy", "girl"],
        ["woman", "man"],
        ["man", "woman"],
    ];
    if !all.contains(&[a.as_str(), b.as_str()]) {
        return foreign("whether there are others is not said");
    }
    let (number, more) = (told.positive("n")?, told.positive("m")?);
    let (sign, value) = match c {
        asked if asked == a => ('+', (&number + &more) / whole(2)),
        asked if asked == b => ('-', (&number - &more) / whole(2)),
        _ => return foreign("something else is asked about"),
    };
    if !value.is_integer() {
        return foreign("parts of one");
    }
    told.answer(value, format!("({} {sign} {}) / 2", exact(&number), exact(&more)))
}

/// It is out on the day on which it reaches the top, before it slips.
fn snail(told: &Told<'_>) -> Result<Answer> {
    same(told, "unit", "unit2")?;
    same(told, "unit", "unit3")?;
    let (well, up, down) = (told.positive("w")?, told.positive("u")?, told.positive("d")?);
    let days = if up >= well {
        whole(1)
    } else if up <= down {
        return Err(Trouble::Undefined("it never gets out".to_owned()));
    } else {
        ((&well - &up) / (&up - &down)).ceil() + whole(1)
    };
    Ok(told
        .answer(
            days,
            format!(
                "⌈({} - {}) / ({} - {})⌉ + 1",
                exact(&well),
                exact(&up),
                exact(&up),
                exact(&down)
            ),
        )?
        .labelled("days")
        .step("on the last day it is out before it slips"))
}

/// Heads and legs of two kinds of animals.
fn legs(told: &Told<'_>) -> Result<Answer> {
    const LEGS: [(&str, i64); 16] = [
        ("chicken", 2),
        ("duck", 2),
        ("hen", 2),
        ("goose", 2),
        ("bird", 2),
        ("turkey", 2),
        ("rabbit", 4),
        ("cow", 4),
        ("pig", 4),
        ("horse", 4),
        ("sheep", 4),
        ("goat", 4),
        ("dog", 4),
        ("cat", 4),
        ("spider", 8),
        ("ant", 6),
    ];
    let kind = |place: &str| match told.span(place) {
        [word] => LEGS
            .iter()
            .find(|(name, _)| *name == singular(&word.lower))
            .map_or_else(|| foreign("an animal that is not known here"), Ok),
        _ => foreign("an animal that is not known here"),
    };
    let (a, b, c) = (kind("a")?, kind("b")?, kind("c")?);
    let (heads, all) = (told.positive("n")?, told.positive("m")?);
    if a.1 == b.1 || c != a && c != b {
        return foreign("it cannot be told apart");
    }
    let (other, asked) = if c == a { (b.1, a.1) } else { (a.1, b.1) };
    let value = (&all - &heads * whole(other)) / whole(asked - other);
    if !value.is_integer() || value.is_negative() || value > heads {
        return Err(Trouble::Undefined(
            "no number of animals has so many heads and legs".to_owned(),
        ));
    }
    told.answer(
        value,
        format!(
            "({} - {other} × {}) / ({asked} - {other})",
            exact(&all),
            exact(&heads)
        ),
    )
}

fn ladder(told: &Told<'_>) -> Result<Answer> {
    same(told, "unit", "unit2")?;
    let (long, away) = (told.positive("n")?, told.positive("m")?);
    if away >= long {
        return Err(Trouble::Undefined(
            "the foot is farther away than the ladder is long".to_owned(),
        ));
    }
    let square = &long * &long - &away * &away;
    let high = Sum::from(square.clone()).power(&ratio(1, 2))?;
    let read = format!("√({}^2 - {}^2)", exact(&long), exact(&away));
    let answer = Answer::number(&high, read)?.sure(STORY);
    Ok(match integer(&square) {
        Some(_) => answer.labelled(&told.words("unit")),
        None => answer,
    })
}
