//! What is remembered beyond a conversation: what was said, facts, preferences, notes, documents.

use crate::clock::Timestamp;
use crate::conversation::{Page, StoreError};
use crate::embedding::Embedding;
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::time::Duration;

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
    /// When it was said or became so.
    pub said_at: Timestamp,
    /// A part of the memory by purpose, such as `main` or `solutions`.
    pub area: String,
    /// Labels.
    pub tags: Vec<String>,
    /// Whatever else belongs to it.
    pub metadata: Map<String, Value>,
    /// Where it came from.
    pub trust: Trust,
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
    /// What was given.
    pub content: NewMemory,
    /// Whether it is kept in mind above others.
    pub pinned: bool,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Which memories are meant. Everything that is given must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemoryFilter {
    /// Of this user; always given.
    pub user: String,
    /// Of this project.
    pub project: Option<String>,
    /// Of this session.
    pub session: Option<String>,
    /// Of one of these kinds; empty: of any.
    pub kinds: Vec<MemoryKind>,
    /// In one of these areas; empty: in any.
    pub areas: Vec<String>,
    /// With all of these labels.
    pub tags: Vec<String>,
    /// Said at or after this moment.
    pub since: Option<Timestamp>,
    /// Said before this moment.
    pub until: Option<Timestamp>,
    /// Trusted at least this much.
    pub least_trust: Option<Trust>,
}

/// How much each sign counts. Scores of the first three are standardised over all memories that are searched (mean 0,
/// deviation 1) before they are weighed.
#[derive(Clone, Debug, PartialEq)]
pub struct RecallWeights {
    /// Meaning of the text.
    pub own: f32,
    /// Meaning of the text with the turn before it.
    pub context: f32,
    /// Words in common (BM25).
    pub lexical: f32,
    /// The scores of the turns right before and after, and of those two away.
    pub neighbours: [f32; 2],
    /// Said by somebody whom the query names.
    pub speaker: f32,
}

impl Default for RecallWeights {
    fn default() -> Self {
        Self {
            own: 0.2,
            context: 0.4,
            lexical: 0.4,
            neighbours: [0.3, 0.1],
            speaker: 0.3,
        }
    }
}

/// What to recall.
#[derive(Clone, Debug, PartialEq)]
pub struct RecallQuery {
    /// The question, for its words.
    pub text: String,
    /// Its vector, without names.
    pub vector: Embedding,
    /// Speakers whom it names.
    pub speakers: Vec<String>,
    /// Where to look.
    pub filter: MemoryFilter,
    /// How the signs count.
    pub weights: RecallWeights,
    /// Most hits to return, 1 to 1,000.
    pub limit: usize,
}

/// Why a memory was recalled: what each sign added to its score.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ScoreParts {
    /// Cosine of the text's vector and the query's.
    pub cosine: f32,
    /// BM25 of the words in common; 0 without any.
    pub bm25: f32,
    /// From the meaning of the text.
    pub own: f32,
    /// From its meaning with the turn before it.
    pub context: f32,
    /// From words in common.
    pub lexical: f32,
    /// From its neighbours.
    pub neighbours: f32,
    /// From its speaker.
    pub speaker: f32,
}

/// A memory that was recalled.
#[derive(Clone, Debug, PartialEq)]
pub struct MemoryHit {
    /// The memory.
    pub memory: Memory,
    /// How well it fits: the sum of what the signs added. Comparable within one search only.
    pub score: f32,
    /// Why.
    pub parts: ScoreParts,
}

/// How long the parts of one search took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecallTimes {
    /// Comparing vectors.
    pub dense: Duration,
    /// Looking words up.
    pub lexical: Duration,
    /// Weighing, ordering, and reading the best.
    pub rank: Duration,
}

/// What changes about a memory. `None` leaves it as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemoryChange {
    /// Its text and the vectors of that.
    pub text: Option<(String, MemoryVectors)>,
    /// Whether it is kept in mind above others.
    pub pinned: Option<bool>,
    /// Its labels.
    pub tags: Option<Vec<String>>,
    /// Whatever else belongs to it.
    pub metadata: Option<Map<String, Value>>,
}

/// How much is remembered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryStats {
    /// Memories.
    pub memories: u64,
    /// Users that have any.
    pub users: u64,
    /// Memory of the index, in bytes.
    pub index_bytes: u64,
}

/// Keeps memories and finds them. A returned `Ok` is on disk. Vectors of another embedder than the store was opened
/// with are refused.
#[async_trait]
pub trait MemoryStore: Send + Sync {
    /// Stores memories with their vectors in one transaction; returns their identifiers in order.
    async fn insert(&self, items: Vec<(NewMemory, MemoryVectors)>) -> Result<Vec<MemoryId>, StoreError>;

    /// A memory of a user.
    async fn memory(&self, user: &str, id: &MemoryId) -> Result<Memory, StoreError>;

    /// Memories that pass the filter, latest first, and how many there are.
    async fn memories(&self, filter: MemoryFilter, page: Page) -> Result<(Vec<Memory>, u64), StoreError>;

    /// Changes a memory of a user.
    async fn change(&self, user: &str, id: &MemoryId, change: MemoryChange) -> Result<Memory, StoreError>;

    /// Forgets memories of a user for good; no byte of their text stays in any file. Returns those that existed.
    async fn forget(&self, user: &str, ids: Vec<MemoryId>) -> Result<Vec<MemoryId>, StoreError>;

    /// The memories that answer a query best, best first.
    async fn recall(&self, query: RecallQuery) -> Result<Vec<MemoryHit>, StoreError>;

    /// The memories whose meaning is nearest, by cosine alone, best first; none below `least_cosine`.
    async fn nearest(
        &self,
        vector: Embedding,
        filter: MemoryFilter,
        least_cosine: f32,
        limit: usize,
    ) -> Result<Vec<MemoryHit>, StoreError>;

    /// The latest turn of a session.
    async fn latest_turn(&self, scope: &Scope) -> Result<Option<Memory>, StoreError>;

    /// Everybody who said something that passes the filter.
    async fn speakers(&self, filter: &MemoryFilter) -> Result<Vec<String>, StoreError>;

    /// How much is remembered.
    async fn stats(&self) -> Result<MemoryStats, StoreError>;
}
