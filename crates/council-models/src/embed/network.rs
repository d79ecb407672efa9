//! The network of all-MiniLM-L6-v2: embeddings, six transformer layers, the mean over a text's tokens, length 1.
//!
//! A BERT encoder (Devlin et al., 2019) distilled to six layers (Wang et al., 2020) and tuned for sentences. Several
//! texts go through the linear layers together, without padding; attention is per text.

use super::Failed;
use super::attention::{Attention, Heads};
use super::linear::{Int8Kernel, Linear, Rounded, round_row};
use super::tensors::{Tensors, TensorsError};
use council_core::Embedding;
use rten_gemm::GemmExecutor;
use rten_simd::{SimdOp, SimdUnaryOp};
use rten_vecmath::{Gelu, Normalize, NormalizeOptions, Sum, SumSquareSub};

/// Numbers per token, and per text in the end.
pub(super) const HIDDEN: usize = 384;
/// Tokens of the longest text: what the model was tuned with, though it has positions for 512.
pub(super) const MAX_TOKENS: usize = 256;

const LAYERS: usize = 6;
const INNER: usize = 1536;
const POSITIONS: usize = 512;
const HEADS: Heads = Heads { count: 12, width: 32 };
/// Added to the variance before it divides.
const EPSILON: f32 = 1e-12;

/// The weights; about 23 MB.
pub(super) struct Network {
    /// `i8[vocabulary][HIDDEN]`.
    words: Vec<i8>,
    /// What one step of each word's numbers is worth.
    word_scales: Vec<f32>,
    /// `f32[MAX_TOKENS][HIDDEN]`: where a token stands, with what all tokens have in common.
    positions: Vec<f32>,
    embedded: Norm,
    layers: Vec<Layer>,
}

struct Layer {
    /// Queries, keys and values, one after the other.
    attention: Linear,
    attended: Linear,
    attended_norm: Norm,
    inner: Linear,
    outer: Linear,
    outer_norm: Norm,
}

/// Layer normalisation.
struct Norm {
    scale: Vec<f32>,
    bias: Vec<f32>,
}

/// Kernels, and room for the numbers of the texts that are being read. Each thread has its own.
#[derive(Default)]
pub(super) struct Room {
    int8: Int8Kernel,
    float: GemmExecutor,
    hidden: Vec<f32>,
    /// What a sublayer adds to `hidden`.
    added: Vec<f32>,
    /// The widest numbers in between: queries, keys and values; the inner layer.
    wide: Vec<f32>,
    mixed: Vec<f32>,
    rounded: Rounded,
    products: Vec<i32>,
    attention: Attention,
}

impl Network {
    /// Reads and rounds the weights; a fifth of a second. `vocabulary` is how many words there have to be.
    pub(super) fn load(file: &mut Tensors, vocabulary: usize) -> Result<Self, TensorsError> {
        let int8 = Int8Kernel::default();
        let (mut words, mut word_scales) = (Vec::with_capacity(vocabulary * HIDDEN), Vec::new());
        file.pieces(
            "embeddings.word_embeddings.weight",
            &[vocabulary, HIDDEN],
            |piece| {
                word_scales.extend(piece.chunks_exact(HIDDEN).map(|row| round_row(row, &mut words)));
            },
        )?;
        let mut positions = file.read("embeddings.position_embeddings.weight", &[POSITIONS, HIDDEN])?;
        positions.truncate(MAX_TOKENS * HIDDEN);
        positions.shrink_to_fit();
        // The second type is for a second text beside the first, which there never is.
        let types = file.read("embeddings.token_type_embeddings.weight", &[2, HIDDEN])?;
        for row in positions.chunks_exact_mut(HIDDEN) {
            add(row, &types[..HIDDEN]);
        }
        let embedded = Norm::load(file, "embeddings")?;
        let layers = (0..LAYERS)
            .map(|index| Layer::load(file, &int8, index))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            words,
            word_scales,
            positions,
            embedded,
            layers,
        })
    }

    /// The vectors of some texts, each a list of at most [`MAX_TOKENS`] ids that are in the vocabulary.
    pub(super) fn embed(&self, texts: &[Vec<u32>], room: &mut Room) -> Result<Vec<Embedding>, Failed> {
        self.look_up(texts, &mut room.hidden)?;
        self.embedded.apply(&mut room.hidden);
        for layer in &self.layers {
            layer.apply(texts, room)?;
        }
        let mut rows = room.hidden.chunks_exact(HIDDEN);
        Ok(texts
            .iter()
            .map(|text| mean(rows.by_ref().take(text.len())))
            .collect())
    }

    fn look_up(&self, texts: &[Vec<u32>], hidden: &mut Vec<f32>) -> Result<(), Failed> {
        hidden.clear();
        for text in texts {
            let places = self.positions.chunks_exact(HIDDEN);
            for (&id, place) in text.iter().zip(places) {
                let row = id as usize * HIDDEN;
                let word = self
                    .words
                    .get(row..row + HIDDEN)
                    .zip(self.word_scales.get(id as usize));
                let (word, &scale) = word.ok_or_else(|| Failed(format!("no word has the number {id}")))?;
                hidden.extend(
                    word.iter()
                        .zip(place)
                        .map(|(&step, place)| f32::from(step) * scale + place),
                );
            }
        }
        let tokens: usize = texts.iter().map(Vec::len).sum();
        if hidden.len() == tokens * HIDDEN {
            Ok(())
        } else {
            Err(Failed(format!("a text has more than {MAX_TOKENS} tokens")))
        }
    }
}

