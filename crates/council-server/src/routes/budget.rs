//! `GET /budget`.

use crate::api::error::ErrorBody;
use crate::api::original::budget::BudgetAnswer;
use crate::error::ApiError;
use crate::state::App;
use axum::Json;
use axum::extract::State;
use council_core::Timestamp;
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

/// What was spent
#[utoipa::path(
    get,
    path = "/budget",
    tag = "original",
    responses(
        (status = 200, description = "Sums over the ledger", body = BudgetAnswer),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn budget(State(app): State<App>) -> Result<Json<BudgetAnswer>, ApiError> {
    let now = app.agent.clock().now();
    let seconds = now.as_secs();
    let midnight = Timestamp::from_duration(Duration::from_secs(seconds - seconds % DAY.as_secs()));
    let yesterday = Timestamp::from_duration(now.since(Timestamp::from_duration(DAY)));
    let rolling = app.agent.ledger().summary(yesterday).await?;
    let today = app.agent.ledger().summary(midnight).await?;
    Ok(Json(BudgetAnswer::new(&rolling, &today)))
}
