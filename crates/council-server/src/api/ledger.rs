//! Lines of the ledger.

use super::openai::models::locality_name;
use super::openai::usage::UsageObject;
use council_core::LedgerEntry;
use serde::Serialize;
use utoipa::ToSchema;

/// What one request used and cost.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LedgerEntryObject {
    pub(crate) request_id: String,
    /// When it began, in seconds since the Unix epoch.
    pub(crate) started_at: f64,
    /// The API route that it came by.
    pub(crate) route: String,
    /// The model that answered; empty when none was reached.
    pub(crate) model: String,
    /// `local` or `remote`.
    pub(crate) locality: &'static str,
    pub(crate) usage: UsageObject,
    pub(crate) cost_usd: f64,
    /// From acceptance to the last token.
    pub(crate) latency_ms: f64,
    /// From acceptance to the first token; null where there was none.
    pub(crate) first_token_ms: Option<f64>,
    /// `completed`, `cancelled` or `failed`.
    pub(crate) outcome: &'static str,
}

impl From<LedgerEntry> for LedgerEntryObject {
    fn from(entry: LedgerEntry) -> Self {
        Self {
            request_id: entry.request_id,
            started_at: entry.started_at.as_secs_f64(),
            route: entry.route,
            model: entry.model,
            locality: locality_name(entry.locality),
            usage: entry.usage.into(),
            cost_usd: entry.cost_usd,
            latency_ms: entry.latency.as_secs_f64() * 1_000.0,
            first_token_ms: entry.first_token.map(|first| first.as_secs_f64() * 1_000.0),
            outcome: entry.outcome.as_str(),
        }
    }
}
