//! Switches, caps and keys.

use crate::error::ApiError;
use crate::extract::{FromBody, parse_object};
use council_core::{AuditLine, BreakerState, ProviderHealth};
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
    /// Most that a day may cost: as it was set here, or as it is configured; null where neither bounds it.
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
    /// Whether it answered when it was last looked at; null where nobody looks: only servers of pools are looked at.
    pub(crate) up: Option<bool>,
    /// Whether it gets no new requests of its pool.
    pub(crate) draining: bool,
    /// Requests on their way to it.
    pub(crate) running: u32,
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
            up: health.up,
            draining: health.draining,
            running: health.running,
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
