//! Tiny models with random weights: they load, tokenise and generate like real ones, and mean nothing.
//!
//! They stand in for architectures whose weights are not at hand, and make tests of the engine's mechanics fast.
//! Names and shapes follow `src/models/*.cpp` of llama.cpp.

use super::{GgufWriter, MetaValue};
use std::io;
use std::path::Path;

/// Architectures that a tiny model can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TinyArchitecture {
    /// Llama, Mistral, TinyLlama, `CodeLlama`, `SmolLM2`.
    Llama,
    /// Qwen 2 and 2.5: biases in attention.
    Qwen2,
    /// Qwen 2 VL: as Qwen 2, with positions in two dimensions for images.
    Qwen2Vl,
    /// Qwen 3: norms on queries and keys.
    Qwen3,
    /// Gemma 3: norms after each part, sliding window.
    Gemma3,
    /// Phi-2: layer norms with biases, no gate.
    Phi2,
    /// Phi-3 and Phi-4-mini: fused projections.
    Phi3,
}

impl TinyArchitecture {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Llama,
        Self::Qwen2,
        Self::Qwen2Vl,
        Self::Qwen3,
        Self::Gemma3,
        Self::Phi2,
        Self::Phi3,
    ];

    /// The name in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Llama => "llama",
            Self::Qwen2 => "qwen2",
            Self::Qwen2Vl => "qwen2vl",
            Self::Qwen3 => "qwen3",
            Self::Gemma3 => "gemma3",
            Self::Phi2 => "phi2",
            Self::Phi3 => "phi3",
        }
    }
}

/// What a tiny model looks like. The default has two layers and about 1.5 MB.
#[derive(Clone, Debug, PartialEq)]
pub struct TinyModel {
    /// Its architecture.
    pub architecture: TinyArchitecture,
    /// `general.name`.
    pub name: String,
    /// Layers.
    pub layers: u32,
    /// Width of the hidden state; a multiple of `heads`. Head widths (`embedding / heads`) that are multiples of 32
    /// allow a quantised KV cache.
    pub embedding: u32,
    /// Attention heads.
    pub heads: u32,
    /// Heads of keys and values; divides `heads`.
    pub heads_kv: u32,
    /// Width of the feed-forward part.
    pub feed_forward: u32,
    /// `context_length`.
    pub context_length: u32,
    /// Ordinary tokens beyond the special ones and the 256 bytes.
    pub tokens: Vec<String>,
    /// Control tokens, such as `<|im_end|>`.
    pub control_tokens: Vec<String>,
    /// Another end-of-sequence token than `</s>`: one of `control_tokens`.
    pub eos_token: Option<String>,
    /// Chat template (Jinja).
    pub chat_template: Option<String>,
    /// Seed of the weights: the same model description gives the same bytes.
    pub seed: u64,
}

impl Default for TinyModel {
    fn default() -> Self {
        Self {
            architecture: TinyArchitecture::Llama,
            name: "Tiny random model".into(),
            layers: 2,
            embedding: 128,
            heads: 4,
            heads_kv: 2,
            feed_forward: 256,
            context_length: 512,
            tokens: (b'a'..=b'z')
                .flat_map(|letter| {
                    let letter = char::from(letter);
                    [letter.to_string(), format!("\u{2581}{letter}")]
                })
                .collect(),
            control_tokens: Vec::new(),
            eos_token: None,
            chat_template: None,
            seed: 1,
        }
    }
}

/// Writes a model file that llama.cpp loads.
///
/// # Errors
/// When it cannot be written, or `heads` does not divide `embedding`, `heads_kv` not `heads`, or `eos_token` is not
/// among the control tokens.
pub fn write_tiny_model(path: &Path, model: &TinyModel) -> io::Result<()> {
    let invalid = |message: &str| io::Error::new(io::ErrorKind::InvalidInput, message);
    if model.heads == 0 || !model.embedding.is_multiple_of(model.heads) {
        return Err(invalid("`embedding` must be a multiple of `heads`"));
    }
    if model.heads_kv == 0 || !model.heads.is_multiple_of(model.heads_kv) {
        return Err(invalid("`heads` must be a multiple of `heads_kv`"));
    }
    let vocabulary =
        Vocabulary::new(model).ok_or_else(|| invalid("`eos_token` must be one of `control_tokens`"))?;
    let mut writer = GgufWriter::new();
    write_metadata(&mut writer, model);
    vocabulary.write(&mut writer, model);
    Weights {
        writer: &mut writer,
        state: model.seed,
    }
    .write(model, vocabulary.tokens.len() as u64);
    writer.write(path)
}

