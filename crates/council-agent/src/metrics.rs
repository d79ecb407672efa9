//! Turn metrics.

mod latency;
mod routing;

pub use latency::LatencyQuantiles;

use council_core::{Outcome, Receipt, Usage};
use latency::Latencies;
use prometheus::core::{Collector, MetricVec, MetricVecBuilder};
use prometheus::{CounterVec, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry};
use routing::RoutingMetrics;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Counters and histograms of turns. Clones count together.
#[derive(Clone)]
pub struct TurnMetrics {
    turns: IntCounterVec,
    turn_seconds: HistogramVec,
    first_token_seconds: HistogramVec,
    inter_token_seconds: HistogramVec,
    tokens: IntCounterVec,
    cost_usd: CounterVec,
    active: IntGauge,
    recent: Arc<Mutex<Latencies>>,
    routing: RoutingMetrics,
}

impl TurnMetrics {
    /// Registers the metrics.
    ///
    /// # Errors
    /// When a metric of the same name is registered already.
    pub fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        Ok(Self {
            turns: registered(
                registry,
                IntCounterVec::new(
                    Opts::new(
                        "council_turns_total",
                        "Turns that ended, by API route (`terminal` for `council ask` and `council chat` without a server) and \
                         outcome: `completed`, `cancelled`, `failed`.",
                    ),
                    &["route", "outcome"],
                )?,
            )?,
            turn_seconds: histogram(
                registry,
                "council_turn_seconds",
                "Time from a turn's acceptance to its last token, whatever its outcome.",
                "route",
                &[
                    0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0,
                ],
            )?,
            first_token_seconds: histogram(
                registry,
                "council_first_token_seconds",
                "Time from a turn's acceptance to its first token or tool call.",
                "model",
                &[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0],
            )?,
            inter_token_seconds: histogram(
                registry,
                "council_inter_token_seconds",
                "Time between two pieces of text, divided by the tokens of the later one; one observation for each token.",
                "model",
                &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0],
            )?,
            tokens: registered(
                registry,
                IntCounterVec::new(
                    Opts::new(
                        "council_tokens_total",
                        "Tokens by model and kind: `input`, `cached` (those of `input` that were reused), `output`.",
                    ),
                    &["model", "kind"],
                )?,
            )?,
            cost_usd: registered(
                registry,
                CounterVec::new(
                    Opts::new(
                        "council_cost_usd_total",
                        "What turns cost, in US dollars; 0 for models on this machine.",
                    ),
                    &["model"],
                )?,
            )?,
            active: registered(
                registry,
                IntGauge::new(
                    "council_turns_active",
                    "Turns that were accepted and are not settled yet.",
                )?,
            )?,
            recent: Arc::default(),
            routing: RoutingMetrics::register(registry)?,
        })
    }

    /// Makes the series of these routes, so that each is there before its first turn.
    pub fn expect_routes(&self, routes: &[&str]) {
        let outcomes = [Outcome::Completed, Outcome::Cancelled, Outcome::Failed].map(Outcome::as_str);
        appear(&self.turns, &[routes, &outcomes]);
        appear(&self.turn_seconds, &[routes]);
    }

    /// Makes the series of a model, so that each is there before its first answer.
    pub fn expect_model(&self, model: &str) {
        let model = &[model][..];
        appear(&self.first_token_seconds, &[model]);
        appear(&self.inter_token_seconds, &[model]);
        appear(&self.tokens, &[model, &["input", "cached", "output"]]);
        appear(&self.cost_usd, &[model]);
    }

    /// Latencies of the last 1,024 turns that were answered to the end, from acceptance to the last token.
    pub fn latency_quantiles(&self) -> LatencyQuantiles {
        self.recent().quantiles()
    }

    /// Turns that ended since the process started, whatever their outcome.
    pub fn finished(&self) -> u64 {
        self.recent().finished
    }

    /// Those of them that were answered to the end.
    pub fn succeeded(&self) -> u64 {
        self.recent().succeeded
    }

    /// Turns that were accepted and are not settled yet.
    pub fn in_flight(&self) -> u64 {
        u64::try_from(self.active.get()).unwrap_or(0)
    }

    /// Counts a turn from now until the timer is dropped.
    pub(crate) fn begin(&self, route: &'static str) -> TurnTimer {
        self.active.inc();
        TurnTimer {
            metrics: self.clone(),
            route,
            began: Instant::now(),
            end: None,
        }
    }

    /// The first token came, this long after the turn's acceptance.
    pub(crate) fn first_token(&self, model: &str, after: Duration) {
        self.first_token_seconds
            .with_label_values(&[model])
            .observe(after.as_secs_f64());
    }

    /// `tokens` more tokens came, this long after those before them.
    pub(crate) fn more_tokens(&self, model: &str, after: Duration, tokens: usize) {
        let histogram = self.inter_token_seconds.with_label_values(&[model]);
        let each = after.as_secs_f64() / tokens.max(1) as f64;
        for _ in 0..tokens {
            histogram.observe(each);
        }
    }

    /// What a turn used.
    pub(crate) fn spent(&self, model: &str, usage: Usage, cost_usd: f64) {
        let kinds = [
            ("input", usage.input_tokens),
            ("cached", usage.cached_tokens),
            ("output", usage.output_tokens),
        ];
        for (kind, tokens) in kinds {
            self.tokens
                .with_label_values(&[model, kind])
                .inc_by(u64::from(tokens));
        }
        // A counter refuses to go down with a panic; a price below zero is a mistake of the configuration.
        self.cost_usd
            .with_label_values(&[model])
            .inc_by(cost_usd.max(0.0));
    }

    /// A request was answered, or not.
    pub(crate) fn routed(&self, receipt: &Receipt) {
        self.routing.routed(receipt);
    }

    /// The cache was asked, or kept something.
    pub(crate) fn cache(&self, what: &str) {
        self.routing.cache(what);
    }

    /// Money was set aside, or refused.
    pub(crate) fn reservation(&self, outcome: &str) {
        self.routing.reservation(outcome);
    }

    fn recent(&self) -> MutexGuard<'_, Latencies> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts one turn when it is dropped, so that none is missed, however it ends.
