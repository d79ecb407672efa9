//! What Agent Zero's memory tools do, on this memory, with their parameters and their meaning of a score.
//!
//! Its score is (1 + cosine) / 2: a threshold of 0.7 asks for a cosine of 0.4. `memory_forget` forgets all that is
//! above its threshold at once and for good, without a preview, as Agent Zero's does.

use super::filter::Filter;
use super::layout;
use crate::memory::{Memories, MemoryError};
use council_core::{
    Embedding, Memory, MemoryFilter, MemoryHit, MemoryId, MemoryKind, NewMemory, Page, Scope, StoreError,
    Timestamp, Trust,
};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// The threshold where none is given.
pub const THRESHOLD: f64 = 0.7;
/// Most memories that are loaded where no limit is given.
pub const LIMIT: usize = 10;
/// Most hits that the store gives at once.
const MOST: usize = 1_000;

/// Metadata that a memory gives itself, so that nobody else may.
pub const OWN_METADATA: [&str; 3] = layout::OWN;

/// What a question asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// What it is about.
    pub text: String,
    /// Least score, 0 to 1.
    pub threshold: f64,
    /// What else must hold.
    pub filter: Filter,
}

/// A memory that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// (1 + cosine) / 2, 0 to 1.
    pub score: f64,
    /// The memory.
    pub memory: Memory,
}

/// The score of a cosine.
pub fn score(cosine: f32) -> f64 {
    f64::midpoint(1.0, f64::from(cosine)).clamp(0.0, 1.0)
}

/// The cosine of a score.
fn least_cosine(threshold: f64) -> f32 {
    (2.0 * threshold - 1.0) as f32
}

/// `memory_load`: the nearest memories, best first, at most `limit`.
///
/// # Errors
/// When the embedder is not ready or the store fails.
pub async fn load(
    memories: &Memories,
    user: &str,
    query: &Query,
    limit: usize,
) -> Result<Vec<Hit>, MemoryError> {
    find(memories, user, query, limit).await
}

/// The text that `memory_load` answers with.
pub fn text(hits: &[Hit], query: &str) -> String {
    if hits.is_empty() {
        return format!("No memory is about: {query}");
    }
    let texts: Vec<String> = hits.iter().map(|hit| layout::text(&hit.memory)).collect();
    texts.join("\n\n")
}

/// `memory_save`: a note, which is a model's words.
///
/// # Errors
/// When the store fails; nothing is stored.
pub async fn save(
    memories: &Memories,
    user: &str,
    text: String,
    area: String,
    metadata: Map<String, Value>,
    now: Timestamp,
) -> Result<MemoryId, MemoryError> {
    let scope = Scope {
        user: user.to_owned(),
        ..Scope::default()
    };
    let note = NewMemory {
        area,
        metadata,
        trust: Trust::Assistant,
        ..NewMemory::new(MemoryKind::Note, scope, text, now)
    };
    let mut ids = memories.remember(vec![note]).await?;
    ids.pop()
        .ok_or_else(|| StoreError::Failed("the store gave no identifier".to_owned()).into())
}

/// `memory_delete`: forgets these for good; returns those that existed.
///
/// # Errors
/// When the store fails; then nothing is forgotten.
pub async fn delete(
    memories: &Memories,
    user: &str,
    ids: Vec<MemoryId>,
) -> Result<Vec<MemoryId>, MemoryError> {
    memories.forget(user, ids).await
}

/// `memory_forget`: forgets all that `memory_load` would find without a limit; returns what was forgotten.
///
/// # Errors
/// As for [`load`]. What was forgotten before the error stays forgotten.
pub async fn forget(memories: &Memories, user: &str, query: &Query) -> Result<Vec<MemoryId>, MemoryError> {
    let mut forgotten = Vec::new();
    loop {
        let hits = find(memories, user, query, MOST).await?;
        let last = hits.len() < MOST;
        let ids = hits.into_iter().map(|hit| hit.memory.id).collect();
        let gone = memories.forget(user, ids).await?;
        // A full page of which nothing could be forgotten would come again for ever.
        let stuck = gone.is_empty();
        forgotten.extend(gone);
        if last || stuck {
            return Ok(forgotten);
        }
    }
}

async fn find(memories: &Memories, user: &str, query: &Query, limit: usize) -> Result<Vec<Hit>, MemoryError> {
    let everything = MemoryFilter {
        user: user.to_owned(),
        ..MemoryFilter::default()
    };
    let least = least_cosine(query.threshold);
    let asked = if query.filter.is_empty() {
        limit.min(MOST)
    } else {
        MOST
    };
    let nearest = memories
        .nearest(&query.text, everything.clone(), least, asked)
        .await?;
    let may_be_more = nearest.len() == asked;
    let passes = |memory: &Memory| query.filter.is_empty() || query.filter.passes(&layout::names(memory));
    let passing = nearest.into_iter().filter(|hit| passes(&hit.memory));
    let mut hits: Vec<Hit> = passing.map(Hit::from).collect();
    if may_be_more && hits.len() < limit && !query.filter.is_empty() {
        hits = find_among_all(memories, everything, query, passes).await?;
    }
    hits.truncate(limit);
    Ok(hits)
}

impl From<MemoryHit> for Hit {
    fn from(hit: MemoryHit) -> Self {
        Self {
            score: score(hit.parts.cosine),
            memory: hit.memory,
        }
    }
}

/// Looks at every memory and every vector: for filters that let few of the nearest thousand pass.
async fn find_among_all(
    memories: &Memories,
    everything: MemoryFilter,
    query: &Query,
    passes: impl Fn(&Memory) -> bool,
) -> Result<Vec<Hit>, MemoryError> {
    let question = memories.question_vector(&query.text, &everything).await?;
    let store = memories.store();
    let least = least_cosine(query.threshold);
    let vectors = store.vectors(everything.clone(), usize::MAX).await?;
    let cosine = |vector: &Embedding| question.0.iter().zip(&vector.0).map(|(a, b)| a * b).sum::<f32>();
    let mut near: HashMap<MemoryId, f32> = vectors
        .into_iter()
        .map(|(id, vector)| (id, cosine(&vector)))
        .filter(|(_, cosine)| *cosine >= least)
        .collect();
    let mut hits = Vec::new();
    let mut offset = 0;
    loop {
        let page = Page {
            offset,
            limit: MOST as u64,
        };
        let (found, _) = store.memories(everything.clone(), page).await?;
        if found.is_empty() {
            break;
        }
        offset += found.len() as u64;
        for memory in found {
            // Removed, because what is stored meanwhile moves pages.
            if let Some(cosine) = near.remove(&memory.id)
                && passes(&memory)
            {
                let score = score(cosine);
                hits.push(Hit { score, memory });
            }
        }
    }
    hits.sort_by(|a, b| b.score.total_cmp(&a.score));
    Ok(hits)
}
