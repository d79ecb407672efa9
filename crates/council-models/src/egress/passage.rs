//! One request or connection that was let out: what it carries is counted and written down, also while it runs.

use super::EgressGate;
use council_core::egress::{Passage, Purpose};
use council_core::{Carried, EgressId, EgressOutcome};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// After this much time with traffic the line is brought up to date: a download takes hours, a database's connection days.
const UPDATE_EVERY: Duration = Duration::from_secs(10);

/// Counts what goes through. Dropped without an end it was cancelled.
pub(super) struct Passing {
    gate: EgressGate,
    purpose: Purpose,
    /// The line, and whether it is this passage's own, which it ends. A call of a model has one line for all its requests.
    line: Option<(EgressId, bool)>,
    sent: AtomicU64,
    received: AtomicU64,
    ended: AtomicBool,
    written: Mutex<Written>,
}

/// What is in the line already.
struct Written {
    carried: Carried,
    at: Instant,
}

/// How it was over.
enum End {
    /// Refused, and why, in a word.
    Refused(&'static str),
    Other(EgressOutcome),
}

impl Passing {
    pub(super) fn new(gate: EgressGate, purpose: Purpose, line: Option<(EgressId, bool)>) -> Arc<Self> {
        let written = Written {
            carried: Carried::default(),
            at: Instant::now(),
        };
        Arc::new(Self {
            gate,
            purpose,
            line,
            sent: AtomicU64::new(0),
            received: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            written: Mutex::new(written),
        })
    }

    /// What has come since the line was written last. `None` while it is not due.
    fn news(&self, always: bool) -> Option<Carried> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if !always && written.at.elapsed() < UPDATE_EVERY {
            return None;
        }
        let now = Carried {
            requests: 1,
            sent_bytes: self.sent.load(Ordering::Relaxed),
            received_bytes: self.received.load(Ordering::Relaxed),
        };
        let before = std::mem::replace(&mut written.carried, now);
        written.at = Instant::now();
        Some(Carried {
            requests: now.requests - before.requests,
            sent_bytes: now.sent_bytes - before.sent_bytes,
            received_bytes: now.received_bytes - before.received_bytes,
        })
    }

    /// It was let out, and stopped on its way: nothing arrived.
    pub(super) fn refuse(&self, reason: &'static str) {
        self.over(End::Refused(reason));
    }

    fn over(&self, end: End) {
        if self.ended.swap(true, Ordering::Relaxed) {
            return;
        }
        let outcome = match end {
            End::Other(outcome) => outcome,
            End::Refused(_) => EgressOutcome::Refused,
        };
        self.gate.0.metrics.ended(self.purpose, outcome);
        if let Some(more) = self.news(true) {
            self.write(more, Some(end));
        }
    }

    fn write(&self, more: Carried, end: Option<End>) {
        let Some((line, own)) = self.line else {
            return;
        };
        // Without a runtime the process ends, and the line becomes `interrupted` when the store is opened again.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let log = Arc::clone(&self.gate.0.log);
        let received = self.received.load(Ordering::Relaxed);
        let work = async move {
            let mut written = log.add(line, more).await;
            if let (Ok(()), true, Some(end)) = (&written, own, end) {
                written = match end {
                    End::Other(outcome) => log.end(line, received, outcome).await,
                    End::Refused(reason) => log.refuse(line, reason).await,
                };
            }
            // What was sent is written already; that its end is not does not spoil the answer.
            if let Err(error) = written {
                tracing::error!(%error, "line {} of the egress ledger could not be completed: {error}", line.0);
            }
        };
        self.gate.0.tasks.spawn_on(work, &runtime);
    }

    fn update(&self) {
        if let Some(more) = self.news(false) {
            self.write(more, None);
        }
    }
}

impl Passage for Passing {
    fn sent(&self, bytes: u64) {
        self.sent.fetch_add(bytes, Ordering::Relaxed);
        self.gate.0.metrics.sent(self.purpose, bytes);
        self.update();
    }

    fn received(&self, bytes: u64) {
        self.received.fetch_add(bytes, Ordering::Relaxed);
        self.gate.0.metrics.received(self.purpose, bytes);
        self.update();
    }

    fn end(&self, outcome: EgressOutcome) {
        self.over(End::Other(outcome));
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        self.end(EgressOutcome::Cancelled);
    }
}
