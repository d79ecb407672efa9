//! Words and their bounds.

use std::ops::Range;

/// How far before something the word that says what it is may stand, in bytes.
const BEFORE: usize = 40;

/// Whether a character goes on with the word or number beside it.
pub(super) fn joins(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

pub(super) fn char_before(text: &str, at: usize) -> Option<char> {
    text[..at].chars().next_back()
}

pub(super) fn char_after(text: &str, at: usize) -> Option<char> {
    text[at..].chars().next()
}

/// Whether nothing before and after goes on with what is in `range`.
pub(super) fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    !char_before(text, range.start).is_some_and(joins) && !char_after(text, range.end).is_some_and(joins)
}

/// Whether one of `words` (lower case) stands shortly before `at`, in the same line.
pub(super) fn said_before(text: &str, at: usize, words: &[&str]) -> bool {
    let mut from = at.saturating_sub(BEFORE);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let before = text[from..at]
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .to_lowercase();
    words.iter().any(|word| {
        before.match_indices(word).any(|(start, _)| {
            let end = start + word.len();
            !char_before(&before, start).is_some_and(char::is_alphanumeric)
                && !char_after(&before, end).is_some_and(char::is_alphabetic)
        })
    })
}

/// Where `name`, which is lower case, stands in `text` at `from` or later. Only ASCII letters are compared without
/// regard to case, so that positions stay those of `text`.
pub(super) fn find_ignoring_case(text: &str, name: &str, from: usize) -> Option<Range<usize>> {
    let (text, name) = (text.as_bytes(), name.as_bytes());
    if name.is_empty() || text.len() < name.len() {
        return None;
    }
    let last = text.len() - name.len();
    (from..=last)
        .find(|&at| text[at..at + name.len()].eq_ignore_ascii_case(name))
        .map(|at| at..at + name.len())
}

/// Letters and digits from `from` on, upper case, each with the position after it; single spaces and hyphens between
/// them are passed over. At most `most` of them.
pub(super) fn compact(text: &str, from: usize, most: usize) -> Vec<(char, usize)> {
    let mut found: Vec<(char, usize)> = Vec::new();
    let mut gap = false;
    for (at, c) in text[from..].char_indices() {
        if found.len() == most {
            break;
        }
        match c {
            c if c.is_ascii_alphanumeric() => {
                gap = false;
                found.push((c.to_ascii_uppercase(), from + at + 1));
            }
            ' ' | '\u{a0}' | '\u{202f}' | '-' if !gap && !found.is_empty() => gap = true,
            _ => break,
        }
    }
    found
}

/// Positions at which a word of ASCII letters or digits begins.
pub(super) fn starts(text: &str) -> impl Iterator<Item = usize> + '_ {
    let mut before: Option<char> = None;
    text.char_indices().filter_map(move |(at, c)| {
        let begins = c.is_ascii_alphanumeric() && !before.is_some_and(joins);
        before = Some(c);
        begins.then_some(at)
    })
}
