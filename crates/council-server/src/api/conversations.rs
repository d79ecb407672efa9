//! Conversations and their messages.

use super::openai::tools::ToolCallObject;
use crate::error::ApiError;
use crate::extract::{FromBody, parse_object};
use council_core::{Content, Conversation, StoredMessage};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A conversation without its messages.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConversationObject {
    pub(crate) id: String,
    /// `conversation`.
    pub(crate) object: &'static str,
    /// Empty until named.
    pub(crate) title: String,
    /// Seconds since the Unix epoch.
    pub(crate) created_at: f64,
    /// When its last message came.
    pub(crate) updated_at: f64,
    pub(crate) message_count: u64,
}

impl From<Conversation> for ConversationObject {
    fn from(conversation: Conversation) -> Self {
        Self {
            id: conversation.id.as_str().to_owned(),
            object: "conversation",
            title: conversation.title,
            created_at: conversation.created_at.as_secs_f64(),
            updated_at: conversation.updated_at.as_secs_f64(),
            message_count: conversation.message_count,
        }
    }
}

/// That a conversation is gone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeletedObject {
    pub(crate) id: String,
    /// `conversation.deleted`.
    pub(crate) object: &'static str,
    /// True.
    pub(crate) deleted: bool,
}

/// A change of a conversation.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ConversationChange {
    /// Its new title; empty removes it.
    #[schema(max_length = 200)]
    pub(crate) title: String,
}

const MAX_TITLE_CHARS: usize = 200;

impl FromBody for ConversationChange {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        let change: Self = parse_object(body)?;
        let title = change.title.trim();
        let chars = title.chars().count();
        if chars > MAX_TITLE_CHARS {
            let message = format!("`title` has {chars} characters; at most {MAX_TITLE_CHARS} are possible");
            return Err(ApiError::invalid("title", message));
        }
        if title.chars().any(char::is_control) {
            return Err(ApiError::invalid(
                "title",
                "`title` holds a control character, such as a line break",
            ));
        }
        Ok(Self {
            title: title.to_owned(),
        })
    }
}

/// A message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MessageObject {
    /// Grows with time.
    pub(crate) id: i64,
    /// `conversation.message`.
    pub(crate) object: &'static str,
    /// `system`, `user`, `assistant` or `tool`.
    pub(crate) role: &'static str,
    /// What was said, in order.
    pub(crate) content: Vec<ContentObject>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tool_calls: Vec<ToolCallObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tool_call_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// The model that said it.
    pub(crate) model: Option<String>,
    pub(crate) request_id: String,
    /// Seconds since the Unix epoch.
    pub(crate) created_at: f64,
}

/// A part of a message's content.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum ContentObject {
    Text { text: String },
    ImageUrl { image_url: ImageObject },
}

/// An image.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImageObject {
    pub(crate) url: String,
}

impl From<Content> for ContentObject {
    fn from(content: Content) -> Self {
        match content {
            Content::Text(text) => Self::Text { text },
            Content::ImageUrl(url) => Self::ImageUrl {
                image_url: ImageObject { url },
            },
        }
    }
}

impl From<StoredMessage> for MessageObject {
    fn from(stored: StoredMessage) -> Self {
        let message = stored.message;
        Self {
            id: stored.id.0,
            object: "conversation.message",
            role: message.role.as_str(),
            content: message.content.into_iter().map(Into::into).collect(),
            tool_calls: message.tool_calls.into_iter().map(Into::into).collect(),
            tool_call_id: message.tool_call_id,
            name: message.name,
            model: stored.model,
            request_id: stored.request_id,
            created_at: stored.created_at.as_secs_f64(),
        }
    }
}
