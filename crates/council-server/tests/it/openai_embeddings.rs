//! `/v1/embeddings`.

use crate::app::TestApp;
use async_trait::async_trait;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use council_core::{EmbedKind, Embedded, Embedder, EmbedderInfo, Embedding, ModelError};
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const EMBEDDINGS: &str = "/v1/embeddings";

/// Gives each text its length, its number of words, and 0.5.
struct FakeEmbedder {
    info: EmbedderInfo,
    ready: bool,
    kinds: Mutex<Vec<EmbedKind>>,
}

#[async_trait]
impl Embedder for FakeEmbedder {
    fn info(&self) -> &EmbedderInfo {
        &self.info
    }

    async fn embed(&self, texts: Vec<String>, kind: EmbedKind) -> Result<Embedded, ModelError> {
        if !self.ready {
            return Err(ModelError::NotReady {
                message: "the embedding model is not installed; `council pull fake` fetches it".into(),
                retry_after: Duration::from_secs(30),
            });
        }
        self.kinds.lock().unwrap().push(kind);
        let words = |text: &String| text.split_whitespace().count();
        Ok(Embedded {
            tokens: texts.iter().map(words).sum::<usize>() as u32,
            vectors: texts
                .iter()
                .map(|text| Embedding(vec![text.len() as f32, words(text) as f32, 0.5]))
                .collect(),
        })
    }
}

fn app(ready: bool) -> (TestApp, Arc<FakeEmbedder>) {
    let embedder = Arc::new(FakeEmbedder {
        info: EmbedderInfo {
            id: "fake".into(),
            dimensions: 3,
            max_tokens: 8,
        },
        ready,
        kinds: Mutex::default(),
    });
    (TestApp::with_embedder(embedder.clone()), embedder)
}

#[tokio::test]
async fn several_texts_keep_their_order() {
    let (app, embedder) = app(true);
    let body = json!({"model": "fake", "input": ["one", "two words", "and three words"], "user": "ada"});
    insta::assert_json_snapshot!("embeddings", app.post(EMBEDDINGS, &body).await.ok());
    assert_eq!(*embedder.kinds.lock().unwrap(), [EmbedKind::Document]);
}

#[tokio::test]
async fn one_text_is_a_list_of_one_and_a_question() {
    let (app, embedder) = app(true);
    let answer = app
        .post(EMBEDDINGS, &json!({"input": "two words", "dimensions": 3}))
        .await
        .ok();
    assert_eq!(
        answer["data"],
        json!([{"object": "embedding", "index": 0, "embedding": [9.0, 2.0, 0.5]}])
    );
    assert_eq!(*embedder.kinds.lock().unwrap(), [EmbedKind::Query]);
}

#[tokio::test]
async fn base64_holds_the_same_numbers_in_little_endian() {
    let (app, _) = app(true);
    let body = json!({"input": ["two words"], "encoding_format": "base64"});
    let answer = app.post(EMBEDDINGS, &body).await.ok();
    let bytes = STANDARD
        .decode(answer["data"][0]["embedding"].as_str().unwrap())
        .unwrap();
    let numbers: Vec<f32> = bytes
        .chunks(4)
        .map(|four| f32::from_le_bytes(four.try_into().unwrap()))
        .collect();
    assert_eq!(numbers, [9.0, 2.0, 0.5]);
}

#[tokio::test]
async fn what_cannot_be_embedded_is_refused_by_field() {
    let (app, embedder) = app(true);
    let many = vec!["x"; 2049];
    let cases = [
        (json!({}), "input", "`input` is missing"),
        (json!({"input": ""}), "input", "`input` is empty"),
        (json!({"input": []}), "input", "`input` has 0 texts"),
        (json!({"input": many}), "input", "`input` has 2049 texts"),
        (json!({"input": ["a", ""]}), "input[1]", "`input[1]` is empty"),
        (json!({"input": [1, 2, 3]}), "input[0]", "token ids"),
        (json!({"input": [[1, 2], [3]]}), "input[0]", "token ids"),
        (json!({"input": ["a", null]}), "input[1]", "not a string"),
        (json!({"input": 7}), "input", "a string or an array of strings"),
        (json!({"input": "a", "dimensions": 256}), "dimensions", "have 3"),
        (
            json!({"input": "a", "dimensions": 0}),
            "dimensions",
            "`dimensions`",
        ),
        (
            json!({"input": "a", "encoding_format": "int8"}),
            "encoding_format",
            "`float` or `base64`",
        ),
    ];
    for (body, param, message) in cases {
        let answer = app.post(EMBEDDINGS, &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text());
        let error = &answer.json()["error"];
        assert_eq!(error["param"], param, "{error}");
        assert!(error["message"].as_str().unwrap().contains(message), "{error}");
    }
    assert!(embedder.kinds.lock().unwrap().is_empty());
}

#[tokio::test]
async fn another_model_is_not_found_and_the_right_one_is_named() {
    let (app, _) = app(true);
    let body = json!({"input": "a", "model": "text-embedding-3-small"});
    let answer = app.post(EMBEDDINGS, &body).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let error = &answer.json()["error"];
    assert_eq!(error["param"], "model");
    assert!(error["hint"].as_str().unwrap().contains("`fake`"), "{error}");
}

#[tokio::test]
async fn a_model_that_is_not_there_is_a_503_with_the_remedy() {
    let (app, _) = app(false);
    let answer = app.post(EMBEDDINGS, &json!({"input": "a"})).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header("retry-after"), "30");
    let error = &answer.json()["error"];
    assert_eq!(error["code"], "model_not_ready");
    assert!(
        error["message"].as_str().unwrap().contains("council pull fake"),
        "{error}"
    );
}
