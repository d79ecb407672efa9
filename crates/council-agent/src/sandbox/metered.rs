//! Measures what a sandbox does.

use super::checked::Checked;
use crate::metrics::{appear, registered};
use async_trait::async_trait;
use council_core::sandbox::{
    AttackReport, Language, Program, RunEvent, RunReport, RunStatus, RunStream, Sandbox, SandboxError,
    SandboxStatus, SessionId, SessionSummary, Start, Verdict,
};
use futures::{Stream, StreamExt};
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio_util::sync::CancellationToken;

/// Bounds of run times: half a millisecond, where a warm start is at home, to a minute.
const RUN_SECONDS: [f64; 15] = [
    0.0005, 0.001, 0.002, 0.004, 0.008, 0.015, 0.03, 0.06, 0.125, 0.25, 0.5, 1.0, 5.0, 15.0, 60.0,
];

/// Metrics of the sandbox. Clones count together.
#[derive(Clone)]
pub struct SandboxMetrics {
    run_seconds: HistogramVec,
    queue_seconds: Histogram,
    failures: IntCounterVec,
    not_run: IntCounterVec,
    slots: IntGaugeVec,
    pool_bytes: IntGaugeVec,
    running: IntGauge,
    sessions: IntGauge,
    attacks: IntGaugeVec,
    original_seconds: Histogram,
    original_failures: IntCounterVec,
}

impl SandboxMetrics {
    /// Registers them.
    ///
    /// # Errors
    /// When the registry has one of them already.
    pub fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let seconds = |name: &str, help: &str| HistogramOpts::new(name, help).buckets(RUN_SECONDS.to_vec());
        let histogram =
            |name: &str, help: &str| registered(registry, Histogram::with_opts(seconds(name, help))?);
        let counters = |name: &str, help: &str| {
            registered(registry, IntCounterVec::new(Opts::new(name, help), &["reason"])?)
        };
        let gauges = |name: &str, help: &str, labels: &[&str]| {
            registered(registry, IntGaugeVec::new(Opts::new(name, help), labels)?)
        };
        let gauge =
            |name: &str, help: &str| registered(registry, IntGauge::with_opts(Opts::new(name, help))?);
        let labels = ["language", "backend", "tier", "start"];
        let metrics = Self {
            run_seconds: registered(
                registry,
                HistogramVec::new(
                    seconds(
                        "council_sandbox_run_seconds",
                        "From the moment a program could run until it had ended; `start` is `warm`, `cold` or `session`.",
                    ),
                    &labels,
                )?,
            )?,
            queue_seconds: histogram(
                "council_sandbox_queue_seconds",
                "From the request until the program could run.",
            )?,
            failures: counters(
                "council_sandbox_failures_total",
                "Programs that did not end by themselves, by what ended them: `timeout`, `cpu`, `memory`, `output_limit`, \
                 `killed` (clients that went away included), `refused`.",
            )?,
            not_run: counters(
                "council_sandbox_not_run_total",
                "Programs that were not run, by reason: `cannot_isolate`, `language_missing`, `invalid`, `session_lost`, \
                 `busy`, `internal`.",
            )?,
            slots: gauges(
                "council_sandbox_pool_slots",
                "Processes that are kept ready, by state: how many there are to be (`target`), how many are (`ready`), how many \
                 are in use (`busy`).",
                &["profile", "state"],
            )?,
            pool_bytes: gauges(
                "council_sandbox_pool_bytes",
                "Resident memory of the process that those of a pool are copies of.",
                &["profile"],
            )?,
            running: gauge("council_sandbox_running", "Programs that run now.")?,
            sessions: gauge("council_sandbox_sessions", "Sessions that are kept.")?,
            attacks: gauges(
                "council_sandbox_selftest_attacks",
                "Attacks of the last self-test by how each ended: `held`, `breached`, `failed` (it could not be tried); 0 \
                 before the first.",
                &["verdict"],
            )?,
            original_seconds: histogram(
                "swarm_exec_latency_seconds",
                "From the request until the program had ended.",
            )?,
            original_failures: counters("swarm_exec_fail_total", "As `council_sandbox_failures_total`.")?,
        };
        metrics.appear();
        Ok(metrics)
    }

    /// Makes the series of what can happen to a program; those of languages come with the first look at the sandbox.
    fn appear(&self) {
        let ends = [
            RunStatus::Timeout,
            RunStatus::Cpu,
            RunStatus::Memory,
            RunStatus::OutputLimit,
            RunStatus::Killed,
            RunStatus::Refused,
        ]
        .map(RunStatus::name);
        appear(&self.failures, &[&ends]);
        appear(&self.original_failures, &[&ends]);
        let reasons = [
            "cannot_isolate",
            "language_missing",
            "invalid",
            "session_lost",
            "busy",
            "internal",
        ];
        appear(&self.not_run, &[&reasons]);
        appear(
            &self.attacks,
            &[&[Verdict::Held, Verdict::Breached, Verdict::Failed].map(Verdict::name)],
        );
    }

    /// A self-test has ended.
    fn attacked(&self, reports: &[AttackReport]) {
        for verdict in [Verdict::Held, Verdict::Breached, Verdict::Failed] {
            let count = reports.iter().filter(|report| report.verdict == verdict).count();
            self.attacks
                .with_label_values(&[verdict.name()])
                .set(i64::try_from(count).unwrap_or(i64::MAX));
        }
    }

    fn ended(&self, language: Language, report: &RunReport) {
        let labels = [
            language.name(),
            report.backend.name(),
            report.tier.name(),
            report.start.name(),
        ];
        match report.status {
            RunStatus::Ok | RunStatus::Error => {}
            // Nothing ran, so that there is no time to measure.
            RunStatus::Refused => return self.failed(report.status),
            RunStatus::Timeout
            | RunStatus::Cpu
            | RunStatus::Memory
            | RunStatus::OutputLimit
            | RunStatus::Killed => self.failed(report.status),
        }
        self.run_seconds
            .with_label_values(&labels)
            .observe(report.wall.as_secs_f64());
        self.queue_seconds.observe(report.queue.as_secs_f64());
        self.original_seconds
            .observe((report.queue + report.wall).as_secs_f64());
    }

    fn failed(&self, status: RunStatus) {
        self.failures.with_label_values(&[status.name()]).inc();
        self.original_failures.with_label_values(&[status.name()]).inc();
    }

    fn not_run(&self, error: &SandboxError) {
        let reason = match error {
            SandboxError::CannotIsolate { .. } => "cannot_isolate",
            SandboxError::LanguageMissing { .. } => "language_missing",
            SandboxError::InvalidProgram { .. } => "invalid",
            SandboxError::SessionLost { .. } => "session_lost",
            SandboxError::Busy { .. } => "busy",
            SandboxError::Stopping => "stopping",
            SandboxError::Internal(_) => "internal",
        };
        self.not_run.with_label_values(&[reason]).inc();
    }

    fn state(&self, status: &SandboxStatus) {
        self.running.set(i64::from(status.running));
        if let Some(protection) = &status.protection {
            let there = status.languages.iter().filter(|(_, state)| state.is_ok());
            let languages: Vec<&str> = there.map(|(language, _)| language.name()).collect();
            let (backend, tier) = (protection.backend.name(), protection.tier.name());
            let starts = [Start::Warm, Start::Cold].map(Start::name);
            appear(&self.run_seconds, &[&languages, &[backend], &[tier], &starts]);
        }
        for pool in &status.pools {
            let counts = [
                ("target", pool.target),
                ("ready", pool.ready),
                ("busy", pool.busy),
            ];
            for (state, count) in counts {
                let slots = self.slots.with_label_values(&[pool.profile.as_str(), state]);
                slots.set(i64::from(count));
            }
            let bytes = self.pool_bytes.with_label_values(&[&pool.profile]);
            bytes.set(i64::try_from(pool.memory_bytes).unwrap_or(i64::MAX));
        }
    }
}

