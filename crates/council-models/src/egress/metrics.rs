//! Metrics of the gate: `docs/metrics.md` lists them.

use council_core::EgressOutcome;
use council_core::egress::Purpose;
use prometheus::{IntCounterVec, Opts, Registry};

/// Counters of requests and connections, labelled by what they were for. Clones count together.
#[derive(Clone, Debug)]
pub struct GateMetrics {
    connections: IntCounterVec,
    bytes: IntCounterVec,
    refused: IntCounterVec,
}

impl GateMetrics {
    /// Registers the metrics.
    ///
    /// # Errors
    /// When a metric of the same name is registered already.
    pub fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let counter = |name: &str, help: &str, labels: &[&str]| {
            let metric = IntCounterVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(metric.clone()))?;
            Ok::<_, prometheus::Error>(metric)
        };
        let metrics = Self {
            connections: counter(
                "council_egress_connections_total",
                "Requests and connections that left and are over, by purpose (`model`, `check`, `pull`, `packages`, `database`, \
                 `server`, `telemetry`) and outcome: `completed`, `cancelled`, `failed`.",
                &["purpose", "outcome"],
            )?,
            bytes: counter(
                "council_egress_carried_bytes_total",
                "Bytes that requests and connections carried, by purpose and direction: `sent`, `received`.",
                &["purpose", "direction"],
            )?,
            refused: counter(
                "council_egress_blocked_total",
                "Requests and connections that the gate did not let out, by purpose and reason: `local_only`, `not_named`, \
                 `not_listed`, `private_address`, `rebound`, `unknown_host`, `unwritten`.",
                &["purpose", "reason"],
            )?,
        };
        metrics.begin();
        Ok(metrics)
    }

    /// Each series is there before its first event.
    fn begin(&self) {
        for purpose in Purpose::ALL.map(Purpose::as_str) {
            for outcome in ["completed", "cancelled", "failed"] {
                let _ = self.connections.with_label_values(&[purpose, outcome]);
            }
            for direction in ["sent", "received"] {
                let _ = self.bytes.with_label_values(&[purpose, direction]);
            }
            for reason in [
                "local_only",
                "not_named",
                "not_listed",
                "private_address",
                "rebound",
                "unknown_host",
                "unwritten",
            ] {
                let _ = self.refused.with_label_values(&[purpose, reason]);
            }
        }
    }

    pub(super) fn sent(&self, purpose: Purpose, bytes: u64) {
        self.bytes
            .with_label_values(&[purpose.as_str(), "sent"])
            .inc_by(bytes);
    }

    pub(super) fn received(&self, purpose: Purpose, bytes: u64) {
        self.bytes
            .with_label_values(&[purpose.as_str(), "received"])
            .inc_by(bytes);
    }

    pub(super) fn ended(&self, purpose: Purpose, outcome: EgressOutcome) {
        self.connections
            .with_label_values(&[purpose.as_str(), outcome.as_str()])
            .inc();
    }

    pub(super) fn refused(&self, purpose: Purpose, reason: &str) {
        self.refused.with_label_values(&[purpose.as_str(), reason]).inc();
    }
}
