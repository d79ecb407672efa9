//! How well sentences fit a question, by words: rare ones count more, those in headings and in the sentence before less.

use super::asked::{Asked, Wanted, denies};
use super::lines::Line;
use super::span;
use crate::english::{lower_words, stem};

/// What a word of the question counts that stands in the headings, in the sentence before, and there where the sentence
/// points back to it.
const IN_HEADINGS: f32 = 0.6;
const BEFORE: f32 = 0.3;
const POINTED_AT: f32 = 0.8;

/// A sentence and how well it fits.
pub(super) struct Weighed {
    pub(super) line: Line,
    /// Share of the question's words that it has, [0, 1].
    pub(super) words: f32,
    /// Whether it has something of the kind that is asked for, [0, 1].
    pub(super) kind: f32,
    /// Whether it denies something.
    pub(super) denies: bool,
    /// Whether it, or what is around it, lacks a name that the question has: it is about somebody else.
    pub(super) lacks_name: bool,
    /// Share of the question's words that other sentences have and this one has not, [0, 1]: it may be about something else.
    pub(super) passes_over: f32,
    /// How close its passage comes to the question.
    pub(super) passage: f32,
}

/// The stems of a sentence and of what is around it.
struct Stems {
    own: Vec<String>,
    headings: Vec<String>,
    before: Vec<String>,
}

/// The stems of all words of a text.
pub(super) fn stems(text: &str) -> Vec<String> {
    lower_words(text).iter().map(|word| stem(word)).collect()
}

/// Whether two stems are of one word: equal, or long and the same but for an ending.
pub(super) fn alike(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let same = one
        .bytes()
        .zip(other.bytes())
        .take_while(|(one, other)| one == other)
        .count();
    let (short, long) = (one.len().min(other.len()), one.len().max(other.len()));
    (same >= 6 && long - same <= 4) || (same >= 4 && long - same <= 3 && short - same <= 1 && short >= 5)
}

/// Whether one of these stems is of the same word.
pub(super) fn has(stems: &[String], one: &str) -> bool {
    stems.iter().any(|stem| alike(stem, one))
}

/// Weighs sentences for a question.
pub(super) fn weigh(asked: &Asked, lines: Vec<Line>) -> Vec<Weighed> {
    let of = |line: &Line| Stems {
        own: stems(&line.text),
        headings: stems(&line.headings),
        before: line.before.as_deref().map(stems).unwrap_or_default(),
    };
    let all: Vec<Stems> = lines.iter().map(of).collect();
    let count = (lines.len() + 1) as f32;
    let elsewhere: Vec<bool> = asked
        .stems
        .iter()
        .map(|word| all.iter().any(|stems| has(&stems.own, word)))
        .collect();
    let weights: Vec<f32> = asked
        .stems
        .iter()
        .map(|word| {
            let share = |stems: &Stems| match (has(&stems.own, word), has(&stems.headings, word)) {
                (true, _) => 1.0,
                (false, true) => 0.5,
                (false, false) => 0.0,
            };
            let seen: f32 = all.iter().map(share).sum();
            (1.0 + count / (0.5 + seen)).ln()
        })
        .collect();
    let total: f32 = weights.iter().sum();
    let weighed = lines.into_iter().zip(all).map(|(line, stems)| {
        let before = if line.points_back() { POINTED_AT } else { BEFORE };
        let share = |word: &String| {
            if has(&stems.own, word) {
                return 1.0;
            }
            let headings = if has(&stems.headings, word) {
                IN_HEADINGS
            } else {
                0.0
            };
            let before = if has(&stems.before, word) { before } else { 0.0 };
            f32::max(headings, before)
        };
        let shares: Vec<(f32, &f32)> = asked.stems.iter().map(share).zip(&weights).collect();
        let passed = shares.iter().zip(&elsewhere);
        let passed = passed.filter(|((share, _), elsewhere)| **elsewhere && *share <= 0.0);
        let passes_over = passed.map(|((_, weight), _)| **weight).sum::<f32>() / total;
        let words = shares
            .into_iter()
            .map(|(share, weight)| share * weight)
            .sum::<f32>()
            / total;
        let around = [&stems.own, &stems.headings, &stems.before];
        let named = |name: &String| around.iter().any(|stems| has(stems, name));
        Weighed {
            passes_over,
            lacks_name: !asked.names.iter().all(named),
            words,
            kind: match asked.wanted {
                Wanted::Thing | Wanted::Verdict => 1.0,
                _ => span::kind(asked, &line.text),
            },
            denies: denies(&lower_words(&line.text)),
            passage: 0.0,
            line,
        }
    });
    weighed.collect()
}
