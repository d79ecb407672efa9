//! Who is asked, one after another, until one answers.

use crate::TurnError;
use crate::vote::VoteError;
use council_core::{Answerer, Decision, LanguageModel, Locality, ModelError, Models, PlannedStep, SkillKind};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// Those that are still to be asked, and why others did not answer.
pub(super) struct Plan {
    steps: VecDeque<PlannedStep>,
    /// Whether the default model answers where nobody else did.
    or_default: bool,
    passed_over: Vec<(String, TurnError)>,
}

/// One that is asked now.
pub(super) struct Candidate {
    pub(super) who: Who,
    /// Why it, in words.
    pub(super) reason: String,
    /// From which probability of being right on its answer is accepted.
    pub(super) accept_at: f64,
    /// Whether nobody is left when it fails.
    pub(super) last: bool,
    /// For a skill: whether it may ask a model and run programs.
    pub(super) help: bool,
    pub(super) answerer: Answerer,
}

/// What is to be done to ask it.
pub(super) enum Who {
    Model(Arc<dyn LanguageModel>),
    Other,
}

impl Plan {
    /// The default model.
    pub(super) fn default_model() -> Self {
        Self {
            steps: VecDeque::new(),
            or_default: true,
            passed_over: Vec::new(),
        }
    }

    /// These, in order.
    pub(super) fn named(answerers: &[Answerer]) -> Self {
        let step = |(index, answerer): (usize, &Answerer)| PlannedStep {
            answerer: answerer.clone(),
            reason: match (index, answerer) {
                (0, Answerer::Model(_)) => "the model that was asked for".to_owned(),
                (0, _) => "what was asked for".to_owned(),
                _ => "next in the request".to_owned(),
            },
            accept_at: 0.0,
            help: true,
        };
        Self {
            steps: answerers.iter().enumerate().map(step).collect(),
            or_default: false,
            passed_over: Vec::new(),
        }
    }

    /// As it was decided; the default model at the end where no model was thought able, because it says best why not.
    /// Not so where nothing may leave this machine, and the default model is elsewhere.
    pub(super) fn decided(
        decision: &Decision,
        may_leave: bool,
        models: &dyn Models,
    ) -> Result<Self, TurnError> {
        let steps: VecDeque<PlannedStep> = decision.steps.iter().cloned().collect();
        let has_model = steps
            .iter()
            .any(|step| matches!(step.answerer, Answerer::Model(_)));
        let stays = || {
            let mut listed = models.list().into_iter();
            listed.any(|model| model.default && model.info.locality == Locality::Local)
        };
        if !has_model && !may_leave && !stays() {
            let message = "no local model can answer this; run `council pull` to get one".to_owned();
            let retry_after = Duration::from_secs(30);
            return Err(ModelError::NotReady { message, retry_after }.into());
        }
        Ok(Self {
            steps,
            or_default: !has_model,
            passed_over: Vec::new(),
        })
    }

    /// The next one that there is.
    ///
    /// # Errors
    /// When nobody is left: the failure that the client can do most about.
    pub(super) fn next(&mut self, models: &dyn Models) -> Result<Candidate, TurnError> {
        while let Some(step) = self.steps.pop_front() {
            let who = match &step.answerer {
                Answerer::Skill(SkillKind::Math | SkillKind::Logic) | Answerer::Council => Who::Other,
                Answerer::Model(_) | Answerer::Skill(_) => match models.get(model_of(&step.answerer)) {
                    Ok(model) => Who::Model(model),
                    // A sentence of a document may be the answer by itself.
                    Err(_) if step.answerer == Answerer::Skill(SkillKind::Knowledge) => Who::Other,
                    Err(error) => {
                        self.pass_over(&step.answerer, error.into());
                        continue;
                    }
                },
            };
            return Ok(Candidate {
                who,
                reason: self.reason(&step),
                accept_at: step.accept_at,
                last: self.steps.is_empty() && !self.or_default,
                help: step.help,
                answerer: step.answerer,
            });
        }
        if std::mem::take(&mut self.or_default) {
            let model = models.get(None)?;
            let reason = if self.passed_over.is_empty() {
                "no model was named, so the default model answers".to_owned()
            } else {
                "nobody else could answer, so the default model does".to_owned()
            };
            return Ok(Candidate {
                reason,
                accept_at: 0.0,
                last: true,
                help: false,
                answerer: Answerer::Model(model.info().id.clone()),
                who: Who::Model(model),
            });
        }
        Err(self.failure())
    }

    /// One that was asked before and not believed.
    pub(super) fn again(answerer: Answerer, models: &dyn Models) -> Result<Candidate, TurnError> {
        Ok(Candidate {
            who: Who::Model(models.get(Some(answerer.name()))?),
            reason: "nobody was surer".to_owned(),
            accept_at: 0.0,
            last: true,
            help: false,
            answerer,
        })
    }

    /// Notes why one did not answer.
    pub(super) fn pass_over(&mut self, answerer: &Answerer, error: TurnError) {
        self.passed_over.push((answerer.name().to_owned(), error));
    }

    fn reason(&self, step: &PlannedStep) -> String {
        let passed_over: Vec<String> = self
            .passed_over
            .iter()
            // That a question is none of its own says nothing against a skill.
            .filter(|(_, error)| !matches!(error, TurnError::Declined { .. }))
            .map(|(name, error)| format!("`{name}` ({error})"))
            .collect();
        if passed_over.is_empty() {
            return step.reason.clone();
        }
        format!("{} after {}", step.reason, passed_over.join(" and "))
    }

    /// A model that is busy or loading can be asked again in a moment; else the first choice is what matters.
    fn failure(&mut self) -> TurnError {
        let passing = |error: &TurnError| {
            matches!(
                error,
                TurnError::Model(ModelError::Busy { .. } | ModelError::NotReady { .. })
            )
        };
        let best = self
            .passed_over
            .iter()
            .position(|(_, error)| passing(error))
            .unwrap_or(0);
        if best < self.passed_over.len() {
            return self.passed_over.swap_remove(best).1;
        }
        ModelError::Internal("a request named nobody and got no default model".to_owned()).into()
    }
}

/// The model that answers for one; `None`: the default model, which serves the skills that need one.
fn model_of(answerer: &Answerer) -> Option<&str> {
    match answerer {
        Answerer::Model(id) => Some(id),
        Answerer::Skill(_) | Answerer::Council => None,
    }
}

/// Whether another one may do what this one failed to. Anything else would fail again, or was the answer already.
pub(super) fn gives_way(error: &TurnError) -> bool {
    match error {
        TurnError::Model(error) => match error {
            ModelError::NotFound { .. }
            | ModelError::NotReady { .. }
            | ModelError::Busy { .. }
            | ModelError::DoesNotFit { .. }
            | ModelError::Upstream { .. }
            | ModelError::UpstreamTimeout { .. }
            | ModelError::NotAllowed { .. }
            | ModelError::Private { .. } => true,
            ModelError::InvalidRequest { .. }
            | ModelError::ContextTooLong { .. }
            | ModelError::Internal(_) => false,
        },
        TurnError::Budget(_) | TurnError::Declined { .. } | TurnError::Skill { .. } => true,
        TurnError::Vote(error) => !matches!(error, VoteError::Invalid { .. }),
        TurnError::Store(_) => false,
    }
}
