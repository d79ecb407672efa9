//! Money for voices: reserved before a paid call, settled after it.

use crate::routing::purse;
use async_trait::async_trait;
use council_core::{GenerateRequest, Locality, ModelInfo, NanoUsd, Usage};
use std::sync::{Mutex, PoisonError};

/// A call that may cost something.
#[derive(Clone, Copy, Debug)]
pub struct PaidCall<'a> {
    /// Who is asked.
    pub model: &'a ModelInfo,
    /// What; `max_tokens` is always given.
    pub request: &'a GenerateRequest,
    /// The most that it can cost.
    pub most: NanoUsd,
}

/// Grants calls of remote models. Local ones cost nothing and are not asked for.
#[async_trait]
pub trait Spend: Send + Sync {
    /// Sets the money aside.
    ///
    /// # Errors
    /// Why the call may not be made, in words; it is not made then.
    async fn reserve(&self, call: PaidCall<'_>) -> Result<Box<dyn Reservation>, String>;
}

/// Money that was set aside. One that is dropped unsettled belongs to a call of which nobody knows what it used.
#[async_trait]
pub trait Reservation: Send {
    /// The call has ended: what it used, or `None` when the model did not say.
    async fn settle(self: Box<Self>, used: Option<Usage>);
}

/// The cap of one vote, before whatever else limits spending.
pub(super) struct Purse<'a> {
    spend: Option<&'a dyn Spend>,
    cap: NanoUsd,
    taken: Mutex<NanoUsd>,
}

/// What one call has of the purse.
pub(super) struct Share {
    most: NanoUsd,
    reservation: Option<Box<dyn Reservation>>,
}

impl<'a> Purse<'a> {
    pub(super) fn new(spend: Option<&'a dyn Spend>, cap_usd: f64) -> Self {
        Self {
            spend,
            cap: NanoUsd::from_usd(cap_usd),
            taken: Mutex::default(),
        }
    }

    /// Sets the most that a call can cost aside.
    pub(super) async fn reserve(
        &self,
        model: &ModelInfo,
        request: &GenerateRequest,
    ) -> Result<Share, String> {
        if model.locality == Locality::Local {
            return Ok(Share {
                most: NanoUsd::ZERO,
                reservation: None,
            });
        }
        let Some(spend) = self.spend else {
            return Err(format!(
                "`{}` is remote, and nothing here keeps account of what it costs",
                model.id
            ));
        };
        let most = purse::most(model, request);
        self.take(most)?;
        let call = PaidCall { model, request, most };
        match spend.reserve(call).await {
            Ok(reservation) => Ok(Share {
                most,
                reservation: Some(reservation),
            }),
            Err(reason) => {
                self.give_back(most);
                Err(reason)
            }
        }
    }

    /// Gives back what a call did not use; its cost in US dollars. One that did not say what it used keeps all that was set
    /// aside for it.
    pub(super) async fn settle(&self, share: Share, model: &ModelInfo, used: Option<Usage>) -> f64 {
        let Some(reservation) = share.reservation else {
            return 0.0;
        };
        reservation.settle(used).await;
        let cost = used.map_or(share.most, |usage| model.price.of(usage));
        self.give_back(share.most.less(cost));
        cost.as_usd()
    }

    fn take(&self, amount: NanoUsd) -> Result<(), String> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let then = taken.plus(amount);
        if then > self.cap {
            let (left, cap) = (self.cap.less(*taken), self.cap);
            return Err(format!(
                "it could cost {amount}, and {left} of the {cap} that a vote may cost are left; raise vote.cost_cap_usd or \
                 seat local models"
            ));
        }
        *taken = then;
        Ok(())
    }

    fn give_back(&self, amount: NanoUsd) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        *taken = taken.less(amount);
    }
}
