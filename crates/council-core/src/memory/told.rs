//! How much a memory tells.

use super::{MemoryKind, NewMemory};

/// Words that tell as much as any number of them: a quarter of the turns of LoCoMo have more.
const ENOUGH: usize = 25;

impl NewMemory {
    /// How much it tells, 0 to 1: the logarithm of its words outside of questions, as a share of that of enough words.
    /// "What about you?" and "Thanks!" are seldom what somebody is after, however well they fit. What is not a turn was
    /// kept for what it tells, so that it has 1.
    pub fn told(&self) -> f32 {
        self.kind.told(&self.text)
    }
}

impl MemoryKind {
    /// How much a memory of this kind with this text tells: see [`NewMemory::told`].
    pub fn told(self, text: &str) -> f32 {
        if self != Self::Turn {
            return 1.0;
        }
        let words = words_told(text).min(ENOUGH);
        ((1 + words) as f32).ln() / ((1 + ENOUGH) as f32).ln()
    }
}

/// Words of sentences that do not end with a question mark.
fn words_told(text: &str) -> usize {
    let (mut told, mut sentence) = (0, 0);
    let (mut is_inside, mut asks) = (false, false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character.is_alphanumeric() && !is_inside {
            sentence += 1;
            asks = false;
        }
        is_inside = character.is_alphanumeric();
        // "?!" asks as well.
        asks |= character == '?';
        let is_mark = matches!(character, '.' | '!' | '?');
        if is_mark && characters.peek().is_none_or(|next| next.is_whitespace()) {
            told += if asks { 0 } else { sentence };
            (sentence, asks) = (0, false);
        }
    }
    told + sentence
}

#[cfg(test)]
mod tests;
