//! What is looked at in a text: its words and pairs of words, and signs of its shape.
//!
//! - `tokens`: words, numbers and symbols
//! - `signs`, `view`: the shape, as numbers in [0, 1]
//! - `lists`: words that belong together
//!
//! Public for the training, which must look at exactly the same things: `examples/train_router`.

mod lists;
mod signs;
mod tokens;
mod view;

pub use signs::{SIGNS, Sign};
use std::collections::BTreeSet;
use tokens::{Token, tokens};
use view::View;

/// Most characters that are read at each end of a text. A question stands before or after what was pasted.
const END: usize = 300;

/// What a text looks like to the classifier.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// In the order of [`SIGNS`], each in [0, 1].
    pub signs: [f32; SIGNS.len()],
    /// Words and symbols, and pairs of neighbours with a space between, each once; numbers are `0`, the beginning is `^`.
    pub words: Vec<String>,
    empty: bool,
}

impl Reading {
    /// Reads a text.
    pub fn of(text: &str) -> Self {
        let (beginning, end) = ends(text.trim());
        let mut tokens = tokens(beginning);
        tokens.extend(self::tokens::tokens(end));
        let view = View::new(text, &tokens);
        let mut words = BTreeSet::new();
        let mut previous = "^";
        for token in &tokens {
            let word = token.word();
            words.insert(word.to_owned());
            words.insert(format!("{previous} {word}"));
            previous = word;
        }
        Self {
            signs: SIGNS.map(|sign| sign.value(&view)),
            words: words.into_iter().collect(),
            empty: !tokens.iter().any(Token::says_something),
        }
    }

    /// Whether there is neither a word nor a number.
    pub fn is_empty(&self) -> bool {
        self.empty
    }

    /// What each word counts: less in a long text, in which many occur by chance.
    pub fn word_value(&self) -> f32 {
        2.0 / (self.words.len().max(4) as f32).sqrt()
    }
}

/// The beginning and the end of a text, without what lies between in a long one.
fn ends(text: &str) -> (&str, &str) {
    let Some((first, _)) = text.char_indices().nth(END) else {
        return (text, "");
    };
    let last = text
        .char_indices()
        .nth_back(END - 1)
        .map_or(0, |(index, _)| index);
    (&text[..first], &text[last.max(first)..])
}

#[cfg(test)]
mod tests;
