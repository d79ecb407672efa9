//! `GET /v1/ledger`.

use crate::access::Caller;
use crate::api::error::ErrorBody;
use crate::api::ledger::LedgerEntryObject;
use crate::api::page::PageObject;
use crate::error::ApiError;
use crate::extract::{PageQuery, Paging};
use crate::state::App;
use axum::Json;
use axum::extract::State;

/// List what each request used and cost, newest first
#[utoipa::path(
    get,
    path = "/v1/ledger",
    operation_id = "list_ledger",
    tag = "ledger",
    params(PageQuery),
    responses(
        (status = 200, description = "A page of the ledger", body = PageObject<LedgerEntryObject>),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    paging: Paging,
) -> Result<Json<PageObject<LedgerEntryObject>>, ApiError> {
    let found = app.agent.ledger().entries(&caller.user, paging.probe()).await?;
    Ok(Json(PageObject::new(&paging, found)))
}
