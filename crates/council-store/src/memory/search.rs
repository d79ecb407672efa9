//! What searches have in common, and the search by cosine alone. `scores` is the search by all signs.
//!
//! The order follows what was measured on LoCoMo: a fixed threshold on a cosine removes evidence, and a sum of ranks
//! lets a bad list harm a good one; standardised scores of all rows do neither.

use super::among::Among;
use super::index::Index;
use council_core::{Embedding, ScoreParts, Timestamp};
use std::cmp::Ordering;
use std::time::Duration;

/// Rows that are looked at again with exact vectors, beyond those that are asked for.
pub(crate) const SPARE: usize = 15;

/// Rows that are looked at again with bytes after signs have chosen them, and for each hit that is asked for: measured
/// in docs/decisions/0009.
const LOOKED_AT: usize = 1_500;
const LOOKED_AT_PER_HIT: usize = 30;

/// Rows that signs choose for so many hits.
pub(crate) fn looked_at(limit: usize) -> usize {
    LOOKED_AT.max(LOOKED_AT_PER_HIT * limit)
}

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
    pub(crate) fn of(values: &[f32]) -> Self {
        const LANES: usize = 8;
        let (mut sums, mut squares) = ([0.0_f64; LANES], [0.0_f64; LANES]);
        let (whole, rest) = values.as_chunks::<LANES>();
        for lanes in whole.iter().map(<[f32; LANES]>::as_slice).chain([rest]) {
            for ((value, sum), square) in lanes.iter().zip(&mut sums).zip(&mut squares) {
                let value = f64::from(*value);
                *sum += value;
                *square += value * value;
            }
        }
        Self::of_sums(values.len(), sums.iter().sum(), squares.iter().sum())
    }

    /// Of so many values with this sum and sum of squares.
    pub(crate) fn of_sums(count: usize, sum: f64, squares: f64) -> Self {
        if count == 0 {
            return Self::default();
        }
        let count = count as f64;
        let mean = sum / count;
        let deviation = (squares / count - mean * mean).max(0.0).sqrt();
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

/// 1 for what is said now, half of that for what was said a month ago, and so on.
pub(crate) fn lateness(said_at: Timestamp, now: Timestamp) -> f32 {
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
    let is_dense = |row: &u32| index.vectors.has(*row as usize) && !among.has_other_words(*row);
    let mut rows: Vec<u32> = among.rows.iter().copied().filter(is_dense).collect();
    if index.vectors.asks_signs(rows.len()) {
        let nearness = index.vectors.own_nearness(vector, &rows).into_iter().enumerate();
        let best = highest(nearness.map(|(place, near)| (near, place)), looked_at(limit));
        rows = best.into_iter().map(|(_, place)| rows[place]).collect();
        // Of equals, the later ones come first.
        rows.sort_unstable();
    }
    let cosines = index.vectors.own_cosines(vector, &rows);
    let near = cosines.into_iter().enumerate();
    let near = near.filter(|&(_, cosine)| cosine >= least - MARGIN);
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

/// Those with the highest scores; of equals, the later ones.
pub(crate) struct Best {
    most: usize,
    /// Twice as many as asked for are collected and halved again and again: nearly all are refused at the door.
    entries: Vec<(f32, usize)>,
    least: f32,
}

impl Best {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            entries: Vec::with_capacity(most * 2),
            least: f32::NEG_INFINITY,
        }
    }

    /// What has less than this is none of them.
    pub(crate) fn least(&self) -> f32 {
        self.least
    }

    pub(crate) fn push(&mut self, score: f32, number: usize) {
        if score.is_nan() || score < self.least {
            return;
        }
        self.entries.push((score, number));
        if self.entries.len() == self.most * 2 {
            let (_, middle, _) = self.entries.select_nth_unstable_by(self.most - 1, best_first);
            self.least = middle.0;
            self.entries.truncate(self.most);
        }
    }

    /// Best first.
    pub(crate) fn into_sorted(mut self) -> Vec<(f32, usize)> {
        self.entries.sort_unstable_by(best_first);
        self.entries.truncate(self.most);
        self.entries
    }
}

fn best_first(left: &(f32, usize), right: &(f32, usize)) -> Ordering {
    right.0.total_cmp(&left.0).then(right.1.cmp(&left.1))
}

/// Those with the highest scores, best first; of equals, the later ones.
pub(crate) fn highest(scored: impl Iterator<Item = (f32, usize)>, most: usize) -> Vec<(f32, usize)> {
    let mut best = Best::new(most);
    for (score, number) in scored {
        best.push(score, number);
    }
    best.into_sorted()
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
