//! `POST /orchestrate`.

use super::answer::latency_ms;
use super::prompt::{chat, text};
use crate::api::generation::GenerationFields;
use crate::api::openai::usage::UsageObject;
use crate::error::ApiError;
use crate::extract::{FromBody, parse_object};
use crate::turns::Answer;
use council_core::GenerateRequest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A prompt and who should answer it.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct OrchestrateRequest {
    #[serde(flatten)]
    pub(crate) orchestrate: OrchestrateFields,
    #[serde(flatten)]
    pub(crate) generation: GenerationFields,
}

impl FromBody for OrchestrateRequest {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        Ok(Self {
            orchestrate: parse_object(body)?,
            generation: parse_object(body)?,
        })
    }
}

/// What is particular to orchestration.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct OrchestrateFields {
    /// What to answer. `query` is the same.
    #[serde(alias = "query")]
    pub(crate) prompt: Option<String>,
    /// Models, skills (`chat`, `math`, `code`, `logic`, `knowledge`) or `council` to try, in order; at most 16. Empty:
    /// whoever is best for the question.
    pub(crate) route: Option<Vec<String>>,
}

const MAX_ROUTE: usize = 16;

impl OrchestrateRequest {
    /// Checks every field; gives the route and what to generate.
    pub(crate) fn order(self, peer: &str) -> Result<(Vec<String>, GenerateRequest), ApiError> {
        let route = self.orchestrate.route.unwrap_or_default();
        if route.len() > MAX_ROUTE {
            let message = format!(
                "`route` has {} entries; at most {MAX_ROUTE} are possible",
                route.len()
            );
            return Err(ApiError::invalid("route", message));
        }
        let input = chat(None, text(self.orchestrate.prompt)?);
        Ok((route, self.generation.request(input, peer)?))
    }
}

/// The answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrchestrateAnswer {
    pub(crate) text: String,
    /// The model that answered.
    pub(crate) model_used: String,
    /// From acceptance to the last token.
    pub(crate) latency_ms: f64,
    /// US cents.
    pub(crate) cost_cents: f64,
    pub(crate) skill_type: &'static str,
    pub(crate) confidence: Option<f64>,
    pub(crate) usage: UsageObject,
    pub(crate) request_id: String,
}

impl OrchestrateAnswer {
    pub(crate) fn new(answer: Answer, request_id: &str) -> Self {
        let summary = answer.summary;
        Self {
            text: answer.text,
            latency_ms: latency_ms(&summary),
            cost_cents: summary.cost_usd * 100.0,
            skill_type: summary.skill.as_str(),
            confidence: summary.confidence,
            usage: summary.usage.into(),
            request_id: request_id.to_owned(),
            model_used: summary.model,
        }
    }
}
