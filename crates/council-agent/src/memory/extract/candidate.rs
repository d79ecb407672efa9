//! Which sentences may hold a fact at all. Most messages have none, and then no model is asked.

use super::person::{Person, is_first_person, person};
use super::signs;
use crate::memory::english::{normal, sentences};

/// Longest message that is looked at, in bytes. What is longer is pasted, and says little about whoever pastes it.
const LONGEST: usize = 4_000;

/// Fewest words of a clause that states something: "I'm vegan".
const FEWEST_WORDS: usize = 2;

/// The sentences of a message in which somebody says something about themselves or theirs, and means it.
pub(in crate::memory) fn candidates(text: &str) -> Vec<String> {
    if text.len() > LONGEST {
        return Vec::new();
    }
    let text = normal(text);
    if signs::of_message(&text).is_some() {
        return Vec::new();
    }
    let holds = |sentence: &crate::memory::english::Sentence| {
        sentence.clauses.iter().enumerate().any(|(at, clause)| {
            let words = &clause.words;
            words.len() >= FEWEST_WORDS
                && words.iter().any(|word| is_first_person(word) || word == "me")
                && matches!(person(&text, clause), Person::Speaker | Person::Relation(_))
                && signs::of_clauses(&text, sentence, at..at + 1).is_none()
        })
    };
    sentences(&text)
        .iter()
        .filter(|sentence| holds(sentence))
        .map(|sentence| text[sentence.range.clone()].to_owned())
        .collect()
}
