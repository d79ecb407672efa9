//! What memories were before, and what there is of them.

use crate::access::Caller;
use crate::api::error::ErrorBody;
use crate::api::memory::{HistoryObject, MemoryCountsObject, MemoryObject};
use crate::error::ApiError;
use crate::extract::IdPath;
use crate::state::App;
use axum::Json;
use axum::extract::State;
use council_core::MemoryId;

/// Look at what a memory was before
#[utoipa::path(
    get,
    path = "/v1/memory/{id}/history",
    operation_id = "memory_history",
    tag = "memory",
    params(("id" = String, Path, description = "The memory")),
    responses(
        (status = 200, description = "Its versions, oldest first", body = HistoryObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn history(
    State(app): State<App>,
    caller: Caller,
    IdPath(id): IdPath,
) -> Result<Json<HistoryObject>, ApiError> {
    let versions = app
        .agent
        .memories()
        .store()
        .history(&caller.user, &MemoryId(id))
        .await?;
    Ok(Json(versions.into()))
}

/// Undo the latest change of a memory
///
/// Once more undoes the change before. A memory that was superseded counts again, and what took its place is retired.
#[utoipa::path(
    post,
    path = "/v1/memory/{id}/undo",
    operation_id = "undo_memory",
    tag = "memory",
    params(("id" = String, Path, description = "The memory")),
    responses(
        (status = 200, description = "The memory as it is now", body = MemoryObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn undo(
    State(app): State<App>,
    caller: Caller,
    IdPath(id): IdPath,
) -> Result<Json<MemoryObject>, ApiError> {
    let memory = app.agent.memories().undo(&caller.user, &MemoryId(id)).await?;
    Ok(Json(memory.into()))
}

/// Count what is remembered
#[utoipa::path(
    get,
    path = "/v1/memory/stats",
    operation_id = "memory_stats",
    tag = "memory",
    responses(
        (status = 200, description = "What the memory holds", body = MemoryCountsObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn stats(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<MemoryCountsObject>, ApiError> {
    let memories = app.agent.memories();
    let store = memories.store();
    let counts = store.counts(&caller.user).await?;
    let sources = store.sources(&caller.user).await?.len();
    let stats = store.stats().await?;
    Ok(Json(MemoryCountsObject::new(
        counts,
        stats,
        sources,
        memories.embedder().info(),
    )))
}
