//! Chat messages as clients send them.

use super::tools::ToolCallObject;
use crate::error::ApiError;
use crate::extract::{objects, optional_objects};
use council_core::{Content, Message, Role};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// One message.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct MessageField {
    /// `system`, `developer`, `user`, `assistant` or `tool`.
    pub(crate) role: String,
    /// Text, or text and image parts; may be absent for an assistant message that calls tools.
    pub(crate) content: Option<ContentField>,
    /// The participant's name.
    pub(crate) name: Option<String>,
    /// Calls that the assistant made in this message.
    #[serde(default, deserialize_with = "optional_objects")]
    pub(crate) tool_calls: Option<Vec<ToolCallObject>>,
    /// For role `tool`: the call that this answers.
    pub(crate) tool_call_id: Option<String>,
    /// Refused: the deprecated form of `tool_calls`.
    #[schema(value_type = Option<Object>, deprecated)]
    pub(crate) function_call: Option<Value>,
}

/// Text or parts.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(untagged, expecting = "a string or an array of content parts with a `type`")]
pub(crate) enum ContentField {
    Text(String),
    Parts(#[serde(deserialize_with = "objects")] Vec<ContentPart>),
}

/// A part of a message's content.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ContentPart {
    /// `text` or `image_url`.
    pub(crate) r#type: String,
    /// For `text`.
    pub(crate) text: Option<String>,
    /// For `image_url`.
    pub(crate) image_url: Option<ImageField>,
    /// For `refusal`, in an assistant's message.
    pub(crate) refusal: Option<String>,
}

/// An image.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(untagged, expecting = "a URL or an object with a `url`")]
pub(crate) enum ImageField {
    Url(String),
    Object {
        /// `https:` or `data:`.
        url: String,
    },
}

/// The messages of a request.
pub(crate) fn messages(fields: Vec<MessageField>) -> Result<Vec<Message>, ApiError> {
    if fields.is_empty() {
        return Err(ApiError::invalid(
            "messages",
            "`messages` is empty; send at least one message",
        ));
    }
    fields
        .into_iter()
        .enumerate()
        .map(|(index, field)| message(&format!("messages[{index}]"), field))
        .collect()
}

fn message(at: &str, field: MessageField) -> Result<Message, ApiError> {
    let role = role(at, &field.role)?;
    if field.function_call.is_some() {
        let at = format!("{at}.function_call");
        return Err(ApiError::invalid(
            &*at,
            format!("`{at}` is no longer supported; send `tool_calls`"),
        ));
    }
    let tool_calls: Vec<_> = field
        .tool_calls
        .unwrap_or_default()
        .into_iter()
        .map(Into::into)
        .collect();
    if role != Role::Assistant && !tool_calls.is_empty() {
        let message = format!(
            "`{at}.tool_calls` is for role `assistant`, and this is `{}`",
            role.as_str()
        );
        return Err(ApiError::invalid(format!("{at}.tool_calls"), message));
    }
    if role == Role::Tool && field.tool_call_id.is_none() {
        let at = format!("{at}.tool_call_id");
        return Err(ApiError::invalid(
            &*at,
            format!("`{at}` is missing; it names the call that this answers"),
        ));
    }
    let content = match field.content {
        Some(ContentField::Text(text)) => vec![Content::Text(text)],
        Some(ContentField::Parts(parts)) => {
            let place = |index| format!("{at}.content[{index}]");
            let parts = parts.into_iter().enumerate();
            parts
                .map(|(index, field)| part(&place(index), field))
                .collect::<Result<_, _>>()?
        }
        None if role == Role::Assistant => Vec::new(),
        None => {
            return Err(ApiError::invalid(
                format!("{at}.content"),
                format!("`{at}.content` is missing"),
            ));
        }
    };
    Ok(Message {
        role,
        content,
        tool_calls,
        tool_call_id: field.tool_call_id,
        name: field.name,
    })
}

fn role(at: &str, name: &str) -> Result<Role, ApiError> {
    let at = format!("{at}.role");
    if name == "function" {
        let message = format!("`{at}` is `function`, which is no longer supported; send role `tool`");
        return Err(ApiError::invalid(at, message));
    }
    Role::parse(name).ok_or_else(|| {
        let message =
            format!("`{at}` is `{name}`; it must be `system`, `developer`, `user`, `assistant` or `tool`");
        ApiError::invalid(at, message)
    })
}

fn part(at: &str, part: ContentPart) -> Result<Content, ApiError> {
    let missing = |field: &str| {
        let field = format!("{at}.{field}");
        ApiError::invalid(&*field, format!("`{field}` is missing"))
    };
    match part.r#type.as_str() {
        "text" => part.text.map(Content::Text).ok_or_else(|| missing("text")),
        "refusal" => part.refusal.map(Content::Text).ok_or_else(|| missing("refusal")),
        "image_url" => match part.image_url {
            Some(ImageField::Url(url) | ImageField::Object { url }) => Ok(Content::ImageUrl(url)),
            None => Err(missing("image_url")),
        },
        other => {
            let message = format!("`{at}.type` is `{other}`; only `text` and `image_url` are understood");
            Err(ApiError::invalid(format!("{at}.type"), message))
        }
    }
}
