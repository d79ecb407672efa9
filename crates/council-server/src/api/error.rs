//! The body of every failure: a superset of OpenAI's shape, with `detail` for clients of the original routes.

use council_core::Found;
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
    /// The request, as in the header `x-request-id` and in the server's log.
    pub(crate) request_id: String,
}

/// Private text of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FoundObject {
    /// `email`, `phone`, `iban`, `card`, `national_id`, `api_key`, `jwt`, `private_key` or `file`.
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
