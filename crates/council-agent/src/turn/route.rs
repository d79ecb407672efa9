//! Who is to be asked.

use super::Turn;
use super::plan::Plan;
use super::trail::Decided;
use crate::context::{self, History, text_tokens};
use crate::knowledge::quote::Quoted;
use crate::{Answerers, TurnError};
use council_core::{
    Embedding, Input, Message, NanoUsd, OutputFormat, RoutingRules, RoutingState, SkillKind, TurnFeatures,
};
use tokio::time::Instant;

impl Turn {
    /// Whoever the request names, or whoever is best for the question.
    pub(super) async fn plan(
        &mut self,
        history: &History,
        embedding: Option<&Embedding>,
        wants_program: bool,
    ) -> Result<Plan, TurnError> {
        let local_only = match &self.request.answerers {
            Answerers::Default => return Ok(Plan::default_model()),
            Answerers::Named(answerers) => return Ok(Plan::named(answerers)),
            Answerers::Decided(decision) => return Plan::decided(decision, true, &*self.parts.models),
            Answerers::Auto { local_only } => *local_only,
        };
        let begun = Instant::now();
        let mut features = self.features(history, embedding, local_only);
        let documents = self.documents(history, embedding).await;
        features.support = documents.cosine;
        features.quote = documents.quote.as_ref().map(Quoted::score);
        if wants_program {
            // Who asks for a program wants to see one.
            features.skills.clear();
        }
        let state = self.state(features.kind()).await?;
        let router = &self.parts.router;
        let rules = RoutingRules {
            council: router.rules.council && self.parts.council.is_some(),
            ..(*router.rules).clone()
        };
        let decision = router.policy.decide(&features, &state, &rules);
        let plan = Plan::decided(&decision, !local_only, &*self.parts.models)?;
        self.trail.decided(Decided {
            features,
            state,
            decision,
        });
        self.trail.routing += begun.elapsed();
        Ok(plan)
    }

    /// The question as a vector, where somebody will look at it.
    pub(super) async fn embed_question(&mut self) -> Option<Embedding> {
        if !matches!(self.request.answerers, Answerers::Auto { .. }) {
            return None;
        }
        let begun = Instant::now();
        let question = context::question(&self.request.generate.input)?;
        let embedding = self.parts.router.embed(&question).await;
        self.trail.routing += begun.elapsed();
        embedding
    }

    /// What is known about the request.
    fn features(&self, history: &History, embedding: Option<&Embedding>, local_only: bool) -> TurnFeatures {
        let router = &self.parts.router;
        let generate = &self.request.generate;
        let question = context::question(&generate.input).unwrap_or_default();
        let kinds = router.kinds.kinds(&question, embedding);
        let (mut needs_tools, mut needs_vision, mut bytes) = (false, false, 0);
        if let Input::Chat { messages, tools, .. } = &generate.input {
            needs_tools = !tools.is_empty();
            for message in messages.iter().chain(&history.recent) {
                bytes += text_tokens(&message.joined_text());
            }
            needs_vision = messages.iter().any(Message::has_images);
        }
        // Only what has the whole question in its last message is a question for a skill.
        let alone = history.recent.is_empty();
        let is_chat = matches!(generate.input, Input::Chat { .. });
        let skills = router.skills.iter().map(|skill| skill.kind());
        // The question is about what is attached to it, and not about documents.
        let files = context::has_files(&generate.input);
        let knowledge = self.request.knowledge.is_some() && !files;
        TurnFeatures {
            kinds: kinds.probabilities,
            known: kinds.known,
            question_bytes: question.len(),
            // History that does not fit is left out, so that it makes no model too small.
            prompt_tokens: u32::try_from(if alone || files {
                bytes
            } else {
                text_tokens(&question)
            })
            .unwrap_or(u32::MAX),
            max_tokens: generate.max_tokens,
            needs_tools,
            needs_vision,
            needs_form: generate.format != OutputFormat::Text,
            revisable: self.request.whole,
            local_only,
            skills: skills
                .chain(knowledge.then_some(SkillKind::Knowledge))
                .filter(|_| is_chat)
                .collect(),
            support: None,
            quote: None,
        }
    }

    /// What is the case.
    async fn state(&self, kind: SkillKind) -> Result<RoutingState, TurnError> {
        let models = self.parts.models.list();
        let views = models.iter().map(|model| self.parts.router.view(model, kind));
        let views: Vec<_> = views.collect();
        let paid = views.iter().any(|model| model.remote);
        // Nobody needs to know who pays nothing.
        let remaining = if paid {
            self.parts.purse.left().await?
        } else {
            None
        };
        Ok(RoutingState {
            models: views,
            cloud: self.parts.router.may_leave(),
            remaining: remaining.map(|NanoUsd(left)| left),
            free_memory: (self.parts.router.free_memory)(),
        })
    }
}
