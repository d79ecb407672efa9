//! From the text of a prompt to its tokens. The parts of a conversation come again with every turn, so each is cut up
//! only once.

use crate::protocol::{Job, PromptPart};
use std::collections::HashMap;

/// Texts and tokens that are remembered, in bytes: about four books. When it is full, the older half goes.
const MOST_BYTES: usize = 8 << 20;

/// A vocabulary.
pub trait Vocabulary {
    /// The token that begins a text, when the model wants one.
    fn beginning(&self) -> Option<u32>;

    /// A text's tokens. Control tokens in it are recognised only when `control` says so.
    fn tokenize(&self, text: &str, control: bool) -> Vec<u32>;
}

/// Cuts prompts up.
pub struct Tokens<V> {
    vocabulary: V,
    most_bytes: usize,
    recent: Parts,
    older: Parts,
}

type Key = (bool, Box<str>);

#[derive(Default)]
struct Parts {
    tokens: HashMap<Key, Box<[u32]>>,
    bytes: usize,
}

impl Parts {
    fn insert(&mut self, key: Key, tokens: Box<[u32]>) {
        self.bytes += key.1.len() + tokens.len() * size_of::<u32>();
        self.tokens.insert(key, tokens);
    }
}

impl<V: Vocabulary> Tokens<V> {
    /// Remembers nothing yet.
    pub fn new(vocabulary: V) -> Self {
        Self {
            vocabulary,
            most_bytes: MOST_BYTES,
            recent: Parts::default(),
            older: Parts::default(),
        }
    }

    /// A job's prompt as tokens.
    pub fn of(&mut self, job: &Job) -> Vec<u32> {
        let mut tokens = Vec::new();
        if job.add_bos {
            tokens.extend(self.vocabulary.beginning());
        }
        for part in &job.prompt {
            tokens.extend_from_slice(self.part(part));
        }
        tokens
    }

    fn part(&mut self, part: &PromptPart) -> &[u32] {
        let key: Key = (part.control, part.text.as_str().into());
        if !self.recent.tokens.contains_key(&key) {
            let tokens = match self.older.tokens.remove(&key) {
                Some(tokens) => tokens,
                None => self.vocabulary.tokenize(&part.text, part.control).into(),
            };
            self.recent.insert(key.clone(), tokens);
            if self.recent.bytes > self.most_bytes / 2 {
                self.older = std::mem::take(&mut self.recent);
                return self.older.tokens.get(&key).map_or(&[], |tokens| tokens);
            }
        }
        self.recent.tokens.get(&key).map_or(&[], |tokens| tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::JobSampling;
    use std::cell::Cell;

    /// One token for each byte, marked when it was read as control text; counts how often it is asked.
    #[derive(Default)]
    struct Bytes {
        asked: Cell<usize>,
    }

    impl Vocabulary for &Bytes {
        fn beginning(&self) -> Option<u32> {
            Some(9999)
        }
        fn tokenize(&self, text: &str, control: bool) -> Vec<u32> {
            self.asked.set(self.asked.get() + 1);
            text.bytes()
                .map(|byte| u32::from(byte) + 1000 * u32::from(control))
                .collect()
        }
    }

    fn job(parts: &[(&str, bool)]) -> Job {
        let part = |(text, control): &(&str, bool)| PromptPart {
            text: (*text).to_owned(),
            control: *control,
        };
        Job {
            id: 1,
            prompt: parts.iter().map(part).collect(),
            add_bos: true,
            sampling: JobSampling {
                temperature: 0.0,
                top_k: 0,
                top_p: 1.0,
                min_p: 0.0,
                repetition_penalty: 1.0,
                presence_penalty: 0.0,
                frequency_penalty: 0.0,
                seed: 1,
                logit_bias: Vec::new(),
            },
            max_tokens: None,
            stop: Vec::new(),
            control_text: false,
            constraint: None,
            top_logprobs: 0,
        }
    }

    #[test]
    fn parts_that_come_again_are_not_cut_up_again() {
        let vocabulary = Bytes::default();
        let mut tokens = Tokens::new(&vocabulary);
        assert_eq!(
            tokens.of(&job(&[("ab", true), ("c", false)])),
            [9999, 1097, 1098, 99]
        );
        assert_eq!(vocabulary.asked.get(), 2);
        let longer = job(&[("ab", true), ("c", false), ("ab", false)]);
        assert_eq!(
            tokens.of(&longer),
            [9999, 1097, 1098, 99, 97, 98],
            "user text is no control text"
        );
        assert_eq!(vocabulary.asked.get(), 3);
    }

    #[test]
    fn what_is_remembered_is_bounded_and_still_right() {
        let vocabulary = Bytes::default();
        let mut tokens = Tokens::new(&vocabulary);
        tokens.most_bytes = 200;
        let texts: Vec<String> = (0..50).map(|i| format!("text number {i}")).collect();
        for text in texts.iter().chain(&texts) {
            let found = tokens.of(&job(&[(text, false)]));
            assert_eq!(found[1..], text.bytes().map(u32::from).collect::<Vec<_>>());
            assert!(tokens.recent.bytes + tokens.older.bytes <= 2 * 200);
        }
        let long = "x".repeat(1000);
        assert_eq!(tokens.of(&job(&[(&long, false)])).len(), 1001);
    }
}
