//! What is refused, with the field and the value.

use crate::conversation::{Page, StoreError};
use crate::embedding::{EmbedderInfo, Embedding};
use crate::memory::{MemoryFilter, MemoryId, MemoryRecord, MemoryVectors, NewMemory, RecallQuery};

/// Most entries of a page and hits of a search.
const MOST: usize = 1_000;

/// How far the length of a vector may be from 1.
const LENGTH_ERROR: f32 = 0.01;

pub(super) fn memory(memory: &NewMemory) -> Result<(), StoreError> {
    text(&memory.text)?;
    user(&memory.scope.user)?;
    match memory.claim.as_ref().map(|claim| claim.confidence) {
        Some(confidence) if !(0.0..=1.0).contains(&confidence) => refuse(format!(
            "`claim.confidence` is {confidence}: it must be a number from 0 to 1"
        )),
        _ => Ok(()),
    }
}

pub(super) fn text(text: &str) -> Result<(), StoreError> {
    if text.trim().is_empty() {
        return refuse("`text` is empty: there is nothing to remember".to_owned());
    }
    Ok(())
}

pub(super) fn owner(owner: &str, items: &[(NewMemory, Option<MemoryVectors>)]) -> Result<(), StoreError> {
    user(owner)?;
    match items.iter().find(|(memory, _)| memory.scope.user != owner) {
        Some((memory, _)) => refuse(format!(
            "`user` of a new memory is `{}`: it takes the place of memories of `{owner}`",
            memory.scope.user
        )),
        None => Ok(()),
    }
}

pub(super) fn record(record: &MemoryRecord) -> Result<(), StoreError> {
    let id = &record.memory.id.0;
    memory(&record.memory.content)?;
    if id.len() != 10 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return refuse(format!("`id` is `{id}`: it must be ten letters and digits"));
    }
    if record
        .history
        .last()
        .is_some_and(|version| version.memory != record.memory)
    {
        return refuse(format!(
            "`history` of memory `{id}` does not end with the memory: export it again"
        ));
    }
    Ok(())
}

pub(super) fn vectors(vectors: &MemoryVectors, embedder: &EmbedderInfo) -> Result<(), StoreError> {
    vector("own", &vectors.own, embedder)?;
    vector("context", &vectors.context, embedder)
}

pub(super) fn filter(filter: &MemoryFilter) -> Result<(), StoreError> {
    user(&filter.user)?;
    match (filter.since, filter.until) {
        (Some(since), Some(until)) if since > until => refuse(format!(
            "`since` ({} ms) is after `until` ({} ms): no memory can be in between",
            since.as_millis(),
            until.as_millis()
        )),
        _ => Ok(()),
    }
}

pub(super) fn recall(query: &RecallQuery, embedder: &EmbedderInfo) -> Result<(), StoreError> {
    filter(&query.filter)?;
    if let Some(vector) = &query.vector {
        self::vector("vector", vector, embedder)?;
    }
    if let Some((from, to)) = query.time
        && from > to
    {
        return refuse(format!(
            "`time` goes from {} ms back to {} ms: its end must not be before its beginning",
            from.as_millis(),
            to.as_millis()
        ));
    }
    if let Some((name, weight)) = query.weights.unusable() {
        return refuse(format!(
            "`weights.{name}` is {weight}: it must be a finite number"
        ));
    }
    limit(query.limit)
}

pub(super) fn nearest(
    query: &Embedding,
    among: &MemoryFilter,
    least_cosine: f32,
    most: usize,
    embedder: &EmbedderInfo,
) -> Result<(), StoreError> {
    filter(among)?;
    vector("vector", query, embedder)?;
    if !least_cosine.is_finite() {
        return refuse(format!(
            "`least_cosine` is {least_cosine}: it must be a number from -1 to 1"
        ));
    }
    limit(most)
}

pub(super) fn limit(limit: usize) -> Result<(), StoreError> {
    if (1..=MOST).contains(&limit) {
        return Ok(());
    }
    refuse(format!("`limit` is {limit}: it must be 1 to {MOST}"))
}

/// That an export cannot go on after this memory.
pub(super) fn unknown_after(id: &MemoryId) -> StoreError {
    StoreError::Invalid(format!(
        "`after` names memory `{}`, which does not exist; begin from the start",
        id.0
    ))
}

pub(super) fn page(page: Page) -> Result<(), StoreError> {
    limit(usize::try_from(page.limit).unwrap_or(usize::MAX))
}

fn user(user: &str) -> Result<(), StoreError> {
    if user.is_empty() {
        return refuse("`user` is empty: every memory belongs to somebody".to_owned());
    }
    Ok(())
}

fn vector(name: &str, vector: &Embedding, embedder: &EmbedderInfo) -> Result<(), StoreError> {
    let EmbedderInfo { id, dimensions, .. } = embedder;
    if vector.0.len() != *dimensions {
        return refuse(format!(
            "`{name}` has {} numbers, and vectors of embedder `{id}` have {dimensions}: it comes from another one",
            vector.0.len()
        ));
    }
    let length = vector.0.iter().map(|number| number * number).sum::<f32>().sqrt();
    // Also false for what is not a number.
    if (length - 1.0).abs() <= LENGTH_ERROR {
        return Ok(());
    }
    refuse(format!(
        "`{name}` has length {length}: vectors of embedder `{id}` must have length 1"
    ))
}

fn refuse(message: String) -> Result<(), StoreError> {
    Err(StoreError::Invalid(message))
}
