//! How memories are ordered: signs are standardised, weighed and added up.
//!
//! The order follows what was measured on LoCoMo: a fixed threshold on a cosine removes evidence, and a sum of ranks
//! lets a bad list harm a good one; standardised scores of all rows do neither.
//!
//! Of very many rows (`Vectors::asks_signs`) cosines are first estimated from the signs of the vectors. The best by that
//! estimate, and the turns around them, are looked at again with bytes; means and deviations are those of a sample.

use super::among::Among;
use super::index::{Index, searched_terms};
use super::lexicon::Bm25;
use super::search::{Best, Candidate, Found, SPARE, Standard, lateness, looked_at};
use super::vectors::{Cosines, ROWS_PER_THREAD, SCORES_PER_THREAD, share, side_by_side};
use super::words::fingerprint;
use council_core::{RecallQuery, RecallWeights, ScoreParts, Timestamp};
use std::time::Instant;

/// Rows whose cosines stand for those of all: their mean is off by a hundredth of the deviation.
const SAMPLE: usize = 8_192;

/// What sums may be off by because they were added up in another order.
const ROUNDING: f32 = 1e-3;

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
        most: Most::of(index, query, among),
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
    /// What they add to the score of every row that the search is among; empty without the query's vector.
    sums: Vec<f32>,
    /// The rows whose cosines are known, in their order: all that the search is among or, where `is_rough`, the best.
    known: Vec<u32>,
    /// Those cosines.
    cosines: Cosines,
    own: Standard,
    context: Standard,
    /// Whether the sums are estimates.
    is_rough: bool,
}

impl Dense {
    fn new(index: &Index, query: &RecallQuery, among: &Among) -> Self {
        let Some(vector) = &query.vector else {
            return Self::default();
        };
        let rows = &among.rows;
        // What has no vectors is not counted: nothing is known of its meaning, which is neither good nor bad.
        let is_dense = |row: u32| is_dense(index, among, row);
        let dense_rows = || rows.iter().copied().filter(|&row| is_dense(row));
        let all_are = among.is_of_now() && index.vectors.missing() == 0;
        let count = if all_are { rows.len() } else { dense_rows().count() };
        if index.vectors.asks_signs(count) {
            let sample: Vec<u32> = dense_rows().step_by(count.div_ceil(SAMPLE)).collect();
            let (guess, sample) = index.vectors.guess(vector, &sample);
            let mut dense = Self {
                own: Standard::of(&sample.own),
                context: Standard::of(&sample.context),
                is_rough: true,
                ..Self::default()
            };
            let mut sums = vec![0.0; rows.len()];
            let share = share(rows.len(), ROWS_PER_THREAD);
            side_by_side(rows.chunks(share).zip(sums.chunks_mut(share)), |(rows, sums)| {
                for (&row, sum) in rows.iter().zip(sums) {
                    if all_are || is_dense(row) {
                        let (own, context) = guess.cosines(row as usize);
                        *sum = dense.sum(&query.weights, own, context);
                    }
                }
            });
            dense.sums = sums;
            return dense;
        }
        let cosines = index.vectors.cosines(vector, rows);
        // Fresh memory costs more than what is done with it here, so that the usual case copies nothing.
        let standard = |values: &[f32]| {
            if count == rows.len() {
                return Standard::of(values);
            }
            let dense = rows.iter().zip(values).filter(|(row, _)| is_dense(**row));
            Standard::of(&dense.map(|(_, value)| *value).collect::<Vec<_>>())
        };
        let mut dense = Self {
            own: standard(&cosines.own),
            context: standard(&cosines.context),
            ..Self::default()
        };
        let both = cosines.own.iter().zip(&cosines.context);
        let sums = both.map(|(&own, &context)| dense.sum(&query.weights, own, context));
        dense.sums = sums.collect();
        if count < rows.len() {
            for (&row, sum) in rows.iter().zip(&mut dense.sums) {
                if !is_dense(row) {
                    *sum = 0.0;
                }
            }
        }
        dense.known.clone_from(rows);
        dense.cosines = cosines;
        dense
    }

    /// What two cosines add to a score.
    fn sum(&self, weights: &RecallWeights, own: f32, context: f32) -> f32 {
        weights.own * self.own.apply(own) + weights.context * self.context.apply(context)
    }

