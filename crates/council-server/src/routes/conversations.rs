//! `/v1/conversations`.

use crate::api::conversations::{ConversationChange, ConversationObject, DeletedObject, MessageObject};
use crate::api::error::ErrorBody;
use crate::api::original::prompt::conversation_id;
use crate::api::page::PageObject;
use crate::error::ApiError;
use crate::extract::{IdPath, JsonBody, PageQuery, Paging};
use crate::state::App;
use axum::Json;
use axum::extract::State;

/// List the conversations, the last used first
#[utoipa::path(
    get,
    path = "/v1/conversations",
    operation_id = "list_conversations",
    tag = "conversations",
    params(PageQuery),
    responses(
        (status = 200, description = "A page of them", body = PageObject<ConversationObject>),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    paging: Paging,
) -> Result<Json<PageObject<ConversationObject>>, ApiError> {
    let found = app.agent.conversations().conversations(paging.probe()).await?;
    Ok(Json(PageObject::new(&paging, found)))
}

/// Look at one conversation
#[utoipa::path(
    get,
    path = "/v1/conversations/{id}",
    operation_id = "retrieve_conversation",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation, percent-encoded")),
    responses(
        (status = 200, description = "The conversation", body = ConversationObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn retrieve(
    State(app): State<App>,
    IdPath(id): IdPath,
) -> Result<Json<ConversationObject>, ApiError> {
    let id = conversation_id("id", &id)?;
    Ok(Json(app.agent.conversations().conversation(&id).await?.into()))
}

/// Name a conversation
#[utoipa::path(
    patch,
    path = "/v1/conversations/{id}",
    operation_id = "change_conversation",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation, percent-encoded")),
    request_body = ConversationChange,
    responses(
        (status = 200, description = "The conversation as it is now", body = ConversationObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn change(
    State(app): State<App>,
    IdPath(id): IdPath,
    JsonBody(change): JsonBody<ConversationChange>,
) -> Result<Json<ConversationObject>, ApiError> {
    let id = conversation_id("id", &id)?;
    app.agent.conversations().rename(&id, &change.title).await?;
    Ok(Json(app.agent.conversations().conversation(&id).await?.into()))
}

/// Remove a conversation and its messages
///
/// Turns that run in it are cancelled, and nothing of them is stored.
#[utoipa::path(
    delete,
    path = "/v1/conversations/{id}",
    operation_id = "delete_conversation",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation, percent-encoded")),
    responses(
        (status = 200, description = "It is gone", body = DeletedObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn delete(
    State(app): State<App>,
    IdPath(id): IdPath,
) -> Result<Json<DeletedObject>, ApiError> {
    let parsed = conversation_id("id", &id)?;
    app.agent.delete_conversation(&parsed).await?;
    Ok(Json(DeletedObject {
        id,
        object: "conversation.deleted",
        deleted: true,
    }))
}

/// List a conversation's messages, oldest first
#[utoipa::path(
    get,
    path = "/v1/conversations/{id}/messages",
    operation_id = "list_messages",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation, percent-encoded"), PageQuery),
    responses(
        (status = 200, description = "A page of them", body = PageObject<MessageObject>),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn messages(
    State(app): State<App>,
    IdPath(id): IdPath,
    paging: Paging,
) -> Result<Json<PageObject<MessageObject>>, ApiError> {
    let id = conversation_id("id", &id)?;
    let found = app.agent.conversations().messages(&id, paging.probe()).await?;
    Ok(Json(PageObject::new(&paging, found)))
}
