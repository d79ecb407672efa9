//! Files that are attached to questions of a conversation.

use super::ConversationId;
use crate::clock::Timestamp;

/// A file's text, kept with a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its identifier, unique.
    pub id: String,
    /// The conversation.
    pub conversation: ConversationId,
    /// The file's name.
    pub name: String,
    /// What it is: `text`, `markdown`, `html`, `pdf` or `code`.
    pub kind: String,
    /// Size of the file, in bytes.
    pub bytes: u64,
    /// Its pages, where it has some.
    pub pages: Option<u32>,
    /// Its text.
    pub text: String,
    /// When it was sent.
    pub created_at: Timestamp,
}
