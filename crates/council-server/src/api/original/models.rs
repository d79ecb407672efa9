//! `GET /models`.

use crate::api::openai::models::{locality_name, state_name};
use council_core::{ModelState, ModelStatus};
use serde::Serialize;
use utoipa::ToSchema;

/// The models.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OriginalModelList {
    /// `list`.
    pub(crate) object: &'static str,
    pub(crate) data: Vec<OriginalModel>,
    pub(crate) count: usize,
    /// Who serves them.
    pub(crate) providers: Vec<String>,
    /// Their ids in order of preference.
    pub(crate) priority: Vec<String>,
    /// Who serves the default model; empty when there is none.
    pub(crate) backend: String,
    /// The default model's state, or `no_model`.
    pub(crate) status: &'static str,
}

/// A model.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OriginalModel {
    pub(crate) id: String,
    /// `model`.
    pub(crate) object: &'static str,
    /// Since when this server offers it, in seconds since the Unix epoch.
    pub(crate) created: u64,
    pub(crate) owned_by: String,
    pub(crate) provider: String,
    pub(crate) name: String,
    /// `local` or `remote`.
    pub(crate) endpoint: &'static str,
    pub(crate) pricing: Pricing,
    pub(crate) context_length: u32,
    /// `unloaded`, `loading`, `ready` or `failed`.
    pub(crate) state: &'static str,
    /// Whether it answers requests that name no model.
    pub(crate) default: bool,
}

/// What a model charges, in US dollars per million tokens.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Pricing {
    pub(crate) input: f64,
    pub(crate) output: f64,
}

impl OriginalModelList {
    pub(crate) fn new(models: Vec<ModelStatus>, created: u64) -> Self {
        let mut providers: Vec<String> = Vec::new();
        for model in &models {
            if !providers.contains(&model.info.provider) {
                providers.push(model.info.provider.clone());
            }
        }
        let default = models.iter().find(|model| model.default);
        Self {
            object: "list",
            count: models.len(),
            priority: models.iter().map(|model| model.info.id.clone()).collect(),
            backend: default
                .map(|model| model.info.provider.clone())
                .unwrap_or_default(),
            status: default.map_or("no_model", |model| status(&model.state)),
            providers,
            data: models
                .into_iter()
                .map(|model| OriginalModel::new(model, created))
                .collect(),
        }
    }
}

/// The list's status; a model that is not in memory is loaded by the first request, and thus as good as ready.
fn status(state: &ModelState) -> &'static str {
    match state {
        ModelState::Unloaded | ModelState::Ready => "ready",
        ModelState::Loading { .. } => "loading",
        ModelState::Failed { .. } => "failed",
    }
}

impl OriginalModel {
    fn new(model: ModelStatus, created: u64) -> Self {
        Self {
            object: "model",
            created,
            owned_by: model.info.provider.clone(),
            provider: model.info.provider,
            name: model.info.id.clone(),
            endpoint: locality_name(model.info.locality),
            pricing: Pricing {
                input: model.info.price.input_usd,
                output: model.info.price.output_usd,
            },
            context_length: model.info.context_length,
            state: state_name(&model.state),
            default: model.default,
            id: model.info.id,
        }
    }
}
