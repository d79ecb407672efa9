//! A memory as clients see it.

use super::names;
use super::save::text;
use crate::error::ApiError;
use crate::extract::{FromBody, parse_object};
use council_core::{Memory, MemoryChange, MemoryHit};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Something that is remembered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemoryObject {
    pub(crate) id: String,
    pub(crate) text: String,
    /// `turn`, `fact`, `preference`, `note`, `summary` or `document`.
    pub(crate) kind: &'static str,
    pub(crate) speaker: Option<String>,
    pub(crate) session: Option<String>,
    pub(crate) project: Option<String>,
    /// When it was said, in seconds since the Unix epoch.
    pub(crate) timestamp: f64,
    pub(crate) area: String,
    pub(crate) tags: Vec<String>,
    #[schema(value_type = Object)]
    pub(crate) metadata: Map<String, Value>,
    /// Where it came from: `user`, `assistant`, `tool` or `web`.
    pub(crate) trust: &'static str,
    pub(crate) pinned: bool,
    /// When it was stored, in seconds since the Unix epoch.
    pub(crate) created_at: f64,
    /// When it was last changed.
    pub(crate) updated_at: f64,
}

impl From<Memory> for MemoryObject {
    fn from(memory: Memory) -> Self {
        let content = memory.content;
        Self {
            id: memory.id.0,
            text: content.text,
            kind: content.kind.as_str(),
            speaker: content.speaker,
            session: content.scope.session,
            project: content.scope.project,
            timestamp: content.said_at.as_secs_f64(),
            area: content.area,
            tags: content.tags,
            metadata: content.metadata,
            trust: content.trust.as_str(),
            pinned: memory.pinned,
            created_at: memory.created_at.as_secs_f64(),
            updated_at: memory.updated_at.as_secs_f64(),
        }
    }
}

/// What each sign added to the score.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WhyObject {
    /// Cosine of the text's vector and the question's.
    pub(crate) cosine: f32,
    /// BM25 of the words in common.
    pub(crate) bm25: f32,
    /// From the meaning of the text.
    pub(crate) own: f32,
    /// From its meaning with the turn before it.
    pub(crate) context: f32,
    /// From words in common.
    pub(crate) lexical: f32,
    /// From the turns around it.
    pub(crate) neighbours: f32,
    /// From its speaker.
    pub(crate) speaker: f32,
}

/// A memory that was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HitObject {
    /// How well it fits; comparable within one search only.
    pub(crate) score: f32,
    /// With `explain`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<WhyObject>,
    #[serde(flatten)]
    pub(crate) memory: MemoryObject,
}

impl HitObject {
    pub(crate) fn new(hit: MemoryHit, explain: bool) -> Self {
        let parts = hit.parts;
        let why = explain.then_some(WhyObject {
            cosine: parts.cosine,
            bm25: parts.bm25,
            own: parts.own,
            context: parts.context,
            lexical: parts.lexical,
            neighbours: parts.neighbours,
            speaker: parts.speaker,
        });
        Self {
            score: hit.score,
            why,
            memory: hit.memory.into(),
        }
    }
}

/// A change of a memory; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = MemoryChange)]
pub(crate) struct MemoryChangeBody {
    #[schema(min_length = 1, max_length = 65_536)]
    pub(crate) text: Option<String>,
    /// Whether it is kept in mind above others.
    pub(crate) pinned: Option<bool>,
    pub(crate) tags: Option<Vec<String>>,
    #[schema(value_type = Option<Object>)]
    pub(crate) metadata: Option<Map<String, Value>>,
}

impl FromBody for MemoryChangeBody {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        parse_object(body)
    }
}

impl MemoryChangeBody {
    /// The new text, and what else changes.
    pub(crate) fn change(self) -> Result<(Option<String>, MemoryChange), ApiError> {
        let new_text = self.text.map(|new| text("text", new)).transpose()?;
        let change = MemoryChange {
            text: None,
            pinned: self.pinned,
            tags: self.tags.map(|tags| names("tags", tags)).transpose()?,
            metadata: self.metadata,
        };
        Ok((new_text, change))
    }
}
