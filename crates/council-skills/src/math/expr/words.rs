//! The words of expressions: functions, phrases before an operand, variables.

use super::{Expr, Operator};
use crate::math::lex::Token;
use crate::math::number::{ratio, whole};

/// Functions, by the names under which they are written.
pub(super) const FUNCTIONS: [(&str, &str); 46] = [
    ("sqrt", "sqrt"),
    ("cbrt", "cbrt"),
    ("root", "root"),
    ("exp", "exp"),
    ("ln", "ln"),
    ("log", "log"),
    ("lg", "log"),
    ("sin", "sin"),
    ("sine", "sin"),
    ("cos", "cos"),
    ("cosine", "cos"),
    ("tan", "tan"),
    ("tangent", "tan"),
    ("cot", "cot"),
    ("cotangent", "cot"),
    ("sec", "sec"),
    ("csc", "csc"),
    ("arcsin", "arcsin"),
    ("asin", "arcsin"),
    ("arccos", "arccos"),
    ("acos", "arccos"),
    ("arctan", "arctan"),
    ("atan", "arctan"),
    ("arcsine", "arcsin"),
    ("arccosine", "arccos"),
    ("arctangent", "arctan"),
    ("sinh", "sinh"),
    ("cosh", "cosh"),
    ("tanh", "tanh"),
    ("abs", "abs"),
    ("floor", "floor"),
    ("ceil", "ceil"),
    ("ceiling", "ceil"),
    ("round", "round"),
    ("gcd", "gcd"),
    ("gcf", "gcd"),
    ("hcf", "gcd"),
    ("lcm", "lcm"),
    ("min", "min"),
    ("max", "max"),
    ("mod", "mod"),
    ("binomial", "binomial"),
    ("ncr", "binomial"),
    ("npr", "permutations"),
    ("phi", "phi"),
    ("sqr", "sqr"),
];

/// Phrases before an operand, which they say something about; then "of" and an article may follow.
pub(super) const PHRASES: [(&[&str], &str); 30] = [
    (&["square", "root"], "sqrt"),
    (&["squareroot"], "sqrt"),
    (&["cube", "root"], "cbrt"),
    (&["cubic", "root"], "cbrt"),
    (&["natural", "logarithm"], "ln"),
    (&["natural", "log"], "ln"),
    (&["absolute", "value"], "abs"),
    (&["factorial"], "factorial"),
    (&["square"], "square"),
    (&["cube"], "cube"),
    (&["reciprocal"], "reciprocal"),
    (&["twice"], "twice"),
    (&["double"], "twice"),
    (&["triple"], "triple"),
    (&["thrice"], "triple"),
    (&["quadruple"], "quadruple"),
    (&["half"], "half"),
    (&["quarter"], "quarter"),
    (&["sine"], "sin"),
    (&["cosine"], "cos"),
    (&["tangent"], "tan"),
    (&["sin"], "sin"),
    (&["cos"], "cos"),
    (&["tan"], "tan"),
    (&["ln"], "ln"),
    (&["sqrt"], "sqrt"),
    (&["arcsin"], "arcsin"),
    (&["arccos"], "arccos"),
    (&["arctan"], "arctan"),
    (&["negative"], "negative"),
];

/// What a phrase makes of its operand.
pub(super) fn phrase(meaning: &'static str, operand: Expr) -> Expr {
    let number = |n| Expr::Number(whole(n));
    match meaning {
        "square" => Expr::binary(Operator::Power, operand, number(2)),
        "cube" => Expr::binary(Operator::Power, operand, number(3)),
        "factorial" => Expr::Factorial(Box::new(operand)),
        "reciprocal" => Expr::binary(Operator::Divide, number(1), operand),
        "twice" => Expr::binary(Operator::Times, number(2), operand),
        "triple" => Expr::binary(Operator::Times, number(3), operand),
        "quadruple" => Expr::binary(Operator::Times, number(4), operand),
        "half" => Expr::binary(Operator::Times, Expr::Number(ratio(1, 2)), operand),
        "quarter" => Expr::binary(Operator::Times, Expr::Number(ratio(1, 4)), operand),
        "negative" => Expr::Negate(Box::new(operand)),
        function => Expr::Call(function, vec![operand]),
    }
}

/// `xy` is two variables: in `xy^2` only one of them is squared.
pub(super) fn apart(tokens: &[Token]) -> Vec<Token> {
    let mut out = Vec::with_capacity(tokens.len());
    for token in tokens {
        match letters(token).filter(|letters| letters.len() > 1) {
            Some(letters) => {
                for (at, letter) in letters.chars().enumerate() {
                    let gap = token.gap && at == 0;
                    let (source, lower) = (letter.to_string(), letter.to_string());
                    out.push(Token {
                        source,
                        lower,
                        gap,
                        ..token.clone()
                    });
                }
            }
            None => out.push(token.clone()),
        }
    }
    out
}

/// The variables that a word is made of: one letter, or a few usual ones.
pub(super) fn letters(token: &Token) -> Option<&str> {
    if !token.is_word() || !token.source.is_ascii() || token.source == "I" {
        return None;
    }
    let word = token.lower.as_str();
    let many = word.len() <= 3 && word.chars().all(|letter| "xyz".contains(letter));
    (word.len() == 1 || many || matches!(word, "ab" | "bc" | "ac" | "abc" | "mc" | "mn")).then_some(word)
}
