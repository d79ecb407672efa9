//! The end of a turn in the books: its line in the ledger, and its answer in the conversation.

use super::Turn;
use crate::TurnError;
use council_core::{ConversationId, FinishReason, LedgerEntry, Message, NewMessage, Outcome, Role};

impl Turn {
    /// The ledger line and the answer, as far as there is one, in one transaction.
    pub(super) async fn settle(&self, answered: &Result<FinishReason, TurnError>) -> Result<(), TurnError> {
        let (record, request) = (&self.record, &self.request);
        let outcome = outcome(answered);
        let entry = LedgerEntry {
            request_id: request.request_id.clone(),
            started_at: record.accepted_at,
            route: request.route.to_owned(),
            model: record.model_id(),
            locality: record.locality(),
            usage: record.used(),
            cost_usd: record.cost().as_usd(),
            latency: record.latency(),
            first_token: record.first_token(),
            outcome,
        };
        // A completed answer is an answer even when it is empty; without one, the next question would follow a
        // question.
        let said = outcome == Outcome::Completed || record.said_something();
        let created_at = self.parts.clock.now();
        let new = |message: Message, conversation: &ConversationId| NewMessage {
            conversation: conversation.clone(),
            model: (message.role == Role::Assistant).then(|| record.model_id()),
            message,
            request_id: request.request_id.clone(),
            created_at,
        };
        let conversation = request
            .conversation
            .as_ref()
            .filter(|_| said && !self.is_deleted());
        let answer = conversation.map(|conversation| {
            let messages = record.messages().into_iter();
            messages.map(|message| new(message, conversation)).collect()
        });
        Ok(self
            .parts
            .ledger
            .settle(entry, answer.unwrap_or_default())
            .await?)
    }
}

/// How a turn ended.
pub(super) fn outcome(end: &Result<FinishReason, TurnError>) -> Outcome {
    match end {
        Ok(FinishReason::Stop | FinishReason::Length | FinishReason::ToolCalls) => Outcome::Completed,
        Ok(FinishReason::Cancelled) => Outcome::Cancelled,
        Err(_) => Outcome::Failed,
    }
}
