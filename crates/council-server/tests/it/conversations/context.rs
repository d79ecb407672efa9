//! How full a model's context would be.

use crate::app::TestApp;
use crate::fakes::Step;
use axum::http::StatusCode;
use serde_json::json;

const PATH: &str = "/v1/conversations/c/context";

#[tokio::test]
async fn the_draft_the_history_and_the_instructions_are_counted_as_a_turn_would_send_them() {
    let app = TestApp::new();
    let empty = app.post(PATH, &json!({})).await.ok();
    assert_eq!(
        (
            &empty["model"],
            &empty["context_length"],
            &empty["messages"],
            &empty["exact"],
            &empty["answer_tokens"]
        ),
        (
            &json!("tiny"),
            &json!(4096),
            &json!(0),
            &json!(false),
            &json!(1024)
        )
    );
    app.answer([Step::Say("because")]);
    let body = json!({"prompt": "why?", "session_id": "c", "model": "tiny", "memory": "off"});
    let first = app.post("/api/chat", &body).await.ok();
    let used = |body| {
        let app = &app;
        async move { app.post(PATH, &body).await.ok()["used_tokens"].as_u64().unwrap() }
    };
    let (bare, draft) = (
        used(json!({})).await,
        used(json!({"prompt": "x".repeat(300)})).await,
    );
    assert_eq!(draft - bare, 100);
    assert!(used(json!({"system": "Be brief."})).await > bare);
    assert!(used(json!({"parent_id": 0})).await < bare);
    assert!(used(json!({"parent_id": first["question_id"]})).await < bare);
    let asked = app.post(PATH, &json!({"max_tokens": 10})).await.ok();
    assert_eq!(
        (&asked["messages"], &asked["answer_tokens"]),
        (&json!(2), &json!(10))
    );
}

#[tokio::test]
async fn it_is_told_how_many_messages_would_be_left_out_and_whether_it_fits() {
    let app = TestApp::new();
    for _ in 0..12 {
        let body = json!({"prompt": "x".repeat(1_500), "session_id": "c", "model": "tiny", "memory": "off"});
        app.post("/api/chat", &body).await.ok();
    }
    let full = app.post(PATH, &json!({"prompt": "and?"})).await.ok();
    let (kept, left_out) = (
        full["messages"].as_u64().unwrap(),
        full["omitted_messages"].as_u64().unwrap(),
    );
    assert_eq!(kept + left_out, 24);
    assert!(left_out > 0);
    assert_eq!(full["fits"], true);
    assert_eq!(
        app.post(PATH, &json!({"prompt": "x".repeat(20_000)})).await.ok()["fits"],
        false
    );
}

#[tokio::test]
async fn what_cannot_be_counted_is_refused_by_name() {
    let app = TestApp::new();
    let unknown = app.post(PATH, &json!({"model": "none"})).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let never = app.post(PATH, &json!({"max_tokens": 0})).await;
    assert_eq!(never.json()["error"]["param"], "max_tokens");
    // Where Council would choose, it is counted for the usual model.
    assert_eq!(
        app.post(PATH, &json!({"model": "council/auto"})).await.ok()["model"],
        "tiny"
    );
}