fn write_metadata(writer: &mut GgufWriter, model: &TinyModel) {
    let architecture = model.architecture;
    let name = architecture.as_str();
    let head_width = model.embedding / model.heads;
    writer.pair("general.architecture", MetaValue::Text(name.into()));
    writer.pair("general.name", MetaValue::Text(model.name.clone()));
    // 0 is "all F32".
    writer.pair("general.file_type", MetaValue::U32(0));
    let numbers = [
        ("context_length", model.context_length),
        ("embedding_length", model.embedding),
        ("block_count", model.layers),
        ("feed_forward_length", model.feed_forward),
        ("attention.head_count", model.heads),
        ("attention.head_count_kv", model.heads_kv),
        ("attention.key_length", head_width),
        ("attention.value_length", head_width),
        ("rope.dimension_count", head_width),
    ];
    for (key, value) in numbers {
        writer.pair(format!("{name}.{key}"), MetaValue::U32(value));
    }
    writer.pair(format!("{name}.rope.freq_base"), MetaValue::F32(10_000.0));
    let epsilon = match architecture {
        TinyArchitecture::Phi2 => "layer_norm_epsilon",
        TinyArchitecture::Llama
        | TinyArchitecture::Qwen2
        | TinyArchitecture::Qwen2Vl
        | TinyArchitecture::Qwen3
        | TinyArchitecture::Gemma3
        | TinyArchitecture::Phi3 => "layer_norm_rms_epsilon",
    };
    writer.pair(format!("{name}.attention.{epsilon}"), MetaValue::F32(1e-5));
    if architecture == TinyArchitecture::Qwen2Vl {
        // Of the pairs of a head: those that turn with time, height, width, and none.
        let quarter = (head_width / 8) as i32;
        writer.pair(
            format!("{name}.rope.dimension_sections"),
            MetaValue::I32s(vec![2 * quarter, quarter, quarter, 0]),
        );
    }
    if architecture == TinyArchitecture::Gemma3 {
        writer.pair(
            format!("{name}.attention.sliding_window"),
            MetaValue::U32(model.context_length / 2),
        );
    }
}

/// Token types of llama.cpp.
mod kind {
    pub(super) const NORMAL: i32 = 1;
    pub(super) const UNKNOWN: i32 = 2;
    pub(super) const CONTROL: i32 = 3;
    pub(super) const BYTE: i32 = 6;
}

/// A SentencePiece vocabulary: special tokens, one token per byte, then what the model asks for.
struct Vocabulary {
    tokens: Vec<String>,
    kinds: Vec<i32>,
    eos: u32,
}

impl Vocabulary {
    fn new(model: &TinyModel) -> Option<Self> {
        let mut vocabulary = Self {
            tokens: Vec::new(),
            kinds: Vec::new(),
            eos: 2,
        };
        vocabulary.add("<unk>".into(), kind::UNKNOWN);
        vocabulary.add("<s>".into(), kind::CONTROL);
        vocabulary.add("</s>".into(), kind::CONTROL);
        for byte in 0..=u8::MAX {
            vocabulary.add(format!("<0x{byte:02X}>"), kind::BYTE);
        }
        for token in &model.tokens {
            vocabulary.add(token.clone(), kind::NORMAL);
        }
        for token in &model.control_tokens {
            vocabulary.add(token.clone(), kind::CONTROL);
        }
        if let Some(eos) = &model.eos_token {
            let position = vocabulary.tokens.iter().position(|token| token == eos)?;
            vocabulary.eos = position as u32;
        }
        Some(vocabulary)
    }

    /// llama.cpp aborts on a token that is there twice, so the second is left out.
    fn add(&mut self, token: String, kind: i32) {
        if !self.tokens.contains(&token) {
            self.tokens.push(token);
            self.kinds.push(kind);
        }
    }

    fn write(&self, writer: &mut GgufWriter, model: &TinyModel) {
        // Later tokens are merged later: SentencePiece takes the merge with the highest score first.
        let scores = (0..self.tokens.len()).map(|index| -(index as f32)).collect();
        writer.pair("tokenizer.ggml.model", MetaValue::Text("llama".into()));
        writer.pair("tokenizer.ggml.tokens", MetaValue::Texts(self.tokens.clone()));
        writer.pair("tokenizer.ggml.scores", MetaValue::F32s(scores));
        writer.pair("tokenizer.ggml.token_type", MetaValue::I32s(self.kinds.clone()));
        writer.pair("tokenizer.ggml.unknown_token_id", MetaValue::U32(0));
        writer.pair("tokenizer.ggml.bos_token_id", MetaValue::U32(1));
        writer.pair("tokenizer.ggml.eos_token_id", MetaValue::U32(self.eos));
        writer.pair("tokenizer.ggml.add_bos_token", MetaValue::Bool(true));
        if let Some(template) = &model.chat_template {
            writer.pair("tokenizer.chat_template", MetaValue::Text(template.clone()));
        }
    }
}

