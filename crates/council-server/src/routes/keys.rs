//! `/v1/keys`: API keys. Each change has its line in the audit, and no line has a secret.

use crate::api::access::{KeyList, KeyObject, KeyOrder, NewKeyFields, NewKeyObject};
use crate::api::error::ErrorBody;
use crate::error::ApiError;
use crate::extract::{Admin, IdPath, JsonBody};
use crate::state::App;
use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};

/// List the API keys
///
/// Revoked and expired ones too. Their secrets are known to their holders only.
#[utoipa::path(
    get,
    path = "/v1/keys",
    operation_id = "list_keys",
    tag = "admin",
    responses(
        (status = 200, description = "The keys", body = KeyList),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn list(State(app): State<App>, _: Admin) -> Result<Json<KeyList>, ApiError> {
    app.access.read_again().await?;
    let now = app.access.now();
    let keys = app.access.keys();
    Ok(Json(KeyList {
        object: "list",
        data: keys.iter().map(|key| KeyObject::new(key, now)).collect(),
    }))
}

/// Make an API key
///
/// The answer has the key itself, once; the server keeps only a hash of it.
#[utoipa::path(
    post,
    path = "/v1/keys",
    operation_id = "add_key",
    tag = "admin",
    request_body = NewKeyFields,
    responses(
        (status = 200, description = "The key", body = NewKeyObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn add(
    State(app): State<App>,
    Admin(by): Admin,
    JsonBody(KeyOrder(new)): JsonBody<KeyOrder>,
) -> Result<Response, ApiError> {
    let (key, secret) = app.access.add_key(new, &by).await?;
    let key = KeyObject::new(&key, app.access.now());
    let kept_nowhere = [(CACHE_CONTROL, "no-store")];
    Ok((kept_nowhere, Json(NewKeyObject { secret, key })).into_response())
}

/// Revoke an API key
///
/// For good, and from the next request on; sessions that were opened with it end. It stays in the list.
#[utoipa::path(
    delete,
    path = "/v1/keys/{id}",
    operation_id = "revoke_key",
    tag = "admin",
    params(("id" = String, Path, description = "The key's id: the part after `cnc_`")),
    responses(
        (status = 200, description = "The key, as it is now", body = KeyObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn revoke(
    State(app): State<App>,
    Admin(by): Admin,
    IdPath(id): IdPath,
) -> Result<Json<KeyObject>, ApiError> {
    let key = app.access.revoke_key(&id, &by).await?;
    Ok(Json(KeyObject::new(&key, app.access.now())))
}
