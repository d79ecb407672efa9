//! What is left of a whole, what two have together, bills that are split, draws from a bag.

use super::told::{Told, percent};
use super::{Handler, same};
use crate::math::answer::{Answer, READING, STORY};
use crate::math::lex::Token;
use crate::math::number::{Rational, exact, whole};
use crate::math::story::singular;
use crate::math::trouble::{Result, Trouble, foreign};
use num_traits::{Signed, Zero};

pub(super) const STORIES: [(&str, Handler); 18] = [
    (
        "(a|an|the) {x} is (cut|divided|sliced) into {n} [equal] {thing} (.|and|, and) [if] {y} (eat|eats|ate|take|takes|give away|gives away) {k} [{thing2}|of them] (,|.) what fraction [of the {z}] (is|are) (left|left over|remaining)",
        |told| fraction(told, true),
    ),
    (
        "(a|an|the) {x} is (cut|divided|sliced) into {n} [equal] {thing} . [if] {y} (eat|eats|ate|take|takes|give away|gives away) {k} [{thing2}|of them] (,|.) what fraction [of the {z}] (remains)",
        |told| fraction(told, true),
    ),
    (
        "(a|an|the) {x} is (cut|divided|sliced) into {n} [equal] {thing} . [if] {y} (eat|eats|ate|take|takes) {k} [{thing2}|of them] (,|.) what fraction [of the {z}] (did|do|does|has|have) {one} (eat|eaten|take|taken)",
        |told| fraction(told, false),
    ),
    (
        "(there are|in a group of|in a class of|of) {n} {thing} [in a class|in the class] (.|,) {p} [of] [them|the {thing2}] are (boys|girls|men|women) . how many (are (boys|girls|men|women)|(boys|girls|men|women) are there)",
        others,
    ),
    (
        "[if] the sum of two numbers is {n} and (one|one number|one of them) is {m} (more|larger|greater|bigger) [than the other] (.|,) (what are|find) (they|them|both|the numbers|the two numbers|these numbers|both numbers)",
        |told| two_numbers(told, false),
    ),
    (
        "[if] (one number is|one of two numbers is) (twice|{k} times) (the other|another|another number|the other one) (and|.) (their|the) sum [of the two numbers] is {n} (.|,) (what are|find) (the|the two|these|both) numbers",
        |told| two_numbers(told, true),
    ),
    (
        "the (mean|average) of {n} numbers is {m} . what is (their sum|the sum|their total|the total) [of the numbers|of these numbers]",
        |told| {
            told.answer(
                told.positive("n")? * told.number("m")?,
                format!("{} × {}", told.words("n"), told.words("m")),
            )
        },
    ),
    (
        "{a} is (twice|{k} times) as old as {b} (. in|and in|, and in) {n} years [,] (the sum of their ages will be|their ages will add up to|their ages sum to|their ages add up to) {m} . how old is {a2} [now]",
        ages,
    ),
    (
        "{a} has (twice|{k} times) as many {thing} as {b} . together [,] they have {n} [{thing2}] . how many [{thing3}] does {a2} have",
        |told| together(told, true),
    ),
    (
        "{a} has {d} more {thing} than {b} . together [,] they have {n} [{thing2}] . how many [{thing3}] does {a2} have",
        |told| together(told, false),
    ),
    (
        "(split|divide) [a|the] {a} [bill|check] [equally|evenly] (among|between) {n} (people|friends|persons|of us) with [a|an] {p} tip",
        bill,
    ),
    (
        "(split|divide|share) {a} [equally|evenly] (among|between) {n} (people|friends|persons)",
        |told| {
            told.answer(
                told.number("a")? / told.positive("n")?,
                format!("{} / {}", told.words("a"), told.words("n")),
            )
        },
    ),
    (
        "{n} (people|friends) (split|share) [a|the] [bill of] {a} [bill|check|dinner bill|restaurant bill] [equally|evenly] (with|and leave|and add|plus) [a|an] {p} tip (.|,) (how much does each [person|friend|one|of them] (pay|owe)|what is each share|what does each [one|person] pay)",
        bill,
    ),
    (
        "(a|an|the) {box} (has|contains|holds) {all} . what is the (probability|chance) (of|of randomly) (drawing|picking|choosing|selecting|pulling|getting) (a|an) {c} [at random]",
        drawn,
    ),
    (
        "(a|an|the) {box} (has|contains|holds) {all} . [if] (one|a) {x} is (drawn|picked|chosen|selected) [at random|randomly] (,|.) what is the (probability|chance) (that it is|it is|of it being|that it will be) {c}",
        drawn,
    ),
    (
        "there are {n} {thing} (and|.|,) each [{thing2}|of them|one] (needs|gets|receives|wants|takes) {m} {box} . how many {box2} (are needed|do they need|are there|are required|are needed in total|are needed in all)",
        for_each,
    ),
    (
        "the sum of three numbers is {n} . two of (them|the numbers|these numbers) are {a} and {b} . what is the (third|third number|other number|other)",
        |told| {
            let rest = told.number("n")? - told.number("a")? - told.number("b")?;
            let read = format!("{} - {} - {}", told.words("n"), told.words("a"), told.words("b"));
            Ok(Answer::rational(rest, read)?.sure(STORY))
        },
    ),
    (
        "{who} is {n} [years old] . (her|his|their) {x} is {m} years (older|younger) [than (her|him|them)] . how old is (her|his|their) {one}",
        sibling,
    ),
];

