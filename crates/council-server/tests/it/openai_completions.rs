//! `/v1/completions`.

use crate::app::TestApp;
use crate::masked::masked;
use axum::http::StatusCode;
use council_core::Input;
use serde_json::{Value, json};

const COMPLETIONS: &str = "/v1/completions";

macro_rules! snapshot {
    ($name:expr, $value:expr) => {
        insta::assert_json_snapshot!($name, masked(&$value, &[("id", "id")]));
    };
}

#[tokio::test]
async fn a_whole_answer() {
    let app = TestApp::new();
    snapshot!(
        "completion",
        app.post(COMPLETIONS, &json!({"prompt": "Once", "echo": true}))
            .await
            .ok()
    );
    let request = app.models.script.requests.lock().unwrap().pop().unwrap();
    assert_eq!(
        (request.input, request.max_tokens),
        (Input::Text("Once".into()), Some(16))
    );
}

#[tokio::test]
async fn a_streamed_answer() {
    let body = json!({
        "prompt": "Once", "echo": true, "stream": true, "stream_options": {"include_usage": true},
    });
    snapshot!(
        "completion_stream",
        TestApp::new().post(COMPLETIONS, &body).await.json_events()
    );
}

#[tokio::test]
async fn log_probs_are_parallel_arrays_with_offsets() {
    let app = TestApp::new();
    let whole = app
        .post(COMPLETIONS, &json!({"prompt": "Once", "logprobs": 1}))
        .await
        .ok();
    snapshot!("completion_logprobs", whole["choices"][0]["logprobs"]);
    let body = json!({"prompt": "Once", "logprobs": 1, "stream": true});
    let events = app.post(COMPLETIONS, &body).await.json_events();
    let offsets: Vec<&Value> = events
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["logprobs"]["text_offset"].get(0))
        .collect();
    assert_eq!(offsets, [0, 5]);
}

#[tokio::test]
async fn several_prompts_are_answered_in_order() {
    let app = TestApp::new();
    let whole = app
        .post(COMPLETIONS, &json!({"prompt": ["a", "b"], "n": 2, "echo": true}))
        .await
        .ok();
    let texts: Vec<_> = whole["choices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|choice| &choice["text"])
        .collect();
    assert_eq!(
        texts,
        ["aHello world", "aHello world", "bHello world", "bHello world"]
    );
    assert_eq!(whole["usage"]["prompt_tokens"], 24);
    assert_eq!(whole["usage"]["completion_tokens"], 12);
}

#[tokio::test]
async fn what_is_not_supported_is_refused_by_name() {
    let app = TestApp::new();
    let cases = [
        (json!({"prompt": [1, 2, 3]}), "prompt"),
        (json!({"prompt": [[1, 2], [3]]}), "prompt"),
        (json!({"prompt": []}), "prompt"),
        (json!({"prompt": ""}), "prompt"),
        (json!({}), "prompt"),
        (json!({"prompt": vec!["a"; 9]}), "prompt"),
        (json!({"prompt": vec!["a"; 8], "n": 3}), "prompt"),
        (json!({"prompt": "a", "suffix": "b"}), "suffix"),
        (json!({"prompt": "a", "best_of": 2}), "best_of"),
        (json!({"prompt": "a", "echo": true, "logprobs": 1}), "logprobs"),
        (json!({"prompt": "a", "temperature": 5}), "temperature"),
    ];
    for (body, param) in cases {
        let answer = app.post(COMPLETIONS, &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(answer.json()["error"]["param"], param, "{body}");
    }
}
