//! What calls of models cost: set aside before each, charged after it, whatever its end.

use super::Turn;
use crate::TurnError;
use crate::routing::purse::Held;
use council_core::{GenerateRequest, Locality, ModelInfo, NanoUsd, Usage};

impl Turn {
    /// Sets aside what a call can cost at most, and notes where it goes.
    pub(super) async fn hold_money(
        &mut self,
        model: &ModelInfo,
        request: &mut GenerateRequest,
    ) -> Result<Option<Held>, TurnError> {
        self.calls += 1;
        let id = &self.request.request_id;
        let held = self
            .parts
            .purse
            .hold(model, request, id, &self.request.payer, self.calls);
        let held = held
            .await
            .inspect_err(|_| self.parts.metrics.reservation("refused"))?;
        if held.is_some() {
            self.parts.metrics.reservation("granted");
        }
        if model.locality == Locality::Remote {
            self.record.left_machine = true;
            if !self.trail.sent_to.contains(&model.id) {
                self.trail.sent_to.push(model.id.clone());
            }
        }
        Ok(held)
    }

    /// Charges a call that has ended. `reached` says whether the model may have done something: a call that failed before
    /// its first event costs nothing. One that broke off without saying what it used costs what was set aside.
    pub(super) async fn pay(&mut self, held: Option<Held>, model: &ModelInfo, reached: bool) {
        let usage = self.record.step_usage();
        let cost = match held {
            None => NanoUsd::ZERO,
            Some(held) => {
                let used = match (reached, self.record.usage_is_known()) {
                    (false, _) => Some(Usage::default()),
                    (true, true) => Some(usage),
                    (true, false) => None,
                };
                match self.parts.purse.pay(held, model, used).await {
                    Ok(cost) => cost,
                    Err(error) => {
                        let request_id = &self.request.request_id;
                        tracing::error!(
                            request_id,
                            "a call of `{}` could not be charged and counts for the most that it could cost: {error}",
                            model.id
                        );
                        NanoUsd::ZERO
                    }
                }
            }
        };
        self.record.paid(cost);
        self.parts.metrics.spent(&model.id, usage, cost.as_usd());
    }
}
