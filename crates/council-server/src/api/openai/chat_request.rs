//! `POST /v1/chat/completions`: the request.

use super::message::{MessageField, messages};
use super::tools::{ToolChoiceField, ToolsParam, choice, tools};
use crate::api::generation::GenerationFields;
use crate::api::range::integer;
use crate::api::turn_tools::ToolsOrder;
use crate::error::ApiError;
use crate::extract::{FromBody, objects, optional_object, parse_object};
use council_core::{GenerateRequest, Input, ToolChoice};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A chat request. Fields that are not listed here (`store`, `metadata`, `user`, …) are ignored.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ChatCompletionRequest {
    #[serde(flatten)]
    pub(crate) chat: ChatFields,
    #[serde(flatten)]
    pub(crate) generation: GenerationFields,
}

impl FromBody for ChatCompletionRequest {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        Ok(Self {
            chat: parse_object(body)?,
            generation: parse_object(body)?,
        })
    }
}

/// What is particular to chat.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ChatFields {
    /// The conversation, oldest first; never empty.
    #[serde(deserialize_with = "objects")]
    pub(crate) messages: Vec<MessageField>,
    /// A model of `GET /v1/models`; the default model where absent.
    pub(crate) model: Option<String>,
    /// Answer as server-sent events.
    pub(crate) stream: Option<bool>,
    #[serde(default, deserialize_with = "optional_object")]
    pub(crate) stream_options: Option<StreamOptions>,
    /// How many answers to make.
    #[schema(minimum = 1, maximum = 8, default = 1)]
    pub(crate) n: Option<i64>,
    /// Report how likely each token was.
    pub(crate) logprobs: Option<bool>,
    /// How many alternatives to report for each token; needs `logprobs`.
    #[schema(minimum = 0, maximum = 20)]
    pub(crate) top_logprobs: Option<i64>,
    /// Functions that the model may call and the client answers; or which of Council's own tools Council may run: `auto`,
    /// `none`, or names of `GET /v1/tools`.
    pub(crate) tools: Option<ToolsParam>,
    pub(crate) tool_choice: Option<ToolChoiceField>,
    /// Whether the model may call several tools in one answer.
    #[schema(default = true)]
    pub(crate) parallel_tool_calls: Option<bool>,
    /// Refused: the deprecated form of `tools`.
    #[schema(value_type = Option<Object>, deprecated)]
    pub(crate) functions: Option<Value>,
    /// Refused: the deprecated form of `tool_choice`.
    #[schema(value_type = Option<Object>, deprecated)]
    pub(crate) function_call: Option<Value>,
}

/// Options of a streamed answer.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
pub(crate) struct StreamOptions {
    /// Send a last chunk with the usage.
    pub(crate) include_usage: Option<bool>,
}

/// A validated chat request.
#[derive(Debug)]
pub(crate) struct ChatOrder {
    pub(crate) model: Option<String>,
    pub(crate) generate: GenerateRequest,
    /// Council's own.
    pub(crate) tools: ToolsOrder,
    pub(crate) n: usize,
    pub(crate) stream: bool,
    pub(crate) include_usage: bool,
    pub(crate) logprobs: bool,
}

/// Most answers to one request.
pub(crate) const MAX_N: i64 = 8;

impl ChatCompletionRequest {
    /// Checks every field.
    pub(crate) fn order(self, peer: &str) -> Result<ChatOrder, ApiError> {
        let chat = self.chat;
        if chat.functions.is_some() {
            return Err(ApiError::invalid(
                "functions",
                "`functions` is no longer supported; send `tools`",
            ));
        }
        if chat.function_call.is_some() {
            let message = "`function_call` is no longer supported; send `tool_choice`";
            return Err(ApiError::invalid("function_call", message));
        }
        let n = integer("n", chat.n, 1..=MAX_N)?.unwrap_or(1) as usize;
        let logprobs = chat.logprobs.unwrap_or(false);
        let top_logprobs = integer("top_logprobs", chat.top_logprobs, 0..=20)?.unwrap_or(0);
        if top_logprobs > 0 && !logprobs {
            let message = "`top_logprobs` needs `logprobs` to be true";
            return Err(ApiError::invalid("top_logprobs", message));
        }
        let (tools, mut own_tools) = tools(chat.tools)?;
        let tool_choice = choice(chat.tool_choice, &tools, own_tools.asks())?;
        if n > 1 && own_tools.asks() {
            let message = "`n` must be 1 where Council runs tools: each answer would run them";
            return Err(ApiError::invalid("n", message));
        }
        if tool_choice == ToolChoice::None || !tools.is_empty() || n > 1 {
            own_tools = ToolsOrder::None;
        }
        let input = Input::Chat {
            messages: messages(chat.messages)?,
            tools,
            tool_choice,
        };
        let generate = self.generation.request(input, peer)?;
        Ok(ChatOrder {
            model: chat.model,
            tools: own_tools,
            generate: GenerateRequest {
                top_logprobs: top_logprobs as u8,
                parallel_tool_calls: chat.parallel_tool_calls.unwrap_or(true),
                ..generate
            },
            n,
            stream: chat.stream.unwrap_or(false),
            include_usage: chat
                .stream_options
                .and_then(|options| options.include_usage)
                .unwrap_or(false),
            logprobs,
        })
    }
}

#[cfg(test)]
mod tests;
