//! What remembering and recalling take.

use super::learner::LearnerMetrics;
use crate::metrics::{appear, histogram, registered};
use council_core::{MemoryStats, RecallTimes};
use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounter, IntGauge, Opts, Registry};
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
    quoted: IntCounter,
    used: IntCounter,
    rows: IntGauge,
    waiting: IntGauge,
    index_bytes: IntGauge,
    original_added: IntCounter,
    original_seconds: Histogram,
    pub(super) learning: LearnerMetrics,
}

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
        let gauge =
            |name: &str, help: &str| registered(registry, IntGauge::with_opts(Opts::new(name, help))?);
        let metrics = Self {
            learning: LearnerMetrics::register(registry)?,
            stages: histogram(
                registry,
                "council_memory_recall_stage_seconds",
                "Parts of a search of the memory: `embed`, `dense` (comparing vectors), `lexical` (looking words up), `rank` \
                 (weighing, ordering, reading).",
                "stage",
                &SECONDS,
            )?,
            whole: seconds(
                "council_memory_recall_seconds",
                "A search of the memory, from text to hits.",
            )?,
            added: counter("council_memory_added_total", "Memories that were stored.")?,
            quoted: counter(
                "council_memory_quoted_total",
                "Memories that were put into prompts.",
            )?,
            used: counter(
                "council_memory_used_total",
                "Memories that were put into prompts and of which the answer has a number, or a word of five letters or more, \
                 that the question has not.",
            )?,
            rows: gauge(
                "council_memory_rows",
                "Memories that are kept, retired and quarantined ones included.",
            )?,
            waiting: gauge("council_memory_waiting", "Memories that wait for vectors.")?,
            index_bytes: gauge(
                "council_memory_index_bytes",
                "Size of the index in memory, in bytes.",
            )?,
            original_added: counter("swarm_memory_add_total", "As `council_memory_added_total`.")?,
            original_seconds: seconds(
                "swarm_memory_query_latency_seconds",
                "As `council_memory_recall_seconds`.",
            )?,
        };
        appear(&metrics.stages, &[&["embed", "dense", "lexical", "rank"]]);
        Ok(metrics)
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

    /// Books how many memories were put into a prompt, and of how many the answer has words.
    pub(crate) fn told(&self, quoted: usize, used: usize) {
        self.quoted.inc_by(quoted as u64);
        self.used.inc_by(used as u64);
    }

    pub(super) fn kept(&self, stats: &MemoryStats) {
        self.rows.set(stats.memories as i64);
        self.waiting.set(stats.waiting as i64);
        self.index_bytes.set(stats.index_bytes as i64);
    }

    pub(super) fn added(&self, memories: usize) {
        self.added.inc_by(memories as u64);
        self.original_added.inc_by(memories as u64);
    }
}
