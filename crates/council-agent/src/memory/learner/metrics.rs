//! What learning takes, and what becomes of what was found.

use crate::memory::extract::Refusal;
use crate::metrics::{appear, histogram, registered};
use prometheus::{HistogramVec, IntCounterVec, IntGauge, Opts, Registry};
use std::time::Duration;

/// Bounds for work in the background: ten milliseconds to ten minutes.
const SECONDS: [f64; 10] = [0.01, 0.05, 0.25, 1.0, 2.5, 5.0, 15.0, 60.0, 180.0, 600.0];

/// Metrics of learning. Clones share them.
#[derive(Clone)]
pub(in crate::memory) struct LearnerMetrics {
    facts: IntCounterVec,
    refused: IntCounterVec,
    jobs: IntCounterVec,
    seconds: HistogramVec,
    queue: IntGauge,
}

impl LearnerMetrics {
    /// Registers them.
    pub(in crate::memory) fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let counters = |name: &str, help: &str, labels: &[&str]| {
            registered(registry, IntCounterVec::new(Opts::new(name, help), labels)?)
        };
        let metrics = Self {
            facts: counters(
                "council_memory_facts_total",
                "Facts that were accepted from turns, by outcome: `new`, `again` (known already), `instead` (of a former one), \
                 `review` (kept apart until a person confirms it).",
                &["outcome"],
            )?,
            refused: counters(
                "council_memory_facts_refused_total",
                "Facts that were proposed and refused, and sentences of summaries, by reason; `unreadable` is an answer that \
                 is no list of facts.",
                &["reason"],
            )?,
            jobs: counters(
                "council_memory_learning_jobs_total",
                "Work in the background by job (`facts`, `summary`, `topics`) and outcome: `done`, `failed`, `interrupted` \
                 (by a turn; it comes again), `dropped` (the queue was full).",
                &["job", "outcome"],
            )?,
            seconds: histogram(
                registry,
                "council_memory_learning_seconds",
                "Time of work in the background that was done, by job.",
                "job",
                &SECONDS,
            )?,
            queue: registered(
                registry,
                IntGauge::new(
                    "council_memory_learning_queue",
                    "Work in the background that waits for a moment without turns.",
                )?,
            )?,
        };
        let jobs = ["facts", "summary", "topics"];
        appear(&metrics.facts, &[&["new", "again", "instead", "review"]]);
        appear(&metrics.refused, &[&Refusal::ALL.map(Refusal::as_str)]);
        appear(&metrics.refused, &[&["unreadable"]]);
        appear(
            &metrics.jobs,
            &[&jobs, &["done", "failed", "interrupted", "dropped"]],
        );
        appear(&metrics.seconds, &[&jobs]);
        Ok(metrics)
    }

    /// A fact was accepted.
    pub(super) fn fact(&self, outcome: &str) {
        self.facts.with_label_values(&[outcome]).inc();
    }

    /// A proposed fact, or a sentence of a summary, was refused.
    pub(super) fn refused(&self, reason: &str) {
        self.refused.with_label_values(&[reason]).inc();
    }

    /// A job ended, or was dropped; `time` of one that was done.
    pub(super) fn ended(&self, job: &str, outcome: &str, time: Option<Duration>) {
        self.jobs.with_label_values(&[job, outcome]).inc();
        if let Some(time) = time {
            self.seconds.with_label_values(&[job]).observe(time.as_secs_f64());
        }
    }

    /// So many jobs wait.
    pub(super) fn waiting(&self, jobs: usize) {
        self.queue.set(jobs as i64);
    }
}
