//! What the answers of all protocols have in common.

use council_core::{FinishReason, GenerateEvent, Usage};
use serde_json::Value;
use std::collections::VecDeque;

/// What one event meant.
#[derive(Debug, PartialEq)]
pub(crate) enum Step {
    /// More may follow.
    Continue,
    /// The stream is over.
    Done,
    /// The server reports a failure.
    Failed(Value),
    /// Not an event of this API.
    Unreadable(String),
}

/// Why an answer is not complete.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Incomplete {
    /// No finish reason came.
    EndedEarly,
    /// The provider's content filter ended it.
    Filtered,
}

/// How an answer ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) reason: FinishReason,
    /// What the server reports.
    pub(crate) usage: Option<Usage>,
}

/// Turns the events of one protocol into ours.
pub(crate) trait ReadAnswer: Send {
    /// Reads the data of one event and appends what it brings to `events`.
    fn read(&mut self, data: &str, events: &mut VecDeque<GenerateEvent>) -> Step;

    /// Whether the finish reason has come; only usage can follow.
    fn is_finished(&self) -> bool;

    /// What has come of the answer so far, in bytes, also what is not passed on yet or at all. The first piece has
    /// come when it is not 0.
    fn streamed_bytes(&self) -> usize;

    /// What the server has reported so far.
    fn reported(&self) -> Option<Usage>;

    /// Ends the answer: appends tool calls, and tells the rest.
    fn finish(&mut self, events: &mut VecDeque<GenerateEvent>) -> Result<End, Incomplete>;
}
