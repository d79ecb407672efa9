//! Metrics of the gate: `docs/metrics.md` lists them.

use crate::metrics::{appear, registered};
use council_core::{Found, PrivacyAction, PrivacyKind};
use prometheus::{IntCounterVec, Opts, Registry};

/// Counters of what left this machine, of what did not, and of what was found private. Clones count together.
#[derive(Clone, Debug)]
pub struct EgressMetrics {
    bytes: IntCounterVec,
    refused: IntCounterVec,
    findings: IntCounterVec,
}

impl EgressMetrics {
    /// Registers the metrics.
    ///
    /// # Errors
    /// When a metric of the same name is registered already.
    pub fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let counter = |name: &str, help: &str, labels: &[&str]| {
            registered(registry, IntCounterVec::new(Opts::new(name, help), labels)?)
        };
        let metrics = Self {
            bytes: counter(
                "council_egress_bytes_total",
                "Bytes of text exchanged with remote models, by model and direction: `sent`, `received`.",
                &["model", "direction"],
            )?,
            refused: counter(
                "council_egress_refused_total",
                "Calls of remote models that were not made, by reason: `cloud_off`, `local_only`, `no_price`, `private`, `consent`.",
                &["model", "reason"],
            )?,
            findings: counter(
                "council_privacy_findings_total",
                "Private texts in requests to remote models, by kind and what was to be done: `allow`, `redact`, `ask`, `block` \
                 (docs/privacy.md).",
                &["kind", "action"],
            )?,
        };
        appear(
            &metrics.findings,
            &[
                &PrivacyKind::ALL.map(PrivacyKind::as_str),
                &PrivacyAction::ALL.map(PrivacyAction::as_str),
            ],
        );
        Ok(metrics)
    }

    /// Makes the series of a model, so that each is there before its first call.
    pub(super) fn expect(&self, model: &str) {
        let reasons = ["cloud_off", "local_only", "no_price", "private", "consent"];
        appear(&self.bytes, &[&[model], &["sent", "received"]]);
        appear(&self.refused, &[&[model], &reasons]);
    }

    pub(super) fn sent(&self, model: &str, bytes: u64) {
        self.bytes.with_label_values(&[model, "sent"]).inc_by(bytes);
    }

    pub(super) fn received(&self, model: &str, bytes: u64) {
        self.bytes.with_label_values(&[model, "received"]).inc_by(bytes);
    }

    pub(super) fn refused(&self, model: &str, reason: &str) {
        self.refused.with_label_values(&[model, reason]).inc();
    }

    pub(super) fn found(&self, found: &[Found], action: PrivacyAction) {
        for found in found {
            self.findings
                .with_label_values(&[found.kind.as_str(), action.as_str()])
                .inc_by(u64::from(found.count));
        }
    }
}
