//! Turns that run.

use council_agent::RunningTurn;
use serde::Serialize;
use utoipa::ToSchema;

/// A turn that runs, or one that has ended and whose events are kept.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Turn)]
pub(crate) struct TurnObject {
    pub(crate) request_id: String,
    /// `turn`.
    pub(crate) object: &'static str,
    /// The conversation that it belongs to.
    pub(crate) conversation: Option<String>,
    /// The API route that it came by.
    pub(crate) route: &'static str,
    /// Seconds since the Unix epoch.
    pub(crate) started_at: f64,
    /// Whether it goes on without its client, and its events can be had again.
    pub(crate) detached: bool,
    /// `running` or `ended`.
    pub(crate) state: &'static str,
    /// The id of its latest event, where they are kept.
    pub(crate) last_event_id: Option<u64>,
}

impl From<RunningTurn> for TurnObject {
    fn from(turn: RunningTurn) -> Self {
        Self {
            request_id: turn.request_id,
            object: "turn",
            conversation: turn.conversation.map(|id| id.as_str().to_owned()),
            route: turn.route,
            started_at: turn.started_at.as_secs_f64(),
            detached: false,
            state: "running",
            last_event_id: None,
        }
    }
}

/// Turns.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TurnList)]
pub(crate) struct TurnList {
    /// `list`.
    pub(crate) object: &'static str,
    /// The earliest first.
    pub(crate) data: Vec<TurnObject>,
}

/// That a turn is being stopped.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TurnStopped)]
pub(crate) struct StoppedObject {
    pub(crate) request_id: String,
    /// `turn.stopped`.
    pub(crate) object: &'static str,
    /// True.
    pub(crate) stopped: bool,
}
