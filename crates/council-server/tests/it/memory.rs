//! `/v1/memory` over HTTP.

use crate::app::TestApp;
use axum::http::StatusCode;
use serde_json::json;

async fn saved() -> TestApp {
    let app = TestApp::new();
    let items = json!({"items": [
        {"text": "tea is better than coffee", "kind": "turn", "speaker": "Ada", "session": "s1"},
        {"text": "the ship sails on monday", "kind": "turn", "speaker": "Ben", "session": "s1", "tags": ["trip"]},
    ]});
    let answer = app.post("/v1/memory", &items).await;
    assert_eq!(answer.json(), json!({"ids": ["m000000001", "m000000002"]}));
    app
}

#[tokio::test]
async fn a_memory_that_was_saved_is_found_listed_and_read() {
    let app = saved().await;
    let found = app
        .post(
            "/v1/memory/search",
            &json!({"query": "when sails the ship", "limit": 1, "explain": true}),
        )
        .await;
    assert_eq!(found.status, StatusCode::OK);
    let hit = &found.json()["hits"][0];
    assert_eq!(hit["id"], "m000000002");
    assert_eq!((&hit["speaker"], &hit["session"]), (&json!("Ben"), &json!("s1")));
    assert!(hit["score"].is_number() && hit["why"]["cosine"].is_number());
    let listed = app.get("/v1/memory?tag=trip").await.json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    let read = app.get("/v1/memory/m000000001").await.json();
    assert_eq!(read["text"], "tea is better than coffee");
}

#[tokio::test]
async fn a_memory_is_corrected_pinned_and_forgotten() {
    let app = saved().await;
    let change = json!({"text": "coffee is better than tea", "pinned": true});
    let changed = app.patch("/v1/memory/m000000001", &change).await.json();
    assert_eq!(
        (&changed["text"], &changed["pinned"]),
        (&change["text"], &json!(true))
    );
    let gone = app.delete("/v1/memory/m000000001").await;
    assert_eq!(
        gone.json(),
        json!({"id": "m000000001", "object": "memory.deleted", "deleted": true})
    );
    let again = app.delete("/v1/memory/m000000001").await;
    assert_eq!(
        (again.status, &again.json()["error"]["code"]),
        (StatusCode::NOT_FOUND, &json!("not_found"))
    );
}

#[tokio::test]
async fn forgetting_by_question_shows_first_and_forgets_what_is_named() {
    let app = saved().await;
    let preview = app
        .post("/v1/memory/forget", &json!({"query": "the ship sails on monday"}))
        .await
        .json();
    assert_eq!(preview["preview"][0]["id"], "m000000002");
    assert!(preview.get("forgotten").is_none());
    assert_eq!(
        app.get("/v1/memory/m000000002").await.status,
        StatusCode::OK,
        "nothing is gone yet"
    );
    let ids = json!({"ids": ["m000000002", "m000000009"]});
    let forgotten = app.post("/v1/memory/forget", &ids).await.json();
    assert_eq!(forgotten, json!({"forgotten": ["m000000002"]}));
}

#[tokio::test]
async fn without_an_embedder_texts_are_kept_and_found_by_words() {
    let app = TestApp::new();
    app.post("/v1/memory", &json!({"text": "down"})).await.ok();
    let found = app
        .post("/v1/memory/search", &json!({"query": "down"}))
        .await
        .ok();
    assert_eq!(found["hits"][0]["text"], "down");
    // What to forget is never guessed by words.
    let preview = app.post("/v1/memory/forget", &json!({"query": "down"})).await;
    assert_eq!(preview.status, StatusCode::SERVICE_UNAVAILABLE);
    let message = preview.json()["error"]["message"].to_string();
    assert!(message.contains("council pull"), "{message}");
}

#[tokio::test]
async fn what_is_wrong_is_named_by_field() {
    let app = TestApp::new();
    for (path, body, field) in [
        ("/v1/memory", json!({"text": ""}), "text"),
        ("/v1/memory/search", json!({"query": ""}), "query"),
        ("/v1/memory/forget", json!({}), "query"),
    ] {
        let answer = app.post(path, &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(answer.json()["error"]["param"], field, "{path}");
    }
}
