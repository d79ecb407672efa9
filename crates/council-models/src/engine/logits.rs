//! Arithmetic over one row of logits (`f32[vocabulary]`), written so that the compiler turns it into vector code.
//!
//! A vocabulary has up to 260,000 entries and a row is scanned for every token of every sequence, so nothing here builds
//! an array of records or sorts the whole row.

/// Entries handled at once; a multiple of every vector width.
const LANES: usize = 16;

/// The largest logit; negative infinity for an empty row. NaN entries are ignored.
pub fn max(row: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let chunks = row.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane = if *value > *lane { *value } else { *lane };
        }
    }
    lanes
        .iter()
        .chain(rest)
        .copied()
        .fold(f32::NEG_INFINITY, f32::max)
}

/// The token with the largest logit, the lowest id among equals.
pub fn argmax(row: &[f32]) -> u32 {
    let largest = max(row);
    row.iter().position(|value| *value >= largest).unwrap_or(0) as u32
}

/// `Σ exp((logit - max) * scale)`: the denominator of the softmax at temperature `1 / scale`, to 1e-5 relative.
pub fn sum_exp(row: &[f32], max: f32, scale: f32) -> f32 {
    let scale = scale * std::f32::consts::LOG2_E;
    let mut lanes = [0.0_f32; LANES];
    let (chunks, rest) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += exp2((*value - max) * scale);
        }
    }
    let tail: f32 = rest.iter().map(|value| exp2((*value - max) * scale)).sum();
    lanes.iter().sum::<f32>() + tail
}

/// `2^x` for x ≤ 0 to 4e-7 relative, without a call or a branch: five times as fast as one that converts to an integer,
/// because Rust's conversion saturates. Below -126 it is 2^-126, which adds nothing to a sum that has a 1 in it.
fn exp2(x: f32) -> f32 {
    // Added, it leaves the nearest whole number in the low bits: 1.5 · 2^23.
    const TO_INTEGER: f32 = 12_582_912.0;
    let x = if x > -126.0 { x } else { -126.0 };
    let shifted = x + TO_INTEGER;
    let fraction = x - (shifted - TO_INTEGER);
    // Minimax coefficients of Cephes' exp2f on [-0.5, 0.5].
    let mut p = 1.535_336_2e-4_f32;
    p = multiply_add(p, fraction, 1.339_887_4e-3);
    p = multiply_add(p, fraction, 9.618_437e-3);
    p = multiply_add(p, fraction, 5.550_332_5e-2);
    p = multiply_add(p, fraction, 2.402_264_8e-1);
    p = multiply_add(p, fraction, std::f32::consts::LN_2);
    p = multiply_add(p, fraction, 1.0);
    p * f32::from_bits((shifted.to_bits() << 23).wrapping_add(127 << 23))
}

/// `a * b + c` in one instruction where there is one; the standard library's own would be a call elsewhere.
fn multiply_add(a: f32, b: f32, c: f32) -> f32 {
    if cfg!(any(target_feature = "fma", target_arch = "aarch64")) {
        a.mul_add(b, c)
    } else {
        a * b + c
    }
}

/// The ids of all logits at or above `threshold`, in order of id.
pub fn at_least(row: &[f32], threshold: f32, out: &mut Vec<(u32, f32)>) {
    out.clear();
    for (block, chunk) in row.chunks(LANES).enumerate() {
        if chunk.iter().any(|value| *value >= threshold) {
            for (lane, value) in chunk.iter().enumerate() {
                if *value >= threshold {
                    out.push(((block * LANES + lane) as u32, *value));
                }
            }
        }
    }
}

/// The `count` largest logits, largest first, the lower id first among equals.
pub fn top(row: &[f32], count: usize, out: &mut Vec<(u32, f32)>) {
    out.clear();
    if count == 0 {
        return;
    }
    let mut threshold = f32::NEG_INFINITY;
    for (block, chunk) in row.chunks(LANES).enumerate() {
        if !chunk.iter().any(|value| *value > threshold) {
            continue;
        }
        for (lane, value) in chunk.iter().enumerate() {
            if *value > threshold {
                out.push(((block * LANES + lane) as u32, *value));
            }
        }
        // Cut back only when the list has doubled: amortised O(1) per candidate.
        if out.len() >= 2 * count + LANES {
            keep_largest(out, count);
            threshold = out.iter().map(|(_, value)| *value).fold(f32::INFINITY, f32::min);
        }
    }
    if out.len() > count {
        keep_largest(out, count);
    }
    out.sort_unstable_by(descending);
}

fn keep_largest(candidates: &mut Vec<(u32, f32)>, count: usize) {
    candidates.select_nth_unstable_by(count - 1, descending);
    candidates.truncate(count);
}

/// Larger logits first, then lower ids, so that results do not depend on the order of the scan.
pub fn descending(a: &(u32, f32), b: &(u32, f32)) -> std::cmp::Ordering {
    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row() -> impl Strategy<Value = Vec<f32>> {
        prop::collection::vec(-30.0_f32..30.0, 1..400)
    }

    proptest! {
        #[test]
        fn exp2_is_accurate_over_its_range(x in -126.0_f32..0.0) {
            let exact = f64::from(x).exp2();
            prop_assert!((f64::from(exp2(x)) - exact).abs() <= exact * 4e-7);
        }

        #[test]
        fn sum_exp_is_the_softmax_denominator(row in row(), temperature in 0.1_f32..2.0) {
            let largest = max(&row);
            let exact: f64 = row.iter().map(|v| (f64::from(v - largest) / f64::from(temperature)).exp()).sum();
            prop_assert!((f64::from(sum_exp(&row, largest, 1.0 / temperature)) - exact).abs() <= exact * 1e-5);
        }

        #[test]
        fn top_finds_what_sorting_finds(row in row(), count in 1_usize..50) {
            let mut sorted: Vec<(u32, f32)> = row.iter().enumerate().map(|(i, v)| (i as u32, *v)).collect();
            sorted.sort_by(descending);
            sorted.truncate(count);
            let mut found = Vec::new();
            top(&row, count, &mut found);
            prop_assert_eq!(found, sorted);
        }

        #[test]
        fn argmax_is_the_first_largest(row in row()) {
            let expected = row.iter().enumerate().fold(0, |best, (i, v)| if *v > row[best] { i } else { best });
            prop_assert_eq!(argmax(&row) as usize, expected);
        }
    }

    #[test]
    fn masked_entries_have_no_weight() {
        assert!(sum_exp(&[0.0, f32::NEG_INFINITY], 0.0, 1.0).to_bits() == 1.0_f32.to_bits());
    }
}
