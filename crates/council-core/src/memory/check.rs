//! What every store refuses before it reads or writes anything, with the field and the value:
//! [`StoreError::Invalid`].

use super::{MemoryFilter, MemoryId, MemoryRecord, MemoryVectors, NewMemory, RecallQuery};
use crate::conversation::{Page, StoreError};
use crate::embedding::{EmbedderInfo, Embedding};

/// Most hits of one search and entries of a page.
const MOST: usize = 1_000;

/// How far the length of a vector may be from 1: f32 and half precision stay well within.
const LENGTH_ERROR: f32 = 0.01;

/// A new memory and the vectors that it has.
///
/// # Errors
/// When it says nothing, is nobody's, or its vectors are not those of the embedder.
pub fn item(
    (memory, vectors): &(NewMemory, Option<MemoryVectors>),
    embedder: &EmbedderInfo,
) -> Result<(), StoreError> {
    content(memory)?;
    vectors
        .as_ref()
        .map_or(Ok(()), |vectors| self::vectors(vectors, embedder))
}

/// What takes the place of somebody's memories.
///
/// # Errors
/// When one of them is another's.
pub fn owner(owner: &str, items: &[(NewMemory, Option<MemoryVectors>)]) -> Result<(), StoreError> {
    user(owner)?;
    match items.iter().find(|(memory, _)| memory.scope.user != owner) {
        Some((memory, _)) => refuse(format!(
            "`user` of a new memory is `{}`: it takes the place of memories of `{owner}`",
            memory.scope.user
        )),
        None => Ok(()),
    }
}

fn content(memory: &NewMemory) -> Result<(), StoreError> {
    text(&memory.text)?;
    user(&memory.scope.user)?;
    match memory.claim.as_ref().map(|claim| claim.confidence) {
        Some(confidence) if !(0.0..=1.0).contains(&confidence) => {
            refuse(format!("`claim.confidence` is {confidence}: it must be 0 to 1"))
        }
        _ => Ok(()),
    }
}

/// A record that is to be imported.
///
/// # Errors
/// When its identifier or its history cannot be.
pub fn record(record: &MemoryRecord) -> Result<(), StoreError> {
    let MemoryRecord { memory, history } = record;
    content(&memory.content)?;
    let id = &memory.id.0;
    if id.len() != 10 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return refuse(format!(
            "`id` is `{id}`: an identifier has ten letters and digits"
        ));
    }
    if history.last().is_some_and(|last| last.memory != *memory) {
        return refuse(format!(
            "the last entry in `history` of memory `{id}` is not what the memory is"
        ));
    }
    for version in history {
        text(&version.memory.content.text)?;
        // What cannot change is that of the memory.
        let mut same = memory.clone();
        let content = &version.memory.content;
        same.content.text.clone_from(&content.text);
        same.content.tags.clone_from(&content.tags);
        same.content.metadata.clone_from(&content.metadata);
        same.content.trust = content.trust;
        same.content.quarantined = content.quarantined;
        same.pinned = version.memory.pinned;
        same.content.valid_to = content.valid_to;
        same.updated_at = version.memory.updated_at;
        same.retired_at = version.memory.retired_at;
        same.superseded_by.clone_from(&version.memory.superseded_by);
        if same != version.memory {
            return refuse(format!(
                "`history` of memory `{id}` changes what cannot change, such as its kind, scope, speaker, time or claim"
            ));
        }
    }
    Ok(())
}

/// A new text.
///
/// # Errors
/// When it is blank.
pub fn text(text: &str) -> Result<(), StoreError> {
    if text.trim().is_empty() {
        return refuse("`text` is empty: there is nothing to remember".to_owned());
    }
    Ok(())
}

/// Vectors of a memory.
///
/// # Errors
/// When they are not of the embedder's length and dimension.
pub fn vectors(vectors: &MemoryVectors, embedder: &EmbedderInfo) -> Result<(), StoreError> {
    vector("own", &vectors.own, embedder)?;
    vector("context", &vectors.context, embedder)
}

/// Which memories are meant.
///
/// # Errors
/// When they are nobody's, or in no time.
pub fn filter(filter: &MemoryFilter) -> Result<(), StoreError> {
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

/// A question.
///
/// # Errors
/// When its filter, vector, time, weights or limit cannot be.
pub fn recall(query: &RecallQuery, embedder: &EmbedderInfo) -> Result<(), StoreError> {
    filter(&query.filter)?;
    if let Some(query) = &query.vector {
        vector("vector", query, embedder)?;
    }
    if let Some((from, to)) = query.time.filter(|(from, to)| from > to) {
        return refuse(format!(
            "`time` ends ({} ms) before it begins ({} ms)",
            to.as_millis(),
            from.as_millis()
        ));
    }
    if let Some((name, weight)) = query.weights.unusable() {
        return refuse(format!(
            "`weights.{name}` is {weight}: it must be a finite number"
        ));
    }
    limit(query.limit)
}

/// A question by meaning alone.
///
/// # Errors
/// As for [`recall`].
pub fn nearest(
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

/// A page.
///
/// # Errors
/// When it is empty, or longer than a thousand.
pub fn page(page: Page) -> Result<(), StoreError> {
    limit(usize::try_from(page.limit).unwrap_or(usize::MAX))
}

/// That an export cannot go on after this memory.
pub fn unknown_after(id: &MemoryId) -> StoreError {
    StoreError::Invalid(format!(
        "`after` names memory `{}`, which does not exist; begin from the start",
        id.0
    ))
}

fn limit(limit: usize) -> Result<(), StoreError> {
    if (1..=MOST).contains(&limit) {
        return Ok(());
    }
    refuse(format!("`limit` is {limit}: it must be 1 to {MOST}"))
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
