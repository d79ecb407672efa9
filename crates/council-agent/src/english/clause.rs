//! Sentences and clauses of a text.
//!
//! A statement and a question often share a sentence: "I'm allergic to peanuts, what can I cook?" So signs such as
//! "would" or a question mark are read by clause.

use super::{lower_words, words};
use std::ops::Range;

/// A sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sentence {
    /// Where it is in the text.
    pub(crate) range: Range<usize>,
    /// Its clauses, in order.
    pub(crate) clauses: Vec<Clause>,
    /// Whether it ends with a question mark.
    pub(crate) asks: bool,
}

/// A clause, or a phrase between commas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clause {
    /// Where it is in the text.
    pub(crate) range: Range<usize>,
    /// Its words in lower case.
    pub(crate) words: Vec<String>,
}

/// Abbreviations whose point ends no sentence.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "st", "vs", "etc", "approx", "no", "e.g", "i.e", "jr", "sr",
];

/// Words that begin a clause of their own.
const BREAKS: &[&str] = &["but", "because", "although", "though", "while", "who", "whereas"];

/// Words after "and" or "so" that begin a clause of their own.
const SUBJECTS: &[&str] = &[
    "i", "i'm", "i've", "i'd", "i'll", "my", "he", "she", "they", "we", "his", "her", "their", "our", "you",
    "it", "now", "then", "what", "can", "could", "please",
];

/// The sentences of a normal text. A line break ends one.
pub(crate) fn sentences(text: &str) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        let ends = match character {
            '\n' => true,
            '!' | '?' | '…' | '。' => {
                next.is_none_or(|next| next.is_whitespace() || "\"')".contains(next))
            }
            '.' => {
                next.is_none_or(|next| next.is_whitespace() || "\"')".contains(next))
                    && !is_abbreviation(&text[start..at])
            }
            _ => false,
        };
        if ends {
            sentences.extend(sentence(text, start..at + character.len_utf8()));
            start = at + character.len_utf8();
        }
    }
    sentences.extend(sentence(text, start..text.len()));
    sentences
}

fn is_abbreviation(before: &str) -> bool {
    let last = before
        .rsplit([' ', '\n', '('])
        .next()
        .unwrap_or_default()
        .to_lowercase();
    // A single letter is an initial, but "I" ends sentences.
    ABBREVIATIONS.contains(&last.as_str())
        || (last.chars().count() == 1 && last != "i" && last.chars().all(char::is_alphabetic))
}

fn sentence(text: &str, range: Range<usize>) -> Option<Sentence> {
    let range = trimmed(text, range);
    if !text[range.clone()].chars().any(char::is_alphanumeric) {
        return None;
    }
    let end = text[range.clone()].trim_end_matches(|character: char| "\"')!".contains(character));
    Some(Sentence {
        asks: end.ends_with('?'),
        clauses: clauses(text, range.clone()),
        range,
    })
}

fn clauses(text: &str, range: Range<usize>) -> Vec<Clause> {
    let mut cuts = vec![range.start];
    let part = &text[range.clone()];
    let tokens: Vec<(usize, &str)> = tokens(part);
    for (index, (at, token)) in tokens.iter().enumerate() {
        let lower = token
            .trim_matches(|character: char| !character.is_alphanumeric())
            .to_lowercase();
        let next = tokens.get(index + 1).map(|(_, next)| {
            let next = next.trim_matches(|character: char| !character.is_alphanumeric() && character != '\'');
            next.to_lowercase()
        });
        let joins = ["and", "so", "or"].contains(&lower.as_str());
        if index > 0
            && (BREAKS.contains(&lower.as_str())
                || (joins && next.is_some_and(|next| SUBJECTS.contains(&next.as_str())))
                || ["-", "–", "—", "--"].contains(token))
        {
            cuts.push(range.start + at);
        }
        // "10,000" holds a comma that separates nothing.
        if token.ends_with([',', ';', ':']) {
            cuts.push(range.start + at + token.len());
        }
    }
    cuts.push(range.end);
    cuts.dedup();
    cuts.windows(2)
        .map(|cut| trimmed(text, cut[0]..cut[1]))
        .filter(|range| !words(&text[range.clone()]).is_empty())
        .map(|range| Clause {
            words: lower_words(&text[range.clone()]),
            range,
        })
        .collect()
}

/// What stands between spaces, and where.
fn tokens(text: &str) -> Vec<(usize, &str)> {
    text.split(' ')
        .scan(0, |at, token| {
            let here = *at;
            *at += token.len() + 1;
            Some((here, token))
        })
        .filter(|(_, token)| !token.is_empty())
        .collect()
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let begin = range.start + (part.len() - part.trim_start().len());
    begin..(range.start + part.trim_end().len()).max(begin)
}
