//! Who shows wrong keys waits, longer each time. A key that was found right before is taken meanwhile.

use super::rates::network;
use crate::error::ApiError;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Wrong keys that are let pass: people mistype.
const FREE: u32 = 5;

/// The longest wait.
const LONGEST: Duration = Duration::from_mins(15);

/// After so long without another one, an address's wrong keys are forgotten.
const FORGOTTEN: Duration = Duration::from_hours(1);

/// Most addresses that are remembered.
const MOST: usize = 10_000;

/// Wrong keys, by address.
#[derive(Default)]
pub(super) struct Attempts(Mutex<HashMap<IpAddr, Failures>>);

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
}

impl Failures {
    /// A second after the first that counts, then twice as long each time.
    fn wait(self) -> Duration {
        match self.count.checked_sub(FREE) {
            None => Duration::ZERO,
            Some(over) => LONGEST.min(Duration::from_secs(1 << over.min(20))),
        }
    }
}

impl Attempts {
    /// Refuses an address that has to wait.
    pub(super) fn check(&self, address: Option<IpAddr>) -> Result<(), ApiError> {
        let Some(failures) = address.and_then(|address| self.locked().get(&network(address)).copied()) else {
            return Ok(());
        };
        let left = failures.wait().saturating_sub(failures.last.elapsed());
        if left.is_zero() {
            return Ok(());
        }
        let message = format!(
            "{} wrong keys came from this address; wait before the next one is tried",
            failures.count
        );
        Err(ApiError::limited(message, left))
    }

    /// Counts a wrong key.
    pub(super) fn failed(&self, address: Option<IpAddr>) {
        let Some(address) = address.map(network) else {
            return;
        };
        let mut failures = self.locked();
        if failures.len() >= MOST && !failures.contains_key(&address) {
            failures.retain(|_, failures| failures.last.elapsed() < FORGOTTEN);
            // Somebody has more addresses than are remembered: the one that was quiet longest is forgotten.
            let quiet = failures
                .iter()
                .min_by_key(|(_, failures)| failures.last)
                .map(|(address, _)| *address);
            if let Some(quiet) = quiet.filter(|_| failures.len() >= MOST) {
                failures.remove(&quiet);
            }
        }
        let now = Instant::now();
        let entry = failures
            .entry(address)
            .or_insert(Failures { count: 0, last: now });
        if entry.last.elapsed() >= FORGOTTEN {
            entry.count = 0;
        }
        *entry = Failures {
            count: entry.count.saturating_add(1),
            last: now,
        };
    }

    /// A right key makes up for wrong ones.
    pub(super) fn passed(&self, address: Option<IpAddr>) {
        if let Some(address) = address {
            self.locked().remove(&network(address));
        }
    }

    // A panic while it was held leaves what was there before.
    fn locked(&self) -> MutexGuard<'_, HashMap<IpAddr, Failures>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
