//! Conversations and their messages.

mod change;
mod find;
mod list;
mod settings;

pub(crate) use change::{ChangeFields, ChangeOrder, CreateOrder, NewConversationFields};
pub(crate) use find::{FindFields, FindOrder, FoundList};
pub(crate) use list::{
    ConversationPage, FolderList, HitList, HitObject, ListQuery, SearchFields, SearchOrder,
};
pub(crate) use settings::{SettingsObject, SettingsOrder};

use super::openai::tools::ToolCallObject;
use council_core::{AnswerEnd, AttachedImage, Content, Conversation, StoredMessage};
use serde::Serialize;
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
    pub(crate) pinned: bool,
    /// Whether it was put away.
    pub(crate) archived: bool,
    /// Empty: in none.
    pub(crate) folder: String,
    pub(crate) settings: SettingsObject,
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
            pinned: conversation.pinned,
            archived: conversation.archived,
            folder: conversation.folder,
            settings: conversation.settings.into(),
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
    Image { image: AttachedImageObject },
    File { file: FileObject },
}

/// An image.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImageObject {
    pub(crate) url: String,
}

/// An image that was attached to the message: `GET /v1/conversations/{id}/attachments/{attachment}` has it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MessageImage)]
pub(crate) struct AttachedImageObject {
    /// The attachment.
    pub(crate) id: String,
    pub(crate) name: String,
}

/// A file that was attached to the message. Its text is what models read of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MessageFile)]
pub(crate) struct FileObject {
    /// The attachment.
    pub(crate) id: String,
    pub(crate) name: String,
    /// Bytes of its text that models read.
    pub(crate) text_bytes: u64,
    /// Bytes of its text that were left out.
    pub(crate) left_out_bytes: u64,
}

impl From<Content> for ContentObject {
    fn from(content: Content) -> Self {
        match content {
            Content::Text(text) => Self::Text { text },
            Content::ImageUrl(url) => Self::ImageUrl {
                image_url: ImageObject { url },
            },
            Content::Image(AttachedImage { id, name }) => Self::Image {
                image: AttachedImageObject { id, name },
            },
            Content::File(file) => Self::File {
                file: FileObject {
                    id: file.id,
                    name: file.name,
                    text_bytes: file.text.len() as u64,
                    left_out_bytes: file.left_out_bytes,
                },
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
