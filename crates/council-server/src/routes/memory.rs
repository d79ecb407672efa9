//! `/v1/memory`.

use crate::access::Caller;
use crate::api::conversations::DeletedObject;
use crate::api::error::ErrorBody;
use crate::api::memory::{
    AsOfQuery, ForgetBody, ForgetOrder, ForgetResult, ListQuery, MemoryChangeBody, MemoryIds, MemoryObject,
    SaveBody, SaveOrder, SearchBody, SearchResult, memory_at,
};
use crate::api::page::PageObject;
use crate::error::ApiError;
use crate::extract::{IdPath, JsonBody, PageQuery, Paging, QueryOf};
use crate::state::App;
use axum::Json;
use axum::extract::State;
use council_core::{MemoryId, StoreError};

/// Remember something
///
/// One memory, or a list of them in `items`. What `Ok` says is on disk.
#[utoipa::path(
    post,
    path = "/v1/memory",
    operation_id = "save_memory",
    tag = "memory",
    request_body = SaveBody,
    responses(
        (status = 200, description = "It is stored", body = MemoryIds),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn save(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody<SaveBody>,
) -> Result<Json<MemoryIds>, ApiError> {
    let SaveOrder {
        memories,
        supersedes,
        is_list,
    } = body.order(&caller.user, app.agent.clock().now())?;
    let ids = if supersedes.is_empty() {
        app.agent.memories().remember(memories).await?
    } else {
        app.agent
            .memories()
            .supersede(&caller.user, supersedes, memories)
            .await?
    };
    let mut ids = ids.into_iter().map(|id| id.0);
    Ok(Json(if is_list {
        MemoryIds {
            id: None,
            ids: Some(ids.collect()),
        }
    } else {
        MemoryIds {
            id: ids.next(),
            ids: None,
        }
    }))
}

/// Find what answers a question
#[utoipa::path(
    post,
    path = "/v1/memory/search",
    operation_id = "search_memory",
    tag = "memory",
    request_body = SearchBody,
    responses(
        (status = 200, description = "The hits, best first", body = SearchResult),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn search(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody<SearchBody>,
) -> Result<Json<SearchResult>, ApiError> {
    let explain = body.explain.unwrap_or(false);
    let question = body.question(&caller.user, app.agent.clock().now())?;
    let hits = app.agent.memories().recall(question).await?;
    Ok(Json(SearchResult::new(hits, explain)))
}

/// List memories, the latest first
#[utoipa::path(
    get,
    path = "/v1/memory",
    operation_id = "list_memories",
    tag = "memory",
    params(PageQuery, ListQuery),
    responses(
        (status = 200, description = "A page of them", body = PageObject<MemoryObject>),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    paging: Paging,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<PageObject<MemoryObject>>, ApiError> {
    let store = app.agent.memories().store();
    let (found, _) = store
        .memories(query.filter(&caller.user)?, paging.probe())
        .await?;
    Ok(Json(PageObject::new(&paging, found)))
}

/// Look at one memory
#[utoipa::path(
    get,
    path = "/v1/memory/{id}",
    operation_id = "retrieve_memory",
    tag = "memory",
    params(("id" = String, Path, description = "The memory"), AsOfQuery),
    responses(
        (status = 200, description = "The memory", body = MemoryObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn retrieve(
    State(app): State<App>,
    caller: Caller,
    IdPath(id): IdPath,
    QueryOf(query): QueryOf<AsOfQuery>,
) -> Result<Json<MemoryObject>, ApiError> {
    let (store, id) = (app.agent.memories().store(), MemoryId(id));
    let Some(moment) = query.moment()? else {
        return Ok(Json(store.memory(&caller.user, &id).await?.into()));
    };
    let memory = memory_at(&store.history(&caller.user, &id).await?, moment);
    let memory = memory.ok_or(StoreError::NotFound {
        what: "memory",
        id: id.0,
    })?;
    Ok(Json(memory.into()))
}

/// Correct, pin or label a memory
#[utoipa::path(
    patch,
    path = "/v1/memory/{id}",
    operation_id = "change_memory",
    tag = "memory",
    params(("id" = String, Path, description = "The memory")),
    request_body = MemoryChangeBody,
    responses(
        (status = 200, description = "The memory as it is now", body = MemoryObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn change(
    State(app): State<App>,
    caller: Caller,
    IdPath(id): IdPath,
    JsonBody(body): JsonBody<MemoryChangeBody>,
) -> Result<Json<MemoryObject>, ApiError> {
    let (text, change) = body.change()?;
    let memories = app.agent.memories();
    Ok(Json(
        memories
            .change(&caller.user, &MemoryId(id), text, change)
            .await?
            .into(),
    ))
}

/// Forget a memory for good
#[utoipa::path(
    delete,
    path = "/v1/memory/{id}",
    operation_id = "delete_memory",
    tag = "memory",
    params(("id" = String, Path, description = "The memory")),
    responses(
        (status = 200, description = "It is gone; no file holds its text any more", body = DeletedObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Caller,
    IdPath(id): IdPath,
) -> Result<Json<DeletedObject>, ApiError> {
    let memories = app.agent.memories();
    let gone = memories.forget(&caller.user, vec![MemoryId(id.clone())]).await?;
    if gone.is_empty() {
        return Err(StoreError::NotFound { what: "memory", id }.into());
    }
    Ok(Json(DeletedObject {
        id,
        object: "memory.deleted",
        deleted: true,
    }))
}

/// Forget what is about something
///
/// With `query`: a look at what would be forgotten. With `ids`: those are forgotten, for good.
#[utoipa::path(
    post,
    path = "/v1/memory/forget",
    operation_id = "forget_memories",
    tag = "memory",
    request_body = ForgetBody,
    responses(
        (status = 200, description = "A preview, or what was forgotten", body = ForgetResult),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn forget(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody<ForgetBody>,
) -> Result<Json<ForgetResult>, ApiError> {
    let memories = app.agent.memories();
    Ok(Json(match body.order(&caller.user)? {
        ForgetOrder::Preview {
            text,
            filter,
            least_cosine,
            limit,
        } => ForgetResult::preview(memories.nearest(&text, *filter, least_cosine, limit).await?),
        ForgetOrder::Forget(ids) => ForgetResult::forgotten(memories.forget(&caller.user, ids).await?),
    }))
}
