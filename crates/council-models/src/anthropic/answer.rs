//! Turns the events of Anthropic's stream into ours.

use super::JSON_TOOL;
use crate::remote::answer::{End, Incomplete, ReadAnswer, Step};
use council_core::{FinishReason, GenerateEvent, ToolCall, Usage};
use serde::Deserialize;
use serde_json::Value;
use std::collections::VecDeque;

/// What has been read of one answer.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// Whether the answer is what [`JSON_TOOL`] is called with.
    json_by_tool: bool,
    calls: Vec<PartialCall>,
    stop_reason: Option<String>,
    usage: Option<WireUsage>,
    streamed_bytes: usize,
}

#[derive(Debug)]
struct PartialCall {
    index: u64,
    call: ToolCall,
    /// As the block began with; what follows in pieces wins.
    input: Value,
}

/// An event; the kinds that are not known are passed over, as the API asks.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event {
    MessageStart {
        message: Start,
    },
    ContentBlockStart {
        index: u64,
        content_block: Block,
    },
    ContentBlockDelta {
        index: u64,
        delta: Delta,
    },
    MessageDelta {
        delta: MessageDelta,
        usage: Option<WireUsage>,
    },
    MessageStop,
    Error {
        error: Value,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Start {
    usage: Option<WireUsage>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    Text {
        #[serde(default)]
        text: String,
    },
    ToolUse {
        id: String,
        name: String,
        #[serde(default)]
        input: Value,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Delta {
    #[serde(rename = "text_delta")]
    Text { text: String },
    #[serde(rename = "input_json_delta")]
    InputJson { partial_json: String },
    #[serde(rename = "thinking_delta")]
    Thinking { thinking: String },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct MessageDelta {
    stop_reason: Option<String>,
}

/// Counts grow; the last one holds. What is written to and read from the cache is not part of `input_tokens`.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
struct WireUsage {
    input_tokens: Option<u32>,
    cache_creation_input_tokens: Option<u32>,
    cache_read_input_tokens: Option<u32>,
    output_tokens: Option<u32>,
}

impl WireUsage {
    fn or(self, before: Self) -> Self {
        Self {
            input_tokens: self.input_tokens.or(before.input_tokens),
            cache_creation_input_tokens: self
                .cache_creation_input_tokens
                .or(before.cache_creation_input_tokens),
            cache_read_input_tokens: self.cache_read_input_tokens.or(before.cache_read_input_tokens),
            output_tokens: self.output_tokens.or(before.output_tokens),
        }
    }

    fn ours(self) -> Usage {
        let cached_tokens = self.cache_read_input_tokens.unwrap_or(0);
        Usage {
            input_tokens: self
                .input_tokens
                .unwrap_or(0)
                .saturating_add(self.cache_creation_input_tokens.unwrap_or(0))
                .saturating_add(cached_tokens),
            cached_tokens,
            output_tokens: self.output_tokens.unwrap_or(0),
        }
    }
}

impl Answer {
    pub(crate) fn new(json_by_tool: bool) -> Self {
        Self {
            json_by_tool,
            ..Self::default()
        }
    }

    fn count(&mut self, usage: Option<WireUsage>) {
        if let Some(usage) = usage {
            self.usage = Some(usage.or(self.usage.unwrap_or_default()));
        }
    }

    fn say(&mut self, text: String, events: &mut VecDeque<GenerateEvent>) {
        self.streamed_bytes += text.len();
        if !text.is_empty() {
            events.push_back(GenerateEvent::Text {
                text,
                logprobs: Vec::new(),
            });
        }
    }

    fn begin(&mut self, index: u64, block: Block, events: &mut VecDeque<GenerateEvent>) {
        match block {
            Block::Text { text } => self.say(text, events),
            Block::ToolUse { id, name, input } => {
                self.streamed_bytes += name.len();
                self.calls.push(PartialCall {
                    index,
                    call: ToolCall {
                        id,
                        name,
                        arguments: String::new(),
                    },
                    input,
                });
            }
            Block::Other => {}
        }
    }

    fn go_on(&mut self, index: u64, delta: Delta, events: &mut VecDeque<GenerateEvent>) {
        match delta {
            Delta::Text { text } => self.say(text, events),
            // Paid for and not shown.
            Delta::Thinking { thinking } => self.streamed_bytes += thinking.len(),
            Delta::InputJson { partial_json } => {
                let call = self.calls.iter_mut().rev().find(|call| call.index == index);
                let Some(call) = call else { return };
                if self.json_by_tool && call.call.name == JSON_TOOL {
                    call.call.arguments.push_str(&partial_json);
                    return self.say(partial_json, events);
                }
                self.streamed_bytes += partial_json.len();
                call.call.arguments.push_str(&partial_json);
            }
            Delta::Other => {}
        }
    }
}

impl ReadAnswer for Answer {
    fn read(&mut self, data: &str, events: &mut VecDeque<GenerateEvent>) -> Step {
        if data.trim().is_empty() {
            return Step::Continue;
        }
        let event: Event = match serde_json::from_str(data) {
            Ok(event) => event,
            Err(error) => return Step::Unreadable(error.to_string()),
        };
        match event {
            Event::MessageStart { message } => self.count(message.usage),
            Event::ContentBlockStart { index, content_block } => self.begin(index, content_block, events),
            Event::ContentBlockDelta { index, delta } => self.go_on(index, delta, events),
            Event::MessageDelta { delta, usage } => {
                self.count(usage);
                self.stop_reason = delta.stop_reason.or(self.stop_reason.take());
            }
            Event::MessageStop => return Step::Done,
            Event::Error { error } => return Step::Failed(error),
            Event::Other => {}
        }
        Step::Continue
    }

    fn is_finished(&self) -> bool {
        self.stop_reason.is_some()
    }

    fn streamed_bytes(&self) -> usize {
        self.streamed_bytes
    }

    fn reported(&self) -> Option<Usage> {
        self.usage.map(WireUsage::ours)
    }

    fn finish(&mut self, events: &mut VecDeque<GenerateEvent>) -> Result<End, Incomplete> {
        let reason = match self.stop_reason.as_deref() {
            None => return Err(Incomplete::EndedEarly),
            Some("refusal") => return Err(Incomplete::Filtered),
            Some("max_tokens" | "model_context_window_exceeded") => FinishReason::Length,
            Some("tool_use") if !self.json_by_tool => FinishReason::ToolCalls,
            // `end_turn`, `stop_sequence`, `pause_turn`, and what may be added.
            Some(_) => FinishReason::Stop,
        };
        for PartialCall { mut call, input, .. } in self.calls.drain(..) {
            let whole = if input.is_object() {
                input.to_string()
            } else {
                "{}".to_owned()
            };
            if self.json_by_tool && call.name == JSON_TOOL {
                if call.arguments.is_empty() {
                    self.streamed_bytes += whole.len();
                    events.push_back(GenerateEvent::Text {
                        text: whole,
                        logprobs: Vec::new(),
                    });
                }
                continue;
            }
            if call.arguments.trim().is_empty() {
                call.arguments = whole;
            }
            if call.id.is_empty() {
                call.id = crate::openai::new_call_id();
            }
            events.push_back(GenerateEvent::ToolCall(call));
        }
        Ok(End {
            reason,
            usage: self.reported(),
        })
    }
}

#[cfg(test)]
mod tests;