/// As many for each, all together.
fn for_each(told: &Told<'_>) -> Result<Answer> {
    if told.has("thing2") {
        same(told, "thing", "thing2")?;
    }
    same(told, "box", "box2")?;
    let value = told.positive("n")? * told.positive("m")?;
    told.answer(value, format!("{} × {}", told.words("n"), told.words("m")))
}

fn sibling(told: &Told<'_>) -> Result<Answer> {
    if told.words("x").to_lowercase() != told.words("one").to_lowercase() {
        return foreign("somebody else is asked about");
    }
    let older = told.tokens.iter().any(|token| token.says("older"));
    let (age, years) = (told.number("n")?, told.number("m")?);
    let sign = if older { '+' } else { '-' };
    let read = format!("{} {sign} {}", exact(&age), exact(&years));
    told.answer(if older { age + years } else { age - years }, read)
}

fn fraction(told: &Told<'_>, left: bool) -> Result<Answer> {
    told.subjects()?;
    if told.has("thing2") {
        same(told, "thing", "thing2")?;
    }
    let (all, some) = (told.positive("n")?, told.number("k")?);
    if some > all || !all.is_integer() || !some.is_integer() {
        return Err(Trouble::Undefined("more than there is".to_owned()));
    }
    let value = if left { (&all - &some) / &all } else { &some / &all };
    let read = if left {
        format!("({} - {}) / {}", exact(&all), exact(&some), exact(&all))
    } else {
        format!("{} / {}", exact(&some), exact(&all))
    };
    let text = crate::math::number::fraction(&value);
    Ok(Answer::text(text.clone(), read.clone())
        .step(format!("{read} = {text}"))
        .sure(STORY))
}

/// One has some times as many as the other, or so many more, and both have so many.
fn together(told: &Told<'_>, times: bool) -> Result<Answer> {
    for other in ["thing2", "thing3"] {
        if told.has(other) {
            same(told, "thing", other)?;
        }
    }
    let name = |place: &str| told.words(place).to_lowercase();
    let first = match name("a2") {
        asked if asked == name("a") => true,
        asked if asked == name("b") => false,
        _ => return foreign("somebody else is asked about"),
    };
    if [told.span("a"), told.span("b")].iter().any(|span| !plain(span)) {
        return foreign("a person has one name");
    }
    let sum = told.positive("n")?;
    let (value, read) = if times {
        let factor = if told.has("k") {
            told.positive("k")?
        } else {
            whole(2)
        };
        let one = &sum / (&factor + whole(1));
        let read = format!("{} / ({} + 1)", exact(&sum), exact(&factor));
        if first {
            (&one * &factor, format!("{} × {read}", exact(&factor)))
        } else {
            (one, read)
        }
    } else {
        let more = told.positive("d")?;
        let sign = if first { '+' } else { '-' };
        let value = if first { &sum + &more } else { &sum - &more } / whole(2);
        (value, format!("({} {sign} {}) / 2", exact(&sum), exact(&more)))
    };
    if !value.is_integer() && told.tokens.iter().all(|token| token.money.is_none()) || value.is_negative() {
        return foreign("they cannot have parts of one");
    }
    told.answer(value, read)
}

fn plain(span: &[Token]) -> bool {
    matches!(span, [name] if name.is_word())
}

fn bill(told: &Told<'_>) -> Result<Answer> {
    let (amount, people, tip) = (told.number("a")?, told.positive("n")?, percent(told)?);
    let each = amount * (whole(1) + &tip) / people;
    told.answer(
        each,
        format!(
            "{} × {} / {}",
            told.words("a"),
            exact(&(whole(1) + tip)),
            told.words("n")
        ),
    )
}

