//! Answers that were given before.

use super::Turn;
use super::client::Gone;
use crate::context::History;
use crate::routing::Judgement;
use crate::routing::cache::{CachedAnswer, Context, Found};
use crate::{Answerers, Position, TurnError, TurnEvent, context};
use council_core::{Embedding, FinishReason, Input, Message, OutputFormat, Scope};
use std::time::Duration;

/// What took less than this is not worth keeping: it is computed again as fast as it is found.
const LEAST_TIME: Duration = Duration::from_millis(5);

/// From this probability of being right on, what a model said is kept.
const SURE: f64 = 0.9;

/// A question that may be answered as before.
pub(super) struct Asked {
    context: Context,
    question: String,
    embedding: Option<Embedding>,
    /// Whether the model would say the same again.
    deterministic: bool,
}

impl Turn {
    /// What makes this question the same as another; `None` where it is answered anew in any case: somebody is named,
    /// tools may act, memories may have changed, or nothing is to be kept.
    pub(super) fn cacheable(&self, history: &History, embedding: Option<Embedding>) -> Option<Asked> {
        let request = &self.request;
        let Answerers::Auto { local_only } = request.answerers else {
            return None;
        };
        let generate = &request.generate;
        // Who asks for another answer does not want the same one, and a file may say something else than the last.
        if matches!(request.position, Position::Again { .. }) || context::has_files(&generate.input) {
            return None;
        }
        let Input::Chat { messages, tools, .. } = &generate.input else {
            return None;
        };
        // Words do not tell one image from another.
        if messages.iter().chain(&history.recent).any(Message::has_images) {
            return None;
        }
        let recalls = request.memory.as_ref().is_some_and(|memory| memory.recall);
        let acts = !tools.is_empty() || request.tools.is_some() || recalls || request.incognito;
        let acts = acts || !request.without_memories.is_empty();
        if acts || generate.format != OutputFormat::Text || !generate.stop.is_empty() {
            return None;
        }
        let question = context::question(&generate.input)?;
        let (whose, project) = match &request.knowledge {
            Some(Scope { user, project, .. }) => (user.as_str(), project.as_deref().unwrap_or_default()),
            None => ("", ""),
        };
        let before = messages.iter().rev().skip(1).rev();
        let said: Vec<String> = history
            .recent
            .iter()
            .chain(before)
            .map(|message| format!("{}:{}", message.role.as_str(), message.joined_text()))
            .collect();
        let bounds = format!("{local_only} {:?} {:?}", generate.max_tokens, generate.sampling);
        let conversation = request.conversation.as_ref().map_or("", |id| id.as_str());
        let mut parts = vec![
            &*request.user,
            whose,
            project,
            &generate.client,
            conversation,
            &bounds,
        ];
        parts.extend(said.iter().map(String::as_str));
        Some(Asked {
            context: self.parts.router.cache.context(&parts),
            question,
            embedding,
            deterministic: generate.sampling.temperature == 0.0,
        })
    }

    /// Answers as before, where that is known.
    pub(super) async fn answer_as_before(
        &mut self,
        asked: &Asked,
    ) -> Result<Option<FinishReason>, TurnError> {
        let cache = &self.parts.router.cache;
        let found = cache.find(
            asked.context,
            &asked.question,
            asked.embedding.as_ref(),
            !asked.deterministic,
        );
        self.parts
            .metrics
            .cache(found.as_ref().map_or("miss", |(_, found)| found.as_str()));
        let Some((answer, found)) = found else {
            return Ok(None);
        };
        self.keep_question().await?;
        self.trail.cache = Some(found);
        let told = self.say_again(answer, found).await;
        Ok(Some(
            told.map_or(FinishReason::Cancelled, |()| FinishReason::Stop),
        ))
    }

    async fn say_again(&mut self, answer: CachedAnswer, found: Found) -> Result<(), Gone> {
        self.record.skill = answer.skill;
        self.record.answered_by = Some(answer.answered_by.clone().into());
        self.record.judgement = Some(Judgement {
            probability: answer.confidence,
            calibrated: answer.calibrated,
        });
        self.trail.verified = answer.verified;
        self.record.proofs = answer.proofs;
        let reason = match found {
            Found::Exact => "the same was asked before",
            Found::Semantic => "a question of the same meaning was asked before",
        };
        let decision = TurnEvent::Decision {
            model: answer.answered_by,
            skill: answer.skill,
            reason: reason.to_owned(),
            omitted_messages: 0,
            question: self.record.question,
        };
        self.tell(decision).await?;
        self.say(answer.text).await
    }

    /// Keeps an answer that would be the same again: one that was checked, or one of a model that was sure and does not
    /// choose its words by chance.
    pub(super) fn keep_for_next_time(&self, asked: Asked, answered: &Result<FinishReason, TurnError>) {
        let finished = matches!(answered, Ok(FinishReason::Stop));
        let Some(said) = self
            .record
            .judgement
            .filter(|_| finished && self.trail.cache.is_none())
        else {
            return;
        };
        let sure = said.calibrated && said.probability >= SURE;
        let same_again = self.trail.verified || (asked.deterministic && sure);
        // What programs and documents say changes with them.
        let changes = self.record.programs > 0 || self.record.cites();
        if !same_again || changes || self.record.elapsed() < LEAST_TIME {
            return;
        }
        let answer = CachedAnswer {
            text: self.record.answer_text(),
            answered_by: self.record.model_id(),
            skill: self.record.skill,
            confidence: said.probability,
            calibrated: said.calibrated,
            proofs: self.record.proofs.clone(),
            verified: self.trail.verified,
        };
        self.parts.metrics.cache("kept");
        self.parts
            .router
            .cache
            .keep(asked.context, &asked.question, asked.embedding, answer);
    }
}
