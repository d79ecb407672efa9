//! Money: reserved before a paid call, charged after it.

use crate::{LiveSettings, Payer};
use council_core::{
    Budget, BudgetError, Caps, Clock, Content, GenerateRequest, Input, Message, ModelInfo, NanoUsd,
    Reservation, Spending, Spent, StoreError, Timestamp, Usage,
};
use std::sync::Arc;
use std::time::Duration;

/// Most tokens of a paid answer whose length nobody bounded.
pub const USUAL_MAX_TOKENS: u32 = 4_096;

/// After this a call that nobody charged is taken for lost, and counts in full.
const LONGEST_CALL: Duration = Duration::from_mins(30);

/// Tokens that a provider may add around a message and around a tool.
const AROUND_A_MESSAGE: u32 = 16;

/// What an image is counted for, in tokens: the most that providers charge for one in full resolution.
const IMAGE_TOKENS: u32 = 3_000;

/// The books, and what may be spent. Clones share both.
#[derive(Clone)]
pub struct Purse {
    books: Arc<dyn Budget>,
    caps: Caps,
    /// What the owner has set in the place of the configured caps.
    settings: Option<LiveSettings>,
    clock: Arc<dyn Clock>,
}

/// Money that is set aside for one call.
#[derive(Debug)]
#[must_use = "what is reserved counts in full until it is charged"]
pub struct Held {
    id: String,
    amount: NanoUsd,
}

impl Purse {
    /// With these books and bounds.
    pub fn new(books: Arc<dyn Budget>, caps: Caps, clock: Arc<dyn Clock>) -> Self {
        Self {
            books,
            caps,
            settings: None,
            clock,
        }
    }

    /// The same, with caps that can be changed at run time: these settings' instead.
    pub fn with_settings(self, settings: LiveSettings) -> Self {
        Self {
            settings: Some(settings),
            ..self
        }
    }

    /// What may be spent.
    pub fn caps(&self) -> Caps {
        let set = self.settings.as_ref().map(|settings| settings.current().caps);
        set.unwrap_or(self.caps)
    }

    /// Where spending stands.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn spending(&self) -> Result<Spending, StoreError> {
        self.books.spending(self.clock.now()).await
    }

    /// What each model has cost since a time.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn spent_since(&self, since: Timestamp) -> Result<Vec<Spent>, StoreError> {
        self.books.spent_since(since).await
    }

    /// What may still be spent today and this month; `None`: unbounded.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn left(&self) -> Result<Option<NanoUsd>, StoreError> {
        let caps = self.caps();
        if caps.daily.is_none() && caps.monthly.is_none() {
            return Ok(None);
        }
        let spending = self.spending().await?;
        let daily = caps.daily.map(|cap| cap.less(spending.today));
        let monthly = caps.monthly.map(|cap| cap.less(spending.month));
        Ok(daily.into_iter().chain(monthly).min())
    }

    /// Sets aside the most that a call can cost, and bounds its answer so that it costs no more. `call` is unique within
    /// the request.
    ///
    /// # Errors
    /// [`BudgetError::Exceeded`]: the call must not be made.
    pub async fn hold(
        &self,
        model: &ModelInfo,
        request: &mut GenerateRequest,
        request_id: &str,
        payer: &Payer,
        call: u32,
    ) -> Result<Option<Held>, BudgetError> {
        if model.price.is_free() {
            return Ok(None);
        }
        request.max_tokens.get_or_insert(USUAL_MAX_TOKENS);
        let at = self.clock.now();
        let held = Held {
            id: format!("{request_id}#{call}"),
            amount: most(model, request),
        };
        let reservation = Reservation {
            id: held.id.clone(),
            request_id: request_id.to_owned(),
            key: payer.key.clone(),
            model: model.id.clone(),
            amount: held.amount,
            at,
            expires_at: at.after(LONGEST_CALL),
        };
        let caps = self.caps();
        let caps = Caps {
            per_key: payer.daily.or(caps.per_key),
            ..caps
        };
        self.books.reserve(reservation, caps).await?;
        Ok(Some(held))
    }

    /// Charges a call: what it used, or all that was set aside where nobody knows.
    ///
    /// # Errors
    /// When the books cannot be written; what was set aside goes on counting in full.
    pub async fn pay(
        &self,
        held: Held,
        model: &ModelInfo,
        used: Option<Usage>,
    ) -> Result<NanoUsd, StoreError> {
        let amount = used.map_or(held.amount, |usage| model.price.of(usage));
        self.books.charge(&held.id, amount).await?;
        Ok(amount)
    }
}

/// The most that a call can cost: a token is at least one byte of the prompt, and the answer has `max_tokens`, or as many as
/// the context holds.
pub(crate) fn most(model: &ModelInfo, request: &GenerateRequest) -> NanoUsd {
    model.price.of(Usage {
        input_tokens: most_input_tokens(&request.input),
        cached_tokens: 0,
        output_tokens: request.max_tokens.unwrap_or(model.context_length),
    })
}

/// As many tokens as a prompt can have: tokenisers that split numbers into digits make one of each byte of them.
fn most_input_tokens(input: &Input) -> u32 {
    let text = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX);
    match input {
        Input::Text(prompt) => text(prompt),
        Input::Chat { messages, tools, .. } => {
            let message = |message: &Message| {
                let content = message.content.iter().map(|part| match part {
                    Content::Text(part) => text(part),
                    Content::File(file) => text(&file.quoted()),
                    Content::ImageUrl(_) | Content::Image(_) => IMAGE_TOKENS,
                });
                let calls = message
                    .tool_calls
                    .iter()
                    .map(|call| text(&call.name).saturating_add(text(&call.arguments)) + AROUND_A_MESSAGE);
                content.chain(calls).fold(AROUND_A_MESSAGE, u32::saturating_add)
            };
            let tools = tools.iter().map(|tool| {
                let description = tool.description.as_deref().unwrap_or_default();
                [
                    text(&tool.name),
                    text(description),
                    text(&tool.parameters.to_string()),
                ]
                .into_iter()
                .fold(AROUND_A_MESSAGE, u32::saturating_add)
            });
            messages
                .iter()
                .map(message)
                .chain(tools)
                .fold(AROUND_A_MESSAGE, u32::saturating_add)
        }
    }
}

#[cfg(test)]
mod tests;
