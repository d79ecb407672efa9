//! Rounded layers against plain 32-bit ones.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{Int8Kernel, Linear, Rounded, round_row};

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

/// The whole numbers, put together again where they are written in two.
fn bytes_of(rounded: &Rounded, count: usize) -> Vec<i32> {
    let (bytes, low_bits) = rounded.bytes.split_at(count);
    let low_bits = low_bits.iter().map(Some).chain(std::iter::repeat(None));
    let whole = bytes.iter().zip(low_bits);
    whole
        .map(|(&byte, low_bit)| low_bit.map_or(i32::from(byte), |&bit| 2 * i32::from(byte) + i32::from(bit)))
        .collect()
}

#[test]
fn a_number_in_two_is_the_same_number() {
    let mut rounded = Rounded {
        bytes: (0..=255).collect(),
        ..Rounded::default()
    };
    rounded.split();
    assert!(rounded.bytes[..256].iter().all(|byte| *byte < 128));
    assert_eq!(bytes_of(&rounded, 256), (0..256).collect::<Vec<_>>());
}

#[test]
fn a_layer_gives_what_a_plain_one_gives_but_for_rounding() {
    let kernel = Int8Kernel::default();
    for (tokens, inputs, outputs) in [(1, 384, 1152), (2, 384, 384), (13, 1536, 384), (77, 384, 33)] {
        let (weight, bias) = (numbers(inputs * outputs, 1), numbers(outputs, 2));
        let input = numbers(tokens * inputs, 3);
        let mut rounded = Rounded::default();
        rounded.set(&kernel, &input, inputs);
        let bytes = bytes_of(&rounded, input.len());
        let mut steps = Vec::new();
        let scales = weight.chunks(inputs).map(|row| round_row(row, &mut steps));
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
            let whole: i32 = bytes[row.clone()]
                .iter()
                .zip(&steps[column.clone()])
                .map(|(&byte, &step)| (byte - zero) * i32::from(step))
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
    let input = [51.0, 102.0, 255.0, -51.0, -102.0, -255.0, 0.0, 0.0, 0.0];
    rounded.set(&Int8Kernel::default(), &input, 3);
    assert_eq!(bytes_of(&rounded, 9), [51, 102, 255, 204, 153, 0, 0, 0, 0]);
    assert_eq!(rounded.zeros, [0, 255, 0]);
    let mut steps = Vec::new();
    assert!((round_row(&[63.0, -127.0], &mut steps) - 1.0).abs() < 1e-6);
    assert!((round_row(&[0.0, 0.0], &mut steps) - 1.0).abs() < 1e-6);
    assert_eq!(steps, [63, -127, 0, 0]);
}
