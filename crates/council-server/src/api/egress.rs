//! What left this machine.

use super::error::FoundObject;
use super::page::PageObject;
use crate::extract::Paging;
use council_core::{Carried, EgressEntry, EgressTotal};
use serde::Serialize;
use utoipa::ToSchema;

/// A call of a model on another machine, a request, or a connection.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EgressObject {
    pub(crate) id: i64,
    /// Seconds since the Unix epoch.
    pub(crate) at: f64,
    /// As in the ledger; empty for what no request asked for.
    pub(crate) request_id: String,
    /// Empty where no model was asked.
    pub(crate) model: String,
    pub(crate) host: String,
    /// What it was for; empty: not said.
    pub(crate) purpose: String,
    /// Text that was sent to a model, in bytes of UTF-8, without what the protocol adds; of others, `carried.sent_bytes`.
    pub(crate) sent_bytes: u64,
    /// Text that came back; of others, `carried.received_bytes`.
    pub(crate) received_bytes: u64,
    pub(crate) carried: CarriedObject,
    /// Private text that was replaced, by kind.
    pub(crate) redacted: Vec<FoundObject>,
    /// `running`, `completed`, `cancelled`, `failed`, `interrupted` by the end of the process, or `refused` by the gate.
    pub(crate) outcome: &'static str,
    /// Why it was refused: `local_only`, `not_named`, `not_listed`, `private_address` or `rebound`; of a model's call also
    /// `cloud_off`, `no_price`, `private` or `consent`. Empty of what was not refused, and of lines of before this was
    /// kept.
    pub(crate) reason: String,
}

/// What was really carried, as it was counted; while it runs, up to ten seconds ago.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CarriedObject {
    /// Requests or connections that were made; a call of a model that failed is made again.
    pub(crate) requests: u64,
    /// Bytes of bodies that were sent; of a database, all of them.
    pub(crate) sent_bytes: u64,
    /// Bytes of bodies that were read.
    pub(crate) received_bytes: u64,
}

/// What all lines of one host and purpose come to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EgressTotalObject {
    pub(crate) host: String,
    pub(crate) purpose: String,
    /// Lines.
    pub(crate) lines: u64,
    /// How many of them the gate refused.
    pub(crate) refused: u64,
    pub(crate) carried: CarriedObject,
    /// When the last of them began, in seconds since the Unix epoch.
    pub(crate) last_at: f64,
}

/// A page of the egress ledger.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EgressPage {
    #[serde(flatten)]
    page: PageObject<EgressObject>,
    /// By host and purpose, of all lines that are looked for; the busiest first.
    totals: Vec<EgressTotalObject>,
}

impl EgressPage {
    pub(crate) fn new(paging: &Paging, found: Vec<EgressEntry>, totals: Vec<EgressTotal>) -> Self {
        Self {
            page: PageObject::new(paging, found),
            totals: totals.into_iter().map(EgressTotalObject::from).collect(),
        }
    }
}

impl From<Carried> for CarriedObject {
    fn from(carried: Carried) -> Self {
        Self {
            requests: carried.requests,
            sent_bytes: carried.sent_bytes,
            received_bytes: carried.received_bytes,
        }
    }
}

impl From<EgressTotal> for EgressTotalObject {
    fn from(total: EgressTotal) -> Self {
        Self {
            host: total.host,
            purpose: total.purpose,
            lines: total.lines,
            refused: total.refused,
            carried: total.carried.into(),
            last_at: total.last_at.as_secs_f64(),
        }
    }
}

impl From<EgressEntry> for EgressObject {
    fn from(entry: EgressEntry) -> Self {
        let asked = !entry.call.model.is_empty();
        let bytes = |text, carried| if asked { text } else { carried };
        Self {
            id: entry.id.0,
            at: entry.call.started_at.as_secs_f64(),
            request_id: entry.call.request_id,
            model: entry.call.model,
            host: entry.call.host,
            purpose: entry.call.purpose,
            sent_bytes: bytes(entry.call.sent_bytes, entry.carried.sent_bytes),
            received_bytes: bytes(entry.received_bytes, entry.carried.received_bytes),
            carried: entry.carried.into(),
            redacted: entry.call.redacted.into_iter().map(FoundObject::from).collect(),
            outcome: entry.outcome.as_str(),
            reason: entry.reason,
        }
    }
}
