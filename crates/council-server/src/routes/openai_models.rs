//! `/v1/models`: what there is, load, unload, and events.

use super::choice;
use crate::api::error::ErrorBody;
use crate::api::openai::models::{ModelEventObject, ModelList, ModelObject};
use crate::error::ApiError;
use crate::extract::IdPath;
use crate::sse;
use crate::state::App;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use council_core::{Locality, ModelStatus};
use futures::StreamExt;

/// List the models
#[utoipa::path(
    get,
    path = "/v1/models",
    operation_id = "list_models",
    tag = "openai",
    responses((status = 200, description = "The models, best first", body = ModelList)),
)]
pub(crate) async fn list(State(app): State<App>) -> Json<ModelList> {
    let models = app.agent.models().list();
    let virtual_models = virtual_models(&app, &models);
    let real = models
        .into_iter()
        .map(|model| ModelObject::new(model, app.started_at.as_secs()));
    Json(ModelList {
        object: "list",
        data: real.chain(virtual_models).collect(),
    })
}

/// Look at one model
#[utoipa::path(
    get,
    path = "/v1/models/{id}",
    operation_id = "retrieve_model",
    tag = "openai",
    params(("id" = String, Path, description = "A model's id, percent-encoded")),
    responses(
        (status = 200, description = "The model", body = ModelObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn retrieve(
    State(app): State<App>,
    IdPath(id): IdPath,
) -> Result<Json<ModelObject>, ApiError> {
    find(&app, &id).map(Json)
}

/// Look at one model whose id has a slash, such as `council/auto`
#[utoipa::path(
    get,
    path = "/v1/models/{id}/{name}",
    operation_id = "retrieve_model_with_slash",
    tag = "openai",
    params(
        ("id" = String, Path, description = "The id up to its slash"),
        ("name" = String, Path, description = "The rest of the id"),
    ),
    responses(
        (status = 200, description = "The model", body = ModelObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn retrieve_with_slash(
    State(app): State<App>,
    Path((id, name)): Path<(String, String)>,
) -> Result<Json<ModelObject>, ApiError> {
    find(&app, &format!("{id}/{name}")).map(Json)
}

/// Load a model
///
/// Answers when the model is ready; progress comes by `/v1/models/events`.
#[utoipa::path(
    post,
    path = "/v1/models/{id}/load",
    operation_id = "load_model",
    tag = "models",
    params(("id" = String, Path, description = "A model's id, percent-encoded")),
    responses(
        (status = 200, description = "The model, ready", body = ModelObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn load(State(app): State<App>, IdPath(id): IdPath) -> Result<Json<ModelObject>, ApiError> {
    app.agent.models().load(&id).await?;
    find(&app, &id).map(Json)
}

/// Give a model's memory back
///
/// Answers when its running requests have ended and its memory is free.
#[utoipa::path(
    post,
    path = "/v1/models/{id}/unload",
    operation_id = "unload_model",
    tag = "models",
    params(("id" = String, Path, description = "A model's id, percent-encoded")),
    responses(
        (status = 200, description = "The model, unloaded", body = ModelObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn unload(
    State(app): State<App>,
    IdPath(id): IdPath,
) -> Result<Json<ModelObject>, ApiError> {
    app.agent.models().unload(&id).await?;
    find(&app, &id).map(Json)
}

/// Watch the models
///
/// First the state of each model now, then every change: load progress, ready, failed, unloaded.
#[utoipa::path(
    get,
    path = "/v1/models/events",
    operation_id = "model_events",
    tag = "models",
    responses((status = 200, description = "Events without an end", content((ModelEventObject = "text/event-stream")))),
)]
pub(crate) async fn events(State(app): State<App>) -> Response {
    // Subscribed before listing: a change in between comes twice rather than never.
    let changes = app.agent.models().events();
    let now = app
        .agent
        .models()
        .list()
        .into_iter()
        .map(|model| council_core::ModelEvent {
            id: model.info.id,
            state: model.state,
        });
    let now: Vec<_> = now.collect();
    let all = futures::stream::iter(now)
        .chain(changes)
        .map(ModelEventObject::from);
    let all = all.take_until(app.shutdown.clone().cancelled_owned());
    sse::values(all.boxed(), app.limits.keep_alive)
}

fn find(app: &App, id: &str) -> Result<ModelObject, ApiError> {
    let models = app.agent.models().list();
    if let Some(found) = virtual_models(app, &models)
        .into_iter()
        .find(|model| model.id == id)
    {
        return Ok(found);
    }
    let found = models.into_iter().find(|model| model.info.id == id);
    let found = found.ok_or_else(|| {
        ApiError::model_not_found(id, "GET /v1/models lists what there is; `council pull` gets more")
    })?;
    Ok(ModelObject::new(found, app.started_at.as_secs()))
}

/// Council's own names, which stand for whichever model answers them now.
fn virtual_models(app: &App, models: &[ModelStatus]) -> Vec<ModelObject> {
    let default = models.iter().find(|model| model.default);
    let local = default
        .filter(|model| model.info.locality == Locality::Local)
        .or_else(|| models.iter().find(|model| model.info.locality == Locality::Local));
    let named = [
        (choice::AUTO, default),
        (choice::LOCAL, local),
        (choice::VOTE, local.or(default)),
    ];
    let object = |(id, model): (&str, Option<&ModelStatus>)| {
        let object = ModelObject::new(model?.clone(), app.started_at.as_secs());
        let owned_by = "council".to_owned();
        Some(ModelObject {
            id: id.to_owned(),
            owned_by,
            default: false,
            size_bytes: None,
            ..object
        })
    };
    named.into_iter().filter_map(object).collect()
}
