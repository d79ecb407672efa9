//! A memory that finds texts by the words that they share with the question.

use async_trait::async_trait;
use council_core::{
    EmbedKind, Embedded, Embedder, EmbedderInfo, Embedding, Memory, MemoryChange, MemoryFilter, MemoryHit,
    MemoryId, MemoryStats, MemoryStore, MemoryVectors, ModelError, NewMemory, Page, RecallQuery, Scope,
    ScoreParts, StoreError, Timestamp,
};
use std::sync::Mutex;
use std::time::Duration;

const DIMENSIONS: usize = 64;

/// Each word turns one number on; the texts `down` and `full` fail.
pub(crate) struct WordEmbedder(EmbedderInfo);

impl Default for WordEmbedder {
    fn default() -> Self {
        Self(EmbedderInfo {
            id: "words".to_owned(),
            dimensions: DIMENSIONS,
            max_tokens: 256,
        })
    }
}

#[async_trait]
impl Embedder for WordEmbedder {
    fn info(&self) -> &EmbedderInfo {
        &self.0
    }

    async fn embed(&self, texts: Vec<String>, _: EmbedKind) -> Result<Embedded, ModelError> {
        if texts.iter().any(|text| text == "down") {
            return Err(ModelError::NotReady {
                message: "the embedder is not installed; run `council pull`".to_owned(),
                retry_after: Duration::from_mins(1),
            });
        }
        let tokens = texts
            .iter()
            .map(|text| text.split_whitespace().count() as u32)
            .sum();
        let vectors = texts.iter().map(|text| embedding(text)).collect();
        Ok(Embedded { vectors, tokens })
    }
}

fn embedding(text: &str) -> Embedding {
    let mut vector = vec![0.0_f32; DIMENSIONS];
    for word in text.split_whitespace() {
        let place = word
            .bytes()
            .fold(7_usize, |sum, byte| (sum * 31 + usize::from(byte)) % DIMENSIONS);
        vector[place] = 1.0;
    }
    let length = vector
        .iter()
        .map(|value| value * value)
        .sum::<f32>()
        .sqrt()
        .max(1.0);
    Embedding(vector.into_iter().map(|value| value / length).collect())
}

/// Keeps memories in a list.
#[derive(Default)]
pub(crate) struct FakeMemory {
    kept: Mutex<Vec<(Memory, MemoryVectors)>>,
}

impl FakeMemory {
    fn find(&self, vector: &Embedding, filter: &MemoryFilter, least: f32, limit: usize) -> Vec<MemoryHit> {
        let mut hits: Vec<MemoryHit> = self
            .kept
            .lock()
            .unwrap()
            .iter()
            .filter(|(memory, _)| passes(memory, filter))
            .map(|(memory, vectors)| {
                let pairs = vectors.own.0.iter().zip(&vector.0);
                let cosine = pairs.map(|(a, b)| a * b).sum();
                MemoryHit {
                    memory: memory.clone(),
                    score: cosine,
                    parts: ScoreParts {
                        cosine,
                        ..ScoreParts::default()
                    },
                }
            })
            .filter(|hit| hit.score >= least)
            .collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score));
        hits.truncate(limit);
        hits
    }
}

fn passes(memory: &Memory, filter: &MemoryFilter) -> bool {
    let content = &memory.content;
    let same = |wanted: &Option<String>, found: &Option<String>| wanted.is_none() || wanted == found;
    content.scope.user == filter.user
        && same(&filter.session, &content.scope.session)
        && same(&filter.project, &content.scope.project)
        && (filter.kinds.is_empty() || filter.kinds.contains(&content.kind))
        && (filter.areas.is_empty() || filter.areas.contains(&content.area))
        && filter.tags.iter().all(|tag| content.tags.contains(tag))
}

fn missing(id: &MemoryId) -> StoreError {
    StoreError::NotFound {
        what: "memory",
        id: id.0.clone(),
    }
}

