//! Metrics of providers: `docs/metrics.md` lists them.

use council_core::BreakerState;
use prometheus::{IntCounterVec, IntGaugeVec, Opts, Registry};

/// Kinds of failed attempts.
const KINDS: [&str; 7] = [
    "connect",
    "timeout",
    "busy",
    "server",
    "broken",
    "refused",
    "unreadable",
];

/// Counters of all providers, labelled by the provider's name.
#[derive(Clone, Debug)]
pub struct ProviderMetrics {
    errors: IntCounterVec,
    retries: IntCounterVec,
    estimated: IntCounterVec,
    breaker: IntGaugeVec,
    up: IntGaugeVec,
    running: IntGaugeVec,
    waiting: IntGaugeVec,
    refused: IntCounterVec,
    moved: IntCounterVec,
}

impl ProviderMetrics {
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
        let gauge = |name: &str, help: &str, labels: &[&str]| {
            let metric = IntGaugeVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(metric.clone()))?;
            Ok::<_, prometheus::Error>(metric)
        };
        Ok(Self {
            errors: counter(
                "council_provider_errors_total",
                "Attempts that failed, by provider and kind: `connect`, `timeout`, `busy`, `server`, `broken` (in the middle), \
                 `refused` (the request or the key), `unreadable`.",
                &["provider", "kind"],
            )?,
            retries: counter(
                "council_provider_retries_total",
                "Requests that were sent again.",
                &["provider"],
            )?,
            estimated: counter(
                "council_provider_usage_estimated_total",
                "Answers whose usage was missing or impossible and was counted from above.",
                &["provider"],
            )?,
            breaker: gauge(
                "council_provider_breaker_state",
                "Whether a provider is asked: 0 yes (closed), 1 one request tries it (half open), 2 no (open).",
                &["provider"],
            )?,
            up: gauge(
                "council_provider_up",
                "Whether a server of a pool answered when it was last looked at: 1 yes, 0 it is down; there only after a first \
                 look.",
                &["provider"],
            )?,
            running: gauge(
                "council_provider_running",
                "Requests on their way to a provider.",
                &["provider"],
            )?,
            waiting: gauge(
                "council_pool_waiting",
                "Requests that wait for a server of a pool.",
                &["model"],
            )?,
            refused: counter(
                "council_pool_refused_total",
                "Requests that were refused because too many waited for a server of a pool, or waited too long.",
                &["model"],
            )?,
            moved: counter(
                "council_pool_moved_total",
                "Requests that went on to another server of a pool after one had failed.",
                &["model"],
            )?,
        })
    }

    /// Makes the series of a provider, so that each is there before its first failure.
    pub(super) fn expect(&self, provider: &str) {
        for kind in KINDS {
            let _ = self.errors.with_label_values(&[provider, kind]);
        }
        for counter in [&self.retries, &self.estimated] {
            let _ = counter.with_label_values(&[provider]);
        }
        let _ = self.running.with_label_values(&[provider]);
    }

    /// Makes the series of a pool, so that each is there before anything waits.
    pub(super) fn expect_pool(&self, model: &str) {
        for counter in [&self.refused, &self.moved] {
            let _ = counter.with_label_values(&[model]);
        }
        let _ = self.waiting.with_label_values(&[model]);
    }

    pub(super) fn error(&self, provider: &str, kind: &str) {
        self.errors.with_label_values(&[provider, kind]).inc();
    }

    pub(super) fn retry(&self, provider: &str) {
        self.retries.with_label_values(&[provider]).inc();
    }

    pub(super) fn estimated(&self, provider: &str) {
        self.estimated.with_label_values(&[provider]).inc();
    }

    pub(super) fn up(&self, provider: &str, up: bool) {
        self.up.with_label_values(&[provider]).set(up.into());
    }

    pub(super) fn running(&self, provider: &str, running: u32) {
        self.running.with_label_values(&[provider]).set(running.into());
    }

    pub(super) fn waiting(&self, model: &str, waiting: usize) {
        self.waiting.with_label_values(&[model]).set(waiting as i64);
    }

    pub(super) fn pool_refused(&self, model: &str) {
        self.refused.with_label_values(&[model]).inc();
    }

    pub(super) fn moved(&self, model: &str) {
        self.moved.with_label_values(&[model]).inc();
    }

    pub(super) fn breaker(&self, provider: &str, state: BreakerState) {
        let value = match state {
            BreakerState::Closed => 0,
            BreakerState::HalfOpen => 1,
            BreakerState::Open { .. } => 2,
        };
        self.breaker.with_label_values(&[provider]).set(value);
    }
}
