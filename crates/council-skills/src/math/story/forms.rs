//! Stories of one computation: rates, prices, shares, parts, ages, two numbers.
//!
//! - [`told`](self::told): what they compute
//! - [`everyday`](self::everyday): what things come to, what is left, riddles of the schoolbook
//! - [`motion`](self::motion): speed, distance, time; work that is shared
//! - [`trade`](self::trade): prices, wages, growth
//! - [`unknowns`](self::unknowns): two numbers, shares of a ratio, what an average lacks
//! - [`plans`](self::plans): maps, sides of rectangles
//! - [`parts`](self::parts): what is left of a whole, what two have together, bills that are split, draws from a bag

mod everyday;
mod motion;
mod parts;
mod plans;
mod told;
mod trade;
mod unknowns;

use told::{
    Told, age, consecutive, discounted, each, each_of, later_age, packed, part, price, rate, same, times_age,
    yearly,
};

use crate::math::answer::{Answer, STORY};
use crate::math::lex::Token;
use crate::math::number::{exact, whole};
use crate::math::pattern::Pattern;
use crate::math::trouble::{Result, Trouble, foreign};
use std::sync::LazyLock;

type Handler = fn(&Told<'_>) -> Result<Answer>;

const STORIES: [(&str, Handler); 40] = [
    // So many in each.
    (
        "(a|an|each|one|every) {box} (holds|has|contains|can hold|seats|weighs|fits) {n} {thing} . how many {thing2} (are in|are there in|do|can|will|are in total in|does) {m} {box2} [hold|have|contain|weigh|fit|seat]",
        each,
    ),
    (
        "there are {n} {thing} (in a|in each|in every|in one|per) {box} . how many {thing2} (are in|are there in) {m} {box2}",
        each,
    ),
    (
        "{who} (orders|buys|has|bought|ordered|had|owns) {m} {box2} (of {x} with|with|containing|that each contain|, each with) {n} {thing} (each|in each) . how many {thing2} (are there|does {y} have|are there in all|are there altogether|are there in total|does {y} have in total|does {y} have altogether|did {y} buy)",
        packed,
    ),
    (
        "{who} (bought|buys|has|had) {m} {box2} [of {x}] . (each|every) {box} (has|holds|contains) {n} {thing} . how many {thing2} (are there|does {y} have|did {y} buy|are there in all|are there altogether|does {y} have in total|does {y} have altogether)",
        each,
    ),
    (
        "{who} (bought|buys|has|had) {m} {box2} [of {x}] . (each|every) {box} (has|holds|contains) {n} {thing} . {y} (ate|eats|used|lost|gave away|uses|gives away|sold|sells) {k} {thing3} . how many {thing2} (are left|does {z} have left|does {z} have now|remain)",
        |told| {
            let all = each_of(told)?;
            same(told, "thing", "thing3")?;
            let rest = all - told.number("k")?;
            told.answer(
                rest,
                format!("{} × {} - {}", told.words("m"), told.words("n"), told.words("k")),
            )
        },
    ),
    (
        "there are {m} {box2} (of|with) {n} {thing} [each] . {k} more {thing3} are added . how many {thing2} are there [now|altogether|in total|in all]",
        |told| {
            same(told, "thing", "thing2")?;
            same(told, "thing", "thing3")?;
            let value = told.number("m")? * told.number("n")? + told.number("k")?;
            told.answer(
                value,
                format!("{} × {} + {}", told.words("m"), told.words("n"), told.words("k")),
            )
        },
    ),
    (
        "there are {m} {box2} (of|with) {n} {thing} [each|in each] . how many {thing2} are there [altogether|in total|in all]",
        |told| {
            same(told, "thing", "thing2")?;
            told.answer(
                told.number("m")? * told.number("n")?,
                format!("{} × {}", told.words("m"), told.words("n")),
            )
        },
    ),
    // Prices.
    (
        "(a|an|each|one|every) {box} costs {n} . how much (do|does|will|would) {m} {box2} cost",
        price,
    ),
    (
        "(a|an|each|one|every) {box} costs {n} and (a|an|each|one) {other} costs {p} . how much (do|does|will|would) {m} {box2} and {k} {other2} cost [together|altogether|in total]",
        |told| {
            same(told, "box", "box2")?;
            same(told, "other", "other2")?;
            let value = told.number("m")? * told.money("n")? + told.number("k")? * told.money("p")?;
            told.answer(
                value,
                format!(
                    "{} × {} + {} × {}",
                    told.words("m"),
                    told.words("n"),
                    told.words("k"),
                    told.words("p")
                ),
            )
        },
    ),
    (
        "{who} (buys|bought) {m} {box2} (at|for) {n} each and {k} {other2} (at|for) {p} each . how much (does|did|money does|money did) {y} (spend|pay) [in total|altogether|in all]",
        |told| {
            told.thing("box2")?;
            told.thing("other2")?;
            let value = told.number("m")? * told.money("n")? + told.number("k")? * told.money("p")?;
            told.answer(
                value,
                format!(
                    "{} × {} + {} × {}",
                    told.words("m"),
                    told.words("n"),
                    told.words("k"),
                    told.words("p")
                ),
            )
        },
    ),
    (
        "{who} (buys|bought) {m} {box2} (at|for|that cost) {n} each . how much (does|did|money does|money did) {y} (spend|pay) [in total|altogether|in all]",
        |told| {
            told.thing("box2")?;
            told.answer(
                told.number("m")? * told.money("n")?,
                format!("{} × {}", told.words("m"), told.words("n")),
            )
        },
    ),
    (
        "[if] {m} {box} cost {n} (,|.) how much (do|does|will|would) {k} {box2} cost",
        |told| {
            same(told, "box", "box2")?;
            let value = told.money("n")? / told.positive("m")? * told.number("k")?;
            told.answer(
                value,
                format!("{} / {} × {}", told.words("n"), told.words("m"), told.words("k")),
            )
        },
    ),
    (
        "(a|an|the) {box} [originally|normally|usually] (costs|is priced at|sells for) {n} (. it is|. it's|and is|but is|, and is|, but is) [now] [discounted by|discounted|on sale for|on sale at|reduced by|reduced|marked down by|marked down] {p} [off] (.|,) (what do you pay|what is the sale price|how much is the sale price|how much is it now|how much does it cost now|what is the new price|what is the final price|what is its sale price|how much do you pay|what is the discounted price|what is the price now|what does it cost now|what is the price after the discount|how much does it cost after the discount)",
        discounted,
    ),
    (
        "(a|an|the) {n} {box} (. it is|and is|is) [now] [discounted by|discounted|on sale for|on sale at|reduced by|reduced|marked down by|marked down] {p} [off] (.|,) (what do you pay|what is the sale price|how much does it cost now|what is the new price|what is the final price|what is its sale price|how much do you pay|what is the discounted price|what is the price now|what does it cost now)",
        discounted,
    ),
    (
        "[what is] [the] (sale price|final price|discounted price|price) of (a|an|the) {n} {box} (with|after|at) [a|an] {p} (off|discount)",
        discounted,
    ),
    (
        "if a {box} costs {n} and is [discounted|reduced] [by] {p} [off] , what is the (final price|sale price|new price)",
        discounted,
    ),
    (
        "after [a] {p} discount , (what does|how much does) [a|an|the] {n} {box} cost",
        discounted,
    ),
    ("a {n} {box} (at|with) {p} off costs how much", discounted),
    // Rates.
    (
        "{who} (travels|drives|rides|runs|walks|flies|cycles|moves|goes|drove|travelled|traveled) at {n} {km} (per|an) hour for {m} hours . how (far|many {km2}) (does|did) {y} (travel|drive|ride|run|walk|fly|cycle|move|go)",
        |told| {
            told.answer(
                told.number("n")? * told.number("m")?,
                format!("{} × {}", told.words("n"), told.words("m")),
            )
        },
    ),
    (
        "{who} (travels|drives|rides|runs|walks|flies|cycles|moves|goes) {n} {km} per hour for {m} hours . how (far|many {km2}) (does|did) {y} (travel|drive|ride|run|walk|fly|cycle|move|go)",
        |told| {
            told.answer(
                told.number("n")? * told.number("m")?,
                format!("{} × {}", told.words("n"), told.words("m")),
            )
        },
    ),
    (
        "{who} (reads|writes|makes|saves|earns|walks|runs|eats|drinks|sells|bakes|produces|collects|paints|types|swims|solves|plants|picks) {n} [{thing}] (every|each|per|a|an) {unit} . how (many|much) [{thing2}] (does|will|can|do) {y} (read|write|make|save|earn|walk|run|eat|drink|sell|bake|produce|collect|paint|type|swim|solve|plant|pick) in {m} {unit2}",
        rate,
    ),
    (
        "{who} saves {n} (every|each|per|a) {unit} . how many {unit2} does {y} need to save {m}",
        |told| {
            same(told, "unit", "unit2")?;
            told.quotient("m", "n", false)
        },
    ),
    (
        "{who} earns {n} per hour and works {m} hours a day for {k} days . how much [money] (does|will) {y} earn [in total]",
        |told| {
            let value = told.money("n")? * told.number("m")? * told.number("k")?;
            told.answer(
                value,
                format!("{} × {} × {}", told.words("n"), told.words("m"), told.words("k")),
            )
        },
    ),
    (
        "{who} (holds|has|contains) {n} {thing} [of {one}] (. it is filled at|. it drains at|. it leaks at|. it leaks|. it loses|and drains at|and leaks|and loses|and drains) {m} {thing2} (per|a|an|every|each) {unit} . (when is it empty|how (many {unit2}|long) (does it take to fill [the|it] [{x}]|does it take to empty|does it take to drain|until it is empty|until the {x} is empty|before it is empty|does it take until it is empty|will it take to empty|will it last))",
        |told| {
            same(told, "thing", "thing2")?;
            if told.has("unit2") {
                same(told, "unit", "unit2")?;
            }
            let unit = told.words("unit");
            Ok(told.quotient("n", "m", true)?.labelled(&format!("{unit}s")))
        },
    ),
    (
        "{who} (uses|needs) {n} {thing} [of {x}] per {m} {km} . how many {thing2} (does it|are) (need|use|needed) for {k} {km2}",
        |told| {
            same(told, "thing", "thing2")?;
            same(told, "km", "km2")?;
            let value = told.number("n")? / told.positive("m")? * told.number("k")?;
            told.answer(
                value,
                format!("{} / {} × {}", told.words("n"), told.words("m"), told.words("k")),
            )
        },
    ),
    (
        "a recipe (needs|uses|requires|calls for) {n} {thing} of {x} (for|to make) {m} {km} (.|;) how (much|much {y}|many {thing2}|many {thing2} of {y}) [is|are] [needed|required|do you need|do i need|does it take] (for|to make) {k} {km2}",
        recipe,
    ),
    (
        "a recipe (needs|uses|requires|calls for) {n} {thing} {x} (for|to make) {m} {km} (.|;) how (much|much {y}|many {thing2}|many {thing2} of {y}) [is|are] [needed|required|do you need|do i need|does it take] (for|to make) {k} {km2}",
        recipe,
    ),
    (
        "a recipe for {m} {km} (needs|uses|requires|calls for) {n} {thing} of {x} . how (many {thing2} [of {y}]|much [{y}]) [are|is] [needed|required|do you need|do i need] for {k} {km2}",
        recipe,
    ),
    // Shares.
    (
        "[there are] {n} {thing} (are to be|to be|are|are being) (shared|divided|split|distributed) (equally|evenly) (among|between) {m} {who} . how many [{thing2}] (does|will) each [{one}] (get|receive|have)",
        |told| told.quotient("n", "m", false),
    ),
    (
        "{m} {who} share {n} {thing} (equally|evenly) . how many [{thing2}] (does|will) each [{one}] (get|receive|have)",
        |told| told.quotient("n", "m", false),
    ),
    (
        "a {x} that is {n} {unit} long is (cut|divided) into {m} equal (pieces|parts) . how long is each (piece|part)",
        |told| told.quotient("n", "m", true),
    ),
    (
        "{who} has {n} {thing} . {y} (packs|puts|places) them (into|in) {box} of {m} . how many {box2} (does {z} need|are needed|can {z} fill)",
        |told| {
            same(told, "box", "box2")?;
            told.quotient("n", "m", false)
        },
    ),
    // Parts.
    (
        "(a class|a group|a school|a team|a bus|a club) has {n} {thing} . {m} [of them] are {part} [and the rest are {other}|and the others are {other}] . how many are {other2}",
        |told| {
            let sexes = ["girl", "boy", "woman", "man"];
            let (one, two) = (told.thing("part")?, told.thing("other2")?);
            if one == two
                || !(told.has("other") || sexes.contains(&one.as_str()) && sexes.contains(&two.as_str()))
            {
                return foreign("whether there are others is not said");
            }
            told.answer(
                told.number("n")? - told.number("m")?,
                format!("{} - {}", told.words("n"), told.words("m")),
            )
        },
    ),
    ("of {n} {thing} , {p} {deed} . how many {thing2} {deed2}", part),
    (
        "there are {n} {thing} [in a class|in a school|in the class|in the school|in a club|in a group] . {p} of (them|the {thing3}) {deed} . how many [of the] {thing2} {deed2}",
        part,
    ),
    // Ages and numbers.
    (
        "{a} is {n} years (older|younger) than {b} . {b2} is {m} [years old] . how old is {a2}",
        age,
    ),
    (
        "{a} is (twice|{k} times) as old as {b} . {b2} is {m} [years old] . how old will {a2} be in {n} years",
        later_age,
    ),
    (
        "{who} (costs|pays) {n} (a|per|each|every) month . how much (does|will) {y} (pay|cost) (in a year|per year|a year|in one year)",
        yearly,
    ),
    (
        "{a} is (twice|{k} times) as old as {b} . {b2} is {m} [years old] . how old is {a2}",
        times_age,
    ),
    (
        "[if] the sum of two numbers is {n} and their difference is {m} (.|,) (what are|find) (the|the two|these|both) numbers",
        |told| {
            let (sum, difference) = (told.number("n")?, told.number("m")?);
            let (large, small) = ((&sum + &difference) / whole(2), (&sum - &difference) / whole(2));
            let text = format!("{}, {}", exact(&large), exact(&small));
            let read = format!("x + y = {}, x - y = {}", exact(&sum), exact(&difference));
            Ok(Answer::text(text, read.clone())
                .step(format!(
                    "{read} gives x = {}, y = {}",
                    exact(&large),
                    exact(&small)
                ))
                .sure(STORY))
        },
    ),
];

/// So much of something for so many, and how much for others.
fn recipe(told: &Told<'_>) -> Result<Answer> {
    told.thing("thing")?;
    if told.has("thing2") {
        same(told, "thing", "thing2")?;
    }
    if told.has("y") && told.words("y").to_lowercase() != told.words("x").to_lowercase() {
        return foreign("something else is asked about");
    }
    same(told, "km", "km2")?;
    let value = told.fraction("n")? / told.positive("m")? * told.number("k")?;
    let read = format!("{} / {} × {}", told.words("n"), told.words("m"), told.words("k"));
    Ok(told.answer(value, read)?.labelled(&told.words("thing")))
}

/// Consecutive numbers have a pattern of their own: the word before "integers" decides the step.
const CONSECUTIVE: &str = "[the sum of] {k} consecutive [{kind}] (integers|numbers|whole numbers) (add up to|is|sum to|have a sum of|whose sum is) {n} (.|,) (what are|find) (they|the numbers|the integers|them|these numbers|the three numbers|the three integers)";

static PATTERNS: LazyLock<Vec<(Pattern, Handler)>> = LazyLock::new(|| {
    let others = STORIES
        .iter()
        .chain(motion::STORIES.iter())
        .chain(everyday::STORIES.iter())
        .chain(parts::STORIES.iter())
        .chain(plans::STORIES.iter())
        .chain(trade::STORIES.iter())
        .chain(unknowns::STORIES.iter())
        .map(|(text, handler)| (Pattern::new(text), *handler));
    others
        .chain([(Pattern::new(CONSECUTIVE), consecutive as Handler)])
        .collect()
});

/// Tries every form.
pub(super) fn answer(tokens: &[Token]) -> Result<Answer> {
    // Sentences end with a point; the last one's sign is gone, or no longer of interest.
    let mut tokens: Vec<Token> = tokens.to_vec();
    while tokens.last().is_some_and(|last| last.is('?') || last.is('.')) {
        tokens.pop();
    }
    let mut trouble = Trouble::Foreign("no story known here".to_owned());
    let mut best: Option<Answer> = None;
    for (pattern, handler) in PATTERNS.iter() {
        for places in pattern.matches(&tokens) {
            match handler(&Told {
                tokens: &tokens,
                places,
            }) {
                Ok(answer) => match &best {
                    Some(known) if known.value != answer.value => {
                        return Err(Trouble::Ambiguous(format!(
                            "the story can be read with the results {} and {}",
                            known.value, answer.value
                        )));
                    }
                    _ => best = Some(answer),
                },
                Err(found) if found.weight() > trouble.weight() => trouble = found,
                Err(_) => {}
            }
        }
    }
    best.ok_or(trouble)
}
