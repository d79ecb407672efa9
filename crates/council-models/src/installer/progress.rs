//! What is known of one pull.

use crate::pull::{PullError, PullEvent, VerifiedBy};
use council_core::Timestamp;
use council_core::install::{PullPhase, PullState};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Over how long the rate is taken.
const RATE_OVER: Duration = Duration::from_secs(5);

/// A pull, what ends it, and how fast it was lately.
pub(super) struct Tracked {
    pub(super) state: PullState,
    pub(super) cancel: CancellationToken,
    /// Times and bytes, the oldest first.
    samples: VecDeque<(Instant, u64)>,
}

impl Tracked {
    pub(super) fn new(id: u64, model: &str, now: Timestamp) -> Self {
        Self {
            state: PullState {
                id,
                model: model.to_owned(),
                phase: PullPhase::Connecting,
                done_bytes: 0,
                total_bytes: None,
                bytes_per_second: None,
                source: None,
                failures: Vec::new(),
                verified_by: None,
                error: None,
                started_at: now,
                ended_at: None,
            },
            cancel: CancellationToken::new(),
            samples: VecDeque::new(),
        }
    }

    pub(super) fn happened(&mut self, event: PullEvent, now: Instant) {
        let state = &mut self.state;
        match event {
            PullEvent::SourceTried { source, .. } => {
                state.phase = PullPhase::Connecting;
                state.source = Some(source);
                state.bytes_per_second = None;
                self.samples.clear();
            }
            PullEvent::SourceFailed { source, error } => state.failures.push((source, error)),
            PullEvent::Resumed { bytes } => state.done_bytes = bytes,
            PullEvent::Progress { done, total } => {
                state.phase = PullPhase::Downloading;
                (state.done_bytes, state.total_bytes) = (done, total);
                self.samples.push_back((now, done));
                while let [(first, _), .., _] = self.samples.make_contiguous()
                    && now.duration_since(*first) > RATE_OVER
                    && self.samples.len() > 2
                {
                    self.samples.pop_front();
                }
                if let Some((since, from)) = self.samples.front() {
                    let seconds = now.duration_since(*since).as_secs_f64();
                    let come = done.saturating_sub(*from) as f64;
                    self.state.bytes_per_second = (seconds > 0.0).then(|| come / seconds);
                }
            }
            PullEvent::Verifying => {
                state.phase = PullPhase::Verifying;
                state.bytes_per_second = None;
            }
            // The end says so when everything is done.
            PullEvent::Installed { verified_by, .. } => state.verified_by = Some(said(verified_by)),
        }
    }

    /// With the size of what was installed, and who vouched for it.
    pub(super) fn ended(&mut self, result: Result<(u64, String), PullError>, now: Timestamp) {
        let state = &mut self.state;
        state.ended_at = Some(now);
        state.bytes_per_second = None;
        match result {
            Ok((bytes, verified_by)) => {
                state.phase = PullPhase::Installed;
                (state.done_bytes, state.total_bytes) = (bytes, Some(bytes));
                state.verified_by = Some(verified_by);
            }
            Err(PullError::Cancelled { kept_bytes, .. }) => {
                state.phase = PullPhase::Cancelled;
                state.done_bytes = kept_bytes;
            }
            Err(error) => {
                state.phase = PullPhase::Failed;
                state.error = Some(error.to_string());
            }
        }
    }
}

fn said(verified_by: VerifiedBy) -> String {
    verified_by.as_str().to_owned()
}
