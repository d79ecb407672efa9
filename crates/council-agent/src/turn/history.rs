//! The conversation that a turn belongs to: what it holds, and the question that it gets.

use super::Turn;
use crate::Position;
use crate::context::{self, History};
use council_core::{Branch, NewMessage, Place, StoreError};

impl Turn {
    /// What the conversation holds on the turn's branch.
    pub(super) async fn history(&self) -> Result<History, StoreError> {
        let Some(id) = &self.request.conversation else {
            return Ok(History {
                total: self.request.history.len() as u64,
                recent: self.request.history.clone(),
            });
        };
        let branch = match self.request.position {
            Position::End => Branch::Active,
            Position::After(None) | Position::Again { after: None, .. } => return Ok(History::default()),
            Position::After(Some(after))
            | Position::Again {
                after: Some(after), ..
            } => Branch::EndingAt(after),
        };
        let conversations = &self.parts.conversations;
        let recent = conversations
            .recent_messages(id, branch, context::HISTORY_LIMIT)
            .await?;
        Ok(History {
            total: recent.last().map_or(0, |last| last.depth),
            recent: recent.into_iter().map(|stored| stored.message).collect(),
        })
    }

    /// Stores what the client says, unless it is stored already.
    pub(super) async fn keep_question(&mut self) -> Result<(), StoreError> {
        let Some(conversation) = &self.request.conversation else {
            return Ok(());
        };
        let mut place = match self.request.position {
            Position::End => Place::Leaf,
            Position::After(after) => Place::after(after),
            Position::Again { question, .. } => {
                self.record.question = Some(question);
                return Ok(());
            }
        };
        for message in context::said(&self.request.generate.input) {
            let message = NewMessage {
                conversation: conversation.clone(),
                place,
                finish: None,
                message,
                model: None,
                request_id: self.request.request_id.clone(),
                created_at: self.record.accepted_at,
            };
            let kept = self.parts.conversations.append(message).await?;
            self.record.question = Some(kept);
            place = Place::After(kept);
        }
        Ok(())
    }
}
