//! `POST /v1/embeddings`: request and answer.

use crate::api::range::integer;
use crate::error::ApiError;
use crate::extract::{FromBody, parse_object};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use council_core::{EmbedKind, Embedded, EmbedderInfo, Embedding};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Most texts of one request, as in OpenAI's API.
const MAX_INPUTS: usize = 2048;

/// An embeddings request. Fields that are not listed here are ignored.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct EmbeddingsRequest {
    /// A text, or up to 2,048 texts. What is longer than the model reads (256 tokens) is cut there.
    pub(crate) input: EmbeddingsInput,
    /// The embedding model; there is one, so that it may be left out.
    pub(crate) model: Option<String>,
    /// `float` (the default): numbers; `base64`: the same as little-endian 32-bit floats in base64.
    #[schema(example = "float")]
    pub(crate) encoding_format: Option<String>,
    /// Numbers per vector; refused unless it is what the model has (384).
    pub(crate) dimensions: Option<i64>,
}

impl FromBody for EmbeddingsRequest {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        parse_object(body)
    }
}

/// One text or several; arrays of token ids are refused.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(untagged, expecting = "a string or an array of strings")]
pub(crate) enum EmbeddingsInput {
    One(String),
    Several(Vec<String>),
    #[schema(value_type = Vec<Object>)]
    Others(Vec<Value>),
}

/// A validated embeddings request.
#[derive(Debug)]
pub(crate) struct EmbeddingsOrder {
    pub(crate) texts: Vec<String>,
    /// A single text is most often a question, for which somebody waits.
    pub(crate) kind: EmbedKind,
    pub(crate) encoding: Encoding,
}

/// How vectors are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Float,
    Base64,
}

impl EmbeddingsRequest {
    /// Checks every field against what the embedder is.
    pub(crate) fn order(self, embedder: &EmbedderInfo) -> Result<EmbeddingsOrder, ApiError> {
        if let Some(model) = self.model
            && model != embedder.id
        {
            let hint = format!("the embedding model is `{}`; name that one, or none", embedder.id);
            return Err(ApiError::model_not_found(&model, hint));
        }
        let encoding = match self.encoding_format.as_deref() {
            None | Some("float") => Encoding::Float,
            Some("base64") => Encoding::Base64,
            Some(other) => {
                let message = format!("`encoding_format` is `{other}` and can be `float` or `base64`");
                return Err(ApiError::invalid("encoding_format", message));
            }
        };
        if let Some(dimensions) = integer("dimensions", self.dimensions, 1..=i64::from(u32::MAX))?
            && dimensions as usize != embedder.dimensions
        {
            let message = format!(
                "`dimensions` is {dimensions}, and the vectors of `{}` have {}; ask for that, or leave it out",
                embedder.id, embedder.dimensions
            );
            return Err(ApiError::invalid("dimensions", message));
        }
        let (texts, kind) = texts(self.input)?;
        Ok(EmbeddingsOrder {
            texts,
            kind,
            encoding,
        })
    }
}

fn texts(input: EmbeddingsInput) -> Result<(Vec<String>, EmbedKind), ApiError> {
    let (texts, kind) = match input {
        EmbeddingsInput::One(text) if text.is_empty() => {
            return Err(ApiError::invalid(
                "input",
                "`input` is empty; give the text to embed",
            ));
        }
        EmbeddingsInput::One(text) => (vec![text], EmbedKind::Query),
        EmbeddingsInput::Several(texts) => (texts, EmbedKind::Document),
        EmbeddingsInput::Others(values) => {
            let (index, value) = values
                .iter()
                .enumerate()
                .find(|(_, value)| !value.is_string())
                .unwrap_or((0, &Value::Null));
            let field = format!("input[{index}]");
            let message = match value {
                Value::Number(_) | Value::Array(_) => format!(
                    "`{field}` looks like token ids, which mean something else to every model; send the text"
                ),
                _ => format!("`{field}` is not a string; `input` is a string or an array of strings"),
            };
            return Err(ApiError::invalid(field, message));
        }
    };
    if texts.is_empty() || texts.len() > MAX_INPUTS {
        let message = format!(
            "`input` has {} texts; give 1 to {MAX_INPUTS} of them",
            texts.len()
        );
        return Err(ApiError::invalid("input", message));
    }
    if let Some(index) = texts.iter().position(String::is_empty) {
        let field = format!("input[{index}]");
        let message = format!("`{field}` is empty; leave it out, or give the text to embed");
        return Err(ApiError::invalid(field, message));
    }
    Ok((texts, kind))
}

/// Vectors, in the order of the texts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EmbeddingList {
    #[schema(value_type = String, example = "list")]
    object: &'static str,
    data: Vec<EmbeddingObject>,
    model: String,
    usage: EmbeddingUsage,
}

/// One text's vector, of length 1.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EmbeddingObject {
    #[schema(value_type = String, example = "embedding")]
    object: &'static str,
    /// The text's place in `input`.
    index: usize,
    embedding: EmbeddingNumbers,
}

/// Numbers, or base64 of them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum EmbeddingNumbers {
    Float(Vec<f32>),
    Base64(String),
}

/// Tokens that were read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EmbeddingUsage {
    prompt_tokens: u64,
    total_tokens: u64,
}

impl EmbeddingList {
    pub(crate) fn new(embedder: &EmbedderInfo, embedded: Embedded, encoding: Encoding) -> Self {
        let objects = embedded.vectors.into_iter().enumerate();
        let objects = objects.map(|(index, vector)| EmbeddingObject {
            object: "embedding",
            index,
            embedding: encode(vector, encoding),
        });
        Self {
            object: "list",
            data: objects.collect(),
            model: embedder.id.clone(),
            usage: EmbeddingUsage {
                prompt_tokens: embedded.tokens.into(),
                total_tokens: embedded.tokens.into(),
            },
        }
    }
}

fn encode(vector: Embedding, encoding: Encoding) -> EmbeddingNumbers {
    match encoding {
        Encoding::Float => EmbeddingNumbers::Float(vector.0),
        Encoding::Base64 => {
            let bytes: Vec<u8> = vector.0.into_iter().flat_map(f32::to_le_bytes).collect();
            EmbeddingNumbers::Base64(STANDARD.encode(bytes))
        }
    }
}
