//! Formulas of several variables, with another subject.

use super::{Found, Rules, equations, solution, wanted};
use crate::math::answer::{Answer, READING};
use crate::math::expr::Expr;
use crate::math::lex::Token;
use crate::math::solve;
use crate::math::trouble::{Result, beyond};
use std::collections::BTreeSet;

pub(in crate::math::phrases) const RULES: Rules = &[
    (
        "(rearrange|transform|transpose|rewrite|solve) [the] (formula|equation|relation) {eq} (for|to find|to give|to get|to solve for|in terms of) {v}",
        of,
    ),
    (
        "(rearrange|transform|transpose|rewrite) {eq} (for|to find|to give|to get|to solve for) {v}",
        of,
    ),
    (
        "(rearrange|transform|transpose|rewrite) [the] [formula|equation] {eq} to make {v} the subject [of the formula]",
        of,
    ),
    (
        "[to] make {v} the subject (of|in) [the] [formula|equation] [:] {eq}",
        of,
    ),
    ("make {v} the subject (:|,) {eq}", of),
    ("solve for {v} (:|in|,) [the] [formula|equation] {eq}", of),
    ("solve {eq} for {v}", of),
    ("isolate {v} in [the] [formula|equation] [:] {eq}", of),
];

/// In a formula "ut" and "at" are products, whatever they are elsewhere.
fn of(found: &Found<'_>) -> Result<Answer> {
    let apart: Vec<Token> = found.span("eq").iter().flat_map(letters).collect();
    let answer = solution(&equations(&apart)?, Some(&wanted(found.span("v"))?))?;
    Ok(as_written(answer, &apart))
}

/// With the capital letters of a formula, which are computed with as small ones.
pub(super) fn as_written(answer: Answer, formula: &[Token]) -> Answer {
    let letters: BTreeSet<char> = formula
        .iter()
        .filter(|token| token.is_word() && token.source.len() == 1)
        .flat_map(|token| token.source.chars())
        .collect();
    let large = |letter: &char| letter.is_ascii_uppercase();
    // Of one variable, an equation and no formula: it stays as it is written elsewhere.
    if letters.len() < 2 || !letters.iter().any(large) {
        return answer;
    }
    let known = |letter: char| letters.contains(&letter) || letters.contains(&letter.to_ascii_uppercase());
    let written = |text: &str| {
        let mut out = String::with_capacity(text.len());
        // A run of variables is a product; any other word stays.
        for run in text.split_inclusive(|sign: char| !sign.is_ascii_alphabetic()) {
            let word = run.trim_end_matches(|sign: char| !sign.is_ascii_alphabetic());
            let variables = word.chars().all(known);
            out.extend(run.chars().map(|letter| {
                let capital = letter.to_ascii_uppercase();
                if variables && letters.contains(&capital) {
                    capital
                } else {
                    letter
                }
            }));
        }
        out
    };
    Answer {
        value: written(&answer.value),
        lead: written(&answer.lead),
        steps: answer.steps.iter().map(|step| written(step)).collect(),
        ..answer
    }
}

/// The letters of a short word that is no function's name.
fn letters(token: &Token) -> Vec<Token> {
    const NAMES: [&str; 15] = [
        "pi", "sin", "cos", "tan", "log", "ln", "exp", "abs", "and", "the", "for", "to", "is", "of", "in",
    ];
    let word = token.lower.as_str();
    let product =
        token.is_word() && word.is_ascii() && (2..=3).contains(&word.len()) && !NAMES.contains(&word);
    if !product {
        return vec![token.clone()];
    }
    let letter = |(at, letter): (usize, char)| Token {
        source: letter.to_string(),
        lower: letter.to_ascii_lowercase().to_string(),
        gap: token.gap && at == 0,
        ..token.clone()
    };
    token.source.chars().enumerate().map(letter).collect()
}

/// The one that is asked for in terms of the others.
pub(super) fn with_subject(
    left: &Expr,
    sign: char,
    right: &Expr,
    asked: Option<&[String]>,
) -> Result<Answer> {
    let (Some([variable]), '=') = (asked, sign) else {
        return beyond("the equation has more than one variable");
    };
    let value = solve::subject(left, right, variable)?;
    let read = format!("{left} = {right}");
    let text = format!("{variable} = {value}");
    Ok(Answer::text(text.clone(), read.clone())
        .step(format!("{read}, so that {text}"))
        .sure(READING))
}
