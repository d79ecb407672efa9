//! What happens when a worker cannot be started, dies, or may not have the memory.

use super::{Actor, FIRST_PAUSE, LONGEST_PAUSE, WORTH_WAITING, Waiting};
use crate::protocol::{JobFailure, MAX_FRAME_BYTES, Output};
use crate::supervisor::Reply;
use crate::supervisor::phase::Phase;
use council_core::{ModelError, ModelState};
use std::time::{Duration, Instant};

/// A job that fits into no frame: only images are so long.
pub(super) fn refuse_too_long(waiting: &Waiting) {
    let failure = JobFailure::Invalid {
        field: "messages".to_owned(),
        message: format!(
            "with its images it has more than {} MiB; send fewer or smaller ones",
            MAX_FRAME_BYTES >> 20
        ),
    };
    let id = waiting.job.id;
    // Nobody waits any more: fine.
    let _ = waiting
        .replies
        .send(Reply::Output(Output::Failed { id, failure }));
}

impl Actor {
    pub(super) async fn load_failed(&mut self, message: String) {
        let mut reason = message;
        if let Some(process) = std::mem::replace(&mut self.phase, Phase::Off).into_process() {
            if let Some(words) = process.last_words() {
                reason = format!("{reason} ({words})");
            }
            process.end().await;
        }
        self.pause(&reason, false);
    }

    /// The worker ended without being asked to. One that could not even load is not started again by itself.
    pub(super) async fn bury(&mut self) {
        self.counting.clear();
        let restart = matches!(self.phase, Phase::Ready(_));
        let Some(process) = std::mem::replace(&mut self.phase, Phase::Off).into_process() else {
            return;
        };
        let words = process.last_words();
        let status = process.end().await;
        let mut reason = match status {
            Some(status) => format!("its worker ended unexpectedly ({status})"),
            None => "its worker vanished".to_owned(),
        };
        if let Some(words) = words.filter(|_| !was_killed(status)) {
            reason = format!("{reason}: {words}");
        }
        self.config.metrics.crashes.inc();
        self.pause(&reason, restart);
    }

    /// Fails what is being answered (and what waits, if nobody will start a worker), and plans the next start.
    pub(super) fn pause(&mut self, reason: &str, restart: bool) {
        let pause = FIRST_PAUSE
            .saturating_mul(1 << self.failures.min(8))
            .min(LONGEST_PAUSE);
        self.failures += 1;
        let id = &self.config.id;
        tracing::error!(model = id, failures = self.failures, "`{id}` failed: {reason}");
        let message = if restart {
            format!("`{id}` is being restarted, try again: {reason}")
        } else {
            format!("`{id}` cannot be used: {reason}")
        };
        let error = ModelError::NotReady {
            message,
            retry_after: pause,
        };
        for running in std::mem::take(&mut self.running).into_values() {
            if restart && !running.answering && !running.waiting.retried {
                self.enqueue(Waiting {
                    retried: true,
                    ..running.waiting
                });
            } else {
                let _ = running.waiting.replies.send(Reply::Failed(error.clone()));
            }
        }
        for loader in self.loaders.drain(..) {
            let _ = loader.send(Err(error.clone()));
        }
        if !restart || pause > WORTH_WAITING {
            self.refuse_queue(&error);
        }
        self.phase = Phase::Paused {
            until: Instant::now() + pause,
            error,
            restart,
        };
        self.set_state(&ModelState::Failed {
            reason: reason.to_owned(),
        });
    }

    /// The model may not be loaded now.
    pub(super) fn refuse_all(&mut self, error: &ModelError) {
        tracing::warn!(model = self.config.id, "not loaded: {error}");
        for loader in self.loaders.drain(..) {
            let _ = loader.send(Err(error.clone()));
        }
        self.refuse_queue(error);
        self.phase = Phase::Off;
        self.set_state(&ModelState::Failed {
            reason: error.to_string(),
        });
    }

    pub(super) fn refuse_queue(&mut self, error: &ModelError) {
        while let Some(waiting) = self.queue.pop() {
            let _ = waiting.replies.send(Reply::Failed(error.clone()));
        }
    }
}

/// The same error with what is left of its pause.
pub(super) fn later(error: &ModelError, pause: Duration) -> ModelError {
    match error {
        ModelError::NotReady { message, .. } => ModelError::NotReady {
            message: message.clone(),
            retry_after: pause,
        },
        other => other.clone(),
    }
}

/// Whether a signal that we do not send ourselves ended it, in which case its log says nothing.
fn was_killed(status: Option<std::process::ExitStatus>) -> bool {
    use std::os::unix::process::ExitStatusExt;
    status
        .and_then(|status| status.signal())
        .is_some_and(|signal| signal == 9 || signal == 15)
}
