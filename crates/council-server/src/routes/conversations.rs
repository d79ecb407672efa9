//! `/v1/conversations`.

use crate::access::Caller;
use crate::api::conversations::{
    ChangeFields, ChangeOrder, ConversationObject, ConversationPage, CreateOrder, DeletedObject, FolderList,
    ListQuery, MessageObject, NewConversationFields,
};
use crate::api::error::ErrorBody;
use crate::api::original::prompt::conversation_id;
use crate::api::page::PageObject;
use crate::error::ApiError;
use crate::extract::{IdPath, JsonBody, PageQuery, Paging, QueryOf};
use crate::state::App;
use axum::Json;
use axum::extract::State;
use council_core::{Branch, ConversationId, ConversationSettings, CountFrom, MessageId, NewConversation};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// The id of a new conversation.
pub(super) fn fresh_conversation(user: &str) -> Result<ConversationId, ApiError> {
    conversation_id(user, "session_id", &format!("conv_{}", Uuid::now_v7().simple()))
}

/// List the conversations, the last used first
#[utoipa::path(
    get,
    path = "/v1/conversations",
    operation_id = "list_conversations",
    tag = "conversations",
    params(PageQuery, ListQuery),
    responses(
        (status = 200, description = "A page of them", body = ConversationPage),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    paging: Paging,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<ConversationPage>, ApiError> {
    let filter = query.filter(&caller.user)?;
    let found = app
        .agent
        .conversations()
        .conversations(filter, paging.probe())
        .await?;
    Ok(Json(ConversationPage::new(&paging, found)))
}

/// Make a conversation before anything is said in it
///
/// One that has the `id` already stays as it is, and is the answer.
#[utoipa::path(
    post,
    path = "/v1/conversations",
    operation_id = "create_conversation",
    tag = "conversations",
    request_body = NewConversationFields,
    responses(
        (status = 200, description = "The conversation", body = ConversationObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(order): JsonBody<CreateOrder>,
) -> Result<Json<ConversationObject>, ApiError> {
    let new = NewConversation {
        id: match order.id {
            Some(id) => id.of(&caller.user),
            None => fresh_conversation(&caller.user)?,
        },
        title: order.title,
        folder: order.folder,
        settings: order.settings.over(ConversationSettings::default())?,
        created_at: app.agent.clock().now(),
    };
    let (id, agrees) = (new.id.clone(), new.settings.consent);
    let created = app.agent.conversations().create(new).await?;
    if agrees && created.settings.consent {
        note_consent(&app, &caller, &id, agrees).await?;
    }
    Ok(Json(created.into()))
}

/// List the folders, by name
#[utoipa::path(
    get,
    path = "/v1/conversations/folders",
    operation_id = "list_folders",
    tag = "conversations",
    responses(
        (status = 200, description = "The folders", body = FolderList),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn folders(State(app): State<App>, caller: Caller) -> Result<Json<FolderList>, ApiError> {
    let folders = app.agent.conversations().folders(&caller.user).await?;
    Ok(Json(FolderList {
        object: "list",
        data: folders.into_iter().map(Into::into).collect(),
    }))
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
    caller: Caller,
    IdPath(id): IdPath,
) -> Result<Json<ConversationObject>, ApiError> {
    let id = conversation_id(&caller.user, "id", &id)?;
    Ok(Json(app.agent.conversations().conversation(&id).await?.into()))
}

/// Change a conversation: its title, its active branch, where it is listed, its settings
#[utoipa::path(
    patch,
    path = "/v1/conversations/{id}",
    operation_id = "change_conversation",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation, percent-encoded")),
    request_body = ChangeFields,
    responses(
        (status = 200, description = "The conversation as it is now", body = ConversationObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn change(
    State(app): State<App>,
    caller: Caller,
    IdPath(id): IdPath,
    JsonBody(order): JsonBody<ChangeOrder>,
) -> Result<Json<ConversationObject>, ApiError> {
    let id = conversation_id(&caller.user, "id", &id)?;
    let conversations = app.agent.conversations();
    let mut change = order.change;
    let mut agreed = None;
    if let Some(settings) = order.settings {
        let before = conversations.conversation(&id).await?.settings;
        let consent = before.consent;
        let after = settings.over(before)?;
        agreed = Some(after.consent).filter(|agrees| *agrees != consent);
        change.settings = Some(after);
    }
    let changed = conversations.change(&id, change).await?;
    if let Some(agrees) = agreed {
        note_consent(&app, &caller, &id, agrees).await?;
    }
    Ok(Json(changed.into()))
}

/// The audit tells since when what is asked about leaves this machine, and who wanted that.
async fn note_consent(app: &App, caller: &Caller, id: &ConversationId, agrees: bool) -> Result<(), ApiError> {
    let Some(control) = &app.control else {
        return Ok(());
    };
    let setting = format!("consent in conversation {}", id.as_str());
    let after = if agrees { "given" } else { "withdrawn" };
    Ok(control.settings.note(setting, after, &caller.by).await?)
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
    caller: Caller,
    IdPath(id): IdPath,
) -> Result<Json<DeletedObject>, ApiError> {
    let parsed = conversation_id(&caller.user, "id", &id)?;
    app.agent.delete_conversation(&parsed).await?;
    Ok(Json(DeletedObject {
        id,
        object: "conversation.deleted",
        deleted: true,
    }))
}

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BranchQuery {
    /// A message: the branch that goes through it, to its newest end, in place of the active one.
    through: Option<i64>,
    /// Count `offset` from the last message on; `has_more` then says whether earlier ones come before these.
    #[param(default = false)]
    from_end: Option<bool>,
}

/// List the messages of a conversation's active branch, oldest first
#[utoipa::path(
    get,
    path = "/v1/conversations/{id}/messages",
    operation_id = "list_messages",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation, percent-encoded"), PageQuery, BranchQuery),
    responses(
        (status = 200, description = "A page of them", body = PageObject<MessageObject>),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn messages(
    State(app): State<App>,
    caller: Caller,
    IdPath(id): IdPath,
    paging: Paging,
    QueryOf(query): QueryOf<BranchQuery>,
) -> Result<Json<PageObject<MessageObject>>, ApiError> {
    let id = conversation_id(&caller.user, "id", &id)?;
    let branch = query
        .through
        .map_or(Branch::Active, |message| Branch::Through(MessageId(message)));
    let conversations = app.agent.conversations();
    if !query.from_end.unwrap_or(false) {
        let found = conversations
            .messages(&id, branch, CountFrom::Start, paging.probe())
            .await?;
        return Ok(Json(PageObject::new(&paging, found)));
    }
    let mut found = conversations
        .messages(&id, branch, CountFrom::End, paging.probe())
        .await?;
    // The one too many is the earliest.
    found.reverse();
    let mut page = PageObject::new(&paging, found);
    page.data.reverse();
    Ok(Json(page))
}
