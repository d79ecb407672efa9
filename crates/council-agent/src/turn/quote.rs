//! What documents say about a question: how close they come, and the sentence that answers it by itself.

use super::Turn;
use super::plan::Candidate;
use crate::context::{self, History};
use crate::knowledge::quote::{Quoted, quoted, refers_back};
use council_core::{Answerer, Embedding, FinishReason, MemoryKind, SkillKind};

/// What is looked for in the documents of a user.
#[derive(Clone, Debug, Default)]
pub(super) struct Documents {
    /// How close they come: the best cosine of a passage that has a word of the question.
    pub(super) cosine: Option<f32>,
    /// A sentence that may answer it.
    pub(super) quote: Option<Quoted>,
}

impl Turn {
    /// What the user's documents say about the question. Costs what recalling does, a few milliseconds, and a few more for
    /// each of the sentences that come close.
    pub(super) async fn documents(&mut self, history: &History, embedding: Option<&Embedding>) -> &Documents {
        let found = match self.documents.take() {
            Some(found) => found,
            // Without a word from the memory others answer, as they would without documents.
            None => self.look_up(history, embedding).await.unwrap_or_default(),
        };
        self.documents.insert(found)
    }

    async fn look_up(&self, history: &History, embedding: Option<&Embedding>) -> Option<Documents> {
        let question = context::question(&self.request.generate.input)?;
        let asked = self.looked_up(&question, vec![MemoryKind::Document])?;
        let hits = self.parts.memories.recall(asked).await.ok()?;
        let shares_words = hits.iter().filter(|hit| hit.parts.bm25 > 0.0);
        let cosine = shares_words.map(|hit| hit.parts.cosine).max_by(f32::total_cmp);
        let input = &self.request.generate.input;
        // What "it" is in a conversation was said before, and is no word of the question.
        let begins = history.recent.is_empty() && context::is_first(input);
        let quote = if (begins || !refers_back(&question)) && !context::has_files(input) {
            quoted(&self.parts.router, &question, &hits, embedding).await
        } else {
            None
        };
        Some(Documents { cosine, quote })
    }

    /// Says the sentence that answers, where documents are asked and one does. `None` where a model is to read them.
    pub(super) async fn say_quote(
        &mut self,
        candidate: &Candidate,
        history: &History,
        embedding: Option<&Embedding>,
    ) -> Option<FinishReason> {
        if candidate.answerer != Answerer::Skill(SkillKind::Knowledge) {
            return None;
        }
        let least = self.parts.router.rules.quote;
        let documents = self.documents(history, embedding).await;
        let quoted = documents.quote.clone().filter(|quoted| quoted.score() >= least)?;
        self.step_begins(&candidate.answerer, &candidate.reason);
        let told = self.say_answer(SkillKind::Knowledge, &candidate.reason, quoted.answer());
        Some(
            told.await
                .map_or(FinishReason::Cancelled, |()| FinishReason::Stop),
        )
    }
}
