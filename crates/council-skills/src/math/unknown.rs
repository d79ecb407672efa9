//! A sentence about one unknown number: "twice a number decreased by 7 is 15".

use super::answer::{Answer, READING};
use super::expr::{self, Expr, Operator};
use super::lex::{Kind, Token};
use super::number::{ratio, whole};
use super::pattern::Pattern;
use super::solve;
use super::trouble::{Result, Trouble, foreign};
use std::sync::LazyLock;

/// The letter of the unknown while it is solved for.
const NAME: &str = "n";

/// Phrases nest this deep at most.
const DEPTH: usize = 5;

/// How a phrase of two parts is computed; one of them may be missing.
type Build = fn(Expr, Expr) -> Expr;

/// Those that say all of a sentence's structure first, then those that split it at a word in the middle.
const PHRASES: [(&str, Build); 32] = [
    ("[the] sum of {a} and {b}", |a, b| {
        Expr::binary(Operator::Add, a, b)
    }),
    ("[the] difference (of|between) {a} and {b}", |a, b| {
        Expr::binary(Operator::Subtract, a, b)
    }),
    ("[the] product of {a} and {b}", |a, b| {
        Expr::binary(Operator::Times, a, b)
    }),
    ("[the] quotient of {a} and {b}", |a, b| {
        Expr::binary(Operator::Divide, a, b)
    }),
    ("{a} and [then] (add|adding) {b}", |a, b| {
        Expr::binary(Operator::Add, a, b)
    }),
    ("{a} and [then] (subtract|subtracting) {b}", |a, b| {
        Expr::binary(Operator::Subtract, a, b)
    }),
    ("{a} and then (decreased|reduced) by {b}", |a, b| {
        Expr::binary(Operator::Subtract, a, b)
    }),
    ("{a} and then increased by {b}", |a, b| {
        Expr::binary(Operator::Add, a, b)
    }),
    ("{a} and then multiplied by {b}", |a, b| {
        Expr::binary(Operator::Times, a, b)
    }),
    ("{a} and then divided by {b}", |a, b| {
        Expr::binary(Operator::Divide, a, b)
    }),
    ("[you|i|we] (add|adding) {b} to {a}", |a, b| {
        Expr::binary(Operator::Add, a, b)
    }),
    ("[you|i|we] (subtract|take|subtracting) {b} from {a}", |a, b| {
        Expr::binary(Operator::Subtract, a, b)
    }),
    ("[you|i|we] (multiply|multiplying) {a} by {b}", |a, b| {
        Expr::binary(Operator::Times, a, b)
    }),
    ("[you|i|we] (divide|dividing) {a} by {b}", |a, b| {
        Expr::binary(Operator::Divide, a, b)
    }),
    ("{b} (more|greater) than {a}", |a, b| {
        Expr::binary(Operator::Add, a, b)
    }),
    ("{b} (less|fewer|smaller) than {a}", |a, b| {
        Expr::binary(Operator::Subtract, a, b)
    }),
    ("{b} [is] subtracted from {a}", |a, b| {
        Expr::binary(Operator::Subtract, a, b)
    }),
    ("{b} [is] added to {a}", |a, b| Expr::binary(Operator::Add, a, b)),
    (
        "{a} [is] (decreased by|reduced by|diminished by|minus|less) {b}",
        |a, b| Expr::binary(Operator::Subtract, a, b),
    ),
    ("{a} [is] (increased by|plus|added to|and) {b}", |a, b| {
        Expr::binary(Operator::Add, a, b)
    }),
    ("{a} + {b}", |a, b| Expr::binary(Operator::Add, a, b)),
    ("{a} - {b}", |a, b| Expr::binary(Operator::Subtract, a, b)),
    ("{a} [is] divided by {b}", |a, b| {
        Expr::binary(Operator::Divide, a, b)
    }),
    ("{a} [is] multiplied by {b}", |a, b| {
        Expr::binary(Operator::Times, a, b)
    }),
    ("{a} times {b}", |a, b| Expr::binary(Operator::Times, a, b)),
    ("(twice|double) {a}", |a, _| {
        Expr::binary(Operator::Times, Expr::Number(whole(2)), a)
    }),
    ("(triple|thrice) {a}", |a, _| {
        Expr::binary(Operator::Times, Expr::Number(whole(3)), a)
    }),
    ("half [of] {a}", |a, _| {
        Expr::binary(Operator::Times, Expr::Number(ratio(1, 2)), a)
    }),
    ("[the] square of {a}", |a, _| {
        Expr::binary(Operator::Power, a, Expr::Number(whole(2)))
    }),
    ("{a} squared", |a, _| {
        Expr::binary(Operator::Power, a, Expr::Number(whole(2)))
    }),
    ("{b} of {a}", |a, b| Expr::binary(Operator::Times, b, a)),
    ("{a} doubled", |a, _| {
        Expr::binary(Operator::Times, Expr::Number(whole(2)), a)
    }),
];

