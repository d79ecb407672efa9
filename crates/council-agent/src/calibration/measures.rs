//! How well probabilities hold. Each takes pairs of a probability and whether the answer was right.

use council_core::ReliabilityBin;

/// Tenths of probability.
const BINS: u32 = 10;

/// The probability that a right answer has a greater value than a wrong one, ties counting half (Mann and Whitney);
/// `None` where there are not both. O(n log n).
pub fn auroc(pairs: &[(f64, bool)]) -> Option<f64> {
    let mut sorted = pairs.to_vec();
    sorted.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
    let (mut wrong_below, mut wins) = (0.0, 0.0);
    for same in sorted.chunk_by(|one, other| one.0.total_cmp(&other.0).is_eq()) {
        let right = same.iter().filter(|(_, right)| *right).count() as f64;
        let wrong = same.len() as f64 - right;
        wins += right * (wrong_below + wrong / 2.0);
        wrong_below += wrong;
    }
    let right = sorted.len() as f64 - wrong_below;
    (right > 0.0 && wrong_below > 0.0).then(|| wins / (right * wrong_below))
}

/// Mean squared error of the probabilities, [0, 1] (Brier 1950); 0 without pairs.
pub fn brier(pairs: &[(f64, bool)]) -> f64 {
    let errors = pairs
        .iter()
        .map(|(said, right)| (said - f64::from(u8::from(*right))).powi(2));
    errors.sum::<f64>() / pairs.len().max(1) as f64
}

/// What was said and what was the case, by tenths of probability.
pub fn reliability(pairs: &[(f64, bool)]) -> Vec<ReliabilityBin> {
    let bin = |index: u32| {
        let inside = |said: f64| ((said * f64::from(BINS)) as u32).min(BINS - 1) == index;
        let pairs: Vec<_> = pairs.iter().filter(|(said, _)| inside(*said)).collect();
        // The sum of nothing is minus zero.
        let share = |sum: f64| (sum + 0.0) / pairs.len().max(1) as f64;
        ReliabilityBin {
            from: f64::from(index) / f64::from(BINS),
            to: f64::from(index + 1) / f64::from(BINS),
            answers: pairs.len() as u32,
            said: share(pairs.iter().map(|(said, _)| said).sum()),
            right: share(pairs.iter().filter(|(_, right)| *right).count() as f64),
        }
    };
    (0..BINS).map(bin).collect()
}

/// Expected calibration error, [0, 1]: how far what was said is from what was the case, in the mean over answers
/// (Naeini and others 2015).
pub fn ece(table: &[ReliabilityBin]) -> f64 {
    let answers: u32 = table.iter().map(|bin| bin.answers).sum();
    let errors = table
        .iter()
        .map(|bin| f64::from(bin.answers) * (bin.said - bin.right).abs());
    errors.sum::<f64>() / f64::from(answers.max(1))
}
