//! How memories are ordered: signs are standardised, weighed and added up.
//!
//! The order follows what was measured on LoCoMo: a fixed threshold on a cosine removes evidence, and a sum of ranks
//! lets a bad list harm a good one; standardised scores of all rows do neither.

use super::among::Among;
use super::index::{Index, searched_terms};
use super::words::fingerprint;
use council_core::{Embedding, RecallQuery, RecallWeights, ScoreParts, Timestamp};
use std::time::{Duration, Instant};

/// Rows that are looked at again with exact vectors, beyond those that are asked for.
const SPARE: usize = 15;

/// A memory that may be among the best.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) key: i64,
    pub(crate) row: u32,
    pub(crate) fingerprint: u64,
    /// Whether it has vectors.
    pub(crate) is_dense: bool,
    pub(crate) parts: ScoreParts,
}

/// What came of looking at all rows.
pub(crate) struct Found {
    /// The best, by the vectors as bytes.
    pub(crate) candidates: Vec<Candidate>,
    /// How the cosines are standardised.
    pub(crate) own: Standard,
    pub(crate) context: Standard,
    pub(crate) dense_time: Duration,
    pub(crate) lexical_time: Duration,
}

/// Mean and deviation of a sign.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Standard {
    mean: f32,
    /// One over the deviation; 0 when all values are the same, so that the sign says nothing.
    per_deviation: f32,
}

impl Standard {
    /// Of all values. Sums are in f64, because 100,000 values of f32 lose digits, and eight at once, because each of
    /// them would wait for the one before.
    fn of(values: &[f32]) -> Self {
        const LANES: usize = 8;
        if values.is_empty() {
            return Self::default();
        }
        let (mut sums, mut squares) = ([0.0_f64; LANES], [0.0_f64; LANES]);
        let (whole, rest) = values.as_chunks::<LANES>();
        for lanes in whole.iter().map(<[f32; LANES]>::as_slice).chain([rest]) {
            for ((value, sum), square) in lanes.iter().zip(&mut sums).zip(&mut squares) {
                let value = f64::from(*value);
                *sum += value;
                *square += value * value;
            }
        }
        let count = values.len() as f64;
        let mean = sums.iter().sum::<f64>() / count;
        let deviation = (squares.iter().sum::<f64>() / count - mean * mean)
            .max(0.0)
            .sqrt();
        let per_deviation = if deviation > 1e-6 { 1.0 / deviation } else { 0.0 };
        Self {
            mean: mean as f32,
            per_deviation: per_deviation as f32,
        }
    }

    /// How many deviations a value is above the mean.
    pub(crate) fn apply(self, value: f32) -> f32 {
        (value - self.mean) * self.per_deviation
    }
}

