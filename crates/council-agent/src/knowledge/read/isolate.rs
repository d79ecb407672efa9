//! Readers run on threads of their own: a panic ends the file and nothing else, and nobody waits for a hang.

use super::ReadError;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, oneshot};

/// Readers at once. One that hangs keeps its place until it ends, so that hostile files cannot pile threads up.
const READERS: usize = 4;

/// Stack of a reader: nested input costs recursion. It takes memory only where it is used.
const STACK_BYTES: usize = 64 << 20;

/// When a reader has to be done. Readers look at it wherever they loop.
#[derive(Clone, Copy, Debug)]
pub(in crate::knowledge) struct Deadline {
    at: Instant,
    limit: Duration,
}

impl Deadline {
    fn after(limit: Duration) -> Self {
        Self {
            at: Instant::now() + limit,
            limit,
        }
    }

    /// Whether there is time left.
    pub(in crate::knowledge) fn check(&self) -> Result<(), ReadError> {
        if Instant::now() < self.at {
            Ok(())
        } else {
            Err(ReadError::TimedOut(self.limit))
        }
    }
}

/// Where readers run. Clones share the places.
#[derive(Clone)]
pub(in crate::knowledge) struct Isolation {
    limit: Duration,
    places: Arc<Semaphore>,
}

impl Isolation {
    /// Readers may take this long for each file.
    pub(in crate::knowledge) fn new(limit: Duration) -> Self {
        Self {
            limit,
            places: Arc::new(Semaphore::new(READERS)),
        }
    }

    /// Runs a reader.
    pub(in crate::knowledge) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Deadline) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, ReadError> {
        let place = Arc::clone(&self.places).acquire_owned();
        let place = tokio::time::timeout(self.limit, place).await;
        let Ok(Ok(place)) = place else {
            return Err(ReadError::Busy);
        };
        let (sender, receiver) = oneshot::channel();
        let deadline = Deadline::after(self.limit);
        let thread = std::thread::Builder::new()
            .name("reader".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || {
                let result = catch_unwind(AssertUnwindSafe(|| work(&deadline)));
                drop(place);
                // Nobody waits any more when it took too long.
                let _ = sender.send(result.unwrap_or_else(|panic| Err(panicked(&*panic))));
            });
        thread.map_err(|error| ReadError::Io(format!("no thread can be started: {error}")))?;
        match tokio::time::timeout(self.limit, receiver).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(ReadError::Panicked("without a word".to_owned())),
            Err(_) => Err(ReadError::TimedOut(self.limit)),
        }
    }
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> ReadError {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    ReadError::Panicked(text.unwrap_or_else(|| "without a word".to_owned()))
}

#[cfg(test)]
mod tests;
