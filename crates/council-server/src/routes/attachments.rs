//! `/v1/conversations/{id}/attachments`: files that questions are about. Text is read; images are kept as they are.

use super::choice;
use crate::access::Caller;
use crate::api::attachments::{AttachmentForm, AttachmentList, AttachmentObject, AttachmentText};
use crate::api::error::ErrorBody;
use crate::api::original::prompt::{PromptOrder, conversation_id};
use crate::error::{ApiError, Code};
use crate::extract::{FormField, IdPath, JsonOrForm, Sent};
use crate::state::App;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use council_agent::context::{self, BYTES_PER_TOKEN};
use council_agent::knowledge::ReadError;
use council_core::{
    AttachedImage, Attachment, Content, ConversationId, ConversationSettings, FileText, Input,
    NewConversation,
};
use uuid::Uuid;

/// Most text of one file that is kept, in bytes: several times what a context holds.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// Largest image, in bytes: as large as the strictest of the well-known providers takes.
const MAX_IMAGE_BYTES: usize = 5 << 20;

/// Most files of one form.
const MAX_FILES: usize = 20;

/// Longest name of a file, in characters; of longer ones the end is kept.
const MAX_NAME_CHARS: usize = 255;

/// Attach files to what will be asked
///
/// Their text is kept with the conversation, which is made when it does not exist; nothing of it is remembered. Text, Markdown,
/// HTML, PDF and source code are read. Images (PNG, JPEG, WebP, at most 5 MiB) are kept where a model sees them.
#[utoipa::path(
    post,
    path = "/v1/conversations/{id}/attachments",
    operation_id = "attach_files",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation, percent-encoded")),
    request_body(content(
        (AttachmentForm = "multipart/form-data"),
        (AttachmentText = "application/json"),
    )),
    responses(
        (status = 200, description = "The files", body = AttachmentList),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn upload(
    State(app): State<App>,
    caller: Caller,
    IdPath(id): IdPath,
    JsonOrForm(sent): JsonOrForm<AttachmentText>,
) -> Result<Json<AttachmentList>, ApiError> {
    let conversation = conversation_id(&caller.user, "id", &id)?;
    let files: Vec<(String, Option<String>, Bytes)> = match sent {
        Sent::Json(AttachmentText { name, text }) => vec![(name, None, text.into())],
        Sent::Form(fields) => fields.into_iter().filter_map(file).collect(),
    };
    if files.is_empty() || files.len() > MAX_FILES {
        let message = format!(
            "the form has {} files in `file`; send 1 to {MAX_FILES}",
            files.len()
        );
        return Err(ApiError::invalid("file", message));
    }
    // All are read before one is kept.
    let mut read = Vec::new();
    for (name, media_type, bytes) in files {
        read.push(self::read(&app, &conversation, &name, media_type, bytes).await?);
    }
    let new = NewConversation {
        id: conversation,
        title: String::new(),
        folder: String::new(),
        settings: ConversationSettings::default(),
        created_at: app.agent.clock().now(),
    };
    app.agent.conversations().create(new).await?;
    let mut data = Vec::new();
    for (attachment, left_out) in read {
        let tokens = if attachment.is_image() {
            context::IMAGE_TOKENS
        } else {
            context::estimate(&Input::Text(attachment.text.clone()))
        };
        data.push(AttachmentObject::new(&attachment, tokens, left_out));
        app.agent.conversations().attach(attachment).await?;
    }
    Ok(Json(AttachmentList { object: "list", data }))
}

/// A file of a form.
fn file(field: FormField) -> Option<(String, Option<String>, Bytes)> {
    let name = field.file.filter(|_| field.name == "file")?;
    Some((name, field.media_type, field.bytes))
}

async fn read(
    app: &App,
    conversation: &ConversationId,
    name: &str,
    media_type: Option<String>,
    bytes: Bytes,
) -> Result<(Attachment, u64), ApiError> {
    let name = shown_name(name);
    let size = bytes.len() as u64;
    if let Some(kind) = image(&bytes) {
        return Ok((kept_image(app, conversation, name, kind, &bytes)?, 0));
    }
    let file = app
        .knowledge
        .read_file(name.clone(), media_type, bytes.into())
        .await;
    let mut file = file.map_err(|error| refused(&name, &error))?;
    let all = file.text.len();
    file.text.truncate(file.text.floor_char_boundary(MAX_TEXT_BYTES));
    let left_out = all - file.text.len();
    let attachment = Attachment {
        id: format!("att_{}", Uuid::now_v7().simple()),
        conversation: conversation.clone(),
        name,
        kind: file.kind.to_owned(),
        bytes: size,
        pages: file.pages,
        text: file.text,
        created_at: app.agent.clock().now(),
    };
    Ok((attachment, left_out as u64))
}

/// The last part of a path, without what would break a line.
fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name).trim();
    let clean: Vec<char> = last.chars().filter(|c| !c.is_control() && *c != '"').collect();
    let from = clean.len().saturating_sub(MAX_NAME_CHARS);
    let name: String = clean[from..].iter().collect();
    if name.is_empty() { "file".to_owned() } else { name }
}

