//! Model metrics: `docs/metrics.md` lists them.

use crate::protocol::Step;
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
};

/// Metrics of all models, labelled by model id.
#[derive(Clone, Debug)]
pub struct ModelMetrics {
    queue_seconds: HistogramVec,
    load_seconds: HistogramVec,
    step_seconds: HistogramVec,
    prompt_tokens: IntCounterVec,
    prefix: IntCounterVec,
    prefix_tokens: IntCounterVec,
    rejected: IntCounterVec,
    crashes: IntCounterVec,
    active: IntGaugeVec,
    queued: IntGaugeVec,
    kv_used: IntGaugeVec,
    kv_capacity: IntGaugeVec,
    saved: IntGaugeVec,
    threads: IntGaugeVec,
    batch: HistogramVec,
}

/// The same for one model.
#[derive(Clone, Debug)]
pub struct WorkerMetrics {
    /// Time that jobs waited, in seconds.
    pub queue_seconds: Histogram,
    /// Time from the decision to load to readiness, in seconds.
    pub load_seconds: Histogram,
    /// Requests that were refused because the queue was full.
    pub rejected: IntCounter,
    /// Workers that ended unasked.
    pub crashes: IntCounter,
    step_seconds: Histogram,
    batch: Histogram,
    prompt_tokens: IntCounter,
    hits: IntCounter,
    misses: IntCounter,
    reused_tokens: IntCounter,
    active: IntGauge,
    queued: IntGauge,
    kv_used: IntGauge,
    kv_capacity: IntGauge,
    saved: IntGauge,
    threads: IntGauge,
}

impl ModelMetrics {
    /// Registers the metrics.
    ///
    /// # Errors
    /// When a metric of the same name is registered already.
    pub fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let register = Register { registry };
        let model = &["model"];
        Ok(Self {
            queue_seconds: register.histogram(
                "council_model_queue_seconds",
                "Time that requests waited for a slot.",
                &[0.001, 0.005, 0.02, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0],
            )?,
            load_seconds: register.histogram(
                "council_model_load_seconds",
                "Time from the decision to load a model to its readiness.",
                &[0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0],
            )?,
            step_seconds: register.histogram(
                "council_model_step_seconds",
                "Time of one engine step: a token of each running answer and a chunk of prompts.",
                &[0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0],
            )?,
            batch: register.histogram(
                "council_model_step_sequences",
                "Answers that one engine step advanced together; 0 for a step of prompts only.",
                &[0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0],
            )?,
            prompt_tokens: register.counter(
                "council_model_prompt_tokens_computed_total",
                "Prompt tokens that were computed, that is, not reused.",
                model,
            )?,
            prefix: register.counter(
                "council_model_prefix_cache_total",
                "Requests by whether at least a quarter of the prompt was reused: `hit`, `miss`.",
                &["model", "result"],
            )?,
            prefix_tokens: register.counter(
                "council_model_prefix_cache_tokens_total",
                "Prompt tokens whose state was reused.",
                model,
            )?,
            rejected: register.counter(
                "council_model_rejected_total",
                "Requests that were refused because the queue was full (`busy`).",
                model,
            )?,
            crashes: register.counter(
                "council_model_worker_crashes_total",
                "Worker processes that ended without being asked to.",
                model,
            )?,
            active: register.gauge("council_model_active_requests", "Requests that have a slot.")?,
            queued: register.gauge("council_model_queued_requests", "Requests that wait for a slot.")?,
            kv_used: register.gauge("council_model_kv_used_tokens", "Cells of the KV cache in use; one holds one token.")?,
            kv_capacity: register.gauge("council_model_kv_capacity_tokens", "Cells of the KV cache that are allocated; it grows with what is used.")?,
            saved: register.gauge(
                "council_model_saved_tokens",
                "Tokens of finished turns whose state is kept in host memory, for the next turn to go on from.",
            )?,
            threads: register.gauge(
                "council_model_threads",
                "Threads that compute; with `engine.threads = auto` fewer than there are cores while other programs need them.",
            )?,
        })
    }

    /// The metrics of one model.
    pub fn worker(&self, model: &str) -> WorkerMetrics {
        let one = &[model];
        WorkerMetrics {
            queue_seconds: self.queue_seconds.with_label_values(one),
            load_seconds: self.load_seconds.with_label_values(one),
            rejected: self.rejected.with_label_values(one),
            crashes: self.crashes.with_label_values(one),
            step_seconds: self.step_seconds.with_label_values(one),
            batch: self.batch.with_label_values(one),
            prompt_tokens: self.prompt_tokens.with_label_values(one),
            hits: self.prefix.with_label_values(&[model, "hit"]),
            misses: self.prefix.with_label_values(&[model, "miss"]),
            reused_tokens: self.prefix_tokens.with_label_values(one),
            active: self.active.with_label_values(one),
            queued: self.queued.with_label_values(one),
            kv_used: self.kv_used.with_label_values(one),
            kv_capacity: self.kv_capacity.with_label_values(one),
            saved: self.saved.with_label_values(one),
            threads: self.threads.with_label_values(one),
        }
    }
}

impl WorkerMetrics {
    /// Books one engine step.
    pub fn observe_step(&self, step: &Step) {
        if step.seconds > 0.0 {
            self.step_seconds.observe(step.seconds);
            self.batch.observe(f64::from(step.decoding));
        }
        self.prompt_tokens.inc_by(u64::from(step.prompt_tokens));
        self.kv_used.set(i64::from(step.kv_used_tokens));
        self.kv_capacity.set(i64::from(step.kv_capacity_tokens));
        self.saved.set(i64::from(step.saved_tokens));
        self.threads.set(i64::from(step.threads));
    }

    /// Books how much of an admitted prompt was reused.
    pub fn observe_prefix(&self, input_tokens: u32, cached_tokens: u32) {
        // A shared template header of a few tokens is no hit worth the name.
        if cached_tokens > 0 && cached_tokens * 4 >= input_tokens {
            self.hits.inc();
        } else {
            self.misses.inc();
        }
        self.reused_tokens.inc_by(u64::from(cached_tokens));
    }

    /// Sets how many requests run and wait.
    pub fn set_load(&self, active: u32, queued: u32) {
        self.active.set(i64::from(active));
        self.queued.set(i64::from(queued));
    }
}

struct Register<'a> {
    registry: &'a Registry,
}

impl Register<'_> {
    fn histogram(&self, name: &str, help: &str, buckets: &[f64]) -> Result<HistogramVec, prometheus::Error> {
        let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
        let metric = HistogramVec::new(options, &["model"])?;
        self.registry.register(Box::new(metric.clone()))?;
        Ok(metric)
    }

    fn counter(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntCounterVec, prometheus::Error> {
        let metric = IntCounterVec::new(Opts::new(name, help), labels)?;
        self.registry.register(Box::new(metric.clone()))?;
        Ok(metric)
    }

    fn gauge(&self, name: &str, help: &str) -> Result<IntGaugeVec, prometheus::Error> {
        let metric = IntGaugeVec::new(Opts::new(name, help), &["model"])?;
        self.registry.register(Box::new(metric.clone()))?;
        Ok(metric)
    }
}
