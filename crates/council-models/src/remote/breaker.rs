//! Whether a provider is asked: a circuit breaker, without a clock of its own.
//!
//! Closed until so many failures follow one another; then open for a while, twice as long each time; then one request
//! tries it, and what comes of that decides.

use council_core::{BreakerState, Timestamp};
use std::time::Duration;

/// Failures in a row that open it.
const FAILURES: u32 = 5;

/// How long it is open the first time.
const FIRST_PAUSE: Duration = Duration::from_secs(15);

/// How long it is open at most.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// The state and what led to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Breaker {
    state: State,
    pause: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed {
        failures: u32,
    },
    Open {
        since: Timestamp,
    },
    /// One request is on its way since then.
    Trying {
        since: Timestamp,
    },
}

impl Default for Breaker {
    fn default() -> Self {
        Self {
            state: State::Closed { failures: 0 },
            pause: FIRST_PAUSE,
        }
    }
}

impl Breaker {
    /// Whether a request may go now.
    ///
    /// # Errors
    /// How long to wait.
    pub(super) fn admit(&mut self, now: Timestamp) -> Result<(), Duration> {
        match self.state {
            State::Closed { .. } => Ok(()),
            State::Open { since } | State::Trying { since } => {
                // A try that never came back must not close the door for ever.
                let left = self.left(since, now);
                if left.is_zero() {
                    self.state = State::Trying { since: now };
                    Ok(())
                } else {
                    Err(left)
                }
            }
        }
    }

    /// Whether [`admit`](Self::admit) would let a request through.
    pub(super) fn would_admit(&self, now: Timestamp) -> bool {
        match self.state {
            State::Closed { .. } => true,
            State::Open { since } | State::Trying { since } => self.left(since, now).is_zero(),
        }
    }

    /// It is there again, as far as can be said without a request: the next one may try.
    pub(super) fn is_back(&mut self) {
        if let State::Open { .. } = self.state {
            self.state = State::Open {
                since: Timestamp::default(),
            };
        }
    }

    /// What is left of the pause.
    fn left(&self, since: Timestamp, now: Timestamp) -> Duration {
        if since.is_past(self.pause, now) {
            Duration::ZERO
        } else {
            self.pause.saturating_sub(now.since(since))
        }
    }

    /// The provider answered.
    pub(super) fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// It failed.
    pub(super) fn failed(&mut self, now: Timestamp) {
        self.state = match self.state {
            State::Closed { failures } if failures + 1 < FAILURES => State::Closed {
                failures: failures + 1,
            },
            State::Closed { .. } => State::Open { since: now },
            State::Open { .. } => self.state,
            State::Trying { .. } => {
                self.pause = (self.pause * 2).min(LONGEST_PAUSE);
                State::Open { since: now }
            }
        };
    }

    /// Nobody waited for what would come of a request.
    pub(super) fn abandoned(&mut self) {
        if let State::Trying { .. } = self.state {
            // The next one may try at once.
            self.state = State::Open {
                since: Timestamp::default(),
            };
        }
    }

    pub(super) fn state(&self, now: Timestamp) -> BreakerState {
        match self.state {
            State::Closed { .. } => BreakerState::Closed,
            State::Open { since } => BreakerState::Open {
                retry_after: self.left(since, now),
            },
            State::Trying { .. } => BreakerState::HalfOpen,
        }
    }
}

#[cfg(test)]
mod tests;
