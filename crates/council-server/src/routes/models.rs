//! `GET /models`.

use crate::api::original::models::OriginalModelList;
use crate::state::App;
use axum::Json;
use axum::extract::State;

/// List the models in the original shape
#[utoipa::path(
    get,
    path = "/models",
    operation_id = "list_models_original",
    tag = "original",
    responses((status = 200, description = "The models, best first", body = OriginalModelList)),
)]
pub(crate) async fn models(State(app): State<App>) -> Json<OriginalModelList> {
    Json(OriginalModelList::new(
        app.agent.models().list(),
        app.started_at.as_secs(),
    ))
}
