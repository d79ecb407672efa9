//! `GET /v1/models`.

use council_core::{Locality, ModelState, ModelStatus};
use serde::Serialize;
use utoipa::ToSchema;

/// The models.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModelList {
    /// `list`.
    pub(crate) object: &'static str,
    /// In order of preference; Council's virtual models last.
    pub(crate) data: Vec<ModelObject>,
}

/// A model.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ModelObject {
    pub(crate) id: String,
    /// `model`.
    pub(crate) object: &'static str,
    /// Since when this server offers it, in seconds since the Unix epoch.
    pub(crate) created: u64,
    /// Who serves it.
    pub(crate) owned_by: String,
    /// Longest prompt plus answer that it takes here, in tokens: as configured, as trained, and as memory allows.
    pub(crate) context_length: u32,
    /// `unloaded`, `loading`, `ready` or `failed`.
    pub(crate) state: &'static str,
    /// How much is loaded, from 0 to 1, while it loads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) load_progress: Option<f32>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<String>,
    /// Whether it answers requests that name no model.
    pub(crate) default: bool,
    /// `local` or `remote`.
    pub(crate) locality: &'static str,
    pub(crate) capabilities: Capabilities,
    /// Size on disk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) size_bytes: Option<u64>,
}

/// What a model can do.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct Capabilities {
    pub(crate) chat: bool,
    pub(crate) tools: bool,
    pub(crate) vision: bool,
}

/// A change of a model's state.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ModelEventObject {
    /// The model.
    pub(crate) id: String,
    /// `unloaded`, `loading`, `ready` or `failed`.
    pub(crate) state: &'static str,
    /// How much is loaded, from 0 to 1, while it loads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) load_progress: Option<f32>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<String>,
}

impl From<council_core::ModelEvent> for ModelEventObject {
    fn from(event: council_core::ModelEvent) -> Self {
        let state = state_name(&event.state);
        let (load_progress, failure) = details(event.state);
        Self {
            id: event.id,
            state,
            load_progress,
            failure,
        }
    }
}

impl ModelObject {
    pub(crate) fn new(status: ModelStatus, created: u64) -> Self {
        let info = status.info;
        let state = state_name(&status.state);
        let (load_progress, failure) = details(status.state);
        Self {
            id: info.id,
            object: "model",
            created,
            owned_by: info.provider,
            context_length: info.context_length,
            state,
            load_progress,
            failure,
            default: status.default,
            locality: locality_name(info.locality),
            capabilities: Capabilities {
                chat: info.chat,
                tools: info.tools,
                vision: info.vision,
            },
            size_bytes: info.size_bytes,
        }
    }
}

/// A state's name on the wire.
pub(crate) fn state_name(state: &ModelState) -> &'static str {
    match state {
        ModelState::Unloaded => "unloaded",
        ModelState::Loading { .. } => "loading",
        ModelState::Ready => "ready",
        ModelState::Failed { .. } => "failed",
    }
}

fn details(state: ModelState) -> (Option<f32>, Option<String>) {
    match state {
        ModelState::Unloaded | ModelState::Ready => (None, None),
        ModelState::Loading { progress } => (Some(progress), None),
        ModelState::Failed { reason } => (None, Some(reason)),
    }
}

/// A locality's name on the wire.
pub(crate) fn locality_name(locality: Locality) -> &'static str {
    match locality {
        Locality::Local => "local",
        Locality::Remote => "remote",
    }
}
