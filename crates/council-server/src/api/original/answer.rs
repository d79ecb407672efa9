//! Whole answers of the original routes.

use crate::api::openai::models::locality_name;
use crate::api::openai::usage::UsageObject;
use crate::api::turn_memory::MemoryReportObject;
use crate::api::turn_tools::ToolRunObject;
use crate::turns::Answer;
use council_agent::TurnSummary;
use council_core::{AnswerEnd, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

/// `POST /hybrid`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HybridAnswer {
    pub(crate) text: String,
    /// The model that answered.
    pub(crate) model: String,
    /// From acceptance to the last token.
    pub(crate) latency_ms: f64,
    pub(crate) skill_type: &'static str,
    /// How likely the answer is right, in (0, 1]: calibrated where `route.calibrated` says so, or else the geometric mean
    /// probability of its tokens; null where the model reports none.
    pub(crate) confidence: Option<f64>,
    /// Seconds since the Unix epoch, as text.
    pub(crate) timestamp: String,
    pub(crate) route: RouteObject,
    pub(crate) cost_usd: f64,
    pub(crate) usage: UsageObject,
    pub(crate) request_id: String,
    /// Tools that the server ran for this answer.
    pub(crate) tool_runs: Vec<ToolRunObject>,
    #[serde(flatten)]
    pub(crate) memory: MemoryReportObject,
}

/// Who answered, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RouteObject {
    /// `local` or `remote`.
    pub(crate) locality: &'static str,
    /// In words.
    pub(crate) reason: String,
    /// Oldest messages of the conversation that did not fit the prompt.
    pub(crate) omitted_messages: u64,
    /// Whether `confidence` is a calibrated probability.
    pub(crate) calibrated: bool,
    /// What backs the answer, where it was computed, decided, run or cited.
    pub(crate) proofs: Vec<ProofObject>,
}

/// Something that backs an answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Proof)]
pub(crate) struct ProofObject {
    /// `computed`, `decided`, `executed` or `cited`.
    pub(crate) method: &'static str,
    pub(crate) text: String,
}

impl RouteObject {
    fn new(answer: &Answer) -> Self {
        Self {
            locality: locality_name(answer.summary.locality),
            reason: answer.reason.clone(),
            omitted_messages: answer.omitted_messages,
            calibrated: answer.summary.calibrated,
            proofs: answer
                .summary
                .proofs
                .iter()
                .map(|proof| ProofObject {
                    method: proof.method.as_str(),
                    text: proof.text.clone(),
                })
                .collect(),
        }
    }
}

/// Milliseconds with their fraction.
pub(crate) fn latency_ms(summary: &TurnSummary) -> f64 {
    summary.latency.as_secs_f64() * 1_000.0
}

impl HybridAnswer {
    pub(crate) fn new(answer: Answer, now: Timestamp, request_id: &str) -> Self {
        let route = RouteObject::new(&answer);
        let summary = answer.summary;
        Self {
            text: answer.text,
            latency_ms: latency_ms(&summary),
            skill_type: summary.skill.as_str(),
            confidence: summary.confidence,
            timestamp: now.as_secs().to_string(),
            route,
            cost_usd: summary.cost_usd,
            usage: summary.usage.into(),
            request_id: request_id.to_owned(),
            tool_runs: answer.tool_runs,
            memory: answer.memory.unwrap_or_default().into(),
            model: summary.model,
        }
    }
}

/// `POST /api/chat`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChatAnswer {
    pub(crate) text: String,
    /// The model that answered.
    pub(crate) model: String,
    /// From acceptance to the last token.
    pub(crate) latency_ms: f64,
    pub(crate) skill_type: &'static str,
    /// How likely the answer is right, in (0, 1]: calibrated where `route.calibrated` says so, or else the geometric mean
    /// probability of its tokens; null where the model reports none.
    pub(crate) confidence: Option<f64>,
    /// Seconds since the Unix epoch.
    pub(crate) timestamp: f64,
    /// Whether several models were asked.
    pub(crate) council_used: bool,
    /// Tools that the server ran for this answer.
    pub(crate) tool_runs: Vec<ToolRunObject>,
    /// What was recalled for this answer, as the model read it; null when nothing was.
    pub(crate) memory_context: Option<String>,
    #[serde(flatten)]
    pub(crate) memory: MemoryReportObject,
    /// The conversation; send it again to continue. Null when the turn was incognito.
    pub(crate) session_id: Option<String>,
    /// How it ended: `stop`, `length`, or `stopped` by `DELETE /v1/turns/{request_id}`.
    pub(crate) finish: &'static str,
    /// The stored question.
    pub(crate) question_id: Option<i64>,
    /// The stored answer.
    pub(crate) message_id: Option<i64>,
    pub(crate) route: RouteObject,
    pub(crate) cost_usd: f64,
    pub(crate) usage: UsageObject,
    pub(crate) request_id: String,
}

impl ChatAnswer {
    pub(crate) fn new(answer: Answer, session_id: Option<String>, now: Timestamp, request_id: &str) -> Self {
        let route = RouteObject::new(&answer);
        let memory = answer.memory.unwrap_or_default();
        let summary = answer.summary;
        Self {
            text: answer.text,
            latency_ms: latency_ms(&summary),
            skill_type: summary.skill.as_str(),
            confidence: summary.confidence,
            timestamp: now.as_secs_f64(),
            council_used: summary.vote.is_some(),
            tool_runs: answer.tool_runs,
            memory_context: Some(memory.quotes.clone()).filter(|quotes| !quotes.is_empty()),
            memory: memory.into(),
            session_id,
            finish: AnswerEnd::from(summary.finish).as_str(),
            question_id: summary.question.map(|question| question.0),
            message_id: summary.message.map(|message| message.0),
            route,
            cost_usd: summary.cost_usd,
            usage: summary.usage.into(),
            request_id: request_id.to_owned(),
            model: summary.model,
        }
    }
}
