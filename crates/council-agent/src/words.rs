//! Words of a text that tell it from others.

use std::collections::HashSet;

/// Words that say something: numbers, and words of five letters or more, in lower case.
pub(crate) fn telling_words(text: &str) -> HashSet<String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let telling =
        words.filter(|word| word.chars().count() >= 5 || word.starts_with(|c: char| c.is_ascii_digit()));
    telling.map(str::to_lowercase).collect()
}
