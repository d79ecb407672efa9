//! `POST /vote`.

use super::prompt::{chat, text};
use crate::api::generation::{GenerationFields, ResponseFormat};
use crate::api::openai::usage::UsageObject;
use crate::api::range::integer;
use crate::error::ApiError;
use crate::extract::{FromBody, parse_object};
use council_agent::vote::{Council, Deliberated, Dissent, VoiceReport, VoteEvent};
use council_core::GenerateRequest;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

/// A prompt for the council.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct VoteRequest {
    /// What to answer. `query` is the same.
    #[serde(alias = "query")]
    pub(crate) prompt: Option<String>,
    /// Who votes: names of voices, or ids of models, which vote without a persona unless voices are configured on them.
    /// Empty: all voices.
    pub(crate) candidates: Option<Vec<String>>,
    /// How many voices are named in `candidates` of the answer, the best first; at most as many as vote.
    #[schema(minimum = 1, default = 1)]
    pub(crate) top_k: Option<i64>,
    /// Answer as server-sent events, voice by voice.
    pub(crate) stream: Option<bool>,
    /// Most tokens of each reply.
    #[schema(minimum = 1)]
    pub(crate) max_tokens: Option<i64>,
    /// Makes the vote repeatable.
    pub(crate) seed: Option<i64>,
    /// The form of each reply.
    pub(crate) response_format: Option<ResponseFormat>,
    /// Who asks; requests of one user queue fairly against those of another.
    pub(crate) user: Option<String>,
}

impl FromBody for VoteRequest {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        parse_object(body)
    }
}

/// A validated request.
#[derive(Debug)]
pub(crate) struct VoteOrder {
    pub(crate) candidates: Vec<String>,
    pub(crate) top_k: usize,
    pub(crate) stream: bool,
    pub(crate) generate: GenerateRequest,
}

impl VoteRequest {
    /// Checks every field.
    pub(crate) fn order(self, council: &Council, peer: &str) -> Result<VoteOrder, ApiError> {
        let prompt = text(self.prompt)?;
        let candidates = self.candidates.unwrap_or_default();
        let seated = council.seated(&candidates)?.len();
        let top_k = integer("top_k", self.top_k, 1..=seated as i64)?.map_or(1, |top_k| top_k as usize);
        let generation = GenerationFields {
            max_tokens: self.max_tokens,
            seed: self.seed,
            response_format: self.response_format,
            user: self.user,
            ..GenerationFields::default()
        };
        Ok(VoteOrder {
            candidates,
            top_k,
            stream: self.stream.unwrap_or(false),
            generate: generation.request(chat(None, prompt), peer)?,
        })
    }
}

/// The answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VoteAnswer {
    pub(crate) text: String,
    /// The model whose words `text` is.
    pub(crate) model_used: String,
    /// From the question to the verdict.
    pub(crate) latency_ms: f64,
    /// How likely the answer is right, [0, 1]; null where nothing is known of that.
    pub(crate) confidence: Option<f64>,
    /// The voices with the best replies, the best first; as many as `top_k` said.
    pub(crate) candidates: Vec<String>,
    /// US cents, rankings and the chair included.
    pub(crate) total_cost_cents: f64,
    /// Every voice, whether it answered or not.
    pub(crate) council_voices: Vec<CouncilVoiceObject>,
    /// Who agreed with whom, in a sentence.
    pub(crate) council_consensus: String,
    /// True.
    pub(crate) council_used: bool,
    pub(crate) voting_stats: VotingStatsObject,
    /// What the others said, the strongest first.
    pub(crate) dissent: Vec<DissentObject>,
    /// The bare answer, where the question has a short one.
    pub(crate) answer: Option<String>,
    /// Whether a check of the answer passed: it was recomputed, or run.
    pub(crate) verified: bool,
    /// All tokens of all models.
    pub(crate) usage: UsageObject,
    pub(crate) request_id: String,
}

