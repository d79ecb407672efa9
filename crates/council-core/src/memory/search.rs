//! Which memories are meant, and how a question is answered.

use super::{Memory, MemoryKind, Trust};
use crate::clock::Timestamp;
use crate::embedding::Embedding;
use std::time::Duration;

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
    /// Of this document.
    pub source: Option<String>,
    /// Not of this session.
    pub not_session: Option<String>,
    /// Those that are kept apart, instead of those that are not.
    pub quarantined: bool,
    /// Those that are retired as well.
    pub with_retired: bool,
    /// What was known at this moment, as it was then: stored by then and not yet retired. Searches order it by the
    /// words of then and, where the text is still the same, by meaning.
    pub as_of: Option<Timestamp>,
    /// What was so at this moment, as far as is known now. What was superseded is found where it was so then; what
    /// was taken back is not.
    pub valid_at: Option<Timestamp>,
}

impl MemoryFilter {
    /// Whether a memory passes. For [`as_of`](Self::as_of) it must be the version of then, which
    /// [`version_at`](super::version_at) finds.
    pub fn passes(&self, memory: &Memory) -> bool {
        let content = &memory.content;
        let is = |wanted: &Option<String>, found: &Option<String>| wanted.is_none() || wanted == found;
        let is_known = memory.retired_at.is_none() || self.with_retired;
        let is_so = self.valid_at.is_none_or(|moment| {
            content.said_at <= moment && content.valid_to.is_none_or(|end| moment < end)
        });
        // What was superseded has an end of its validity, what was taken back has none.
        let was_so = self.valid_at.is_some() && content.valid_to.is_some();
        self.user == content.scope.user
            && is(&self.project, &content.scope.project)
            && is(&self.session, &content.scope.session)
            && is(&self.source, &content.source)
            && (self.not_session.is_none() || self.not_session != content.scope.session)
            && (self.kinds.is_empty() || self.kinds.contains(&content.kind))
            && (self.areas.is_empty() || self.areas.contains(&content.area))
            && self.tags.iter().all(|tag| content.tags.contains(tag))
            && self.since.is_none_or(|since| since <= content.said_at)
            && self.until.is_none_or(|until| content.said_at < until)
            && self.least_trust.is_none_or(|least| least <= content.trust)
            && self.as_of.is_none_or(|moment| memory.created_at <= moment)
            && self.quarantined == content.quarantined
            && is_so
            && (is_known || was_so)
    }
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
    /// The scores of the turns right before and after, of those two away, and of those three away.
    pub neighbours: [f32; 3],
    /// Said by somebody whom the query names.
    pub speaker: f32,
    /// How much it tells: see [`NewMemory::told`](super::NewMemory::told).
    pub told: f32,
    /// Said in the time that the query speaks of, such as "last week".
    pub time: f32,
    /// Said lately: this much now, half of it a month ago, and so on.
    pub recency: f32,
    /// Kept in mind above others.
    pub pinned: f32,
}

impl Default for RecallWeights {
    /// What was measured: docs/decisions/0012. The pin was not: it lifts a memory above what fits as well.
    fn default() -> Self {
        Self {
            own: 0.2,
            context: 0.4,
            lexical: 0.4,
            neighbours: [0.3, 0.2, 0.1],
            speaker: 0.7,
            told: 0.8,
            time: 1.0,
            recency: 0.1,
            pinned: 0.5,
        }
    }
}

impl RecallWeights {
    /// All of them, by the names that they have in the configuration.
    pub fn named(&self) -> [(&'static str, f32); 11] {
        let [first, second, third] = self.neighbours;
        [
            ("own", self.own),
            ("context", self.context),
            ("lexical", self.lexical),
            ("neighbour", first),
            ("second_neighbour", second),
            ("third_neighbour", third),
            ("speaker", self.speaker),
            ("told", self.told),
            ("time", self.time),
            ("recency", self.recency),
            ("pinned", self.pinned),
        ]
    }

    /// The first that is no number to weigh with.
    pub fn unusable(&self) -> Option<(&'static str, f32)> {
        self.named().into_iter().find(|(_, weight)| !weight.is_finite())
    }
}

/// What to recall.
#[derive(Clone, Debug, PartialEq)]
pub struct RecallQuery {
    /// The question, for its words.
    pub text: String,
    /// Its vector, without names; `None` while the embedder is not ready: then words alone decide.
    pub vector: Option<Embedding>,
    /// Speakers whom it names.
    pub speakers: Vec<String>,
    /// The time that it speaks of: from, to (exclusive).
    pub time: Option<(Timestamp, Timestamp)>,
    /// When it is asked.
    pub now: Timestamp,
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
    /// From how much it tells.
    pub told: f32,
    /// From the time that the query speaks of.
    pub time: f32,
    /// From its age.
    pub recency: f32,
    /// From its pin.
    pub pinned: f32,
}

impl ScoreParts {
    /// The score: the sum of what the signs added.
    pub fn score(&self) -> f32 {
        self.own
            + self.context
            + self.lexical
            + self.neighbours
            + self.speaker
            + self.told
            + self.time
            + self.recency
            + self.pinned
    }
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
