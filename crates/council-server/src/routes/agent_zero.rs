//! Agent Zero's folder.

use super::memory_transfer::respond;
use crate::access::Caller;
use crate::api::error::ErrorBody;
use crate::api::memory::{ImportEvent, ImportObject};
use crate::error::ApiError;
use crate::extract::{Flags, RequestId};
use crate::folders;
use crate::imports::Import;
use crate::state::App;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use council_agent::agent_zero::folder;

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
pub(crate) async fn export(State(app): State<App>, caller: Caller) -> Result<Response, ApiError> {
    let folder = folder::write(app.agent.memories(), &caller.user).await?;
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
    caller: Caller,
    id: RequestId,
    flags: Flags,
    request: Request,
) -> Result<Response, ApiError> {
    let archive = folders::body(request.into_body(), app.limits.body_timeout).await?;
    let now = app.agent.clock().now();
    let bytes = archive.len() as u64;
    // Some hundred megabytes take a moment that other requests should not wait for.
    let read = tokio::task::spawn_blocking(move || folders::unpack(&archive, &caller.user, now)).await;
    let read = read.map_err(|error| ApiError::internal(error.to_string()))??;
    let memories = app.agent.memories().clone();
    let import = Import::of_records(memories, now, read.records, bytes, read.notes);
    respond(&app, &id, &flags, import).await
}
