//! What was learnt, as it is kept in `data/router/weights.json`, and the sum that it stands for.

use super::features::{Reading, SIGNS};
use serde::Deserialize;
use std::collections::HashMap;

/// The kinds of [`council_core::SkillKind::ALL`], and what is none of them.
const OUTPUTS: usize = 6;
/// The output for what is none of the kinds.
pub(super) const UNKNOWN: usize = 5;

/// The file. Fields that only its readers need are not named here.
#[derive(Deserialize)]
pub(super) struct WeightsFile {
    pub(super) embedder: String,
    pub(super) with_embedding: WeightSet,
    pub(super) without_embedding: WeightSet,
}

/// One model: a number for each output, in the order of the kinds, unknown last.
#[derive(Deserialize)]
pub(super) struct WeightSet {
    temperature: f32,
    bias: [f32; OUTPUTS],
    signs: HashMap<String, [f32; OUTPUTS]>,
    words: HashMap<String, [f32; OUTPUTS]>,
    embedding: Vec<[f32; OUTPUTS]>,
}

/// One model, ready to be used.
pub(super) struct Weights {
    temperature: f32,
    bias: [f32; OUTPUTS],
    signs: [[f32; OUTPUTS]; SIGNS.len()],
    words: HashMap<String, [f32; OUTPUTS]>,
    embedding: Vec<[f32; OUTPUTS]>,
}

impl Weights {
    pub(super) fn new(set: WeightSet) -> Result<Self, String> {
        if !(set.temperature > 0.0 && set.temperature.is_finite()) {
            return Err(format!("`temperature` is {}, not above 0", set.temperature));
        }
        let mut signs = [[0.0; OUTPUTS]; SIGNS.len()];
        for (sign, weights) in SIGNS.iter().zip(&mut signs) {
            *weights = *set
                .signs
                .get(sign.name)
                .ok_or_else(|| format!("`signs` lacks `{}`", sign.name))?;
        }
        if let Some(stranger) = set
            .signs
            .keys()
            .find(|name| !SIGNS.iter().any(|sign| sign.name == name.as_str()))
        {
            return Err(format!("`signs` has `{stranger}`, which nothing computes"));
        }
        Ok(Self {
            temperature: set.temperature,
            bias: set.bias,
            signs,
            words: set.words,
            embedding: set.embedding,
        })
    }

    /// Numbers of the embedding that it reads; 0 for none.
    pub(super) fn dimensions(&self) -> usize {
        self.embedding.len()
    }

    /// The probability of each output.
    pub(super) fn probabilities(&self, reading: &Reading, embedding: &[f32]) -> [f32; OUTPUTS] {
        let mut sums = self.bias;
        for (value, weights) in reading.signs.iter().zip(&self.signs) {
            add(&mut sums, *value, weights);
        }
        let known = reading.words.iter().filter_map(|word| self.words.get(word));
        for weights in known {
            add(&mut sums, reading.word_value(), weights);
        }
        for (value, weights) in embedding.iter().zip(&self.embedding) {
            add(&mut sums, *value, weights);
        }
        softmax(sums.map(|sum| sum / self.temperature))
    }
}

fn add(sums: &mut [f32; OUTPUTS], value: f32, weights: &[f32; OUTPUTS]) {
    for (sum, weight) in sums.iter_mut().zip(weights) {
        *sum += value * weight;
    }
}

fn softmax(sums: [f32; OUTPUTS]) -> [f32; OUTPUTS] {
    let highest = sums.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers = sums.map(|sum| (sum - highest).exp());
    let total: f32 = powers.iter().sum();
    powers.map(|power| power / total)
}
