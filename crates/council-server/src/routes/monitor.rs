//! `/v1/system`, `/v1/metrics/history`, `/v1/metrics/trend` and `/v1/alerts`: how the process and its machine do, and did.

use crate::api::error::ErrorBody;
use crate::api::monitor::{AlertsObject, HistoryObject, HistoryQuery, SystemObject, TrendObject};
use crate::error::ApiError;
use crate::extract::QueryOf;
use crate::state::App;
use axum::Json;
use axum::extract::State;

/// How the process and its machine do
///
/// Measured once a second; rates are of the last second, shares and quantiles of the last minute.
#[utoipa::path(
    get,
    path = "/v1/system",
    operation_id = "get_system",
    tag = "monitor",
    responses(
        (status = 200, description = "What was measured last", body = SystemObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn system(State(app): State<App>) -> Result<Json<SystemObject>, ApiError> {
    let now = app.monitor.now().await;
    now.map(|now| Json(now.into()))
        .ok_or_else(|| ApiError::internal("nothing was measured"))
}

/// How they did
///
/// The finest points that are kept for that long: each second for 15 minutes, each minute for 7 days, each quarter of an hour for 30.
#[utoipa::path(
    get,
    path = "/v1/metrics/history",
    operation_id = "get_metrics_history",
    tag = "monitor",
    params(HistoryQuery),
    responses(
        (status = 200, description = "A value of each series at each point of time", body = HistoryObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn history(
    State(app): State<App>,
    QueryOf(query): QueryOf<HistoryQuery>,
) -> Result<Json<HistoryObject>, ApiError> {
    let (names, from, until) = query.order(app.agent.clock().now())?;
    Ok(Json(app.monitor.past(&names, from, until).await?.into()))
}

/// How this week was, against the one before
#[utoipa::path(
    get,
    path = "/v1/metrics/trend",
    operation_id = "get_metrics_trend",
    tag = "monitor",
    responses(
        (status = 200, description = "Speed, failures and cost of the last seven days and of the seven before", body = TrendObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn trend(State(app): State<App>) -> Result<Json<TrendObject>, ApiError> {
    Ok(Json(app.monitor.trend().await?.into()))
}

/// What somebody should know
#[utoipa::path(
    get,
    path = "/v1/alerts",
    operation_id = "list_alerts",
    tag = "monitor",
    responses(
        (status = 200, description = "What holds, and what is over, since the process started", body = AlertsObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn alerts(State(app): State<App>) -> Json<AlertsObject> {
    Json(AlertsObject {
        object: "list",
        data: app.monitor.alerts().into_iter().map(Into::into).collect(),
    })
}
