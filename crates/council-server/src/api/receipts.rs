//! Receipts of answers, and what became of these.

use crate::error::ApiError;
use crate::extract::{FromBody, parse_object};
use council_core::{
    Answerer, Considered, ConversationId, Decision, Feedback, PlannedStep, Rating, Receipt, ReceiptFilter,
    SkillKind, StepTaken, TimeSplit, Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};

/// Why a request was answered by whom.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Receipt)]
pub(crate) struct ReceiptObject {
    pub(crate) request_id: String,
    /// When the request came, in seconds since the Unix epoch.
    pub(crate) started_at: f64,
    /// The API route that it came by.
    pub(crate) route: String,
    pub(crate) session_id: Option<String>,
    /// The policy that decided; empty where the request named who answers.
    pub(crate) policy: String,
    /// Who answered: a model's id, a skill, `council`; empty when nobody did.
    pub(crate) answered_by: String,
    pub(crate) skill_type: &'static str,
    /// How likely the answer is right, in [0, 1].
    pub(crate) confidence: Option<f64>,
    /// Whether that is a calibrated probability.
    pub(crate) calibrated: bool,
    /// Whether the answer was computed, decided, run or cited.
    pub(crate) verified: bool,
    /// `exact` or `semantic` where the answer came from the cache.
    pub(crate) cache: Option<String>,
    /// Who was asked, in order.
    pub(crate) steps: Vec<StepObject>,
    /// What was decided before anybody was asked; null where the request named who answers.
    pub(crate) decision: Option<DecisionObject>,
    /// What the decision rests on: probabilities of the kinds of question, sizes, needs. Null without one.
    #[schema(value_type = Option<Object>)]
    pub(crate) features: Option<Value>,
    /// The models and the money as they were then.
    #[schema(value_type = Option<Object>)]
    pub(crate) state: Option<Value>,
    /// The thresholds as they were then.
    #[schema(value_type = Option<Object>)]
    pub(crate) rules: Option<Value>,
    /// What was done less well than it could be, and why.
    pub(crate) degraded: Vec<String>,
    /// Remote models that something was sent to.
    pub(crate) sent_to: Vec<String>,
    pub(crate) times_ms: TimesObject,
    /// Over all steps.
    pub(crate) input_tokens: u32,
    /// Over all steps.
    pub(crate) output_tokens: u32,
    pub(crate) cost_usd: f64,
    /// `completed`, `cancelled` or `failed`.
    pub(crate) outcome: String,
}

/// One that was asked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RouteStep)]
pub(crate) struct StepObject {
    /// A model's id, a skill, or `council`.
    pub(crate) answerer: String,
    /// `accepted`, `unsure`, `declined`, `failed` or `cancelled`.
    pub(crate) outcome: &'static str,
    /// In words.
    pub(crate) reason: String,
    pub(crate) confidence: Option<f64>,
    pub(crate) calibrated: bool,
    pub(crate) elapsed_ms: f64,
    pub(crate) input_tokens: u32,
    pub(crate) output_tokens: u32,
    pub(crate) cost_usd: f64,
}

/// Who is asked, in order, and why.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RouteDecision)]
pub(crate) struct DecisionObject {
    /// The kind of question.
    pub(crate) kind: &'static str,
    /// How likely it is of that kind.
    pub(crate) probability: f32,
    pub(crate) plan: Vec<PlanObject>,
    /// Everybody that was thought of.
    pub(crate) considered: Vec<ConsideredObject>,
    pub(crate) degraded: Vec<String>,
    /// Most tokens of the answer, where the load bounds it.
    pub(crate) max_tokens: Option<u32>,
}

/// One that is to be asked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RoutePlan)]
pub(crate) struct PlanObject {
    pub(crate) answerer: String,
    pub(crate) reason: String,
    /// From which probability of being right on its answer is accepted.
    pub(crate) accept_at: f64,
}

/// One that was thought of.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RouteCandidate)]
pub(crate) struct ConsideredObject {
    pub(crate) answerer: String,
    /// How likely it is thought to be right, or for a skill the question to be its own.
    pub(crate) score: f64,
    /// Why it is not asked; null where it is.
    pub(crate) why_not: Option<String>,
}

/// Where the time went, in milliseconds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RouteTimes)]
pub(crate) struct TimesObject {
    pub(crate) route: f64,
    pub(crate) memory: f64,
    /// From asking the model that answered to its first token.
    pub(crate) prefill: f64,
    pub(crate) decode: f64,
    /// Tools, programs and skills.
    pub(crate) tools: f64,
    pub(crate) total: f64,
}

