//! Who a request asks for: real models, Council's virtual ones, and skills.

use crate::error::ApiError;
use crate::state::App;
use council_agent::Answerers;
use council_core::{Answerer, LanguageModel, SkillKind};
use std::sync::Arc;

/// Whoever Council finds best for the question.
pub(crate) const AUTO: &str = "council/auto";
/// The same, and nothing leaves this machine.
pub(crate) const LOCAL: &str = "council/local";
/// Several voices and a vote.
pub(crate) const VOTE: &str = "council/vote";

/// Whether this names one of Council's own models, which stand for others.
pub(crate) fn is_virtual(model: &str) -> bool {
    model.starts_with("council/")
}

/// The model that a request names, or the default one where it names none, or one of Council's own.
pub(crate) fn model(app: &App, name: Option<&str>) -> Result<Arc<dyn LanguageModel>, ApiError> {
    Ok(app.agent.models().get(name.filter(|name| !is_virtual(name)))?)
}

/// Who may answer a request that names `model`; `usual` where it names none.
pub(crate) fn answerers(model: Option<String>, usual: Answerers) -> Result<Answerers, ApiError> {
    let Some(model) = model else { return Ok(usual) };
    match model.as_str() {
        "" => Err(ApiError::invalid(
            "model",
            "`model` is empty; name one of GET /v1/models or leave it out",
        )),
        AUTO => Ok(Answerers::Auto { local_only: false }),
        LOCAL => Ok(Answerers::Auto { local_only: true }),
        VOTE => Ok(Answerers::Named(vec![Answerer::Council])),
        _ => Ok(Answerers::models([model])),
    }
}

/// One that a field names: a model, a skill, or the council.
pub(crate) fn answerer(field: &str, name: String) -> Result<Answerer, ApiError> {
    if name.is_empty() {
        let message = format!("`{field}` has an empty name; name models of GET /v1/models, or skills");
        return Err(ApiError::invalid(field, message));
    }
    if name == VOTE || name == Answerer::Council.name() {
        return Ok(Answerer::Council);
    }
    Ok(SkillKind::from_name(&name).map_or(Answerer::Model(name), Answerer::Skill))
}