static PATTERNS: LazyLock<Vec<(Pattern, Build)>> = LazyLock::new(|| {
    PHRASES
        .iter()
        .map(|(text, build)| (Pattern::new(text), *build))
        .collect()
});

static SENTENCES: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    [
        "[if|when|suppose] {left} [,] [and] (is|equals|gives|makes|is equal to|results in|you get|i get|we get|get|the result is|the answer is|yields) {right} (.|,|;) [then] [what|find|what's|determine] [is|was] [the|that|my|this] [original|unknown] (number|it)",
        "[what|find|which|determine] [is] [the|a] number (such that|for which|if|when) {left} (is|equals|gives|is equal to) {right}",
        "(think|i think|i am thinking|i thought) of (a number|n) [.|,|and] {deeds} (.|,|and) (the result is|get|i get|the answer is|i got|you get|this gives) {right} (.|,|;) (what is|what was|what's|find) (the|that|my) [original] number",
        "(think|i think|i am thinking) of (a number|n) [.|,] [such that] {left} (is|equals|gives|is equal to) {right} (.|,|;) [what|find] [is] [the|that|my] number",
    ]
    .into_iter()
    .map(Pattern::new)
    .collect()
});

/// Reads such a sentence and solves it.
pub(super) fn answer(tokens: &[Token]) -> Result<Answer> {
    let tokens = named(tokens);
    let mut found: Option<(String, String)> = None;
    let mut trouble = Trouble::Foreign("no sentence about a number".to_owned());
    for sentence in SENTENCES.iter() {
        for places in sentence.matches(&tokens) {
            let side = |name: &str| {
                places
                    .get(name)
                    .map_or(&tokens[0..0], |range| &tokens[range.clone()])
            };
            let left = if places.contains_key("deeds") {
                done(side("deeds"))
            } else {
                phrase(side("left"), 0)
            };
            let read = left.and_then(|left| Ok((left, phrase(side("right"), 0)?)));
            let (left, right) = match read {
                Ok(sides) => sides,
                Err(new) => {
                    if new.weight() > trouble.weight() {
                        trouble = new;
                    }
                    continue;
                }
            };
            let mut names = std::collections::BTreeSet::new();
            left.variables(&mut names);
            right.variables(&mut names);
            if names.len() != 1 {
                continue;
            }
            let equation = format!("{left} = {right}");
            let text = solve::equation(&left, &right, NAME)?.show(NAME);
            match &found {
                Some((known, _)) if *known != text => {
                    return Err(Trouble::Ambiguous(format!(
                        "the sentence can be read with the result {known} and {text}"
                    )));
                }
                _ => found = Some((text, equation)),
            }
        }
    }
    let Some((text, equation)) = found else {
        return Err(trouble);
    };
    let value = text.replace(&format!("{NAME} = "), "");
    Ok(Answer::text(value, equation.clone())
        .step(format!("{equation} gives {text}"))
        .sure(READING))
}