impl Layer {
    fn load(file: &mut Tensors, kernel: &Int8Kernel, index: usize) -> Result<Self, TensorsError> {
        let name = |part: &str| format!("encoder.layer.{index}.{part}");
        let (mut weights, mut bias) = (
            Vec::with_capacity(3 * HIDDEN * HIDDEN),
            Vec::with_capacity(3 * HIDDEN),
        );
        for kind in ["query", "key", "value"] {
            let part = name(&format!("attention.self.{kind}"));
            weights.extend(file.read(&format!("{part}.weight"), &[HIDDEN, HIDDEN])?);
            bias.extend(file.read(&format!("{part}.bias"), &[HIDDEN])?);
        }
        let mut linear = |part: &str, inputs: usize, outputs: usize| {
            let part = name(part);
            let weights = file.read(&format!("{part}.weight"), &[outputs, inputs])?;
            let bias = file.read(&format!("{part}.bias"), &[outputs])?;
            Ok(Linear::new(kernel, &weights, bias))
        };
        let attended = linear("attention.output.dense", HIDDEN, HIDDEN)?;
        let inner = linear("intermediate.dense", HIDDEN, INNER)?;
        let outer = linear("output.dense", INNER, HIDDEN)?;
        Ok(Self {
            attention: Linear::new(kernel, &weights, bias),
            attended,
            attended_norm: Norm::load(file, &name("attention.output"))?,
            inner,
            outer,
            outer_norm: Norm::load(file, &name("output"))?,
        })
    }

    fn apply(&self, texts: &[Vec<u32>], room: &mut Room) -> Result<(), Failed> {
        let Room {
            int8,
            float,
            hidden,
            added,
            wide,
            mixed,
            rounded,
            products,
            attention,
        } = room;
        rounded.set(int8, hidden, HIDDEN);
        self.attention.apply(int8, rounded, products, wide)?;
        mixed.resize(hidden.len(), 0.0);
        let mut start = 0;
        for text in texts {
            let tokens = start..start + text.len();
            start = tokens.end;
            attention.apply(float, HEADS, tokens, wide, mixed)?;
        }
        rounded.set(int8, mixed, HIDDEN);
        self.attended.apply(int8, rounded, products, added)?;
        add(hidden, added);
        self.attended_norm.apply(hidden);

        rounded.set(int8, hidden, HIDDEN);
        self.inner.apply(int8, rounded, products, wide)?;
        Gelu {}.map_mut(wide);
        rounded.set(int8, wide, INNER);
        self.outer.apply(int8, rounded, products, added)?;
        add(hidden, added);
        self.outer_norm.apply(hidden);
        Ok(())
    }
}

impl Norm {
    fn load(file: &mut Tensors, part: &str) -> Result<Self, TensorsError> {
        Ok(Self {
            scale: file.read(&format!("{part}.LayerNorm.weight"), &[HIDDEN])?,
            bias: file.read(&format!("{part}.LayerNorm.bias"), &[HIDDEN])?,
        })
    }

    /// Gives every row mean 0 and deviation 1, then scale and bias.
    fn apply(&self, rows: &mut [f32]) {
        for row in rows.chunks_exact_mut(HIDDEN) {
            let mean = Sum::new(row).dispatch() / HIDDEN as f32;
            let variance = SumSquareSub::new(row, mean).dispatch() / HIDDEN as f32;
            let options = NormalizeOptions {
                pre_scale_bias: mean,
                scale: 1.0 / (variance + EPSILON).sqrt(),
                element_scale: Some(&self.scale),
                element_bias: Some(&self.bias),
                ..NormalizeOptions::default()
            };
            Normalize::new_mut(row, options).dispatch();
        }
    }
}

fn add(to: &mut [f32], what: &[f32]) {
    for (sum, number) in to.iter_mut().zip(what) {
        *sum += number;
    }
}

/// The direction of the mean of some rows.
fn mean<'a>(rows: impl Iterator<Item = &'a [f32]>) -> Embedding {
    // The sum has the same direction.
    let mut sum = vec![0.0; HIDDEN];
    for row in rows {
        add(&mut sum, row);
    }
    let length = sum.iter().map(|number| number * number).sum::<f32>().sqrt();
    for number in &mut sum {
        *number /= length.max(EPSILON);
    }
    Embedding(sum)
}
