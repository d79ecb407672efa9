//! A memory with its whole history, as a line of an export.

use super::time::TimeField;
use super::{kind, trust, unknown};
use crate::error::ApiError;
use crate::extract::{FromBody, objects, optional_object, parse_object};
use council_core::{
    Claim, Evidence, Memory, MemoryEvent, MemoryId, MemoryKind, MemoryRecord, MemoryVersion, NewMemory,
    Scope, Timestamp, Trust,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What the first line of an export says it is.
const HEADER_FORMAT: &str = "council-memory";
/// The version of the lines that follow.
const HEADER_VERSION: u64 = 1;

/// The first line of an export.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = MemoryExportHeader)]
pub(crate) struct HeaderObject {
    /// `council-memory`.
    pub(crate) format: String,
    /// `1`.
    pub(crate) version: u64,
    /// When it was made.
    pub(crate) exported_at: Option<TimeField>,
}

impl HeaderObject {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            format: HEADER_FORMAT.to_owned(),
            version: HEADER_VERSION,
            exported_at: Some(TimeField::exact(now)),
        }
    }

    /// Reads the first line.
    pub(crate) fn read(line: &[u8]) -> Result<Self, ApiError> {
        let header: Self = parse_object(line)?;
        if header.format != HEADER_FORMAT {
            let message = format!(
                "`format` is `{}`; the first line of an export says `{HEADER_FORMAT}`",
                header.format.escape_debug()
            );
            return Err(ApiError::invalid("format", message));
        }
        if header.version != HEADER_VERSION {
            let version = header.version;
            let message = format!("`version` is {version}; this server reads version {HEADER_VERSION}");
            return Err(ApiError::invalid("version", message));
        }
        Ok(header)
    }
}

/// A memory with all that it was before. Moments are text to the nanosecond; in other places they are seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = MemoryExportLine)]
pub(crate) struct RecordObject {
    /// Ten letters and digits.
    pub(crate) id: String,
    #[serde(default = "note")]
    pub(crate) kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) speaker: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) session: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) project: Option<String>,
    #[serde(default = "main_area")]
    pub(crate) area: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<String>,
    #[serde(
        default,
        deserialize_with = "optional_object",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) claim: Option<ClaimRecord>,
    /// When it was said.
    pub(crate) timestamp: TimeField,
    /// When it was stored; now where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) created_at: Option<TimeField>,
    /// What it is now. Read on its own: a flattened field would lose the names of its fields from errors.
    #[serde(flatten, skip_deserializing)]
    pub(crate) now: VersionRecord,
    /// What it was before, oldest first.
    #[serde(default, deserialize_with = "objects", skip_serializing_if = "Vec::is_empty")]
    pub(crate) history: Vec<VersionRecord>,
}

/// What can change about a memory.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = MemoryExportVersion)]
pub(crate) struct VersionRecord {
    /// What made it so: `created`, `changed`, `retired` or `undone`.
    #[serde(default = "created")]
    pub(crate) event: String,
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) metadata: Map<String, Value>,
    #[serde(default = "user")]
    pub(crate) trust: String,
    #[serde(default)]
    pub(crate) pinned: bool,
    #[serde(default)]
    pub(crate) quarantined: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) valid_to: Option<TimeField>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retired_at: Option<TimeField>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) superseded_by: Option<String>,
    /// Since when it is so; since it was stored where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) updated_at: Option<TimeField>,
}

/// What a fact or a preference says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = MemoryExportClaim)]
pub(crate) struct ClaimRecord {
    pub(crate) subject: String,
    pub(crate) attribute: String,
    pub(crate) confidence: f32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) extractor: Option<String>,
    #[serde(default, deserialize_with = "objects")]
    pub(crate) evidence: Vec<EvidenceRecord>,
}

/// Words that a claim rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = MemoryExportEvidence)]
pub(crate) struct EvidenceRecord {
    pub(crate) memory: String,
    pub(crate) quote: String,
}

fn note() -> String {
    MemoryKind::Note.as_str().to_owned()
}

fn main_area() -> String {
    "main".to_owned()
}

fn created() -> String {
    MemoryEvent::Created.as_str().to_owned()
}

fn user() -> String {
    Trust::User.as_str().to_owned()
}

impl From<MemoryRecord> for RecordObject {
    fn from(record: MemoryRecord) -> Self {
        let MemoryRecord { memory, mut history } = record;
        // The last version is the memory itself.
        let event = history.pop().map_or(MemoryEvent::Created, |last| last.event);
        let content = &memory.content;
        Self {
            id: memory.id.0.clone(),
            kind: content.kind.as_str().to_owned(),
            speaker: content.speaker.clone(),
            session: content.scope.session.clone(),
            project: content.scope.project.clone(),
            area: content.area.clone(),
            source: content.source.clone(),
            claim: content.claim.clone().map(ClaimRecord::from),
            timestamp: TimeField::exact(content.said_at),
            created_at: Some(TimeField::exact(memory.created_at)),
            now: VersionRecord::new(event, memory),
            history: history
                .into_iter()
                .map(|version| VersionRecord::new(version.event, version.memory))
                .collect(),
        }
    }
}

