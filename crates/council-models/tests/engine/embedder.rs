//! all-MiniLM-L6-v2 as published, computed in 64 bits by `tests/fixtures/embed/make.py`, beside what this crate computes.

use council_core::{EmbedKind, Embedder};
use council_models::embed::MiniLm;
use serde_json::Value;
use std::path::PathBuf;

const TEXTS: &str = include_str!("../fixtures/embed/texts.json");
const VECTORS: &[u8] = include_bytes!("../fixtures/embed/vectors.f32");

/// Texts, their tokens, their vectors.
fn reference() -> (Vec<String>, Vec<u32>, Vec<Vec<f32>>) {
    let cases: Vec<Value> = serde_json::from_str(TEXTS).unwrap();
    let texts = cases.iter().map(|case| case["text"].as_str().unwrap().to_owned());
    let tokens = cases.iter().map(|case| case["tokens"].as_u64().unwrap() as u32);
    let numbers: Vec<f32> = VECTORS
        .as_chunks()
        .0
        .iter()
        .map(|&four| f32::from_le_bytes(four))
        .collect();
    (
        texts.collect(),
        tokens.collect(),
        numbers.chunks(384).map(<[f32]>::to_vec).collect(),
    )
}

/// The same directory as the product's; `make test` pulls the weights into it.
#[expect(clippy::disallowed_methods, reason = "tests have no configuration")]
fn models_dir() -> PathBuf {
    let under = |name: &str, rest: &str| Some(PathBuf::from(std::env::var_os(name)?).join(rest));
    under("COUNCIL_MODELS_DIR", "")
        .or_else(|| under("XDG_DATA_HOME", "council/models"))
        .or_else(|| under("HOME", ".local/share/council/models"))
        .unwrap()
}

async fn open(threads: usize) -> MiniLm {
    let embedder = MiniLm::with_threads(&models_dir(), threads);
    if let Err(error) = embedder.loaded().await {
        panic!("{}: {error}", models_dir().display());
    }
    embedder
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[tokio::test]
async fn vectors_are_those_of_the_published_model_but_for_rounding() {
    let embedder = open(1).await;
    let (texts, tokens, expected) = reference();
    assert_eq!((texts.len(), expected.len()), (12, 12));
    for ((text, tokens), expected) in texts.iter().zip(tokens).zip(&expected) {
        let found = embedder
            .embed(vec![text.clone()], EmbedKind::Query)
            .await
            .unwrap();
        assert_eq!(found.tokens, tokens, "{text}");
        let vector = &found.vectors[0].0;
        assert!((dot(vector, vector) - 1.0).abs() < 1e-5);
        let cosine = dot(vector, expected);
        assert!(cosine >= 0.99, "{cosine} for {text}");
    }
}

#[tokio::test]
async fn how_alike_two_texts_are_changes_little_by_rounding() {
    let embedder = open(2).await;
    let (texts, tokens, expected) = reference();
    let found = embedder.embed(texts, EmbedKind::Document).await.unwrap();
    assert_eq!(found.tokens, tokens.iter().sum::<u32>());
    let mut largest = 0_f32;
    for first in 0..expected.len() {
        for second in 0..first {
            let exact = dot(&expected[first], &expected[second]);
            let rounded = dot(&found.vectors[first].0, &found.vectors[second].0);
            largest = largest.max((exact - rounded).abs());
        }
    }
    assert!(largest < 0.025, "{largest}");
}

#[tokio::test]
async fn texts_do_not_depend_on_those_that_are_embedded_with_them() {
    let embedder = open(1).await;
    let (texts, ..) = reference();
    let together = embedder.embed(texts.clone(), EmbedKind::Document).await.unwrap();
    for (text, together) in texts.into_iter().zip(together.vectors) {
        let alone = embedder
            .embed(vec![text.clone()], EmbedKind::Document)
            .await
            .unwrap();
        assert!(dot(&alone.vectors[0].0, &together.0) > 0.9999, "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_requests_at_once_get_their_own_answers_in_order() {
    let embedder = open(2).await;
    let texts: Vec<String> = (0..600).map(|index| format!("river number {index}")).collect();
    let all = embedder.embed(texts.clone(), EmbedKind::Document).await.unwrap();
    assert_eq!(all.vectors.len(), 600);
    let singles = (0..40).map(|index| embedder.embed(vec![texts[index * 15].clone()], EmbedKind::Query));
    for (index, single) in futures::future::join_all(singles).await.into_iter().enumerate() {
        let single = single.unwrap();
        assert!(
            dot(&single.vectors[0].0, &all.vectors[index * 15].0) > 0.9999,
            "{index}"
        );
    }
    let nothing = embedder.embed(Vec::new(), EmbedKind::Document).await.unwrap();
    assert_eq!((nothing.vectors.len(), nothing.tokens), (0, 0));
}
