//! Turns the events of an OpenAI-compatible stream into ours.

use crate::remote::answer::{End, Incomplete, ReadAnswer, Step};
use council_core::{FinishReason, GenerateEvent, TokenLogprob, ToolCall, TopLogprob, Usage};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::VecDeque;
use std::hash::{BuildHasher, Hasher, RandomState};

/// What has been read of one answer.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    calls: Vec<PartialCall>,
    finish: Option<String>,
    usage: Option<Usage>,
    streamed_bytes: usize,
}

#[derive(Debug)]
struct PartialCall {
    index: Option<u64>,
    id: Option<String>,
    name: String,
    arguments: String,
}

#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Vec<Choice>,
    usage: Option<WireUsage>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    index: u64,
    delta: Option<Delta>,
    /// Of text completions.
    text: Option<String>,
    logprobs: Option<Value>,
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Delta {
    /// Text, or parts of which some are text (Mistral's reasoning models).
    content: Option<Value>,
    refusal: Option<String>,
    /// What a model thinks before it answers, under the names that vLLM and OpenRouter give it: paid for and not shown.
    #[serde(alias = "reasoning")]
    reasoning_content: Option<String>,
    tool_calls: Option<Vec<CallDelta>>,
}

#[derive(Deserialize)]
struct CallDelta {
    index: Option<u64>,
    id: Option<String>,
    function: Option<FunctionDelta>,
}

#[derive(Deserialize)]
struct FunctionDelta {
    name: Option<String>,
    arguments: Option<String>,
}

#[derive(Deserialize)]
struct WireUsage {
    #[serde(default)]
    prompt_tokens: u32,
    #[serde(default)]
    completion_tokens: u32,
    prompt_tokens_details: Option<PromptDetails>,
}

#[derive(Deserialize)]
struct PromptDetails {
    cached_tokens: Option<u32>,
}

impl ReadAnswer for Answer {
    fn read(&mut self, data: &str, events: &mut VecDeque<GenerateEvent>) -> Step {
        if data.trim() == "[DONE]" {
            return Step::Done;
        }
        if data.trim().is_empty() {
            return Step::Continue;
        }
        let chunk: Chunk = match serde_json::from_str(data) {
            Ok(chunk) => chunk,
            Err(error) => return Step::Unreadable(error.to_string()),
        };
        if let Some(error) = chunk.error.filter(|error| !error.is_null()) {
            return Step::Failed(error);
        }
        if let Some(usage) = chunk.usage {
            self.usage = Some(Usage {
                input_tokens: usage.prompt_tokens,
                cached_tokens: usage
                    .prompt_tokens_details
                    .and_then(|d| d.cached_tokens)
                    .unwrap_or(0),
                output_tokens: usage.completion_tokens,
            });
        }
        for choice in chunk.choices.into_iter().filter(|choice| choice.index == 0) {
            self.read_choice(choice, events);
        }
        Step::Continue
    }

    fn is_finished(&self) -> bool {
        self.finish.is_some()
    }

    fn streamed_bytes(&self) -> usize {
        self.streamed_bytes
    }

    fn reported(&self) -> Option<Usage> {
        self.usage
    }

    fn finish(&mut self, events: &mut VecDeque<GenerateEvent>) -> Result<End, Incomplete> {
        let reason = match self.finish.as_deref() {
            // OpenRouter's word for a provider that broke off.
            None | Some("error") => return Err(Incomplete::EndedEarly),
            Some("content_filter") => return Err(Incomplete::Filtered),
            Some("length" | "max_tokens" | "model_length") => FinishReason::Length,
            Some("tool_calls" | "function_call") => FinishReason::ToolCalls,
            // Some servers say `stop` after tool calls; unknown reasons (`eos`, `end_turn`) are ends of turns.
            Some(_) if self.calls.is_empty() => FinishReason::Stop,
            Some(_) => FinishReason::ToolCalls,
        };
        events.extend(
            self.calls
                .drain(..)
                .map(PartialCall::complete)
                .map(GenerateEvent::ToolCall),
        );
        Ok(End {
            reason,
            usage: self.usage.take(),
        })
    }
}