/// What one voice did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CouncilVoice)]
pub(crate) struct CouncilVoiceObject {
    /// Its name.
    pub(crate) voice: String,
    /// Its model; empty when none was reached.
    pub(crate) model: String,
    pub(crate) reply: String,
    /// Geometric mean probability of its tokens, in (0, 1]; null where the model reports none.
    pub(crate) confidence: Option<f64>,
    /// What its vote counts.
    pub(crate) weight: f64,
    /// Generated tokens.
    pub(crate) tokens: u32,
    pub(crate) cost_usd: f64,
    /// To the end of its reply.
    pub(crate) latency_ms: f64,
    /// The short answer in its reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) answer: Option<String>,
    /// Whether its answer passed or failed a check; absent where nothing could check it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) verified: Option<bool>,
    /// What the check did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) evidence: Option<String>,
    /// Why it has no vote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<VoiceFailureObject>,
}

/// Why a voice has no vote.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VoiceFailure)]
pub(crate) struct VoiceFailureObject {
    /// `failed`, `late`, `empty`, `refused` or `cancelled`.
    pub(crate) kind: &'static str,
    /// In words.
    pub(crate) reason: String,
}

/// Numbers of the count.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VotingStats)]
pub(crate) struct VotingStatsObject {
    /// `majority`, `ranking`, `weight` or `single`.
    pub(crate) method: &'static str,
    /// The share of the vote behind the winner, [0, 1]; null where only one voice answered, or replies cannot be compared.
    pub(crate) agreement: Option<f64>,
    /// Voices that sat.
    pub(crate) voices: usize,
    /// Of these, that answered.
    pub(crate) answered: usize,
    /// Fewest that had to.
    pub(crate) quorum: usize,
    /// Votes that counted.
    pub(crate) counted: usize,
    /// Voices whose answer a check passed.
    pub(crate) verified: usize,
    /// Voices whose answer a check refuted.
    pub(crate) refuted: usize,
    /// Rankings of members that could be used.
    pub(crate) rankings: usize,
    /// Rankings that could not.
    pub(crate) invalid_rankings: usize,
    /// The model that wrote the answer out of the best replies; null where one of them stands.
    pub(crate) chair: Option<String>,
    /// What else there is to know, in sentences.
    pub(crate) notes: Vec<String>,
}

/// An answer that did not win.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Dissent)]
pub(crate) struct DissentObject {
    /// Who gave it.
    pub(crate) voices: Vec<String>,
    /// The short answer, where it has one.
    pub(crate) answer: Option<String>,
    /// Its share of the vote, [0, 1].
    pub(crate) share: f64,
    /// Whether a check refuted it.
    pub(crate) refuted: bool,
    /// The reply of the strongest voice behind it.
    pub(crate) reply: String,
}

impl VoteAnswer {
    /// `confidence` is a calibrated one, where there is one; else that of the words themselves stands.
    pub(crate) fn new(
        decided: &Deliberated,
        confidence: Option<f64>,
        top_k: usize,
        request_id: &str,
    ) -> Self {
        Self {
            text: decided.text.clone(),
            model_used: decided.model.clone(),
            latency_ms: millis(decided.latency),
            confidence: confidence.or(decided.confidence),
            candidates: decided.ranking.iter().take(top_k).cloned().collect(),
            total_cost_cents: decided.cost_usd() * 100.0,
            council_voices: decided.voices.iter().map(Into::into).collect(),
            council_consensus: decided.consensus.clone(),
            council_used: true,
            voting_stats: decided.into(),
            dissent: decided.dissent.iter().map(Into::into).collect(),
            answer: decided.answer.clone(),
            verified: decided.verified,
            usage: decided.usage().into(),
            request_id: request_id.to_owned(),
        }
    }
}

impl From<&VoiceReport> for CouncilVoiceObject {
    fn from(report: &VoiceReport) -> Self {
        Self {
            voice: report.voice.clone(),
            model: report.model.clone(),
            reply: report.reply.clone(),
            confidence: report.confidence,
            weight: report.weight,
            tokens: report.usage.output_tokens,
            cost_usd: report.cost_usd,
            latency_ms: millis(report.latency),
            answer: report.answer.clone(),
            verified: report.verified,
            evidence: report.evidence.clone(),
            failure: report.failure.as_ref().map(|failure| VoiceFailureObject {
                kind: failure.kind.as_str(),
                reason: failure.reason.clone(),
            }),
        }
    }
}

