//! English as far as it takes to hold a statement against its source: words, stems, sentences, clauses.
//!
//! - `stem`: words without their endings, numbers as digits
//! - `clause`: sentences and clauses of a text
//! - `person`: first person into third

mod clause;
mod person;
mod stem;

pub(crate) use clause::{Clause, Sentence, sentences};
pub(crate) use person::{BETWEEN, PRESENT, third_person, with_s};
pub(crate) use stem::stem;

/// Words that carry grammar rather than content.
const FUNCTION_WORDS: &[&str] = &[
    "a",
    "about",
    "actually",
    "after",
    "again",
    "all",
    "also",
    "am",
    "an",
    "and",
    "any",
    "are",
    "as",
    "at",
    "be",
    "because",
    "been",
    "before",
    "being",
    "both",
    "but",
    "by",
    "can",
    "could",
    "currently",
    "did",
    "do",
    "does",
    "doing",
    "done",
    "during",
    "each",
    "every",
    "for",
    "from",
    "had",
    "has",
    "have",
    "having",
    "he",
    "her",
    "hers",
    "him",
    "his",
    "how",
    "i",
    "if",
    "in",
    "into",
    "is",
    "it",
    "its",
    "just",
    "lately",
    "may",
    "me",
    "mine",
    "more",
    "most",
    "much",
    "must",
    "my",
    "myself",
    "now",
    "of",
    "off",
    "on",
    "once",
    "one",
    "or",
    "our",
    "ours",
    "out",
    "over",
    "own",
    "quite",
    "really",
    "recently",
    "shall",
    "she",
    "should",
    "since",
    "so",
    "some",
    "still",
    "such",
    "than",
    "that",
    "the",
    "their",
    "theirs",
    "them",
    "themselves",
    "then",
    "there",
    "these",
    "they",
    "this",
    "those",
    "through",
    "to",
    "too",
    "under",
    "until",
    "up",
    "us",
    "very",
    "was",
    "we",
    "were",
    "what",
    "when",
    "where",
    "which",
    "while",
    "who",
    "whom",
    "whose",
    "why",
    "will",
    "with",
    "would",
    "you",
    "your",
    "yours",
    "user",
    "user's",
    "speaker",
    "person",
    "well",
    "been",
    "got",
    "get",
    "gets",
    "oh",
    "anyway",
    "yes",
    "yeah",
];

/// Whether a word in lower case carries grammar rather than content.
pub(crate) fn is_function_word(word: &str) -> bool {
    FUNCTION_WORDS.contains(&word)
}

/// A text in one form: straight quotation marks, single spaces. Line breaks stay, as single ones.
pub(crate) fn normal(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    let mut gap = None;
    for character in text.chars() {
        if character.is_whitespace() {
            gap = if character == '\n' || gap == Some('\n') {
                Some('\n')
            } else {
                Some(' ')
            };
            continue;
        }
        if let Some(gap) = gap.take()
            && !normal.is_empty()
        {
            normal.push(gap);
        }
        normal.push(match character {
            '\u{2018}' | '\u{2019}' | '\u{02bc}' => '\'',
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '«' | '»' => '"',
            other => other,
        });
    }
    normal
}

/// The words of a normal text, as they stand: letters, digits, and apostrophes within.
pub(crate) fn words(text: &str) -> Vec<&str> {
    text.split(|character: char| !character.is_alphanumeric() && character != '\'')
        .map(|word| word.trim_matches('\''))
        .filter(|word| !word.is_empty())
        .collect()
}

/// The words in lower case.
pub(crate) fn lower_words(text: &str) -> Vec<String> {
    words(text).into_iter().map(str::to_lowercase).collect()
}

/// Whether these words stand one after another.
pub(crate) fn has_phrase(words: &[String], phrase: &str) -> bool {
    phrase_at(words, phrase).is_some()
}

/// Where these words stand one after another, for the first time.
pub(crate) fn phrase_at(words: &[String], phrase: &str) -> Option<usize> {
    let phrase: Vec<&str> = phrase.split(' ').collect();
    words.windows(phrase.len()).position(|window| window == phrase)
}

/// Whether one of these phrases begins the words.
pub(crate) fn begins_with_any(words: &[String], phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        words.len() >= phrase.len() && words[..phrase.len()] == phrase
    })
}

/// Whether one of these phrases occurs.
pub(crate) fn has_any(words: &[String], phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| has_phrase(words, phrase))
}

#[cfg(test)]
mod tests;
