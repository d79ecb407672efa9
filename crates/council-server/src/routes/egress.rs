//! `GET /v1/egress`.

use super::admin::control;
use super::settings::moment;
use crate::api::egress::EgressPage;
use crate::api::error::ErrorBody;
use crate::error::ApiError;
use crate::extract::{PageQuery, Paging, QueryOf};
use crate::state::App;
use axum::Json;
use axum::extract::State;
use council_core::egress::PURPOSES;
use council_core::{EgressFilter, EgressOutcome};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which lines of the ledger.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EgressQuery {
    /// To hosts that begin so.
    host: Option<String>,
    /// For this: `turn`, `memory` (learning), `calibration`, `model`, `check`, `pull`, `packages`, `database`, `server` or
    /// `telemetry`.
    purpose: Option<String>,
    /// Of this request.
    request_id: Option<String>,
    /// With this outcome: `running`, `completed`, `cancelled`, `failed`, `interrupted` or `refused`.
    outcome: Option<String>,
    /// Not before, in seconds since the Unix epoch.
    since: Option<f64>,
    /// Before, in seconds since the Unix epoch.
    until: Option<f64>,
}

impl EgressQuery {
    fn filter(self) -> Result<EgressFilter, ApiError> {
        let outcome = |name: String| {
            EgressOutcome::parse(&name).ok_or_else(|| {
                let known = EgressOutcome::ALL.map(EgressOutcome::as_str).join(", ");
                ApiError::invalid(
                    "outcome",
                    format!("`outcome` is `{name}`; it must be one of {known}"),
                )
            })
        };
        if let Some(name) = self.purpose.as_deref().filter(|name| !PURPOSES.contains(name)) {
            let known = PURPOSES.join(", ");
            let message = format!("`purpose` is `{name}`; it must be one of {known}");
            return Err(ApiError::invalid("purpose", message));
        }
        Ok(EgressFilter {
            host: self.host,
            purpose: self.purpose,
            request_id: self.request_id,
            outcome: self.outcome.map(outcome).transpose()?,
            since: moment("since", self.since)?,
            until: moment("until", self.until)?,
        })
    }
}

/// List what left this machine, newest first
///
/// One line for each call of a model on another server, each request and each connection, written before it was made:
/// where to, what for, how much, and what was replaced by placeholders. Not what was said. What the gate did not let out
/// has a line too. The totals are of all lines that are looked for, not of the page alone.
#[utoipa::path(
    get,
    path = "/v1/egress",
    operation_id = "list_egress",
    tag = "ledger",
    params(EgressQuery, PageQuery),
    responses(
        (status = 200, description = "A page of the egress ledger", body = EgressPage),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    QueryOf(query): QueryOf<EgressQuery>,
    paging: Paging,
) -> Result<Json<EgressPage>, ApiError> {
    let ledger = &control(&app)?.egress;
    let filter = query.filter()?;
    let found = ledger.lines(filter.clone(), paging.probe()).await?;
    let totals = ledger.totals(filter).await?;
    Ok(Json(EgressPage::new(&paging, found, totals)))
}
