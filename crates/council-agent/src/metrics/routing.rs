//! Metrics of routing and money.

use super::{appear, registered};
use council_core::{Answerer, Receipt, SkillKind, StepOutcome};
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry};

/// Counters of decisions and reservations. Clones count together.
#[derive(Clone)]
pub(super) struct RoutingMetrics {
    decisions: IntCounterVec,
    escalations: IntCounterVec,
    confidence: HistogramVec,
    decision_seconds: prometheus::Histogram,
    reservations: IntCounterVec,
    cache: IntCounterVec,
}

impl RoutingMetrics {
    pub(super) fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let counter = |name: &str, help: &str, labels: &[&str]| {
            registered(registry, IntCounterVec::new(Opts::new(name, help), labels)?)
        };
        let confidence = HistogramOpts::new(
            "council_answer_confidence",
            "How likely answers were thought to be right, by the part of Council that answered, and by whether that was \
             calibrated on questions with known answers.",
        )
        .buckets((1..=10).map(|tenth| f64::from(tenth) / 10.0).collect());
        let decision_seconds = HistogramOpts::new(
            "council_route_seconds",
            "Time to find the kind of question and decide who is asked, embedding included.",
        )
        .buckets(vec![
            0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
        ]);
        let metrics = Self {
            decisions: counter(
                "council_route_decisions_total",
                "Requests by who answered (a skill, `local`, `remote`, `council`, `nobody`) and why: `named`, `first`, \
                 `escalated` (another was not sure), `fallback` (another failed).",
                &["answered_by", "reason"],
            )?,
            escalations: counter(
                "council_route_escalations_total",
                "Answers that were asked for and not taken, by cause: `unsure`, `failed`.",
                &["cause"],
            )?,
            confidence: registered(registry, HistogramVec::new(confidence, &["skill", "calibrated"])?)?,
            decision_seconds: registered(registry, prometheus::Histogram::with_opts(decision_seconds)?)?,
            reservations: counter(
                "council_budget_reservations_total",
                "Paid calls by whether the budget allowed them: `granted`, `refused`.",
                &["outcome"],
            )?,
            cache: counter(
                "council_answer_cache_total",
                "Questions by what the cache had for them (`exact`, `semantic`, `miss`), and answers that were `kept`.",
                &["result"],
            )?,
        };
        metrics.appear();
        Ok(metrics)
    }

    /// Makes all series that there can be.
    fn appear(&self) {
        let skills = SkillKind::ALL.map(SkillKind::as_str);
        let others = ["local", "remote", "council", "nobody"];
        let reasons = ["named", "first", "escalated", "fallback"];
        appear(&self.decisions, &[&[&skills[..], &others].concat(), &reasons]);
        appear(
            &self.escalations,
            &[&[StepOutcome::Unsure, StepOutcome::Failed].map(StepOutcome::as_str)],
        );
        appear(&self.confidence, &[&skills, &["true", "false"]]);
        appear(&self.reservations, &[&["granted", "refused"]]);
        appear(&self.cache, &[&["exact", "semantic", "miss", "kept"]]);
    }

    pub(super) fn cache(&self, what: &str) {
        self.cache.with_label_values(&[what]).inc();
    }

    pub(super) fn reservation(&self, outcome: &str) {
        self.reservations.with_label_values(&[outcome]).inc();
    }

    /// Counts a receipt.
    pub(super) fn routed(&self, receipt: &Receipt) {
        let accepted = receipt
            .steps
            .iter()
            .find(|step| step.outcome == StepOutcome::Accepted);
        let remote = !receipt.sent_to.is_empty() && receipt.sent_to.contains(&receipt.answered_by);
        let who = match accepted.map(|step| &step.answerer) {
            Some(Answerer::Skill(kind)) => kind.as_str(),
            Some(Answerer::Council) => "council",
            Some(Answerer::Model(_)) if remote => "remote",
            Some(Answerer::Model(_)) => "local",
            None => "nobody",
        };
        let had = |outcome| receipt.steps.iter().any(|step| step.outcome == outcome);
        let reason = if receipt.decision.is_none() {
            "named"
        } else if had(StepOutcome::Unsure) {
            "escalated"
        } else if had(StepOutcome::Failed) {
            "fallback"
        } else {
            "first"
        };
        self.decisions.with_label_values(&[who, reason]).inc();
        for step in &receipt.steps {
            if matches!(step.outcome, StepOutcome::Unsure | StepOutcome::Failed) {
                self.escalations.with_label_values(&[step.outcome.as_str()]).inc();
            }
        }
        if let Some(confidence) = receipt.confidence {
            let calibrated = if receipt.calibrated { "true" } else { "false" };
            self.confidence
                .with_label_values(&[receipt.skill.as_str(), calibrated])
                .observe(confidence);
        }
        if receipt.decision.is_some() {
            self.decision_seconds.observe(receipt.times.route / 1_000.0);
        }
    }
}
