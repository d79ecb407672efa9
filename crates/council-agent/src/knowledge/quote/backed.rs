//! Whether what a model says stands in the passages that it read.

use super::asked::tells;
use super::weigh::{has, stems};
use crate::english::{lower_words, stem};
use std::collections::HashSet;

/// Share of an answer's own words that must stand in the passages: a model says "costs" where they say "is".
const LEAST: f32 = 0.6;

/// A passage is named that has this share of what the one that has most of the answer's words has.
const NEARLY: f32 = 0.8;

/// The passages that bear an answer out, by number from 0; `None` where they do not: what it says beyond the question has
/// to stand in them, and each of its numbers. A yes or a no cannot be found in a text, and is passed; what says nothing of
/// its own is not.
pub(crate) fn backing(question: &str, answer: &str, passages: &[&str]) -> Option<Vec<usize>> {
    let words = lower_words(&without_marks(answer));
    let asked = stems(question);
    let own: HashSet<String> = words
        .iter()
        .filter(|word| tells(word))
        .map(|word| stem(word))
        .collect();
    let own: Vec<&String> = own.iter().filter(|word| !asked.contains(word)).collect();
    let told: Vec<Vec<String>> = passages.iter().map(|text| stems(text)).collect();
    let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    // Numbers are the same or they are not.
    let says = |stems: &[String], word: &str| {
        if is_number(word) {
            stems.iter().any(|stem| stem == word)
        } else {
            has(stems, word)
        }
    };
    let missing = own
        .iter()
        .filter(|word| !told.iter().any(|stems| says(stems, word)));
    let missing: Vec<&&String> = missing.collect();
    let decides = words.first().is_some_and(|first| first == "yes" || first == "no");
    let enough = !own.is_empty() && (own.len() - missing.len()) as f32 >= LEAST * own.len() as f32;
    if !decides && (!enough || missing.iter().any(|word| is_number(word))) {
        return None;
    }
    let shares = told
        .iter()
        .map(|stems| own.iter().filter(|word| says(stems, word)).count());
    let shares: Vec<usize> = shares.collect();
    let most = shares.iter().copied().max().unwrap_or_default();
    let backs = |&at: &usize| shares[at] > 0 && shares[at] as f32 >= NEARLY * most as f32;
    Some((0..passages.len()).filter(backs).collect())
}

/// Without the numbers of passages: "[1]".
fn without_marks(answer: &str) -> String {
    let mut text = String::with_capacity(answer.len());
    let mut rest = answer;
    while let Some((before, behind)) = rest.split_once('[') {
        text.push_str(before);
        let number = behind.trim_start_matches(|c: char| c.is_ascii_digit());
        rest = match number.strip_prefix(']') {
            Some(after) if number.len() < behind.len() => after,
            _ => {
                text.push('[');
                behind
            }
        };
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_passages_that_have_most_of_an_answer_are_named() {
        let passages = [
            "The rent is 980 dollars.",
            "Cats are allowed, dogs are not.",
            "Dogs bark.",
        ];
        for (answer, expected) in [
            ("It is 980 dollars.", vec![0]),
            ("Cats are, dogs are not.", vec![1]),
            ("980 dollars, and cats.", vec![0]),
            ("Yes.", vec![]),
        ] {
            assert_eq!(
                backing("What does the lease say?", answer, &passages),
                Some(expected),
                "{answer}"
            );
        }
    }

    #[test]
    fn an_answer_is_backed_by_what_it_says_beyond_the_question() {
        const PASSAGES: &[&str] =
            &["The rent is 980 dollars a month. The carpenter, Jonas Berg, repaired it within two days."];
        for (question, answer, expected) in [
            ("How much is the rent?", "The rent is 980 dollars [1].", true),
            ("How much is the rent?", "980 [1]", true),
            ("How much is the rent?", "The rent is 1000 dollars [1].", false),
            ("Who repaired the mast?", "[1] Jonas Berg", true),
            (
                "Who repaired the mast?",
                "It took two days, and Berg did it.",
                true,
            ),
            (
                "Who repaired the mast?",
                "I'm sorry, but I can't assist with that.",
                false,
            ),
            ("Who repaired the mast?", "[1]. [2].", false),
            ("Who repaired the mast?", "The mast was repaired.", false),
            ("Did Berg repair it?", "Yes [1].", true),
            ("Who repaired it?", "[ Jonas", true),
            ("Who repaired it?", "", false),
        ] {
            assert_eq!(
                backing(question, answer, PASSAGES).is_some(),
                expected,
                "{question} {answer}"
            );
        }
    }
}
