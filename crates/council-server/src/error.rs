//! Every failure as a status, a code and a sentence. The only place that knows which is which.
//!
//! - `operation`: those of whoever runs the server: settings, pulls, benchmarks, backups

mod operation;

use crate::api::error::{ErrorBody, ErrorObject, FoundObject, OutgoingObject};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use council_agent::TurnError;
use council_agent::memory::MemoryError;
use council_agent::vote::VoteError;
use council_core::privacy::Outgoing;
use council_core::sandbox::SandboxError;
use council_core::{BudgetError, Found, KeyError, ModelError, StoreError, ToolError};
use std::time::Duration;

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    InvalidRequest,
    ContextLengthExceeded,
    Unauthorized,
    Forbidden,
    EgressRefused,
    ConsentRequired,
    NotFound,
    MethodNotAllowed,
    RequestTimeout,
    BodyTooLarge,
    UnsupportedMediaType,
    Busy,
    RateLimited,
    ModelNotReady,
    ModelDoesNotFit,
    SandboxUnavailable,
    LanguageUnavailable,
    ShuttingDown,
    Overloaded,
    UpstreamFailed,
    UpstreamTimeout,
    StorageFull,
    StorageReadOnly,
    ToolFailed,
    BudgetExhausted,
    Conflict,
    Declined,
    SkillFailed,
    NoVerdict,
    Internal,
}

impl Code {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::InvalidRequest | Self::ContextLengthExceeded => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::EgressRefused | Self::ConsentRequired => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Busy | Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::ModelNotReady
            | Self::ModelDoesNotFit
            | Self::SandboxUnavailable
            | Self::LanguageUnavailable
            | Self::SkillFailed
            | Self::ShuttingDown
            | Self::Overloaded
            | Self::StorageReadOnly => StatusCode::SERVICE_UNAVAILABLE,
            Self::UpstreamFailed | Self::NoVerdict => StatusCode::BAD_GATEWAY,
            Self::UpstreamTimeout => StatusCode::GATEWAY_TIMEOUT,
            Self::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
            Self::ToolFailed | Self::Declined => StatusCode::UNPROCESSABLE_ENTITY,
            Self::BudgetExhausted => StatusCode::PAYMENT_REQUIRED,
            Self::Conflict => StatusCode::CONFLICT,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::ContextLengthExceeded => "context_length_exceeded",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::EgressRefused => "egress_refused",
            Self::ConsentRequired => "consent_required",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::RequestTimeout => "request_timeout",
            Self::BodyTooLarge => "body_too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::Busy => "busy",
            Self::RateLimited => "rate_limited",
            Self::ModelNotReady => "model_not_ready",
            Self::ModelDoesNotFit => "model_does_not_fit",
            Self::SandboxUnavailable => "sandbox_unavailable",
            Self::LanguageUnavailable => "language_unavailable",
            Self::ShuttingDown => "shutting_down",
            Self::Overloaded => "overloaded",
            Self::UpstreamFailed => "upstream_failed",
            Self::UpstreamTimeout => "upstream_timeout",
            Self::StorageFull => "storage_full",
            Self::StorageReadOnly => "storage_read_only",
            Self::ToolFailed => "tool_failed",
            Self::BudgetExhausted => "budget_exhausted",
            Self::Conflict => "conflict",
            Self::Declined => "declined",
            Self::SkillFailed => "skill_failed",
            Self::NoVerdict => "no_verdict",
            Self::Internal => "internal",
        }
    }

    /// The class in OpenAI's `type` field.
    fn openai_type(self) -> &'static str {
        match self {
            Self::InvalidRequest
            | Self::ContextLengthExceeded
            | Self::MethodNotAllowed
            | Self::RequestTimeout
            | Self::BodyTooLarge
            | Self::UnsupportedMediaType
            | Self::ToolFailed
            | Self::Conflict
            | Self::Declined => "invalid_request_error",
            // As OpenAI calls an account without money.
            Self::BudgetExhausted => "insufficient_quota",
            Self::Unauthorized => "authentication_error",
            Self::Forbidden | Self::EgressRefused | Self::ConsentRequired => "permission_error",
            Self::NotFound => "not_found_error",
            Self::Busy | Self::RateLimited => "rate_limit_error",
            Self::ModelNotReady
            | Self::ModelDoesNotFit
            | Self::SandboxUnavailable
            | Self::LanguageUnavailable
            | Self::SkillFailed
            | Self::ShuttingDown
            | Self::Overloaded
            | Self::UpstreamFailed
            | Self::UpstreamTimeout
            | Self::StorageFull
            | Self::StorageReadOnly
            | Self::NoVerdict
            | Self::Internal => "server_error",
        }
    }
}

