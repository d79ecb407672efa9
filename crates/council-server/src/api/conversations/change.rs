//! Changes of conversations, and new ones.

use super::SettingsOrder;
use crate::api::original::prompt::conversation_id;
use crate::error::{ApiError, Code};
use crate::extract::{FromBody, parse_object};
use council_core::memory::LOCAL_USER;
use council_core::{ConversationChange, ConversationId, MessageId};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

const MAX_TITLE_CHARS: usize = 200;
const MAX_FOLDER_CHARS: usize = 100;

/// A change of a conversation; what is absent stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ConversationChange)]
pub(crate) struct ChangeFields {
    /// Its new title; empty removes it.
    #[schema(max_length = 200)]
    title: Option<String>,
    /// A message, whose branch becomes the active one, to its newest end.
    leaf_id: Option<i64>,
    /// Whether it is kept at hand.
    pinned: Option<bool>,
    /// Whether it is put away: it stays, and is not listed with the others.
    archived: Option<bool>,
    /// The folder that it goes into; empty: out of its folder.
    #[schema(max_length = 100)]
    folder: Option<String>,
    /// Settings; null takes one away, and what is absent stays.
    #[schema(value_type = Option<super::SettingsObject>)]
    settings: Option<Map<String, Value>>,
}

/// A checked change. Settings are changed from what they are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ChangeOrder {
    pub(crate) change: ConversationChange,
    pub(crate) settings: Option<SettingsOrder>,
}

impl FromBody for ChangeOrder {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        let fields: ChangeFields = parse_object(body)?;
        let settings = fields.settings.map(SettingsOrder::new).transpose()?;
        let change = ConversationChange {
            title: fields.title.as_deref().map(title).transpose()?,
            through: fields.leaf_id.map(MessageId),
            pinned: fields.pinned,
            archived: fields.archived,
            folder: fields.folder.as_deref().map(folder).transpose()?,
            settings: None,
        };
        if change == ConversationChange::default() && settings.is_none() {
            let message = "nothing is to be changed; send `title`, `leaf_id`, `pinned`, `archived`, `folder` or `settings`";
            return Err(ApiError::new(Code::InvalidRequest, message));
        }
        Ok(Self { change, settings })
    }
}

/// A conversation that is made before anything is said in it.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewConversation)]
pub(crate) struct NewConversationFields {
    /// Its identifier; a new one where absent.
    #[schema(min_length = 1, max_length = 128)]
    id: Option<String>,
    #[schema(max_length = 200)]
    title: Option<String>,
    #[schema(max_length = 100)]
    folder: Option<String>,
    #[schema(value_type = Option<super::SettingsObject>)]
    settings: Option<Map<String, Value>>,
}

/// A checked new conversation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CreateOrder {
    pub(crate) id: Option<ConversationId>,
    pub(crate) title: String,
    pub(crate) folder: String,
    pub(crate) settings: SettingsOrder,
}

impl FromBody for CreateOrder {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        let fields: NewConversationFields = parse_object(body)?;
        Ok(Self {
            id: fields
                .id
                .map(|id| conversation_id(LOCAL_USER, "id", &id))
                .transpose()?,
            title: title(&fields.title.unwrap_or_default())?,
            folder: folder(&fields.folder.unwrap_or_default())?,
            settings: SettingsOrder::new(fields.settings.unwrap_or_default())?,
        })
    }
}

/// A title, without space around it.
fn title(text: &str) -> Result<String, ApiError> {
    line("title", text, MAX_TITLE_CHARS)
}

/// A folder's name, without space around it.
pub(super) fn folder(text: &str) -> Result<String, ApiError> {
    line("folder", text, MAX_FOLDER_CHARS)
}

fn line(field: &str, text: &str, most: usize) -> Result<String, ApiError> {
    let text = text.trim();
    let chars = text.chars().count();
    if chars > most {
        let message = format!("`{field}` has {chars} characters; at most {most} are possible");
        return Err(ApiError::invalid(field, message));
    }
    if text.chars().any(char::is_control) {
        let message = format!("`{field}` holds a control character, such as a line break");
        return Err(ApiError::invalid(field, message));
    }
    Ok(text.to_owned())
}
