//! What became of conversations from elsewhere.

use crate::chats::ExportedConversation;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// In which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportQuery {
    /// `json` has everything and can be imported; `md` and `html` have the active branch, for people.
    #[param(default = "json")]
    pub(crate) format: Option<String>,
}

/// Whether what is imported is remembered.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ImportQuery {
    /// `on` or `off`; default: as the server's setting `memory.turns` says.
    pub(crate) memory: Option<String>,
}

/// An export of conversations.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConversationExport {
    /// `council.conversations`.
    pub(crate) format: &'static str,
    pub(crate) version: u32,
    /// Seconds since the Unix epoch.
    pub(crate) exported_at: f64,
    pub(crate) conversations: Vec<ExportedConversation>,
}

/// What became of an import.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = ConversationImport)]
pub(crate) struct ImportReport {
    /// `conversations.imported`.
    pub(crate) object: &'static str,
    /// Conversations that were added.
    pub(crate) imported: u64,
    /// Those that were here already, and stay as they are.
    pub(crate) existing: u64,
    /// Those that cannot be taken.
    pub(crate) failed: u64,
    /// Memories that what was said in those that were added has become. They are found by their words at once, and by their
    /// meaning as soon as they have vectors, which come in the background (`waiting` of `GET /v1/memory/stats`).
    pub(crate) remembered: u64,
    /// What became of each, in order.
    pub(crate) conversations: Vec<ImportedObject>,
    /// Why not everything was read, where that is so: what stands above is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}

/// What became of one conversation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportedConversation)]
pub(crate) struct ImportedObject {
    /// The conversation here; null when it failed.
    pub(crate) id: Option<String>,
    pub(crate) title: String,
    /// `council`, `chatgpt`, `claude` or `open_webui`; empty where that is not known.
    pub(crate) program: &'static str,
    /// `imported`, `existing` or `failed`.
    pub(crate) status: &'static str,
    /// Messages of all branches that were read.
    pub(crate) messages: u64,
    /// What was left out, such as `2 × images`.
    pub(crate) left_out: Vec<String>,
    /// Why it failed, or could not be remembered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}
