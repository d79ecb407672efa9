//! A memory as clients see it.

use super::names;
use super::save::text;
use crate::error::ApiError;
use crate::extract::{FromBody, parse_object};
use council_agent::knowledge::citation;
use council_core::{Claim, Memory, MemoryChange, MemoryHit, Timestamp};
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
    /// What a fact or a preference says, and how that is known.
    pub(crate) claim: Option<ClaimObject>,
    /// The document that it is a part of: a path or an address.
    pub(crate) source: Option<String>,
    /// Where in the document it stands, such as `notes/plan.md:12-30` or `paper.pdf, page 3`.
    pub(crate) citation: Option<String>,
    pub(crate) pinned: bool,
    /// Whether it is kept apart until somebody confirms it.
    pub(crate) quarantined: bool,
    /// When it ceased to be so, in seconds since the Unix epoch, as far as that is known. It began with `timestamp`.
    pub(crate) valid_to: Option<f64>,
    /// When it was stored, in seconds since the Unix epoch.
    pub(crate) created_at: f64,
    /// When it was last changed.
    pub(crate) updated_at: f64,
    /// When it was superseded or taken back.
    pub(crate) retired_at: Option<f64>,
    /// The memory that took its place.
    pub(crate) superseded_by: Option<String>,
}

/// What a fact or a preference says.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemoryClaim)]
pub(crate) struct ClaimObject {
    /// Whom it is about.
    pub(crate) subject: String,
    /// What about them, such as `home` or `likes`.
    pub(crate) attribute: String,
    /// How sure it is, 0 to 1.
    pub(crate) confidence: f32,
    /// The model that found it; null when a person wrote it.
    pub(crate) extractor: Option<String>,
    /// What it rests on.
    pub(crate) evidence: Vec<EvidenceObject>,
}

/// Words that a claim rests on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemoryEvidence)]
pub(crate) struct EvidenceObject {
    /// The memory that they are from.
    pub(crate) memory: String,
    /// As they stand there.
    pub(crate) quote: String,
}

impl From<Claim> for ClaimObject {
    fn from(claim: Claim) -> Self {
        let evidence = claim.evidence.into_iter().map(|evidence| EvidenceObject {
            memory: evidence.memory.0,
            quote: evidence.quote,
        });
        Self {
            subject: claim.subject,
            attribute: claim.attribute,
            confidence: claim.confidence,
            extractor: claim.extractor,
            evidence: evidence.collect(),
        }
    }
}

impl From<Memory> for MemoryObject {
    fn from(memory: Memory) -> Self {
        let content = memory.content;
        Self {
            citation: citation(&content),
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
            claim: content.claim.map(ClaimObject::from),
            source: content.source,
            pinned: memory.pinned,
            quarantined: content.quarantined,
            valid_to: content.valid_to.map(Timestamp::as_secs_f64),
            created_at: memory.created_at.as_secs_f64(),
            updated_at: memory.updated_at.as_secs_f64(),
            retired_at: memory.retired_at.map(Timestamp::as_secs_f64),
            superseded_by: memory.superseded_by.map(|id| id.0),
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
    /// From how much it tells.
    pub(crate) told: f32,
    /// From the time that the question speaks of.
    pub(crate) time: f32,
    /// From its age.
    pub(crate) recency: f32,
    /// From its pin.
    pub(crate) pinned: f32,
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
            told: parts.told,
            time: parts.time,
            recency: parts.recency,
            pinned: parts.pinned,
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
    /// Whether it is kept apart. Who lifts this vouches for it: its `trust` becomes `user`.
    pub(crate) quarantined: Option<bool>,
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
            quarantined: self.quarantined,
        };
        Ok((new_text, change))
    }
}
