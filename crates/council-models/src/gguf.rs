//! Reads a model file's header without trusting it.
//!
//! A GGUF file is a header (key-value pairs, then a table of tensors) and the tensors' data. llama.cpp aborts the
//! process on some damaged files, so everything it would assume is checked here first: sizes against the file,
//! counts against limits, offsets against the layout that llama.cpp itself demands.
//!
//! - `reader`: bounded reads from a file of known size
//! - `metadata`: the key-value pairs
//! - `tensors`: the tensor table and the types that ggml knows
//! - [`writer`]: writes GGUF files, tiny random models for tests among them
//!
//! Source: `docs/gguf.md` and `gguf.cpp` of ggml.

mod metadata;
mod reader;
mod tensors;
pub mod writer;

use crate::config::KvType;
use metadata::{Metadata, Value};
use reader::Reader;
use std::path::Path;
use tensors::TensorTable;

/// Newest format version that is understood.
const NEWEST_VERSION: u32 = 3;
/// What versions 1 to 3 look like in a file of the other byte order.
const SWAPPED_VERSIONS: std::ops::RangeInclusive<u32> = 0x0100_0000..=0x0300_0000;

/// What a model file says about itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GgufSummary {
    /// `general.architecture`, such as `qwen2`.
    pub architecture: String,
    /// `general.name`.
    pub name: Option<String>,
    /// Tokens that the model was trained for.
    pub context_length: u32,
    /// Layers.
    pub block_count: u32,
    /// Width of the hidden state.
    pub embedding_length: u32,
    /// Attention heads (the most of all layers); 0 for models without attention.
    pub head_count: u32,
    /// Heads of keys and values (the largest of all layers).
    pub head_count_kv: u32,
    /// Heads of keys and values by layer; empty when all layers have `head_count_kv`.
    pub head_count_kv_by_layer: Vec<u32>,
    /// Width of one key head.
    pub key_length: u32,
    /// Width of one value head.
    pub value_length: u32,
    /// Entries of the vocabulary.
    pub vocab_size: u32,
    /// `tokenizer.ggml.model`, such as `gpt2` (byte-pair encoding) or `llama` (SentencePiece).
    pub tokenizer_model: Option<String>,
    /// `tokenizer.ggml.pre`, such as `qwen2`.
    pub tokenizer_pre: Option<String>,
    /// `tokenizer.ggml.add_bos_token`; see [`Self::add_bos`].
    pub add_bos_token: Option<bool>,
    /// The chat template (Jinja), where there is one.
    pub chat_template: Option<String>,
    /// A second chat template that the publisher made for tool calls.
    pub chat_template_tool_use: Option<String>,
    /// Text of the begin-of-sequence token.
    pub bos_token: Option<String>,
    /// Text of the end-of-sequence token.
    pub eos_token: Option<String>,
    /// Bytes of all tensors.
    pub tensor_bytes: u64,
    /// The publisher's name for the mix of types (`general.file_type`), such as `Q4_K_M`; without one, the type
    /// that holds most of the parameters.
    pub quantisation: String,
    /// Parameters.
    pub parameters: u64,
    /// Files that the model is split over; 1 for most. This file is the first of them.
    pub split_count: u32,
}

/// Why a file was not accepted as a model.
#[derive(Debug, thiserror::Error)]
pub enum GgufError {
    /// Reading failed.
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// The first four bytes are not `GGUF`.
    #[error("not a GGUF file: it starts with `{}`", .found.escape_ascii())]
    NotGguf {
        /// What they are.
        found: [u8; 4],
    },
    /// A version that is not understood.
    #[error("GGUF version {version} is not supported{}; versions 2 and 3 are", if SWAPPED_VERSIONS.contains(.version) { " (the file is big-endian)" } else { "" })]
    Version {
        /// The version.
        version: u32,
    },
    /// The file ends before its header does.
    #[error(
        "truncated: the header needs at least {needed_bytes} bytes and the file has {file_bytes}; pull or copy it again"
    )]
    TruncatedHeader {
        /// Bytes that the part of the header read so far asks for.
        needed_bytes: u64,
        /// Bytes of the file.
        file_bytes: u64,
    },
    /// The file ends before its last tensor does.
    #[error(
        "truncated: the tensors end at byte {needed_bytes} and the file has {file_bytes}; pull or copy it again"
    )]
    Truncated {
        /// Where the last tensor ends.
        needed_bytes: u64,
        /// Bytes of the file.
        file_bytes: u64,
    },
    /// A count or length is beyond what any real model has.
    #[error("damaged: {what} is {value}, and the limit is {limit}")]
    Limit {
        /// What is counted.
        what: String,
        /// What the file says.
        value: u64,
        /// The most that is accepted.
        limit: u64,
    },
    /// The header contradicts itself or the format.
    #[error("damaged: {0}")]
    Invalid(String),
    /// Something that every language model has is missing.
    #[error("not a language model (architecture `{architecture}`): `{key}` is missing")]
    NotALanguageModel {
        /// `general.architecture`.
        architecture: String,
        /// The missing key.
        key: String,
    },
    /// Not what turns images into what a model sees.
    #[error("not a projector for images (architecture `{architecture}`)")]
    NotAProjector {
        /// `general.architecture`.
        architecture: String,
    },
}

