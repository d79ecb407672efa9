//! `/v1/retention`: what is older than it may be.

use super::admin::control;
use crate::api::error::ErrorBody;
use crate::api::retention::{RetentionObject, RetentionQuery};
use crate::error::{ApiError, Code};
use crate::extract::{Admin, QueryOf};
use crate::state::App;
use axum::Json;
use axum::extract::State;
use council_core::retention::RetentionRules;

/// See what would go
///
/// Counts what is older than the settings `retention.…_days` allow, or, with `days`, than so many days. Removes nothing: the server
/// does that by itself once an hour, with a line in the audit.
#[utoipa::path(
    get,
    path = "/v1/retention",
    operation_id = "retention",
    tag = "admin",
    params(RetentionQuery),
    responses(
        (status = 200, description = "What would go", body = RetentionObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn look(
    State(app): State<App>,
    _: Admin,
    QueryOf(query): QueryOf<RetentionQuery>,
) -> Result<Json<RetentionObject>, ApiError> {
    let rules = match query.days {
        Some(days) => RetentionRules::all(days),
        None => control(&app)?.settings.current().retention,
    };
    let rows = app.retention.as_ref().ok_or_else(|| {
        ApiError::new(
            Code::NotFound,
            "what several servers share in PostgreSQL is not removed by age",
        )
    })?;
    let expired = app
        .agent
        .expired(&**rows, rules, &app.access.user_names())
        .await?;
    Ok(Json(RetentionObject::new(rules, expired)))
}