/// An image as it is, for models that see.
fn kept_image(
    app: &App,
    conversation: &ConversationId,
    name: String,
    kind: &str,
    bytes: &[u8],
) -> Result<Attachment, ApiError> {
    let unsupported = |message: String| ApiError::new(Code::UnsupportedMediaType, message);
    let models = app.agent.models().list();
    if !models.iter().any(|model| model.info.vision && model.info.chat) {
        let message =
            format!("`{name}` is an image ({kind}), and no model here sees images; attach its text instead");
        let hint = "`council pull smolvlm-500m-instruct` installs a small one that does; a [[remote]] section with \
                    `vision = true` names one on another server";
        return Err(unsupported(message).with_hint(hint));
    }
    let media_type = match kind {
        "PNG" => "image/png",
        "JPEG" => "image/jpeg",
        "WebP" => "image/webp",
        _ => {
            let message =
                format!("`{name}` is an image ({kind}); save it as PNG, JPEG or WebP and attach that");
            return Err(unsupported(message));
        }
    };
    if bytes.len() > MAX_IMAGE_BYTES {
        let message = format!(
            "`{name}` has {} bytes; an image has at most {MAX_IMAGE_BYTES}: make it smaller",
            bytes.len()
        );
        return Err(ApiError::new(Code::BodyTooLarge, message));
    }
    Ok(Attachment {
        id: format!("att_{}", Uuid::now_v7().simple()),
        conversation: conversation.clone(),
        name,
        kind: Attachment::IMAGE.to_owned(),
        bytes: bytes.len() as u64,
        pages: None,
        text: format!("data:{media_type};base64,{}", BASE64.encode(bytes)),
        created_at: app.agent.clock().now(),
    })
}

/// Read what is attached
///
/// An image as it was sent; of other files their text.
#[utoipa::path(
    get,
    path = "/v1/conversations/{id}/attachments/{attachment}",
    operation_id = "read_attachment",
    tag = "conversations",
    params(
        ("id" = String, Path, description = "The conversation, percent-encoded"),
        ("attachment" = String, Path, description = "The attachment"),
    ),
    responses(
        (status = 200, description = "The image, or the text", content(
            (Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/webp"), (String = "text/plain"),
        )),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn content(
    State(app): State<App>,
    caller: Caller,
    Path((id, attachment)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let id = conversation_id(&caller.user, "id", &id)?;
    let kept = app.agent.conversations().attachment(&id, &attachment).await?;
    let cached = (header::CACHE_CONTROL, "private, max-age=300");
    let inline = kept.text.strip_prefix("data:").filter(|_| kept.is_image());
    let Some((media_type, encoded)) = inline.and_then(|inline| inline.split_once(";base64,")) else {
        let media_type = (header::CONTENT_TYPE, "text/plain; charset=utf-8");
        return Ok(([media_type, cached], kept.text).into_response());
    };
    let bytes = BASE64
        .decode(encoded)
        .map_err(|error| ApiError::internal(format!("attachment `{attachment}` is damaged: {error}")))?;
    let media_type = (header::CONTENT_TYPE, media_type);
    Ok(([media_type, cached], bytes).into_response())
}

/// What kind of image a file is, by what it begins with.
fn image(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("PNG"),
        [0xFF, 0xD8, 0xFF, ..] => Some("JPEG"),
        [b'G', b'I', b'F', b'8', ..] => Some("GIF"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("WebP"),
        [b'B', b'M', ..] if bytes.len() > 54 && bytes.contains(&0) => Some("BMP"),
        _ => None,
    }
}

fn refused(name: &str, error: &ReadError) -> ApiError {
    let code = match error {
        ReadError::TooLarge { .. } | ReadError::TooMuchText { .. } => Code::BodyTooLarge,
        ReadError::Binary | ReadError::MediaType(_) => Code::UnsupportedMediaType,
        ReadError::Busy => Code::Busy,
        ReadError::Io(_)
        | ReadError::Encoding { .. }
        | ReadError::Encrypted
        | ReadError::Damaged(_)
        | ReadError::NoText
        | ReadError::TimedOut(_)
        | ReadError::Panicked(_) => Code::InvalidRequest,
    };
    ApiError::new(code, format!("`{name}` cannot be attached: {error}"))
}

/// Puts the files of an order before its question, as far as half of the model's context holds.
pub(super) async fn attach(app: &App, order: &mut PromptOrder) -> Result<(), ApiError> {
    let (Some(conversation), false) = (&order.conversation, order.attachments.is_empty()) else {
        return Ok(());
    };
    let context = choice::model(app, order.model.as_deref())?.info().context_length;
    let mut left = context as usize / 2 * BYTES_PER_TOKEN;
    let mut parts = Vec::new();
    for id in &order.attachments {
        let attachment = app.agent.conversations().attachment(conversation, id).await?;
        if attachment.is_image() {
            let (id, name) = (attachment.id, attachment.name);
            parts.push(Content::Image(AttachedImage { id, name }));
            continue;
        }
        let file = cut(attachment, left);
        left = left.saturating_sub(file.text.len());
        parts.push(Content::File(file));
    }
    if let Input::Chat { messages, .. } = &mut order.generate.input
        && let Some(question) = messages.last_mut()
    {
        question.content.splice(0..0, parts);
    }
    Ok(())
}

/// The beginning of a file, to the end of a line where one is near.
fn cut(attachment: Attachment, most_bytes: usize) -> FileText {
    let mut text = attachment.text;
    let all = text.len();
    if all > most_bytes {
        let at = text.floor_char_boundary(most_bytes);
        let line = text[..at].rfind('\n').filter(|line| *line > at / 2);
        text.truncate(line.map_or(at, |line| line + 1));
    }
    FileText {
        id: attachment.id,
        name: attachment.name,
        left_out_bytes: (all - text.len()) as u64,
        text,
    }
}
