//! What remembering and recalling take.

use crate::metrics::{histogram, registered};
use council_core::RecallTimes;
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry,
};
use std::time::Duration;

/// Bounds for parts of a search: a tenth of a millisecond to a second.
const SECONDS: [f64; 11] = [
    0.0001, 0.0005, 0.001, 0.002, 0.004, 0.008, 0.015, 0.03, 0.1, 0.3, 1.0,
];

/// Metrics of the memory. Clones share them.
#[derive(Clone)]
pub struct MemoryMetrics {
    stages: HistogramVec,
    whole: Histogram,
    added: IntCounter,
    original_added: IntCounter,
    original_seconds: Histogram,
    facts: IntCounterVec,
    facts_refused: IntCounterVec,
    learning_jobs: IntCounterVec,
    learning_seconds: HistogramVec,
    learning_queue: IntGauge,
}

/// Bounds for work in the background: ten milliseconds to ten minutes.
const JOB_SECONDS: [f64; 10] = [0.01, 0.05, 0.25, 1.0, 2.5, 5.0, 15.0, 60.0, 180.0, 600.0];

impl MemoryMetrics {
    /// Registers them.
    ///
    /// # Errors
    /// When the registry has one of them already.
    pub fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let seconds = |name: &str, help: &str| {
            let options = HistogramOpts::new(name, help).buckets(SECONDS.to_vec());
            registered(registry, Histogram::with_opts(options)?)
        };
        let counter =
            |name: &str, help: &str| registered(registry, IntCounter::with_opts(Opts::new(name, help))?);
        let counters = |name: &str, help: &str, labels: &[&str]| {
            registered(registry, IntCounterVec::new(Opts::new(name, help), labels)?)
        };
        Ok(Self {
            facts: counters(
                "council_memory_facts_total",
                "Facts that were accepted, by outcome: `new`, `again`, `instead`, `review`.",
                &["outcome"],
            )?,
            facts_refused: counters(
                "council_memory_facts_refused_total",
                "Facts that were proposed and refused, by reason.",
                &["reason"],
            )?,
            learning_jobs: counters(
                "council_memory_learning_jobs_total",
                "Work in the background by job (`facts`, `summary`, `topics`) and outcome (`done`, `failed`, \
                 `interrupted`, `dropped`).",
                &["job", "outcome"],
            )?,
            learning_seconds: histogram(
                registry,
                "council_memory_learning_seconds",
                "Time of work in the background that was done, by job.",
                "job",
                &JOB_SECONDS,
            )?,
            learning_queue: registered(
                registry,
                IntGauge::new(
                    "council_memory_learning_queue",
                    "Work in the background that waits for a moment without turns.",
                )?,
            )?,
            stages: histogram(
                registry,
                "council_memory_recall_stage_seconds",
                "Parts of a search of the memory: `embed`, `dense`, `lexical`, `rank`.",
                "stage",
                &SECONDS,
            )?,
            whole: seconds(
                "council_memory_recall_seconds",
                "A search of the memory, from text to hits.",
            )?,
            added: counter("council_memory_added_total", "Memories that were stored.")?,
            original_added: counter("swarm_memory_add_total", "Memories that were stored.")?,
            original_seconds: seconds(
                "swarm_memory_query_latency_seconds",
                "A search of the memory, from text to hits.",
            )?,
        })
    }

    /// Books the parts of a search that the store did.
    pub fn searched(&self, times: &RecallTimes) {
        for (stage, time) in [
            ("dense", times.dense),
            ("lexical", times.lexical),
            ("rank", times.rank),
        ] {
            self.stages
                .with_label_values(&[stage])
                .observe(time.as_secs_f64());
        }
    }

    pub(super) fn embedded_query(&self, time: Duration) {
        self.stages
            .with_label_values(&["embed"])
            .observe(time.as_secs_f64());
    }

    pub(super) fn recalled(&self, time: Duration) {
        self.whole.observe(time.as_secs_f64());
        self.original_seconds.observe(time.as_secs_f64());
    }

    pub(super) fn added(&self, memories: usize) {
        self.added.inc_by(memories as u64);
        self.original_added.inc_by(memories as u64);
    }

    /// A fact was accepted.
    pub(super) fn fact(&self, outcome: &str) {
        self.facts.with_label_values(&[outcome]).inc();
    }

    /// A proposed fact, or a sentence of a summary, was refused.
    pub(super) fn fact_refused(&self, reason: &str) {
        self.facts_refused.with_label_values(&[reason]).inc();
    }

    /// A job in the background ended, or was dropped; `time` of one that was done.
    pub(super) fn learned(&self, job: &str, outcome: &str, time: Option<Duration>) {
        self.learning_jobs.with_label_values(&[job, outcome]).inc();
        if let Some(time) = time {
            self.learning_seconds
                .with_label_values(&[job])
                .observe(time.as_secs_f64());
        }
    }

    /// So many jobs wait.
    pub(super) fn learning_queue(&self, length: usize) {
        self.learning_queue.set(length as i64);
    }
}
