//! Log-probabilities in the two shapes that OpenAI has: chat's and completions'.

use council_core::TokenLogprob;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Chat: one entry for each token.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChatLogprobs {
    pub(crate) content: Vec<ChatTokenLogprob>,
    #[schema(value_type = Option<Object>)]
    pub(crate) refusal: Option<Value>,
}

/// A token and its alternatives.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChatTokenLogprob {
    /// The token's text; a token that holds part of a character shows a replacement character here.
    pub(crate) token: String,
    /// Natural logarithm of its probability.
    pub(crate) logprob: f32,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
    /// The most likely tokens at this place.
    pub(crate) top_logprobs: Vec<ChatTopLogprob>,
}

/// One of the most likely tokens at a place.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChatTopLogprob {
    pub(crate) token: String,
    pub(crate) logprob: f32,
    pub(crate) bytes: Vec<u8>,
}

impl ChatLogprobs {
    pub(crate) fn new(tokens: &[TokenLogprob]) -> Self {
        Self {
            content: tokens.iter().map(ChatTokenLogprob::new).collect(),
            refusal: None,
        }
    }
}

impl ChatTokenLogprob {
    fn new(token: &TokenLogprob) -> Self {
        let top = token.top.iter().map(|top| ChatTopLogprob {
            token: text(&top.bytes),
            logprob: top.logprob,
            bytes: top.bytes.clone(),
        });
        Self {
            token: text(&token.bytes),
            logprob: token.logprob,
            bytes: token.bytes.clone(),
            top_logprobs: top.collect(),
        }
    }
}

/// Completions: parallel arrays.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct CompletionLogprobs {
    pub(crate) tokens: Vec<String>,
    pub(crate) token_logprobs: Vec<f32>,
    /// For each token the most likely ones by text.
    pub(crate) top_logprobs: Vec<BTreeMap<String, f32>>,
    /// Where each token begins, in characters from the beginning of the choice's text.
    pub(crate) text_offset: Vec<usize>,
}

impl CompletionLogprobs {
    /// `offset` is where the first token begins, and moves to where the next one will.
    pub(crate) fn new(tokens: &[TokenLogprob], offset: &mut usize) -> Self {
        let mut logprobs = Self::default();
        for token in tokens {
            let text_of_token = text(&token.bytes);
            logprobs.text_offset.push(*offset);
            *offset += text_of_token.chars().count();
            logprobs.tokens.push(text_of_token);
            logprobs.token_logprobs.push(token.logprob);
            let top = token.top.iter().map(|top| (text(&top.bytes), top.logprob));
            logprobs.top_logprobs.push(top.collect());
        }
        logprobs
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
