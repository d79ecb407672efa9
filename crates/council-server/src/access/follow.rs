//! What other Councils change that have the same keys. Requests look for it, so that nobody is let in by what was not looked at:
//! where the store cannot be asked, no key is taken.

use super::{Access, Kept};
use council_core::{AccessStore, StoreError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// For how long what was looked at counts as known: a key that is revoked elsewhere is taken at most so long. One row is looked at.
const KNOWN_FOR: Duration = Duration::from_millis(500);

/// Which state of the store is in memory.
#[derive(Default)]
pub(super) struct Seen(Mutex<Look>);

#[derive(Clone, Default)]
struct Look {
    /// `None`: nobody else changes the store.
    revision: Option<i64>,
    /// Before which all changes are known.
    at: Option<Instant>,
    failed: Option<StoreError>,
}

impl Seen {
    pub(super) fn new(revision: Option<i64>, at: Instant) -> Self {
        Self(Mutex::new(Look {
            revision,
            at: Some(at),
            failed: None,
        }))
    }

    // A panic while it was held leaves what was there before.
    fn look(&self) -> MutexGuard<'_, Look> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Look {
    /// Whether all changes before this moment are known, or cannot be; `None`: it has to be looked.
    fn covers(&self, moment: Instant) -> Option<Result<(), StoreError>> {
        let is_known = self.revision.is_none() || self.at.is_some_and(|at| at >= moment);
        is_known.then(|| self.failed.clone().map_or(Ok(()), Err))
    }
}

impl Access {
    /// Whether other processes may change the store.
    pub(super) fn is_shared(&self) -> bool {
        self.seen.look().revision.is_some()
    }

    /// Makes sure that what other processes changed half a second ago or earlier is known; with `at_once`, until now.
    pub(super) async fn catch_up(&self, at_once: bool) -> Result<(), StoreError> {
        let now = Instant::now();
        let moment = if at_once {
            Some(now)
        } else {
            now.checked_sub(KNOWN_FOR)
        };
        let covers = || moment.map_or(Some(Ok(())), |moment| self.seen.look().covers(moment));
        if let Some(known) = covers() {
            return known;
        }
        let _in_order = self.order.lock().await;
        // Whoever had the lock may have looked for us too.
        match covers() {
            Some(known) => known,
            None => self.look().await,
        }
    }

    /// The same at once, for who holds the lock of changes.
    pub(super) async fn look(&self) -> Result<(), StoreError> {
        let Some(store) = self.store.as_deref() else {
            return Ok(());
        };
        let known = self.seen.look().revision;
        if known.is_none() {
            return Ok(());
        }
        let at = Instant::now();
        let looked = self.read_if_changed(store, known).await;
        let mut seen = self.seen.look();
        seen.at = Some(at);
        seen.failed = looked.as_ref().err().cloned();
        seen.revision = looked.clone().unwrap_or(known);
        looked.map(drop)
    }

    async fn read_if_changed(
        &self,
        store: &dyn AccessStore,
        known: Option<i64>,
    ) -> Result<Option<i64>, StoreError> {
        // First the number: what changes after it is read again next time.
        let revision = store.revision().await?;
        if revision != known {
            let read = Kept::read(store, self.clock.now()).await?;
            self.kept_mut().take_over(read);
        }
        Ok(revision)
    }

    /// Reads all of it again, for lists: uses of keys are no change.
    pub(crate) async fn read_again(&self) -> Result<(), StoreError> {
        let Some(store) = self.store.as_deref().filter(|_| self.is_shared()) else {
            return Ok(());
        };
        let _in_order = self.order.lock().await;
        let read = Kept::read(store, self.clock.now()).await?;
        self.kept_mut().take_over(read);
        Ok(())
    }
}
