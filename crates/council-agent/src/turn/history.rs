//! The conversation that a turn belongs to: what it holds, and the question that it gets.

use super::Turn;
use crate::context::{self, History};
use council_core::{NewMessage, StoreError};

impl Turn {
    /// What the conversation holds so far.
    pub(super) async fn history(&self) -> Result<History, StoreError> {
        let Some(id) = &self.request.conversation else {
            return Ok(History::default());
        };
        let total = match self.parts.conversations.conversation(id).await {
            Ok(conversation) => conversation.message_count,
            Err(StoreError::NotFound { .. }) => return Ok(History::default()),
            Err(error) => return Err(error),
        };
        let recent = self
            .parts
            .conversations
            .recent_messages(id, context::HISTORY_LIMIT)
            .await?;
        let recent: Vec<_> = recent.into_iter().map(|stored| stored.message).collect();
        // Another turn may have added a message between the two questions.
        Ok(History {
            total: total.max(recent.len() as u64),
            recent,
        })
    }

    /// Stores what the client says.
    pub(super) async fn keep_question(&self) -> Result<(), StoreError> {
        let Some(conversation) = &self.request.conversation else {
            return Ok(());
        };
        for message in context::said(&self.request.generate.input) {
            let message = NewMessage {
                conversation: conversation.clone(),
                message,
                model: None,
                request_id: self.request.request_id.clone(),
                created_at: self.record.accepted_at,
            };
            self.parts.conversations.append(message).await?;
        }
        Ok(())
    }
}
