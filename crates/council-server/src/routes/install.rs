//! `/v1/models/catalog`, `/v1/models/pulls` and the like: which models there could be, how they come, how fast they are.

use super::admin::control;
use crate::api::error::ErrorBody;
use crate::api::install::{BenchmarkObject, CatalogList, ModelRemoved, PullList, PullObject, PullOrder};
use crate::error::{ApiError, Code};
use crate::extract::{Admin, IdPath, JsonBody};
use crate::sse;
use crate::state::App;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use council_agent::benchmark::benchmark as measure;
use council_core::install::Installer;
use futures::StreamExt;
use std::sync::Arc;

/// List the models that can be installed
///
/// With what each needs and how it suits this machine; installed files that the catalog does not have are in it too.
#[utoipa::path(
    get,
    path = "/v1/models/catalog",
    operation_id = "model_catalog",
    tag = "models",
    responses(
        (status = 200, description = "The models, best first", body = CatalogList),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn catalog(State(app): State<App>) -> Result<Json<CatalogList>, ApiError> {
    let installer = Arc::clone(installer(&app)?);
    // Looks at files and at the machine.
    let looked = tokio::task::spawn_blocking(move || (installer.machine(), installer.catalog())).await;
    let (machine, models) = looked.map_err(|error| ApiError::internal(error.to_string()))?;
    Ok(Json(CatalogList {
        object: "list",
        machine: machine.into(),
        data: models.into_iter().map(Into::into).collect(),
    }))
}

/// Pull a model
///
/// Begins in the background; progress comes by `/v1/models/pulls/events`. What is being pulled already goes on, and what
/// was cut continues where it was. The model can be used as soon as it is installed.
#[utoipa::path(
    post,
    path = "/v1/models/pull",
    operation_id = "pull_model",
    tag = "models",
    request_body = PullOrder,
    responses(
        (status = 202, description = "The pull, as it begins or is", body = PullObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn pull(
    State(app): State<App>,
    Admin(by): Admin,
    JsonBody(order): JsonBody<PullOrder>,
) -> Result<(StatusCode, Json<PullObject>), ApiError> {
    let installer = installer(&app)?;
    let control = control(&app)?;
    if control.settings.policy().local_only {
        let message = "nothing is fetched in local-only mode; switch `cloud.local_only` off to pull a model";
        return Err(ApiError::new(Code::EgressRefused, message));
    }
    let model = order.model.trim();
    let state = installer.pull(model)?;
    control
        .settings
        .note(format!("pull.{model}"), "begun", &by)
        .await?;
    Ok((StatusCode::ACCEPTED, Json(state.into())))
}

/// List the pulls
#[utoipa::path(
    get,
    path = "/v1/models/pulls",
    operation_id = "list_pulls",
    tag = "models",
    responses(
        (status = 200, description = "The pulls of this process", body = PullList),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn pulls(State(app): State<App>) -> Result<Json<PullList>, ApiError> {
    let pulls = installer(&app)?.pulls();
    Ok(Json(PullList {
        object: "list",
        data: pulls.into_iter().map(Into::into).collect(),
    }))
}

/// Watch the pulls
///
/// First each pull as it is, then every change.
#[utoipa::path(
    get,
    path = "/v1/models/pulls/events",
    operation_id = "pull_events",
    tag = "models",
    responses(
        (status = 200, description = "Events without an end", content((PullObject = "text/event-stream"))),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn events(State(app): State<App>) -> Result<Response, ApiError> {
    let installer = installer(&app)?;
    // Subscribed before listing: a change in between comes twice rather than never.
    let changes = installer.events();
    let now = futures::stream::iter(installer.pulls());
    let all = now.chain(changes).map(PullObject::from);
    let all = all.take_until(app.shutdown.clone().cancelled_owned());
    Ok(sse::values(all.boxed(), app.limits.keep_alive))
}

/// Cancel a pull
///
/// What came stays, and the next pull of the same model continues from there.
#[utoipa::path(
    delete,
    path = "/v1/models/pulls/{id}",
    operation_id = "cancel_pull",
    tag = "models",
    params(("id" = u64, Path, description = "The pull's id")),
    responses(
        (status = 200, description = "The pull, which ends in a moment", body = PullObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn cancel(
    State(app): State<App>,
    _: Admin,
    IdPath(id): IdPath,
) -> Result<Json<PullObject>, ApiError> {
    let number = id.parse().map_err(|_| {
        let message = format!("`id` is `{id}`; it must be the id of a pull of GET /v1/models/pulls");
        ApiError::invalid("id", message)
    })?;
    Ok(Json(installer(&app)?.cancel(number)?.into()))
}

/// Remove an installed model
///
/// Its running requests end first.
#[utoipa::path(
    delete,
    path = "/v1/models/{id}",
    operation_id = "remove_model",
    tag = "models",
    params(("id" = String, Path, description = "A model's id, percent-encoded")),
    responses(
        (status = 200, description = "The model is gone", body = ModelRemoved),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn remove(
    State(app): State<App>,
    Admin(by): Admin,
    IdPath(id): IdPath,
) -> Result<Json<ModelRemoved>, ApiError> {
    let installer = installer(&app)?;
    if app.agent.models().list().iter().any(|model| model.info.id == id) {
        app.agent.models().unload(&id).await?;
    }
    let freed_bytes = installer.remove(&id).await?;
    let settings = &control(&app)?.settings;
    settings.note(format!("model.{id}"), "removed", &by).await?;
    Ok(Json(ModelRemoved { id, freed_bytes }))
}

/// Measure how fast a model answers
///
/// One short prompt and at most 64 tokens; loads the model where it is not in memory. Refused while anything runs.
#[utoipa::path(
    post,
    path = "/v1/models/{id}/benchmark",
    operation_id = "benchmark_model",
    tag = "models",
    params(("id" = String, Path, description = "A model's id, percent-encoded")),
    responses(
        (status = 200, description = "What was measured", body = BenchmarkObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn benchmark(
    State(app): State<App>,
    _: Admin,
    IdPath(id): IdPath,
) -> Result<Json<BenchmarkObject>, ApiError> {
    let Ok(_alone) = app.benchmark.try_lock() else {
        let message = "another model is being measured; wait for it";
        return Err(ApiError::new(Code::Conflict, message));
    };
    let now = app.agent.clock().now();
    let cancel = app.agent.halt().token();
    // A client that goes away takes the measurement with it.
    let _guard = cancel.clone().drop_guard();
    let measured = measure(&**app.agent.models(), &id, now, cancel).await?;
    Ok(Json(BenchmarkObject::new(id, now, &measured)))
}

fn installer(app: &App) -> Result<&Arc<dyn Installer>, ApiError> {
    app.installer
        .as_ref()
        .ok_or_else(|| ApiError::new(Code::NotFound, "this server installs no models"))
}
