//! The original routes, frozen.

use crate::app::TestApp;
use crate::fakes::Step;
use crate::masked::masked;
use axum::http::StatusCode;
use council_core::ModelError;
use serde_json::{Value, json};

/// What differs between runs.
const MASKS: [(&str, &str); 8] = [
    ("latency_ms", "ms"),
    ("avg_latency_ms", "ms"),
    ("p50_latency_ms", "ms"),
    ("p95_latency_ms", "ms"),
    ("p99_latency_ms", "ms"),
    ("checks.store.latency_ms", "ms"),
    ("uptime_seconds", "s"),
    ("request_id", "request"),
];

macro_rules! snapshot {
    ($name:expr, $value:expr) => {
        insta::assert_json_snapshot!($name, masked(&$value, &MASKS));
    };
}

#[tokio::test]
async fn hybrid() {
    let app = TestApp::new();
    let answer = app.post("/hybrid", &json!({"prompt": "hi"})).await;
    let json = answer.ok();
    assert_eq!(json["request_id"], answer.header("x-request-id"));
    assert!(json["timestamp"].is_string() && json["latency_ms"].is_f64());
    snapshot!("hybrid", json);
}

#[tokio::test]
async fn hybrid_takes_query_as_an_alias_of_prompt() {
    let app = TestApp::new();
    assert_eq!(
        app.post("/hybrid", &json!({"query": "hi"})).await.ok()["text"],
        "Hello world"
    );
}

#[tokio::test]
async fn hybrid_streams_tokens_as_they_are_made() {
    let app = TestApp::new();
    let by_body = app
        .post("/hybrid", &json!({"prompt": "hi", "stream": true}))
        .await;
    snapshot!("hybrid_stream_frames", by_body.json_events());
    let by_query = app.post("/hybrid?stream=true", &json!({"prompt": "hi"})).await;
    assert_eq!(
        by_query.json_events()[0],
        json!({"text": "Hello", "partial": true})
    );
}

#[tokio::test]
async fn hybrid_ends_a_failed_stream_with_the_error() {
    let app = TestApp::new();
    app.answer([
        Step::Say("Hel"),
        Step::Fail(ModelError::Internal("broken".into())),
    ]);
    let answer = app
        .post("/hybrid", &json!({"prompt": "hi", "stream": true}))
        .await;
    snapshot!("hybrid_stream_failed", answer.json_events());
}

#[tokio::test]
async fn hybrid_answers_an_openai_body_in_openai_shape() {
    let app = TestApp::new();
    let body = json!({"messages": [{"role": "user", "content": "hi"}]});
    let whole = app.post("/hybrid", &body).await.ok();
    assert_eq!(whole["object"], "chat.completion");
    assert_eq!(whole["choices"][0]["message"]["content"], "Hello world");
    let events = app.post("/hybrid?stream=true", &body).await.events();
    assert_eq!(events.last().unwrap(), "[DONE]");
    assert_eq!(app.store.entries.lock().unwrap()[0].route, "/hybrid");
}

#[tokio::test]
async fn hybrid_stream_sends_raw_text_and_an_end_mark() {
    let app = TestApp::new();
    app.answer([Step::Say("one\ntwo"), Step::Say(" three")]);
    let answer = app.post("/hybrid/stream", &json!({"prompt": "hi"})).await;
    assert_eq!(
        answer.text(),
        "data: one\ndata: two\n\ndata:  three\n\ndata: [STREAM_COMPLETE]\n\n"
    );
    app.answer([
        Step::Say("one"),
        Step::Fail(ModelError::Upstream {
            provider: "x".into(),
            message: "gone".into(),
        }),
    ]);
    let answer = app.post("/hybrid/stream", &json!({"prompt": "hi"})).await;
    assert_eq!(answer.events(), ["one", "[STREAM_ERROR: x failed: gone]"]);
}

