//! Whether what a model says stands in the passages that it read.

use super::asked::tells;
use super::weigh::{has, stems};
use crate::english::{lower_words, stem};
use std::collections::HashSet;

/// Share of an answer's own words that must stand in the passages: a model says "costs" where they say "is".
const LEAST: f32 = 0.6;

/// Whether an answer is borne out by the passages: what it says beyond the question is in them, and each of its numbers.
/// A yes or a no cannot be found in a text, and is passed; what says nothing of its own is not.
pub(crate) fn backed(question: &str, answer: &str, passages: &[&str]) -> bool {
    let answer = without_marks(answer);
    let words = lower_words(&answer);
    if words.first().is_some_and(|first| first == "yes" || first == "no") {
        return true;
    }
    let asked = stems(question);
    let told: Vec<String> = passages.iter().flat_map(|text| stems(text)).collect();
    let own: HashSet<String> = words
        .iter()
        .filter(|word| tells(word))
        .map(|word| stem(word))
        .collect();
    let own: Vec<&String> = own.iter().filter(|word| !asked.contains(word)).collect();
    let is_number = |word: &&&String| word.starts_with(|c: char| c.is_ascii_digit());
    let found = own.iter().filter(|word| has(&told, word)).count();
    let numbers_are = own.iter().filter(is_number).all(|word| told.contains(word));
    !own.is_empty() && numbers_are && found as f32 >= LEAST * own.len() as f32
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
                backed(question, answer, PASSAGES),
                expected,
                "{question} {answer}"
            );
        }
    }
}
