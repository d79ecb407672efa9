//! From the text of a prompt to its tokens. The parts of a conversation come again with every turn, so each is cut up
//! only once.

use super::image::{Image, Prompt};
use crate::protocol::{Job, JobFailure, PromptPart};
use std::collections::HashMap;
use std::sync::Arc;

/// Texts and tokens that are remembered, in bytes: about four books. When it is full, the older half goes.
const MOST_BYTES: usize = 8 << 20;

/// A vocabulary.
pub trait Vocabulary {
    /// The token that begins a text, when the model wants one.
    fn beginning(&self) -> Option<u32>;

    /// A text's tokens. Control tokens in it are recognised only when `control` says so.
    fn tokenize(&self, text: &str, control: bool) -> Vec<u32>;

    /// The image behind a `data:` URL.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    fn image(&self, url: &str) -> Result<Image, String>;
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

    /// A job's prompt as tokens and images.
    ///
    /// # Errors
    /// [`JobFailure::Invalid`] for an image that cannot be read.
    pub fn of(&mut self, job: &Job) -> Result<Prompt, JobFailure> {
        let mut prompt = Prompt::default();
        if job.add_bos {
            prompt.tokens.extend(self.vocabulary.beginning());
        }
        for part in &job.prompt {
            match part {
                PromptPart::Text { text, control } => {
                    prompt.tokens.extend_from_slice(self.text(text, *control));
                }
                PromptPart::Image(url) => {
                    let image = self
                        .vocabulary
                        .image(url)
                        .map_err(|message| JobFailure::Invalid {
                            field: "messages".to_owned(),
                            message,
                        })?;
                    prompt.show(Arc::new(image));
                }
            }
        }
        Ok(prompt)
    }

    fn text(&mut self, text: &str, control: bool) -> &[u32] {
        let key: Key = (control, text.into());
        if !self.recent.tokens.contains_key(&key) {
            let tokens = match self.older.tokens.remove(&key) {
                Some(tokens) => tokens,
                None => self.vocabulary.tokenize(text, control).into(),
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
#[expect(clippy::unwrap_used, reason = "tests")]
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
        fn image(&self, url: &str) -> Result<Image, String> {
            match url {
                "data:nothing" => Err("it shows nothing".to_owned()),
                url => Ok(Image::new(url.as_bytes(), 3, 3, Box::new(()))),
            }
        }
    }

    fn job(parts: &[(&str, bool)]) -> Job {
        let part = |(text, control): &(&str, bool)| PromptPart::Text {
            text: (*text).to_owned(),
            control: *control,
        };
        of_parts(parts.iter().map(part).collect())
    }

    fn of_parts(prompt: Vec<PromptPart>) -> Job {
        Job {
            id: 1,
            prompt,
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
            tokens.of(&job(&[("ab", true), ("c", false)])).unwrap().tokens,
            [9999, 1097, 1098, 99]
        );
        assert_eq!(vocabulary.asked.get(), 2);
        let longer = job(&[("ab", true), ("c", false), ("ab", false)]);
        assert_eq!(
            tokens.of(&longer).unwrap().tokens,
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
            let found = tokens.of(&job(&[(text, false)])).unwrap().tokens;
            assert_eq!(found[1..], text.bytes().map(u32::from).collect::<Vec<_>>());
            assert!(tokens.recent.bytes + tokens.older.bytes <= 2 * 200);
        }
        let long = "x".repeat(1000);
        assert_eq!(tokens.of(&job(&[(&long, false)])).unwrap().tokens.len(), 1001);
    }

    #[test]
    fn images_stand_where_they_were_put_and_one_that_cannot_be_read_is_named() {
        let vocabulary = Bytes::default();
        let mut tokens = Tokens::new(&vocabulary);
        let text = |text: &str| PromptPart::Text {
            text: text.to_owned(),
            control: false,
        };
        let cat = PromptPart::Image("data:cat".to_owned());
        let prompt = tokens.of(&of_parts(vec![text("a"), cat, text("b")])).unwrap();
        assert_eq!(prompt.tokens.len(), 1 + 1 + 3 + 1);
        assert_eq!((prompt.images[0].at, prompt.images[0].end()), (2, 5));
        assert_eq!(prompt.tokens[2..5], prompt.images[0].image.marks);

        let nothing = PromptPart::Image("data:nothing".to_owned());
        let failure = tokens.of(&of_parts(vec![nothing])).unwrap_err();
        assert!(matches!(failure, JobFailure::Invalid { field, message }
            if field == "messages" && message == "it shows nothing"));
    }
}
