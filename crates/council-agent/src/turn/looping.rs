//! Notices that a model says the same over and over. Small models do, without end, and an answer that nobody bounded would
//! take as long as the context is.

/// So much of the end of an answer is looked at, in bytes: some 500 tokens.
const WINDOW: usize = 2_048;

/// Nothing else but repetitions of one text stand there, at least so many.
const REPETITIONS: usize = 4;

/// Looked at after so many more bytes.
const PAUSE: usize = 256;

/// The end of an answer.
#[derive(Debug, Default)]
pub(super) struct Looping {
    tail: Vec<u8>,
    unseen: usize,
}

impl Looping {
    /// Hears more of the answer. Whether all of its end is one text again and again.
    pub(super) fn hears(&mut self, text: &str) -> bool {
        self.tail.extend_from_slice(text.as_bytes());
        self.unseen += text.len();
        if self.tail.len() < WINDOW || self.unseen < PAUSE {
            return false;
        }
        self.unseen = 0;
        self.tail.drain(..self.tail.len() - WINDOW);
        period(&self.tail) <= WINDOW / REPETITIONS
    }
}

/// The shortest text of whose repetitions these bytes are a part; all of them where none repeats. Linear in their number,
/// by the failure function of Knuth, Morris and Pratt.
fn period(bytes: &[u8]) -> usize {
    let mut border = vec![0_usize; bytes.len()];
    let mut length = 0;
    for at in 1..bytes.len() {
        while length > 0 && bytes[at] != bytes[length] {
            length = border[length - 1];
        }
        length += usize::from(bytes[at] == bytes[length]);
        border[at] = length;
    }
    bytes.len() - border.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn heard(text: &str, times: usize) -> bool {
        let mut looping = Looping::default();
        (0..times).any(|_| looping.hears(text))
    }

    #[test]
    fn one_text_again_and_again_is_a_loop_and_less_than_that_is_none() {
        assert!(heard("The kayak is red. ", 1_000));
        assert!(heard("ha", 5_000));
        assert!(!heard("The kayak is red. ", 100));
        // Longer than a quarter of what is looked at: it may still become something.
        assert!(!heard(&"0123456789abcdef".repeat(40).replacen('0', "x", 1), 20));
    }

    #[test]
    fn lists_tables_and_counting_are_no_loops() {
        let mut looping = Looping::default();
        assert!(!(0..5_000).any(|number| looping.hears(&format!("{number}, "))));
        let mut looping = Looping::default();
        assert!(!(0..500).any(|row| looping.hears(&format!("| item {row} | {} |\n", row * row))));
    }

    proptest! {
        #[test]
        fn the_period_is_the_shortest_one(unit in "[ab]{1,6}", times in 1_usize..8, cut in 0_usize..6) {
            let text = unit.repeat(times + 1);
            let text = &text.as_bytes()[..(unit.len() * times + cut.min(unit.len()))];
            let repeats = |period: usize| text.iter().zip(&text[period..]).all(|(one, other)| one == other);
            let naive = (1..=text.len()).find(|period| repeats(*period)).unwrap_or(text.len());
            prop_assert_eq!(period(text), naive);
        }
    }
}
