//! `/v1/users`: who has conversations and memories of their own.

use super::admin::control;
use crate::api::access::{NewUserFields, RemoveUserQuery, RemovedUser, UserData, UserList, UserObject};
use crate::api::error::ErrorBody;
use crate::error::{ApiError, Code};
use crate::extract::{Admin, IdPath, JsonBody, QueryOf};
use crate::state::App;
use axum::Json;
use axum::extract::State;
use council_agent::FORGET;
use council_core::forgetting::Removed;
use council_core::memory::LOCAL_USER;

/// List the users
///
/// The owner of the server's machine first, who always is.
#[utoipa::path(
    get,
    path = "/v1/users",
    operation_id = "list_users",
    tag = "admin",
    responses(
        (status = 200, description = "The users", body = UserList),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn list(State(app): State<App>, _: Admin) -> Result<Json<UserList>, ApiError> {
    app.access.read_again().await?;
    let (now, keys) = (app.access.now(), app.access.keys());
    let mut data = vec![UserObject::owner(&keys, now)];
    let others = app.access.users();
    data.extend(others.iter().map(|user| UserObject::of(user, &keys, now)));
    Ok(Json(UserList { object: "list", data }))
}

/// Add a user
///
/// Who can do nothing before there is a key: `POST /v1/keys` with `user`.
#[utoipa::path(
    post,
    path = "/v1/users",
    operation_id = "add_user",
    tag = "admin",
    request_body = NewUserFields,
    responses(
        (status = 200, description = "The user", body = UserObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn add(
    State(app): State<App>,
    Admin(by): Admin,
    JsonBody(fields): JsonBody<NewUserFields>,
) -> Result<Json<UserObject>, ApiError> {
    let user = app.access.add_user(&fields.name, &by).await?;
    Ok(Json(UserObject::of(&user, &app.access.keys(), app.access.now())))
}

/// Remove a user
///
/// The user's keys are revoked. With `data=keep` conversations and memories stay, and are there again for a user of the same name.
/// With `data=delete` conversations, memories, documents, receipts, keys and sandbox sessions go for good, after running turns were
/// stopped; what was used and spent stays as amounts that are nobody's, so that no budget has room again. That works for a user who
/// was removed before, too.
#[utoipa::path(
    delete,
    path = "/v1/users/{name}",
    operation_id = "remove_user",
    tag = "admin",
    params(("name" = String, Path, description = "The user's name"), RemoveUserQuery),
    responses(
        (status = 200, description = "The user is no more", body = RemovedUser),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn remove(
    State(app): State<App>,
    Admin(by): Admin,
    IdPath(name): IdPath,
    QueryOf(query): QueryOf<RemoveUserQuery>,
) -> Result<Json<RemovedUser>, ApiError> {
    let deleted = match query.data {
        UserData::Keep => {
            app.access.remove_user(&name, &by).await?;
            None
        }
        UserData::Delete => Some(remove_with_all(&app, &name, &by).await?.into()),
    };
    Ok(Json(RemovedUser {
        name,
        object: "user.removed",
        removed: true,
        deleted,
    }))
}

/// Removes a user, who may have been removed before, with all that is the user's.
async fn remove_with_all(app: &App, name: &str, by: &str) -> Result<Removed, ApiError> {
    if name == LOCAL_USER {
        let message = format!("`{LOCAL_USER}` is the owner of the server's machine, who always is");
        return Err(
            ApiError::invalid("name", message).with_hint("`council forget` removes what somebody names")
        );
    }
    let places = app.forgetting.as_ref().ok_or_else(|| {
        ApiError::new(
            Code::NotFound,
            "this server keeps nothing of users that it could delete",
        )
    })?;
    let missing = match app.access.remove_user(name, by).await {
        Err(error) if error.code == Code::NotFound => Some(error),
        removed => removed.map(|()| None)?,
    };
    if let Some(sandbox) = &app.sandbox {
        for session in sandbox.sessions().await {
            if session.id.user() == name {
                // One that has ended meanwhile is what was wanted.
                let _ = sandbox.end_session(&session.id).await;
            }
        }
    }
    let keys = app.access.keys_of(name);
    let removed = app.agent.remove_all_of(&*places.rows, name, &keys).await?;
    app.detached.forget_ended();
    let keys = app.access.delete_keys(name).await?;
    let removed = Removed { keys, ..removed };
    if let Some(error) = missing.filter(|_| removed.is_nothing()) {
        return Err(error);
    }
    // Other servers with the same database drop their caches when they see it.
    let note = format!(
        "{} conversations, {} memories of a removed user",
        removed.conversations, removed.memories
    );
    control(app)?.settings.note(FORGET.to_owned(), &note, by).await?;
    Ok(removed)
}
