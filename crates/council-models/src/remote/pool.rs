//! Several servers that have the same model, as one [`LanguageModel`].
//!
//! A request goes to the server that has most likely read the beginning of its prompt before, unless that one is busy,
//! down or being emptied; before anything of an answer came, a failure sends it on to the next. Requests beyond what
//! the servers take at once wait, up to a limit.
//!
//! - `balance`: which server takes a request
//! - `seats`: who has a place, and who waits for one
//! - `watch`: asks the servers how they are

mod balance;
mod seats;
mod watch;

pub use watch::Probe;

use super::ProviderMetrics;
use super::exchange::pause;
use super::provider::Provider;
use crate::config::{PoolConfig, Retries};
use council_core::{
    Clock, EventStream, FinishReason, GenerateEvent, GenerateRequest, Input, LanguageModel, ModelError,
    ModelInfo, Role,
};
use futures::{StreamExt, stream};
use seats::{Seat, Seats, Wish};
use std::sync::Arc;
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

/// How much of a prompt tells what it begins with, in bytes.
const PREFIX_BYTES: usize = 1_024;

/// A number for a text that is the same in every process.
pub(super) fn identity(text: &str) -> u64 {
    balance::hash(text.as_bytes())
}

/// A server of a pool.
pub struct Member {
    /// The model at this server, behind its gate. It does not try again itself.
    pub model: Arc<dyn LanguageModel>,
    /// How the server is.
    pub provider: Arc<Provider>,
    /// How it is asked how it is.
    pub probe: Probe,
}

/// A model at several servers.
pub struct Pool {
    info: ModelInfo,
    members: Vec<Member>,
    config: PoolConfig,
    seats: Arc<Seats>,
}

impl Pool {
    /// A pool of these servers; `info` is what is said of the model, wherever it answers.
    pub fn new(
        info: ModelInfo,
        members: Vec<Member>,
        config: PoolConfig,
        clock: Arc<dyn Clock>,
        metrics: ProviderMetrics,
    ) -> Arc<Self> {
        let servers = members
            .iter()
            .map(|member| Arc::clone(&member.provider))
            .collect();
        metrics.expect_pool(&info.id);
        let limits = (config.max_concurrent, config.queue_limit as usize);
        let seats = Seats::new(info.id.clone(), servers, limits, clock, metrics);
        Arc::new(Self {
            info,
            members,
            config,
            seats,
        })
    }
}

impl LanguageModel for Pool {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn generate(&self, request: GenerateRequest, cancel: CancellationToken) -> EventStream {
        let wish = Wish {
            prefix: prefix(&request.input),
            tried: vec![false; self.members.len()],
        };
        let search = Search {
            models: self
                .members
                .iter()
                .map(|member| Arc::clone(&member.model))
                .collect(),
            seats: Arc::clone(&self.seats),
            retries: self.config.retries,
            deadline: Instant::now() + self.config.total,
            wish,
            failed: 0,
            busy: None,
        };
        stream::once(search.answer(request, cancel)).flatten().boxed()
    }
}

/// A request that looks for a server that takes it.
struct Search {
    models: Vec<Arc<dyn LanguageModel>>,
    seats: Arc<Seats>,
    retries: Retries,
    deadline: Instant,
    wish: Wish,
    /// Pauses so far.
    failed: u32,
    /// What a server said that was only busy.
    busy: Option<ModelError>,
}

impl Search {
    async fn answer(self, request: GenerateRequest, cancel: CancellationToken) -> EventStream {
        let found = self.find(request, cancel).await;
        found.unwrap_or_else(|error| stream::iter([Err(error)]).boxed())
    }

    /// The answer of the first server that begins one. What is cancelled there ends there, with what it took.
    async fn find(
        mut self,
        request: GenerateRequest,
        cancel: CancellationToken,
    ) -> Result<EventStream, ModelError> {
        loop {
            let place = self
                .seats
                .take(self.wish.clone(), request.priority, &request.client);
            let seat = tokio::select! {
                biased;
                () = cancel.cancelled() => {
                    return Ok(stream::iter([Ok(GenerateEvent::Finish(FinishReason::Cancelled))]).boxed());
                }
                seat = timeout_at(self.deadline, place) => seat.map_err(|_| self.seats.full())??,
            };
            let mut events = self.models[seat.server].generate(request.clone(), cancel.clone());
            match events.next().await {
                Some(Err(error)) if may_pass_elsewhere(&error) => {
                    let pause = self.failed_at(seat, error)?;
                    let _ = cancel.run_until_cancelled(sleep_until(pause)).await;
                }
                Some(first) => return Ok(seated(seat, stream::iter([first]).chain(events).boxed())),
                None => return Ok(stream::empty().boxed()),
            }
        }
    }

    /// When the request goes on looking: after a pause where every server was tried.
    ///
    /// # Errors
    /// When it does not.
    fn failed_at(&mut self, seat: Seat, error: ModelError) -> Result<Instant, ModelError> {
        let server = seat.server;
        self.wish.tried[server] = true;
        if let ModelError::Busy { retry_after, .. } = &error {
            self.seats.rest(server, *retry_after);
            self.busy = Some(error.clone());
        }
        drop(seat);
        if self.seats.has_untried(&self.wish.tried) {
            self.seats.metrics.moved(&self.seats.model);
            return Ok(Instant::now());
        }
        let until = Instant::now() + pause(self.retries, self.failed, None);
        let forbidden = matches!(error, ModelError::NotAllowed { .. });
        if forbidden || self.failed >= self.retries.most || until >= self.deadline {
            return Err(self.busy.take().unwrap_or(error));
        }
        self.failed += 1;
        Ok(until)
    }
}

/// Whether another server may take what this one did not: nothing of an answer came, and it was not the request's fault.
fn may_pass_elsewhere(error: &ModelError) -> bool {
    match error {
        ModelError::Busy { .. }
        | ModelError::NotReady { .. }
        | ModelError::Upstream { .. }
        | ModelError::NotAllowed { .. } => true,
        // Another attempt would double a wait that was too long already.
        ModelError::UpstreamTimeout { .. }
        | ModelError::NotFound { .. }
        | ModelError::InvalidRequest { .. }
        | ModelError::ContextTooLong { .. }
        | ModelError::DoesNotFit { .. }
        | ModelError::Private { .. }
        | ModelError::Internal(_) => false,
    }
}

/// An answer that keeps its place until it ends or is dropped.
fn seated(seat: Seat, events: EventStream) -> EventStream {
    let state = (Some(seat), events);
    stream::unfold(state, |(seat, mut events)| async move {
        let event = events.next().await?;
        let over = matches!(event, Err(_) | Ok(GenerateEvent::Finish(_)));
        Some((event, (seat.filter(|_| !over), events)))
    })
    .boxed()
}

/// A number for what a prompt begins with, the same for all turns of a conversation. The first question tells them
/// apart, since instructions are the same for many; what is recalled stands before it and differs, so its end counts.
fn prefix(input: &Input) -> u64 {
    let text = match input {
        Input::Chat { messages, .. } => {
            let said = messages.iter().find(|message| message.role == Role::User);
            let said = said.or(messages.first());
            let text = said.map(council_core::Message::joined_text).unwrap_or_default();
            text.as_bytes()[text.len().saturating_sub(PREFIX_BYTES)..].to_vec()
        }
        Input::Text(text) => text.as_bytes()[..text.len().min(PREFIX_BYTES)].to_vec(),
    };
    balance::hash(&text)
}

#[cfg(test)]
mod tests;
