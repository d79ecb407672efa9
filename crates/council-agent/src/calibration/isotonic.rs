//! Isotonic regression: the nondecreasing function with the least squared error.

use serde::{Deserialize, Serialize};

/// A nondecreasing function through points, straight between them and level outside.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Isotonic {
    /// (where, value), both nondecreasing.
    points: Vec<(f64, f64)>,
}

/// Values that are as near as can be to those given and never fall, by pooling adjacent violators (Ayer and others 1955):
/// neighbours that fall take their mean. O(n).
pub fn pool(values: &[f64], weights: &[f64]) -> Vec<f64> {
    // (mean, weight, how many) of each pool.
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (value, weight) in values.iter().zip(weights) {
        let mut last = (*value, *weight, 1);
        while let Some(before) = pools.last().copied().filter(|before| before.0 >= last.0) {
            let weight = before.1 + last.1;
            let mean = (before.0 * before.1 + last.0 * last.1) / weight;
            last = (mean, weight, before.2 + last.2);
            pools.pop();
        }
        pools.push(last);
    }
    let level = |pool: (f64, f64, usize)| std::iter::repeat_n(pool.0, pool.2);
    pools.into_iter().flat_map(level).collect()
}

impl Isotonic {
    /// The fit to pairs of a score and whether the answer was right. `None` without pairs.
    pub fn fit(pairs: &[(f64, bool)]) -> Option<Self> {
        let mut sorted = pairs.to_vec();
        sorted.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
        // Equal scores are one point, for no function tells them apart.
        let mut scores: Vec<f64> = Vec::new();
        let (mut values, mut weights) = (Vec::new(), Vec::new());
        for same in sorted.chunk_by(|one, other| one.0.total_cmp(&other.0).is_eq()) {
            let right = same.iter().filter(|(_, right)| *right).count();
            scores.push(same[0].0);
            values.push(right as f64 / same.len() as f64);
            weights.push(same.len() as f64);
        }
        let levels = pool(&values, &weights);
        // Of a level only its ends matter.
        let is_end = |index: usize| {
            let differs =
                |other: Option<&f64>| other.is_none_or(|other| other.total_cmp(&levels[index]).is_ne());
            differs(levels.get(index + 1)) || index == 0 || differs(levels.get(index - 1))
        };
        let points: Vec<(f64, f64)> = (0..scores.len())
            .filter(|index| is_end(*index))
            .map(|index| (scores[index], levels[index]))
            .collect();
        (!points.is_empty()).then_some(Self { points })
    }

    /// Its value at a score: between two points on the straight line between them.
    pub fn at(&self, score: f64) -> f64 {
        let above = self.points.partition_point(|(at, _)| *at <= score);
        match (
            above.checked_sub(1).map(|below| self.points[below]),
            self.points.get(above),
        ) {
            (Some((left, low)), Some((right, high))) => {
                low + (high - low) * ((score - left) / (right - left)).clamp(0.0, 1.0)
            }
            (Some((_, value)), None) => value,
            (None, Some((_, value))) => *value,
            (None, None) => 0.5,
        }
    }

    /// Whether it is what [`Self::fit`] makes: read from somewhere else, it need not be.
    pub(super) fn is_sound(&self) -> bool {
        let grows = |pair: &[(f64, f64)]| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1;
        !self.points.is_empty()
            && self.points.windows(2).all(grows)
            && self
                .points
                .iter()
                .all(|(at, value)| at.is_finite() && (0.0..=1.0).contains(value))
    }
}
