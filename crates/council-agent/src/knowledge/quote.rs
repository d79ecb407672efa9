//! The sentence of a document that answers a question by itself: found by words, kinds of answers and meaning, said as it
//! stands. No model takes part, so that nothing is made up, and the answer is there in a moment.
//!
//! - `asked`: what a question asks for
//! - `lines`: the sentences of a passage
//! - `weigh`: how well a sentence fits, by words
//! - [`quoted`]: the sentence with its place, as an answer
//! - `span`: the words of a sentence that are the answer in short
//! - `verdict`: yes or no
//! - `backed`: whether what a model says stands in the passages

mod asked;
mod backed;
mod lines;
mod quoted;
mod span;
mod verdict;
mod weigh;

pub(crate) use asked::refers_back;
pub(crate) use backed::backing;
pub use quoted::{Quoted, quoted};

use asked::{Asked, Wanted};
use council_core::Embedding;
use lines::Line;
use weigh::{Weighed, weigh};

/// Sentences whose meaning is looked at: each costs an embedding.
const LOOKED_AT: usize = 6;

/// What words, meaning and the passage around add to a sentence's score. Chosen on 70 questions of `bench/questions`.
const WORDS: f32 = 0.4;
const MEANING: f32 = 0.8;
const PASSAGE: f32 = 0.2;

/// What is left of the score of a sentence that has nothing of the kind that is asked for, such as a number.
const WRONG_KIND: f32 = 0.5;

/// What is left of the score of a sentence that denies something, where the question does not, or the other way round.
const OTHER_SIGN: f32 = 0.85;

/// What is left of the score of a sentence that lacks a name of the question.
const OTHER_NAME: f32 = 0.6;

/// What a sentence loses that has none of the question's words that others have.
const PASSED_OVER: f32 = 0.25;

/// A passage that was found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'a> {
    /// Its headings, a blank line, and what it says.
    pub(crate) text: &'a str,
    /// How close it comes to the question.
    pub(crate) cosine: f32,
}

/// A sentence that answers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Quote {
    /// Of which of the passages.
    pub(crate) passage: usize,
    /// The sentence; with the one before it, where it would not be understood alone, and the one after it, where that one
    /// goes on.
    pub(crate) text: String,
    /// The answer in short, where it can be told for certain.
    pub(crate) short: Option<String>,
    /// How well it fits: 0.6 is well, 1 beyond doubt.
    pub(crate) score: f32,
}

/// Sentences that may answer a question.
pub(crate) struct Reading {
    asked: Asked,
    lines: Vec<Weighed>,
}

impl Reading {
    /// Reads the passages with the question in mind; `None` where no single sentence could answer it, or none has a word
    /// of it.
    pub(crate) fn of(question: &str, passages: &[Found<'_>]) -> Option<Self> {
        let asked = Asked::of(question)?;
        let lines = passages.iter().enumerate();
        let lines: Vec<Line> = lines
            .flat_map(|(index, found)| lines::of(index, found.text))
            .collect();
        let mut lines = weigh(&asked, lines);
        let rank = |line: &Weighed| line.words + PASSAGE * passages[line.line.passage].cosine.max(0.0);
        lines.retain(|line| line.words > 0.0);
        lines.sort_by(|one, other| rank(other).total_cmp(&rank(one)));
        lines.truncate(LOOKED_AT);
        for line in &mut lines {
            line.passage = passages[line.line.passage].cosine.max(0.0);
        }
        (!lines.is_empty()).then_some(Self { asked, lines })
    }

    /// The sentences as they are to be embedded, each with its heading.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.lines.iter().map(|line| line.line.in_context()).collect()
    }

    /// The sentence that fits best, by the vectors of the question and of [`texts`](Self::texts).
    pub(crate) fn best(self, question: &Embedding, vectors: &[Embedding]) -> Option<Quote> {
        let Self { asked, lines } = self;
        let scored = lines.into_iter().zip(vectors).map(|(line, vector)| {
            let meaning = question.cosine(vector).max(0.0);
            let mut score = WORDS * line.words + MEANING * meaning + PASSAGE * line.passage;
            score *= WRONG_KIND + (1.0 - WRONG_KIND) * line.kind;
            if asked.wanted != Wanted::Verdict && line.denies != asked.denies {
                score *= OTHER_SIGN;
            }
            score *= 1.0 - PASSED_OVER * line.passes_over;
            if line.lacks_name {
                score *= OTHER_NAME;
            }
            (score, line.line)
        });
        let (score, line) = scored.max_by(|one, other| one.0.total_cmp(&other.0))?;
        let short = match &asked.wanted {
            Wanted::Verdict => verdict::of(&asked, &line).map(str::to_owned),
            _ => span::of(&asked, &line.text),
        };
        Some(Quote {
            passage: line.passage,
            short,
            text: line.quoted(),
            score,
        })
    }
}

#[cfg(test)]
mod tests;
