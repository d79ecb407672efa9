//! Yes or no, where a sentence says it beyond doubt.

use super::asked::{Asked, denies};
use super::lines::Line;
use super::weigh::{has, stems};
use crate::english::lower_words;

/// Words that say no without "not".
const FORBIDS: &[&str] = &[
    "banned",
    "closed",
    "disallowed",
    "excluded",
    "exempt",
    "forbidden",
    "impossible",
    "prohibited",
    "unsupported",
];

/// Words that make it depend on something.
const DEPENDS: &[&str] = &[
    "consent",
    "except",
    "if",
    "most",
    "need",
    "needs",
    "only",
    "some",
    "sometimes",
    "unless",
];

/// "Yes" or "No"; `None` where the sentence leaves it open, or says something else.
pub(super) fn of(asked: &Asked, line: &Line) -> Option<&'static str> {
    let no_words = stems(&FORBIDS.join(" "));
    if asked.denies || asked.stems.iter().any(|word| has(&no_words, word)) {
        return None;
    }
    // "Cats are allowed; dogs are not" says two things.
    let parts = line
        .text
        .split(';')
        .filter_map(|part| part.split(", but ").next());
    let clauses = parts.map(|part| Clause::of(asked, line, part));
    let clause = clauses.max_by_key(|clause| clause.found)?;
    if clause.has(DEPENDS) {
        return None;
    }
    let no = denies(&clause.words) || clause.has(FORBIDS) || denies(&lower_words(line.heading()));
    match clause.missing.as_slice() {
        [] => Some(if no { "No" } else { "Yes" }),
        // "Furniture is excluded" denies that it is covered; "cats are not allowed" says nothing of dogs.
        [one] if no && *one > 0 => Some("No"),
        _ => None,
    }
}

/// One thing that a sentence says.
struct Clause {
    words: Vec<String>,
    /// How many words of the question it has itself.
    found: usize,
    /// Those words of the question, by number, that neither it nor the headings have. What the question is about is among
    /// the first of them that the headings do not have, and so has number 0.
    missing: Vec<usize>,
}

impl Clause {
    fn of(asked: &Asked, line: &Line, part: &str) -> Self {
        let words = lower_words(part);
        let own = stems(part);
        let mut near = own.clone();
        // "Water is included; electricity is not": what it is not stands before.
        if words.last().is_some_and(|last| last == "not") {
            near.extend(stems(&line.text));
        }
        let before = line.before.as_deref().map(stems).unwrap_or_default();
        let headings = stems(&line.headings);
        let found = asked.stems.iter().filter(|word| has(&own, word)).count();
        let told = asked.stems.iter().filter(|word| !has(&headings, word));
        let is_missing =
            |(at, word): &(usize, &String)| !has(&near, word) && (*at == 0 || !has(&before, word));
        let mut missing: Vec<usize> = told.enumerate().filter(is_missing).map(|(at, _)| at).collect();
        if found == 0 {
            missing.insert(0, 0);
        }
        Self {
            words,
            found,
            missing,
        }
    }

    fn has(&self, words: &[&str]) -> bool {
        self.words.iter().any(|word| words.contains(&word.as_str()))
    }
}
