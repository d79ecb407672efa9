//! How well memories fit a question: each sign by its definition, over all that pass.

use super::kept::{Entry, Kept};
use crate::embedding::Embedding;
use crate::memory::{Memory, MemoryHit, NewMemory, RecallQuery, ScoreParts};
use std::collections::BTreeSet;
use std::time::Duration;

/// Own vectors nearer than this say the same thing.
const SAME_MEANING: f32 = 0.98;

/// In which half of the weight of what was said lately is gone: a month.
const HALF_LIFE: Duration = Duration::from_hours(30 * 24);

/// How soon more of the same word stops counting, and how much long texts are held back: k1 and b of BM25.
const SATURATION: f32 = 0.9;
const LENGTH_PENALTY: f32 = 0.4;

/// By score; of equals, the later stored first.
pub(super) fn best_first(mut hits: Vec<(usize, MemoryHit)>) -> Vec<MemoryHit> {
    hits.sort_by(|(left_at, left), (right_at, right)| {
        right.score.total_cmp(&left.score).then(right_at.cmp(left_at))
    });
    hits.into_iter().map(|(_, hit)| hit).collect()
}

pub(super) fn recall(kept: &Kept, query: &RecallQuery) -> Vec<MemoryHit> {
    let weights = &query.weights;
    let rows = kept.matching(&query.filter);
    let cosine_of = |own: bool| -> Vec<Option<f32>> {
        let of = |&(at, memory): &(usize, &Memory)| {
            let vectors = kept.vectors_of(at, memory)?;
            let vector = if own { &vectors.own } else { &vectors.context };
            Some(query.vector.as_ref()?.cosine(vector))
        };
        rows.iter().map(of).collect()
    };
    let (own, context) = (cosine_of(true), cosine_of(false));
    let bm25 = bm25(kept, query, &rows);
    let words: Vec<Option<f32>> = bm25.iter().copied().map(Some).collect();
    let (own_signs, context_signs, word_signs) =
        (standardised(&own), standardised(&context), standardised(&words));

    let mut all: Vec<ScoreParts> = (0..rows.len())
        .map(|row| ScoreParts {
            cosine: own[row].unwrap_or_default(),
            bm25: bm25[row],
            own: weights.own * own_signs[row],
            context: weights.context * context_signs[row],
            lexical: weights.lexical * word_signs[row],
            ..ScoreParts::default()
        })
        .collect();
    let base: Vec<f32> = all
        .iter()
        .map(|parts| parts.own + parts.context + parts.lexical)
        .collect();
    for (row, &(at, memory)) in rows.iter().enumerate() {
        let parts = &mut all[row];
        parts.neighbours = neighbours(kept, at, &rows, &base, weights.neighbours);
        parts.speaker = weights.speaker * f32::from(u8::from(is_named(memory, &query.speakers)));
        parts.told = weights.told * memory.content.told();
        let said_at = memory.content.said_at;
        if query
            .time
            .is_some_and(|(from, to)| from <= said_at && said_at < to)
        {
            parts.time = weights.time;
        }
        let age = query.now.since(said_at).as_secs_f32() / HALF_LIFE.as_secs_f32();
        parts.recency = weights.recency * 0.5_f32.powf(age);
        parts.pinned = weights.pinned * f32::from(u8::from(memory.pinned));
    }
    let hits = rows.iter().zip(all).map(|(&(at, memory), parts)| {
        let hit = MemoryHit {
            memory: memory.clone(),
            score: parts.score(),
            parts,
        };
        (at, hit)
    });
    without_repetitions(kept, best_first(hits.collect()), query.limit)
}

