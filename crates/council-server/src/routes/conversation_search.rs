//! `/v1/conversations/search`.

use crate::access::Caller;
use crate::api::conversations::{
    FindFields, FindOrder, FoundList, HitList, HitObject, SearchFields, SearchOrder,
};
use crate::api::error::ErrorBody;
use crate::api::original::prompt::conversation_id;
use crate::error::ApiError;
use crate::extract::{IdPath, JsonBody};
use crate::state::App;
use axum::Json;
use axum::extract::State;
use council_core::{ConversationId, KeyScope, MemoryFilter, MemoryHit, MemoryKind, StoreError};
use std::time::Instant;

/// From this cosine on, what is remembered is near in meaning.
const NEAR: f32 = 0.5;

/// Memories that are looked at for each conversation that is wanted: several can be of one.
const MEMORIES: usize = 3;

/// Find conversations by what was said in them
///
/// By words in titles and messages, and by meaning in what is remembered of conversations.
#[utoipa::path(
    post,
    path = "/v1/conversations/search",
    operation_id = "search_conversations",
    tag = "conversations",
    request_body = SearchFields,
    responses(
        (status = 200, description = "Where it was found", body = HitList),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn search(
    State(app): State<App>,
    caller: Caller,
    JsonBody(mut order): JsonBody<SearchOrder>,
) -> Result<Json<HitList>, ApiError> {
    let begun = Instant::now();
    order.query.user = caller.user.to_string();
    let hits = app.agent.conversations().search(order.query.clone()).await?;
    let mut data: Vec<HitObject> = hits.into_iter().map(Into::into).collect();
    let mut problems = Vec::new();
    if order.meaning && caller.scopes.has(KeyScope::Memory) && data.len() < order.query.limit {
        let filter = MemoryFilter {
            user: caller.user.to_string(),
            kinds: vec![MemoryKind::Turn],
            ..MemoryFilter::default()
        };
        let most = MEMORIES * order.query.limit;
        match app
            .agent
            .memories()
            .nearest(&order.query.text, filter, NEAR, most)
            .await
        {
            Ok(near) => add_near(&app, &order, near, &mut data).await?,
            Err(error) => problems.push(format!("it was not looked by meaning: {error}")),
        }
    }
    Ok(Json(HitList {
        object: "list",
        data,
        took_ms: begun.elapsed().as_secs_f64() * 1_000.0,
        problems,
    }))
}

/// Find a text within one conversation
///
/// In all versions of its messages, whichever are shown.
#[utoipa::path(
    post,
    path = "/v1/conversations/{id}/search",
    operation_id = "search_conversation",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation, percent-encoded")),
    request_body = FindFields,
    responses(
        (status = 200, description = "The messages that have it", body = FoundList),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn find(
    State(app): State<App>,
    caller: Caller,
    IdPath(id): IdPath,
    JsonBody(order): JsonBody<FindOrder>,
) -> Result<Json<FoundList>, ApiError> {
    let id = conversation_id(&caller.user, "id", &id)?;
    let conversations = app.agent.conversations();
    let leaf = conversations.conversation(&id).await?.leaf;
    let tree = conversations.tree(&id).await?;
    Ok(Json(FoundList::new(&tree, leaf, &order)))
}

/// Adds conversations that memories are of, the nearest first.
async fn add_near(
    app: &App,
    order: &SearchOrder,
    near: Vec<MemoryHit>,
    data: &mut Vec<HitObject>,
) -> Result<(), ApiError> {
    let conversations = app.agent.conversations();
    for hit in near {
        if data.len() == order.query.limit {
            break;
        }
        let content = &hit.memory.content;
        let Some(id) = content.scope.session.as_deref().and_then(ConversationId::parse) else {
            continue;
        };
        let id = id.of(&order.query.user);
        if data.iter().any(|known| known.is_in(&id)) {
            continue;
        }
        // A session of another client has no conversation here.
        let conversation = match conversations.conversation(&id).await {
            Err(StoreError::NotFound { .. }) => continue,
            conversation => conversation?,
        };
        let wanted = order
            .query
            .folder
            .as_ref()
            .is_none_or(|folder| conversation.folder == *folder);
        if !wanted || conversation.archived != order.query.archived {
            continue;
        }
        if let Some(message) = conversations.saying(&id, &content.text).await? {
            data.push(HitObject::near(conversation, message, hit.parts.cosine));
        }
    }
    Ok(())
}
