//! Clauses that say two things: "I live in Oslo and work as a nurse".
//!
//! Such a clause is judged as a whole first, so that a wish or a question before the "and" binds what follows; only then
//! is it taken apart. Where it is not clear that what follows "and" is a statement of its own, it stays whole.

use super::person::is_relation;
use super::slot;
use crate::english::{BETWEEN, Clause, PRESENT, is_function_word, lower_words, with_s};
use std::ops::Range;

/// What a clause says, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Where it is in the text, and its words; the subject of the clause comes before them where it is not repeated.
    pub(super) clause: Clause,
    /// As it is written, with the same subject.
    pub(super) as_written: String,
}

/// What may stand before the subject.
const LEADS: &[&str] = &[
    "and",
    "but",
    "so",
    "also",
    "well",
    "actually",
    "because",
    "though",
    "although",
    "btw",
    "fyi",
    "please",
    "remember",
    "note",
    "that",
    "now",
    "currently",
];

/// What binds a verb after "and" too: "I would live in Oslo and work as a nurse", "I saw him come and go".
const BINDING: &[&str] = &[
    "would", "i'd", "could", "should", "might", "must", "can", "can't", "cannot", "will", "i'll", "we'll",
    "won't", "shall", "let's", "gonna", "wanna", "used", "not", "never", "no", "if", "unless", "whether",
    "do", "did", "does", "without", "help", "helped", "let", "make", "makes", "made", "see", "saw", "watch",
    "watched", "hear", "heard", "feel", "felt", "had",
];

/// Verbs that are nouns or adjectives as well: "tea and hate mail", "jazz and live music".
const AMBIGUOUS: &[&str] = &[
    "bike", "commute", "cook", "cycle", "dance", "drink", "drive", "hate", "keep", "like", "live", "love",
    "need", "own", "paint", "plan", "play", "practice", "program", "read", "rent", "ride", "run", "sleep",
    "start", "study", "support", "swim", "take", "train", "travel", "use", "walk", "want", "wear", "work",
];

/// After one of these a noun follows, so that the word before was a verb.
const DETERMINERS: &[&str] = &[
    "a", "an", "the", "my", "our", "as", "every", "two", "three", "four", "five",
];

/// What a clause says, part by part; one that says one thing is its only part.
pub(super) fn parts(text: &str, clause: &Clause) -> Vec<Part> {
    let range = clause.range.clone();
    let tokens = tokens(text, &range);
    let Some(subject) = Subject::of(&tokens) else {
        return vec![whole(text, clause)];
    };
    let mut parts: Vec<Part> = Vec::new();
    let mut start = range.start;
    let mut first = 0;
    for at in subject.end..tokens.len() {
        // "I live and work in Oslo" is one thing.
        let said = at - first.max(subject.end) + usize::from(first == 0 && subject.is);
        if tokens[at].1 != "and" || said < 2 || !is_statement(&tokens[first..at], &tokens[at + 1..], &subject)
        {
            continue;
        }
        parts.push(subject.part(text, start..tokens[at - 1].0.end, parts.is_empty()));
        start = tokens[at + 1].0.start;
        first = at + 1;
    }
    if parts.is_empty() {
        return vec![whole(text, clause)];
    }
    parts.push(subject.part(text, start..range.end, false));
    parts
}

fn whole(text: &str, clause: &Clause) -> Part {
    Part {
        clause: clause.clone(),
        as_written: text[clause.range.clone()].to_owned(),
    }
}

type Token = (Range<usize>, String);

/// What stands between spaces, where, and in lower case without marks.
fn tokens(text: &str, range: &Range<usize>) -> Vec<Token> {
    let mut at = range.start;
    let mut tokens = Vec::new();
    for token in text[range.clone()].split([' ', '\n']) {
        let lower = token
            .trim_matches(|character: char| !character.is_alphanumeric() && character != '\'')
            .to_lowercase();
        if !token.is_empty() {
            tokens.push((at..at + token.len(), lower));
        }
        at += token.len() + 1;
    }
    tokens
}

