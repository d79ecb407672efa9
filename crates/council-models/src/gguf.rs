//! Reads a model file's header without trusting it.

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
    /// Attention heads.
    pub head_count: u32,
    /// Heads of keys and values (the largest of all layers).
    pub head_count_kv: u32,
    /// Width of one key head.
    pub key_length: u32,
    /// Width of one value head.
    pub value_length: u32,
    /// Entries of the vocabulary.
    pub vocab_size: u32,
    /// The chat template (Jinja), where there is one.
    pub chat_template: Option<String>,
    /// Text of the begin-of-sequence token.
    pub bos_token: Option<String>,
    /// Text of the end-of-sequence token.
    pub eos_token: Option<String>,
    /// Bytes of all tensors.
    pub tensor_bytes: u64,
    /// Quantisation that most of the tensors have, such as `Q4_K`.
    pub quantisation: String,
    /// Parameters.
    pub parameters: u64,
}
