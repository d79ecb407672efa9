//! From queries to weights: features, folds by group, temperature.

use crate::data::Query;
use crate::fit::{Fit, OUTPUTS, Row, fit, softmax};
use council_agent::classify::features::{Reading, SIGNS};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

/// A word counts when it occurs in so many groups.
const LEAST_GROUPS: usize = 3;
/// Parts that the queries are cut into, by group; each is judged by what was learnt from the others.
const FOLDS: usize = 5;
/// How heavy large weights weigh, and how the numbers of an embedding, which are small, compare with signs. Both were
/// chosen by the loss over the folds; the held-out queries had no part in it.
const PENALTY: f64 = 6e-5;
const EMBEDDING_SCALE: f64 = 2.0;

/// What was learnt.
pub(crate) struct Trained {
    /// From all queries.
    pub(crate) fit: Fit,
    /// The words in the order of their weights.
    pub(crate) words: Vec<String>,
    /// Numbers of the embedding.
    pub(crate) dimensions: usize,
    /// Makes the probabilities those that hold over the folds.
    pub(crate) temperature: f64,
    /// For each query of a kind (row) how often it was taken for another (column), over the folds.
    pub(crate) confusion: [[u32; OUTPUTS]; OUTPUTS],
    /// Queries and groups.
    pub(crate) sizes: (usize, usize),
    /// Mean loss over the folds, natural logarithm, after temperature.
    pub(crate) loss: f64,
}

impl Trained {
    /// The weight of a number of the embedding as it comes.
    pub(crate) fn embedding(&self, index: usize) -> [f64; OUTPUTS] {
        self.fit.weights[1 + SIGNS.len() + index].map(|weight| weight * EMBEDDING_SCALE)
    }
}

/// Learns from queries, with or without their vectors.
pub(crate) fn train(queries: &[Query], vectors: Option<&[Vec<f32>]>) -> Result<Trained, Box<dyn Error>> {
    let words = vocabulary(queries);
    let rows = rows(queries, vectors, &words)?;
    let mut unseen = vec![[0.0; OUTPUTS]; rows.len()];
    for fold in 0..FOLDS {
        let others = rows
            .iter()
            .zip(queries)
            .filter(|(_, query)| query.group % FOLDS != fold);
        let learnt = fit(
            &others.map(|(row, _)| row).collect::<Vec<_>>(),
            words.len(),
            PENALTY,
        );
        for (index, row) in rows
            .iter()
            .enumerate()
            .filter(|(index, _)| queries[*index].group % FOLDS == fold)
        {
            unseen[index] = learnt.sums(row);
        }
    }
    let temperature = temperature(&unseen, &rows);
    let mut confusion = [[0; OUTPUTS]; OUTPUTS];
    for (sums, row) in unseen.iter().zip(&rows) {
        confusion[row.label][highest(*sums)] += 1;
    }
    let groups: BTreeSet<usize> = queries.iter().map(|query| query.group).collect();
    Ok(Trained {
        fit: fit(&rows.iter().collect::<Vec<_>>(), words.len(), PENALTY),
        words: words.into_keys().collect(),
        dimensions: vectors.map_or(0, |vectors| vectors[0].len()),
        temperature,
        confusion,
        sizes: (queries.len(), groups.len()),
        loss: loss(&unseen, &rows, temperature),
    })
}

/// The words that count, and their places.
fn vocabulary(queries: &[Query]) -> BTreeMap<String, usize> {
    let mut groups: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for query in queries {
        for word in Reading::of(&query.text).words {
            groups.entry(word).or_default().insert(query.group);
        }
    }
    let often = groups
        .into_iter()
        .filter(|(_, groups)| groups.len() >= LEAST_GROUPS);
    often
        .enumerate()
        .map(|(place, (word, _))| (word, place))
        .collect()
}

fn rows(
    queries: &[Query],
    vectors: Option<&[Vec<f32>]>,
    words: &BTreeMap<String, usize>,
) -> Result<Vec<Row>, Box<dyn Error>> {
    let mut rows = Vec::new();
    for (index, query) in queries.iter().enumerate() {
        let reading = Reading::of(&query.text);
        let signs = reading.signs.iter().map(|value| f64::from(*value));
        let vector = vectors.map_or(&[][..], |vectors| &vectors[index]);
        rows.push(Row {
            dense: signs
                .chain(vector.iter().map(|value| f64::from(*value) * EMBEDDING_SCALE))
                .collect(),
            words: reading
                .words
                .iter()
                .filter_map(|word| words.get(word).copied())
                .collect(),
            word_value: f64::from(reading.word_value()),
            label: query.label()?,
        });
    }
    Ok(rows)
}

fn highest(sums: [f64; OUTPUTS]) -> usize {
    (0..OUTPUTS).fold(
        0,
        |best, index| if sums[index] > sums[best] { index } else { best },
    )
}

fn loss(sums: &[[f64; OUTPUTS]], rows: &[Row], temperature: f64) -> f64 {
    let losses = sums
        .iter()
        .zip(rows)
        .map(|(sums, row)| -softmax(*sums, temperature)[row.label].max(1e-12).ln());
    losses.sum::<f64>() / rows.len() as f64
}

/// The temperature with the least loss, by golden section between 1/8 and 8 (Guo and others, "On Calibration of Modern
/// Neural Networks", ICML 2017).
fn temperature(sums: &[[f64; OUTPUTS]], rows: &[Row]) -> f64 {
    let golden = (5_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (-(8_f64.ln()), 8_f64.ln());
    for _ in 0..60 {
        let (left, right) = (high - golden * (high - low), low + golden * (high - low));
        if loss(sums, rows, left.exp()) < loss(sums, rows, right.exp()) {
            high = right;
        } else {
            low = left;
        }
    }
    f64::midpoint(low, high).exp()
}
