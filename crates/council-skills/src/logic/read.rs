//! Reads texts in common English forms, whole or not at all.
//!
//! - [`argument`]: syllogisms, conditionals, connectives, speakers who lie
//! - [`order`]: comparisons, rows, races
//! - [`assign`]: who has what
//! - [`days`]: days of the week
//! - [`kinship`]: who is what to whom in a family
//! - [`formal`], [`letters`]: formulas that are written out; letters joined by words
//! - [`usual`], [`places`]: what says the same otherwise
//! - [`clause`], [`statement`], [`count`], [`cut`], [`phrases`], [`quantity`], [`speech`], [`asking`], [`vocabulary`]: what these are made of

mod argument;
mod asking;
mod assign;
mod clause;
mod count;
mod cut;
mod days;
mod formal;
mod kinship;
mod letters;
mod order;
mod phrases;
mod places;
mod quantity;
mod speech;
mod statement;
#[cfg(test)]
mod tests;
mod usual;
mod vocabulary;

use super::puzzle::Puzzle;
use super::words::{Sentence, sentences};
use clause::Reading;

/// The sentences that say or ask something.
pub(crate) fn sentences_of(text: &str) -> Vec<Sentence> {
    places::usual(usual::usual(sentences(text)))
        .into_iter()
        .filter_map(asking::bare)
        .collect()
}

/// Everything that a text can mean, by each reader that understood all of it: one group for each reader, one puzzle for each
/// reading. Answers must agree within and between groups.
pub(crate) fn read(text: &str) -> Vec<Vec<Puzzle>> {
    let sentences = sentences_of(text);
    if sentences.is_empty() || sentences.len() > 40 {
        return Vec::new();
    }
    // Its words mean more than the other readers know.
    if let Some(puzzle) = kinship::read(&sentences) {
        return vec![vec![puzzle]];
    }
    let argued: Option<Vec<Puzzle>> = Reading::ALL
        .into_iter()
        .map(|reading| argument::read(&sentences, reading))
        .collect();
    let ordered: Option<Vec<Puzzle>> = Reading::ALL[..2]
        .iter()
        .map(|reading| order::read(&sentences, *reading))
        .collect();
    let formal = formal::read(text).map(|puzzle| vec![puzzle]);
    let lettered = letters::read(&sentences).map(|puzzle| vec![puzzle]);
    let assigned = assign::read(&sentences).map(|puzzle| vec![puzzle]);
    let counted = days::read(&sentences).map(|puzzle| vec![puzzle]);
    [argued, ordered, assigned, counted, formal, lettered]
        .into_iter()
        .flatten()
        .collect()
}
