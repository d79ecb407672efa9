//! Which kind of question a text is: multinomial logistic regression over its embedding, its words and its shape.
//!
//! - [`features`]: what is looked at in a text
//! - `weights`: what `cargo xtask train-router` learnt, `data/router/weights.json`
//!
//! Whole tokens count, never parts of words: "world" has nothing of "or". How it was trained, and how well it does on
//! queries that it never saw: `docs/router.md`.

pub mod features;
mod weights;

use council_core::{Embedding, SkillKind};
use features::Reading;
use weights::{UNKNOWN, Weights, WeightsFile};

/// The weights as they are bundled.
const BUNDLED: &str = include_str!("../../../data/router/weights.json");

/// From this probability on of being none of the kinds, in no language that it learnt, a text is unknown.
const UNKNOWN_FROM: f32 = 0.5;
/// A kind that is less likely than this is no answer: a guess among five has 0.2.
const LEAST_PROBABILITY: f32 = 0.35;

/// What a text is taken for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Classification {
    /// One for each kind, in the order of [`SkillKind::ALL`]; they add up to 1 and are calibrated by temperature.
    pub probabilities: [f32; 5],
    /// The most likely kind; [`SkillKind::Chat`] for what is not known.
    pub kind: SkillKind,
    /// The probability of `kind`, [0, 1].
    pub probability: f32,
    /// Whether the text is of a sort that it was trained on: not empty, not gibberish, English, and not undecided.
    pub known: bool,
}

/// Tells kinds of questions apart. Two sets of weights: with an embedding, and without one while there is none.
pub struct Classifier {
    embedder: String,
    dimensions: usize,
    with_embedding: Weights,
    without_embedding: Weights,
}

impl Classifier {
    /// The classifier that this program was built with. Reads 200 KB of JSON: once per process.
    ///
    /// # Errors
    /// When the weights in the repository are broken, which a test excludes.
    pub fn bundled() -> Result<Self, String> {
        Self::parse(BUNDLED).map_err(|problem| {
            format!("the weights of the classifier, data/router/weights.json, are broken: {problem}")
        })
    }

    /// Reads a file of weights.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(json: &str) -> Result<Self, String> {
        let file: WeightsFile = serde_json::from_str(json).map_err(|error| error.to_string())?;
        let with_embedding = Weights::new(file.with_embedding)?;
        let without_embedding = Weights::new(file.without_embedding)?;
        if without_embedding.dimensions() > 0 {
            return Err("`without_embedding` has weights for an embedding".to_owned());
        }
        Ok(Self {
            embedder: file.embedder,
            dimensions: with_embedding.dimensions(),
            with_embedding,
            without_embedding,
        })
    }

    /// The embedder whose vectors it was trained on; those of another one mean nothing to it.
    pub fn embedder(&self) -> &str {
        &self.embedder
    }

    /// What `text` is taken for. The embedding is that of the whole text, as a query, by [`Self::embedder`]; one of
    /// another length is not used. 0.02 ms for a usual question and at most 0.1 ms without embedding (bench in
    /// `docs/router.md`): of a longer text beginning and end are read.
    pub fn classify(&self, text: &str, embedding: Option<&Embedding>) -> Classification {
        let reading = Reading::of(text);
        let embedding = embedding.filter(|embedding| embedding.0.len() == self.dimensions);
        let six = match embedding {
            Some(embedding) => self.with_embedding.probabilities(&reading, &embedding.0),
            None => self.without_embedding.probabilities(&reading, &[]),
        };
        decide(six, reading.is_empty())
    }
}

/// Shares what is unknown out among the kinds, so that nothing is said about it, and chooses.
fn decide(six: [f32; 6], empty: bool) -> Classification {
    let unknown = if empty { 1.0 } else { six[UNKNOWN] };
    let left = if empty { 0.0 } else { 1.0 };
    let probabilities: [f32; 5] = std::array::from_fn(|index| six[index] * left + unknown / 5.0);
    let mut best = 0;
    for (index, probability) in probabilities.iter().enumerate() {
        if *probability > probabilities[best] {
            best = index;
        }
    }
    let known = unknown < UNKNOWN_FROM && probabilities[best] >= LEAST_PROBABILITY;
    let chosen = if known { best } else { 0 };
    Classification {
        probabilities,
        kind: SkillKind::ALL[chosen],
        probability: probabilities[chosen],
        known,
    }
}

#[cfg(test)]
mod tests;
