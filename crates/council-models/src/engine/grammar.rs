//! JSON Schema and tool calls as token filters, by llguidance: whole regular expressions, numeric bounds and enums of
//! thousands of values in well under a millisecond per token, and an error for every keyword that it cannot enforce.

mod schema;

use super::sampler::TokenFilter;
use crate::constraint::ToolCalls;
use llguidance::api::TopLevelGrammar;
use llguidance::toktrie::{ApproximateTokEnv, TokEnv, TokRxInfo, TokTrie};
use llguidance::{Matcher, ParserFactory};
use schema::prepared;
use serde_json::Value;
use std::fmt::Write;
use std::sync::Arc;

/// A token of the vocabulary.
#[derive(Clone, Debug, Default)]
pub struct Word {
    /// Its text, that of control tokens included.
    pub bytes: Vec<u8>,
    /// Whether it is a control token, which is never text.
    pub control: bool,
    /// Whether it ends the model's turn.
    pub end: bool,
}

/// Compiles constraints for one vocabulary.
pub struct Grammars {
    factory: ParserFactory,
    /// Control tokens and their texts, the longest first.
    controls: Vec<(u32, Vec<u8>)>,
}

impl Grammars {
    /// Reads the vocabulary, by token. Takes half a second for 150,000 tokens.
    ///
    /// # Errors
    /// When no token ends a turn, or llguidance refuses.
    pub fn new(words: impl Iterator<Item = Word>) -> Result<Self, String> {
        let (mut texts, mut ends, mut controls) = (Vec::new(), Vec::new(), Vec::new());
        for (id, mut word) in (0_u32..).zip(words) {
            if word.end {
                ends.push(id);
            }
            if word.control && !word.bytes.is_empty() {
                controls.push((id, word.bytes.clone()));
            }
            if word.control || word.end {
                word.bytes.insert(0, TokTrie::SPECIAL_TOKEN_MARKER);
            }
            texts.push(word.bytes);
        }
        controls.sort_by_key(|(_, bytes)| std::cmp::Reverse(bytes.len()));
        let Some(end) = ends.first() else {
            return Err("the model has no token that ends an answer".to_owned());
        };
        let info = TokRxInfo::new(texts.len() as u32, *end);
        let trie = TokTrie::from(&info, &texts).with_eos_tokens(&ends);
        drop(texts);
        let environment: TokEnv = Arc::new(ApproximateTokEnv::new(trie));
        let mut factory = ParserFactory::new_simple(&environment).map_err(|error| error.to_string())?;
        factory.quiet();
        factory.limits_mut().verbose_errors = false;
        Ok(Self { factory, controls })
    }

    /// JSON that follows this schema (its text).
    ///
    /// # Errors
    /// Which part of the schema is wrong or cannot be enforced.
    pub fn json(&self, schema: &str) -> Result<Box<dyn TokenFilter>, String> {
        let schema = prepared(schema, false)?;
        self.filter(TopLevelGrammar::from_json_schema(schema))
    }

    /// Tool calls in the model's own format.
    ///
    /// # Errors
    /// What is wrong with the tools' parameters.
    pub fn tool_calls(&self, calls: &ToolCalls) -> Result<Box<dyn TokenFilter>, String> {
        // Parameters that cannot be enforced still guide: the tool checks its own arguments.
        let schema = prepared(&calls.schema, true)?;
        let literal = |text: &str| self.literal(text.as_bytes());
        let again = calls
            .separator
            .as_ref()
            .map(|separator| format!(" ({} call)*", literal(separator)));
        let text = format!(
            "start: call{}\ncall: {} json {}\njson: %json {schema}\n",
            again.unwrap_or_default(),
            literal(&calls.prefix),
            literal(&calls.suffix),
        );
        let filter = self.filter(TopLevelGrammar::from_lark(text))?;
        if !calls.lazy {
            return Ok(filter);
        }
        Ok(Box::new(Lazy {
            trigger: calls.prefix.trim().as_bytes().to_vec(),
            trie: self.factory.tok_env().clone(),
            written: Vec::new(),
            filter,
            state: State::Free,
        }))
    }

    fn filter(&self, grammar: TopLevelGrammar) -> Result<Box<dyn TokenFilter>, String> {
        let matcher = Matcher::new(self.factory.create_parser(grammar));
        match matcher.get_error() {
            None => Ok(Box::new(Guided {
                matcher,
                trie: self.factory.tok_env().clone(),
            })),
            Some(error) => Err(readable(&error)),
        }
    }