impl VersionRecord {
    fn new(event: MemoryEvent, memory: Memory) -> Self {
        let content = memory.content;
        Self {
            event: event.as_str().to_owned(),
            text: content.text,
            tags: content.tags,
            metadata: content.metadata,
            trust: content.trust.as_str().to_owned(),
            pinned: memory.pinned,
            quarantined: content.quarantined,
            valid_to: content.valid_to.map(TimeField::exact),
            retired_at: memory.retired_at.map(TimeField::exact),
            superseded_by: memory.superseded_by.map(|id| id.0),
            updated_at: Some(TimeField::exact(memory.updated_at)),
        }
    }

    /// A memory as it was in this version, and what made it so.
    fn read(self, at: &str, memory: &Memory) -> Result<MemoryVersion, ApiError> {
        let field = |name: &str| format!("{at}{name}");
        let moment =
            |name: &str, time: Option<TimeField>| time.map(|time| time.read(&field(name))).transpose();
        if self.text.trim().is_empty() {
            let text = field("text");
            return Err(ApiError::invalid(text.clone(), format!("`{text}` is empty")));
        }
        let known = MemoryEvent::ALL.map(MemoryEvent::as_str);
        let event = MemoryEvent::parse(&self.event);
        let event = event.ok_or_else(|| unknown(&field("event"), &self.event, &known))?;
        let valid_to = moment("valid_to", self.valid_to)?;
        if valid_to.is_some_and(|end| end < memory.content.said_at) {
            let end = field("valid_to");
            return Err(ApiError::invalid(
                end.clone(),
                format!("`{end}` is before `timestamp`"),
            ));
        }
        let content = NewMemory {
            text: self.text,
            tags: self.tags,
            metadata: self.metadata,
            trust: trust(&field("trust"), &self.trust)?,
            quarantined: self.quarantined,
            valid_to,
            ..memory.content.clone()
        };
        let memory = Memory {
            content,
            pinned: self.pinned,
            retired_at: moment("retired_at", self.retired_at)?,
            superseded_by: self.superseded_by.map(MemoryId),
            updated_at: moment("updated_at", self.updated_at)?.unwrap_or(memory.created_at),
            ..memory.clone()
        };
        Ok(MemoryVersion { event, memory })
    }
}

impl FromBody for RecordObject {
    fn from_body(line: &[u8]) -> Result<Self, ApiError> {
        let record: Self = parse_object(line)?;
        let now = parse_object(line)?;
        Ok(Self { now, ..record })
    }
}

impl RecordObject {
    /// A record of this user's; `now` is when it is stored where it does not say.
    pub(crate) fn read(self, user: &str, now: Timestamp) -> Result<MemoryRecord, ApiError> {
        if self.id.len() != 10 || !self.id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            let message = format!(
                "`id` is `{}`; it must be ten letters and digits",
                self.id.escape_debug()
            );
            return Err(ApiError::invalid("id", message));
        }
        let scope = Scope {
            user: user.to_owned(),
            project: self.project,
            session: self.session,
        };
        let said_at = self.timestamp.read("timestamp")?;
        let created_at = self.created_at.map(|time| time.read("created_at")).transpose()?;
        // What its versions share.
        let shared = Memory::created(
            MemoryId(self.id),
            NewMemory {
                speaker: self.speaker,
                area: self.area,
                source: self.source,
                claim: self.claim.map(ClaimRecord::read).transpose()?,
                ..NewMemory::new(kind("kind", &self.kind)?, scope, String::new(), said_at)
            },
            created_at.unwrap_or(now),
        );
        let mut history = Vec::with_capacity(self.history.len() + 1);
        for (place, version) in self.history.into_iter().enumerate() {
            history.push(version.read(&format!("history[{place}]."), &shared)?);
        }
        let last = self.now.read("", &shared)?;
        let memory = last.memory.clone();
        history.push(last);
        Ok(MemoryRecord { memory, history })
    }
}

impl From<Claim> for ClaimRecord {
    fn from(claim: Claim) -> Self {
        let evidence = claim.evidence.into_iter().map(|evidence| EvidenceRecord {
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

impl ClaimRecord {
    fn read(self) -> Result<Claim, ApiError> {
        let confidence = self.confidence;
        if !(0.0..=1.0).contains(&confidence) {
            let message = format!("`claim.confidence` is {confidence}; it must be 0 to 1");
            return Err(ApiError::invalid("claim.confidence", message));
        }
        let evidence = self.evidence.into_iter().map(|evidence| Evidence {
            memory: MemoryId(evidence.memory),
            quote: evidence.quote,
        });
        Ok(Claim {
            subject: self.subject,
            attribute: self.attribute,
            confidence,
            extractor: self.extractor,
            evidence: evidence.collect(),
        })
    }
}

#[cfg(test)]
mod tests;
