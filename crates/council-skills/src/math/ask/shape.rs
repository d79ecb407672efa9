//! "A rectangle is 6 m long and 4 m wide. What is its area?" asks for the area of a rectangle with these sides.

use crate::math::lex::Token;
use crate::math::pattern::Pattern;
use std::sync::LazyLock;

static DESCRIBED: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        "[if] (a|an|the) {shape} (has|is|with|measures) [a|an] {sides} (.|,) [what is|what's|find|calculate|how large is|how long is] (its|the) {measure}",
    )
});

static MEASURED: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        "[if] the {given} of (a|an|the) {shape} is {size} (.|,) [what is|what's|find|calculate|how large is|how long is] (its|the) {measure}",
    )
});

static LONG: LazyLock<Pattern> = LazyLock::new(|| Pattern::new("{a} long and {b} (wide|high|tall)"));

/// The same question in one phrase, where it is asked in two sentences.
pub(super) fn phrase(tokens: &[Token]) -> Option<Vec<Token>> {
    const SHAPES: [&str; 18] = [
        "rectangle",
        "square",
        "circle",
        "triangle",
        "cube",
        "sphere",
        "cylinder",
        "cone",
        "parallelogram",
        "trapezoid",
        "trapezium",
        "rhombus",
        "box",
        "cuboid",
        "room",
        "garden",
        "prism",
        "field",
    ];
    if let Some(places) = MEASURED.matches(tokens).into_iter().next() {
        let part = |name: &str| places.get(name).map(|range| &tokens[range.clone()]);
        let (given, shape, size, measure) = (part("given")?, part("shape")?, part("size")?, part("measure")?);
        let known = matches!(shape, [word] if SHAPES.contains(&word.lower.as_str()));
        if !known || !measure.iter().chain(given).all(Token::is_word) {
            return None;
        }
        let mut phrase = measure.to_vec();
        phrase.extend([Token::word("of"), Token::word("a")]);
        phrase.extend_from_slice(shape);
        phrase.push(Token::word("with"));
        phrase.extend_from_slice(given);
        phrase.extend_from_slice(size);
        return Some(phrase);
    }
    let places = DESCRIBED.matches(tokens).into_iter().next()?;
    let part = |name: &str| places.get(name).map(|range| &tokens[range.clone()]);
    let (shape, sides, measure) = (part("shape")?, part("sides")?, part("measure")?);
    let known = shape.len() <= 3
        && shape
            .last()
            .is_some_and(|last| SHAPES.contains(&last.lower.as_str()));
    if !known || !measure.iter().all(Token::is_word) {
        return None;
    }
    let mut phrase = measure.to_vec();
    phrase.extend([Token::word("of"), Token::word("a")]);
    phrase.extend_from_slice(shape);
    phrase.push(Token::word("with"));
    match LONG.matches(sides).into_iter().next() {
        Some(places) => {
            phrase.extend_from_slice(&sides[places.get("a")?.clone()]);
            phrase.push(Token::word("by"));
            phrase.extend_from_slice(&sides[places.get("b")?.clone()]);
        }
        None => phrase.extend_from_slice(sides),
    }
    Some(phrase)
}
