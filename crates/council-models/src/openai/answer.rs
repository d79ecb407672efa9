//! Turns the events of an OpenAI-compatible stream into ours.

use council_core::{FinishReason, GenerateEvent, TokenLogprob, ToolCall, TopLogprob, Usage};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::VecDeque;
use std::hash::{BuildHasher, Hasher, RandomState};

/// What has been read of one answer.
#[derive(Debug, Default)]
pub(super) struct Answer {
    calls: Vec<PartialCall>,
    finish: Option<String>,
    usage: Option<Usage>,
}

/// What one event meant.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// More may follow.
    Continue,
    /// The stream is over (`[DONE]`).
    Done,
    /// The server reports a failure.
    Failed(Value),
    /// Not an event of this API.
    Unreadable(String),
}

/// Why an answer is not complete.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Incomplete {
    /// No finish reason came.
    EndedEarly,
    /// The provider's content filter ended it.
    Filtered,
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
    content: Option<String>,
    refusal: Option<String>,
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

impl Answer {
    /// Reads one event and appends what it brings to `events`.
    pub(super) fn read(&mut self, data: &str, events: &mut VecDeque<GenerateEvent>) -> Step {
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

    /// Whether the finish reason has come; only usage can follow.
    pub(super) fn is_finished(&self) -> bool {
        self.finish.is_some()
    }

    /// Ends the answer: tool calls, usage where the server sent it, and the finish.
    pub(super) fn finish(&mut self, events: &mut VecDeque<GenerateEvent>) -> Result<(), Incomplete> {
        let reason = match self.finish.as_deref() {
            None => return Err(Incomplete::EndedEarly),
            Some("content_filter") => return Err(Incomplete::Filtered),
            Some("length" | "max_tokens") => FinishReason::Length,
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
        events.extend(self.usage.take().map(GenerateEvent::Usage));
        events.push_back(GenerateEvent::Finish(reason));
        Ok(())
    }

    fn read_choice(&mut self, choice: Choice, events: &mut VecDeque<GenerateEvent>) {
        let delta = choice.delta.unwrap_or_default();
        let text = choice
            .text
            .or(delta.content)
            .or(delta.refusal)
            .unwrap_or_default();
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

/// An identifier for a call that its server gave none. A fresh `RandomState` is a source of random bits.
fn new_call_id() -> String {
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