    /// Fixed text in llguidance's notation, in which control tokens stand by number.
    fn literal(&self, mut text: &[u8]) -> String {
        let mut parts = String::new();
        let mut plain = Vec::new();
        let write_plain = |plain: &mut Vec<u8>, parts: &mut String| {
            if !plain.is_empty() {
                let _ = write!(
                    parts,
                    "{} ",
                    Value::from(String::from_utf8_lossy(plain).into_owned())
                );
                plain.clear();
            }
        };
        while let Some((first, rest)) = text.split_first() {
            if let Some((id, control)) = self.controls.iter().find(|(_, bytes)| text.starts_with(bytes)) {
                write_plain(&mut plain, &mut parts);
                let _ = write!(parts, "<[{id}]> ");
                text = &text[control.len()..];
            } else {
                plain.push(*first);
                text = rest;
            }
        }
        write_plain(&mut plain, &mut parts);
        if parts.is_empty() {
            "\"\"".to_owned()
        } else {
            parts
        }
    }
}

/// llguidance's error as a person who wrote the schema reads it.
fn readable(error: &str) -> String {
    let first = error.lines().next().unwrap_or(error).trim();
    if let Some((_, keys)) = first.split_once("Unimplemented keys: ") {
        return format!("these keywords cannot be enforced: {keys}; leave them out and check the answer");
    }
    // The regular expression with a mark below it, and then the reason.
    match error.lines().rev().find_map(|line| line.strip_prefix("error: ")) {
        Some(reason) if first.contains("regex") => format!("a pattern cannot be read: {reason}"),
        _ => first.to_owned(),
    }
}

/// A compiled grammar and where the answer stands in it.
struct Guided {
    matcher: Matcher,
    trie: TokEnv,
}

impl TokenFilter for Guided {
    fn allows(&mut self, token: u32) -> bool {
        if self.trie.tok_trie().eos_tokens().contains(&token) {
            return self.matcher.is_stopped() || self.matcher.is_accepting().unwrap_or(false);
        }
        !self.matcher.is_stopped() && self.matcher.validate_tokens(&[token]).unwrap_or(0) == 1
    }

    fn mask(&mut self, row: &mut [f32]) {
        // A mask that cannot be computed allows nothing, and the choice then fails with the reason in `accept`.
        let allowed = self.matcher.compute_mask_or_eos().ok();
        for (token, logit) in (0_u32..).zip(row) {
            if !allowed.as_ref().is_some_and(|allowed| allowed.is_allowed(token)) {
                *logit = f32::NEG_INFINITY;
            }
        }
    }

    fn accept(&mut self, token: u32) -> Result<(), String> {
        if self.matcher.is_stopped() && self.trie.tok_trie().eos_tokens().contains(&token) {
            return Ok(());
        }
        self.matcher
            .consume_token(token)
            .map_err(|error| readable(&error.to_string()))
    }
}

/// Free text until the model itself writes the trigger, from which on the grammar holds.
struct Lazy {
    trigger: Vec<u8>,
    trie: TokEnv,
    /// The latest tokens: as many as the trigger may span.
    written: Vec<u32>,
    filter: Box<dyn TokenFilter>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The trigger is not written yet.
    Free,
    /// The grammar holds.
    Bound,
    /// What followed the trigger in the same token does not fit; the rest is free.
    GivenUp,
}

impl Lazy {
    /// The tokens from the trigger on, once it is written.
    fn triggered(&self) -> Option<Vec<u32>> {
        let trie = self.trie.tok_trie();
        let texts: Vec<Vec<u8>> = self
            .written
            .iter()
            .map(|token| trie.decode_ext(&[*token], true))
            .collect();
        let text = texts.concat();
        let at = text
            .windows(self.trigger.len().max(1))
            .position(|window| window == self.trigger)?;
        let mut end = 0;
        for (index, bytes) in texts.iter().enumerate() {
            let begin = end;
            end += bytes.len();
            if end > at {
                // It may begin in the middle of a token.
                let mut tokens = if begin == at {
                    vec![self.written[index]]
                } else {
                    trie.greedy_tokenize(&bytes[at - begin..])
                };
                tokens.extend_from_slice(&self.written[index + 1..]);
                return Some(tokens);
            }
        }
        None
    }
}

impl TokenFilter for Lazy {
    fn allows(&mut self, token: u32) -> bool {
        self.state != State::Bound || self.filter.allows(token)
    }

    fn mask(&mut self, row: &mut [f32]) {
        if self.state == State::Bound {
            self.filter.mask(row);
        }
    }

    fn accept(&mut self, token: u32) -> Result<(), String> {
        match self.state {
            State::Bound => return self.filter.accept(token),
            State::GivenUp => return Ok(()),
            State::Free => self.written.push(token),
        }
        if let Some(tokens) = self.triggered() {
            let fits = tokens.into_iter().try_for_each(|token| self.filter.accept(token));
            self.state = if fits.is_ok() {
                State::Bound
            } else {
                State::GivenUp
            };
            return Ok(());
        }
        // A token has at least one byte, so no more of them can be part of the trigger.
        let keep = self.trigger.len().max(1);
        if self.written.len() > keep {
            self.written.remove(0);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
