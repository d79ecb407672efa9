//! What this process has answered so far, under the names that the original dashboards read.

use council_agent::{TurnEvent, TurnSummary};
use council_core::Locality;
use prometheus::{Gauge, Histogram, HistogramOpts, IntCounter, Registry};
use std::sync::Mutex;
use std::sync::PoisonError;

/// Counts of turns that came by HTTP.
pub(crate) struct TurnStats {
    requests: IntCounter,
    success: IntCounter,
    latency_ms_avg: Gauge,
    first_token: Histogram,
    sums: Mutex<Sums>,
}

#[derive(Default)]
struct Sums {
    completed: u64,
    latency_ms: f64,
    remote: u64,
}

/// The counts at one moment.
pub(crate) struct TurnCounts {
    pub(crate) requests: u64,
    pub(crate) success: u64,
    pub(crate) remote: u64,
    /// Mean latency of completed turns in milliseconds; 0 before the first.
    pub(crate) avg_latency_ms: f64,
}

impl TurnStats {
    /// Registers the metrics.
    ///
    /// # Errors
    /// When a metric of the same name is registered already.
    pub(crate) fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let requests = IntCounter::new(
            "autogen_requests_total",
            "Turns asked for over HTTP since the process started.",
        )?;
        let success = IntCounter::new(
            "autogen_requests_success_total",
            "Turns asked for over HTTP that were answered to the end.",
        )?;
        let latency_ms_avg = Gauge::new(
            "autogen_latency_ms_avg",
            "Mean latency of turns answered to the end, in milliseconds.",
        )?;
        let first_token = Histogram::with_opts(
            HistogramOpts::new(
                "swarm_stream_first_token_latency_seconds",
                "Time from a turn's acceptance to its first token, of turns answered to the end.",
            )
            .buckets(vec![
                0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
            ]),
        )?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(success.clone()))?;
        registry.register(Box::new(latency_ms_avg.clone()))?;
        registry.register(Box::new(first_token.clone()))?;
        Ok(Self {
            requests,
            success,
            latency_ms_avg,
            first_token,
            sums: Mutex::default(),
        })
    }

    /// A turn was asked for.
    pub(crate) fn asked(&self) {
        self.requests.inc();
    }

    /// Notes what an event tells.
    pub(crate) fn note(&self, event: &TurnEvent) {
        match event {
            TurnEvent::Done(summary) => self.done(summary),
            TurnEvent::Decision { .. }
            | TurnEvent::Recalled { .. }
            | TurnEvent::Text { .. }
            | TurnEvent::ToolCall(_)
            | TurnEvent::ToolStarted(_)
            | TurnEvent::ToolFinished { .. }
            | TurnEvent::Vote(_)
            | TurnEvent::Remembered { .. } => {}
        }
    }

    fn done(&self, summary: &TurnSummary) {
        self.success.inc();
        if let Some(first_token) = summary.first_token {
            self.first_token.observe(first_token.as_secs_f64());
        }
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        sums.completed += 1;
        sums.latency_ms += summary.latency.as_secs_f64() * 1_000.0;
        match summary.locality {
            Locality::Local => {}
            Locality::Remote => sums.remote += 1,
        }
        self.latency_ms_avg.set(sums.latency_ms / sums.completed as f64);
    }

    /// The counts now.
    pub(crate) fn counts(&self) -> TurnCounts {
        let sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        TurnCounts {
            requests: self.requests.get(),
            success: self.success.get(),
            remote: sums.remote,
            avg_latency_ms: self.latency_ms_avg.get(),
        }
    }
}
