//! A fake model that plays a script, for tests and demonstrations without a model.
//!
//! It is labelled wherever a model is named: its id begins with `scripted/` and its provider is `scripted (fake)`. It
//! keeps the [`LanguageModel`] contract in full (limits, stop strings, usage, cancel) and is deterministic. A word
//! with the white space after it counts as one token.

mod performance;

use council_core::{
    EventStream, GenerateRequest, Input, LanguageModel, Locality, ModelError, ModelInfo, Price,
};
use futures::future::BoxFuture;
use futures::stream;
use futures::{FutureExt as _, StreamExt};
use performance::Performance;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How many requests are remembered.
const REMEMBERED: usize = 1000;

/// One thing that the fake does.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Says this, word by word.
    Text(String),
    /// Waits.
    Delay(Duration),
    /// Calls a tool.
    ToolCall {
        /// The tool.
        name: String,
        /// A JSON object in text form.
        arguments: String,
    },
    /// Fails.
    Fail(ModelError),
    /// Says nothing more until it is cancelled or dropped.
    HangUntilCancelled,
}

type Script = Box<dyn Fn(&GenerateRequest) -> Vec<Step> + Send + Sync>;

/// A model that answers from a script.
pub struct ScriptedModel {
    info: ModelInfo,
    script: Script,
    requests: Mutex<VecDeque<GenerateRequest>>,
}

impl ScriptedModel {
    /// Provider of all scripted models.
    pub const PROVIDER: &'static str = "scripted (fake)";

    /// A model `scripted/{name}` that plays the same steps for every request.
    pub fn new(name: &str, steps: Vec<Step>) -> Arc<Self> {
        Self::from_fn(name, move |_| steps.clone())
    }

    /// A model `scripted/{name}` whose steps depend on the request.
    pub fn from_fn(
        name: &str,
        script: impl Fn(&GenerateRequest) -> Vec<Step> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            info: ModelInfo {
                // `:` separates model and tag in other systems' names.
                id: format!("scripted/{}", name.replace(':', "-")),
                provider: Self::PROVIDER.to_owned(),
                context_length: 8192,
                locality: Locality::Local,
                price: Price::default(),
                chat: true,
                tools: true,
                vision: false,
                size_bytes: None,
            },
            script: Box::new(script),
            requests: Mutex::new(VecDeque::new()),
        })
    }

    /// A model that repeats the last message, or the text that it should continue.
    pub fn echo(name: &str) -> Arc<Self> {
        Self::from_fn(name, |request| {
            let text = match &request.input {
                Input::Chat { messages, .. } => messages.last().map(council_core::Message::joined_text),
                Input::Text(text) => Some(text.clone()),
            };
            vec![Step::Text(text.unwrap_or_default())]
        })
    }

    /// The same model with other facts about it, such as a price or a shorter context. Id and provider stay.
    pub fn with_info(self: Arc<Self>, change: impl FnOnce(&mut ModelInfo)) -> Arc<Self> {
        match Arc::try_unwrap(self) {
            Ok(mut model) => {
                let (id, provider) = (model.info.id.clone(), model.info.provider.clone());
                change(&mut model.info);
                model.info.id = id;
                model.info.provider = provider;
                Arc::new(model)
            }
            // Somebody has it already; what they know stays true.
            Err(shared) => shared,
        }
    }

    /// The latest requests, oldest first; at most 1,000.
    pub fn requests(&self) -> Vec<GenerateRequest> {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.iter().cloned().collect()
    }

    fn remember(&self, request: &GenerateRequest) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() == REMEMBERED {
            requests.pop_front();
        }
        requests.push_back(request.clone());
    }

    /// Refuses what any model refuses.
    fn check(&self, request: &GenerateRequest) -> Result<(), ModelError> {
        if matches!(&request.input, Input::Chat { messages, .. } if messages.is_empty()) {
            return Err(ModelError::InvalidRequest {
                field: "messages".to_owned(),
                message: "the list is empty; send at least one message".to_owned(),
            });
        }
        let prompt_tokens = performance::prompt_tokens(&request.input);
        if prompt_tokens >= self.info.context_length {
            return Err(ModelError::ContextTooLong {
                model: self.info.id.clone(),
                prompt_tokens,
                context_tokens: self.info.context_length,
            });
        }
        Ok(())
    }
}

impl LanguageModel for ScriptedModel {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn generate(&self, request: GenerateRequest, cancel: CancellationToken) -> EventStream {
        self.remember(&request);
        if let Err(error) = self.check(&request) {
            return stream::iter([Err(error)]).boxed();
        }
        let steps = (self.script)(&request);
        let performance = Performance::new(steps, &request, self.info.context_length, cancel);
        stream::unfold(performance, |mut performance| async move {
            let event = performance.next().await?;
            Some((event, performance))
        })
        .boxed()
    }

    fn count_tokens(&self, request: GenerateRequest) -> BoxFuture<'static, Option<u32>> {
        std::future::ready(Some(performance::prompt_tokens(&request.input))).boxed()
    }
}

#[cfg(test)]
mod tests;
