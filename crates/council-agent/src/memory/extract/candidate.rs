//! Which sentences may hold a fact at all. Most messages have none, and then no model is asked.

use super::person::{Person, is_first_person, person};
use super::signs;
use crate::english::{Sentence, normal, sentences};

/// Longest message that is looked at, in bytes. What is longer is pasted, and says little about whoever pastes it.
const LONGEST: usize = 4_000;

/// Fewest words of a clause that states something: "I'm vegan".
const FEWEST_WORDS: usize = 2;

/// A sentence that may hold a fact.
pub(in crate::memory) struct Candidate {
    /// The sentence.
    pub(in crate::memory) sentence: String,
    /// Those of its clauses that may.
    pub(in crate::memory) clauses: Vec<String>,
}

/// The sentences of a message in which somebody says something about themselves or theirs, and means it.
pub(in crate::memory) fn candidates(text: &str) -> Vec<Candidate> {
    if text.len() > LONGEST {
        return Vec::new();
    }
    let text = normal(text);
    if signs::of_message(&text).is_some() {
        return Vec::new();
    }
    let candidate = |sentence: &Sentence| {
        let clauses = sentence.clauses.iter().enumerate();
        let holding = clauses.filter(|(at, clause)| {
            let words = &clause.words;
            words.len() >= FEWEST_WORDS
                && words.iter().any(|word| is_first_person(word) || word == "me")
                && matches!(person(&text, clause), Person::Speaker | Person::Relation(_))
                && !signs::is_vague(words)
                && signs::of_clauses(&text, sentence, *at..at + 1).is_none()
        });
        let clauses: Vec<String> = holding
            .map(|(_, clause)| text[clause.range.clone()].to_owned())
            .collect();
        (!clauses.is_empty()).then(|| Candidate {
            sentence: text[sentence.range.clone()].to_owned(),
            clauses,
        })
    };
    sentences(&text).iter().filter_map(candidate).collect()
}
