//! `GET /v1/egress`.

use super::admin::control;
use crate::api::admin::EgressObject;
use crate::api::error::ErrorBody;
use crate::api::page::PageObject;
use crate::error::ApiError;
use crate::extract::{PageQuery, Paging};
use crate::state::App;
use axum::Json;
use axum::extract::State;

/// List what left this machine, newest first
///
/// One line for each call of a model on another server, written before it was made: where to, what for, how much, and
/// what was replaced by placeholders. Not what was said.
#[utoipa::path(
    get,
    path = "/v1/egress",
    operation_id = "list_egress",
    tag = "ledger",
    params(PageQuery),
    responses(
        (status = 200, description = "A page of the egress ledger", body = PageObject<EgressObject>),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    paging: Paging,
) -> Result<Json<PageObject<EgressObject>>, ApiError> {
    let found = control(&app)?.egress.lines(paging.probe()).await?;
    Ok(Json(PageObject::new(&paging, found)))
}
