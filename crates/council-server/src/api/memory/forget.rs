//! Forgetting by question: first a look at what it would be, then by identifier.

use super::object::HitObject;
use super::query::{FiltersField, limit, query};
use crate::error::ApiError;
use crate::extract::{FromBody, optional_object, parse_object};
use council_core::{MemoryFilter, MemoryHit, MemoryId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What to forget: a question, whose answers are shown and kept; or `ids`, which are forgotten.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = MemoryForget)]
pub(crate) struct ForgetBody {
    /// What it is about.
    pub(crate) query: Option<String>,
    /// Only what is at least this near to `query`, as a cosine.
    #[schema(minimum = -1, maximum = 1, default = 0.4)]
    pub(crate) least_cosine: Option<f64>,
    /// Most to show.
    #[schema(minimum = 1, maximum = 1000, default = 10)]
    pub(crate) limit: Option<i64>,
    /// Only this session.
    pub(crate) session: Option<String>,
    /// Only this project.
    pub(crate) project: Option<String>,
    #[serde(default, deserialize_with = "optional_object")]
    pub(crate) filters: Option<FiltersField>,
    /// Forget these.
    pub(crate) ids: Option<Vec<String>>,
}

impl FromBody for ForgetBody {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        parse_object(body)
    }
}

/// What a request to forget means.
#[derive(Debug, PartialEq)]
pub(crate) enum ForgetOrder {
    Preview {
        text: String,
        filter: Box<MemoryFilter>,
        least_cosine: f32,
        limit: usize,
    },
    Forget(Vec<MemoryId>),
}

/// Cosine from which on a memory counts as being about a question (what Agent Zero writes as 0.7).
const LEAST_COSINE: f64 = 0.4;

impl ForgetBody {
    pub(crate) fn order(self, user: &str) -> Result<ForgetOrder, ApiError> {
        match (self.query, self.ids) {
            (Some(_), Some(_)) => {
                let message = "`query` shows what would be forgotten, `ids` forgets; send one of them";
                Err(ApiError::invalid("ids", message))
            }
            (None, None) => Err(ApiError::invalid(
                "query",
                "`query` is missing; send it, or `ids`",
            )),
            (None, Some(ids)) => Ok(ForgetOrder::Forget(ids.into_iter().map(MemoryId).collect())),
            (Some(text), None) => {
                let least_cosine = self.least_cosine.unwrap_or(LEAST_COSINE);
                if !(-1.0..=1.0).contains(&least_cosine) {
                    let message = format!("`least_cosine` is {least_cosine}; it must be -1 to 1");
                    return Err(ApiError::invalid("least_cosine", message));
                }
                Ok(ForgetOrder::Preview {
                    text: query(text)?,
                    filter: Box::new(self.filters.unwrap_or_default().filter(
                        user,
                        self.project,
                        self.session,
                    )?),
                    least_cosine: least_cosine as f32,
                    limit: limit(self.limit)?,
                })
            }
        }
    }
}

/// What would be forgotten, or was.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemoryForgetResult)]
pub(crate) struct ForgetResult {
    /// For `query`: what would be forgotten. Nothing is, until their ids are sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) preview: Option<Vec<HitObject>>,
    /// For `ids`: those that existed, and are gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) forgotten: Option<Vec<String>>,
}

impl ForgetResult {
    pub(crate) fn preview(hits: Vec<MemoryHit>) -> Self {
        Self {
            preview: Some(hits.into_iter().map(|hit| HitObject::new(hit, true)).collect()),
            forgotten: None,
        }
    }

    pub(crate) fn forgotten(ids: Vec<MemoryId>) -> Self {
        Self {
            preview: None,
            forgotten: Some(ids.into_iter().map(|id| id.0).collect()),
        }
    }
}