    /// The cosines of a row, as far as they are known.
    fn cosines(&self, row: u32) -> Option<(f32, f32)> {
        let place = self.known.binary_search(&row).ok()?;
        Some((self.cosines.own[place], self.cosines.context[place]))
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
        let Bm25 {
            scores: mut bm25,
            sum,
            squares,
        } = index.lexicon.scores(&query.text);
        let mut is_changed = false;
        for (row, then) in among.rows_of_other_words() {
            bm25[row as usize] = index.lexicon.score(&query.text, &searched_terms(&then.content));
            is_changed = true;
        }
        let standard = if among.rows.len() == bm25.len() && !is_changed {
            Standard::of_sums(bm25.len(), sum, squares)
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
    most: Most,
}

/// The most that signs can add which do not depend on the words of the query.
#[derive(Clone, Copy)]
struct Most {
    speaker: f32,
    told: f32,
    /// All others.
    rest: f32,
}

impl Most {
    fn of(index: &Index, query: &RecallQuery, among: &Among) -> Self {
        let weights = &query.weights;
        let if_so = |so: bool, weight: f32| if so { weight.max(0.0) } else { 0.0 };
        Self {
            speaker: if_so(!query.speakers.is_empty(), weights.speaker),
            told: weights.told.max(0.0),
            rest: if_so(query.time.is_some(), weights.time)
                + weights.recency.max(0.0)
                + if_so(index.has_pins() || !among.is_of_now(), weights.pinned)
                + ROUNDING,
        }
    }
}

impl Scores<'_> {
    /// The best, with what each sign added.
    fn candidates(mut self) -> Vec<Candidate> {
        let most = self.query.limit + SPARE;
        let mut base = self.base();
        let speakers = self
            .index
            .speaker_weights(&self.query.speakers, self.query.weights.speaker);
        let best = if self.dense.is_rough {
            let rough = self.best(&base, &speakers, looked_at(self.query.limit));
            let rows: Vec<usize> = rough.into_iter().map(|(_, row)| row).collect();
            self.sharpen(&rows, &mut base);
            let mut best = Best::new(most);
            for row in rows {
                let around = self.neighbours(row, &base);
                self.offer(row, base[row] + around, &speakers, &mut best);
            }
            best.into_sorted()
        } else {
            self.best(&base, &speakers, most)
        };
        let rows = best.into_iter().map(|(_, row)| row);
        rows.map(|row| self.candidate(row, &base, &speakers)).collect()
    }

    /// What vectors and words say of every row of the index, for itself; not a number where it is not searched.
    fn base(&mut self) -> Vec<f32> {
        let rows = &self.among.rows;
        let mut sums = std::mem::take(&mut self.dense.sums);
        sums.resize(rows.len(), 0.0);
        let Lexical { bm25, standard } = &self.lexical;
        let lexical = |row: usize| self.query.weights.lexical * standard.apply(bm25[row]);
        if rows.len() == bm25.len() {
            for (row, sum) in sums.iter_mut().enumerate() {
                *sum += lexical(row);
            }
            return sums;
        }
        let mut base = vec![f32::NAN; bm25.len()];
        for (&row, sum) in rows.iter().zip(sums) {
            base[row as usize] = sum + lexical(row as usize);
        }
        base
    }

    /// The rows with the highest scores, best first.
    fn best(
        &self,
        base: &[f32],
        speakers: &(impl Fn(usize) -> f32 + Sync),
        most: usize,
    ) -> Vec<(f32, usize)> {
        let (sessions, alone) = self.index.sessions_of(&self.among.rows);
        let rows = self.among.rows.len();
        let threads = rows.div_ceil(share(rows, SCORES_PER_THREAD)).max(1);
        let part = |length: usize| length.div_ceil(threads).max(1);
        let sessions: Vec<_> = sessions.chunks(part(sessions.len())).collect();
        let alone: Vec<_> = alone.chunks(part(alone.len())).collect();
        let none = (&[][..], &[][..]);
        let mut parts = vec![none; sessions.len().max(alone.len())];
        for (part, sessions) in parts.iter_mut().zip(sessions) {
            part.0 = sessions;
        }
        for (part, alone) in parts.iter_mut().zip(alone) {
            part.1 = alone;
        }
        let mut found: Vec<Best> = parts.iter().map(|_| Best::new(most)).collect();
        side_by_side(parts.into_iter().zip(&mut found), |((sessions, alone), best)| {
            let mut around = Around::default();
            for turns in sessions {
                around.fill(turns, base, &self.query.weights);
                for (&row, &score) in turns.iter().zip(&around.sums) {
                    self.offer(row as usize, score, speakers, best);
                }
            }
            for &row in alone {
                self.offer(row as usize, base[row as usize], speakers, best);
            }
        });
        let mut all = Best::new(most);
        for (score, row) in found.into_iter().flat_map(Best::into_sorted) {
            all.push(score, row);
        }
        all.into_sorted()
    }

    /// Adds the other signs to the score of a row. Those that cannot lift it among the best are not looked at.
    fn offer(&self, row: usize, score: f32, speakers: &impl Fn(usize) -> f32, best: &mut Best) {
        let Most { speaker, told, rest } = self.most;
        // Not a number where it is not searched.
        if score.is_nan() || score + speaker + told + rest < best.least() {
            return;
        }
        let score = score + speakers(row);
        // As it is now, which is what it was unless the search is among what was.
        let told = if self.among.is_of_now() {
            self.query.weights.told * self.index.told(row)
        } else {
            told
        };
        if score + told + rest < best.least() {
            return;
        }
        best.push(score + self.circumstance(row as u32).score(), row);
    }

    /// What a row gets from the turns around it.
    fn neighbours(&self, row: usize, base: &[f32]) -> f32 {
        let weights = &self.query.weights.neighbours;
        let beside = self.index.beside(row, weights.len());
        beside
            .map(|(distance, other)| weights[distance - 1] * known(base[other]))
            .sum()
    }

    /// Puts cosines of bytes in place of estimates: of these rows, and of those that count for them.
    fn sharpen(&mut self, rows: &[usize], base: &mut [f32]) {
        let Some(vector) = &self.query.vector else { return };
        let reach = self.query.weights.neighbours.len();
        let mut wanted: Vec<u32> = rows.iter().map(|&row| row as u32).collect();
        for &row in rows {
            wanted.extend(self.index.beside(row, reach).map(|(_, other)| other as u32));
        }
        wanted.retain(|&row| !base[row as usize].is_nan() && is_dense(self.index, self.among, row));
        wanted.sort_unstable();
        wanted.dedup();
        self.dense.cosines = self.index.vectors.cosines(vector, &wanted);
        self.dense.known = wanted;
        for &row in &self.dense.known {
            base[row as usize] = sum(&self.parts(row));
        }
    }

    /// What the words of a row, with and without the turn before it, say for themselves.
    fn parts(&self, row: u32) -> ScoreParts {
        let weights = &self.query.weights;
        let bm25 = self.lexical.bm25[row as usize];
        let mut parts = ScoreParts {
            bm25,
            lexical: weights.lexical * self.lexical.standard.apply(bm25),
            ..ScoreParts::default()
        };
        if let Some((cosine, with_context)) = self.dense.cosines(row)
            && is_dense(self.index, self.among, row)
        {
            parts.cosine = cosine;
            parts.own = weights.own * self.dense.own.apply(cosine);
            parts.context = weights.context * self.dense.context.apply(with_context);
        }
        parts
    }

    fn candidate(&self, row: usize, base: &[f32], speakers: &impl Fn(usize) -> f32) -> Candidate {
        let facts = &self.index.facts[row];
        let neighbours = self.neighbours(row, base);
        let speaker = speakers(row);
        let row = row as u32;
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
            ..self.parts(row)
        };
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
        let facts = &self.index.facts[row as usize];
        let (pinned, told) = match self.among.then(row) {
            None => (facts.pinned, self.index.told(row as usize)),
            Some(then) => (then.pinned, then.content.told()),
        };
        let is_in = |(from, to): (Timestamp, Timestamp)| from <= facts.said_at && facts.said_at < to;
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
                weights.recency * lateness(facts.said_at, self.query.now)
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

/// The turns of a session with what they get from each other: evidence is often next to what a question's words are in.
#[derive(Default)]
struct Around {
    /// What each says for itself, with nothing beyond both ends and in place of turns that are not searched.
    window: Vec<f32>,
    /// That and what the turns around it say; not a number where it is not searched.
    sums: Vec<f32>,
}

impl Around {
    fn fill(&mut self, turns: &[u32], base: &[f32], weights: &RecallWeights) {
        let (count, reach) = (turns.len(), weights.neighbours.len());
        self.sums.clear();
        self.sums.extend(turns.iter().map(|&row| base[row as usize]));
        self.window.clear();
        self.window.resize(reach, 0.0);
        self.window.extend(self.sums.iter().map(|&base| known(base)));
        self.window.resize(count + 2 * reach, 0.0);
        // One distance after the other, so that many turns are done at once.
        for (distance, weight) in (1..).zip(weights.neighbours) {
            let (before, after) = (&self.window[reach - distance..], &self.window[reach + distance..]);
            for ((sum, before), after) in self.sums.iter_mut().zip(before).zip(after) {
                *sum += weight * (before + after);
            }
        }
    }
}

fn sum(parts: &ScoreParts) -> f32 {
    parts.own + parts.context + parts.lexical
}

/// What a row says for its neighbours: nothing, where it is not searched.
fn known(base: f32) -> f32 {
    if base.is_nan() { 0.0 } else { base }
}

#[cfg(test)]
mod tests;