impl Answer {
    fn read_choice(&mut self, choice: Choice, events: &mut VecDeque<GenerateEvent>) {
        let delta = choice.delta.unwrap_or_default();
        let text = choice
            .text
            .or(delta.content.as_ref().map(text_of))
            .or(delta.refusal)
            .unwrap_or_default();
        self.streamed_bytes += text.len() + delta.reasoning_content.as_ref().map_or(0, String::len);
        let logprobs = choice.logprobs.as_ref().map(logprobs).unwrap_or_default();
        if !text.is_empty() || !logprobs.is_empty() {
            events.push_back(GenerateEvent::Text { text, logprobs });
        }
        for call in delta.tool_calls.unwrap_or_default() {
            self.add_to_call(call);
        }
        if let Some(reason) = choice.finish_reason.filter(|reason| !reason.is_empty()) {
            self.finish = Some(reason);
        }
    }

    /// Deltas of one call share its index. Servers that send whole calls without an index begin a new one each time
    /// that they name a function.
    fn add_to_call(&mut self, delta: CallDelta) {
        let (name, arguments) = delta
            .function
            .map_or((None, None), |function| (function.name, function.arguments));
        let known = match delta.index {
            Some(index) => self.calls.iter().position(|call| call.index == Some(index)),
            None if name.is_some() => None,
            None => self.calls.len().checked_sub(1),
        };
        let at = known.unwrap_or_else(|| {
            self.calls.push(PartialCall {
                index: delta.index,
                id: None,
                name: String::new(),
                arguments: String::new(),
            });
            self.calls.len() - 1
        });
        let call = &mut self.calls[at];
        if call.id.is_none() {
            call.id = delta.id.filter(|id| !id.is_empty());
        }
        self.streamed_bytes +=
            name.as_ref().map_or(0, String::len) + arguments.as_ref().map_or(0, String::len);
        call.name.push_str(&name.unwrap_or_default());
        call.arguments.push_str(&arguments.unwrap_or_default());
    }
}

impl PartialCall {
    fn complete(self) -> ToolCall {
        ToolCall {
            id: self.id.unwrap_or_else(new_call_id),
            name: self.name,
            arguments: if self.arguments.trim().is_empty() {
                "{}".to_owned()
            } else {
                self.arguments
            },
        }
    }
}

/// Text, or the text of the parts that are text.
fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        _ => String::new(),
    }
}

/// An identifier for a call that its server gave none. A fresh `RandomState` is a source of random bits.
pub(crate) fn new_call_id() -> String {
    format!("call_{:016x}", RandomState::new().build_hasher().finish())
}

/// Chat: `{"content": [{"token", "bytes", "logprob", "top_logprobs"}]}`. Text completions:
/// `{"tokens", "token_logprobs", "top_logprobs": [{token: logprob}]}`.
fn logprobs(value: &Value) -> Vec<TokenLogprob> {
    if let Some(tokens) = value["content"].as_array() {
        return tokens
            .iter()
            .map(|token| TokenLogprob {
                bytes: token_bytes(token),
                logprob: logprob(&token["logprob"]),
                top: top_of_chat(token),
            })
            .collect();
    }
    let tokens = value["tokens"].as_array().map(Vec::as_slice).unwrap_or_default();
    tokens
        .iter()
        .enumerate()
        .map(|(index, token)| TokenLogprob {
            bytes: token.as_str().unwrap_or_default().as_bytes().to_vec(),
            logprob: logprob(&value["token_logprobs"][index]),
            top: value["top_logprobs"][index]
                .as_object()
                .map(top_of_text)
                .unwrap_or_default(),
        })
        .collect()
}

fn top_of_chat(token: &Value) -> Vec<TopLogprob> {
    token["top_logprobs"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|top| TopLogprob {
            bytes: token_bytes(top),
            logprob: logprob(&top["logprob"]),
        })
        .collect()
}

fn top_of_text(tokens: &Map<String, Value>) -> Vec<TopLogprob> {
    let mut top: Vec<TopLogprob> = tokens
        .iter()
        .map(|(token, value)| TopLogprob {
            bytes: token.as_bytes().to_vec(),
            logprob: logprob(value),
        })
        .collect();
    top.sort_by(|a, b| b.logprob.total_cmp(&a.logprob));
    top
}

/// `bytes` where the server sends them, otherwise those of the token's text.
fn token_bytes(token: &Value) -> Vec<u8> {
    let bytes: Option<Vec<u8>> = token["bytes"].as_array().and_then(|bytes| {
        bytes
            .iter()
            .map(|byte| u8::try_from(byte.as_u64()?).ok())
            .collect()
    });
    bytes.unwrap_or_else(|| token["token"].as_str().unwrap_or_default().as_bytes().to_vec())
}

fn logprob(value: &Value) -> f32 {
    value.as_f64().unwrap_or(f64::NEG_INFINITY) as f32
}

#[cfg(test)]
mod tests;
