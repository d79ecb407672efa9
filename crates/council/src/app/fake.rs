//! The labelled fake behind the hidden `--scripted`: lets tests run the whole program without a model.

use council_core::{GenerateRequest, Input, Message};
use council_models::scripted::{ScriptedModel, Step};
use std::sync::Arc;

/// A model that repeats the last message; after one that ends in `...` it never comes to an end.
pub(super) fn model() -> Arc<ScriptedModel> {
    ScriptedModel::from_fn("echo", |request: &GenerateRequest| {
        let text = match &request.input {
            Input::Chat { messages, .. } => messages.last().map(Message::joined_text).unwrap_or_default(),
            Input::Text(text) => text.clone(),
        };
        let endless = text.ends_with("...");
        let mut steps = vec![Step::Text(text)];
        if endless {
            steps.push(Step::HangUntilCancelled);
        }
        steps
    })
}
