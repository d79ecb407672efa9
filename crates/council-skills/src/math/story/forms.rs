//! Stories of one computation: rates, prices, shares, parts, ages, two numbers.

use super::{noun, singular};
use crate::math::answer::{Answer, STORY};
use crate::math::expr::{self, Expr, Scope};
use crate::math::lex::{Token, written};
use crate::math::number::{Rational, exact, integer, whole};
use crate::math::pattern::{Pattern, Places};
use crate::math::trouble::{Result, Trouble, foreign};
use num_traits::{Signed, Zero};
use std::sync::LazyLock;

/// What stood in the places of a story.
struct Told<'a> {
    tokens: &'a [Token],
    places: Places,
}

type Handler = fn(&Told<'_>) -> Result<Answer>;

const STORIES: [(&str, Handler); 33] = [
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
        "a {box} costs {n} (. it is|and is) [discounted by|on sale for|reduced by] {p} [off] . (what do you pay|what is the sale price|how much does it cost now|what is the new price|what is the final price|what is its sale price|how much do you pay)",
        discounted,
    ),
    (
        "if a {box} costs {n} and is [discounted|reduced] [by] {p} [off] , what is the (final price|sale price|new price)",
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
        "{who} (holds|has) {n} {thing} . it is filled at {m} {thing2} per {unit} . how many {unit2} does it take to fill [the|it] [{x}]",
        |told| {
            same(told, "thing", "thing2")?;
            same(told, "unit", "unit2")?;
            told.quotient("n", "m", true)
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
        "a recipe for {m} {km} (needs|uses|requires) {n} {thing} of {x} . how many {thing2} [of {y}] are (needed|required) for {k} {km2}",
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

/// Consecutive numbers have a pattern of their own: the word before "integers" decides the step.
const CONSECUTIVE: &str = "[the sum of] {k} consecutive [{kind}] (integers|numbers|whole numbers) (add up to|is|sum to|have a sum of|whose sum is) {n} (.|,) (what are|find) (they|the numbers|the integers|them|these numbers|the three numbers|the three integers)";

static PATTERNS: LazyLock<Vec<(Pattern, Handler)>> = LazyLock::new(|| {
    let others = STORIES
        .iter()
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
    best.map_or(Err(trouble), Ok)
}

impl<'a> Told<'a> {
    fn span(&self, name: &str) -> &'a [Token] {
        self.places
            .get(name)
            .map_or(&[], |range| &self.tokens[range.clone()])
    }

    fn has(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    fn words(&self, name: &str) -> String {
        written(self.span(name))
    }

    fn number(&self, name: &str) -> Result<Rational> {
        self.subjects()?;
        match self.span(name) {
            [token] => token.number().cloned().map_or_else(|| foreign("no number"), Ok),
            span => match expr::expression(span)? {
                percent @ Expr::Percent(_) => expr::rational(&expr::constant(&percent, &Scope::default())?),
                _ => foreign("no number"),
            },
        }
    }

    fn positive(&self, name: &str) -> Result<Rational> {
        let number = self.number(name)?;
        if number.is_positive() {
            Ok(number)
        } else {
            foreign("a number above 0 is needed")
        }
    }

    fn money(&self, name: &str) -> Result<Rational> {
        let number = self.number(name)?;
        if self.span(name).iter().any(|token| token.money.is_some()) {
            Ok(number)
        } else {
            foreign("no price")
        }
    }

    fn thing(&self, name: &str) -> Result<String> {
        noun(self.span(name)).map_or_else(
            || foreign(format!("`{}` is no noun known here", self.words(name))),
            Ok,
        )
    }

    /// Who it is about: a few words without numbers, and a pronoun or the same name where it is meant again.
    fn subjects(&self) -> Result<()> {
        const NEVER: [&str; 14] = [
            "if", "not", "each", "every", "and", "or", "both", "all", "after", "before", "but", "other",
            "with", "of",
        ];
        for name in ["who", "x", "y", "z", "one"] {
            let span = self.span(name);
            let plain = span
                .iter()
                .all(|token| token.is_word() && !NEVER.contains(&token.lower.as_str()));
            if span.len() > 4 || !plain {
                return foreign("a subject of another form");
            }
        }
        let first = self.span("who");
        for name in ["y", "z"] {
            let span = self.span(name);
            let pronoun =
                matches!(span, [token] if ["he", "she", "it", "they", "you"].contains(&token.lower.as_str()));
            let bare = |span: &[Token]| {
                let words = span
                    .iter()
                    .map(|token| singular(&token.lower))
                    .filter(|word| !["a", "an", "the"].contains(&word.as_str()));
                words.collect::<Vec<_>>()
            };
            if !(span.is_empty() || pronoun || first.is_empty() || bare(span) == bare(first)) {
                return foreign("somebody else is asked about");
            }
        }
        Ok(())
    }

    fn answer(&self, value: Rational, read: String) -> Result<Answer> {
        self.subjects()?;
        if value.is_negative() {
            return Err(Trouble::Undefined(
                "the result would be less than nothing".to_owned(),
            ));
        }
        let money = self.tokens.iter().find_map(|token| token.money);
        Ok(Answer::rational(value, read)?.money(money).sure(STORY))
    }

    /// A division; what is counted comes out whole.
    fn quotient(&self, above: &str, below: &str, parts: bool) -> Result<Answer> {
        let value = self.number(above)? / self.positive(below)?;
        if !parts && !value.is_integer() {
            return foreign("the division leaves a rest");
        }
        for name in ["thing", "thing2"] {
            if self.has(name) && name == "thing2" {
                same(self, "thing", "thing2")?;
            }
        }
        let answer = Answer::rational(value, format!("{} / {}", self.words(above), self.words(below)))?;
        self.subjects()?;
        Ok(answer.sure(STORY))
    }
}

/// Both places name the same thing.
fn same(told: &Told<'_>, one: &str, other: &str) -> Result<()> {
    if told.thing(one)? == told.thing(other)? {
        Ok(())
    } else {
        foreign("different things are counted")
    }
}

fn each_of(told: &Told<'_>) -> Result<Rational> {
    same(told, "box", "box2")?;
    same(told, "thing", "thing2")?;
    // Five sisters with one brother each may have one and the same.
    let shared = [
        "brother",
        "sister",
        "sibling",
        "parent",
        "mother",
        "father",
        "friend",
        "cousin",
        "neighbour",
        "neighbor",
        "teacher",
        "boss",
    ];
    if shared.contains(&told.thing("thing")?.as_str()) {
        return Err(Trouble::Ambiguous("several may have the same ones".to_owned()));
    }
    Ok(told.number("n")? * told.number("m")?)
}

fn each(told: &Told<'_>) -> Result<Answer> {
    told.answer(
        each_of(told)?,
        format!("{} × {}", told.words("m"), told.words("n")),
    )
}

fn packed(told: &Told<'_>) -> Result<Answer> {
    same(told, "thing", "thing2")?;
    told.thing("box2")?;
    told.answer(
        told.number("n")? * told.number("m")?,
        format!("{} × {}", told.words("m"), told.words("n")),
    )
}

fn price(told: &Told<'_>) -> Result<Answer> {
    same(told, "box", "box2")?;
    told.answer(
        told.money("n")? * told.number("m")?,
        format!("{} × {}", told.words("m"), told.words("n")),
    )
}

fn discounted(told: &Told<'_>) -> Result<Answer> {
    told.thing("box")?;
    let (price, rate) = (told.money("n")?, percent(told)?);
    told.answer(
        price * (whole(1) - rate),
        format!("{} × (100% - {})", told.words("n"), told.words("p")),
    )
}

fn percent(told: &Told<'_>) -> Result<Rational> {
    match expr::expression(told.span("p"))? {
        percent @ Expr::Percent(_) => expr::rational(&expr::constant(&percent, &Scope::default())?),
        _ => foreign("no percentage"),
    }
}

fn rate(told: &Told<'_>) -> Result<Answer> {
    same(told, "unit", "unit2")?;
    let money = told.span("n").iter().any(|token| token.money.is_some());
    let thing = |name: &str| {
        if told.has(name) {
            told.thing(name)
        } else {
            Ok("$".to_owned())
        }
    };
    if !money && (!told.has("thing") || (told.has("thing2") && thing("thing")? != thing("thing2")?)) {
        return foreign("different things are counted");
    }
    if money && (told.has("thing") || thing("thing2")? != "$") {
        return foreign("different things are counted");
    }
    told.answer(
        told.number("n")? * told.number("m")?,
        format!("{} × {}", told.words("n"), told.words("m")),
    )
}

fn part(told: &Told<'_>) -> Result<Answer> {
    same(told, "thing", "thing2")?;
    if told.has("thing3") {
        same(told, "thing", "thing3")?;
    }
    let plain = |name: &str| told.span(name).iter().all(Token::is_word) && told.span(name).len() <= 4;
    let negated = told
        .span("deed")
        .iter()
        .any(|token| ["not", "don't", "never", "no"].contains(&token.lower.as_str()));
    if !plain("deed") || negated || told.words("deed").to_lowercase() != told.words("deed2").to_lowercase() {
        return foreign("something else is asked");
    }
    let all = told.number("n")?;
    let share = match expr::expression(told.span("p"))? {
        percent @ Expr::Percent(_) => expr::rational(&expr::constant(&percent, &Scope::default())?)?,
        Expr::Number(number) if !number.is_integer() => number,
        Expr::Number(_) if told.has("thing3") || told.tokens.iter().any(|token| token.says("them")) => {
            return foreign("a number of them, and not a part");
        }
        other => match other {
            Expr::Binary(expr::Operator::Divide, ..) => {
                expr::rational(&expr::constant(&other, &Scope::default())?)?
            }
            _ => return foreign("no part"),
        },
    };
    let value = &all * &share;
    if integer(&value).is_none() || share > whole(1) {
        return foreign("the part is no whole number");
    }
    told.answer(value, format!("{} × {}", told.words("p"), told.words("n")))
}

/// The same two persons, in the order of the question.
fn persons(told: &Told<'_>) -> Result<()> {
    let word = |name: &str| match told.span(name) {
        [token] if token.is_word() => Ok(token.lower.clone()),
        _ => foreign("a person has one name"),
    };
    if word("a")? == word("a2")? && word("b")? == word("b2")? && word("a")? != word("b")? {
        Ok(())
    } else {
        foreign("another person")
    }
}

fn age(told: &Told<'_>) -> Result<Answer> {
    persons(told)?;
    let (difference, other) = (told.number("n")?, told.number("m")?);
    let older = told.tokens.iter().any(|token| token.says("older"));
    let value = if older {
        &other + &difference
    } else {
        &other - &difference
    };
    let sign = if older { '+' } else { '-' };
    told.answer(value, format!("{} {sign} {}", exact(&other), exact(&difference)))
}

fn times_age(told: &Told<'_>) -> Result<Answer> {
    persons(told)?;
    let factor = if told.has("k") {
        told.number("k")?
    } else {
        whole(2)
    };
    let other = told.number("m")?;
    told.answer(
        &factor * &other,
        format!("{} × {}", exact(&factor), exact(&other)),
    )
}

fn consecutive(told: &Told<'_>) -> Result<Answer> {
    let step = match told.words("kind").to_lowercase().as_str() {
        "" | "positive" => 1,
        "even" | "odd" => 2,
        _ => return foreign("numbers of another kind"),
    };
    let odd = told.words("kind").to_lowercase() == "odd";
    let (count, sum) = (told.number("k")?, told.number("n")?);
    let count = integer(&count)
        .and_then(|count| i64::try_from(count).ok())
        .filter(|count| (2..=50).contains(count));
    let Some(count) = count else {
        return foreign("how many numbers there are");
    };
    let first = (&sum - whole(step * count * (count - 1) / 2)) / whole(count);
    let Some(start) = integer(&first) else {
        return Err(Trouble::Undefined(format!(
            "no such integers add up to {}",
            exact(&sum)
        )));
    };
    let parity: bool = !(&start % 2_i32).is_zero();
    if step == 2 && parity != odd {
        return Err(Trouble::Undefined(format!(
            "no such integers add up to {}",
            exact(&sum)
        )));
    }
    let numbers: Vec<String> = (0..count).map(|at| exact(&(&first + whole(at * step)))).collect();
    Ok(Answer::text(
        numbers.join(", "),
        format!("{} = {}", numbers.join(" + "), exact(&sum)),
    )
    .step(format!("{} = {}", numbers.join(" + "), exact(&sum)))
    .sure(STORY))
}
