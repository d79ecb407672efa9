//! `/v1/conversations/search`.

use crate::app::TestApp;
use crate::fakes::Step;
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn said(app: &TestApp, id: &str, prompt: &str, answer: &'static str) {
    app.answer([Step::Say(answer)]);
    app.post(
        "/api/chat",
        &json!({"prompt": prompt, "session_id": id, "model": "tiny"}),
    )
    .await
    .ok();
}

async fn find(app: &TestApp, body: Value) -> Vec<Value> {
    let found = app.post("/v1/conversations/search", &body).await.ok();
    assert!(found["took_ms"].as_f64().is_some());
    found["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_hit_names_the_message_and_marks_the_words_as_javascript_counts() {
    let app = TestApp::new();
    said(&app, "a", "hi", "A cherry 🍒 tree.").await;
    said(&app, "b", "hi", "Nothing.").await;
    let hits = find(&app, json!({"query": "tree", "meaning": false})).await;
    assert_eq!(hits.len(), 1);
    let hit = &hits[0];
    assert_eq!(
        (
            &hit["conversation"]["id"],
            &hit["message_id"],
            &hit["role"],
            &hit["depth"],
            &hit["by"]
        ),
        (
            &json!("a"),
            &json!(2),
            &json!("assistant"),
            &json!(2),
            &json!("words")
        )
    );
    let units: Vec<u16> = hit["snippet"].as_str().unwrap().encode_utf16().collect();
    let mark: [usize; 2] = serde_json::from_value(hit["marks"][0].clone()).unwrap();
    assert_eq!(String::from_utf16(&units[mark[0]..mark[1]]).unwrap(), "tree");
    let through = app.get("/v1/conversations/a/messages?through=2").await.ok();
    assert_eq!(through["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn titles_come_first_and_folders_bound_the_search() {
    let app = TestApp::new();
    said(&app, "a", "cherry", "Yes.").await;
    said(&app, "b", "other", "No.").await;
    app.patch(
        "/v1/conversations/b",
        &json!({"title": "Cherry cake", "folder": "Food"}),
    )
    .await
    .ok();
    let by = |hits: &[Value]| -> Vec<(Value, Value)> {
        hits.iter()
            .map(|hit| (hit["conversation"]["id"].clone(), hit["by"].clone()))
            .collect()
    };
    let hits = find(&app, json!({"query": "cherry", "meaning": false})).await;
    assert_eq!(
        by(&hits),
        [(json!("b"), json!("title")), (json!("a"), json!("words"))]
    );
    let hits = find(
        &app,
        json!({"query": "cherry", "folder": "Food", "meaning": false}),
    )
    .await;
    assert_eq!(by(&hits), [(json!("b"), json!("title"))]);
}

#[tokio::test]
async fn what_has_none_of_the_words_is_found_by_its_meaning() {
    let app = TestApp::new();
    said(&app, "a", "cats purr softly", "Indeed they do.").await;
    said(&app, "b", "engines roar", "Loudly.").await;
    // The fake embedder hears words; the fake search wants all of them in one message.
    let hits = find(&app, json!({"query": "softly purr cats at night"})).await;
    assert_eq!(hits.len(), 1, "{hits:?}");
    assert_eq!(
        (
            &hits[0]["conversation"]["id"],
            &hits[0]["by"],
            &hits[0]["message_id"]
        ),
        (&json!("a"), &json!("meaning"), &json!(1))
    );
}

#[tokio::test]
async fn a_search_for_nothing_is_refused() {
    let app = TestApp::new();
    for (body, param) in [
        (json!({"query": "  "}), "query"),
        (json!({"query": "x".repeat(1_001)}), "query"),
        (json!({"query": "x", "limit": 0}), "limit"),
        (json!({}), "query"),
    ] {
        let answer = app.post("/v1/conversations/search", &body).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]["param"]),
            (StatusCode::BAD_REQUEST, &json!(param))
        );
    }
}

#[tokio::test]
async fn a_text_is_found_in_one_conversation_whichever_version_has_it() {
    let app = TestApp::new();
    said(&app, "a", "The Äpfel and the äpfel", "No fruit.").await;
    said(&app, "b", "Äpfel elsewhere", "No.").await;
    app.answer([Step::Say("An ÄPFEL again.")]);
    let again = json!({"session_id": "a", "parent_id": 0, "prompt": "otherwise", "model": "tiny"});
    app.post("/api/chat", &again).await.ok();
    let found = app
        .post("/v1/conversations/a/search", &json!({"text": "äpfel"}))
        .await
        .ok();
    let found: Vec<Value> = found["data"].as_array().unwrap().clone();
    let told: Vec<_> = found
        .iter()
        .map(|one| (&one["role"], &one["depth"], &one["matches"], &one["active"]))
        .collect();
    assert_eq!(
        told,
        [
            (&json!("user"), &json!(1), &json!(2), &json!(false)),
            (&json!("assistant"), &json!(2), &json!(1), &json!(true)),
        ]
    );
    let blank = app
        .post("/v1/conversations/a/search", &json!({"text": " "}))
        .await;
    assert_eq!(
        (blank.status, &blank.json()["error"]["param"]),
        (StatusCode::BAD_REQUEST, &json!("text"))
    );
    let missing = app
        .post("/v1/conversations/x/search", &json!({"text": "a"}))
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}
