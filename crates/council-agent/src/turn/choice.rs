//! Which model answers: the first of those that were named which can.

use council_core::{LanguageModel, ModelError, Models};
use std::sync::Arc;

/// The models of a request, tried in order.
pub(super) struct Choice<'a> {
    /// `None` stands for the default model.
    wanted: Vec<Option<&'a str>>,
    tried: usize,
    passed_over: Vec<(&'a str, ModelError)>,
}

/// A model that may answer.
pub(super) struct Candidate {
    pub(super) model: Arc<dyn LanguageModel>,
    /// Why it, in words.
    pub(super) reason: String,
    /// Whether no other model is left when it fails.
    pub(super) last: bool,
}

impl<'a> Choice<'a> {
    pub(super) fn among(names: &'a [String]) -> Self {
        let mut wanted: Vec<Option<&str>> = names.iter().map(|name| Some(name.as_str())).collect();
        if wanted.is_empty() {
            wanted.push(None);
        }
        Self {
            wanted,
            tried: 0,
            passed_over: Vec::new(),
        }
    }

    /// The next model that is installed.
    ///
    /// # Errors
    /// When none is left: the failure that the client can do most about.
    pub(super) fn next(&mut self, models: &dyn Models) -> Result<Candidate, ModelError> {
        while let Some(&name) = self.wanted.get(self.tried) {
            self.tried += 1;
            match models.get(name) {
                Ok(model) => {
                    let last = self.tried == self.wanted.len();
                    return Ok(Candidate {
                        model,
                        reason: self.reason(name),
                        last,
                    });
                }
                Err(error) => self
                    .passed_over
                    .push((name.unwrap_or("the default model"), error)),
            }
        }
        Err(self.failure())
    }

    /// Notes why the model that [`next`](Self::next) gave did not answer.
    pub(super) fn pass_over(&mut self, error: ModelError) {
        let name = self
            .tried
            .checked_sub(1)
            .and_then(|index| self.wanted.get(index).copied().flatten());
        self.passed_over
            .push((name.unwrap_or("the default model"), error));
    }

    fn reason(&self, name: Option<&str>) -> String {
        if name.is_none() {
            return "no model was named, so the default model answers".to_owned();
        }
        if self.passed_over.is_empty() {
            return "the model that was asked for".to_owned();
        }
        let passed_over: Vec<String> = self
            .passed_over
            .iter()
            .map(|(name, error)| format!("`{name}` ({error})"))
            .collect();
        format!("next in the request after {}", passed_over.join(" and "))
    }

    /// A model that is busy or loading can be asked again in a moment; else the first choice is what matters.
    fn failure(&mut self) -> ModelError {
        let passing =
            |error: &ModelError| matches!(error, ModelError::Busy { .. } | ModelError::NotReady { .. });
        let best = self
            .passed_over
            .iter()
            .position(|(_, error)| passing(error))
            .unwrap_or(0);
        if best < self.passed_over.len() {
            return self.passed_over.swap_remove(best).1;
        }
        ModelError::Internal("a request named no model and got no default one".to_owned())
    }
}

/// Whether another model may do what this one failed to. Anything else would fail again, or was the answer already.
pub(super) fn gives_way(error: &ModelError) -> bool {
    match error {
        ModelError::NotFound { .. }
        | ModelError::NotReady { .. }
        | ModelError::Busy { .. }
        | ModelError::NotAllowed { .. }
        | ModelError::Private { .. }
        | ModelError::DoesNotFit { .. } => true,
        ModelError::InvalidRequest { .. }
        | ModelError::ContextTooLong { .. }
        | ModelError::Upstream { .. }
        | ModelError::UpstreamTimeout { .. }
        | ModelError::Internal(_) => false,
    }
}
