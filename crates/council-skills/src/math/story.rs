//! Problems told as stories, where each sentence has one of a few known forms: "Tom has 3 apples and buys 5 more."
//!
//! - [`holdings`](self::holdings): who has how many, and what changes it
//! - [`forms`](self::forms): rates, prices, shares, ages
//!
//! A sentence that is not understood to its last word leaves the story unanswered.

mod forms;
mod holdings;

use super::answer::Answer;
use super::lex::Token;
use super::trouble::{Result, Trouble};

/// Answers a story.
pub(super) fn answer(tokens: &[Token]) -> Result<Answer> {
    match (forms::answer(tokens), holdings::answer(tokens)) {
        (Ok(one), Ok(other)) if one.value != other.value => Err(Trouble::Ambiguous(format!(
            "the story can be read with the results {} and {}",
            one.value, other.value
        ))),
        (Ok(answer), _) | (_, Ok(answer)) => Ok(answer),
        (Err(one), Err(other)) => Err(if one.weight() >= other.weight() {
            one
        } else {
            other
        }),
    }
}

/// A noun in the singular, as far as its ending tells: enough to compare two.
fn singular(word: &str) -> String {
    const IRREGULAR: [(&str, &str); 8] = [
        ("children", "child"),
        ("people", "person"),
        ("men", "man"),
        ("women", "woman"),
        ("mice", "mouse"),
        ("geese", "goose"),
        ("feet", "foot"),
        ("loaves", "loaf"),
    ];
    if let Some((_, one)) = IRREGULAR.iter().find(|(many, _)| *many == word) {
        return (*one).to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 2) {
        return format!("{stem}y");
    }
    for ending in ["ches", "shes", "xes", "sses", "zes"] {
        if word.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 1 && !stem.ends_with('s') && !stem.ends_with('u') => stem.to_owned(),
        _ => word.to_owned(),
    }
}

/// A noun of one to three words without its article, in the singular; `None` where it is none.
fn noun(tokens: &[Token]) -> Option<String> {
    let tokens = match tokens {
        [article, rest @ ..]
            if ["a", "an", "the", "his", "her", "their", "its"].contains(&article.lower.as_str()) =>
        {
            rest
        }
        tokens => tokens,
    };
    const NEVER: [&str; 30] = [
        "more", "fewer", "less", "each", "every", "per", "times", "as", "than", "of", "them", "and", "or",
        "in", "at", "for", "to", "half", "twice", "all", "both", "other", "another", "not", "no", "if",
        "with", "on", "from", "is",
    ];
    let plain = tokens
        .iter()
        .all(|token| token.is_word() && !NEVER.contains(&token.lower.as_str()));
    if tokens.is_empty() || tokens.len() > 3 || !plain {
        return None;
    }
    let (last, before) = tokens.split_last()?;
    let mut words: Vec<String> = before.iter().map(|token| token.lower.clone()).collect();
    words.push(match last.lower.as_str() {
        "dollars" | "dollar" | "money" => "$".to_owned(),
        word => singular(word),
    });
    Some(words.join(" "))
}
