//! Files that are attached to questions.

use crate::error::ApiError;
use crate::extract::{FromBody, parse_object};
use council_core::Attachment;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A form with files.
#[derive(Debug, ToSchema)]
#[schema(as = AttachmentForm)]
#[expect(
    dead_code,
    reason = "it describes the form for the OpenAPI document; fields are read one by one"
)]
pub(crate) struct AttachmentForm {
    /// A file; may be repeated.
    #[schema(value_type = String, format = Binary)]
    pub(crate) file: Vec<u8>,
}

/// A text as a file, without a form.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = AttachmentText)]
pub(crate) struct AttachmentText {
    /// What the file is called.
    #[schema(min_length = 1, max_length = 255)]
    pub(crate) name: String,
    /// Its text.
    pub(crate) text: String,
}

impl FromBody for AttachmentText {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        parse_object(body)
    }
}

/// Files that are kept with a conversation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AttachmentList {
    /// `list`.
    pub(crate) object: &'static str,
    /// In the order in which they were sent.
    pub(crate) data: Vec<AttachmentObject>,
}

/// A file whose text is kept with a conversation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attachment)]
pub(crate) struct AttachmentObject {
    /// To be sent as one of `attachments`.
    id: String,
    /// `attachment`.
    object: &'static str,
    name: String,
    /// `text`, `markdown`, `html`, `pdf`, `code` or `image`.
    kind: String,
    /// Size of the file.
    bytes: u64,
    /// Size of its text; 0 of an image.
    text_bytes: u64,
    /// Its pages, where it has some.
    pages: Option<u32>,
    /// Tokens of its text, as estimated: at least as many as ordinary text has.
    tokens: u64,
    /// Bytes of its text that are not kept, because it has too many.
    left_out_bytes: u64,
}

impl AttachmentObject {
    pub(crate) fn new(attachment: &Attachment, tokens: u64, left_out_bytes: u64) -> Self {
        Self {
            id: attachment.id.clone(),
            object: "attachment",
            name: attachment.name.clone(),
            kind: attachment.kind.clone(),
            bytes: attachment.bytes,
            text_bytes: if attachment.is_image() {
                0
            } else {
                attachment.text.len() as u64
            },
            pages: attachment.pages,
            tokens,
            left_out_bytes,
        }
    }
}
