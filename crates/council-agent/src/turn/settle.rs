//! The end of a turn in the books: its line in the ledger, and its answer in the conversation.

use super::Turn;
use crate::TurnError;
use council_core::{
    AnswerEnd, ConversationId, FinishReason, LedgerEntry, Message, NewMessage, Outcome, Place, Role,
};

impl Turn {
    /// The ledger line and the answer, as far as there is one, in one transaction.
    pub(super) async fn settle(
        &mut self,
        answered: &Result<FinishReason, TurnError>,
    ) -> Result<(), TurnError> {
        let (record, request) = (&self.record, &self.request);
        let outcome = outcome(answered);
        let entry = LedgerEntry {
            request_id: request.request_id.clone(),
            started_at: record.accepted_at,
            user: request.user.clone(),
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
        // After the question; what belongs to a longer answer follows.
        let mut place = record.question.map_or(Place::Leaf, Place::After);
        let finish = match answered {
            Ok(finish) => AnswerEnd::from(*finish),
            Err(_) => AnswerEnd::Failed,
        };
        let mut new = |message: Message, conversation: &ConversationId| NewMessage {
            conversation: conversation.clone(),
            place: std::mem::replace(&mut place, Place::Leaf),
            finish: None,
            model: (message.role == Role::Assistant).then(|| record.model_id()),
            message,
            request_id: request.request_id.clone(),
            created_at,
        };
        let conversation = request
            .conversation
            .as_ref()
            .filter(|_| said && !self.is_deleted());
        let mut answer: Vec<NewMessage> = match conversation {
            Some(conversation) => {
                let messages = record.messages().into_iter();
                messages.map(|message| new(message, conversation)).collect()
            }
            None => vec![],
        };
        if let Some(last) = answer.last_mut() {
            last.finish = Some(finish);
        }
        let kept = self.parts.ledger.settle(entry, answer).await?;
        self.record.answer = kept.last().copied();
        Ok(())
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
