//! Multinomial logistic regression with a quadratic penalty, by L-BFGS (Liu and Nocedal 1989), in 64 bits.

use std::collections::VecDeque;

/// Outputs.
pub(crate) const OUTPUTS: usize = 6;
/// Steps at most, and past steps that are kept.
const STEPS: usize = 300;
const MEMORY: usize = 12;
/// The fit is done when no part of the gradient is larger.
const FLAT: f64 = 1e-7;

/// A query as numbers.
#[derive(Clone)]
pub(crate) struct Row {
    /// Signs, then the embedding.
    pub(crate) dense: Vec<f64>,
    /// Which words it has.
    pub(crate) words: Vec<usize>,
    /// What each of them counts.
    pub(crate) word_value: f64,
    /// Its output.
    pub(crate) label: usize,
}

/// Weights: for each feature one for each output; the first feature is the bias, then the dense ones, then the words.
#[derive(Clone)]
pub(crate) struct Fit {
    /// The weights.
    pub(crate) weights: Vec<[f64; OUTPUTS]>,
    dense: usize,
}

impl Fit {
    /// The sums for a row, before temperature.
    pub(crate) fn sums(&self, row: &Row) -> [f64; OUTPUTS] {
        let mut sums = self.weights[0];
        let dense = row.dense.iter().copied().zip(&self.weights[1..]);
        let words = row
            .words
            .iter()
            .map(|word| (row.word_value, &self.weights[1 + self.dense + word]));
        for (value, weights) in dense.chain(words) {
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += value * weight;
            }
        }
        sums
    }
}

/// Probabilities of sums, at a temperature.
pub(crate) fn softmax(sums: [f64; OUTPUTS], temperature: f64) -> [f64; OUTPUTS] {
    let highest = sums.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers = sums.map(|sum| ((sum - highest) / temperature).exp());
    let total: f64 = powers.iter().sum();
    powers.map(|power| power / total)
}

/// The weights with the least mean loss plus `penalty` times half their square.
pub(crate) fn fit(rows: &[&Row], words: usize, penalty: f64) -> Fit {
    let dense = rows.first().map_or(0, |row| row.dense.len());
    let mut fit = Fit {
        weights: vec![[0.0; OUTPUTS]; 1 + dense + words],
        dense,
    };
    let (mut loss, mut gradient) = loss(&fit, rows, penalty);
    let mut past: VecDeque<(Vec<f64>, Vec<f64>)> = VecDeque::new();
    for _ in 0..STEPS {
        if gradient.iter().all(|part| part.abs() < FLAT) {
            break;
        }
        let direction = direction(&gradient, &past);
        let slope = dot(&direction, &gradient);
        let mut step = if past.is_empty() {
            1.0 / dot(&gradient, &gradient).sqrt()
        } else {
            1.0
        };
        let (next, next_loss, next_gradient) = loop {
            let next = moved(&fit, &direction, step);
            let (next_loss, next_gradient) = self::loss(&next, rows, penalty);
            // Armijo's condition: the loss is convex, so that a short enough step always meets it.
            if next_loss <= loss + 1e-4 * step * slope || step < 1e-12 {
                break (next, next_loss, next_gradient);
            }
            step *= 0.5;
        };
        let way: Vec<f64> = direction.iter().map(|part| part * step).collect();
        let bend: Vec<f64> = next_gradient
            .iter()
            .zip(&gradient)
            .map(|(new, old)| new - old)
            .collect();
        if dot(&way, &bend) > 1e-14 {
            past.push_back((way, bend));
            if past.len() > MEMORY {
                past.pop_front();
            }
        }
        (fit, loss, gradient) = (next, next_loss, next_gradient);
    }
    fit
}

fn loss(fit: &Fit, rows: &[&Row], penalty: f64) -> (f64, Vec<f64>) {
    let mut gradient = vec![0.0; fit.weights.len() * OUTPUTS];
    let mut loss = 0.0;
    let share = 1.0 / rows.len().max(1) as f64;
    for row in rows {
        let mut error = softmax(fit.sums(row), 1.0);
        loss -= error[row.label].max(1e-300).ln() * share;
        error[row.label] -= 1.0;
        let mut add = |feature: usize, value: f64| {
            for (part, error) in gradient[feature * OUTPUTS..].iter_mut().zip(error) {
                *part += value * error * share;
            }
        };
        add(0, 1.0);
        for (index, value) in row.dense.iter().enumerate() {
            add(1 + index, *value);
        }
        for word in &row.words {
            add(1 + row.dense.len() + word, row.word_value);
        }
    }
    let weights = fit.weights.as_flattened();
    for (part, weight) in gradient.iter_mut().zip(weights).skip(OUTPUTS) {
        *part += penalty * weight;
        loss += 0.5 * penalty * weight * weight;
    }
    (loss, gradient)
}

fn moved(fit: &Fit, direction: &[f64], step: f64) -> Fit {
    let mut next = fit.clone();
    for (weight, part) in next.weights.as_flattened_mut().iter_mut().zip(direction) {
        *weight += step * part;
    }
    next
}

/// Downhill, bent by what the past steps told about the curvature.
fn direction(gradient: &[f64], past: &VecDeque<(Vec<f64>, Vec<f64>)>) -> Vec<f64> {
    let mut direction: Vec<f64> = gradient.iter().map(|part| -part).collect();
    let mut lengths = Vec::new();
    for (way, bend) in past.iter().rev() {
        let length = dot(way, &direction) / dot(way, bend);
        add(&mut direction, bend, -length);
        lengths.push(length);
    }
    if let Some((way, bend)) = past.back() {
        let scale = dot(way, bend) / dot(bend, bend);
        for part in &mut direction {
            *part *= scale;
        }
    }
    for ((way, bend), length) in past.iter().zip(lengths.into_iter().rev()) {
        let correction = length - dot(bend, &direction) / dot(way, bend);
        add(&mut direction, way, correction);
    }
    direction
}

fn add(to: &mut [f64], what: &[f64], times: f64) {
    for (part, other) in to.iter_mut().zip(what) {
        *part += times * other;
    }
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}