/// A receipt with what became of the answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReceiptWithFeedback)]
pub(crate) struct ReceiptAnswer {
    #[serde(flatten)]
    pub(crate) receipt: ReceiptObject,
    pub(crate) feedback: Vec<FeedbackObject>,
}

/// What became of an answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Feedback)]
pub(crate) struct FeedbackObject {
    pub(crate) request_id: String,
    /// `up`, `down`, `regenerated`, `edited`, `right` or `wrong`.
    pub(crate) rating: &'static str,
    /// In seconds since the Unix epoch.
    pub(crate) at: f64,
    pub(crate) note: Option<String>,
}

impl From<Receipt> for ReceiptObject {
    fn from(receipt: Receipt) -> Self {
        let object = |value: Result<Value, serde_json::Error>| value.ok();
        Self {
            request_id: receipt.request_id,
            started_at: receipt.started_at_ms as f64 / 1_000.0,
            route: receipt.route,
            session_id: receipt.conversation,
            policy: receipt.policy,
            answered_by: receipt.answered_by,
            skill_type: receipt.skill.as_str(),
            confidence: receipt.confidence,
            calibrated: receipt.calibrated,
            verified: receipt.verified,
            cache: receipt.cache,
            steps: receipt.steps.into_iter().map(Into::into).collect(),
            decision: receipt.decision.as_ref().map(Into::into),
            features: receipt.features.map(serde_json::to_value).and_then(object),
            state: receipt.state.map(serde_json::to_value).and_then(object),
            rules: receipt.rules.map(serde_json::to_value).and_then(object),
            degraded: receipt.degraded,
            sent_to: receipt.sent_to,
            times_ms: receipt.times.into(),
            input_tokens: receipt.input_tokens,
            output_tokens: receipt.output_tokens,
            cost_usd: receipt.cost_usd,
            outcome: receipt.outcome,
        }
    }
}

impl From<StepTaken> for StepObject {
    fn from(step: StepTaken) -> Self {
        Self {
            answerer: step.answerer.name().to_owned(),
            outcome: step.outcome.as_str(),
            reason: step.reason,
            confidence: step.confidence,
            calibrated: step.calibrated,
            elapsed_ms: step.elapsed_ms,
            input_tokens: step.input_tokens,
            output_tokens: step.output_tokens,
            cost_usd: step.cost_usd,
        }
    }
}

impl From<&Decision> for DecisionObject {
    fn from(decision: &Decision) -> Self {
        let plan = |step: &PlannedStep| PlanObject {
            answerer: step.answerer.name().to_owned(),
            reason: step.reason.clone(),
            accept_at: step.accept_at,
        };
        let considered = |one: &Considered| ConsideredObject {
            answerer: one.answerer.name().to_owned(),
            score: one.score,
            why_not: one.why_not.clone(),
        };
        Self {
            kind: decision.kind.as_str(),
            probability: decision.probability,
            plan: decision.steps.iter().map(plan).collect(),
            considered: decision.considered.iter().map(considered).collect(),
            degraded: decision.degraded.clone(),
            max_tokens: decision.max_tokens,
        }
    }
}

impl From<TimeSplit> for TimesObject {
    fn from(times: TimeSplit) -> Self {
        Self {
            route: times.route,
            memory: times.memory,
            prefill: times.prefill,
            decode: times.decode,
            tools: times.tools,
            total: times.total,
        }
    }
}

impl From<Feedback> for FeedbackObject {
    fn from(feedback: Feedback) -> Self {
        Self {
            request_id: feedback.request_id,
            rating: feedback.rating.as_str(),
            at: feedback.at.as_secs_f64(),
            note: feedback.note,
        }
    }
}

/// Which receipts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReceiptQuery {
    /// Who answered: a model's id, a skill, or `council`.
    answered_by: Option<String>,
    /// `chat`, `math`, `code`, `logic` or `knowledge`.
    skill: Option<String>,
    /// The conversation.
    session_id: Option<String>,
    /// `completed`, `cancelled` or `failed`.
    outcome: Option<String>,
    /// Whether more than one was asked before there was an answer.
    escalated: Option<bool>,
    /// Not before, in seconds since the Unix epoch.
    since: Option<f64>,
    /// Before, in seconds since the Unix epoch.
    until: Option<f64>,
}

