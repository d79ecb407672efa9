//! `GET /budget`.

use crate::api::error::ErrorBody;
use crate::api::original::budget::BudgetAnswer;
use crate::error::ApiError;
use crate::state::App;
use axum::Json;
use axum::extract::State;
use council_core::{NanoUsd, Timestamp};
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

/// What was spent
#[utoipa::path(
    get,
    path = "/budget",
    tag = "original",
    responses(
        (status = 200, description = "What was spent, and what may be", body = BudgetAnswer),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn budget(State(app): State<App>) -> Result<Json<BudgetAnswer>, ApiError> {
    let now = app.agent.clock().now();
    let purse = app.agent.purse();
    let yesterday = Timestamp::from_duration(now.since(Timestamp::from_duration(DAY)));
    let rolling = purse.spent_since(yesterday).await?;
    let rolling = rolling
        .iter()
        .fold(NanoUsd::ZERO, |sum, spent| sum.plus(spent.amount));
    let midnight = now.start_of_day();
    let today = app.agent.ledger().summary(midnight).await?;
    let spent = purse.spent_since(midnight).await?;
    let money = purse.spending().await?;
    Ok(Json(BudgetAnswer::new(
        rolling,
        &today,
        &spent,
        money,
        purse.caps(),
    )))
}
