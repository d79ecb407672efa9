//! How memories are ordered: signs are standardised, weighed and added up.
//!
//! The order follows what was measured on LoCoMo: a fixed threshold on a cosine removes evidence, and a sum of ranks
//! lets a bad list harm a good one; standardised scores of all rows do neither.
//!
//! Of very many rows (`Vectors::asks_signs`) cosines are first estimated from the signs of the vectors. The best by that
//! estimate, and the turns around them, are looked at again with bytes; means and deviations are those of a sample.

use super::among::Among;
use super::index::{Index, searched_terms};
use super::search::{Candidate, Found, SPARE, Standard, highest, lateness, looked_at};
use super::vectors::Cosines;
use super::words::fingerprint;
use council_core::{RecallQuery, RecallWeights, ScoreParts, Timestamp};
use std::time::Instant;

/// Rows whose cosines stand for those of all: their mean is off by a hundredth of the deviation.
const SAMPLE: usize = 8_192;

/// Looks at all rows that the search is among.
pub(crate) fn recall(index: &Index, query: &RecallQuery, among: &Among) -> Found {
    let started = Instant::now();
    let dense = Dense::new(index, query, among);
    let dense_time = started.elapsed();
    let started = Instant::now();
    let lexical = Lexical::new(index, query, among);
    let lexical_time = started.elapsed();
    let scores = Scores {
        index,
        query,
        among,
        dense,
        lexical,
    };
    let (own, context) = (scores.dense.own, scores.dense.context);
    Found {
        candidates: scores.candidates(),
        own,
        context,
        dense_time,
        lexical_time,
    }
}

/// What vectors say.
#[derive(Default)]
struct Dense {
    /// Of every row that the search is among; empty without the query's vector.
    cosines: Cosines,
    own: Standard,
    context: Standard,
    /// Whether the cosines are estimates.
    is_rough: bool,
}

impl Dense {
    fn new(index: &Index, query: &RecallQuery, among: &Among) -> Self {
        let Some(vector) = &query.vector else {
            return Self::default();
        };
        let rows = &among.rows;
        // What has no vectors is not counted: nothing is known of its meaning, which is neither good nor bad.
        let places = || (0..rows.len()).filter(|&place| is_dense(index, among, rows[place]));
        let count = places().count();
        if index.vectors.asks_signs(count) {
            let sample: Vec<usize> = places().step_by(count.div_ceil(SAMPLE)).collect();
            let rough = index.vectors.rough_cosines(vector, rows, &sample);
            return Self {
                cosines: rough.cosines,
                own: Standard::of(&rough.sample.own),
                context: Standard::of(&rough.sample.context),
                is_rough: true,
            };
        }
        let cosines = index.vectors.cosines(vector, rows);
        // Fresh memory costs more than what is done with it here, so that the usual case copies nothing.
        let standard = |values: &[f32]| {
            if count == rows.len() {
                return Standard::of(values);
            }
            Standard::of(&places().map(|place| values[place]).collect::<Vec<_>>())
        };
        Self {
            own: standard(&cosines.own),
            context: standard(&cosines.context),
            cosines,
            is_rough: false,
        }
    }
}

fn is_dense(index: &Index, among: &Among, row: u32) -> bool {
    index.vectors.has(row as usize) && !among.has_other_words(row)
}

/// What words say.
struct Lexical {
    /// Of every row of the index.
    bm25: Vec<f32>,
    standard: Standard,
}

impl Lexical {
    fn new(index: &Index, query: &RecallQuery, among: &Among) -> Self {
        let mut bm25 = index.lexicon.scores(&query.text);
        for (row, then) in among.rows_of_other_words() {
            bm25[row as usize] = index.lexicon.score(&query.text, &searched_terms(&then.content));
        }
        let standard = if among.rows.len() == bm25.len() {
            Standard::of(&bm25)
        } else {
            let of_rows = among.rows.iter().map(|&row| bm25[row as usize]);
            Standard::of(&of_rows.collect::<Vec<_>>())
        };
        Self { bm25, standard }
    }
}

/// What every sign says of every row.
struct Scores<'a> {
    index: &'a Index,
    query: &'a RecallQuery,
    among: &'a Among,
    dense: Dense,
    lexical: Lexical,
}