/// Of whom a clause speaks, in words that can be said again.
struct Subject {
    words: String,
    /// The token after it.
    end: usize,
    /// Whether its verbs end in "s".
    third: bool,
    /// Whether a verb is part of it: "I'm".
    is: bool,
}

impl Subject {
    fn of(tokens: &[Token]) -> Option<Self> {
        let leads = |(_, word): &&Token| LEADS.contains(&word.as_str());
        let begin = tokens.iter().take_while(leads).count();
        let speaker = |words: &str| Self {
            words: words.to_owned(),
            end: begin + 1,
            third: false,
            is: tokens[begin].1.contains('\'') || tokens[begin].1.starts_with("im"),
        };
        match tokens.get(begin)?.1.as_str() {
            "i" | "i'm" | "im" | "i've" | "ive" => Some(speaker("I")),
            "we" | "we're" | "we've" => Some(speaker("we")),
            "my" | "our" => {
                let is_verb = |(_, word): &Token| is_third(word);
                let end = begin + tokens[begin..].iter().take(5).position(is_verb)?;
                let words: Vec<&str> = tokens[begin..end].iter().map(|(_, word)| word.as_str()).collect();
                words.iter().any(|word| is_relation(word)).then(|| Self {
                    words: words.join(" "),
                    end,
                    third: true,
                    is: false,
                })
            }
            _ => None,
        }
    }

    fn part(&self, text: &str, range: Range<usize>, is_first: bool) -> Part {
        let own = &text[range.clone()];
        let as_written = if is_first {
            own.to_owned()
        } else {
            format!("{} {own}", self.words)
        };
        let words = lower_words(&as_written);
        Part {
            clause: Clause { range, words },
            as_written,
        }
    }
}

/// Whether what follows an "and" has a verb of its own that nothing before it binds.
fn is_statement(before: &[Token], after: &[Token], subject: &Subject) -> bool {
    let words: Vec<String> = before.iter().map(|(_, word)| word.clone()).collect();
    let is_bound = words.iter().enumerate().any(|(at, word)| {
        let before = at.checked_sub(1).map(|before| words[before].as_str());
        let next = words.get(at + 1).map(String::as_str).unwrap_or_default();
        match word.as_str() {
            // The month.
            "may" => !before.is_some_and(|before| ["in", "last", "this", "since", "of"].contains(&before)),
            // "I have a dog" binds nothing, but "I have him cook and clean" does.
            "have" | "has" => !is_function_word(next) || ["him", "her", "them"].contains(&next),
            "to" => PRESENT.contains(&next),
            other => BINDING.contains(&other) || other.ends_with("n't"),
        }
    });
    if is_bound {
        return false;
    }
    let adverbs = after
        .iter()
        .take_while(|(_, word)| BETWEEN.contains(&word.as_str()))
        .count();
    let after: Vec<&str> = after[adverbs..].iter().map(|(_, word)| word.as_str()).collect();
    match &after[..] {
        ["am", _, ..] => !subject.third,
        ["is" | "has", _, ..] => subject.third,
        ["don't", verb, _, ..] => !subject.third && PRESENT.contains(verb),
        ["can't" | "cannot", "stand" | "bear", _, ..] => true,
        [verb, next, ..] => {
            let base = PRESENT.iter().find(|base| {
                if subject.third {
                    with_s(base) == *verb
                } else {
                    *base == verb
                }
            });
            base.is_some_and(|base| is_verb(base, next, slot::stance(&words).is_some()))
        }
        [] | [_] => false,
    }
}

/// Whether a word that can be a verb is one before this word.
fn is_verb(base: &str, next: &str, after_liking: bool) -> bool {
    match base {
        "love" | "hate" | "like" => !["in", "of", "from", "for", "on", "at", "about", "to"].contains(&next),
        "live" => ["in", "with", "at", "near", "on", "by", "alone"].contains(&next),
        _ if !AMBIGUOUS.contains(&base) || DETERMINERS.contains(&next) => true,
        // "I like travel and work in the garden" may be two things that somebody likes.
        _ => !after_liking && is_function_word(next),
    }
}

fn is_third(word: &str) -> bool {
    ["is", "has"].contains(&word) || PRESENT.iter().any(|base| with_s(base) == word)
}
