//! `/v1/conversations` and `/v1/ledger`.

mod attachments;
mod branches;
mod context;
mod lists;
mod search;
mod transfer;

use crate::app::{TestApp, request};
use crate::masked::masked;
use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

async fn with_conversations(count: usize) -> TestApp {
    let app = TestApp::new();
    for index in 0..count {
        app.post(
            "/api/chat",
            &json!({"prompt": "hi", "session_id": format!("s{index}")}),
        )
        .await
        .ok();
    }
    app
}

#[tokio::test]
async fn lists_are_paged_and_say_whether_more_follows() {
    let app = with_conversations(3).await;
    let ids = |page: &Value| -> Vec<String> {
        let data = page["data"].as_array().unwrap();
        data.iter()
            .map(|entry| entry["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = app.get("/v1/conversations?limit=2").await.ok();
    assert_eq!(
        (ids(&first), &first["has_more"]),
        (vec!["s2".into(), "s1".into()], &json!(true))
    );
    let second = app.get("/v1/conversations?limit=2&offset=2").await.ok();
    assert_eq!(
        (ids(&second), &second["has_more"]),
        (vec!["s0".into()], &json!(false))
    );
}

#[tokio::test]
async fn a_page_that_cannot_be_is_refused() {
    let app = TestApp::new();
    for (query, param) in [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=x", "limit"),
        ("offset=-1", "offset"),
    ] {
        let answer = app.get(&format!("/v1/conversations?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(answer.json()["error"]["param"], param, "{query}");
    }
}

#[tokio::test]
async fn a_conversation_and_its_messages() {
    let app = with_conversations(1).await;
    insta::assert_json_snapshot!("conversation", app.get("/v1/conversations/s0").await.ok());
    let messages = app.get("/v1/conversations/s0/messages").await.ok();
    let messages = masked(messages, &[("data.request_id", "request")]);
    insta::assert_json_snapshot!("messages", messages);
}

#[tokio::test]
async fn a_conversation_is_named_and_removed() {
    let app = with_conversations(1).await;
    let rename = |title: Value| {
        request(
            Method::PATCH,
            "/v1/conversations/s0",
            Body::from(json!({"title": title}).to_string()),
        )
    };
    assert_eq!(
        app.send(rename(json!("  Greetings "))).await.ok()["title"],
        "Greetings"
    );
    assert_eq!(
        app.send(rename(json!("a".repeat(201)))).await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        app.send(rename(json!("a\nb"))).await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        app.send(rename(Value::Null)).await.json()["error"]["message"],
        "nothing is to be changed; send `title`, `leaf_id`, `pinned`, `archived`, `folder` or `settings`"
    );
    let delete = || request(Method::DELETE, "/v1/conversations/s0", Body::empty());
    assert_eq!(app.send(delete()).await.ok()["deleted"], true);
    assert_eq!(app.send(delete()).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        app.get("/v1/conversations/s0/messages").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn the_ledger_has_a_line_for_each_request() {
    let app = TestApp::new();
    app.post("/hybrid", &json!({"prompt": "hi", "model": "far"}))
        .await
        .ok();
    let masks = [
        ("data.request_id", "request"),
        ("data.latency_ms", "ms"),
        ("data.first_token_ms", "ms"),
    ];
    insta::assert_json_snapshot!("ledger", masked(app.get("/v1/ledger").await.ok(), &masks));
}
