//! `GET /budget`: what the books say.

use council_core::{Caps, LedgerSummary, NanoUsd, Spending, Spent};
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
    /// Since midnight UTC, with what running calls have set aside.
    pub(crate) spent_today_usd: f64,
    /// What the daily cap leaves. Null: no cap is set.
    pub(crate) remaining_usd: Option<f64>,
    /// Null: no cap is set.
    pub(crate) monthly_budget_usd: Option<f64>,
    /// Since the first of the month, UTC, with what running calls have set aside.
    pub(crate) spent_month_usd: f64,
    /// Null: no cap is set.
    pub(crate) per_request_usd: Option<f64>,
    /// Of each API key in a day. Null: no cap is set.
    pub(crate) per_key_usd: Option<f64>,
    /// Set aside by calls that have not ended; part of what is spent.
    pub(crate) reserved_usd: f64,
    /// Since midnight UTC.
    pub(crate) requests_today: u64,
    /// Since midnight UTC, in US dollars; 0 before the first request.
    pub(crate) avg_cost_per_request: f64,
    /// `no_cap`, `ok`, or `exhausted` when nothing is left of a daily or monthly cap.
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
    /// `spent` since midnight UTC.
    pub(crate) fn new(
        rolling: NanoUsd,
        today: &LedgerSummary,
        spent: &[Spent],
        money: Spending,
        caps: Caps,
    ) -> Self {
        let breakdown = spent
            .iter()
            .map(|spent| (spent.model.clone(), Value::from(spent.amount.as_usd())));
        let free = today
            .by_model
            .iter()
            .map(|model| (model.model.clone(), Value::from(0.0)));
        // What cost something replaces the zero of the same model.
        let mut breakdown: Map<String, Value> = free.chain(breakdown).collect();
        breakdown.insert("total_requests".to_owned(), Value::from(today.requests));
        let average = if today.requests == 0 {
            0.0
        } else {
            money.today.as_usd() / today.requests as f64
        };
        let usd = |cap: Option<NanoUsd>| cap.map(NanoUsd::as_usd);
        let reached = |cap: Option<NanoUsd>, used: NanoUsd| cap.is_some_and(|cap| used >= cap);
        let exhausted = reached(caps.daily, money.today) || reached(caps.monthly, money.month);
        let share = |cap: NanoUsd| match cap {
            NanoUsd::ZERO => 100.0,
            cap => money.today.as_usd() / cap.as_usd() * 100.0,
        };
        Self {
            budget_status: BudgetStatus {
                rolling_cost_dollars: rolling.as_usd(),
                max_budget_dollars: usd(caps.daily),
                utilization_percent: caps.daily.map(share),
                budget_exceeded: exhausted,
            },
            cost_breakdown: breakdown,
            daily_budget_usd: usd(caps.daily),
            spent_today_usd: money.today.as_usd(),
            remaining_usd: caps.daily.map(|cap| cap.less(money.today).as_usd()),
            monthly_budget_usd: usd(caps.monthly),
            spent_month_usd: money.month.as_usd(),
            per_request_usd: usd(caps.per_request),
            per_key_usd: usd(caps.per_key),
            reserved_usd: money.reserved.as_usd(),
            requests_today: today.requests,
            avg_cost_per_request: average,
            status: if exhausted {
                "exhausted"
            } else if caps == Caps::default() {
                "no_cap"
            } else {
                "ok"
            },
        }
    }
}
