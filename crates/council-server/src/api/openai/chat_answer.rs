//! `POST /v1/chat/completions`: the answer, whole and in chunks.

use super::logprobs::ChatLogprobs;
use super::tools::ToolCallObject;
use super::usage::{ChunkUsage, UsageObject};
use crate::api::turn_memory::MemoryReportObject;
use crate::api::turn_tools::ToolRunObject;
use crate::turns::MemoryReport;
use serde::Serialize;
use utoipa::ToSchema;

/// A whole answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChatCompletion {
    /// `chatcmpl-…`.
    pub(crate) id: String,
    /// `chat.completion`.
    pub(crate) object: &'static str,
    /// Seconds since the Unix epoch.
    pub(crate) created: u64,
    /// The model that answered.
    pub(crate) model: String,
    pub(crate) system_fingerprint: String,
    pub(crate) choices: Vec<ChatChoice>,
    pub(crate) usage: UsageObject,
    /// What the answer took from the memory and left there, and the tools that were run for it, when the request asked
    /// for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) council: Option<CouncilObject>,
}

/// What Council did for an answer beside asking the model.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CouncilReport)]
pub(crate) struct CouncilObject {
    #[serde(flatten)]
    pub(crate) memory: MemoryReportObject,
    /// Tools of Council's own that were run for it. In a stream: that begin to run, and that have run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tool_runs: Vec<ToolRunObject>,
}

impl CouncilObject {
    /// `None` where Council did nothing.
    pub(crate) fn new(memory: Option<MemoryReport>, tool_runs: Vec<ToolRunObject>) -> Option<Self> {
        (memory.is_some() || !tool_runs.is_empty()).then(|| Self {
            memory: memory.unwrap_or_default().into(),
            tool_runs,
        })
    }
}

/// One of `n` answers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChatChoice {
    pub(crate) index: usize,
    pub(crate) message: ChatMessage,
    pub(crate) logprobs: Option<ChatLogprobs>,
    /// `stop`, `length` or `tool_calls`.
    pub(crate) finish_reason: &'static str,
}

/// The assistant's message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChatMessage {
    /// `assistant`.
    pub(crate) role: &'static str,
    /// Null when the message only calls tools.
    pub(crate) content: Option<String>,
    /// Always null: local models do not mark refusals.
    pub(crate) refusal: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tool_calls: Vec<ToolCallObject>,
}

/// A part of a streamed answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChatCompletionChunk<'a> {
    pub(crate) id: &'a str,
    /// `chat.completion.chunk`.
    pub(crate) object: &'static str,
    pub(crate) created: u64,
    pub(crate) model: &'a str,
    pub(crate) system_fingerprint: &'a str,
    /// One, or none in the chunk that carries the usage.
    pub(crate) choices: Vec<ChatChunkChoice>,
    /// Of the whole request, in the last chunk, when `stream_options.include_usage` asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<UsageObject>)]
    pub(crate) usage: Option<ChunkUsage>,
    /// What the answer took from the memory, in its first chunk, and left there, in its last; and the tools that are
    /// run for it, as they are; when the request asked for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) council: Option<CouncilObject>,
}

/// What is new in one of `n` answers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChatChunkChoice {
    pub(crate) index: usize,
    pub(crate) delta: ChatDelta,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) logprobs: Option<ChatLogprobs>,
    pub(crate) finish_reason: Option<&'static str>,
}

/// What is new in a message.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct ChatDelta {
    /// In the first chunk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tool_calls: Option<[ToolCallDelta; 1]>,
}

/// A tool call; comes whole.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ToolCallDelta {
    /// Its position among the message's calls.
    pub(crate) index: usize,
    #[serde(flatten)]
    pub(crate) call: ToolCallObject,
}
