//! Money for voices: reserved before a paid call, settled after it.

use async_trait::async_trait;
use council_core::{Content, GenerateRequest, Input, Locality, ModelInfo, Usage};
use std::sync::{Mutex, PoisonError};

/// A call that may cost something.
#[derive(Clone, Copy, Debug)]
pub struct PaidCall<'a> {
    /// Who is asked.
    pub model: &'a ModelInfo,
    /// What; `max_tokens` is always given.
    pub request: &'a GenerateRequest,
    /// The most that it can cost, in micro-dollars, from the bytes of the prompt and `max_tokens`.
    pub most_micros: u64,
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

/// The most that a request can cost, in micro-dollars, rounded up. A token is at least one byte of the prompt; templates
/// add a few to each message.
pub fn most_micros(model: &ModelInfo, request: &GenerateRequest) -> u64 {
    const TEMPLATE_TOKENS: u64 = 16;
    const IMAGE_TOKENS: u64 = 2_048;
    let of_content = |content: &Content| match content {
        Content::Text(text) => text.len() as u64,
        Content::ImageUrl(_) => IMAGE_TOKENS,
    };
    let input: u64 = match &request.input {
        Input::Text(text) => text.len() as u64,
        Input::Chat { messages, .. } => messages
            .iter()
            .map(|message| TEMPLATE_TOKENS + message.content.iter().map(of_content).sum::<u64>())
            .sum(),
    };
    let output = request.max_tokens.unwrap_or(model.context_length);
    micros(model, input as f64, f64::from(output))
}

/// What a request did cost, in micro-dollars, rounded up.
fn used_micros(model: &ModelInfo, usage: Usage) -> u64 {
    micros(
        model,
        f64::from(usage.input_tokens),
        f64::from(usage.output_tokens),
    )
}

/// A price in dollars per million tokens is one in micro-dollars per token.
fn micros(model: &ModelInfo, input: f64, output: f64) -> u64 {
    (input * model.price.input_usd + output * model.price.output_usd)
        .max(0.0)
        .ceil() as u64
}

/// The cap of one vote, before whatever else limits spending.
pub(super) struct Purse<'a> {
    spend: Option<&'a dyn Spend>,
    cap_micros: u64,
    taken_micros: Mutex<u64>,
}

/// What one call has of the purse.
pub(super) struct Share {
    most_micros: u64,
    reservation: Option<Box<dyn Reservation>>,
}

impl<'a> Purse<'a> {
    pub(super) fn new(spend: Option<&'a dyn Spend>, cap_usd: f64) -> Self {
        Self {
            spend,
            cap_micros: (cap_usd.max(0.0) * 1e6) as u64,
            taken_micros: Mutex::new(0),
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
                most_micros: 0,
                reservation: None,
            });
        }
        let Some(spend) = self.spend else {
            return Err(format!(
                "`{}` is remote, and nothing here keeps account of what it costs",
                model.id
            ));
        };
        let most_micros = most_micros(model, request);
        self.take(most_micros)?;
        let call = PaidCall {
            model,
            request,
            most_micros,
        };
        match spend.reserve(call).await {
            Ok(reservation) => Ok(Share {
                most_micros,
                reservation: Some(reservation),
            }),
            Err(reason) => {
                self.give_back(most_micros);
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
        let micros = used.map_or(share.most_micros, |usage| used_micros(model, usage));
        self.give_back(share.most_micros.saturating_sub(micros));
        micros as f64 / 1e6
    }

    fn take(&self, micros: u64) -> Result<(), String> {
        let mut taken = self.taken_micros.lock().unwrap_or_else(PoisonError::into_inner);
        let then = taken.saturating_add(micros);
        if then > self.cap_micros {
            return Err(format!(
                "it could cost ${:.6}, and ${:.6} of the ${:.6} that a vote may cost are left; raise vote.cost_cap_usd or seat local models",
                usd(micros),
                usd(self.cap_micros.saturating_sub(*taken)),
                usd(self.cap_micros)
            ));
        }
        *taken = then;
        Ok(())
    }

    fn give_back(&self, micros: u64) {
        let mut taken = self.taken_micros.lock().unwrap_or_else(PoisonError::into_inner);
        *taken = taken.saturating_sub(micros);
    }
}

fn usd(micros: u64) -> f64 {
    micros as f64 / 1e6
}
