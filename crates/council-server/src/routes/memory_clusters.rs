//! `/v1/memory/clusters`.

use crate::access::Caller;
use crate::api::error::ErrorBody;
use crate::api::memory::{ClusterMembers, ClusterQuery, ClustersObject, ClustersQuery};
use crate::error::ApiError;
use crate::extract::{IdPath, PageQuery, Paging, QueryOf};
use crate::state::App;
use axum::Json;
use axum::extract::State;
use council_core::StoreError;

/// Topics of what is remembered
///
/// Found at the first request, which may take seconds with many memories, and again in the background when a tenth of
/// the memories are new or gone.
#[utoipa::path(
    get,
    path = "/v1/memory/clusters",
    operation_id = "list_memory_clusters",
    tag = "memory",
    params(ClustersQuery),
    responses(
        (status = 200, description = "The topics, the largest first", body = ClustersObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    QueryOf(query): QueryOf<ClustersQuery>,
) -> Result<Json<ClustersObject>, ApiError> {
    let (project, limit) = query.parts()?;
    let topics = app
        .agent
        .learner()
        .topics(&caller.user, project.as_deref())
        .await?;
    Ok(Json(ClustersObject::new(&topics, limit)))
}

/// Find the topics anew
///
/// Without waiting until a tenth of the memories are new or gone. Answers when they are found, which may take seconds
/// with many memories.
#[utoipa::path(
    post,
    path = "/v1/memory/clusters",
    operation_id = "find_memory_clusters",
    tag = "memory",
    params(ClustersQuery),
    responses(
        (status = 200, description = "The topics, the largest first", body = ClustersObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn find(
    State(app): State<App>,
    caller: Caller,
    QueryOf(query): QueryOf<ClustersQuery>,
) -> Result<Json<ClustersObject>, ApiError> {
    let (project, limit) = query.parts()?;
    let topics = app
        .agent
        .learner()
        .topics_anew(&caller.user, project.as_deref())
        .await?;
    Ok(Json(ClustersObject::new(&topics, limit)))
}

/// One topic and its memories
#[utoipa::path(
    get,
    path = "/v1/memory/clusters/{number}",
    operation_id = "retrieve_memory_cluster",
    tag = "memory",
    params(("number" = String, Path, description = "The topic's number in the list"), ClusterQuery, PageQuery),
    responses(
        (status = 200, description = "The topic and a part of its memories", body = ClusterMembers),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn members(
    State(app): State<App>,
    caller: Caller,
    IdPath(number): IdPath,
    QueryOf(query): QueryOf<ClusterQuery>,
    paging: Paging,
) -> Result<Json<ClusterMembers>, ApiError> {
    let project = query.project()?;
    let topics = app
        .agent
        .learner()
        .topics(&caller.user, project.as_deref())
        .await?;
    let topic = number
        .parse::<usize>()
        .ok()
        .and_then(|at| Some((at, topics.topics.get(at)?)));
    let (at, topic) = topic.ok_or(StoreError::NotFound {
        what: "memory cluster",
        id: number,
    })?;
    let offset = usize::try_from(paging.offset).unwrap_or(usize::MAX);
    let mut ids: Vec<_> = topic
        .members
        .iter()
        .skip(offset)
        .take(paging.limit as usize + 1)
        .collect();
    let has_more = paging.cut(&mut ids);
    let mut data = Vec::with_capacity(ids.len());
    for id in ids {
        match app.agent.memories().store().memory(&caller.user, id).await {
            Ok(memory) => data.push(memory),
            // Forgotten since the topics were found.
            Err(StoreError::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Json(ClusterMembers::new(at, topic, data, has_more)))
}
