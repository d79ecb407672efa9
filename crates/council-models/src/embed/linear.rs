//! Linear layers in 8-bit integers: weights are rounded once, per output; inputs for each use, per token.
//!
//! The products are exact in 32 bits, so that the rounding is all that is lost: cosines with the 32-bit model stay
//! above 0.99 (`embed/tests.rs`), at a quarter of its memory and less than half of its time.

use super::Failed;
use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_simd::SimdOp;
use rten_tensor::NdTensorView;
use rten_vecmath::{ExtendInit, MinMax, Quantize};

/// Multiplies with what this processor has.
pub(super) type Int8Kernel = GemmExecutor<u8, i8, i32>;

/// `f32[outputs][inputs]` weights and `f32[outputs]` bias, rounded.
pub(super) struct Linear {
    weights: PackedBMatrix<i8>,
    /// What one step of each output's weights is worth.
    scales: Vec<f32>,
    /// Sum of each output's weights.
    sums: Vec<f32>,
    bias: Vec<f32>,
}

impl Linear {
    /// Rounds `weight` (`f32[outputs][inputs]`, row by row).
    pub(super) fn new(kernel: &Int8Kernel, weight: &[f32], bias: Vec<f32>) -> Self {
        let inputs = weight.len() / bias.len();
        let mut rounded = Vec::with_capacity(weight.len());
        let mut scales = Vec::with_capacity(bias.len());
        for row in weight.chunks_exact(inputs) {
            scales.push(round_row(row, &mut rounded));
        }
        let sums = rounded.chunks_exact(inputs).zip(&scales);
        let sums =
            sums.map(|(row, scale)| row.iter().map(|&step| i32::from(step)).sum::<i32>() as f32 * scale);
        let sums = sums.collect();
        let rounded = NdTensorView::from_data([bias.len(), inputs], rounded.as_slice());
        Self {
            weights: kernel.prepack_b(rounded.transposed()),
            scales,
            sums,
            bias,
        }
    }

    /// How many numbers come out for each token.
    pub(super) fn outputs(&self) -> usize {
        self.bias.len()
    }

    /// Replaces `output` by `f32[tokens][outputs]`.
    pub(super) fn apply(
        &self,
        kernel: &Int8Kernel,
        input: &Rounded,
        products: &mut Vec<i32>,
        output: &mut Vec<f32>,
    ) -> Result<(), Failed> {
        let rows = input.bytes.len() / self.weights.rows();
        products.resize(rows * self.outputs(), 0);
        let tokens = NdTensorView::from_data([rows, self.weights.rows()], input.bytes.as_slice());
        kernel
            .gemm(
                products,
                GemmInputA::Unpacked(tokens),
                GemmInputB::Packed(&self.weights),
                GemmOptions::default(),
            )
            .map_err(|error| Failed(format!("multiplying: {error}")))?;
        let (products, low_bits) = products.split_at_mut(input.scales.len() * self.outputs());
        for (product, low_bit) in products.iter_mut().zip(low_bits) {
            *product = 2 * *product + *low_bit;
        }
        output.clear();
        let rows = products.chunks_exact(self.outputs());
        for ((row, &token_scale), &zero) in rows.zip(&input.scales).zip(&input.zeros) {
            // What each token's zero adds to every product is taken off here: the kernels of rten-gemm 0.27 would take
            // off that of the first eight tokens everywhere. Explicit SIMD measured no faster than this loop.
            let shift = f32::from(zero) * token_scale;
            let weights = self.scales.iter().zip(&self.sums).zip(&self.bias);
            let numbers = row.iter().zip(weights);
            output.extend(numbers.map(|(&product, ((&scale, &sum), &bias))| {
                product as f32 * (scale * token_scale) + (bias - sum * shift)
            }));
        }
        Ok(())
    }
}

/// Appends a row in whole numbers, -127 to 127; what one step is worth.
pub(super) fn round_row(row: &[f32], rounded: &mut Vec<i8>) -> f32 {
    let peak = row.iter().fold(0_f32, |peak, number| peak.max(number.abs()));
    let scale = if peak > 0.0 { peak / 127.0 } else { 1.0 };
    rounded.extend(row.iter().map(|number| (number / scale).round_ties_even() as i8));
    scale
}

/// Inputs of a linear layer in whole numbers, 0 to 255.
///
/// Without instructions that add four products in 32 bits, kernels add pairs of them in 16, where 2 · 255 · 127 does not fit.
/// For those each number is written in two: its upper seven bits, and, after those of all tokens, its lowest bit. That is
/// twice the work for the same result to the last bit, so that vectors of one machine can be compared with another's.
#[derive(Default)]
pub(super) struct Rounded {
    bytes: Vec<u8>,
    /// What one step of each token's numbers is worth.
    scales: Vec<f32>,
    /// Which whole number means 0.
    zeros: Vec<u8>,
}

impl Rounded {
    /// Replaces them by `input` (`f32[tokens][width]`), for this kernel.
    pub(super) fn set(&mut self, kernel: &Int8Kernel, input: &[f32], width: usize) {
        self.bytes.clear();
        self.bytes.reserve(2 * input.len());
        self.scales.clear();
        self.zeros.clear();
        for row in input.chunks_exact(width) {
            let (low, high) = MinMax::new(row).dispatch();
            let (low, high) = (low.min(0.0), high.max(0.0));
            let scale = if high > low { (high - low) / 255.0 } else { 1.0 };
            let zero = (-low / scale).round_ties_even() as u8;
            self.bytes
                .extend_init(|room| Quantize::new(row, &mut room[..width], 1.0 / scale, zero).dispatch());
            self.scales.push(scale);
            self.zeros.push(zero);
        }
        if kernel.may_saturate() {
            self.split();
        }
    }

    fn split(&mut self) {
        let whole = self.bytes.len();
        for at in 0..whole {
            self.bytes.push(self.bytes[at] & 1);
        }
        for byte in &mut self.bytes[..whole] {
            *byte >>= 1;
        }
    }
}

#[cfg(test)]
mod tests;