/// "3 red and 5 blue balls": how many of each first word.
fn drawn(told: &Told<'_>) -> Result<Answer> {
    const BAGS: [&str; 10] = [
        "bag",
        "box",
        "jar",
        "urn",
        "basket",
        "bowl",
        "drawer",
        "hat",
        "bucket",
        "container",
    ];
    if !matches!(told.span("box"), [word] if BAGS.contains(&word.lower.as_str())) {
        return foreign("nothing to draw from");
    }
    let mut all: Vec<(String, Rational)> = Vec::new();
    for item in told
        .span("all")
        .split(|token| token.is(',') || token.says("and"))
        .filter(|item| !item.is_empty())
    {
        let ([number, kind, ..], true) = (item, item.len() <= 3) else {
            return foreign("what is drawn from is not understood");
        };
        let number = number
            .number()
            .filter(|number| number.is_integer() && kind.is_word());
        let Some(number) = number else {
            return foreign("what is drawn from is not understood");
        };
        all.push((singular(&kind.lower), number.clone()));
    }
    let asked = match told.span("c") {
        [kind] | [kind, _] if kind.is_word() => singular(&kind.lower),
        _ => return foreign("what is drawn is not understood"),
    };
    let good: Rational = all
        .iter()
        .filter(|(kind, _)| *kind == asked)
        .map(|(_, n)| n)
        .sum();
    let total: Rational = all.iter().map(|(_, n)| n).sum();
    if good.is_zero() || all.len() < 2 {
        return foreign("what is drawn is not said to be there");
    }
    let read = format!("{} / {}", exact(&good), exact(&total));
    Ok(Answer::rational(good / total, read)?.sure(READING))
}

/// Those who are not of one sex are of the other, in such stories.
fn others(told: &Told<'_>) -> Result<Answer> {
    if told.has("thing2") {
        same(told, "thing", "thing2")?;
    }
    let kinds: Vec<&str> = told
        .tokens
        .iter()
        .map(|token| token.lower.as_str())
        .filter(|word| ["boys", "girls", "men", "women"].contains(word))
        .collect();
    let opposite = |one: &str, other: &str| {
        matches!(
            (one, other),
            ("boys", "girls") | ("girls", "boys") | ("men", "women") | ("women", "men")
        )
    };
    let (all, share) = (told.positive("n")?, told.fraction("p")?);
    let some = &all * &share;
    if share > whole(1) || !share.is_positive() || !some.is_integer() {
        return foreign("no part of them");
    }
    match kinds.as_slice() {
        [one, other] if one == other => told.answer(some, format!("{} × {}", told.words("p"), exact(&all))),
        [one, other] if opposite(one, other) => told.answer(
            &all - &some,
            format!("{} - {} × {}", exact(&all), told.words("p"), exact(&all)),
        ),
        _ => foreign("whether there are others is not said"),
    }
}

fn two_numbers(told: &Told<'_>, times: bool) -> Result<Answer> {
    let sum = told.number("n")?;
    let (large, small) = if times {
        let factor = if told.has("k") {
            told.positive("k")?
        } else {
            whole(2)
        };
        let small = &sum / (&factor + whole(1));
        (&small * factor, small)
    } else {
        let more = told.number("m")?;
        ((&sum + &more) / whole(2), (&sum - &more) / whole(2))
    };
    let text = format!("{}, {}", exact(&large), exact(&small));
    let read = format!("{} + {} = {}", exact(&large), exact(&small), exact(&sum));
    Ok(Answer::text(text, read.clone()).step(read).sure(STORY))
}

fn ages(told: &Told<'_>) -> Result<Answer> {
    let name = |place: &str| told.words(place).to_lowercase();
    if [told.span("a"), told.span("b")].iter().any(|span| !plain(span)) {
        return foreign("a person has one name");
    }
    let factor = if told.has("k") {
        told.positive("k")?
    } else {
        whole(2)
    };
    let (years, sum) = (told.number("n")?, told.number("m")?);
    let younger = (&sum - whole(2) * &years) / (&factor + whole(1));
    let read = format!(
        "({} - 2 × {}) / ({} + 1)",
        exact(&sum),
        exact(&years),
        exact(&factor)
    );
    match name("a2") {
        asked if asked == name("b") => told.answer(younger, read),
        asked if asked == name("a") => {
            told.answer(&younger * &factor, format!("{} × {read}", exact(&factor)))
        }
        _ => foreign("somebody else is asked about"),
    }
}
