//! Embeds texts for training: `embed_texts < texts.jsonl > vectors.f32`, one JSON string a line, `f32[384]` in little
//! endian each. One thread and one text at a time, so that the same machine always gives the same bytes.
//!
//! The model is read from `COUNCIL_MODELS_DIR`, or from where `council pull all-minilm-l6-v2` puts it.

use council_core::{EmbedKind, Embedder};
use council_models::embed::MiniLm;
use std::error::Error;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let embedder = MiniLm::with_threads(&models_dir()?, 1);
    embedder.loaded().await?;
    let mut vectors = BufWriter::new(std::io::stdout().lock());
    for (index, line) in std::io::stdin().lines().enumerate() {
        let text: String = serde_json::from_str(&line?)
            .map_err(|error| format!("line {} is no JSON string: {error}", index + 1))?;
        for vector in embedder.embed(vec![text], EmbedKind::Query).await?.vectors {
            for number in vector.0 {
                vectors.write_all(&number.to_le_bytes())?;
            }
        }
    }
    vectors.flush()?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a training script has no configuration")]
fn models_dir() -> Result<PathBuf, &'static str> {
    let under = |name: &str, rest: &str| Some(PathBuf::from(std::env::var_os(name)?).join(rest));
    under("COUNCIL_MODELS_DIR", "")
        .or_else(|| under("XDG_DATA_HOME", "council/models"))
        .or_else(|| under("HOME", ".local/share/council/models"))
        .ok_or("none of COUNCIL_MODELS_DIR, XDG_DATA_HOME and HOME is set: say where the models are")
}