#[tokio::test]
async fn hybrid_passes_sampling_fields_and_instructions_on() {
    let app = TestApp::new();
    let body = json!({
        "prompt": "hi", "system": "be brief", "temperature": 0, "max_tokens": 3, "model": "far", "user": "ada",
    });
    assert_eq!(app.post("/hybrid", &body).await.ok()["model"], "far");
    let request = app.models.script.requests.lock().unwrap().pop().unwrap();
    assert_eq!(
        (
            request.sampling.temperature,
            request.max_tokens,
            request.client.as_str()
        ),
        (0.0, Some(3), "ada")
    );
    let council_core::Input::Chat { messages, .. } = request.input else {
        panic!("chat")
    };
    let texts: Vec<_> = messages
        .iter()
        .map(|message| (message.role.as_str(), message.joined_text()))
        .collect();
    assert_eq!(
        texts,
        [("system", "be brief".to_owned()), ("user", "hi".to_owned())]
    );
}

#[tokio::test]
async fn orchestrate() {
    let app = TestApp::new();
    let answer = app
        .post(
            "/orchestrate",
            &json!({"prompt": "hi", "route": ["missing", "far"]}),
        )
        .await;
    snapshot!("orchestrate", answer.ok());
    let by_skill = app
        .post("/orchestrate", &json!({"prompt": "hi", "route": ["chat"]}))
        .await
        .ok();
    assert_eq!(by_skill["model_used"], "tiny");
    let by_default = app.post("/orchestrate", &json!({"prompt": "hi"})).await.ok();
    assert_eq!(by_default["model_used"], "tiny");
}

#[tokio::test]
async fn orchestrate_fails_when_nothing_of_the_route_exists() {
    let app = TestApp::new();
    let answer = app
        .post("/orchestrate", &json!({"prompt": "hi", "route": ["missing"]}))
        .await;
    assert_eq!(
        (answer.status, &answer.json()["error"]["code"]),
        (StatusCode::NOT_FOUND, &json!("not_found"))
    );
}

#[tokio::test]
async fn api_chat_continues_a_conversation() {
    let app = TestApp::new();
    let first = app
        .post("/api/chat", &json!({"prompt": "hi", "session_id": "s1"}))
        .await;
    snapshot!("api_chat", first.ok());
    app.post("/api/chat", &json!({"prompt": "and?", "session_id": "s1"}))
        .await
        .ok();
    let request = app.models.script.requests.lock().unwrap().pop().unwrap();
    let council_core::Input::Chat { messages, .. } = request.input else {
        panic!("chat")
    };
    let texts: Vec<_> = messages.iter().map(council_core::Message::joined_text).collect();
    assert_eq!(texts, ["hi", "Hello world", "and?"]);
}

#[tokio::test]
async fn api_chat_makes_a_conversation_when_none_is_named() {
    let app = TestApp::new();
    let session = app.post("/api/chat", &json!({"prompt": "hi"})).await.ok()["session_id"].clone();
    let session = session.as_str().unwrap();
    let found = app.get(&format!("/v1/conversations/{session}")).await.ok();
    assert_eq!(found["message_count"], 2);
}

#[tokio::test]
async fn api_chat_streams_and_tells_the_conversation() {
    let app = TestApp::new();
    let events = app
        .post(
            "/api/chat?stream=true",
            &json!({"prompt": "hi", "session_id": "s1"}),
        )
        .await
        .json_events();
    snapshot!("api_chat_frames", events);
}

#[tokio::test]
async fn models() {
    snapshot!("models", TestApp::new().get("/models").await.ok());
}

#[tokio::test]
async fn budget() {
    let app = TestApp::new();
    snapshot!("budget_before_the_first_request", app.get("/budget").await.ok());
    app.post("/hybrid", &json!({"prompt": "hi", "model": "far"}))
        .await
        .ok();
    app.post("/hybrid", &json!({"prompt": "hi"})).await.ok();
    snapshot!("budget", app.get("/budget").await.ok());
}

#[tokio::test]
async fn health() {
    snapshot!("health", TestApp::new().get("/health").await.ok());
}

#[tokio::test]
async fn stats() {
    let app = TestApp::new();
    let before = app.get("/stats").await.ok();
    assert_eq!(
        (&before["p50_latency_ms"], &before["success_rate"]),
        (&Value::Null, &json!(0.0))
    );
    app.post("/hybrid", &json!({"prompt": "hi"})).await.ok();
    app.post("/hybrid", &json!({"prompt": "hi", "model": "far"}))
        .await
        .ok();
    app.answer([Step::Fail(ModelError::Internal("broken".into()))]);
    app.post("/hybrid", &json!({"prompt": "hi"})).await;
    snapshot!("stats", app.get("/stats").await.ok());
}
