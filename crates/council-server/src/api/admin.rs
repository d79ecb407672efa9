//! Switches, caps, keys, and what left this machine.

use super::error::FoundObject;
use crate::error::ApiError;
use crate::extract::{FromBody, parse_object};
use council_core::{AuditLine, BreakerState, EgressEntry, ProviderHealth};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What is switched on, and how the providers are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AdminStatus {
    /// Whether models on other machines may be asked.
    pub(crate) cloud_enabled: bool,
    /// Whether every connection to another machine is refused.
    pub(crate) local_only: bool,
    /// Most that a day may cost, as it was set; null where it was not.
    pub(crate) budget_usd: Option<f64>,
    /// Whether programs can be run.
    pub(crate) sandbox_enabled: bool,
    /// `ok`.
    pub(crate) status: &'static str,
    /// What is done about each kind of private text: `allow`, `redact`, `ask` or `block`.
    pub(crate) privacy: BTreeMap<&'static str, &'static str>,
    /// In the order in which they are tried.
    pub(crate) providers: Vec<ProviderObject>,
}

/// How one provider of remote models is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProviderObject {
    pub(crate) name: String,
    pub(crate) host: String,
    /// Whether it counts as part of this machine.
    pub(crate) local: bool,
    /// Whether it has a key; the key itself is never told.
    pub(crate) has_key: bool,
    /// `closed`: it is asked; `open`: it is not; `half_open`: one request tries it.
    pub(crate) breaker: &'static str,
    /// Until it is tried again; null where it is asked.
    pub(crate) retry_after_seconds: Option<f64>,
    /// Seconds since the Unix epoch; null before its first answer.
    pub(crate) last_success: Option<f64>,
    /// Null before its first failure.
    pub(crate) last_error: Option<ProviderErrorObject>,
    /// Answers whose usage was missing or impossible and was counted from above.
    pub(crate) usage_estimated: u64,
}

/// A provider's latest failure.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProviderErrorObject {
    /// Seconds since the Unix epoch.
    pub(crate) at: f64,
    pub(crate) message: String,
}

impl From<ProviderHealth> for ProviderObject {
    fn from(health: ProviderHealth) -> Self {
        let retry_after = match health.state {
            BreakerState::Open { retry_after } => Some(retry_after.as_secs_f64()),
            BreakerState::Closed | BreakerState::HalfOpen => None,
        };
        Self {
            name: health.name,
            host: health.host,
            local: health.local,
            has_key: health.has_key,
            breaker: health.state.as_str(),
            retry_after_seconds: retry_after,
            last_success: health.last_success.map(council_core::Timestamp::as_secs_f64),
            last_error: health.last_error.map(|(at, message)| ProviderErrorObject {
                at: at.as_secs_f64(),
                message,
            }),
            usage_estimated: health.usage_estimated,
        }
    }
}

/// A provider's key.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ApiKey {
    /// The key; empty removes the one that was set.
    #[schema(max_length = 4096)]
    pub(crate) key: String,
}

impl FromBody for ApiKey {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        parse_object(body)
    }
}

/// That a key is kept, or gone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiKeyStored {
    pub(crate) provider: String,
    /// `stored` or `removed`.
    pub(crate) status: &'static str,
}

/// One change of the settings.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditObject {
    /// Seconds since the Unix epoch.
    pub(crate) at: f64,
    /// The peer's address; `in process` where there was none.
    pub(crate) by: String,
    pub(crate) setting: String,
    /// Empty: as configured.
    pub(crate) before: String,
    pub(crate) after: String,
}

impl From<AuditLine> for AuditObject {
    fn from(line: AuditLine) -> Self {
        Self {
            at: line.at.as_secs_f64(),
            by: line.by,
            setting: line.setting,
            before: line.before,
            after: line.after,
        }
    }
}

/// One call of a model on another machine.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EgressObject {
    pub(crate) id: i64,
    /// Seconds since the Unix epoch.
    pub(crate) at: f64,
    /// As in the ledger; empty for what no request asked for.
    pub(crate) request_id: String,
    pub(crate) model: String,
    pub(crate) host: String,
    /// What it was for; empty: not said.
    pub(crate) purpose: String,
    /// Text that was sent, in bytes of UTF-8, without what the protocol adds.
    pub(crate) sent_bytes: u64,
    /// Text that came back.
    pub(crate) received_bytes: u64,
    /// Private text that was replaced, by kind.
    pub(crate) redacted: Vec<FoundObject>,
    /// `running`, `completed`, `cancelled`, `failed`, or `interrupted` by the end of the process.
    pub(crate) outcome: &'static str,
}

impl From<EgressEntry> for EgressObject {
    fn from(entry: EgressEntry) -> Self {
        Self {
            id: entry.id.0,
            at: entry.call.started_at.as_secs_f64(),
            request_id: entry.call.request_id,
            model: entry.call.model,
            host: entry.call.host,
            purpose: entry.call.purpose,
            sent_bytes: entry.call.sent_bytes,
            received_bytes: entry.received_bytes,
            redacted: entry.call.redacted.into_iter().map(FoundObject::from).collect(),
            outcome: entry.outcome.as_str(),
        }
    }
}
