//! Metrics of votes.

use super::VoteError;
use super::outcome::{Deliberated, FailureKind, Method, VoiceReport};
use crate::metrics::{appear, histogram, registered};
use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Opts, Registry};
use std::time::Duration;

/// Counters and histograms of votes. Clones count together.
#[derive(Clone)]
pub struct VoteMetrics {
    votes: IntCounterVec,
    seconds: HistogramVec,
    agreement: Histogram,
    verified: IntCounterVec,
    voices: IntCounterVec,
    invalid_rankings: IntCounter,
}

impl VoteMetrics {
    /// Registers the metrics.
    ///
    /// # Errors
    /// When a metric of the same name is registered already.
    pub fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let counters = |name: &str, help: &str, labels: &[&str]| {
            registered(registry, IntCounterVec::new(Opts::new(name, help), labels)?)
        };
        let agreement = HistogramOpts::new(
            "council_vote_agreement",
            "Share of the vote behind the winner, of votes where several voices could be compared.",
        );
        let metrics = Self {
            votes: counters(
                "council_votes_total",
                "Votes that ended, by how they were decided (`majority`, `ranking`, `weight`, `single`) or why they were not: \
                 `no_quorum`, `refuted`, `cancelled`, `invalid`.",
                &["outcome"],
            )?,
            seconds: histogram(
                registry,
                "council_vote_seconds",
                "Time from the question to the verdict, by how it was decided.",
                "method",
                &[0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0],
            )?,
            agreement: registered(
                registry,
                Histogram::with_opts(agreement.buckets(vec![0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]))?,
            )?,
            verified: counters(
                "council_vote_checks_total",
                "Voices' answers by what a check said: `passed`, `failed`, `unchecked`.",
                &["result"],
            )?,
            voices: counters(
                "council_vote_voices_total",
                "Voices that were asked, by outcome: `answered`, `failed`, `late`, `empty`, `refused` (its cost), `cancelled`.",
                &["outcome"],
            )?,
            invalid_rankings: registered(
                registry,
                IntCounter::new(
                    "council_vote_invalid_rankings_total",
                    "Rankings of members that could not be used.",
                )?,
            )?,
        };
        metrics.appear();
        Ok(metrics)
    }

    /// Makes all series that there can be.
    fn appear(&self) {
        let methods = [Method::Single, Method::Majority, Method::Ranking, Method::Weight].map(Method::as_str);
        let undecided = ["no_quorum", "refuted", "cancelled", "invalid"];
        let failures = [
            FailureKind::Failed,
            FailureKind::Late,
            FailureKind::Empty,
            FailureKind::Refused,
            FailureKind::Cancelled,
        ];
        appear(&self.votes, &[&[methods, undecided].concat()]);
        appear(&self.seconds, &[&methods]);
        appear(&self.verified, &[&["passed", "failed", "unchecked"]]);
        appear(&self.voices, &[&["answered"]]);
        appear(&self.voices, &[&failures.map(FailureKind::as_str)]);
    }

    /// A vote has ended, after this long.
    pub(super) fn ended(&self, result: &Result<Deliberated, VoteError>, after: Duration) {
        let (outcome, voices): (&str, &[VoiceReport]) = match result {
            Ok(decided) => {
                let method = decided.method.as_str();
                self.seconds
                    .with_label_values(&[method])
                    .observe(after.as_secs_f64());
                if let Some(agreement) = decided.agreement {
                    self.agreement.observe(agreement);
                }
                self.invalid_rankings
                    .inc_by(decided.stats.invalid_rankings as u64);
                (method, &decided.voices)
            }
            Err(VoteError::NoQuorum { unanswered, .. }) => ("no_quorum", &unanswered.voices),
            Err(VoteError::Refuted { unanswered }) => ("refuted", &unanswered.voices),
            Err(VoteError::Cancelled { unanswered }) => ("cancelled", &unanswered.voices),
            Err(VoteError::Invalid { .. }) => ("invalid", &[]),
        };
        self.votes.with_label_values(&[outcome]).inc();
        for voice in voices {
            let failure = voice.failure.as_ref().map(|failure| failure.kind.as_str());
            self.voices
                .with_label_values(&[failure.unwrap_or("answered")])
                .inc();
            if failure.is_none() {
                let result = match voice.verified {
                    Some(true) => "passed",
                    Some(false) => "failed",
                    None => "unchecked",
                };
                self.verified.with_label_values(&[result]).inc();
            }
        }
    }
}