impl GgufSummary {
    /// Reads and checks the header of one file: some milliseconds, whatever the size of the model; the tensors' data
    /// is not read. For a model that is split over files, pass the first one (the others hold only tensors): the
    /// totals then are those of the first file, see [`tensor_totals`].
    ///
    /// # Errors
    /// When the file cannot be read, is truncated, damaged, or no language model.
    pub fn read(path: &Path) -> Result<Self, GgufError> {
        let mut reader = Reader::open(path)?;
        let (metadata, tensors) = read_header(&mut reader)?;
        summarise(&metadata, &tensors, &mut reader)
    }

    /// Bytes of KV cache that one token takes over all layers. An upper bound for models with sliding windows or
    /// without attention in some layers.
    pub fn kv_bytes_per_token(&self, kv: KvType) -> u64 {
        // Blocks of 32: one 16-bit scale and 32 values of 8 or 4 bits.
        let (numerator, denominator) = match kv {
            KvType::F16 => (2, 1),
            KvType::Q8_0 => (34, 32),
            KvType::Q4_0 => (18, 32),
        };
        let heads: u64 = if self.head_count_kv_by_layer.is_empty() {
            u64::from(self.block_count) * u64::from(self.head_count_kv)
        } else {
            self.head_count_kv_by_layer
                .iter()
                .map(|&heads| u64::from(heads))
                .sum()
        };
        let width = u64::from(self.key_length) + u64::from(self.value_length);
        heads
            .saturating_mul(width)
            .saturating_mul(numerator)
            .div_ceil(denominator)
    }

    /// Whether the tokenizer puts the begin-of-sequence token before a prompt: what the file says, or else what
    /// llama.cpp takes for this kind of tokenizer.
    pub fn add_bos(&self) -> bool {
        self.add_bos_token
            .unwrap_or(match self.tokenizer_model.as_deref() {
                Some("llama" | "bert") => true,
                Some("gpt2") => matches!(
                    self.tokenizer_pre.as_deref(),
                    Some(
                        "llama3"
                            | "llama-v3"
                            | "llama-bpe"
                            | "falcon3"
                            | "falcon-h1"
                            | "pixtral"
                            | "midm-2.0"
                            | "lfm2"
                            | "tekken"
                            | "chameleon"
                    )
                ),
                _ => false,
            })
    }
}

/// Checks that a file is the projector of a model that sees images (llama.cpp's `mmproj`).
///
/// # Errors
/// When it cannot be read, is truncated or damaged, or is something else.
pub fn check_projector(path: &Path) -> Result<(), GgufError> {
    let (metadata, _) = read_header(&mut Reader::open(path)?)?;
    let architecture = metadata.text("general.architecture").unwrap_or_default();
    if architecture == "clip" && metadata.flag("clip.has_vision_encoder") == Some(true) {
        return Ok(());
    }
    Err(GgufError::NotAProjector {
        architecture: architecture.to_owned(),
    })
}

/// Parameters and bytes of all tensors of one file, which may be any part of a split model.
///
/// # Errors
/// When the file cannot be read, is truncated or damaged.
pub fn tensor_totals(path: &Path) -> Result<TensorTotals, GgufError> {
    let (_, tensors) = read_header(&mut Reader::open(path)?)?;
    Ok(TensorTotals {
        parameters: tensors.parameters,
        bytes: tensors.bytes,
    })
}

/// Sums over a tensor table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TensorTotals {
    /// Elements of all tensors.
    pub parameters: u64,
    /// Their bytes.
    pub bytes: u64,
}

