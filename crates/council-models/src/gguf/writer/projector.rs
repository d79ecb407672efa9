//! Tiny projectors with random weights: with one a tiny model takes images as a real one does, and sees nothing in
//! them. Names and shapes follow `tools/mtmd` of llama.cpp.

use super::tiny::Weights;
use super::{GgufWriter, MetaValue};
use std::io;
use std::path::Path;

const WIDTH: u64 = 32;
const HEADS: u32 = 2;
const HIDDEN: u64 = 64;
const PATCH: u64 = 8;
/// Side of the square that images of a fixed size are brought to, in pixels.
const SIDE: u64 = 64;

/// Kinds of projectors that a tiny one can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TinyProjector {
    /// As Gemma 3 has: images of one size, whose parts see each other.
    Gemma3,
    /// As Qwen 2 VL has: images as large as they are, placed in two dimensions (M-RoPE); for a model of the
    /// architecture `qwen2vl`.
    Qwen2Vl,
}

/// Writes a projector for a model whose hidden state is `embedding` wide.
///
/// # Errors
/// When it cannot be written.
pub fn write_tiny_projector(path: &Path, kind: TinyProjector, embedding: u32, seed: u64) -> io::Result<()> {
    let mut writer = GgufWriter::new();
    write_metadata(&mut writer, kind, embedding);
    let mut weights = Weights {
        writer: &mut writer,
        state: seed,
    };
    let text = u64::from(embedding);
    let patch = [PATCH, PATCH, 3, WIDTH];
    weights.block("v.patch_embd.weight", &patch);
    match kind {
        TinyProjector::Gemma3 => {
            weights.block("v.patch_embd.bias", &[WIDTH]);
            weights.block("v.position_embd.weight", &[WIDTH, (SIDE / PATCH).pow(2)]);
        }
        // Two frames of a film; of a still image both are the same.
        TinyProjector::Qwen2Vl => weights.block("v.patch_embd.weight.1", &patch),
    }
    for name in ["ln1", "ln2"] {
        weights.norm(&format!("v.blk.0.{name}"), WIDTH, true);
    }
    for name in ["attn_q", "attn_k", "attn_v", "attn_out"] {
        weights.linear(&format!("v.blk.0.{name}"), WIDTH, WIDTH, true);
    }
    weights.linear("v.blk.0.ffn_up", WIDTH, HIDDEN, true);
    weights.linear("v.blk.0.ffn_down", HIDDEN, WIDTH, true);
    weights.norm("v.post_ln", WIDTH, true);
    match kind {
        TinyProjector::Gemma3 => {
            weights.block("mm.input_projection.weight", &[text, WIDTH]);
            weights.norm("mm.soft_emb_norm", WIDTH, false);
        }
        TinyProjector::Qwen2Vl => {
            weights.linear("mm.0", 4 * WIDTH, 4 * WIDTH, true);
            weights.linear("mm.2", 4 * WIDTH, text, true);
        }
    }
    writer.write(path)
}

fn write_metadata(writer: &mut GgufWriter, kind: TinyProjector, embedding: u32) {
    let name = match kind {
        TinyProjector::Gemma3 => "gemma3",
        TinyProjector::Qwen2Vl => "qwen2vl_merger",
    };
    writer
        .pair("general.architecture", MetaValue::Text("clip".into()))
        .pair("clip.has_vision_encoder", MetaValue::Bool(true))
        .pair("clip.projector_type", MetaValue::Text(name.into()))
        .pair("clip.use_gelu", MetaValue::Bool(true));
    let numbers = [
        ("embedding_length", WIDTH as u32),
        ("feed_forward_length", HIDDEN as u32),
        ("block_count", 1),
        ("projection_dim", embedding),
        ("attention.head_count", HEADS),
        ("image_size", SIDE as u32),
        ("patch_size", PATCH as u32),
        ("projector.scale_factor", 2),
    ];
    for (key, value) in numbers {
        writer.pair(format!("clip.vision.{key}"), MetaValue::U32(value));
    }
    writer
        .pair("clip.vision.attention.layer_norm_epsilon", MetaValue::F32(1e-6))
        .pair("clip.vision.image_mean", MetaValue::F32s(vec![0.5; 3]))
        .pair("clip.vision.image_std", MetaValue::F32s(vec![0.5; 3]));
}