#[async_trait]
impl MemoryStore for FakeMemory {
    async fn insert(&self, items: Vec<(NewMemory, MemoryVectors)>) -> Result<Vec<MemoryId>, StoreError> {
        let mut kept = self.kept.lock().unwrap();
        let mut ids = Vec::new();
        for (content, vectors) in items {
            let id = MemoryId(format!("memory{:04}", kept.len() + 1));
            let now = Timestamp::from_millis(1_700_000_000_000);
            let memory = Memory {
                id: id.clone(),
                content,
                pinned: false,
                created_at: now,
                updated_at: now,
            };
            kept.push((memory, vectors));
            ids.push(id);
        }
        Ok(ids)
    }

    async fn memory(&self, user: &str, id: &MemoryId) -> Result<Memory, StoreError> {
        let kept = self.kept.lock().unwrap();
        let mut all = kept.iter().map(|(memory, _)| memory);
        let found = all.find(|memory| memory.id == *id && memory.content.scope.user == user);
        found.cloned().ok_or_else(|| missing(id))
    }

    async fn memories(&self, filter: MemoryFilter, page: Page) -> Result<(Vec<Memory>, u64), StoreError> {
        let kept = self.kept.lock().unwrap();
        let all = kept
            .iter()
            .rev()
            .map(|(memory, _)| memory)
            .filter(|memory| passes(memory, &filter));
        let found: Vec<Memory> = all.cloned().collect();
        let total = found.len() as u64;
        let part = found
            .into_iter()
            .skip(page.offset as usize)
            .take(page.limit as usize);
        Ok((part.collect(), total))
    }

    async fn change(&self, user: &str, id: &MemoryId, change: MemoryChange) -> Result<Memory, StoreError> {
        let mut kept = self.kept.lock().unwrap();
        let found = kept
            .iter_mut()
            .find(|(memory, _)| memory.id == *id && memory.content.scope.user == user);
        let (memory, vectors) = found.ok_or_else(|| missing(id))?;
        if let Some((text, new)) = change.text {
            memory.content.text = text;
            *vectors = new;
        }
        memory.pinned = change.pinned.unwrap_or(memory.pinned);
        memory.content.tags = change.tags.unwrap_or_else(|| memory.content.tags.clone());
        memory.content.metadata = change.metadata.unwrap_or_else(|| memory.content.metadata.clone());
        Ok(memory.clone())
    }

    async fn forget(&self, user: &str, ids: Vec<MemoryId>) -> Result<Vec<MemoryId>, StoreError> {
        let mut kept = self.kept.lock().unwrap();
        let gone = |memory: &Memory| memory.content.scope.user == user && ids.contains(&memory.id);
        let forgotten = kept.iter().filter(|(memory, _)| gone(memory));
        let forgotten = forgotten.map(|(memory, _)| memory.id.clone()).collect();
        kept.retain(|(memory, _)| !gone(memory));
        Ok(forgotten)
    }

    async fn recall(&self, query: RecallQuery) -> Result<Vec<MemoryHit>, StoreError> {
        Ok(self.find(&query.vector, &query.filter, f32::NEG_INFINITY, query.limit))
    }

    async fn nearest(
        &self,
        vector: Embedding,
        filter: MemoryFilter,
        least_cosine: f32,
        limit: usize,
    ) -> Result<Vec<MemoryHit>, StoreError> {
        Ok(self.find(&vector, &filter, least_cosine, limit))
    }

    async fn latest_turn(&self, scope: &Scope) -> Result<Option<Memory>, StoreError> {
        let kept = self.kept.lock().unwrap();
        let mut turns = kept.iter().rev().map(|(memory, _)| memory);
        Ok(turns.find(|memory| memory.content.scope == *scope).cloned())
    }

    async fn speakers(&self, filter: &MemoryFilter) -> Result<Vec<String>, StoreError> {
        let kept = self.kept.lock().unwrap();
        let mut speakers: Vec<String> = kept
            .iter()
            .filter(|(memory, _)| passes(memory, filter))
            .filter_map(|(memory, _)| memory.content.speaker.clone())
            .collect();
        speakers.sort();
        speakers.dedup();
        Ok(speakers)
    }

    async fn stats(&self) -> Result<MemoryStats, StoreError> {
        Ok(MemoryStats::default())
    }
}
