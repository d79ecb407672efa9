//! Starts turns and keeps each one alive until it is settled.

use crate::{TurnMetrics, TurnRequest, TurnStream};
use council_core::{Clock, ConversationStore, Ledger, Models};
use std::sync::Arc;

/// Everything that turns need.
#[derive(Clone)]
pub struct Agent {
    /// The models.
    pub models: Arc<dyn Models>,
    /// Conversations.
    pub conversations: Arc<dyn ConversationStore>,
    /// Usage and cost.
    pub ledger: Arc<dyn Ledger>,
    /// Time of day.
    pub clock: Arc<dyn Clock>,
    /// Turn metrics.
    pub metrics: TurnMetrics,
}

impl Agent {
    /// Starts a turn. It runs in a task of its own and is settled in the ledger even when the stream is dropped.
    pub fn start(&self, _request: TurnRequest) -> TurnStream {
        todo!()
    }
}
