//! An embedder that finds texts by the words that they share with the question.

use async_trait::async_trait;
use council_core::{EmbedKind, Embedded, Embedder, EmbedderInfo, Embedding, ModelError};
use std::time::Duration;

const DIMENSIONS: usize = 64;

/// Each word turns one number on; the texts `down` and `full` fail.
pub(crate) struct WordEmbedder(EmbedderInfo);

impl Default for WordEmbedder {
    fn default() -> Self {
        Self(EmbedderInfo {
            id: "words".to_owned(),
            dimensions: DIMENSIONS,
            max_tokens: 256,
        })
    }
}

#[async_trait]
impl Embedder for WordEmbedder {
    fn info(&self) -> &EmbedderInfo {
        &self.0
    }

    async fn embed(&self, texts: Vec<String>, _: EmbedKind) -> Result<Embedded, ModelError> {
        if texts.iter().any(|text| text == "down") {
            return Err(ModelError::NotReady {
                message: "the embedder is not installed; run `council pull`".to_owned(),
                retry_after: Duration::from_mins(1),
            });
        }
        let tokens = texts
            .iter()
            .map(|text| text.split_whitespace().count() as u32)
            .sum();
        let vectors = texts.iter().map(|text| embedding(text)).collect();
        Ok(Embedded { vectors, tokens })
    }
}

fn embedding(text: &str) -> Embedding {
    let mut vector = vec![0.0_f32; DIMENSIONS];
    for word in text.split_whitespace() {
        let place = word
            .bytes()
            .fold(7_usize, |sum, byte| (sum * 31 + usize::from(byte)) % DIMENSIONS);
        vector[place] = 1.0;
    }
    let length = vector
        .iter()
        .map(|value| value * value)
        .sum::<f32>()
        .sqrt()
        .max(1.0);
    Embedding(vector.into_iter().map(|value| value / length).collect())
}
