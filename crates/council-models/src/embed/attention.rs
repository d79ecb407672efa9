//! Self-attention in 32-bit floats: each token of a text looks at every token of the same text.

use super::Failed;
use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions};
use rten_simd::SimdOp;
use rten_tensor::NdTensorView;
use rten_vecmath::Softmax;
use std::ops::Range;

/// Room for one head's work on one text.
#[derive(Default)]
pub(super) struct Attention {
    /// `f32[tokens][tokens]`.
    weights: Vec<f32>,
    /// `f32[tokens][head]`.
    mixed: Vec<f32>,
}

/// How the heads lie in a row.
#[derive(Clone, Copy)]
pub(super) struct Heads {
    pub(super) count: usize,
    pub(super) width: usize,
}

impl Attention {
    /// Fills the rows `tokens` of `output` (`f32[all][hidden]`) from those of `input` (`f32[all][3 · hidden]`:
    /// queries, keys, values).
    pub(super) fn apply(
        &mut self,
        kernel: &GemmExecutor,
        heads: Heads,
        tokens: Range<usize>,
        input: &[f32],
        output: &mut [f32],
    ) -> Result<(), Failed> {
        let failed = |error| Failed(format!("attending: {error}"));
        let hidden = heads.count * heads.width;
        let length = tokens.len();
        let input = NdTensorView::from_data(
            [length, 3 * hidden],
            &input[tokens.start * 3 * hidden..tokens.end * 3 * hidden],
        );
        let output = &mut output[tokens.start * hidden..tokens.end * hidden];
        self.weights.resize(length * length, 0.0);
        self.mixed.resize(length * heads.width, 0.0);
        for head in 0..heads.count {
            let part = |kind: usize| {
                let start = kind * hidden + head * heads.width;
                input.slice((.., start..start + heads.width))
            };
            let (queries, keys, values) = (part(0), part(1), part(2));
            let scaled = GemmOptions {
                alpha: 1.0 / (heads.width as f32).sqrt(),
                ..GemmOptions::default()
            };
            kernel
                .gemm(
                    &mut self.weights,
                    GemmInputA::Unpacked(queries),
                    GemmInputB::Unpacked(keys.transposed()),
                    scaled,
                )
                .map_err(failed)?;
            for row in self.weights.chunks_exact_mut(length) {
                Softmax::new_mut(row).dispatch();
            }
            let weights = NdTensorView::from_data([length, length], self.weights.as_slice());
            kernel
                .gemm(
                    &mut self.mixed,
                    GemmInputA::Unpacked(weights),
                    GemmInputB::Unpacked(values),
                    GemmOptions::default(),
                )
                .map_err(failed)?;
            let rows = output.chunks_exact_mut(hidden);
            for (row, mixed) in rows.zip(self.mixed.chunks_exact(heads.width)) {
                row[head * heads.width..(head + 1) * heads.width].copy_from_slice(mixed);
            }
        }
        Ok(())
    }
}
