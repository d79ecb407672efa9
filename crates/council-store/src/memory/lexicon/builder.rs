//! The words of very many texts at once.

use super::{Lexicon, Postings};
use crate::memory::words::{Fingerprint, date_terms, day, each_word, stem};
use council_core::Timestamp;
use std::collections::HashMap;

/// A lexicon in the making. Words are told apart before their stems are taken: that of most is known already.
#[derive(Default)]
pub(crate) struct Builder {
    /// The number of the term of every word so far.
    words: HashMap<Box<str>, u32, Hashing>,
    terms: HashMap<Box<str>, u32, Hashing>,
    postings: Vec<Postings>,
    lengths: Vec<u32>,
    total_length: u64,
    /// The latest day, and its terms: most come one after the other.
    day: Option<(u64, [u32; 3])>,
    /// Room for a word, and for the terms of a row.
    word: String,
    row: Vec<u32>,
}

/// A faster hash than that of the standard library, with a seed as well: whoever chooses the words cannot choose what
/// they collide with.
type Hashing = foldhash::fast::RandomState;

impl Builder {
    /// Adds the next row: its text, the name of its speaker and its day. Returns the fingerprint of the text.
    pub(crate) fn push(&mut self, text: &str, speaker: Option<&str>, said_at: Timestamp) -> u64 {
        let mut word = std::mem::take(&mut self.word);
        let mut fingerprint = Fingerprint::default();
        self.row.clear();
        each_word(text, &mut word, |word| {
            fingerprint.add(word);
            let term = self.term_of(word);
            self.row.push(term);
        });
        each_word(speaker.unwrap_or_default(), &mut word, |word| {
            let term = self.term_of(word);
            self.row.push(term);
        });
        self.word = word;
        let of_day = self.terms_of_day(said_at);
        self.row.extend(of_day);
        self.row.sort_unstable();
        let row = self.lengths.len() as u32;
        for same in self.row.chunk_by(|left, right| left == right) {
            self.postings[same[0] as usize].add(row, same.len() as u32);
        }
        self.lengths.push(self.row.len() as u32);
        self.total_length += self.row.len() as u64;
        fingerprint.of(text)
    }

    fn term_of(&mut self, word: &str) -> u32 {
        if let Some(term) = self.words.get(word) {
            return *term;
        }
        let term = self.number(stem(word.to_owned()));
        self.words.insert(word.into(), term);
        term
    }

    fn number(&mut self, term: String) -> u32 {
        let next = self.postings.len() as u32;
        let number = *self.terms.entry(term.into()).or_insert(next);
        if number == next {
            self.postings.push(Postings::default());
        }
        number
    }

    fn terms_of_day(&mut self, time: Timestamp) -> [u32; 3] {
        match self.day {
            Some((known, terms)) if known == day(time) => terms,
            _ => {
                let terms = date_terms(time).map(|term| self.number(term));
                self.day = Some((day(time), terms));
                terms
            }
        }
    }

    pub(crate) fn finish(mut self) -> Lexicon {
        let mut postings = |number: u32| {
            let mut postings = std::mem::take(&mut self.postings[number as usize]);
            postings.shrink();
            postings
        };
        Lexicon {
            terms: self
                .terms
                .into_iter()
                .map(|(term, number)| (term, postings(number)))
                .collect(),
            lengths: self.lengths,
            total_length: self.total_length,
        }
    }
}
