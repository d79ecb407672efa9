//! What is remembered beyond a conversation: what was said, facts, preferences, notes, documents.
//!
//! - [`check`]: what every store refuses
//! - `life`: how a memory changes
//! - `search`: which memories are meant, and how a question is answered
//! - `store`: where memories are kept
//! - `told`: how much a memory tells
//! - [`naive`]: the simplest store that is right, with the feature `naive`

pub mod check;
mod life;
#[cfg(feature = "naive")]
pub mod naive;
mod search;
mod store;
mod told;

pub use life::{before_last_change, version_at};
pub use search::{MemoryFilter, MemoryHit, RecallQuery, RecallTimes, RecallWeights, ScoreParts};
pub use store::MemoryStore;

use crate::clock::Timestamp;
use crate::embedding::Embedding;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Whose memories they are while there are no users.
pub const LOCAL_USER: &str = "local";

/// Identifies a memory: ten letters and digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemoryId(pub String);

/// What kind of thing is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MemoryKind {
    /// What somebody said, word for word.
    Turn,
    /// Something that is so.
    Fact,
    /// What somebody likes or wants.
    Preference,
    /// What somebody asked to be kept.
    Note,
    /// What a conversation was about.
    Summary,
    /// A part of a document.
    Document,
}

impl MemoryKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Turn,
        Self::Fact,
        Self::Preference,
        Self::Note,
        Self::Summary,
        Self::Document,
    ];

    /// Its name on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Turn => "turn",
            Self::Fact => "fact",
            Self::Preference => "preference",
            Self::Note => "note",
            Self::Summary => "summary",
            Self::Document => "document",
        }
    }

    /// The kind with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Where a memory came from, least trusted first. What is not from the user is never an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Trust {
    /// A web page.
    Web,
    /// A tool's or program's output, a document.
    Tool,
    /// A model.
    Assistant,
    /// A person.
    User,
}

impl Trust {
    /// All of them, least trusted first.
    pub const ALL: [Self; 4] = [Self::Web, Self::Tool, Self::Assistant, Self::User];

    /// Its name on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Tool => "tool",
            Self::Assistant => "assistant",
            Self::User => "user",
        }
    }

    /// The trust with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trust| trust.as_str() == name)
    }
}

/// Whose memory it is, and within which project and session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The user. Memories of one user are never seen by another.
    pub user: String,
    /// The project.
    pub project: Option<String>,
    /// The session: a conversation.
    pub session: Option<String>,
}

/// Words of a memory that a claim rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The memory.
    pub memory: MemoryId,
    /// Words of it, as they stand there.
    pub quote: String,
}

/// What a fact or a preference says, and how that is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Whom it is about, by name; `user` where the name of the user is not known.
    pub subject: String,
    /// What about them, such as `home` or `likes`. Of some there is one value at a time: a new one supersedes the
    /// former.
    pub attribute: String,
    /// How sure it is, 0 to 1.
    pub confidence: f32,
    /// What found it: a model's id; `None` when a person wrote it.
    pub extractor: Option<String>,
    /// What it rests on; empty when a person wrote it.
    pub evidence: Vec<Evidence>,
}

/// Something to be remembered.
#[derive(Clone, Debug, PartialEq)]
pub struct NewMemory {
    /// The text; never empty.
    pub text: String,
    /// What kind of thing it is.
    pub kind: MemoryKind,
    /// Who said it.
    pub speaker: Option<String>,
    /// Whose it is.
    pub scope: Scope,
    /// When it was said or became so: the beginning of its validity.
    pub said_at: Timestamp,
    /// When it ceased to be so, as far as that is known: the end of its validity.
    pub valid_to: Option<Timestamp>,
    /// A part of the memory by purpose, such as `main` or `solutions`.
    pub area: String,
    /// Labels.
    pub tags: Vec<String>,
    /// Whatever else belongs to it.
    pub metadata: Map<String, Value>,
    /// Where it came from.
    pub trust: Trust,
    /// What a fact or preference says, beside its text.
    pub claim: Option<Claim>,
    /// The document that it is a part of: a path or an address.
    pub source: Option<String>,
    /// Whether it is kept apart until a person confirms it: it is found only when what is apart is asked for.
    pub quarantined: bool,
}

impl NewMemory {
    /// A memory in the area `main`, from the user, without labels.
    pub fn new(kind: MemoryKind, scope: Scope, text: impl Into<String>, said_at: Timestamp) -> Self {
        Self {
            text: text.into(),
            kind,
            speaker: None,
            scope,
            said_at,
            valid_to: None,
            area: "main".to_owned(),
            tags: Vec::new(),
            metadata: Map::new(),
            trust: Trust::User,
            claim: None,
            source: None,
            quarantined: false,
        }
    }

