//! Turns in the frames of the original routes. Each event is one frame at most.

use crate::api::memory::HitObject;
use crate::api::openai::models::locality_name;
use crate::api::original::answer::latency_ms;
use crate::api::original::frames::{
    CouncilFrame, DecisionFrame, DecisionObject, DoneFrame, FailedFrame, Frame, PartialFrame, RecalledFrame,
    StartedFrame, StartedObject, ToolFrame,
};
use crate::api::original::vote::VoteFrame;
use crate::api::turn_tools::ToolRuns;
use crate::error::ApiError;
use crate::sse::{Encode, Frames};
use council_agent::{Position, TurnEvent, TurnRequest, TurnSummary};
use council_core::{AnswerEnd, ConversationId};

/// The original frames.
pub(crate) struct FrameEncoder {
    request_id: String,
    session_id: Option<ConversationId>,
    position: Position,
    /// Whether the client hears who answers, and why.
    decisions: bool,
    remembered: Vec<String>,
    /// Of the memory.
    problems: Vec<String>,
    tool_runs: ToolRuns,
}

impl FrameEncoder {
    pub(crate) fn new(turn: &TurnRequest, decisions: bool) -> Self {
        Self {
            request_id: turn.request_id.clone(),
            session_id: turn.conversation.clone(),
            position: turn.position,
            decisions,
            remembered: Vec::new(),
            problems: Vec::new(),
            tool_runs: ToolRuns::default(),
        }
    }

    /// The frame of a turn that has begun.
    pub(crate) fn started(&self, frames: &mut Frames) {
        let (parent, regenerate) = match self.position {
            Position::End => (None, None),
            Position::After(after) => (after, None),
            Position::Again { question, after } => (after, Some(question)),
        };
        frames.json(&Frame::Started(StartedFrame {
            text: "",
            partial: true,
            started: StartedObject {
                request_id: &self.request_id,
                session_id: self.session_id.as_ref().map(ConversationId::as_str),
                parent_id: parent.map(|parent| parent.0),
                regenerate: regenerate.map(|question| question.0),
            },
        }));
    }

    fn done(&self, summary: &TurnSummary, frames: &mut Frames) {
        frames.json(&Frame::Done(DoneFrame {
            text: "",
            done: true,
            model: &summary.model,
            latency_ms: latency_ms(summary),
            skill_type: summary.skill.as_str(),
            confidence: summary.confidence,
            calibrated: summary.calibrated,
            locality: locality_name(summary.locality),
            finish: AnswerEnd::from(summary.finish).as_str(),
            cost_usd: summary.cost_usd,
            usage: summary.usage.into(),
            request_id: &self.request_id,
            session_id: self.session_id.as_ref().map(ConversationId::as_str),
            question_id: summary.question.map(|question| question.0),
            message_id: summary.message.map(|message| message.0),
            remembered: self.remembered.clone(),
            memory_problems: self.problems.clone(),
        }));
    }
}

impl Encode for FrameEncoder {
    fn event(&mut self, _: usize, event: TurnEvent, frames: &mut Frames) {
        match event {
            TurnEvent::Text { text, .. } if !text.is_empty() => {
                frames.json(&Frame::Partial(PartialFrame {
                    text: &text,
                    partial: true,
                }));
            }
            TurnEvent::Recalled { hits, problem, .. } => {
                self.problems.extend(problem);
                if !hits.is_empty() {
                    frames.json(&Frame::Recalled(RecalledFrame {
                        text: "",
                        partial: true,
                        memories: hits.into_iter().map(|hit| HitObject::new(hit, false)).collect(),
                    }));
                }
            }
            TurnEvent::Vote(event) => frames.json(&Frame::Vote(CouncilFrame {
                text: "",
                partial: true,
                vote: VoteFrame::new(*event, None, 1, &self.request_id),
            })),
            TurnEvent::Remembered { ids, problem } => {
                self.remembered = ids.into_iter().map(|id| id.0).collect();
                self.problems.extend(problem);
            }
            TurnEvent::ToolStarted(call) => {
                let run = self.tool_runs.started(call);
                frames.json(&Frame::Tool(ToolFrame::new(run)));
            }
            TurnEvent::ToolFinished {
                ok,
                text,
                data,
                latency,
                ..
            } => {
                if let Some(run) = self.tool_runs.finished(ok, text, data, latency) {
                    frames.json(&Frame::Tool(ToolFrame::new(run)));
                }
            }
            TurnEvent::Decision {
                model,
                skill,
                reason,
                omitted_messages,
                question,
            } if self.decisions => frames.json(&Frame::Decision(DecisionFrame {
                text: "",
                partial: true,
                decision: DecisionObject {
                    model: &model,
                    skill_type: skill.as_str(),
                    reason: &reason,
                    omitted_messages,
                    question_id: question.map(|question| question.0),
                },
            })),
            // Prompts have no tools of the client's to call.
            TurnEvent::Decision { .. } | TurnEvent::Text { .. } | TurnEvent::ToolCall(_) => {}
            TurnEvent::Done(summary) => self.done(&summary, frames),
        }
    }

    fn failed(&mut self, error: &ApiError, frames: &mut Frames) {
        frames.json(&Frame::Failed(FailedFrame {
            error: &error.message,
            done: true,
            code: error.code.as_str(),
            request_id: &self.request_id,
            outgoing: error.outgoing(),
        }));
    }

    fn finished(&mut self, _: &mut Frames) {}
}