fn read_header(reader: &mut Reader) -> Result<(Metadata, TensorTable), GgufError> {
    let found = reader.bytes::<4>()?;
    if &found != b"GGUF" {
        return Err(GgufError::NotGguf { found });
    }
    let version = reader.u32()?;
    // Version 1 had 32-bit counts; no engine reads it any more.
    if !(2..=NEWEST_VERSION).contains(&version) {
        return Err(GgufError::Version { version });
    }
    let tensor_count = reader.u64()?;
    let pair_count = reader.u64()?;
    let metadata = Metadata::read(reader, pair_count)?;
    let tensors = TensorTable::read(reader, tensor_count, metadata.alignment()?)?;
    Ok((metadata, tensors))
}

fn summarise(
    metadata: &Metadata,
    tensors: &TensorTable,
    reader: &mut Reader,
) -> Result<GgufSummary, GgufError> {
    let architecture = metadata
        .text("general.architecture")
        .ok_or_else(|| GgufError::NotALanguageModel {
            architecture: String::new(),
            key: "general.architecture".into(),
        })?
        .to_owned();
    let key = |suffix: &str| format!("{architecture}.{suffix}");
    let required = |suffix: &str| match metadata.largest_u32(&key(suffix)) {
        Some(value) if value > 0 => Ok(value),
        Some(_) => Err(GgufError::Invalid(format!("`{}` is 0", key(suffix)))),
        None => Err(GgufError::NotALanguageModel {
            architecture: architecture.clone(),
            key: key(suffix),
        }),
    };
    let context_length = required("context_length")?;
    let block_count = required("block_count")?;
    let embedding_length = required("embedding_length")?;

    let head_count = metadata.largest_u32(&key("attention.head_count")).unwrap_or(0);
    let kv_key = key("attention.head_count_kv");
    let head_count_kv_by_layer = match metadata.get(&kv_key) {
        Some(Value::Numbers(numbers)) => metadata::all_u32(&kv_key, numbers)?,
        _ => Vec::new(),
    };
    let head_count_kv = metadata.largest_u32(&kv_key).unwrap_or(head_count);
    let head_width = embedding_length.checked_div(head_count).unwrap_or(0);
    let width = |suffix: &str| metadata.largest_u32(&key(suffix)).unwrap_or(head_width);

    let vocabulary = metadata.strings("tokenizer.ggml.tokens");
    let vocab_size = match vocabulary {
        Some(tokens) => u32::try_from(tokens.count).unwrap_or(u32::MAX),
        None => metadata.largest_u32(&key("vocab_size")).unwrap_or(0),
    };
    let tokenizer_model = metadata.text("tokenizer.ggml.model").map(str::to_owned);
    // SentencePiece files may leave the ids out: 1 and 2 by convention.
    let conventional = |id| (tokenizer_model.as_deref() == Some("llama")).then_some(id);
    let bos = metadata
        .largest_u32("tokenizer.ggml.bos_token_id")
        .or(conventional(1));
    let eos = metadata
        .largest_u32("tokenizer.ggml.eos_token_id")
        .or(conventional(2));
    let [bos_token, eos_token] = match vocabulary {
        Some(tokens) => tokens.lookup(reader, [bos, eos])?,
        None => [None, None],
    };

    Ok(GgufSummary {
        name: metadata.text("general.name").map(str::to_owned),
        context_length,
        block_count,
        embedding_length,
        head_count,
        head_count_kv,
        head_count_kv_by_layer,
        key_length: width("attention.key_length"),
        value_length: width("attention.value_length"),
        vocab_size,
        tokenizer_pre: metadata.text("tokenizer.ggml.pre").map(str::to_owned),
        add_bos_token: metadata.flag("tokenizer.ggml.add_bos_token"),
        chat_template: metadata.text("tokenizer.chat_template").map(str::to_owned),
        chat_template_tool_use: metadata
            .text("tokenizer.chat_template.tool_use")
            .map(str::to_owned),
        bos_token,
        eos_token,
        tensor_bytes: tensors.bytes,
        quantisation: metadata
            .largest_u32("general.file_type")
            .and_then(tensors::file_type_name)
            .unwrap_or(tensors.main_type)
            .to_owned(),
        parameters: tensors.parameters,
        split_count: metadata.largest_u32("split.count").unwrap_or(1).max(1),
        tokenizer_model,
        architecture,
    })
}

#[cfg(test)]
mod tests;
