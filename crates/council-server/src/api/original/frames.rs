//! The frames of streamed answers of the original routes.

use super::vote::VoteFrame;
use crate::api::error::OutgoingObject;
use crate::api::memory::HitObject;
use crate::api::openai::usage::UsageObject;
use crate::api::turn_tools::ToolRunObject;
use serde::Serialize;
use utoipa::ToSchema;

/// A frame of a streamed answer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Frame<'a> {
    Started(StartedFrame<'a>),
    Decision(DecisionFrame<'a>),
    Recalled(RecalledFrame<'a>),
    Tool(ToolFrame<'a>),
    Vote(CouncilFrame<'a>),
    Partial(PartialFrame<'a>),
    Done(DoneFrame<'a>),
    Failed(FailedFrame<'a>),
}

/// The first frame of a detached stream.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StartedFrame<'a> {
    /// Empty.
    pub(crate) text: &'a str,
    /// True.
    pub(crate) partial: bool,
    pub(crate) started: StartedObject<'a>,
}

/// A turn that has begun.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TurnStarted)]
pub(crate) struct StartedObject<'a> {
    pub(crate) request_id: &'a str,
    /// The conversation; null when the turn is incognito.
    pub(crate) session_id: Option<&'a str>,
    /// The message after which the question stands, where the request named one; null: at the beginning, or at the end.
    pub(crate) parent_id: Option<i64>,
    /// The stored question that is answered anew; null: a new one.
    pub(crate) regenerate: Option<i64>,
}

/// A frame of a detached stream, before its text, that tells who answers, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DecisionFrame<'a> {
    /// Empty.
    pub(crate) text: &'a str,
    /// True.
    pub(crate) partial: bool,
    pub(crate) decision: DecisionObject<'a>,
}

/// Who answers, and why.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TurnDecision)]
pub(crate) struct DecisionObject<'a> {
    /// The model's id.
    pub(crate) model: &'a str,
    pub(crate) skill_type: &'a str,
    /// In words.
    pub(crate) reason: &'a str,
    /// Oldest messages of the conversation that did not fit the prompt.
    pub(crate) omitted_messages: u64,
    /// The stored question, where there is a conversation.
    pub(crate) question_id: Option<i64>,
}

/// A frame of a streamed answer, before its text, that tells what was recalled for it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecalledFrame<'a> {
    /// Empty.
    pub(crate) text: &'a str,
    /// True.
    pub(crate) partial: bool,
    /// Memories that go into the answer, best first.
    pub(crate) memories: Vec<HitObject>,
}

/// A frame of a streamed answer that tells of a tool: once when it begins to run, and once when it has run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ToolFrame<'a> {
    /// Empty.
    pub(crate) text: &'a str,
    /// True.
    pub(crate) partial: bool,
    pub(crate) tool_run: ToolRunObject,
}

impl ToolFrame<'_> {
    pub(crate) fn new(tool_run: ToolRunObject) -> Self {
        Self {
            text: "",
            partial: true,
            tool_run,
        }
    }
}

/// A frame of a streamed answer that tells what a voice of the council says, and then its verdict, before the answer itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CouncilFrame<'a> {
    /// Empty.
    pub(crate) text: &'a str,
    /// True.
    pub(crate) partial: bool,
    pub(crate) vote: VoteFrame,
}

/// A frame of a streamed answer with new text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PartialFrame<'a> {
    pub(crate) text: &'a str,
    /// True.
    pub(crate) partial: bool,
}

/// The last frame of a streamed answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DoneFrame<'a> {
    /// Empty.
    pub(crate) text: &'a str,
    /// True.
    pub(crate) done: bool,
    /// The model that answered.
    pub(crate) model: &'a str,
    pub(crate) latency_ms: f64,
    pub(crate) skill_type: &'a str,
    /// As in the whole answer.
    pub(crate) confidence: Option<f64>,
    /// Whether `confidence` is a calibrated probability.
    pub(crate) calibrated: bool,
    /// `local` or `remote`.
    pub(crate) locality: &'a str,
    /// `stop`, `length`, or `stopped` by `DELETE /v1/turns/{request_id}`.
    pub(crate) finish: &'a str,
    pub(crate) cost_usd: f64,
    pub(crate) usage: UsageObject,
    pub(crate) request_id: &'a str,
    /// The conversation, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session_id: Option<&'a str>,
    /// The stored question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) question_id: Option<i64>,
    /// The stored answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message_id: Option<i64>,
    /// Ids of what is remembered of this turn: the question, then the answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) remembered: Vec<String>,
    /// Why nothing could be recalled or remembered, where that is so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) memory_problems: Vec<String>,
}

/// The last frame of a streamed answer that failed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FailedFrame<'a> {
    /// What happened, in words.
    pub(crate) error: &'a str,
    /// True.
    pub(crate) done: bool,
    /// The code to test for.
    pub(crate) code: &'a str,
    pub(crate) request_id: &'a str,
    /// As in the body of a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outgoing: Option<Box<OutgoingObject>>,
}
