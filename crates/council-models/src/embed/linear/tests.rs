//! Rounded layers against plain 32-bit ones.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{Int8Kernel, Linear, Rounded, largest_weight, round_row};

/// Numbers from -1 to 1 that look random and are the same everywhere (SplitMix64).
fn numbers(count: usize, seed: u64) -> Vec<f32> {
    let mut state = seed;
    let next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    std::iter::repeat_with(next).take(count).collect()
}

#[test]
fn a_layer_gives_what_a_plain_one_gives_but_for_rounding() {
    let kernel = Int8Kernel::default();
    for (tokens, inputs, outputs) in [(1, 384, 1152), (2, 384, 384), (13, 1536, 384), (77, 384, 33)] {
        let (weight, bias) = (numbers(inputs * outputs, 1), numbers(outputs, 2));
        let input = numbers(tokens * inputs, 3);
        let mut rounded = Rounded::default();
        rounded.set(&input, inputs);
        let mut steps = Vec::new();
        let largest = largest_weight(&kernel);
        let scales = weight
            .chunks(inputs)
            .map(|row| round_row(row, largest, &mut steps));
        let scales: Vec<f32> = scales.collect();
        let (mut products, mut output) = (Vec::new(), Vec::new());
        let layer = Linear::new(&kernel, &weight, bias.clone());
        layer
            .apply(&kernel, &rounded, &mut products, &mut output)
            .unwrap();
        assert_eq!(output.len(), tokens * outputs);
        for (place, &found) in output.iter().enumerate() {
            let (token, number) = (place / outputs, place % outputs);
            let row = token * inputs..(token + 1) * inputs;
            let column = number * inputs..(number + 1) * inputs;
            let zero = i32::from(rounded.zeros[token]);
            let whole: i32 = rounded.bytes[row.clone()]
                .iter()
                .zip(&steps[column.clone()])
                .map(|(&byte, &step)| (i32::from(byte) - zero) * i32::from(step))
                .sum();
            let whole = whole as f32 * rounded.scales[token] * scales[number] + bias[number];
            let case = format!("{tokens}×{inputs}×{outputs} at {token}, {number}");
            assert!((found - whole).abs() < 1e-3, "{case}: {found} for {whole}");
            let plain = input[row].iter().zip(&weight[column]).map(|(a, b)| a * b);
            let plain = bias[number] + plain.sum::<f32>();
            // Half a step here and there adds up like a random walk; six times its usual length.
            let allowed = 0.012 * (inputs as f32).sqrt();
            assert!((found - plain).abs() < allowed, "{case}: {found} for {plain}");
        }
    }
}

#[test]
fn rows_of_one_sign_and_of_zeros_are_rounded_too() {
    let mut rounded = Rounded::default();
    rounded.set(&[51.0, 102.0, 255.0, -51.0, -102.0, -255.0, 0.0, 0.0, 0.0], 3);
    assert_eq!(rounded.bytes, [51, 102, 255, 204, 153, 0, 0, 0, 0]);
    assert_eq!(rounded.zeros, [0, 255, 0]);
    let mut steps = Vec::new();
    assert!((round_row(&[63.0, -127.0], 127.0, &mut steps) - 1.0).abs() < 1e-6);
    assert!((round_row(&[0.0, 0.0], 127.0, &mut steps) - 1.0).abs() < 1e-6);
    assert_eq!(steps, [63, -127, 0, 0]);
}