/// Adds tensors with random values.
pub(super) struct Weights<'a> {
    pub(super) writer: &'a mut GgufWriter,
    pub(super) state: u64,
}

impl Weights<'_> {
    fn write(&mut self, model: &TinyModel, vocabulary: u64) {
        use TinyArchitecture::{Gemma3, Llama, Phi2, Phi3, Qwen2, Qwen2Vl, Qwen3};
        let architecture = model.architecture;
        let width = u64::from(model.embedding);
        let hidden = u64::from(model.feed_forward);
        let head = width / u64::from(model.heads);
        let kv_width = head * u64::from(model.heads_kv);
        let biased = architecture == Phi2;

        self.matrix("token_embd.weight", width, vocabulary);
        self.norm("output_norm", width, biased);
        match architecture {
            // Real Gemma models use the embedding again; random weights would then only repeat their input.
            Llama | Qwen2 | Qwen2Vl | Qwen3 | Gemma3 | Phi3 => {
                self.matrix("output.weight", width, vocabulary);
            }
            Phi2 => self.linear("output", width, vocabulary, true),
        }
        for layer in 0..model.layers {
            let name = |part: &str| format!("blk.{layer}.{part}");
            self.norm(&name("attn_norm"), width, biased);
            if architecture == Phi3 {
                self.linear(&name("attn_qkv"), width, width + 2 * kv_width, false);
            } else {
                let bias = matches!(architecture, Qwen2 | Qwen2Vl | Phi2);
                self.linear(&name("attn_q"), width, width, bias);
                self.linear(&name("attn_k"), width, kv_width, bias);
                self.linear(&name("attn_v"), width, kv_width, bias);
            }
            if matches!(architecture, Qwen3 | Gemma3) {
                self.norm(&name("attn_q_norm"), head, false);
                self.norm(&name("attn_k_norm"), head, false);
            }
            self.linear(&name("attn_output"), width, width, biased);
            if architecture == Gemma3 {
                self.norm(&name("post_attention_norm"), width, false);
                self.norm(&name("post_ffw_norm"), width, false);
            }
            match architecture {
                // One norm serves attention and feed-forward, which run side by side.
                Phi2 => {
                    self.linear(&name("ffn_up"), width, hidden, true);
                    self.linear(&name("ffn_down"), hidden, width, true);
                }
                // The gate is the first half of `ffn_up`.
                Phi3 => {
                    self.norm(&name("ffn_norm"), width, false);
                    self.linear(&name("ffn_up"), width, 2 * hidden, false);
                    self.linear(&name("ffn_down"), hidden, width, false);
                }
                Llama | Qwen2 | Qwen2Vl | Qwen3 | Gemma3 => {
                    self.norm(&name("ffn_norm"), width, false);
                    self.linear(&name("ffn_gate"), width, hidden, false);
                    self.linear(&name("ffn_up"), width, hidden, false);
                    self.linear(&name("ffn_down"), hidden, width, false);
                }
            }
        }
    }

    /// `name.weight`, and `name.bias` where there is one.
    pub(super) fn linear(&mut self, name: &str, input: u64, output: u64, bias: bool) {
        self.matrix(&format!("{name}.weight"), input, output);
        if bias {
            let data = self.random(output, 0.02);
            self.writer.tensor(format!("{name}.bias"), &[output], data);
        }
    }

    /// Uniform values with variance 1 / input, so that activations keep their size.
    fn matrix(&mut self, name: &str, input: u64, output: u64) {
        let limit = (3.0 / input as f32).sqrt();
        let data = self.random(input * output, limit);
        self.writer.tensor(name, &[input, output], data);
    }

    pub(super) fn norm(&mut self, name: &str, width: u64, bias: bool) {
        self.writer
            .tensor(format!("{name}.weight"), &[width], vec![1.0; width as usize]);
        if bias {
            self.writer
                .tensor(format!("{name}.bias"), &[width], vec![0.0; width as usize]);
        }
    }

    /// Values of one size in any shape.
    pub(super) fn block(&mut self, name: &str, shape: &[u64]) {
        let data = self.random(shape.iter().product(), 0.2);
        self.writer.tensor(name, shape, data);
    }

    fn random(&mut self, count: u64, limit: f32) -> Vec<f32> {
        (0..count).map(|_| (self.unit() * 2.0 - 1.0) * limit).collect()
    }

    /// Uniform in [0, 1), by splitmix64 (Steele, Lea, Flood 2014).
    fn unit(&mut self) -> f32 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        (z >> 40) as f32 / (1_u64 << 24) as f32
    }
}
