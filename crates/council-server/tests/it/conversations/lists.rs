//! Folders, pins, pages and settings of conversations.

use crate::app::TestApp;
use axum::http::StatusCode;
use serde_json::{Value, json};

fn ids(page: &Value) -> Vec<&str> {
    let data = page["data"].as_array().unwrap().iter();
    data.map(|one| one["id"].as_str().unwrap()).collect()
}

async fn make(app: &TestApp, ids: &[&str]) {
    for id in ids {
        app.post("/v1/conversations", &json!({"id": id})).await.ok();
    }
}

#[tokio::test]
async fn a_conversation_is_made_pinned_put_into_a_folder_and_put_away() {
    let app = TestApp::new();
    let made = app
        .post("/v1/conversations", &json!({"title": " Hi ", "folder": "Work"}))
        .await
        .ok();
    assert_eq!((&made["title"], &made["leaf_id"]), (&json!("Hi"), &Value::Null));
    let path = format!("/v1/conversations/{}", made["id"].as_str().unwrap());
    make(&app, &["b"]).await;
    assert_eq!(
        app.get("/v1/conversations/folders").await.ok()["data"],
        json!([{"name": "Work", "conversations": 1}])
    );
    app.patch(&path, &json!({"pinned": true})).await.ok();
    let pinned = app.get("/v1/conversations?pinned=true").await.ok();
    assert_eq!(ids(&pinned), [made["id"].as_str().unwrap()]);
    assert_eq!(ids(&app.get("/v1/conversations?pinned=false").await.ok()), ["b"]);
    app.patch(&path, &json!({"archived": true, "folder": ""}))
        .await
        .ok();
    assert_eq!(ids(&app.get("/v1/conversations").await.ok()), ["b"]);
    assert_eq!(
        ids(&app.get("/v1/conversations?archived=true").await.ok()).len(),
        1
    );
    let long = app.patch(&path, &json!({"folder": "x".repeat(101)})).await;
    assert_eq!(
        (long.status, &long.json()["error"]["param"]),
        (StatusCode::BAD_REQUEST, &json!("folder"))
    );
}

#[tokio::test]
async fn a_list_is_continued_with_what_its_page_names() {
    let app = TestApp::new();
    make(&app, &["a", "b.c", "d"]).await;
    let first = app.get("/v1/conversations?limit=2").await.ok();
    assert_eq!(ids(&first), ["d", "b.c"]);
    let next = first["next"].as_str().unwrap();
    let second = app
        .get(&format!("/v1/conversations?limit=2&after={next}"))
        .await
        .ok();
    assert_eq!((ids(&second), second.get("next")), (vec!["a"], None));
    let wrong = app.get("/v1/conversations?after=x").await;
    assert_eq!(wrong.json()["error"]["param"], "after");
}

#[tokio::test]
async fn a_turn_is_answered_as_its_conversation_is_set_unless_it_says_otherwise() {
    let app = TestApp::new();
    let settings = json!({
        "model": "far", "system": "Be brief.", "temperature": 0.25, "top_p": 0.5, "max_tokens": 7, "seed": 3,
    });
    app.post("/v1/conversations", &json!({"id": "c", "settings": settings}))
        .await
        .ok();
    let body = json!({"prompt": "hi", "session_id": "c", "memory": "off"});
    assert_eq!(app.post("/api/chat", &body).await.ok()["model"], "far");
    let asked = app.models.script.requests.lock().unwrap().pop().unwrap();
    assert_eq!(
        (
            asked.sampling.temperature,
            asked.sampling.top_p,
            asked.sampling.seed,
            asked.max_tokens
        ),
        (0.25, 0.5, Some(3), Some(7))
    );
    let council_core::Input::Chat { messages, .. } = asked.input else {
        panic!("not a chat")
    };
    assert_eq!(messages[0].joined_text(), "Be brief.");

    let changed = app
        .patch(
            "/v1/conversations/c",
            &json!({"settings": {"seed": null, "top_p": 1.0}}),
        )
        .await
        .ok();
    assert_eq!(
        (
            &changed["settings"]["seed"],
            &changed["settings"]["top_p"],
            &changed["settings"]["model"]
        ),
        (&Value::Null, &json!(1.0), &json!("far"))
    );
    let body =
        json!({"prompt": "hi", "session_id": "c", "memory": "off", "model": "tiny", "temperature": 1.5});
    assert_eq!(app.post("/api/chat", &body).await.ok()["model"], "tiny");
    let asked = app.models.script.requests.lock().unwrap().pop().unwrap();
    assert_eq!((asked.sampling.temperature, asked.sampling.seed), (1.5, None));
}

#[tokio::test]
async fn settings_that_cannot_be_are_refused_by_name() {
    let app = TestApp::new();
    make(&app, &["c"]).await;
    for (settings, param) in [
        (json!({"temperature": 3}), "settings.temperature"),
        (json!({"max_tokens": 0}), "settings.max_tokens"),
        (json!({"model": ""}), "settings.model"),
        (json!({"seed": "x"}), "settings.seed"),
        (json!({"mood": 1}), "settings.mood"),
        (json!({"system": "x".repeat(40_000)}), "settings.system"),
    ] {
        let answer = app
            .patch("/v1/conversations/c", &json!({"settings": settings}))
            .await;
        assert_eq!(
            (answer.status, &answer.json()["error"]["param"]),
            (StatusCode::BAD_REQUEST, &json!(param))
        );
    }
}
