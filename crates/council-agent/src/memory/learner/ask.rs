//! A model's answer, and how sure it was.

use super::Learner;
use council_core::{GenerateEvent, GenerateRequest, LanguageModel, Locality, ModelError};
use futures::StreamExt as _;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What a model wrote.
pub(super) struct Answer {
    pub(super) text: String,
    /// The geometric mean of its tokens' probabilities; `None` for models that do not report them.
    pub(super) probability: Option<f32>,
}

impl Learner {
    /// The model that is asked; `None` when only remote ones are there and none of them is named.
    pub(super) fn model(&self) -> Result<Option<Arc<dyn LanguageModel>>, ModelError> {
        let models = &self.0.models;
        if let Some(id) = &self.0.config.model {
            return models.get(Some(id)).map(Some);
        }
        let default = models.get(None)?;
        if default.info().locality == Locality::Local {
            return Ok(Some(default));
        }
        let statuses = models.list();
        let local = statuses
            .iter()
            .find(|status| status.info.locality == Locality::Local && status.info.chat);
        local.map(|status| models.get(Some(&status.info.id))).transpose()
    }
}

/// The whole answer to a request.
pub(super) async fn ask(
    model: &dyn LanguageModel,
    request: GenerateRequest,
    cancel: &CancellationToken,
) -> Result<Answer, ModelError> {
    let mut events = model.generate(request, cancel.clone());
    let (mut text, mut sum, mut tokens) = (String::new(), 0.0_f32, 0_u32);
    while let Some(event) = events.next().await {
        match event? {
            GenerateEvent::Text { text: more, logprobs } => {
                text.push_str(&more);
                sum += logprobs.iter().map(|token| token.logprob).sum::<f32>();
                tokens += logprobs.len() as u32;
            }
            GenerateEvent::ToolCall(_) | GenerateEvent::Usage(_) | GenerateEvent::Finish(_) => {}
        }
    }
    Ok(Answer {
        text,
        probability: (tokens > 0).then(|| (sum / tokens as f32).exp()),
    })
}
