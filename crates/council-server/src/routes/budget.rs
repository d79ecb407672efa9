//! `GET /budget`.

use crate::access::Caller;
use crate::api::error::ErrorBody;
use crate::api::original::budget::BudgetAnswer;
use crate::error::ApiError;
use crate::state::App;
use axum::Json;
use axum::extract::State;
use council_core::memory::LOCAL_USER;
use council_core::{Caps, ModelSpend, NanoUsd, Spending, Spent, Timestamp};
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
pub(crate) async fn budget(State(app): State<App>, caller: Caller) -> Result<Json<BudgetAnswer>, ApiError> {
    let now = app.agent.clock().now();
    let purse = app.agent.purse();
    let ledger = app.agent.ledger();
    let (yesterday, midnight) = (
        Timestamp::from_duration(now.since(Timestamp::from_duration(DAY))),
        now.start_of_day(),
    );
    if *caller.user != *LOCAL_USER {
        // What others spend is not theirs to know.
        let user = Some(&*caller.user);
        let today = ledger.summary(user, midnight).await?;
        let spent: Vec<Spent> = today.by_model.iter().map(spent_on).collect();
        let money = Spending {
            today: sum(&spent),
            month: NanoUsd::from_usd(ledger.summary(user, now.start_of_month()).await?.cost_usd),
            reserved: NanoUsd::ZERO,
        };
        let rolling = NanoUsd::from_usd(ledger.summary(user, yesterday).await?.cost_usd);
        let of_key = caller.key.as_ref().and_then(|key| key.daily);
        let caps = Caps {
            daily: of_key.or(purse.caps().per_key),
            ..Caps::default()
        };
        return Ok(Json(BudgetAnswer::new(rolling, &today, &spent, money, caps)));
    }
    let rolling = sum(&purse.spent_since(yesterday).await?);
    let today = ledger.summary(None, midnight).await?;
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

fn sum(spent: &[Spent]) -> NanoUsd {
    spent
        .iter()
        .fold(NanoUsd::ZERO, |sum, spent| sum.plus(spent.amount))
}

fn spent_on(model: &ModelSpend) -> Spent {
    Spent {
        model: model.model.clone(),
        calls: model.requests,
        amount: NanoUsd::from_usd(model.cost_usd),
    }
}
