//! Files that are attached to questions of a conversation.

use super::ConversationId;
use crate::clock::Timestamp;

/// A file's text, or an image, kept with a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its identifier, unique.
    pub id: String,
    /// The conversation.
    pub conversation: ConversationId,
    /// The file's name.
    pub name: String,
    /// What it is: `text`, `markdown`, `html`, `pdf`, `code` or [`image`](Self::IMAGE).
    pub kind: String,
    /// Size of the file, in bytes.
    pub bytes: u64,
    /// Its pages, where it has some.
    pub pages: Option<u32>,
    /// Its text; of an image the image itself, as a `data:` URL.
    pub text: String,
    /// When it was sent.
    pub created_at: Timestamp,
}

impl Attachment {
    /// The kind of images.
    pub const IMAGE: &str = "image";

    /// Whether it is an image.
    pub fn is_image(&self) -> bool {
        self.kind == Self::IMAGE
    }
}
