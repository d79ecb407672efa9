//! What stood in the places of a story, and what it computes.

use crate::math::answer::{Answer, STORY};
use crate::math::expr::{self, Expr, Scope};
use crate::math::lex::{Token, written};
use crate::math::number::{Rational, exact, integer, whole};
use crate::math::pattern::Places;
use crate::math::story::{noun, singular};
use crate::math::trouble::{Result, Trouble, foreign};
use crate::math::unit::{Quantity, quantity};
use num_traits::{Signed, Zero};

/// What stood in the places of a story.
pub(super) struct Told<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) places: Places,
}

impl<'a> Told<'a> {
    pub(super) fn span(&self, name: &str) -> &'a [Token] {
        self.places
            .get(name)
            .map_or(&[], |range| &self.tokens[range.clone()])
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    pub(super) fn words(&self, name: &str) -> String {
        written(self.span(name))
    }

    pub(super) fn number(&self, name: &str) -> Result<Rational> {
        self.subjects()?;
        match self.span(name) {
            [token] => token.number().cloned().map_or_else(|| foreign("no number"), Ok),
            span => match expr::expression(span)? {
                percent @ Expr::Percent(_) => expr::rational(&expr::constant(&percent, &Scope::default())?),
                _ => foreign("no number"),
            },
        }
    }

    /// A number, or a fraction such as 2/3.
    pub(super) fn fraction(&self, name: &str) -> Result<Rational> {
        self.subjects()?;
        let value = expr::constant(&expr::expression(self.span(name))?, &Scope::default())?;
        expr::rational(&value)
    }

    /// A number with a unit.
    pub(super) fn quantity(&self, name: &str) -> Result<Quantity> {
        let quantity = quantity(self.span(name))?;
        if quantity.unit.is_none() || quantity.number.sign().is_none_or(|sign| sign <= 0) {
            return foreign(format!("`{}` is no quantity", self.words(name)));
        }
        Ok(quantity)
    }

    pub(super) fn positive(&self, name: &str) -> Result<Rational> {
        let number = self.number(name)?;
        if number.is_positive() {
            Ok(number)
        } else {
            foreign("a number above 0 is needed")
        }
    }

    pub(super) fn money(&self, name: &str) -> Result<Rational> {
        let number = self.number(name)?;
        if self.span(name).iter().any(|token| token.money.is_some()) {
            Ok(number)
        } else {
            foreign("no price")
        }
    }

    pub(super) fn thing(&self, name: &str) -> Result<String> {
        noun(self.span(name)).map_or_else(
            || foreign(format!("`{}` is no noun known here", self.words(name))),
            Ok,
        )
    }

    /// Who it is about: a few words without numbers, and a pronoun or the same name where it is meant again.
    pub(super) fn subjects(&self) -> Result<()> {
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

    pub(super) fn answer(&self, value: Rational, read: String) -> Result<Answer> {
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
    pub(super) fn quotient(&self, above: &str, below: &str, parts: bool) -> Result<Answer> {
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
pub(super) fn same(told: &Told<'_>, one: &str, other: &str) -> Result<()> {
    let (one, other) = (told.thing(one)?, told.thing(other)?);
    // "a movie ticket … 4 tickets"
    let head = one.rsplit(' ').next() == Some(other.as_str());
    if one == other || head {
        Ok(())
    } else {
        foreign("different things are counted")
    }
}

pub(super) fn each_of(told: &Told<'_>) -> Result<Rational> {
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

pub(super) fn each(told: &Told<'_>) -> Result<Answer> {
    told.answer(
        each_of(told)?,
        format!("{} × {}", told.words("m"), told.words("n")),
    )
}

pub(super) fn packed(told: &Told<'_>) -> Result<Answer> {
    same(told, "thing", "thing2")?;
    told.thing("box2")?;
    told.answer(
        told.number("n")? * told.number("m")?,
        format!("{} × {}", told.words("m"), told.words("n")),
    )
}

pub(super) fn price(told: &Told<'_>) -> Result<Answer> {
    same(told, "box", "box2")?;
    told.answer(
        told.money("n")? * told.number("m")?,
        format!("{} × {}", told.words("m"), told.words("n")),
    )
}

pub(super) fn discounted(told: &Told<'_>) -> Result<Answer> {
    told.thing("box")?;
    let (price, rate) = (told.money("n")?, percent(told)?);
    told.answer(
        price * (whole(1) - rate),
        format!("{} × (100% - {})", told.words("n"), told.words("p")),
    )
}

pub(super) fn percent(told: &Told<'_>) -> Result<Rational> {
    match expr::expression(told.span("p"))? {
        percent @ Expr::Percent(_) => expr::rational(&expr::constant(&percent, &Scope::default())?),
        _ => foreign("no percentage"),
    }
}

pub(super) fn rate(told: &Told<'_>) -> Result<Answer> {
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

pub(super) fn part(told: &Told<'_>) -> Result<Answer> {
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
pub(super) fn persons(told: &Told<'_>) -> Result<()> {
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

pub(super) fn age(told: &Told<'_>) -> Result<Answer> {
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

pub(super) fn times_age(told: &Told<'_>) -> Result<Answer> {
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

pub(super) fn consecutive(told: &Told<'_>) -> Result<Answer> {
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

/// So many years later.
pub(super) fn later_age(told: &Told<'_>) -> Result<Answer> {
    persons(told)?;
    let factor = if told.has("k") {
        told.number("k")?
    } else {
        whole(2)
    };
    let (other, years) = (told.number("m")?, told.number("n")?);
    let read = format!("{} × {} + {}", exact(&factor), exact(&other), exact(&years));
    told.answer(factor * other + years, read)
}

/// A year has twelve months.
pub(super) fn yearly(told: &Told<'_>) -> Result<Answer> {
    told.answer(told.money("n")? * whole(12), format!("{} × 12", told.words("n")))
}