/// What is done to the number, one deed after the other: "double it and add 9".
fn done(tokens: &[Token]) -> Result<Expr> {
    let mut number = Expr::Name(NAME.to_owned());
    for deed in tokens.split(|token| token.is(',') || token.says("and") || token.says("then")) {
        let words: Vec<&str> = deed.iter().map(|token| token.lower.as_str()).collect();
        let times = |factor| Expr::Number(factor);
        let (operator, operand) = match words.as_slice() {
            [] => continue,
            ["double", "it"] => (Operator::Times, times(whole(2))),
            ["triple", "it"] => (Operator::Times, times(whole(3))),
            ["halve", "it"] => (Operator::Times, times(ratio(1, 2))),
            ["square", "it"] => (Operator::Power, times(whole(2))),
            ["add", .., "to", "it"] => (Operator::Add, expr::expression(&deed[1..deed.len() - 2])?),
            ["add", ..] => (Operator::Add, expr::expression(&deed[1..])?),
            ["subtract" | "take", .., "from", "it"] => {
                (Operator::Subtract, expr::expression(&deed[1..deed.len() - 2])?)
            }
            ["take", "away", ..] => (Operator::Subtract, expr::expression(&deed[2..])?),
            ["subtract", ..] => (Operator::Subtract, expr::expression(&deed[1..])?),
            ["multiply", "it", "by", ..] => (Operator::Times, expr::expression(&deed[3..])?),
            ["multiply", "by", ..] => (Operator::Times, expr::expression(&deed[2..])?),
            ["divide", "it", "by", ..] => (Operator::Divide, expr::expression(&deed[3..])?),
            ["divide", "by", ..] => (Operator::Divide, expr::expression(&deed[2..])?),
            _ => return foreign("what is done to the number is not understood"),
        };
        number = Expr::binary(operator, number, operand);
    }
    Ok(number)
}

/// "a number" becomes a letter.
fn named(tokens: &[Token]) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut asked = false;
    for token in tokens {
        asked |= token.says("what") || token.says("find") || token.says("which");
        let article = out.last().is_some_and(|last: &Token| {
            matches!(
                last.lower.as_str(),
                "a" | "the" | "that" | "same" | "unknown" | "certain"
            )
        });
        if token.says("number")
            && article
            && (!asked
                || out.len() > 3 && !matches!(out[out.len() - 2].lower.as_str(), "is" | "find" | "was"))
        {
            while out.last().is_some_and(|last| {
                matches!(
                    last.lower.as_str(),
                    "a" | "the" | "that" | "same" | "unknown" | "certain"
                )
            }) {
                out.pop();
            }
            let mut name = token.clone();
            name.kind = Kind::Word;
            NAME.clone_into(&mut name.lower);
            NAME.clone_into(&mut name.source);
            out.push(name);
            continue;
        }
        out.push(token.clone());
    }
    out
}

/// All readings of a phrase must agree.
fn phrase(tokens: &[Token], depth: usize) -> Result<Expr> {
    if depth > DEPTH {
        return foreign("the sentence nests too deeply");
    }
    let leaf = expr::expression(tokens);
    if let Ok(leaf) = leaf {
        return Ok(leaf);
    }
    for (pattern, build) in PATTERNS.iter() {
        let mut found: Option<Expr> = None;
        for places in pattern.matches(tokens) {
            let part = |name: &str| {
                places
                    .get(name)
                    .map(|range| phrase(&tokens[range.clone()], depth + 1))
                    .transpose()
            };
            let (Ok(a), Ok(b)) = (part("a"), part("b")) else {
                continue;
            };
            let Some(a) = a else { continue };
            let built = build(a, b.unwrap_or_else(|| Expr::Number(whole(0))));
            match &found {
                Some(known) if *known != built => {
                    return Err(Trouble::Ambiguous(
                        "the sentence can be read in two ways".to_owned(),
                    ));
                }
                _ => found = Some(built),
            }
        }
        if let Some(found) = found {
            return Ok(found);
        }
    }
    foreign("a phrase about a number")
}
