//! Cuts words apart: what stands before, behind and around a phrase.

use super::phrases::{LEADS, PHRASES};
use crate::logic::words::Word;

/// Without words that only lead to what is said, and without marks at both ends.
pub(super) fn led(words: &[Word]) -> &[Word] {
    let mut words = words;
    loop {
        let before = words.len();
        for phrase in PHRASES {
            if let Some(rest) = after(words, phrase) {
                words = rest;
            }
        }
        while words
            .first()
            .is_some_and(|word| word.is_any(&[",", ":", "\""]) || word.is_any(LEADS))
        {
            words = &words[1..];
        }
        while words
            .last()
            .is_some_and(|word| word.is_any(&[",", ":", "\"", "then"]))
        {
            words = &words[..words.len() - 1];
        }
        if words.len() == before {
            return words;
        }
    }
}

/// The words of a phrase.
pub(super) fn words_of(phrase: &str) -> Vec<Word> {
    phrase.split(' ').map(Word::new).collect()
}

/// What stands behind a phrase that the words begin with.
pub(super) fn after<'a>(words: &'a [Word], phrase: &str) -> Option<&'a [Word]> {
    let mut count = 0;
    for part in phrase.split(' ') {
        if !words.get(count)?.is(part) {
            return None;
        }
        count += 1;
    }
    (count < words.len()).then(|| &words[count..])
}

/// What stands before and behind the first place of a phrase, neither empty.
pub(super) fn around<'a>(words: &'a [Word], phrase: &str) -> Option<(&'a [Word], &'a [Word])> {
    let length = phrase.split(' ').count();
    (1..words.len())
        .find(|&at| after(&words[at..], phrase).is_some())
        .map(|at| (&words[..at], &words[at + length..]))
}

pub(super) fn without_suffix<'a>(words: &'a [Word], suffixes: &[&str]) -> (&'a [Word], bool) {
    for suffix in suffixes {
        let length = suffix.split(' ').count();
        if words.len() > length {
            let (rest, end) = words.split_at(words.len() - length);
            if crate::logic::words::plain(end) == *suffix {
                return (rest, true);
            }
        }
    }
    (words, false)
}
