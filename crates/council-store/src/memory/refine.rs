//! Exact vectors decide between the best, and what repeats a better hit is left out.

use super::among::Among;
use super::search::{Candidate, Found, keep_best};
use super::{rows, vectors};
use crate::fault::Fault;
use council_core::{Embedding, MemoryHit, RecallQuery, ScoreParts};
use rusqlite::Connection;
use std::collections::{HashMap, HashSet};

/// Own vectors nearer than this say the same thing.
const SAME_MEANING: f32 = 0.98;

/// Orders the candidates by their exact vectors and leaves the best, without those that repeat a better one.
pub(super) fn recalled(
    connection: &Connection,
    found: Found,
    query: &RecallQuery,
    embedder: i64,
) -> Result<Vec<Candidate>, Fault> {
    let mut exact: HashMap<i64, Embedding> = HashMap::new();
    let mut candidates = found.candidates;
    let dense = candidates.iter_mut().filter(|candidate| candidate.is_dense);
    for (candidate, query_vector) in dense.zip(query.vector.iter().cycle()) {
        let Some(vectors) = rows::vectors(connection, candidate.key, embedder)? else {
            continue;
        };
        let (own, context) = (
            vectors::cosine(&query_vector.0, &vectors.own.0),
            vectors::cosine(&query_vector.0, &vectors.context.0),
        );
        candidate.parts.cosine = own;
        candidate.parts.own = query.weights.own * found.own.apply(own);
        candidate.parts.context = query.weights.context * found.context.apply(context);
        exact.insert(candidate.key, vectors.own);
    }
    keep_best(&mut candidates, usize::MAX);
    Ok(distinct(candidates, &exact, query.limit))
}

/// The first that say what none before them says: in the same words or, by their own vectors, with the same meaning.
pub(super) fn distinct(
    candidates: Vec<Candidate>,
    own: &HashMap<i64, Embedding>,
    limit: usize,
) -> Vec<Candidate> {
    let mut best: Vec<Candidate> = Vec::with_capacity(limit);
    let mut fingerprints = HashSet::new();
    for candidate in candidates {
        if best.len() == limit {
            break;
        }
        let repeats = |better: &Candidate| match (own.get(&better.key), own.get(&candidate.key)) {
            (Some(better), Some(this)) => vectors::cosine(&better.0, &this.0) > SAME_MEANING,
            _ => false,
        };
        if !fingerprints.contains(&candidate.fingerprint) && !best.iter().any(repeats) {
            fingerprints.insert(candidate.fingerprint);
            best.push(candidate);
        }
    }
    best
}

/// Orders the candidates by their exact cosines and leaves the nearest.
pub(super) fn nearest(
    connection: &Connection,
    candidates: Vec<Candidate>,
    query: &Embedding,
    least_cosine: f32,
    limit: usize,
    embedder: i64,
) -> Result<Vec<Candidate>, Fault> {
    let mut exact = Vec::with_capacity(candidates.len());
    for mut candidate in candidates {
        if let Some(vectors) = rows::vectors(connection, candidate.key, embedder)? {
            let cosine = vectors::cosine(&query.0, &vectors.own.0);
            candidate.parts = ScoreParts {
                cosine,
                own: cosine,
                ..ScoreParts::default()
            };
            exact.push(candidate);
        }
    }
    exact.retain(|candidate| candidate.parts.score() >= least_cosine);
    keep_best(&mut exact, limit);
    Ok(exact)
}

/// The candidates as hits, in their order, as they were then; those that were forgotten meanwhile are left out.
pub(super) fn hits(
    connection: &Connection,
    candidates: &[Candidate],
    among: &Among,
) -> Result<Vec<MemoryHit>, Fault> {
    let mut hits = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let memory = match among.then(candidate.row) {
            Some(then) => Some(then.clone()),
            None => rows::by_key(connection, candidate.key)?,
        };
        hits.extend(memory.map(|memory| MemoryHit {
            memory,
            score: candidate.parts.score(),
            parts: candidate.parts,
        }));
    }
    Ok(hits)
}
