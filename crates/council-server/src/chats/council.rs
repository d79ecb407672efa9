//! A conversation as Council exports it: everything that is kept of it.

use super::tree::{Node, grow};
use super::{Found, LeftOut, moment, title};
use crate::api::conversations::{SettingsObject, SettingsOrder};
use crate::api::openai::tools::ToolCallObject;
use council_core::{
    AnswerEnd, Content, Conversation, ConversationId, ConversationSettings, FileText, ImportedConversation,
    ImportedMessage, Message, Role, StoredMessage, Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// What an export says that it is.
pub(crate) const FORMAT: &str = "council.conversations";
/// How it is written.
pub(crate) const VERSION: u32 = 1;

/// A conversation with all its messages.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExportedConversation {
    id: String,
    title: String,
    folder: String,
    pinned: bool,
    archived: bool,
    settings: SettingsObject,
    /// Seconds since the Unix epoch.
    created_at: f64,
    updated_at: f64,
    /// The end of the active branch.
    leaf_id: Option<i64>,
    /// Of all branches, each after the one that it follows.
    messages: Vec<ExportedMessage>,
}

/// A message of an export.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ExportedMessage {
    id: i64,
    parent_id: Option<i64>,
    role: String,
    content: Vec<ExportedContent>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<ToolCallObject>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    request_id: String,
    created_at: f64,
    #[serde(default)]
    finish: Option<String>,
}

/// A part of a message of an export.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ExportedContent {
    Text {
        text: String,
    },
    ImageUrl {
        url: String,
    },
    File {
        #[serde(default)]
        id: String,
        name: String,
        text: String,
        #[serde(default)]
        left_out_bytes: u64,
    },
}

impl ExportedConversation {
    pub(crate) fn new(conversation: Conversation, tree: Vec<StoredMessage>) -> Self {
        Self {
            id: conversation.id.as_str().to_owned(),
            title: conversation.title,
            folder: conversation.folder,
            pinned: conversation.pinned,
            archived: conversation.archived,
            settings: conversation.settings.into(),
            created_at: conversation.created_at.as_secs_f64(),
            updated_at: conversation.updated_at.as_secs_f64(),
            leaf_id: conversation.leaf.map(|leaf| leaf.0),
            messages: tree.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<StoredMessage> for ExportedMessage {
    fn from(stored: StoredMessage) -> Self {
        let message = stored.message;
        Self {
            id: stored.id.0,
            parent_id: stored.parent.map(|parent| parent.0),
            role: message.role.as_str().to_owned(),
            content: message.content.into_iter().map(Into::into).collect(),
            tool_calls: message.tool_calls.into_iter().map(Into::into).collect(),
            tool_call_id: message.tool_call_id,
            name: message.name,
            model: stored.model,
            request_id: stored.request_id,
            created_at: stored.created_at.as_secs_f64(),
            finish: stored.finish.map(|finish| finish.as_str().to_owned()),
        }
    }
}

impl From<Content> for ExportedContent {
    fn from(content: Content) -> Self {
        match content {
            Content::Text(text) => Self::Text { text },
            Content::ImageUrl(url) => Self::ImageUrl { url },
            // One that could not be read: exports hold images themselves.
            Content::Image(image) => Self::Text {
                text: format!("(The image \"{}\", which is kept no more.)", image.name),
            },
            Content::File(file) => Self::File {
                id: file.id,
                name: file.name,
                text: file.text,
                left_out_bytes: file.left_out_bytes,
            },
        }
    }
}

impl From<ExportedContent> for Content {
    fn from(content: ExportedContent) -> Self {
        match content {
            ExportedContent::Text { text } => Self::Text(text),
            ExportedContent::ImageUrl { url } => Self::ImageUrl(url),
            ExportedContent::File {
                id,
                name,
                text,
                left_out_bytes,
            } => Self::File(FileText {
                id,
                name,
                text,
                left_out_bytes,
            }),
        }
    }
}

/// Whether a conversation is of this kind.
pub(super) fn is(value: &Value) -> bool {
    value.get("messages").is_some_and(Value::is_array) && value.get("leaf_id").is_some()
}

/// Reads one. It keeps its identifier.
pub(super) fn read(value: &Value, fresh: ConversationId, now: Timestamp) -> Result<Found, String> {
    let created_at = moment(value.get("created_at")).unwrap_or(now);
    let mut left_out = LeftOut::default();
    let mut nodes = Vec::new();
    for message in value
        .get("messages")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        match ExportedMessage::deserialize(message).map(TryFrom::try_from) {
            Ok(Ok(node)) => nodes.push(node),
            Ok(Err(())) | Err(_) => left_out.add("messages that are not understood"),
        }
    }
    let leaf = value
        .get("leaf_id")
        .and_then(Value::as_i64)
        .map(|leaf| leaf.to_string());
    let grown = grow(nodes, leaf.as_deref());
    (0..grown.lost).for_each(|_| left_out.add("messages that follow one another in a circle"));
    let settings = value
        .get("settings")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let settings =
        SettingsOrder::new(settings).and_then(|settings| settings.over(ConversationSettings::default()));
    let is = |field: &str| value.get(field).and_then(Value::as_bool).unwrap_or(false);
    let conversation = ImportedConversation {
        id: value
            .get("id")
            .and_then(Value::as_str)
            .and_then(ConversationId::parse)
            .unwrap_or(fresh),
        source: None,
        title: title(value.get("title")),
        folder: title(value.get("folder")).chars().take(100).collect(),
        pinned: is("pinned"),
        archived: is("archived"),
        // Nobody agrees by a file.
        settings: ConversationSettings {
            consent: false,
            ..settings.map_err(|error| error.message)?
        },
        created_at,
        updated_at: moment(value.get("updated_at"))
            .unwrap_or(created_at)
            .max(created_at),
        leaf: grown.leaf,
        messages: grown.messages,
    };
    Ok(Found {
        conversation,
        left_out,
    })
}

impl TryFrom<ExportedMessage> for Node {
    type Error = ();

    fn try_from(message: ExportedMessage) -> Result<Self, ()> {
        let created_at = moment(Some(&message.created_at.into())).unwrap_or_default();
        let said = ImportedMessage {
            parent: None,
            message: Message {
                role: Role::parse(&message.role).ok_or(())?,
                content: message.content.into_iter().map(Into::into).collect(),
                tool_calls: message.tool_calls.into_iter().map(Into::into).collect(),
                tool_call_id: message.tool_call_id,
                name: message.name,
            },
            model: message.model,
            request_id: message.request_id,
            created_at,
            finish: message.finish.as_deref().and_then(AnswerEnd::parse),
        };
        Ok(Self {
            key: message.id.to_string(),
            parent: message.parent_id.map(|parent| parent.to_string()),
            said: Some(said),
        })
    }
}
