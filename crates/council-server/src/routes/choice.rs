//! Which models a request asks for: real ids, and Council's virtual ones.

use crate::error::ApiError;
use crate::state::App;
use council_core::{Locality, ModelError};
use std::time::Duration;

/// Whatever Council finds best; the default model for now.
pub(crate) const AUTO: &str = "council/auto";
/// The same among local models.
pub(crate) const LOCAL: &str = "council/local";
/// Several models and a vote; not built yet, and refused rather than answered by one model.
const VOTE: &str = "council/vote";

/// Whether this names one of Council's own models, which stand for others.
pub(crate) fn is_virtual(model: &str) -> bool {
    model.starts_with("council/")
}

/// The models to try, in order; empty for the default.
pub(crate) fn models(app: &App, model: Option<String>) -> Result<Vec<String>, ApiError> {
    let Some(model) = model else { return Ok(Vec::new()) };
    match model.as_str() {
        "" => Err(ApiError::invalid(
            "model",
            "`model` is empty; name one of GET /v1/models or leave it out",
        )),
        AUTO => Ok(Vec::new()),
        LOCAL => local(app),
        VOTE => Err(ApiError::model_not_found(
            VOTE,
            "this version has no council vote; use `council/auto`",
        )),
        _ => Ok(vec![model]),
    }
}

/// All local models, the default one first.
fn local(app: &App) -> Result<Vec<String>, ApiError> {
    let mut models = app.agent.models().list();
    models.retain(|model| model.info.locality == Locality::Local);
    if models.is_empty() {
        return Err(ModelError::NotReady {
            message: "no local model is installed; run `council pull` to get one".to_owned(),
            retry_after: Duration::from_secs(30),
        }
        .into());
    }
    models.sort_by_key(|model| !model.default);
    Ok(models.into_iter().map(|model| model.info.id).collect())
}
