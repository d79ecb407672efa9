//! How a model is to answer, and what it is asked for that.

use super::client::Gone;
use super::code::Task;
use super::knowledge::Sources;
use super::plan::Candidate;
use super::tools::Offer;
use super::{Progress, Turn};
use crate::TurnError;
use crate::context::{self, History, Prompt, Recollection};
use council_core::sandbox::Language;
use council_core::{Answerer, FinishReason, Input, ModelInfo, SkillKind};

/// How a model is to answer.
pub(super) enum Way {
    /// In words, and with calls of the client's tools.
    Words,
    /// With calls of Council's own tools on the way.
    Tools(Offer),
    /// With a program that is run.
    Program(Task),
    /// From passages, with their places.
    Cited(Sources),
}

impl Turn {
    /// How this model is to answer.
    pub(super) async fn way(
        &mut self,
        candidate: &Candidate,
        wish: Option<Language>,
        model: &ModelInfo,
    ) -> Result<Way, TurnError> {
        let named = match candidate.answerer {
            Answerer::Skill(kind) => Some(kind),
            _ => None,
        };
        if named == Some(SkillKind::Knowledge) {
            let sources = self
                .sources()
                .await
                .inspect_err(|error| self.nothing_found(error))?;
            self.record.skill = SkillKind::Knowledge;
            return Ok(Way::Cited(sources));
        }
        if let Some(language) = wish.or((named == Some(SkillKind::Code)).then_some(Language::Python)) {
            self.record.skill = SkillKind::Code;
            return Ok(Way::Program(Task::new(language)));
        }
        Ok(self.offer(model)?.map_or(Way::Words, Way::Tools))
    }

    /// Runs the tools that the model called, if it did and may.
    pub(super) async fn tools_called(&mut self, offer: &mut Offer, finish: FinishReason) -> Progress {
        match finish {
            FinishReason::Cancelled => return Progress::Done(finish),
            // It was told to answer in words, and what it said so far is the answer.
            FinishReason::ToolCalls if offer.is_used_up() => return Progress::Done(FinishReason::Stop),
            _ if offer.is_used_up() || self.record.calls().is_empty() => return Progress::Done(finish),
            FinishReason::Stop | FinishReason::Length | FinishReason::ToolCalls => {}
        }
        match self.run_tools(offer).await {
            Ok(()) => Progress::Again,
            Err(Gone) => Progress::Done(FinishReason::Cancelled),
        }
    }

    /// What the model is asked: history, memories, the request, and what was done for it already.
    pub(super) fn prompt(
        &self,
        history: &History,
        recollection: &Recollection,
        way: &Way,
        context_tokens: u32,
    ) -> Prompt {
        let mut generate = self.request.generate.clone();
        match (way, &mut generate.input) {
            (
                Way::Tools(offer),
                Input::Chat {
                    messages,
                    tools,
                    tool_choice,
                },
            ) => {
                messages.extend_from_slice(self.record.steps());
                (*tools, *tool_choice) = offer.choice();
            }
            (Way::Program(task), _) => task.put_into(&mut generate),
            (Way::Cited(sources), _) => sources.put_into(&mut generate),
            (Way::Words | Way::Tools(_), _) => {}
        }
        context::assemble(&generate, history, recollection, context_tokens)
    }
}
