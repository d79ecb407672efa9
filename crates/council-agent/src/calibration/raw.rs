//! One number of the evidence: the sum of a logistic regression over five features.

use crate::confidence::AnswerEvidence;
use serde::{Deserialize, Serialize};

/// Mean log-probability, tail, mean margin, least margin, logarithm of the length.
const FEATURES: usize = 5;
/// Keeps weights small where there are few answers; of each standardised feature, as so many answers' worth of doubt.
const PENALTY: f64 = 2.0;
/// Newton's method on a convex loss of six weights needs fewer.
const STEPS: usize = 50;

/// A fitted sum. Features are standardised first.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub(super) struct RawScore {
    means: [f64; FEATURES],
    deviations: [f64; FEATURES],
    bias: f64,
    weights: [f64; FEATURES],
}

fn features(evidence: &AnswerEvidence) -> [f64; FEATURES] {
    [
        evidence.mean_logprob,
        evidence.tail_logprob,
        evidence.mean_margin,
        evidence.least_margin,
        f64::from(evidence.tokens).ln_1p(),
    ]
}

impl RawScore {
    /// Fits by Newton's method, with a quadratic penalty on the weights.
    pub(super) fn fit(graded: &[(AnswerEvidence, bool)]) -> Self {
        let count = graded.len().max(1) as f64;
        let rows: Vec<([f64; FEATURES], f64)> = graded
            .iter()
            .map(|(evidence, right)| (features(evidence), f64::from(u8::from(*right))))
            .collect();
        let mean = |index: usize| rows.iter().map(|(row, _)| row[index]).sum::<f64>() / count;
        let means: [f64; FEATURES] = std::array::from_fn(mean);
        let deviations: [f64; FEATURES] = std::array::from_fn(|index| {
            let squares = rows.iter().map(|(row, _)| (row[index] - means[index]).powi(2));
            let deviation = (squares.sum::<f64>() / count).sqrt();
            // What never differs says nothing, and is not to be divided by.
            if deviation > 1e-9 { deviation } else { 1.0 }
        });
        let mut score = Self {
            means,
            deviations,
            bias: 0.0,
            weights: [0.0; FEATURES],
        };
        for _ in 0..STEPS {
            let step = score.newton_step(&rows);
            score.bias += step[0];
            for (weight, step) in score.weights.iter_mut().zip(&step[1..]) {
                *weight += step;
            }
            if step.iter().all(|part| part.abs() < 1e-10) {
                break;
            }
        }
        score
    }

    /// The sum; greater where an answer is likelier to be right.
    pub(super) fn of(&self, evidence: &AnswerEvidence) -> f64 {
        self.sum(&self.standardised(&features(evidence)))
    }

    pub(super) fn is_sound(&self) -> bool {
        let numbers = [self.means, self.deviations, self.weights];
        numbers.as_flattened().iter().all(|number| number.is_finite())
            && self.bias.is_finite()
            && self.deviations.iter().all(|deviation| *deviation > 0.0)
    }

    fn standardised(&self, row: &[f64; FEATURES]) -> [f64; FEATURES] {
        std::array::from_fn(|index| (row[index] - self.means[index]) / self.deviations[index])
    }

    fn sum(&self, row: &[f64; FEATURES]) -> f64 {
        self.bias
            + row
                .iter()
                .zip(&self.weights)
                .map(|(value, weight)| value * weight)
                .sum::<f64>()
    }

    /// What is to be added to bias and weights.
    fn newton_step(&self, rows: &[([f64; FEATURES], f64)]) -> [f64; FEATURES + 1] {
        let mut gradient = [0.0; FEATURES + 1];
        let mut curvature = [[0.0; FEATURES + 1]; FEATURES + 1];
        for (row, right) in rows {
            let row = self.standardised(row);
            let said = 1.0 / (1.0 + (-self.sum(&row)).exp());
            let values: [f64; FEATURES + 1] =
                std::array::from_fn(|index| if index == 0 { 1.0 } else { row[index - 1] });
            for (one, (slope, curves)) in values.iter().zip(gradient.iter_mut().zip(&mut curvature)) {
                *slope += (right - said) * one;
                for (other, curve) in values.iter().zip(curves) {
                    *curve += said * (1.0 - said) * one * other;
                }
            }
        }
        for index in 0..=FEATURES {
            let weight = if index == 0 {
                self.bias
            } else {
                self.weights[index - 1]
            };
            // The bias is held too, lightly: where all are right it would grow without end.
            let penalty = if index == 0 { PENALTY / 10.0 } else { PENALTY };
            gradient[index] -= penalty * weight;
            curvature[index][index] += penalty;
        }
        solve(curvature, gradient)
    }
}

/// Solves a symmetric positive definite system by elimination.
fn solve<const N: usize>(mut matrix: [[f64; N]; N], mut right: [f64; N]) -> [f64; N] {
    for pivot in 0..N {
        let first = matrix[pivot];
        for row in pivot + 1..N {
            let factor = matrix[row][pivot] / first[pivot];
            for (value, above) in matrix[row].iter_mut().zip(first) {
                *value -= factor * above;
            }
            right[row] -= factor * right[pivot];
        }
    }
    let mut solution = [0.0; N];
    for row in (0..N).rev() {
        let known: f64 = (row + 1..N)
            .map(|column| matrix[row][column] * solution[column])
            .sum();
        solution[row] = (right[row] - known) / matrix[row][row];
    }
    solution
}
