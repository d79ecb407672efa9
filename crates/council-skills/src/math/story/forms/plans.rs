//! Maps and rectangles: a length on paper and in the world, sides of which one says the other.

use super::Handler;
use super::told::Told;
use crate::math::answer::{Answer, STORY};
use crate::math::lex::Token;
use crate::math::number::{Rational, exact, whole};
use crate::math::sum::Sum;
use crate::math::trouble::{Result, Trouble, foreign};
use crate::math::unit::{self, Quantity};
use num_traits::{One, Signed, Zero};

pub(super) const STORIES: [(&str, Handler); 6] = [
    (
        "[if] (a|the|my) map (has|uses|is drawn at|is drawn to) a scale of 1 : {s} (.|,) (how far|what distance|how long|what length|how many {u}) (is|are|does|do) {d} on the map [correspond to|represent|stand for] [in reality|in real life|on the ground|in the real world] [in {u2}]",
        in_the_world,
    ),
    (
        "(on a map with a scale of|a map has a scale of|the scale of a map is|on a map drawn to a scale of) 1 : {s} (.|,) {places} (are|is) {d} (apart|long|away|wide|from one another) [on the map] . (what is the (real|actual|true) (distance|length|width)|how far apart are they|how long is it|how far is it|how far apart are the {places2}) [between them] [really] [in reality|in real life] [in {u}]",
        in_the_world,
    ),
    (
        "on a map with a scale of 1 : {s} , what (distance|length) (does|do|is represented by) {d} [represent|correspond to|stand for] [in reality] [in {u}]",
        in_the_world,
    ),
    (
        "(the length of a rectangle|a rectangle's length|the length of the rectangle|the rectangle's length) is {rel} (its|the) width (and|. if|.|,) (its|the) perimeter [of the rectangle] is {p} [{m}] (.|,) (what is|what's|find) (its|the) (area|length|width) [of the rectangle]",
        |told| sides(told, Known::Perimeter),
    ),
    (
        "(a|the) rectangle (has|with|whose) [a] length [that is|is] {rel} its width (and a|. its|, and a) perimeter (of|is) {p} [{m}] (.|,) (what is|what's|find) (its|the) (area|length|width) [of the rectangle]",
        |told| sides(told, Known::Perimeter),
    ),
    (
        "(the length of a rectangle|a rectangle's length|the length of the rectangle|the rectangle's length) is {rel} (its|the) width (and|. if|.|,) (its|the) area [of the rectangle] is {p} [{m}] (.|,) (what is|what's|find) (its|the) (perimeter|length|width) [of the rectangle]",
        |told| sides(told, Known::Area),
    ),
];

/// What is so long on the map.
fn in_the_world(told: &Told<'_>) -> Result<Answer> {
    let scale = told.positive("s")?;
    let paper = told.quantity("d")?;
    let metre = unit::scale("m")?;
    let length = paper.unit.as_ref().is_some_and(|unit| unit.fits(&metre));
    if !length || scale < whole(10) {
        return foreign("no length on a map");
    }
    let real = Quantity {
        number: paper.number.scaled(&scale),
        unit: paper.unit,
    };
    let asked = ["u", "u2"].into_iter().find(|place| told.has(place));
    let target = if let Some(place) = asked {
        unit::unit(told.span(place))?
    } else {
        let metres = unit::convert(&real, &metre)?;
        let far = metres.rational().is_some_and(|metres| metres >= whole(1_000));
        if far { unit::scale("km")? } else { metre }
    };
    let value = unit::convert(&real, &target)?;
    let read = format!("{} × {}", told.words("d"), exact(&scale));
    Ok(Answer::number(&value, read)?.labelled(&target.symbol).sure(STORY))
}

/// What is told of a rectangle besides how its sides belong together.
#[derive(Clone, Copy)]
enum Known {
    Perimeter,
    Area,
}

/// A length that is so many times the width, or so much more.
fn sides(told: &Told<'_>, known: Known) -> Result<Answer> {
    let (times, more) = relation(told)?;
    let known_value = told.positive("p")?;
    let width = match known {
        Known::Perimeter => (&known_value / whole(2) - &more) / (&times + Rational::one()),
        Known::Area if more.is_zero() => {
            let square = Sum::from(&known_value / &times).power(&Rational::new(1.into(), 2.into()))?;
            match square.rational() {
                Some(width) => width,
                None => return foreign("the sides are no rational numbers"),
            }
        }
        Known::Area => return foreign("a quadratic equation"),
    };
    let length = &width * &times + &more;
    if !width.is_positive() || !length.is_positive() {
        return Err(Trouble::Undefined("no rectangle has such sides".to_owned()));
    }
    let asks = |word: &str| {
        let question = told
            .tokens
            .iter()
            .rposition(|token| token.says("find") || token.says("is") || token.says("what's"));
        question.is_some_and(|at| told.tokens[at..].iter().any(|token| token.says(word)))
    };
    let said = format!("width {}, length {}", exact(&width), exact(&length));
    let sides = format!("{} and {}", exact(&length), exact(&width));
    let (value, read, power) = if asks("area") {
        (
            &length * &width,
            format!("{} × {}", exact(&length), exact(&width)),
            "square ",
        )
    } else if asks("perimeter") {
        (
            (&length + &width) * whole(2),
            format!("2 × ({} + {})", exact(&length), exact(&width)),
            "",
        )
    } else if asks("length") {
        (length, format!("the longer of {sides}"), "")
    } else {
        (width, format!("the shorter of {sides}"), "")
    };
    let unit = told.words("m");
    let label = match known {
        Known::Perimeter if !unit.is_empty() => format!("{power}{unit}"),
        // The unit of an area says none of a length.
        Known::Perimeter | Known::Area => String::new(),
    };
    Ok(Answer::rational(value, read)?
        .step(said)
        .labelled(&label)
        .sure(STORY))
}

/// "twice", "3 times", "4 cm more than", "2 less than three times": a factor, and what is added.
fn relation(told: &Told<'_>) -> Result<(Rational, Rational)> {
    let span = told.span("rel");
    let factor = |span: &[Token]| match span {
        [] => Some(Rational::one()),
        [token] if token.says("twice") || token.says("double") => Some(whole(2)),
        [token] if token.says("triple") => Some(whole(3)),
        [number, times] if times.says("times") => number.number().cloned(),
        _ => None,
    };
    let unknown = || foreign("how the sides belong together is not understood");
    if let Some(factor) = factor(span).filter(|_| !span.is_empty()) {
        return if factor.is_positive() {
            Ok((factor, Rational::zero()))
        } else {
            unknown()
        };
    }
    let Some(than) = span.iter().position(|token| token.says("than")) else {
        return unknown();
    };
    let (before, after) = (&span[..than], &span[than + 1..]);
    let (Some([number, unit @ .., sign]), Some(factor)) = (before.get(..), factor(after)) else {
        return unknown();
    };
    // A unit has to be the one in which all else is told.
    let same = unit.is_empty() || crate::math::lex::written(unit) == told.words("m");
    let (Some(number), true) = (number.number(), same) else {
        return unknown();
    };
    match sign.lower.as_str() {
        "more" | "longer" | "greater" => Ok((factor, number.clone())),
        "less" | "shorter" => Ok((factor, -number.clone())),
        _ => unknown(),
    }
}
