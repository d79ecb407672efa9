//! Texts as vectors, for search by meaning.

use crate::model::ModelError;
use async_trait::async_trait;

/// A text's vector: `f32[dimensions]` of length 1, so that a dot product is a cosine.
#[derive(Clone, Debug, PartialEq)]
pub struct Embedding(pub Vec<f32>);

impl Embedding {
    /// How close two texts of one model are in meaning: -1 to 1.
    pub fn cosine(&self, other: &Self) -> f32 {
        self.0.iter().zip(&other.0).map(|(one, other)| one * other).sum()
    }
}

/// What a text is embedded for; some models treat questions and answers differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmbedKind {
    /// Something that is looked for.
    Query,
    /// Something that can be found.
    Document,
}

/// What an embedder is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbedderInfo {
    /// Its name. Vectors of different embedders are never compared.
    pub id: String,
    /// Numbers per vector.
    pub dimensions: usize,
    /// Longest text, in tokens; what is longer is cut there.
    pub max_tokens: usize,
}

/// Texts that became vectors.
#[derive(Clone, Debug, PartialEq)]
pub struct Embedded {
    /// One for each text, in order.
    pub vectors: Vec<Embedding>,
    /// Tokens that were read, in all.
    pub tokens: u32,
}

/// Turns texts into vectors.
#[async_trait]
pub trait Embedder: Send + Sync {
    /// What it is.
    fn info(&self) -> &EmbedderInfo;

    /// Embeds texts, keeping their order. Costs a millisecond for a short text, ten for a long one, on a processor.
    ///
    /// # Errors
    /// [`ModelError::NotReady`] while its weights are missing or loading.
    async fn embed(&self, texts: Vec<String>, kind: EmbedKind) -> Result<Embedded, ModelError>;
}
