//! What happens around a stream: disconnects, keep-alives, shutdown.

use crate::app::{TestApp, piece};
use crate::fakes::Step;
use axum::http::StatusCode;
use council_core::Outcome;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_client_that_leaves_a_stream_cancels_its_turn() {
    let app = TestApp::new();
    app.answer([Step::Say("Hel"), Step::Hang]);
    let mut stream = app
        .stream("/hybrid", &json!({"prompt": "hi", "stream": true}))
        .await;
    assert!(piece(&mut stream).await.contains("Hel"));
    drop(stream);
    app.models.script.ended(1).await;
    app.agent.drain(Duration::from_secs(5)).await;
    let entries = app.store.entries.lock().unwrap();
    assert_eq!(
        entries.iter().map(|entry| entry.outcome).collect::<Vec<_>>(),
        [Outcome::Cancelled]
    );
}

#[tokio::test]
async fn a_client_that_leaves_several_answers_cancels_them_all() {
    let app = TestApp::new();
    for _ in 0..3 {
        app.answer([Step::Say("Hel"), Step::Hang]);
    }
    let body = json!({"messages": [{"role": "user", "content": "hi"}], "n": 3, "stream": true});
    let mut stream = app.stream("/v1/chat/completions", &body).await;
    piece(&mut stream).await;
    drop(stream);
    app.models.script.ended(3).await;
}

#[tokio::test]
async fn one_failed_answer_of_several_cancels_the_others() {
    let app = TestApp::new();
    app.answer([Step::Hang]);
    app.answer([Step::Fail(council_core::ModelError::Internal("broken".into()))]);
    let body = json!({"messages": [{"role": "user", "content": "hi"}], "n": 2});
    let answer = app.post("/v1/chat/completions", &body).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    app.models.script.ended(2).await;
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_is_kept_alive() {
    let app = TestApp::new();
    app.answer([Step::Say("Hel"), Step::Hang]);
    let mut stream = app
        .stream("/hybrid", &json!({"prompt": "hi", "stream": true}))
        .await;
    piece(&mut stream).await;
    let before = tokio::time::Instant::now();
    assert_eq!(piece(&mut stream).await, ": keep-alive\n\n");
    assert_eq!(piece(&mut stream).await, ": keep-alive\n\n");
    let silence = before.elapsed();
    assert!(
        (Duration::from_secs(30)..Duration::from_secs(31)).contains(&silence),
        "{silence:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_stream_without_a_first_token_begins_after_a_while() {
    let app = TestApp::new();
    app.answer([Step::Hang]);
    let body = json!({"messages": [{"role": "user", "content": "hi"}], "stream": true});
    let mut stream = app.stream("/v1/chat/completions", &body).await;
    assert!(piece(&mut stream).await.contains("\"role\":\"assistant\""));
    assert_eq!(piece(&mut stream).await, ": keep-alive\n\n");
}

#[tokio::test]
async fn a_stopping_server_says_so_and_stays_consistent() {
    let app = TestApp::new();
    app.answer([Step::Say("Hel"), Step::Hang]);
    let mut stream = app
        .stream("/hybrid", &json!({"prompt": "hi", "stream": true}))
        .await;
    piece(&mut stream).await;
    app.agent.drain(Duration::ZERO).await;
    let last = piece(&mut stream).await;
    assert!(
        last.contains("\"code\":\"shutting_down\"") && last.contains("\"done\":true"),
        "{last}"
    );
    let refused = app.post("/hybrid", &json!({"prompt": "hi"})).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!refused.header("retry-after").is_empty());
}
