//! `/v1/memory/profile`.

use crate::access::Caller;
use crate::api::error::ErrorBody;
use crate::api::memory::{MemoryObject, ProfileBody, ProfileObject, ProfileQuery, attribute};
use crate::error::ApiError;
use crate::extract::{IdPath, JsonBody, QueryOf};
use crate::state::App;
use axum::Json;
use axum::extract::State;

/// What is known of the user
///
/// Confirmed facts and preferences, by attribute. What waits for confirmation is in `GET /v1/memory?quarantined=true`.
#[utoipa::path(
    get,
    path = "/v1/memory/profile",
    operation_id = "retrieve_profile",
    tag = "memory",
    params(ProfileQuery),
    responses(
        (status = 200, description = "The profile", body = ProfileObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn profile(
    State(app): State<App>,
    caller: Caller,
    QueryOf(query): QueryOf<ProfileQuery>,
) -> Result<Json<ProfileObject>, ApiError> {
    let project = query.project()?;
    let entries = app
        .agent
        .memories()
        .profile(&caller.user, project.as_deref())
        .await?;
    Ok(Json(ProfileObject::new(entries)))
}

/// Write down what is so
///
/// Of an attribute with one value, such as `home`, the former value is superseded; to others, such as `likes`, it is
/// added. What is there already is left as it is.
#[utoipa::path(
    put,
    path = "/v1/memory/profile/{attribute}",
    operation_id = "set_profile",
    tag = "memory",
    params(("attribute" = String, Path, description = "Such as `home` or `likes`")),
    request_body = ProfileBody,
    responses(
        (status = 200, description = "The fact", body = MemoryObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn set(
    State(app): State<App>,
    caller: Caller,
    IdPath(name): IdPath,
    JsonBody(body): JsonBody<ProfileBody>,
) -> Result<Json<MemoryObject>, ApiError> {
    let attribute = attribute(&name)?;
    let (scope, subject, text) = body.parts(&caller.user)?;
    let memories = app.agent.memories();
    let now = app.agent.clock().now();
    let id = memories
        .set_profile(scope, attribute, subject.as_deref(), &text, now)
        .await?;
    Ok(Json(memories.store().memory(&caller.user, &id).await?.into()))
}
