//! The body of every failure: a superset of OpenAI's shape, with `detail` for clients of the original routes.

use council_core::Found;
use council_core::privacy::{Outgoing, OutgoingMessage, OutgoingPart};
use serde::Serialize;
use utoipa::ToSchema;

/// A failure.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    pub(crate) error: ErrorObject,
    /// The message again, where clients of the original routes look for it.
    pub(crate) detail: String,
}

/// What failed and what to do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorObject {
    /// What happened, with the value at fault, in words.
    pub(crate) message: String,
    /// OpenAI's class, such as `invalid_request_error`.
    pub(crate) r#type: String,
    /// The code to test for, such as `context_length_exceeded`.
    pub(crate) code: String,
    /// The field at fault.
    pub(crate) param: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
    /// The layers of protection that this machine lacks, where it cannot isolate programs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) missing: Vec<String>,
    /// The private text that keeps the request on this machine, by kind.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) found: Vec<FoundObject>,
    /// What would be sent if the request came again with `consent`: all that the model would read, with placeholders in
    /// the place of private text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outgoing: Option<Box<OutgoingObject>>,
    /// The request, as in the header `x-request-id` and in the server's log.
    pub(crate) request_id: String,
}

/// Private text of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FoundObject {
    /// `email`, `phone`, `iban`, `card`, `national_id`, `api_key`, `jwt`, `private_key`, `file` or `image`.
    pub(crate) kind: &'static str,
    /// How many different ones.
    pub(crate) count: u32,
}

impl From<Found> for FoundObject {
    fn from(found: Found) -> Self {
        Self {
            kind: found.kind.as_str(),
            count: found.count,
        }
    }
}

/// What a model on another machine would be sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Outgoing)]
pub(crate) struct OutgoingObject {
    /// Where it would go.
    pub(crate) host: String,
    /// In order.
    pub(crate) messages: Vec<OutgoingMessageObject>,
}

/// A message of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutgoingMessage)]
pub(crate) struct OutgoingMessageObject {
    /// `system`, `user`, `assistant` or `tool`; `tools`: those that are offered; `format`: how the answer must look.
    pub(crate) role: &'static str,
    pub(crate) parts: Vec<OutgoingPartObject>,
}

/// A piece of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = OutgoingPart)]
pub(crate) enum OutgoingPartObject {
    /// Text, as it is.
    Text { text: String },
    /// What stands in the place of private text of this kind.
    Placeholder { text: String, kind: &'static str },
    /// An image, as it is, and its size.
    Image { bytes: u64 },
}

impl From<Outgoing> for OutgoingObject {
    fn from(outgoing: Outgoing) -> Self {
        let part = |part| match part {
            OutgoingPart::Text(text) => OutgoingPartObject::Text { text },
            OutgoingPart::Placeholder { kind, text } => OutgoingPartObject::Placeholder {
                text,
                kind: kind.as_str(),
            },
            OutgoingPart::Image { bytes } => OutgoingPartObject::Image { bytes },
        };
        let message = |message: OutgoingMessage| OutgoingMessageObject {
            role: message.role,
            parts: message.parts.into_iter().map(part).collect(),
        };
        Self {
            host: outgoing.host,
            messages: outgoing.messages.into_iter().map(message).collect(),
        }
    }
}
