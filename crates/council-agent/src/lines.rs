//! One turn at a time in each conversation: a question that comes while another is being answered waits, and then sees
//! that answer. Who deletes the conversation ends those that are in it.

use council_core::ConversationId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;

/// Conversations that turns run in. Clones share everything.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<HashMap<ConversationId, Weak<Line>>>>);

#[derive(Default)]
struct Line {
    first: Arc<tokio::sync::Mutex<()>>,
    /// Cancelled when the conversation is deleted; those that come afterwards get another one.
    deleted: Mutex<CancellationToken>,
}

/// A place in a line.
pub(crate) struct Place {
    line: Option<Arc<Line>>,
    /// Cancelled when the conversation is deleted.
    pub(crate) deleted: CancellationToken,
}

impl Place {
    /// In no line: of a turn without conversation.
    pub(crate) fn nowhere() -> Self {
        Self {
            line: None,
            deleted: CancellationToken::new(),
        }
    }

    /// Returns when its time has come; it is over when the guard is dropped. First come, first served.
    pub(crate) async fn first(&self) -> Option<OwnedMutexGuard<()>> {
        match &self.line {
            Some(line) => Some(Arc::clone(&line.first).lock_owned().await),
            None => None,
        }
    }
}

impl Lines {
    /// A place at the end of a conversation's line.
    pub(crate) fn enter(&self, conversation: &ConversationId) -> Place {
        let line = self.line(conversation);
        let deleted = lock(&line.deleted).clone();
        Place {
            line: Some(line),
            deleted,
        }
    }

    /// Ends those that are in a conversation's line, and returns when they have left. Those that come meanwhile wait
    /// until the guard is dropped.
    pub(crate) async fn clear(&self, conversation: &ConversationId) -> OwnedMutexGuard<()> {
        let line = self.line(conversation);
        std::mem::take(&mut *lock(&line.deleted)).cancel();
        Arc::clone(&line.first).lock_owned().await
    }

    fn line(&self, conversation: &ConversationId) -> Arc<Line> {
        let mut lines = lock(&self.0);
        if let Some(line) = lines.get(conversation).and_then(Weak::upgrade) {
            return line;
        }
        // Lines that nobody stands in any more; there are no more of them than turns that ran at once.
        lines.retain(|_, line| line.strong_count() > 0);
        let line = Arc::default();
        lines.insert(conversation.clone(), Arc::downgrade(&line));
        line
    }
}

// A panic while it was held leaves what was there before.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