/// A sandbox whose runs are counted. Who asks for its status or its sessions refreshes the gauges.
pub(super) struct Metered {
    inner: Checked,
    metrics: SandboxMetrics,
}

impl Metered {
    pub(super) fn new(inner: Checked, metrics: SandboxMetrics) -> Self {
        Self { inner, metrics }
    }
}

#[async_trait]
impl Sandbox for Metered {
    async fn status(&self) -> SandboxStatus {
        let status = self.inner.status().await;
        self.metrics.state(&status);
        status
    }

    fn run(&self, program: Program, cancel: CancellationToken) -> RunStream {
        let language = program.language;
        MeteredRun {
            events: self.inner.run(program, cancel),
            metrics: self.metrics.clone(),
            language,
            ended: false,
        }
        .boxed()
    }

    async fn sessions(&self) -> Vec<SessionSummary> {
        let sessions = self.inner.sessions().await;
        self.metrics.sessions.set(sessions.len() as i64);
        sessions
    }

    async fn end_session(&self, id: &SessionId) -> Result<(), SandboxError> {
        self.inner.end_session(id).await
    }

    async fn interrupt_session(&self, id: &SessionId) -> Result<(), SandboxError> {
        self.inner.interrupt_session(id).await
    }

    async fn close(&self) {
        self.inner.close().await;
    }

    async fn attack(&self) -> Result<Vec<AttackReport>, SandboxError> {
        let reports = self.inner.attack().await;
        if let Ok(reports) = &reports {
            self.metrics.attacked(reports);
        }
        reports
    }
}

/// One run, counted once, whether it is read to its end or dropped.
struct MeteredRun {
    events: RunStream,
    metrics: SandboxMetrics,
    language: Language,
    ended: bool,
}

impl Stream for MeteredRun {
    type Item = Result<RunEvent, SandboxError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = futures::ready!(self.events.poll_next_unpin(context));
        match &item {
            Some(Ok(RunEvent::Finished(report))) => {
                self.metrics.ended(self.language, report);
                self.ended = true;
            }
            Some(Err(error)) => {
                self.metrics.not_run(error);
                self.ended = true;
            }
            Some(Ok(RunEvent::Started { .. } | RunEvent::Stdout(_) | RunEvent::Stderr(_))) | None => {}
        }
        Poll::Ready(item)
    }
}

impl Drop for MeteredRun {
    fn drop(&mut self) {
        if !self.ended {
            // Whoever asked has gone, and took the program along.
            self.metrics.failed(RunStatus::Killed);
        }
    }
}
