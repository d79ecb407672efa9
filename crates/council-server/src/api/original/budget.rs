//! `GET /budget`: what the ledger says. There is no cap yet, so that what would relate to one is null.

use council_core::LedgerSummary;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Money.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BudgetAnswer {
    pub(crate) budget_status: BudgetStatus,
    /// US dollars by model since midnight UTC, and `total_requests`.
    #[schema(value_type = Object)]
    pub(crate) cost_breakdown: Map<String, Value>,
    /// Null: no cap is set.
    pub(crate) daily_budget_usd: Option<f64>,
    /// Since midnight UTC.
    pub(crate) spent_today_usd: f64,
    /// Null: no cap is set.
    pub(crate) remaining_usd: Option<f64>,
    /// Since midnight UTC.
    pub(crate) requests_today: u64,
    /// Since midnight UTC, in US dollars; 0 before the first request.
    pub(crate) avg_cost_per_request: f64,
    /// `no_cap`.
    pub(crate) status: &'static str,
}

/// Money against the cap.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BudgetStatus {
    /// Over the last 24 hours.
    pub(crate) rolling_cost_dollars: f64,
    /// Null: no cap is set.
    pub(crate) max_budget_dollars: Option<f64>,
    /// Null: no cap is set.
    pub(crate) utilization_percent: Option<f64>,
    pub(crate) budget_exceeded: bool,
}

impl BudgetAnswer {
    pub(crate) fn new(rolling: &LedgerSummary, today: &LedgerSummary) -> Self {
        let mut breakdown: Map<String, Value> = today
            .by_model
            .iter()
            .map(|spend| (spend.model.clone(), Value::from(spend.cost_usd)))
            .collect();
        breakdown.insert("total_requests".to_owned(), Value::from(today.requests));
        let average = if today.requests == 0 {
            0.0
        } else {
            today.cost_usd / today.requests as f64
        };
        Self {
            budget_status: BudgetStatus {
                rolling_cost_dollars: rolling.cost_usd,
                max_budget_dollars: None,
                utilization_percent: None,
                budget_exceeded: false,
            },
            cost_breakdown: breakdown,
            daily_budget_usd: None,
            spent_today_usd: today.cost_usd,
            remaining_usd: None,
            requests_today: today.requests,
            avg_cost_per_request: average,
            status: "no_cap",
        }
    }
}
