//! Sentences that list who is in a row.

use super::lexicon::SETUP;
use super::{Rows, relation};
use crate::logic::words::{Sentence, Word, number, ordinal, stem};

impl Rows {
    /// A sentence that lists who is ordered: `Three people sit in a row: Ann, Bill and Cleo.`
    pub(super) fn introduced(&mut self, sentence: &Sentence) -> Option<()> {
        let words: Vec<Word> = sentence.words.clone();
        let counted = words.windows(2).find_map(|pair| {
            let several =
                pair[1].lower.ends_with('s') || pair[1].is_any(&["people", "children", "men", "women"]);
            number(&pair[0].lower).filter(|count| *count > 1 && several)
        });
        self.crowd = counted.or(self.crowd);
        // A list behind a colon, with the noun at its end: `a red, a blue and a green book`.
        if let Some(colon) = words.iter().position(|word| word.is(":")) {
            let lead = &words[..colon];
            let items = words[colon + 1..]
                .split(|word| word.is_any(&[",", "and"]))
                .filter(|item| !item.is_empty())
                .count();
            // `A stand sells five fruits: …`: whatever it is, it lists five.
            let counted =
                lead.iter().any(|word| number(&word.lower) == Some(items)) && relation::find(lead).is_none();
            if !counted && !only_setup(lead) {
                return None;
            }
            return self.list(&words[colon + 1..]);
        }
        let mut index = 0;
        while index < words.len() {
            let word = &words[index];
            let name = (word.capital() && index > 0
                || word.lower.starts_with('#')
                || index == 0 && words.get(1).is_some_and(|next| next.is_any(&[",", "and"])))
                && !SETUP.contains(&stem(&word.lower).as_str());
            if name {
                self.thing(std::slice::from_ref(word))?;
            } else if !only_setup(std::slice::from_ref(word)) {
                return None;
            }
            index += 1;
        }
        Some(())
    }

    pub(super) fn list(&mut self, words: &[Word]) -> Option<()> {
        let items: Vec<&[Word]> = words
            .split(|word| word.is_any(&[",", "and"]))
            .filter(|item| !item.is_empty())
            .collect();
        let noun = items
            .last()
            .filter(|last| last.len() == 3 && last[0].is_any(&["a", "an", "the", "one"]))
            .map(|last| last[2].clone());
        for item in &items {
            let shared = noun
                .as_ref()
                .filter(|_| item.len() == 2 && item[0].is_any(&["a", "an", "the", "one"]));
            let full: Vec<Word> = item.iter().cloned().chain(shared.cloned()).collect();
            let article = full[0].is("one");
            self.thing(&full[usize::from(article)..])?;
        }
        (items.len() > 1).then_some(())
    }
}

/// Whether the words only introduce.
pub(super) fn only_setup(words: &[Word]) -> bool {
    words.iter().all(|word| {
        SETUP.contains(&stem(&word.lower).as_str())
            || SETUP.contains(&word.lower.as_str())
            || number(&word.lower).is_some()
            || ordinal(&word.lower).is_some()
            || word.is_any(&[",", "(", ")", "as", "follows"])
    })
}
