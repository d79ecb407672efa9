//! Starts turns and keeps each one alive until it is settled.

use crate::code::Programs;
use crate::halt::Halt;
use crate::lines::Lines;
use crate::memory::{Learner, Memories};
use crate::routing::{Purse, Router};
use crate::running::{Running, RunningTurn};
use crate::settled::Settled;
use crate::tools::Toolbox;
use crate::turn::{self, Client};
use crate::vote::Council;
use crate::{TurnError, TurnMetrics, TurnRequest, TurnStream};
use council_core::{
    Clock, ConversationId, ConversationStore, Ledger, ModelError, Models, Receipt, ReceiptStore, StoreError,
};
use futures::StreamExt as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

/// Everything that turns need.
#[derive(Clone)]
pub struct AgentParts {
    /// The models.
    pub models: Arc<dyn Models>,
    /// Conversations.
    pub conversations: Arc<dyn ConversationStore>,
    /// Usage and cost.
    pub ledger: Arc<dyn Ledger>,
    /// What is remembered beyond a conversation.
    pub memories: Memories,
    /// What models can have done.
    pub tools: Toolbox,
    /// Runs the programs of requests.
    pub programs: Programs,
    /// Learns from what is said while no turn runs.
    pub learner: Learner,
    /// Time of day.
    pub clock: Arc<dyn Clock>,
    /// Decides who answers.
    pub router: Router,
    /// Votes; `None`: nobody does.
    pub council: Option<Council>,
    /// Money.
    pub purse: Purse,
    /// Why each request was answered by whom.
    pub receipts: Arc<dyn ReceiptStore>,
    /// Turn metrics.
    pub metrics: TurnMetrics,
}

impl AgentParts {
    /// The same with the settings that are in force now: a turn ends as it began.
    fn as_set(&self) -> Self {
        Self {
            router: self.router.as_set(),
            council: self.council.as_ref().map(Council::as_set),
            ..self.clone()
        }
    }
}

/// Answers requests. Clones share everything.
#[derive(Clone)]
pub struct Agent {
    parts: AgentParts,
    turns: TaskTracker,
    running: Running,
    lines: Lines,
    settled: broadcast::Sender<Arc<Receipt>>,
    /// Cancels every turn for good.
    stop: CancellationToken,
    /// Cancels those that run; the parent of each turn's own token.
    halt: Halt,
}

impl Agent {
    /// An agent that has no turns yet.
    pub fn new(parts: AgentParts) -> Self {
        let receipts = Settled::new(parts.receipts, Arc::clone(&parts.router.judge));
        let stop = CancellationToken::new();
        Self {
            settled: receipts.told(),
            parts: AgentParts {
                receipts: Arc::new(receipts),
                ..parts
            },
            turns: TaskTracker::new(),
            running: Running::default(),
            lines: Lines::default(),
            halt: Halt::within(stop.clone()),
            stop,
        }
    }

    /// The same agent with this council.
    pub fn with_council(mut self, council: Council) -> Self {
        self.parts.council = Some(council);
        self
    }

    /// Starts a turn. It runs in a task of its own and is settled in the ledger even when the stream is dropped.
    /// Must be called within a tokio runtime.
    pub fn start(&self, request: TurnRequest) -> TurnStream {
        // Taken before the question: `drain` closes the tracker and then waits for it to be empty, so that a turn
        // that still finds it open here is waited for.
        let place = self.turns.token();
        if self.turns.is_closed() {
            return refused();
        }
        let (client, events) = Client::connect();
        let awake = self.parts.learner.turn_begins();
        let cancel = self.halt.token();
        let running = self
            .running
            .enter(&request, self.parts.clock.now(), cancel.clone());
        let turn = turn::Turn::accept(self.parts.as_set(), &self.lines, request, client, cancel);
        let (stages, log) = (turn.span(), turn.log_span());
        let run = async move {
            turn.run(running).await;
            drop(awake);
        };
        self.turns.spawn(run.instrument(log).instrument(stages));
        drop(place);
        events.boxed()
    }

    /// Removes a conversation and its messages. Turns that run or wait in it are cancelled and settled first, without
    /// their answers, so that it stays deleted.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such conversation.
    pub async fn delete_conversation(&self, id: &ConversationId) -> Result<(), StoreError> {
        let _nobody = self.lines.clear(id).await;
        self.parts.conversations.delete(id).await
    }

    /// The turns that run or wait, in the order in which they came.
    pub fn running(&self) -> Vec<RunningTurn> {
        self.running.list()
    }

    /// Stops a user's turn within one step of its model; what was said until then stays. False when it does not run.
    pub fn cancel(&self, user: &str, request_id: &str) -> bool {
        self.running.cancel(user, request_id)
    }

    /// Cancels all turns of a user, and returns when they are settled.
    pub(crate) async fn end_turns_of(&self, user: &str) {
        self.running.end_all_of(user).await;
    }

    /// Whether running turns are being cancelled because the process stops.
    pub fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Stops accepting turns, waits `grace` for those that run, then cancels them, and returns when all are settled.
    pub async fn drain(&self, grace: Duration) {
        self.turns.close();
        self.parts.learner.stop().await;
        if tokio::time::timeout(grace, self.turns.wait()).await.is_err() {
            self.stop.cancel();
            self.turns.wait().await;
        }
    }

    /// Stops what runs.
    pub fn halt(&self) -> &Halt {
        &self.halt
    }

    /// The models.
    pub fn models(&self) -> &Arc<dyn Models> {
        &self.parts.models
    }

    /// Conversations.
    pub fn conversations(&self) -> &Arc<dyn ConversationStore> {
        &self.parts.conversations
    }

    /// Usage and cost.
    pub fn ledger(&self) -> &Arc<dyn Ledger> {
        &self.parts.ledger
    }

    /// What is remembered beyond a conversation.
    pub fn memories(&self) -> &Memories {
        &self.parts.memories
    }

    /// Decides who answers.
    pub fn router(&self) -> &Router {
        &self.parts.router
    }

    /// Votes, with the settings that are in force now.
    pub fn council(&self) -> Option<Council> {
        self.parts.council.as_ref().map(Council::as_set)
    }

    /// Money.
    pub fn purse(&self) -> &Purse {
        &self.parts.purse
    }

    /// Why each request was answered by whom.
    pub fn receipts(&self) -> &Arc<dyn ReceiptStore> {
        &self.parts.receipts
    }

    /// Receipts that are kept from now on. Who is slow misses some; they are in the store.
    pub fn settled(&self) -> broadcast::Receiver<Arc<Receipt>> {
        self.settled.subscribe()
    }

    /// What models can have done.
    pub fn tools(&self) -> &Toolbox {
        &self.parts.tools
    }

    /// Learns from what is said.
    pub fn learner(&self) -> &Learner {
        &self.parts.learner
    }

    /// Time of day.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.parts.clock
    }

    /// Turn metrics.
    pub fn metrics(&self) -> &TurnMetrics {
        &self.parts.metrics
    }
}

fn refused() -> TurnStream {
    let error = ModelError::NotReady {
        message: "the server is shutting down; try again when it is back".to_owned(),
        retry_after: Duration::from_secs(5),
    };
    futures::stream::once(std::future::ready(Err(TurnError::Model(error)))).boxed()
}