/// How many deviations each value is above the mean; 0 for what is unknown, and where all are the same.
fn standardised(values: &[Option<f32>]) -> Vec<f32> {
    let known: Vec<f64> = values.iter().flatten().map(|&value| f64::from(value)).collect();
    let count = known.len() as f64;
    let mean = known.iter().sum::<f64>() / count;
    let deviation = (known.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
    let sign = |value: &Option<f32>| match value {
        Some(value) if deviation > 1e-6 => ((f64::from(*value) - mean) / deviation) as f32,
        _ => 0.0,
    };
    values.iter().map(sign).collect()
}

/// What a turn gets from those around it in its session; those that do not pass hold their place and give nothing.
fn neighbours(kept: &Kept, at: usize, rows: &[(usize, &Memory)], base: &[f32], weights: [f32; 3]) -> f32 {
    let turns = kept.turns(&kept.entries[at].memory().content.scope);
    let Some(place) = turns.iter().position(|&turn| turn == at) else {
        return 0.0;
    };
    let given = |(other, turn): (usize, &usize)| match place.abs_diff(other) {
        distance @ 1..=3 => {
            let row = rows.iter().position(|(at, _)| at == turn);
            weights[distance - 1] * row.map_or(0.0, |row| base[row])
        }
        _ => 0.0,
    };
    turns.iter().enumerate().map(given).sum()
}

fn is_named(memory: &Memory, speakers: &[String]) -> bool {
    let said_by = memory.content.speaker.as_deref().map(str::to_lowercase);
    speakers.iter().any(|named| Some(named.to_lowercase()) == said_by)
}

/// BM25 of the rows. Rarity and usual length are those of everything that the user has.
fn bm25(kept: &Kept, query: &RecallQuery, rows: &[(usize, &Memory)]) -> Vec<f32> {
    let of_user = kept.entries.iter().map(|entry| &entry.memory().content);
    let all: Vec<Vec<String>> = of_user
        .filter(|content| content.scope.user == query.filter.user)
        .map(searched_words)
        .collect();
    let total: usize = all.iter().map(Vec::len).sum();
    let average = (total as f32 / all.len().max(1) as f32).max(1.0);
    let terms: BTreeSet<String> = words(&query.text).into_iter().collect();
    let score = |(_, memory): &(usize, &Memory)| -> f32 {
        let words = searched_words(&memory.content);
        let dampened = SATURATION * (1.0 - LENGTH_PENALTY + LENGTH_PENALTY * words.len() as f32 / average);
        let of_term = |term: &String| {
            let times = words.iter().filter(|word| *word == term).count() as f32;
            let having = all.iter().filter(|words| words.contains(term)).count() as f32;
            let rarity = (1.0 + (all.len() as f32 - having + 0.5) / (having + 0.5)).ln();
            rarity * times * (SATURATION + 1.0) / (times + dampened)
        };
        terms.iter().map(of_term).sum()
    };
    rows.iter().map(score).collect()
}

fn searched_words(content: &NewMemory) -> Vec<String> {
    let mut all = words(&content.text);
    all.extend(words(content.speaker.as_deref().unwrap_or_default()));
    all
}

/// Runs of letters and digits, in lower case.
fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The first `limit` that say something that none before says.
fn without_repetitions(kept: &Kept, hits: Vec<MemoryHit>, limit: usize) -> Vec<MemoryHit> {
    let vector = |hit: &MemoryHit| {
        let is_it = |(at, entry): &(usize, &Entry)| {
            entry.memory().id == hit.memory.id && kept.vectors_of(*at, &hit.memory).is_some()
        };
        let found = kept.entries.iter().enumerate().find(is_it);
        found
            .and_then(|(_, entry)| entry.vectors.as_ref())
            .map(|vectors| vectors.own.clone())
    };
    let mut best: Vec<(MemoryHit, Option<Embedding>)> = Vec::new();
    for hit in hits {
        let own = vector(&hit);
        let says_the_same = |(better, vector): &(MemoryHit, Option<Embedding>)| {
            let same_words = words(&better.memory.content.text) == words(&hit.memory.content.text);
            let same_meaning =
                matches!((vector, &own), (Some(left), Some(right)) if left.cosine(right) > SAME_MEANING);
            same_words || same_meaning
        };
        if best.len() < limit && !best.iter().any(says_the_same) {
            best.push((hit, own));
        }
    }
    best.into_iter().map(|(hit, _)| hit).collect()
}