impl ReceiptQuery {
    /// Checks every field.
    pub(crate) fn filter(self, user: &str) -> Result<ReceiptFilter, ApiError> {
        let skill = self.skill.map(|name| {
            SkillKind::from_name(&name).ok_or_else(|| {
                let message =
                    format!("`skill` cannot be `{name}`; possible: chat, math, code, logic, knowledge");
                ApiError::invalid("skill", message)
            })
        });
        let outcome = self.outcome.map(|name| match name.as_str() {
            "completed" | "cancelled" | "failed" => Ok(name),
            _ => {
                let message = format!("`outcome` cannot be `{name}`; possible: completed, cancelled, failed");
                Err(ApiError::invalid("outcome", message))
            }
        });
        let time = |field: &str, seconds: Option<f64>| {
            seconds
                .map(|seconds| {
                    let since = Duration::try_from_secs_f64(seconds).map_err(|_| {
                        let message = format!("`{field}` is no number of seconds since 1970: {seconds}");
                        ApiError::invalid(field, message)
                    });
                    since.map(Timestamp::from_duration)
                })
                .transpose()
        };
        let conversation = self.session_id.map(|id| {
            ConversationId::parse(&id)
                .map(|id| id.of(user))
                .ok_or_else(|| ApiError::invalid("session_id", "`session_id` is no session"))
        });
        Ok(ReceiptFilter {
            user: Some(user.to_owned()),
            answered_by: self.answered_by,
            skill: skill.transpose()?,
            conversation: conversation.transpose()?,
            outcome: outcome.transpose()?,
            escalated: self.escalated,
            since: time("since", self.since)?,
            until: time("until", self.until)?,
        })
    }
}

/// What became of an answer.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct FeedbackRequest {
    /// Of the answer.
    request_id: String,
    /// `up`, `down`, `regenerated`, `edited`, `right` or `wrong`.
    rating: String,
    /// In words; at most 2,000 characters.
    note: Option<String>,
}

const MOST_NOTE_CHARS: usize = 2_000;

impl FromBody for FeedbackRequest {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        parse_object(body)
    }
}

impl FeedbackRequest {
    /// Checks every field.
    pub(crate) fn order(self, at: Timestamp) -> Result<Feedback, ApiError> {
        let rating = Rating::from_name(&self.rating).ok_or_else(|| {
            let possible = Rating::ALL.map(Rating::as_str).join(", ");
            let message = format!("`rating` cannot be `{}`; possible: {possible}", self.rating);
            ApiError::invalid("rating", message)
        })?;
        let length = self.note.as_ref().map_or(0, |note| note.chars().count());
        if length > MOST_NOTE_CHARS {
            let message = format!("`note` has {length} characters; at most {MOST_NOTE_CHARS} are possible");
            return Err(ApiError::invalid("note", message));
        }
        Ok(Feedback {
            request_id: self.request_id,
            rating,
            at,
            note: self.note,
        })
    }
}

/// How to decide again.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct ReplayRequest {
    /// `cascade`, or `default`: the default model alone. Where absent: `cascade`.
    pub(crate) policy: Option<String>,
    /// Who answers instead: a model's id, a skill, or `council`. Not together with `policy` and `rules`.
    pub(crate) answerer: Option<String>,
    /// Thresholds in the place of those of then, by name, such as `{"accept": {"math": 0.9}, "council": false}`.
    #[schema(value_type = Option<Object>)]
    pub(crate) rules: Option<Value>,
    /// Whether the question is really asked again; otherwise it is only decided.
    pub(crate) run: Option<bool>,
    /// The question, where it is asked again and belongs to no conversation.
    pub(crate) prompt: Option<String>,
}

impl FromBody for ReplayRequest {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        parse_object(body)
    }
}

/// A decision made again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReplayAnswer {
    pub(crate) request_id: String,
    /// As it was decided then; null where the request named who answers.
    pub(crate) before: Option<DecisionObject>,
    /// As it is decided now, from what was known then; null where `answerer` names who answers.
    pub(crate) after: Option<DecisionObject>,
    /// Whether others are asked, or in another order.
    pub(crate) changed: bool,
    /// The answer, where the question was asked again.
    pub(crate) answer: Option<ReplayedAnswer>,
}

/// An answer to a question that was asked again. Its own receipt has the id `request_id`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReplayedAnswer {
    pub(crate) request_id: String,
    pub(crate) text: String,
    pub(crate) model: String,
    pub(crate) skill_type: &'static str,
    pub(crate) confidence: Option<f64>,
    pub(crate) latency_ms: f64,
    pub(crate) cost_usd: f64,
}

/// Who is asked, in order.
pub(crate) fn plan(decision: &Decision) -> Vec<&Answerer> {
    decision.steps.iter().map(|step| &step.answerer).collect()
}
