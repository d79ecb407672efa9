//! `GET /v1/router/calibration`.

use crate::api::calibration::{CalibrationObject, CalibrationsObject};
use crate::api::error::ErrorBody;
use crate::error::ApiError;
use crate::state::App;
use axum::Json;
use axum::extract::State;

/// List how far each model's confidence can be relied on
#[utoipa::path(
    get,
    path = "/v1/router/calibration",
    operation_id = "list_calibrations",
    tag = "router",
    responses(
        (status = 200, description = "What `council calibrate` measured", body = CalibrationsObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn list(State(app): State<App>) -> Result<Json<CalibrationsObject>, ApiError> {
    let found = app.calibrations.calibrations().await?;
    Ok(Json(CalibrationsObject {
        object: "list",
        data: found.into_iter().map(CalibrationObject::from).collect(),
    }))
}
