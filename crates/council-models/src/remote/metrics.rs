//! Metrics of providers: `docs/metrics.md` lists them.

use council_core::BreakerState;
use prometheus::{IntCounterVec, IntGaugeVec, Opts, Registry};

/// Counters of all providers, labelled by the provider's name.
#[derive(Clone, Debug)]
pub struct ProviderMetrics {
    errors: IntCounterVec,
    retries: IntCounterVec,
    estimated: IntCounterVec,
    breaker: IntGaugeVec,
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
        let breaker = IntGaugeVec::new(
            Opts::new(
                "council_provider_breaker_state",
                "Whether a provider is asked: 0 yes (closed), 1 one request tries it (half open), 2 no (open).",
            ),
            &["provider"],
        )?;
        registry.register(Box::new(breaker.clone()))?;
        Ok(Self {
            errors: counter(
                "council_provider_errors_total",
                "Attempts that failed, by provider and kind.",
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
            breaker,
        })
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

    pub(super) fn breaker(&self, provider: &str, state: BreakerState) {
        let value = match state {
            BreakerState::Closed => 0,
            BreakerState::HalfOpen => 1,
            BreakerState::Open { .. } => 2,
        };
        self.breaker.with_label_values(&[provider]).set(value);
    }
}