pub(crate) struct TurnTimer {
    metrics: TurnMetrics,
    route: &'static str,
    began: Instant,
    end: Option<(Outcome, Duration)>,
}

impl TurnTimer {
    /// Notes how the turn ended and how long it took to its last token.
    pub(crate) fn ended(&mut self, outcome: Outcome, latency: Duration) {
        self.end = Some((outcome, latency));
    }
}

impl Drop for TurnTimer {
    fn drop(&mut self) {
        // Without an end the task was torn down with its runtime: nobody got an answer.
        let (outcome, latency) = self
            .end
            .unwrap_or_else(|| (Outcome::Cancelled, self.began.elapsed()));
        self.metrics
            .turns
            .with_label_values(&[self.route, outcome.as_str()])
            .inc();
        self.metrics
            .turn_seconds
            .with_label_values(&[self.route])
            .observe(latency.as_secs_f64());
        self.metrics.recent().add(outcome, latency);
        self.metrics.active.dec();
    }
}

pub(crate) fn registered<C: Collector + Clone + 'static>(
    registry: &Registry,
    metric: C,
) -> Result<C, prometheus::Error> {
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}

/// Makes the series of all combinations of these label values. One that is made by its first event has no value before it:
/// nothing sees it grow from 0 to 1.
pub(crate) fn appear<T: MetricVecBuilder>(metric: &MetricVec<T>, values: &[&[&str]]) {
    let mut rows: Vec<Vec<&str>> = vec![Vec::new()];
    for column in values {
        rows = rows
            .iter()
            .flat_map(|row| column.iter().map(move |value| (row, *value)))
            .map(|(row, value)| {
                let mut longer = row.clone();
                longer.push(value);
                longer
            })
            .collect();
    }
    for row in rows {
        let _ = metric.with_label_values(&row);
    }
}

pub(crate) fn histogram(
    registry: &Registry,
    name: &str,
    help: &str,
    label: &str,
    buckets: &[f64],
) -> Result<HistogramVec, prometheus::Error> {
    let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
    registered(registry, HistogramVec::new(options, &[label])?)
}
