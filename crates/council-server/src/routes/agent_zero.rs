//! Agent Zero: its memory tools under `/v1/tools`, and its folder.

use super::memory_transfer::respond;
use crate::api::error::ErrorBody;
use crate::api::memory::{
    DeleteTool, DeletedTool, ForgetTool, ForgottenTool, ImportEvent, ImportObject, LoadTool, LoadedTool,
    SaveTool, SavedTool, ToolHit, USER,
};
use crate::error::ApiError;
use crate::extract::{Flags, JsonBody, RequestId};
use crate::folders;
use crate::imports::Import;
use crate::state::App;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use council_agent::agent_zero::{folder, tools};
use council_core::MemoryId;

/// Agent Zero's `memory_load`
///
/// The memories whose meaning is nearest. The score is (1 + cosine) / 2, as in Agent Zero.
#[utoipa::path(
    post,
    path = "/v1/tools/memory_load",
    operation_id = "memory_load",
    tag = "agent zero",
    request_body = LoadTool,
    responses(
        (status = 200, description = "The memories, best first", body = LoadedTool),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn load(
    State(app): State<App>,
    JsonBody(body): JsonBody<LoadTool>,
) -> Result<Json<LoadedTool>, ApiError> {
    let (query, limit) = body.question()?;
    let hits = tools::load(app.agent.memories(), USER, &query, limit).await?;
    Ok(Json(LoadedTool {
        result: tools::text(&hits, &query.text),
        hits: hits.into_iter().map(ToolHit::from).collect(),
    }))
}

/// Agent Zero's `memory_save`
#[utoipa::path(
    post,
    path = "/v1/tools/memory_save",
    operation_id = "memory_save",
    tag = "agent zero",
    request_body = SaveTool,
    responses(
        (status = 200, description = "It is stored", body = SavedTool),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn save(
    State(app): State<App>,
    JsonBody(body): JsonBody<SaveTool>,
) -> Result<Json<SavedTool>, ApiError> {
    let (text, area, metadata) = body.note()?;
    let now = app.agent.clock().now();
    let MemoryId(id) = tools::save(app.agent.memories(), USER, text, area, metadata, now).await?;
    let result = format!("The memory is saved with id {id}");
    Ok(Json(SavedTool { result, id }))
}

/// Agent Zero's `memory_delete`
#[utoipa::path(
    post,
    path = "/v1/tools/memory_delete",
    operation_id = "memory_delete",
    tag = "agent zero",
    request_body = DeleteTool,
    responses(
        (status = 200, description = "They are gone for good", body = DeletedTool),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn delete(
    State(app): State<App>,
    JsonBody(body): JsonBody<DeleteTool>,
) -> Result<Json<DeletedTool>, ApiError> {
    let gone = tools::delete(app.agent.memories(), USER, body.ids()?).await?;
    Ok(Json(DeletedTool {
        result: format!("{} memories deleted", gone.len()),
        deleted: gone.into_iter().map(|id| id.0).collect(),
    }))
}

/// Agent Zero's `memory_forget`
///
/// Forgets all that `memory_load` would find without a limit, at once and for good. `POST /v1/memory/forget` shows it
/// first.
#[utoipa::path(
    post,
    path = "/v1/tools/memory_forget",
    operation_id = "memory_forget",
    tag = "agent zero",
    request_body = ForgetTool,
    responses(
        (status = 200, description = "They are gone for good", body = ForgottenTool),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn forget(
    State(app): State<App>,
    JsonBody(body): JsonBody<ForgetTool>,
) -> Result<Json<ForgottenTool>, ApiError> {
    let gone = tools::forget(app.agent.memories(), USER, &body.question()?).await?;
    Ok(Json(ForgottenTool {
        result: format!("{} memories forgotten", gone.len()),
        forgotten: gone.into_iter().map(|id| id.0).collect(),
    }))
}

/// Export as an Agent Zero folder
///
/// A zip archive of `index.pkl`, `index.faiss` and `embedding.json`: all that is known and not kept apart. Every text
/// is embedded anew, whole, as Agent Zero does it.
#[utoipa::path(
    get,
    path = "/v1/memory/agent-zero",
    operation_id = "export_agent_zero",
    tag = "agent zero",
    responses(
        (status = 200, description = "The archive", content((Vec<u8> = "application/zip"))),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn export(State(app): State<App>) -> Result<Response, ApiError> {
    let folder = folder::write(app.agent.memories(), USER).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"agent-zero-memory.zip\"",
        ),
    ];
    Ok((headers, folders::pack(&folder)?).into_response())
}

/// Import an Agent Zero folder
///
/// A zip archive with `index.pkl` and, if wanted, `index.faiss` and `embedding.json`, of up to 256 MiB. Nothing of the
/// pickle is executed, and one that tries is refused. Identifiers, areas, times and metadata are kept; a memory whose id
/// is there already stays as it is.
#[utoipa::path(
    post,
    path = "/v1/memory/agent-zero",
    operation_id = "import_agent_zero",
    tag = "agent zero",
    params(Flags),
    request_body(content = Vec<u8>, content_type = "application/zip"),
    responses(
        (status = 200, description = "What was done; with `stream` as events",
            content((ImportObject = "application/json"), (ImportEvent = "text/event-stream"))),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn import(
    State(app): State<App>,
    id: RequestId,
    flags: Flags,
    request: Request,
) -> Result<Response, ApiError> {
    let archive = folders::body(request.into_body(), app.limits.body_timeout).await?;
    let now = app.agent.clock().now();
    let bytes = archive.len() as u64;
    // Some hundred megabytes take a moment that other requests should not wait for.
    let read = tokio::task::spawn_blocking(move || folders::unpack(&archive, USER, now)).await;
    let read = read.map_err(|error| ApiError::internal(error.to_string()))??;
    let memories = app.agent.memories().clone();
    let import = Import::of_records(memories, now, read.records, bytes, read.notes);
    respond(&app, &id, &flags, import).await
}
