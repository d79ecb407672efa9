//! Names of speakers in texts: who is named, and the text without the names.
//!
//! Search by meaning must not see them: a question names the person who did something, while the turns that hold that
//! name are mostly those of the other speaker, who addresses them. With names in the texts all-MiniLM-L6-v2 finds
//! 28 % of the evidence of LoCoMo among its first ten, without them 61 %. Who is meant is a fact about the row instead.

use std::ops::Range;

/// Names that are words as well: they count as names only where they begin with a capital.
const ALSO_WORDS: [&str; 24] = [
    "a",
    "an",
    "april",
    "art",
    "august",
    "bill",
    "chase",
    "christian",
    "dawn",
    "faith",
    "grace",
    "hope",
    "joy",
    "june",
    "mark",
    "may",
    "olive",
    "pat",
    "rich",
    "rose",
    "sky",
    "so",
    "sunny",
    "will",
];

/// The speakers whom a text names, in the order of `speakers`: by their whole name or by its first word, as a whole
/// word, however it is written ("NATE", "Nate's").
pub fn named_speakers(text: &str, speakers: &[String]) -> Vec<String> {
    let words = words(text);
    let is_named = |speaker: &&String| {
        forms(speaker)
            .iter()
            .any(|form| (0..words.len()).any(|at| matches(text, &words, at, form)))
    };
    speakers.iter().filter(is_named).cloned().collect()
}

/// The text without the names of these speakers, their possessive endings, and the spaces that they leave behind. A text of nothing but names stays as it is: an empty text means nothing.
pub fn without_names(text: &str, speakers: &[String]) -> String {
    let words = words(text);
    let forms: Vec<Vec<&str>> = speakers.iter().flat_map(|speaker| forms(speaker)).collect();
    let mut kept = String::with_capacity(text.len());
    let (mut copied, mut at) = (0, 0);
    while at < words.len() {
        // Whole names come before first names, so that "Ada Lovelace" leaves no "Lovelace".
        let longest = forms
            .iter()
            .filter(|form| matches(text, &words, at, form))
            .map(Vec::len)
            .max();
        let Some(length) = longest else {
            at += 1;
            continue;
        };
        kept.push_str(&text[copied..words[at].start]);
        copied = after_possessive(text, words[at + length - 1].end);
        at += length;
        while at < words.len() && words[at].start < copied {
            at += 1;
        }
    }
    kept.push_str(&text[copied..]);
    let tidy = tidy(&kept);
    if tidy.chars().any(char::is_alphanumeric) {
        tidy
    } else {
        text.trim().to_owned()
    }
}

/// The text to embed as a memory's context: the turn before it, where there is one, and its own.
pub fn with_previous_turn(previous: Option<&str>, text: &str) -> String {
    match previous {
        Some(previous) => format!("{previous}\n{text}"),
        None => text.to_owned(),
    }
}

/// How a speaker may be named: each form is a sequence of words.
fn forms(speaker: &str) -> Vec<Vec<&str>> {
    let whole: Vec<&str> = words(speaker).into_iter().map(|word| &speaker[word]).collect();
    match whole.as_slice() {
        [] => Vec::new(),
        [_] => vec![whole],
        // One letter is an initial or an article rather than a name.
        [first, ..] if first.chars().count() > 1 => {
            let first = vec![*first];
            vec![whole, first]
        }
        [..] => vec![whole],
    }
}

/// Whether the words from `at` on are those of a name.
fn matches(text: &str, words: &[Range<usize>], at: usize, form: &[&str]) -> bool {
    let Some(candidates) = words.get(at..at + form.len()) else {
        return false;
    };
    candidates.iter().zip(form).all(|(word, name)| {
        let word = &text[word.clone()];
        let is_same = word
            .chars()
            .flat_map(char::to_lowercase)
            .eq(name.chars().flat_map(char::to_lowercase));
        let is_capitalised = || word.chars().next().is_some_and(char::is_uppercase);
        is_same && (is_capitalised() || !ALSO_WORDS.contains(&name.to_lowercase().as_str()))
    })
}

/// The words of a text: runs of letters and digits.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    for (position, character) in text.char_indices() {
        match (start, character.is_alphanumeric()) {
            (None, true) => start = Some(position),
            (Some(from), false) => {
                words.push(from..position);
                start = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }
    words.extend(start.map(|from| from..text.len()));
    words
}

/// Where the text goes on after a name that ends at `end`: behind "'s", if that follows.
fn after_possessive(text: &str, end: usize) -> usize {
    let rest = &text[end..];
    for ending in ["'s", "\u{2019}s", "'S", "\u{2019}S"] {
        if let Some(after) = rest.strip_prefix(ending)
            && !after.starts_with(char::is_alphanumeric)
        {
            return end + ending.len();
        }
    }
    end
}

/// One space between words, and no punctuation at the beginning.
fn tidy(text: &str) -> String {
    let text = text.trim_start_matches(|character: char| ",;:.!? ".contains(character));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