    /// The memories that it was extracted from.
    pub fn sources(&self) -> impl Iterator<Item = &MemoryId> {
        self.claim.iter().flat_map(Claim::sources)
    }
}

/// The vectors of a memory.
#[derive(Clone, Debug, PartialEq)]
pub struct MemoryVectors {
    /// Of the text, without names.
    pub own: Embedding,
    /// Of the previous turn of the session and the text, without names; that of the text where there is none.
    pub context: Embedding,
}

/// Something that is remembered.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    /// Its identifier.
    pub id: MemoryId,
    /// What was given, with the changes since.
    pub content: NewMemory,
    /// Whether it is kept in mind above others.
    pub pinned: bool,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it ceased to count as known: it was superseded or taken back. Only questions about the past find it.
    pub retired_at: Option<Timestamp>,
    /// What took its place.
    pub superseded_by: Option<MemoryId>,
}

/// What happened to a memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryEvent {
    /// It was stored.
    Created,
    /// Its text, labels, metadata, pin or quarantine changed.
    Changed,
    /// Another took its place, or it was taken back.
    Retired,
    /// The last change was undone.
    Undone,
}

impl MemoryEvent {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Created, Self::Changed, Self::Retired, Self::Undone];

    /// Its name on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Retired => "retired",
            Self::Undone => "undone",
        }
    }

    /// The event with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == name)
    }
}

/// A memory as it was from one change to the next.
#[derive(Clone, Debug, PartialEq)]
pub struct MemoryVersion {
    /// What made this version.
    pub event: MemoryEvent,
    /// The memory from then on; `updated_at` says when that was.
    pub memory: Memory,
}

/// A memory with all that it was before: what is exported.
#[derive(Clone, Debug, PartialEq)]
pub struct MemoryRecord {
    /// The memory.
    pub memory: Memory,
    /// Its versions, oldest first; the last is what `memory` is.
    pub history: Vec<MemoryVersion>,
}

/// A memory that waits for vectors: words find it, meaning does not yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Unembedded {
    /// The memory.
    pub memory: Memory,
    /// The text of the turn before it in its session, which belongs to its context.
    pub previous_turn: Option<String>,
}

/// Something that was said to the assistant.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// The memory of it.
    pub memory: Memory,
    /// Whether facts were looked for in it.
    pub learnt: bool,
}

/// A document, as far as it is remembered.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceSummary {
    /// Its path or address.
    pub source: String,
    /// Its parts.
    pub parts: u64,
    /// The metadata of its first part.
    pub metadata: Map<String, Value>,
    /// When its parts were stored.
    pub created_at: Timestamp,
}

/// What changes about a memory. `None` leaves it as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemoryChange {
    /// Its text and the vectors of that; without them it waits for them.
    pub text: Option<(String, Option<MemoryVectors>)>,
    /// Whether it is kept in mind above others.
    pub pinned: Option<bool>,
    /// Its labels.
    pub tags: Option<Vec<String>>,
    /// Whatever else belongs to it.
    pub metadata: Option<Map<String, Value>>,
    /// Whether it is kept apart. A person who lifts this vouches for it: its trust becomes [`Trust::User`].
    pub quarantined: Option<bool>,
}

/// How much is remembered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryStats {
    /// Memories, those that are retired or kept apart included.
    pub memories: u64,
    /// Of them, those that wait for vectors.
    pub waiting: u64,
    /// Users that have any.
    pub users: u64,
    /// Memory of the index, in bytes.
    pub index_bytes: u64,
}

/// What a user's memory holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryCounts {
    /// Memories that count as known and are not kept apart. What follows up to `sessions` counts these.
    pub known: u64,
    /// By kind.
    pub kinds: BTreeMap<MemoryKind, u64>,
    /// By area.
    pub areas: BTreeMap<String, u64>,
    /// By project; those without one are left out.
    pub projects: BTreeMap<String, u64>,
    /// Sessions that any of them belongs to.
    pub sessions: u64,
    /// Memories that are kept apart and not retired.
    pub quarantined: u64,
    /// Memories that are retired.
    pub retired: u64,
}

impl MemoryCounts {
    /// Counts so many known memories that are alike.
    pub fn add_known(&mut self, kind: MemoryKind, area: &str, project: Option<&str>, count: u64) {
        self.known += count;
        *self.kinds.entry(kind).or_default() += count;
        *self.areas.entry(area.to_owned()).or_default() += count;
        if let Some(project) = project {
            *self.projects.entry(project.to_owned()).or_default() += count;
        }
    }
}
