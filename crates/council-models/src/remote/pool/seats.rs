//! Who has a place at which server of a pool, and who waits for one.

use super::balance::{self, Server};
use crate::queue::FairQueue;
use crate::remote::Provider;
use crate::remote::metrics::ProviderMetrics;
use council_core::{Clock, ModelError, Priority, Timestamp};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// How long an answer takes as long as nobody knows.
const FIRST_GUESS: Duration = Duration::from_secs(5);

/// A server that says for how long it is busy is believed up to this.
const LONGEST_REST: Duration = Duration::from_secs(30);

/// The places of a pool.
pub(super) struct Seats {
    pub(super) model: String,
    pub(super) servers: Vec<Arc<Provider>>,
    /// Most requests at once at one server.
    pub(super) limit: Option<u32>,
    /// Most requests that wait.
    pub(super) queue_limit: usize,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) metrics: ProviderMetrics,
    state: Mutex<State>,
}

struct State {
    running: Vec<u32>,
    /// Until then the server said that it is busy.
    rests: Vec<Timestamp>,
    waiting: FairQueue<Waiter>,
    next_waiter: u64,
    /// How long a place is held, as a moving average.
    held: Duration,
}

struct Waiter {
    id: u64,
    wish: Wish,
    place: oneshot::Sender<Seat>,
}

/// What a request asks of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    /// What its prompt begins with.
    pub(super) prefix: u64,
    /// By server: whether it was refused there already.
    pub(super) tried: Vec<bool>,
}

/// A place at a server; dropping it gives it to the next.
pub(super) struct Seat {
    seats: Arc<Seats>,
    pub(super) server: usize,
    since: Timestamp,
    taken: bool,
}

/// Takes a waiter out of the queue that does not wait any more.
struct Waiting<'a> {
    seats: &'a Seats,
    id: u64,
}

impl Seats {
    pub(super) fn new(
        model: String,
        servers: Vec<Arc<Provider>>,
        (limit, queue_limit): (Option<u32>, usize),
        clock: Arc<dyn Clock>,
        metrics: ProviderMetrics,
    ) -> Arc<Self> {
        let state = State {
            running: vec![0; servers.len()],
            rests: vec![Timestamp::default(); servers.len()],
            waiting: FairQueue::default(),
            next_waiter: 0,
            held: FIRST_GUESS,
        };
        metrics.waiting(&model, 0);
        Arc::new(Self {
            model,
            servers,
            limit,
            queue_limit,
            clock,
            metrics,
            state: Mutex::new(state),
        })
    }

    /// A place at the server that suits the request best, once one is free.
    ///
    /// # Errors
    /// [`ModelError::Busy`] when too many wait already.
    pub(super) async fn take(
        self: &Arc<Self>,
        wish: Wish,
        priority: Priority,
        client: &str,
    ) -> Result<Seat, ModelError> {
        let (id, place) = {
            let mut state = self.state();
            if state.waiting.is_empty()
                && let Some(server) = self.place(&mut state, &wish)
            {
                return Ok(self.seat(server));
            }
            if state.waiting.len() >= self.queue_limit {
                self.metrics.pool_refused(&self.model);
                return Err(self.busy(&state));
            }
            let (sender, place) = oneshot::channel();
            let id = state.next_waiter;
            state.next_waiter += 1;
            let waiter = Waiter {
                id,
                wish,
                place: sender,
            };
            state.waiting.push(priority, client, waiter);
            self.metrics.waiting(&self.model, state.waiting.len());
            (id, place)
        };
        let _waiting = Waiting { seats: self, id };
        // Those before it may wait for a server that this one need not wait for.
        self.serve();
        place
            .await
            .map_err(|_| ModelError::Internal("a place at a server was lost".to_owned()))
    }

    /// The error of a request that finds no place, or waited for one too long.
    pub(super) fn full(&self) -> ModelError {
        self.metrics.pool_refused(&self.model);
        self.busy(&self.state())
    }

    /// Notes that a server takes no more for a while.
    pub(super) fn rest(&self, server: usize, wanted: Duration) {
        let until = self.clock.now().after(wanted.min(LONGEST_REST));
        self.state().rests[server] = until;
    }

    /// Whether a server is left that is expected to answer and was not tried.
    pub(super) fn has_untried(&self, tried: &[bool]) -> bool {
        let state = self.state();
        self.servers(&state, tried)
            .iter()
            .any(|server| server.usable && !server.tried)
    }

    /// Gives places to those who wait, as far as there are any.
    pub(super) fn serve(self: &Arc<Self>) {
        loop {
            let next = {
                let mut state = self.state();
                let mut found = None;
                let State { waiting, .. } = &*state;
                let wanted = |waiter: &Waiter| self.look(&state, &waiter.wish).is_some();
                let turn = waiting.turn(wanted);
                if let Some(turn) = turn
                    && let Some(waiter) = state.waiting.take(turn)
                {
                    found = self
                        .place(&mut state, &waiter.wish)
                        .map(|server| (waiter.place, server));
                    self.metrics.waiting(&self.model, state.waiting.len());
                }
                found
            };
            let Some((place, server)) = next else { return };
            if let Err(mut seat) = place.send(self.seat(server)) {
                // Nobody waits there any more; the next one gets it.
                seat.taken = false;
                self.state().running[server] -= 1;
            }
        }
    }

    fn seat(self: &Arc<Self>, server: usize) -> Seat {
        Seat {
            seats: Arc::clone(self),
            server,
            since: self.clock.now(),
            taken: true,
        }
    }

    /// Where a request would go now.
    fn look(&self, state: &State, wish: &Wish) -> Option<usize> {
        balance::choose(&self.servers(state, &wish.tried), wish.prefix, self.limit)
    }

    fn place(&self, state: &mut State, wish: &Wish) -> Option<usize> {
        let server = self.look(state, wish)?;
        state.running[server] += 1;
        Some(server)
    }

    fn servers(&self, state: &State, tried: &[bool]) -> Vec<Server> {
        let now = self.clock.now();
        let server = |(at, provider): (usize, &Arc<Provider>)| Server {
            identity: provider.identity(),
            running: state.running[at],
            usable: state.rests[at] <= now && provider.is_usable(),
            tried: tried[at],
        };
        self.servers.iter().enumerate().map(server).collect()
    }

    fn busy(&self, state: &State) -> ModelError {
        let queued = state.waiting.len();
        let places = self.limit.unwrap_or(1).max(1) as usize * self.servers.len();
        let wait = state.held.mul_f64((queued + 1) as f64 / places as f64);
        ModelError::Busy {
            model: self.model.clone(),
            queued,
            retry_after: wait.clamp(Duration::from_secs(1), Duration::from_mins(1)),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if !self.taken {
            return;
        }
        {
            let held = self.seats.clock.now().since(self.since);
            let mut state = self.seats.state();
            state.running[self.server] -= 1;
            state.held = (state.held * 7 + held) / 8;
        }
        self.seats.serve();
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut state = self.seats.state();
        if state.waiting.remove(|waiter| waiter.id == self.id).is_some() {
            self.seats.metrics.waiting(&self.seats.model, state.waiting.len());
        }
    }
}

#[cfg(test)]
mod tests;
