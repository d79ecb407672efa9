//! Sharing out, and what is said while there are no weights. With weights: `tests/engine`.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{MiniLm, ROUND_TOKENS, install, parts};
use council_core::{EmbedKind, Embedder, ModelError};
use tempfile::TempDir;

#[test]
fn many_texts_are_shared_out_in_order_and_a_long_one_is_a_part_of_its_own() {
    let texts: Vec<String> = (0..100).map(|index| format!("text number {index}")).collect();
    let shared = parts(texts.clone());
    assert!(shared.len() > 1 && shared.len() < 10, "{}", shared.len());
    assert_eq!(shared.concat(), texts);
    let long = "x".repeat(1 << 20);
    let shared = parts(vec![long.clone(), "short".into(), long]);
    assert_eq!(shared.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 1]);
    assert!(parts(Vec::new()).is_empty());
    assert_eq!(parts(vec!["a".repeat(4 * ROUND_TOKENS)]).len(), 1);
}

async fn refusal(embedder: &MiniLm) -> String {
    match embedder.embed(vec!["a".into()], EmbedKind::Query).await {
        Err(ModelError::NotReady { message, .. }) => message,
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn without_weights_it_says_how_to_get_them() {
    let dir = TempDir::new().unwrap();
    let embedder = MiniLm::open(dir.path());
    assert_eq!(
        (embedder.info().dimensions, embedder.info().max_tokens),
        (384, 256)
    );
    assert!(
        refusal(&embedder)
            .await
            .contains("`council pull all-minilm-l6-v2`")
    );
}

#[tokio::test]
async fn weights_with_another_content_are_refused_by_name() {
    let dir = TempDir::new().unwrap();
    let embedder = MiniLm::open(dir.path());
    let files = dir.path().join(install::NAME);
    std::fs::create_dir(&files).unwrap();
    for name in ["model.safetensors", "tokenizer.json"] {
        std::fs::write(files.join(name), "{}").unwrap();
    }
    // It notices by itself that there is something now.
    let first = refusal(&embedder).await;
    assert!(first.contains("loading") || first.contains("hash"), "{first}");
    assert!(embedder.loaded().await.is_err());
    let message = refusal(&embedder).await;
    assert!(message.contains("model.safetensors has the hash"), "{message}");
}

#[test]
fn removing_frees_the_directory() {
    let dir = TempDir::new().unwrap();
    assert_eq!(install::remove(dir.path()).unwrap(), None);
    let files = dir.path().join(install::NAME);
    std::fs::create_dir(&files).unwrap();
    std::fs::write(files.join("model.safetensors"), "12345").unwrap();
    assert_eq!(install::installed_bytes(dir.path()), None);
    assert_eq!(install::remove(dir.path()).unwrap(), Some(5));
    assert!(!files.exists());
}