/// Looks at all rows that the search is among.
pub(crate) fn recall(index: &Index, query: &RecallQuery, among: &Among) -> Found {
    let started = Instant::now();
    let rows = &among.rows;
    let vector = query.vector.as_ref();
    let cosines = vector.map(|vector| index.vectors.cosines(vector, rows));
    let dense_time = started.elapsed();

    let started = Instant::now();
    let mut bm25 = index.lexicon.scores(&query.text);
    for (row, then) in among.rows_of_other_words() {
        bm25[row as usize] = index.lexicon.score(&query.text, &searched_terms(&then.content));
    }
    let lexical_time = started.elapsed();

    // What has no vectors is not counted: nothing is known of its meaning, which is neither good nor bad.
    let is_dense =
        |row: u32| vector.is_some() && index.vectors.has(row as usize) && !among.has_other_words(row);
    // Fresh memory costs more than what is done with it here, so that the usual case copies nothing.
    let is_whole = rows.len() == index.facts.len();
    let all_dense = rows.iter().all(|row| is_dense(*row));
    let of_dense = |values: &[f32]| {
        if all_dense {
            return Standard::of(values);
        }
        let dense = rows.iter().zip(values).filter(|(row, _)| is_dense(**row));
        Standard::of(&dense.map(|(_, value)| *value).collect::<Vec<_>>())
    };
    let (own, context) = match &cosines {
        Some(cosines) => (of_dense(&cosines.own), of_dense(&cosines.context)),
        None => Default::default(),
    };
    let lexical = if is_whole {
        Standard::of(&bm25)
    } else {
        Standard::of(&rows.iter().map(|&row| bm25[row as usize]).collect::<Vec<_>>())
    };
    let weights = &query.weights;
    let parts = |place: usize| {
        let row = rows[place];
        let bm25 = bm25[row as usize];
        let mut parts = ScoreParts {
            bm25,
            lexical: weights.lexical * lexical.apply(bm25),
            ..ScoreParts::default()
        };
        if let Some(cosines) = cosines.as_ref().filter(|_| is_dense(row)) {
            parts.cosine = cosines.own[place];
            parts.own = weights.own * own.apply(cosines.own[place]);
            parts.context = weights.context * context.apply(cosines.context[place]);
        }
        parts
    };
    let mut base = vec![0.0; index.facts.len()];
    for (place, &row) in rows.iter().enumerate() {
        let parts = parts(place);
        base[row as usize] = parts.own + parts.context + parts.lexical;
    }
    let neighbours = neighbours(index, &base, weights);
    let is_named = index.is_named(&query.speakers);
    let speaker = |row: usize| {
        if is_named(row) { weights.speaker } else { 0.0 }
    };
    let circumstances = Circumstances { index, query, among };
    let counts = circumstances.count();
    // Only the best get their parts told: at 100,000 rows those of all would be 5 MB to fill.
    let scored = rows.iter().enumerate().map(|(place, &number)| {
        let row = number as usize;
        let mut score = base[row] + neighbours[row] + speaker(row);
        if counts {
            score += circumstances.of(number).score();
        }
        (score, place)
    });
    let candidate = |(_, place): (f32, usize)| {
        let number = rows[place];
        let row = number as usize;
        let Circumstance {
            told,
            time,
            recency,
            pinned,
        } = circumstances.of(number);
        let parts = ScoreParts {
            neighbours: neighbours[row],
            speaker: speaker(row),
            told,
            time,
            recency,
            pinned,
            ..parts(place)
        };
        let facts = &index.facts[row];
        let then = among.then(number);
        Candidate {
            key: facts.key,
            row: number,
            fingerprint: then.map_or(facts.fingerprint, |then| fingerprint(&then.content.text)),
            is_dense: is_dense(number),
            parts,
        }
    };
    let candidates = highest(scored, query.limit + SPARE)
        .into_iter()
        .map(candidate)
        .collect();
    Found {
        candidates,
        own,
        context,
        dense_time,
        lexical_time,
    }
}

/// The signs that do not depend on the words of the query.
struct Circumstances<'a> {
    index: &'a Index,
    query: &'a RecallQuery,
    among: &'a Among,
}

struct Circumstance {
    told: f32,
    time: f32,
    recency: f32,
    pinned: f32,
}

impl Circumstance {
    fn score(&self) -> f32 {
        self.told + self.time + self.recency + self.pinned
    }
}

impl Circumstances<'_> {
    /// Whether any of them counts: looking at them costs a millisecond at 100,000 rows.
    fn count(&self) -> bool {
        let weights = &self.query.weights;
        let is_timed = weights.time != 0.0 && self.query.time.is_some();
        is_timed || weights.told != 0.0 || weights.recency != 0.0 || weights.pinned != 0.0
    }

    fn of(&self, row: u32) -> Circumstance {
        let facts = &self.index.facts[row as usize];
        let weights = &self.query.weights;
        let is_then = |(from, to): (Timestamp, Timestamp)| from <= facts.said_at && facts.said_at < to;
        let (is_pinned, told) = match self.among.then(row) {
            None => (facts.pinned, facts.told),
            Some(then) => (then.pinned, then.content.told()),
        };
        Circumstance {
            told: weights.told * told,
            time: if self.query.time.is_some_and(is_then) {
                weights.time
            } else {
                0.0
            },
            recency: if weights.recency == 0.0 {
                0.0
            } else {
                weights.recency * lateness(facts.said_at, self.query.now)
            },
            pinned: if is_pinned { weights.pinned } else { 0.0 },
        }
    }
}

