//! OpenAI's wire types.

pub(crate) mod chat_answer;
pub(crate) mod chat_request;
pub(crate) mod completion;
pub(crate) mod embeddings;
pub(crate) mod logprobs;
pub(crate) mod message;
pub(crate) mod models;
pub(crate) mod tools;
pub(crate) mod usage;

use council_core::FinishReason;

/// A finish reason's name; an answer that somebody stopped is a stop to a reader.
pub(crate) fn finish_reason(reason: FinishReason) -> &'static str {
    match reason {
        FinishReason::Stop | FinishReason::Cancelled => "stop",
        FinishReason::Length => "length",
        FinishReason::ToolCalls => "tool_calls",
    }
}
