//! One turn at a time in each conversation: a question that comes while another is being answered waits, and then sees
//! that answer.

use council_core::ConversationId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::OwnedMutexGuard;

/// Conversations that turns run in. Clones share everything.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<HashMap<ConversationId, Weak<tokio::sync::Mutex<()>>>>>);

impl Lines {
    /// Returns when this turn's time has come; its place is free again when the guard is dropped. First come, first
    /// served.
    pub(crate) async fn enter(&self, conversation: &ConversationId) -> OwnedMutexGuard<()> {
        let line = {
            let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(line) = lines.get(conversation).and_then(Weak::upgrade) {
                line
            } else {
                // Lines that nobody stands in any more; there are no more of them than turns that ran at once.
                lines.retain(|_, line| line.strong_count() > 0);
                let line = Arc::default();
                lines.insert(conversation.clone(), Arc::downgrade(&line));
                line
            }
        };
        line.lock_owned().await
    }
}