impl From<&Deliberated> for VotingStatsObject {
    fn from(decided: &Deliberated) -> Self {
        let stats = &decided.stats;
        let chair = decided.chair.as_ref().filter(|chair| chair.failure.is_none());
        Self {
            method: decided.method.as_str(),
            agreement: decided.agreement,
            voices: stats.seated,
            answered: stats.answered,
            quorum: stats.quorum,
            counted: stats.counted,
            verified: stats.verified,
            refuted: stats.refuted,
            rankings: stats.rankings,
            invalid_rankings: stats.invalid_rankings,
            chair: chair.map(|chair| chair.model.clone()),
            notes: stats.notes.clone(),
        }
    }
}

impl From<&Dissent> for DissentObject {
    fn from(dissent: &Dissent) -> Self {
        Self {
            voices: dissent.voices.clone(),
            answer: dissent.answer.clone(),
            share: dissent.share,
            refuted: dissent.refuted,
            reply: dissent.reply.clone(),
        }
    }
}

/// What a member thinks of a voice's reply.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VoicePoints)]
pub(crate) struct PointsObject {
    /// Whose reply.
    pub(crate) voice: String,
    /// From 0 (wrong or useless) to 10.
    pub(crate) points: u8,
}

/// A frame of a streamed vote. Voices speak at the same time; each one's own frames come in order. Last comes `verdict` or
/// `failed`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum VoteFrame {
    /// A voice was asked.
    VoiceStarted { voice: String, model: String },
    /// More of its reply.
    VoiceText { voice: String, text: String },
    /// It has answered, or will not.
    VoiceEnded(Box<CouncilVoiceObject>),
    /// A member has ranked the replies of the others.
    Ranked {
        voice: String,
        /// The best first; empty where the ranking cannot be used.
        ranking: Vec<PointsObject>,
        /// Why it cannot.
        #[serde(skip_serializing_if = "Option::is_none")]
        problem: Option<String>,
    },
    /// A model was asked to write the answer.
    ChairStarted { model: String },
    /// More of its answer.
    ChairText { text: String },
    /// The end.
    Verdict(Box<VoteAnswer>),
    /// The end of a vote that failed.
    Failed {
        /// What happened, in words.
        error: String,
        /// The code to test for.
        code: &'static str,
        request_id: String,
    },
}

impl VoteFrame {
    /// What happened, as a frame.
    pub(crate) fn new(event: VoteEvent, confidence: Option<f64>, top_k: usize, request_id: &str) -> Self {
        match event {
            VoteEvent::VoiceStarted { voice, model } => Self::VoiceStarted { voice, model },
            VoteEvent::VoiceText { voice, text } => Self::VoiceText { voice, text },
            VoteEvent::VoiceEnded(report) => Self::VoiceEnded(Box::new((&*report).into())),
            VoteEvent::Ranked { voice, points } => {
                let (points, problem) = match points {
                    Ok(points) => (points, None),
                    Err(problem) => (Vec::new(), Some(problem)),
                };
                let ranking = points
                    .into_iter()
                    .map(|(voice, points)| PointsObject { voice, points });
                Self::Ranked {
                    voice,
                    ranking: ranking.collect(),
                    problem,
                }
            }
            VoteEvent::ChairStarted { model } => Self::ChairStarted { model },
            VoteEvent::ChairText { text } => Self::ChairText { text },
            VoteEvent::Verdict(decided) => {
                Self::Verdict(Box::new(VoteAnswer::new(&decided, confidence, top_k, request_id)))
            }
        }
    }

    /// The last frame of a vote that failed.
    pub(crate) fn failed(error: &ApiError, request_id: &str) -> Self {
        Self::Failed {
            error: error.message.clone(),
            code: error.code.as_str(),
            request_id: request_id.to_owned(),
        }
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

#[cfg(test)]
mod tests;