/// 1 for what is said now, half of that for what was said a month ago, and so on.
fn lateness(said_at: Timestamp, now: Timestamp) -> f32 {
    const HALF_LIFE_DAYS: f32 = 30.0;
    let days = now.since(said_at).as_secs_f32() / 86_400.0;
    (-days / HALF_LIFE_DAYS).exp2()
}

/// The memories whose own vector is nearest; some below the threshold, which only exact cosines can decide.
pub(crate) fn nearest(
    index: &Index,
    vector: &Embedding,
    among: &Among,
    least: f32,
    limit: usize,
) -> Vec<Candidate> {
    // Twice the error of a cosine of bytes (`vectors`).
    const MARGIN: f32 = 0.02;
    let rows = &among.rows;
    let is_dense = |row: u32| index.vectors.has(row as usize) && !among.has_other_words(row);
    let cosines = index.vectors.own_cosines(vector, rows);
    let near = cosines.into_iter().enumerate();
    let near = near.filter(|&(place, cosine)| cosine >= least - MARGIN && is_dense(rows[place]));
    let candidate = |(cosine, place): (f32, usize)| {
        let facts = &index.facts[rows[place] as usize];
        let parts = ScoreParts {
            cosine,
            own: cosine,
            ..ScoreParts::default()
        };
        Candidate {
            key: facts.key,
            row: rows[place],
            fingerprint: facts.fingerprint,
            is_dense: true,
            parts,
        }
    };
    let scored = near.map(|(place, cosine)| (cosine, place));
    highest(scored, limit + SPARE)
        .into_iter()
        .map(candidate)
        .collect()
}

/// Those with the highest scores, best first; of equals, the later ones.
fn highest(scored: impl Iterator<Item = (f32, usize)>, most: usize) -> Vec<(f32, usize)> {
    let order =
        |left: &(f32, usize), right: &(f32, usize)| right.0.total_cmp(&left.0).then(right.1.cmp(&left.1));
    // Twice as many as asked for are collected and halved again and again: nearly all are refused at the door.
    let mut best: Vec<(f32, usize)> = Vec::with_capacity(most * 2);
    let mut least = f32::NEG_INFINITY;
    for one in scored.filter(|(score, _)| !score.is_nan()) {
        if one.0 < least {
            continue;
        }
        best.push(one);
        if best.len() == most * 2 {
            let (_, middle, _) = best.select_nth_unstable_by(most - 1, order);
            least = middle.0;
            best.truncate(most);
        }
    }
    best.sort_unstable_by(order);
    best.truncate(most);
    best
}

/// Leaves the best, best first; of equals the later one comes first.
pub(crate) fn keep_best(candidates: &mut Vec<Candidate>, most: usize) {
    candidates.sort_unstable_by(|left, right| {
        right
            .parts
            .score()
            .total_cmp(&left.parts.score())
            .then(right.key.cmp(&left.key))
    });
    candidates.truncate(most);
}

/// What every row gets from the turns around it: evidence is often next to what a question's words are in.
fn neighbours(index: &Index, base: &[f32], weights: &RecallWeights) -> Vec<f32> {
    let mut sums = vec![0.0; base.len()];
    for turns in index.sessions() {
        for (distance, weight) in weights.neighbours.iter().enumerate() {
            for (&left, &right) in turns.iter().zip(turns.iter().skip(distance + 1)) {
                let (left, right) = (left as usize, right as usize);
                sums[left] += weight * base[right];
                sums[right] += weight * base[left];
            }
        }
    }
    sums
}
