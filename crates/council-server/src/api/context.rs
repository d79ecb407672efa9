//! How full a model's context would be.

use crate::api::original::prompt::SaidField;
use crate::api::range::integer;
use crate::error::ApiError;
use crate::extract::{FromBody, parse_object};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What would be asked; as for `/api/chat`.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = ContextRequest)]
pub(crate) struct ContextFields {
    /// The draft; may be empty.
    pub(crate) prompt: Option<String>,
    /// A model; the default one where absent, or where Council would choose.
    pub(crate) model: Option<String>,
    /// Instructions that come before the messages.
    pub(crate) system: Option<String>,
    /// The message that the draft follows; 0: at the beginning. Where absent: the last message of the active branch.
    #[schema(minimum = 0)]
    pub(crate) parent_id: Option<i64>,
    /// Most tokens of the answer.
    #[schema(minimum = 1)]
    pub(crate) max_tokens: Option<i64>,
    /// Files of the conversation.
    pub(crate) attachments: Option<Vec<String>>,
    /// What was said before, in place of what the conversation holds; as for an `incognito` turn.
    pub(crate) history: Option<Vec<SaidField>>,
}

impl FromBody for ContextFields {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        let fields: Self = parse_object(body)?;
        integer("max_tokens", fields.max_tokens, 1..=i64::from(u32::MAX))?;
        integer("parent_id", fields.parent_id, 0..)?;
        Ok(fields)
    }
}

/// How full a model's context would be.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContextUse)]
pub(crate) struct ContextObject {
    /// The model that it is counted for.
    pub(crate) model: String,
    /// Tokens that its context holds, prompt and answer together.
    pub(crate) context_length: u32,
    /// Tokens of the prompt: instructions, history as far as it fits, files and draft.
    pub(crate) used_tokens: u64,
    /// Whether `used_tokens` was counted by the model itself, which it does while it is in memory; otherwise it is an estimate,
    /// and ordinary text has no more.
    pub(crate) exact: bool,
    /// Tokens that are kept free for the answer.
    pub(crate) answer_tokens: u64,
    /// Tokens that are kept free for memories.
    pub(crate) memory_tokens: u64,
    /// Messages of the branch that are in the prompt.
    pub(crate) messages: u64,
    /// Oldest messages of the branch that would be left out.
    pub(crate) omitted_messages: u64,
    /// Whether the prompt fits: a longer one is refused.
    pub(crate) fits: bool,
}
