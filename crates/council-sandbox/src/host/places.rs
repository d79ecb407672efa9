//! How many programs run and wait at once.

use council_core::sandbox::SandboxError;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Places for programs; there is an end to how many wait for one.
pub(super) struct Places {
    free: Arc<Semaphore>,
    waiting: AtomicU32,
    most_waiting: u32,
    running: Arc<AtomicU32>,
}

/// A program's place, until it is dropped.
pub(super) struct Place {
    running: Arc<AtomicU32>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.running.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Places {
    pub(super) fn new(most_running: u32, most_waiting: u32) -> Self {
        Self {
            free: Arc::new(Semaphore::new(most_running.max(1) as usize)),
            waiting: AtomicU32::new(0),
            most_waiting,
            running: Arc::default(),
        }
    }

    /// A place, when one is free.
    ///
    /// # Errors
    /// [`SandboxError::Busy`] when too many wait already.
    pub(super) async fn take(&self) -> Result<Place, SandboxError> {
        let permit = match Arc::clone(&self.free).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => self.wait().await?,
        };
        self.running.fetch_add(1, Ordering::Relaxed);
        Ok(Place {
            running: Arc::clone(&self.running),
            _permit: permit,
        })
    }

    async fn wait(&self) -> Result<OwnedSemaphorePermit, SandboxError> {
        let busy = SandboxError::Busy {
            retry_after: Duration::from_secs(1),
        };
        let waiting = Waiting::begin(&self.waiting);
        if waiting.before >= self.most_waiting {
            return Err(busy);
        }
        Arc::clone(&self.free).acquire_owned().await.map_err(|_| busy)
    }

    /// Programs that run now.
    pub(super) fn running(&self) -> u32 {
        self.running.load(Ordering::Relaxed)
    }
}

/// Counts one that waits, also where it gives up.
struct Waiting<'a> {
    count: &'a AtomicU32,
    before: u32,
}

impl<'a> Waiting<'a> {
    fn begin(count: &'a AtomicU32) -> Self {
        let before = count.fetch_add(1, Ordering::Relaxed);
        Self { count, before }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}
