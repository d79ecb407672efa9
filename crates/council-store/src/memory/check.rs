//! What is refused before anything is read or written, with the field and the value.

use council_core::{
    EmbedderInfo, Embedding, MemoryFilter, MemoryVectors, NewMemory, RecallQuery, StoreError,
};

/// Most hits of one search, as the trait promises.
const MOST_HITS: usize = 1_000;

/// How far the length of a vector may be from 1: f32 and half precision stay well within.
const LENGTH_ERROR: f32 = 0.01;

pub(super) fn memory(memory: &NewMemory) -> Result<(), StoreError> {
    text(&memory.text)?;
    user(&memory.scope.user)
}

pub(super) fn text(text: &str) -> Result<(), StoreError> {
    if text.trim().is_empty() {
        return refuse("`text` is empty: there is nothing to remember".to_owned());
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
    vector("vector", &query.vector, embedder)?;
    let weights = &query.weights;
    let [near, far] = weights.neighbours;
    let all = [
        weights.own,
        weights.context,
        weights.lexical,
        near,
        far,
        weights.speaker,
    ];
    if let Some(weight) = all.iter().find(|weight| !weight.is_finite()) {
        return refuse(format!("`weights` holds {weight}: each must be a finite number"));
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

fn limit(limit: usize) -> Result<(), StoreError> {
    if (1..=MOST_HITS).contains(&limit) {
        return Ok(());
    }
    refuse(format!("`limit` is {limit}: it must be 1 to {MOST_HITS}"))
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
