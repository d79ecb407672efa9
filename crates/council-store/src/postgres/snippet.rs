//! The part of a text that has the words that were looked for.

use crate::memory::words::each_word;
use council_core::Snippet;
use std::ops::Range;

/// Words of a snippet.
const SNIPPET_WORDS: usize = 24;

/// The part of a text with the most different words, and these marked; `None` where it has none. Of the words the last
/// may be the beginning of one.
pub(super) fn snippet(text: &str, words: &[String]) -> Option<Snippet> {
    let places = places(text);
    let which = |folded: &str| {
        words.iter().enumerate().position(|(at, word)| {
            folded == word || (at + 1 == words.len() && folded.starts_with(word.as_str()))
        })
    };
    let found: Vec<Option<usize>> = places.iter().map(|(_, folded)| which(folded)).collect();
    let different = |from: usize| {
        let window = &found[from..places.len().min(from + SNIPPET_WORDS)];
        (0..words.len())
            .filter(|word| window.contains(&Some(*word)))
            .count()
    };
    let mut best = (0, 0);
    for (from, place) in found.iter().enumerate() {
        // A part begins with a word that was looked for, or a little before it.
        if place.is_some() && different(from) > best.0 {
            best = (different(from), from);
        }
    }
    let (count, from) = best;
    if count == 0 {
        return None;
    }
    let last_start = places.len().saturating_sub(SNIPPET_WORDS);
    let from = from.saturating_sub(SNIPPET_WORDS / 6).min(last_start);
    let to = places.len().min(from + SNIPPET_WORDS);
    let begins = if from == 0 { 0 } else { places[from].0.start };
    let ends = if to == places.len() {
        text.len()
    } else {
        places[to - 1].0.end
    };
    let before = if from == 0 { "" } else { "…" };
    let after = if to == places.len() { "" } else { "…" };
    let moved = |at: usize| at - begins + before.len();
    let marks = (from..to)
        .filter(|at| found[*at].is_some())
        .map(|at| moved(places[at].0.start)..moved(places[at].0.end))
        .collect();
    Some(Snippet {
        text: format!("{before}{}{after}", &text[begins..ends]),
        marks,
    })
}

/// The words of a text as they are looked up, and where they are.
fn places(text: &str) -> Vec<(Range<usize>, String)> {
    let mut places: Vec<(Range<usize>, String)> = Vec::new();
    let mut room = String::new();
    let mut begun = None;
    let ends = text.char_indices().map(Some).chain([None]);
    for next in ends {
        let (at, is_letter) = match next {
            Some((at, character)) => (at, character.is_alphanumeric() || is_accent(character)),
            None => (text.len(), false),
        };
        if is_letter {
            begun.get_or_insert(at);
        } else if let Some(start) = begun.take() {
            // Scripts without spaces give a word for each character: they are marked as a whole.
            each_word(&text[start..at], &mut room, |word| match places.last_mut() {
                Some((place, folded)) if place.start == start => folded.push_str(word),
                _ => places.push((start..at, word.to_owned())),
            });
        }
    }
    places
}

/// Accents that stand behind their letter.
fn is_accent(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, words: &[&str]) -> Option<(String, Vec<String>)> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let Snippet { text, marks } = snippet(text, &words)?;
        let marks = marks.into_iter().map(|mark| text[mark].to_owned()).collect();
        Some((text, marks))
    }

    #[test]
    fn words_are_marked_without_regard_to_case_and_accents_and_the_last_may_be_a_beginning() {
        let (text, marks) = marked("Die Größe der Überschrift.", &["grosse", "ubers"]).unwrap_or_default();
        assert_eq!(text, "Die Größe der Überschrift.");
        assert_eq!(marks, ["Größe", "Überschrift"]);
        assert_eq!(marked("nothing of it", &["grosse"]), None);
        assert_eq!(marked("", &["a"]), None);
    }

    #[test]
    fn of_a_long_text_the_part_with_the_most_different_words_is_shown() {
        let text = format!("apples {} apples plums {}", "x ".repeat(50), "y ".repeat(50));
        let (shown, marks) = marked(&text, &["apples", "plums"]).unwrap_or_default();
        assert_eq!(marks, ["apples", "plums"]);
        assert!(shown.starts_with("…x x") && shown.ends_with("y…"), "{shown}");
        assert_eq!(shown.split_whitespace().count(), SNIPPET_WORDS);
    }
}
