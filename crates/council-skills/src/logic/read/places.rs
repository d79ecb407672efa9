//! Where something is that is in one of several places: `Three boxes: red, blue, green. The prize is not in the red box.`

use super::cut::{after, words_of};
use crate::logic::words::{Sentence, Word, number, plain, stem};

const IN: &[&str] = &["in", "inside", "under", "behind", "beneath"];

/// Puts such a text as one that asks which of the places it is; others are left as they are.
pub(super) fn usual(sentences: Vec<Sentence>) -> Vec<Sentence> {
    turned(&sentences).unwrap_or(sentences)
}

fn turned(sentences: &[Sentence]) -> Option<Vec<Sentence>> {
    let (first, rest) = sentences.split_first()?;
    let places = Places::of(&first.words)?;
    let mut found = vec![Sentence {
        words: places.one_of_all(),
        ..first.clone()
    }];
    let mut asked = 0;
    for sentence in rest {
        let words = if sentence.question {
            asked += usize::from(places.asks(&sentence.words));
            words_of("who is place")
        } else if places.says_one_of_them(&sentence.words) {
            continue;
        } else {
            let (name, there) = places.says(&sentence.words)?;
            let not = if there { &[][..] } else { &[Word::new("not")][..] };
            [&[name, Word::new("is")], not, &[Word::new("place")]].concat()
        };
        found.push(Sentence {
            words,
            ..sentence.clone()
        });
    }
    let questions = rest.iter().filter(|one| one.question).count();
    // Besides which places there are and what is asked, something is said.
    (asked == 1 && questions == 1 && rest.len() > 1).then_some(found)
}

struct Places {
    /// The stem of what they are: box, cup, drawer.
    kind: String,
    names: Vec<Word>,
}

impl Places {
    /// `there are three boxes: red, blue and green`
    fn of(words: &[Word]) -> Option<Self> {
        let words = after(words, "there are").unwrap_or(words);
        let [count, kind, colon, list @ ..] = words else {
            return None;
        };
        if !colon.is_any(&[":", ","]) || !kind.lower.ends_with('s') {
            return None;
        }
        let names: Vec<Word> = list
            .iter()
            .filter(|word| !word.is_any(&[",", "and", "a", "an", "one"]))
            .cloned()
            .collect();
        (names.len() > 1 && names.len() == number(&count.lower)?).then(|| Self {
            kind: stem(&kind.lower),
            names,
        })
    }

    fn one_of_all(&self) -> Vec<Word> {
        let mut words = vec![Word::new("either")];
        for (index, name) in self.names.iter().enumerate() {
            if index > 0 {
                words.push(Word::new("or"));
            }
            words.push(name.clone());
        }
        words.extend(words_of("is place"));
        words
    }

    /// Behind `the prize is`, `it is`, `the coin was`.
    fn behind_thing<'a>(&self, words: &'a [Word]) -> Option<&'a [Word]> {
        let at = words.iter().position(|word| word.is_any(&["is", "was"]))?;
        let thing = match &words[..at] {
            [it] => it.is("it"),
            [the, noun] => the.is_any(&["the", "a", "an"]) && stem(&noun.lower) != self.kind,
            _ => false,
        };
        thing.then(|| &words[at + 1..])
    }

    /// `the prize is in one of them`
    fn says_one_of_them(&self, words: &[Word]) -> bool {
        let Some([place, rest @ ..]) = self.behind_thing(words) else {
            return false;
        };
        let rest = plain(rest);
        let rest = rest.trim_start_matches("exactly ").trim_start_matches("only ");
        place.is_any(IN) && (rest.starts_with("one of ") || rest == "one")
    }

    /// `it is not in the red box`, `the red box is empty`: which one, and whether it is there.
    fn says(&self, words: &[Word]) -> Option<(Word, bool)> {
        if let [the, name, kind, be, empty] = words
            && the.is("the")
            && stem(&kind.lower) == self.kind
            && be.is_any(&["is", "was"])
            && empty.is("empty")
        {
            return Some((self.named(name)?, false));
        }
        let rest = self.behind_thing(words)?;
        let (rest, there) = match after(rest, "not") {
            Some(rest) => (rest, false),
            None => (rest, true),
        };
        match rest {
            [place, the, name, kind] if place.is_any(IN) && the.is("the") => {
                let this = stem(&kind.lower) == self.kind || kind.is("one");
                this.then(|| self.named(name)).flatten().map(|name| (name, there))
            }
            _ => None,
        }
    }

    fn named(&self, word: &Word) -> Option<Word> {
        self.names.iter().find(|name| name.lower == word.lower).cloned()
    }

    /// `which box has the prize`, `where is it`, `in which box is the prize`
    fn asks(&self, words: &[Word]) -> bool {
        let text = plain(words);
        const HOLDS: &[&str] = &["has", "contains", "holds", "hides", "is"];
        let which = words.windows(3).any(|three| {
            three[0].is("which") && stem(&three[1].lower) == self.kind && three[2].is_any(HOLDS)
        });
        words.len() <= 8
            && !words.iter().any(|word| word.is_any(&["not", "no", "empty"]))
            && (which || text.starts_with("where is ") || text.starts_with("where was "))
    }
}
