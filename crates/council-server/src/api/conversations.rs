//! Conversations and their messages.

use super::openai::tools::ToolCallObject;
use crate::error::{ApiError, Code};
use crate::extract::{FromBody, parse_object};
use council_core::{AnswerEnd, Content, Conversation, ConversationChange, MessageId, StoredMessage};
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
    /// How many messages its active branch has.
    pub(crate) message_count: u64,
    /// The last message of its active branch; null while there is none.
    pub(crate) leaf_id: Option<i64>,
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
            leaf_id: conversation.leaf.map(|leaf| leaf.0),
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

/// A change of a conversation; what is absent stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ConversationChange)]
pub(crate) struct ChangeFields {
    /// Its new title; empty removes it.
    #[schema(max_length = 200)]
    title: Option<String>,
    /// A message, whose branch becomes the active one, to its newest end.
    leaf_id: Option<i64>,
}

const MAX_TITLE_CHARS: usize = 200;

impl FromBody for ConversationChange {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        let fields: ChangeFields = parse_object(body)?;
        let change = Self {
            title: fields.title.as_deref().map(title).transpose()?,
            through: fields.leaf_id.map(MessageId),
        };
        if change == Self::default() {
            let message = "nothing is to be changed; send `title` or `leaf_id`";
            return Err(ApiError::new(Code::InvalidRequest, message));
        }
        Ok(change)
    }
}

fn title(title: &str) -> Result<String, ApiError> {
    let title = title.trim();
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
    Ok(title.to_owned())
}

/// A message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MessageObject {
    /// Grows with time.
    pub(crate) id: i64,
    /// The message before it; null: it is a first one.
    pub(crate) parent_id: Option<i64>,
    /// Its place on its branch; the first has 1.
    pub(crate) depth: u64,
    /// All versions in its place, oldest first, with itself.
    pub(crate) sibling_ids: Vec<i64>,
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
    /// How an answer ended: `stop`, `length`, `tool_calls`, `stopped` by a person who stopped it or left, `failed`; null for
    /// what is no answer's last message.
    pub(crate) finish: Option<&'static str>,
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
            parent_id: stored.parent.map(|parent| parent.0),
            depth: stored.depth,
            sibling_ids: stored.siblings.into_iter().map(|id| id.0).collect(),
            object: "conversation.message",
            role: message.role.as_str(),
            content: message.content.into_iter().map(Into::into).collect(),
            tool_calls: message.tool_calls.into_iter().map(Into::into).collect(),
            tool_call_id: message.tool_call_id,
            name: message.name,
            model: stored.model,
            request_id: stored.request_id,
            created_at: stored.created_at.as_secs_f64(),
            finish: stored.finish.map(AnswerEnd::as_str),
        }
    }
}