/// A failure on its way to the client. Rendered by the request-id layer, which knows the request's id.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ApiError {
    pub(crate) code: Code,
    /// For the user.
    pub(crate) message: String,
    /// The field at fault.
    pub(crate) param: Option<String>,
    /// What to do, where the message does not say it.
    pub(crate) hint: Option<Box<str>>,
    pub(crate) retry_after: Option<Duration>,
    /// Boxed, because few failures have them.
    details: Option<Box<Details>>,
    /// For the log only.
    cause: Option<Box<str>>,
}

/// What some failures tell beside their message.
#[derive(Clone, Debug, Default, PartialEq)]
struct Details {
    /// Layers of protection that this machine lacks.
    missing: Vec<String>,
    /// Private text that keeps a request on this machine.
    found: Vec<Found>,
    /// What would be sent once the user agrees.
    outgoing: Option<Outgoing>,
}

impl ApiError {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            param: None,
            hint: None,
            retry_after: None,
            details: None,
            cause: None,
        }
    }

    /// The field `param` is at fault; the message names it already.
    pub(crate) fn invalid(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            param: Some(param.into()),
            ..Self::new(Code::InvalidRequest, message)
        }
    }

    pub(crate) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into().into()),
            ..self
        }
    }

    pub(crate) fn with_param(self, param: &str) -> Self {
        Self {
            param: Some(param.to_owned()),
            ..self
        }
    }

    fn retry_after(self, retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..self
        }
    }

    /// A defect of ours: the client learns the request's id, the log the cause.
    pub(crate) fn internal(cause: impl Into<String>) -> Self {
        Self {
            cause: Some(cause.into().into()),
            ..Self::new(Code::Internal, "something went wrong in the server")
        }
        .with_hint("the server's log has the details under this request id")
    }

    pub(crate) fn model_not_found(id: &str, hint: impl Into<String>) -> Self {
        Self::new(Code::NotFound, format!("model `{id}` is not available"))
            .with_param("model")
            .with_hint(hint)
    }

    /// Whoever asks has to wait.
    pub(crate) fn limited(message: impl Into<String>, wait: Duration) -> Self {
        Self::new(Code::RateLimited, message).retry_after(wait)
    }

    /// The server cancelled an answer because it is stopping.
    pub(crate) fn shutting_down() -> Self {
        Self::new(
            Code::ShuttingDown,
            "the answer was cut short because the server is stopping; send it again",
        )
        .retry_after(Duration::from_secs(5))
    }

    /// What would be sent once the user agrees, where that is what is missing.
    pub(crate) fn outgoing(&self) -> Option<Box<OutgoingObject>> {
        let outgoing = self.details.as_ref()?.outgoing.clone()?;
        Some(Box::new(outgoing.into()))
    }

    /// The body that tells it.
    pub(crate) fn body(&self, request_id: &str) -> ErrorBody {
        ErrorBody {
            error: ErrorObject {
                message: self.message.clone(),
                r#type: self.code.openai_type().to_owned(),
                code: self.code.as_str().to_owned(),
                param: self.param.clone(),
                hint: self.hint.as_deref().map(str::to_owned),
                missing: self
                    .details
                    .as_deref()
                    .map(|details| details.missing.clone())
                    .unwrap_or_default(),
                found: self
                    .details
                    .iter()
                    .flat_map(|details| &details.found)
                    .copied()
                    .map(FoundObject::from)
                    .collect(),
                outgoing: self.outgoing(),
                request_id: request_id.to_owned(),
            },
            detail: self.message.clone(),
        }
    }

    /// Writes the failure to the log, once, where it leaves the server.
    pub(crate) fn log(&self, request_id: &str) {
        let code = self.code.as_str();
        if let Some(cause) = &self.cause {
            tracing::error!(request_id, code, cause, "request {request_id} failed: {cause}");
        } else if self.code.status().is_server_error() {
            tracing::warn!(
                request_id,
                code,
                "request {request_id} was refused: {}",
                self.message
            );
        } else {
            // The words for the client quote what it sent, which may be a part of a prompt.
            let param = self.param.as_deref();
            tracing::debug!(
                request_id,
                code,
                param,
                "request {request_id} was refused with `{code}`"
            );
        }
    }

    /// Replaces the body of `response`, whose other headers (such as `Allow`) stay.
    pub(crate) fn render(&self, response: Response, request_id: &str) -> Response {
        self.log(request_id);
        let (mut parts, _) = response.into_parts();
        parts.status = self.code.status();
        parts.headers.remove(header::CONTENT_LENGTH);
        parts
            .headers
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(after) = self.retry_after {
            parts
                .headers
                .insert(header::RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
        }
        if self.code == Code::Unauthorized {
            let scheme = HeaderValue::from_static("Bearer realm=\"council\"");
            parts.headers.insert(header::WWW_AUTHENTICATE, scheme);
        }
        if matches!(
            self.code,
            Code::ModelDoesNotFit | Code::SandboxUnavailable | Code::LanguageUnavailable
        ) {
            // The official OpenAI clients retry any 5xx by themselves; waiting does not make memory, nor a kernel.
            let name = HeaderName::from_static("x-should-retry");
            parts.headers.insert(name, HeaderValue::from_static("false"));
        }
        // The body type holds strings only, so that this cannot fail.
        let body = serde_json::to_vec(&self.body(request_id)).unwrap_or_default();
        Response::from_parts(parts, axum::body::Body::from(body))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<TurnError> for ApiError {
    fn from(error: TurnError) -> Self {
        match error {
            TurnError::Model(error) => error.into(),
            TurnError::Store(error) | TurnError::Budget(BudgetError::Store(error)) => error.into(),
            TurnError::Budget(BudgetError::Exceeded { .. }) => {
                Self::new(Code::BudgetExhausted, error.to_string())
            }
            TurnError::Vote(error) => error.into(),
            TurnError::Declined { .. } => Self::new(Code::Declined, error.to_string()),
            TurnError::Skill { .. } => Self::new(Code::SkillFailed, error.to_string()),
        }
    }
}

impl From<VoteError> for ApiError {
    fn from(error: VoteError) -> Self {
        let message = error.to_string();
        match error {
            VoteError::Invalid { field, .. } => Self::invalid(field, message),
            VoteError::NoQuorum { .. } | VoteError::Refuted { .. } => Self::new(Code::NoVerdict, message),
            // Whoever asked is still here, so that nobody but the stopping server can have cancelled.
            VoteError::Cancelled { .. } => Self::shutting_down(),
        }
    }
}

impl From<MemoryError> for ApiError {
    fn from(error: MemoryError) -> Self {
        match error {
            MemoryError::Store(error) => error.into(),
            MemoryError::Embedder(error) => error.into(),
        }
    }
}

impl From<ModelError> for ApiError {
    fn from(error: ModelError) -> Self {
        let message = error.to_string();
        match error {
            ModelError::NotFound { .. } => Self::new(Code::NotFound, message).with_param("model"),
            ModelError::InvalidRequest { field, .. } => Self::invalid(field, message),
            ModelError::ContextTooLong { .. } => Self::new(Code::ContextLengthExceeded, message),
            ModelError::Busy { retry_after, .. } => Self::new(Code::Busy, message).retry_after(retry_after),
            ModelError::NotReady { retry_after, .. } => {
                Self::new(Code::ModelNotReady, message).retry_after(retry_after)
            }
            // When memory comes free is not ours to know; a minute keeps pollers polite.
            ModelError::DoesNotFit { .. } => {
                Self::new(Code::ModelDoesNotFit, message).retry_after(Duration::from_mins(1))
            }
            ModelError::Upstream { .. } => Self::new(Code::UpstreamFailed, message),
            ModelError::UpstreamTimeout { .. } => Self::new(Code::UpstreamTimeout, message),
            ModelError::NotAllowed { .. } => Self::new(Code::EgressRefused, message).with_param("model"),
            ModelError::Private { found, outgoing, .. } => {
                let code = if outgoing.is_some() {
                    Code::ConsentRequired
                } else {
                    Code::EgressRefused
                };
                Self {
                    details: Some(Box::new(Details {
                        found,
                        outgoing: outgoing.map(|outgoing| *outgoing),
                        ..Details::default()
                    })),
                    ..Self::new(code, message)
                }
            }
            ModelError::Internal(cause) => Self::internal(cause),
        }
    }
}

impl From<KeyError> for ApiError {
    fn from(error: KeyError) -> Self {
        let message = error.to_string();
        match error {
            KeyError::Unknown { .. } => Self::new(Code::NotFound, message).with_param("provider"),
            KeyError::Invalid(_) => Self::invalid("key", message),
            KeyError::Storage { .. } => Self::internal(message),
        }
    }
}

impl From<SandboxError> for ApiError {
    fn from(error: SandboxError) -> Self {
        let message = error.to_string();
        match error {
            // When somebody changes the machine is not ours to know; a minute keeps pollers polite.
            SandboxError::CannotIsolate { missing, .. } => Self {
                details: Some(Box::new(Details {
                    missing,
                    ..Details::default()
                })),
                ..Self::new(Code::SandboxUnavailable, message).retry_after(Duration::from_mins(1))
            },
            SandboxError::LanguageMissing { .. } => Self::new(Code::LanguageUnavailable, message)
                .with_param("language")
                .retry_after(Duration::from_mins(1)),
            SandboxError::InvalidProgram { field, .. } => Self::invalid(field, message),
            SandboxError::SessionLost { .. } => Self::new(Code::NotFound, message).with_param("session_id"),
            SandboxError::Busy { retry_after } => Self::new(Code::Busy, message).retry_after(retry_after),
            SandboxError::Stopping => {
                Self::new(Code::ShuttingDown, message).retry_after(Duration::from_secs(5))
            }
            SandboxError::Internal(cause) => Self::internal(format!("the sandbox failed: {cause}")),
        }
    }
}

/// Of a tool that was called directly; those that a model calls are told to the model.
impl From<ToolError> for ApiError {
    fn from(error: ToolError) -> Self {
        let message = error.to_string();
        match error {
            ToolError::Unknown { .. } => {
                Self::new(Code::NotFound, message).with_hint("GET /v1/tools lists the tools")
            }
            ToolError::InvalidArgument { field, .. } if field.is_empty() => {
                Self::new(Code::InvalidRequest, message)
            }
            ToolError::InvalidArgument { field, .. } => Self::invalid(field, message),
            ToolError::Model(error) => error.into(),
            ToolError::Store(error) => error.into(),
            ToolError::Failed(_) => Self::new(Code::ToolFailed, message),
            ToolError::Cancelled => Self::shutting_down(),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        match error {
            StoreError::NotFound { .. } => Self::new(Code::NotFound, message),
            StoreError::Invalid(_) => Self::new(Code::InvalidRequest, message),
            StoreError::Failed(cause) => Self::internal(format!("storage failed: {cause}")),
            StoreError::NotAllowed(_) => Self::new(Code::EgressRefused, message),
            // Until somebody has made room, or the disk writable; a minute keeps pollers polite.
            StoreError::DiskFull { .. } => {
                Self::new(Code::StorageFull, message).retry_after(Duration::from_mins(1))
            }
            StoreError::ReadOnly { .. } => {
                Self::new(Code::StorageReadOnly, message).retry_after(Duration::from_mins(1))
            }
        }
    }
}