impl Scores<'_> {
    /// The best, with what each sign added.
    fn candidates(mut self) -> Vec<Candidate> {
        let most = self.query.limit + SPARE;
        let mut base = self.base();
        let mut neighbours = neighbours(self.index, &base, &self.query.weights);
        let is_named = self.index.is_named(&self.query.speakers);
        let weights = &self.query.weights;
        let speaker = |row: usize| {
            if is_named(row) { weights.speaker } else { 0.0 }
        };
        let rows = &self.among.rows;
        let score = |scores: &Self, base: &[f32], neighbours: &[f32], place: usize| {
            let row = rows[place] as usize;
            base[row] + neighbours[row] + speaker(row) + scores.circumstance(rows[place]).score()
        };
        let best = if self.dense.is_rough {
            let rough = (0..rows.len()).map(|place| (score(&self, &base, &neighbours, place), place));
            let rough = highest(rough, looked_at(self.query.limit));
            let places: Vec<usize> = rough.into_iter().map(|(_, place)| place).collect();
            self.sharpen(&places, &mut base, &mut neighbours);
            let sharp = places
                .iter()
                .map(|&place| (score(&self, &base, &neighbours, place), place));
            highest(sharp, most)
        } else {
            let all = (0..rows.len()).map(|place| (score(&self, &base, &neighbours, place), place));
            highest(all, most)
        };
        // Only the best get their parts told: at 100,000 rows those of all would be 5 MB to fill.
        let candidate = |(_, place): (f32, usize)| {
            let row = rows[place] as usize;
            self.candidate(place, neighbours[row], speaker(row))
        };
        best.into_iter().map(candidate).collect()
    }

    /// What the words of a row, with and without the turn before it, say for themselves.
    fn parts(&self, place: usize) -> ScoreParts {
        let row = self.among.rows[place];
        let weights = &self.query.weights;
        let bm25 = self.lexical.bm25[row as usize];
        let mut parts = ScoreParts {
            bm25,
            lexical: weights.lexical * self.lexical.standard.apply(bm25),
            ..ScoreParts::default()
        };
        let Dense {
            cosines,
            own,
            context,
            ..
        } = &self.dense;
        if let (Some(&cosine), Some(&with_context)) = (cosines.own.get(place), cosines.context.get(place))
            && is_dense(self.index, self.among, row)
        {
            parts.cosine = cosine;
            parts.own = weights.own * own.apply(cosine);
            parts.context = weights.context * context.apply(with_context);
        }
        parts
    }

    /// The sum of those, of every row of the index; 0 where it is not searched.
    fn base(&self) -> Vec<f32> {
        let mut base = vec![0.0; self.index.facts.len()];
        for (place, &row) in self.among.rows.iter().enumerate() {
            base[row as usize] = sum(&self.parts(place));
        }
        base
    }

    /// Puts cosines of bytes in place of estimates: at these places, and where a neighbour counts for them.
    fn sharpen(&mut self, places: &[usize], base: &mut [f32], neighbours: &mut [f32]) {
        let Some(vector) = &self.query.vector else { return };
        let rows = &self.among.rows;
        let weights = &self.query.weights;
        let reach = weights.neighbours.len();
        let mut wanted: Vec<usize> = places.to_vec();
        for &place in places {
            let beside = self.index.beside(rows[place] as usize, reach);
            wanted.extend(beside.filter_map(|(_, row)| rows.binary_search(&(row as u32)).ok()));
        }
        wanted.sort_unstable();
        wanted.dedup();
        let wanted_rows: Vec<u32> = wanted.iter().map(|&place| rows[place]).collect();
        let exact = self.index.vectors.cosines(vector, &wanted_rows);
        for (&place, (own, context)) in wanted.iter().zip(exact.own.iter().zip(&exact.context)) {
            self.dense.cosines.own[place] = *own;
            self.dense.cosines.context[place] = *context;
            base[rows[place] as usize] = sum(&self.parts(place));
        }
        for &place in places {
            let row = rows[place] as usize;
            let beside = self.index.beside(row, reach);
            neighbours[row] = beside
                .map(|(distance, other)| weights.neighbours[distance - 1] * base[other])
                .sum();
        }
    }

    fn candidate(&self, place: usize, neighbours: f32, speaker: f32) -> Candidate {
        let row = self.among.rows[place];
        let Circumstance {
            told,
            time,
            recency,
            pinned,
        } = self.circumstance(row);
        let parts = ScoreParts {
            neighbours,
            speaker,
            told,
            time,
            recency,
            pinned,
            ..self.parts(place)
        };
        let facts = &self.index.facts[row as usize];
        let then = self.among.then(row);
        Candidate {
            key: facts.key,
            row,
            fingerprint: then.map_or(facts.fingerprint, |then| fingerprint(&then.content.text)),
            is_dense: self.query.vector.is_some() && is_dense(self.index, self.among, row),
            parts,
        }
    }

    /// The signs that do not depend on the words of the query. What does not count is not looked at.
    fn circumstance(&self, row: u32) -> Circumstance {
        let weights = &self.query.weights;
        let glance = self.index.glance(row as usize);
        let (pinned, told) = match self.among.then(row) {
            None => (glance.pinned, glance.told),
            Some(then) => (then.pinned, then.content.told()),
        };
        let is_in = |(from, to): (Timestamp, Timestamp)| {
            let said_at = self.index.facts[row as usize].said_at;
            from <= said_at && said_at < to
        };
        let time = self.query.time.filter(|_| weights.time != 0.0);
        Circumstance {
            told: weights.told * told,
            time: if time.is_some_and(is_in) {
                weights.time
            } else {
                0.0
            },
            recency: if weights.recency == 0.0 {
                0.0
            } else {
                weights.recency * lateness(glance.said_at(), self.query.now)
            },
            pinned: if pinned { weights.pinned } else { 0.0 },
        }
    }
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

fn sum(parts: &ScoreParts) -> f32 {
    parts.own + parts.context + parts.lexical
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

#[cfg(test)]
mod tests;
