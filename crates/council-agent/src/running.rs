//! The turns that run, by their requests.

use crate::TurnRequest;
use council_core::{ConversationId, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// A turn that runs, or waits for another one of its conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningTurn {
    /// The request.
    pub request_id: String,
    /// Whose it is.
    pub user: String,
    /// The API route that it came by.
    pub route: &'static str,
    /// The conversation that it belongs to.
    pub conversation: Option<ConversationId>,
    /// When it came.
    pub started_at: Timestamp,
}

/// Turns in the order in which they came. Clones share everything.
#[derive(Clone, Default)]
pub(crate) struct Running {
    turns: Arc<Mutex<Turns>>,
    /// Told whenever one ends.
    left: Arc<Notify>,
}

#[derive(Default)]
struct Turns {
    last: u64,
    turns: BTreeMap<u64, (RunningTurn, CancellationToken)>,
}

impl Running {
    /// A turn is here until the entry is dropped.
    pub(crate) fn enter(&self, request: &TurnRequest, now: Timestamp, cancel: CancellationToken) -> Entry {
        let turn = RunningTurn {
            request_id: request.request_id.clone(),
            user: request.user.clone(),
            route: request.route,
            conversation: request.conversation.clone(),
            started_at: now,
        };
        let mut turns = lock(&self.turns);
        turns.last += 1;
        let number = turns.last;
        turns.turns.insert(number, (turn, cancel));
        Entry {
            running: self.clone(),
            number,
        }
    }

    pub(crate) fn list(&self) -> Vec<RunningTurn> {
        lock(&self.turns)
            .turns
            .values()
            .map(|(turn, _)| turn.clone())
            .collect()
    }

    /// Cancels every turn of a user's request, which has several where several answers were asked for.
    pub(crate) fn cancel(&self, user: &str, request_id: &str) -> bool {
        let turns = lock(&self.turns);
        let named = turns
            .turns
            .values()
            .filter(|(turn, _)| turn.request_id == request_id && turn.user == user);
        named.map(|(_, cancel)| cancel.cancel()).count() > 0
    }

    /// Cancels every turn of a user, and returns when none of them runs any more.
    pub(crate) async fn end_all_of(&self, user: &str) {
        loop {
            // Made before the question, so that no end between the two is missed.
            let left = self.left.notified();
            let running = {
                let turns = lock(&self.turns);
                let theirs = turns.turns.values().filter(|(turn, _)| turn.user == user);
                theirs.map(|(_, cancel)| cancel.cancel()).count()
            };
            if running == 0 {
                return;
            }
            left.await;
        }
    }
}

/// The place of a turn that runs.
pub(crate) struct Entry {
    running: Running,
    number: u64,
}

impl Drop for Entry {
    fn drop(&mut self) {
        lock(&self.running.turns).turns.remove(&self.number);
        self.running.left.notify_waiters();
    }
}

// A panic while it was held leaves what was there before.
fn lock(mutex: &Mutex<Turns>) -> MutexGuard<'_, Turns> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
