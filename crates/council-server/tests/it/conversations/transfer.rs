//! Exports and imports.

use crate::app::{TestApp, request};
use crate::fakes::Step;
use axum::body::Body;
use axum::http::{HeaderValue, Method, StatusCode, header};
use serde_json::{Value, json};

async fn told(app: &TestApp) {
    let body = json!({"name": "a.txt", "text": "inside"});
    let sent = app.post("/v1/conversations/c/attachments", &body).await.ok();
    app.answer([Step::Say("<b>because</b>")]);
    let body = json!({
        "prompt": "why?", "session_id": "c", "model": "tiny", "memory": "off", "attachments": [sent["data"][0]["id"]],
    });
    let first = app.post("/api/chat", &body).await.ok();
    app.answer([Step::Say("therefore")]);
    app.post(
        "/api/chat",
        &json!({"regenerate": first["message_id"], "session_id": "c", "model": "far"}),
    )
    .await
    .ok();
    let change = json!({
        "title": "A \"question\"", "folder": "Work", "pinned": true, "leaf_id": first["message_id"],
        "settings": {"temperature": 0.5},
    });
    app.patch("/v1/conversations/c", &change).await.ok();
}

#[tokio::test]
async fn what_is_exported_and_imported_is_exported_the_same() {
    let app = TestApp::new();
    told(&app).await;
    app.post("/v1/conversations", &json!({"id": "empty"})).await.ok();
    app.patch("/v1/conversations/empty", &json!({"archived": true}))
        .await
        .ok();
    let export = app.get("/v1/conversations/export").await;
    assert_eq!(export.header("content-type"), "application/json");
    let export = export.ok();
    assert_eq!(export["conversations"].as_array().unwrap().len(), 2);

    let other = TestApp::new();
    let report = other.post("/v1/conversations/import", &export).await.ok();
    assert_eq!((&report["imported"], &report["failed"]), (&json!(2), &json!(0)));
    assert_eq!(report["conversations"][0]["program"], "council");
    let again = other.get("/v1/conversations/export").await.ok();
    assert_eq!(again["conversations"], export["conversations"]);
    let twice = other.post("/v1/conversations/import", &export).await.ok();
    assert_eq!((&twice["imported"], &twice["existing"]), (&json!(0), &json!(2)));
    // One of them alone is an export too.
    let one = app.get("/v1/conversations/c/export").await.ok();
    assert_eq!(one["conversations"][0], export["conversations"][0]);
}

#[tokio::test]
async fn a_branch_is_exported_for_people_and_nothing_of_it_is_markup() {
    let app = TestApp::new();
    told(&app).await;
    let markdown = app.get("/v1/conversations/c/export?format=md").await;
    assert_eq!(
        markdown.header("content-disposition"),
        "attachment; filename=\"a-question.md\""
    );
    insta::assert_snapshot!("export_markdown", markdown.text());
    let html = app.get("/v1/conversations/c/export?format=html").await;
    assert!(html.text().contains("&lt;b&gt;because&lt;/b&gt;") && !html.text().contains("<b>"));
    assert!(html.text().contains("<title>A &quot;question&quot;</title>"));
    assert!(!html.text().contains("therefore"), "it is on another branch");
    let wrong = app.get("/v1/conversations/c/export?format=pdf").await;
    assert_eq!(wrong.json()["error"]["param"], "format");
}

#[tokio::test]
async fn a_conversation_of_another_program_can_be_continued() {
    let app = TestApp::new();
    let export = json!([{
        "uuid": "u", "name": "Old", "created_at": "2026-01-02T03:04:05Z",
        "chat_messages": [
            {"uuid": "1", "sender": "human", "text": "My dog is Rex.", "created_at": "2026-01-02T03:04:05Z"},
            {"uuid": "2", "sender": "assistant", "text": "Hello Rex.", "created_at": "2026-01-02T03:04:06Z"},
        ],
    }, {"name": "Broken"}]);
    let report = app.post("/v1/conversations/import", &export).await.ok();
    assert_eq!((&report["imported"], &report["failed"]), (&json!(1), &json!(1)));
    let (old, broken) = (&report["conversations"][0], &report["conversations"][1]);
    assert_eq!((&old["messages"], &old["program"]), (&json!(2), &json!("claude")));
    assert_eq!(
        (&broken["title"], &broken["id"]),
        (&json!("Broken"), &Value::Null)
    );
    let body = json!({"prompt": "What is he called?", "session_id": old["id"], "model": "tiny"});
    app.post("/api/chat", &body).await.ok();
    let asked = app.models.script.requests.lock().unwrap().pop().unwrap();
    let council_core::Input::Chat { messages, .. } = asked.input else {
        panic!("not a chat")
    };
    assert_eq!(messages[0].joined_text(), "My dog is Rex.");
}

#[tokio::test]
async fn an_archive_of_another_program_is_imported_as_it_was_sent() {
    let app = TestApp::new();
    let chat = json!([{"uuid": "u", "name": "Old", "chat_messages": [{"sender": "human", "text": "hi"}]}]);
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    archive.start_file("conversations.json", options).unwrap();
    std::io::Write::write_all(&mut archive, chat.to_string().as_bytes()).unwrap();
    let archive = archive.finish().unwrap().into_inner();
    for (content_type, imported) in [("application/zip", 1), ("application/x-zip-compressed", 0)] {
        let mut request = request(
            Method::POST,
            "/v1/conversations/import",
            Body::from(archive.clone()),
        );
        let value = HeaderValue::from_static(content_type);
        request.headers_mut().insert(header::CONTENT_TYPE, value);
        let report = app.send(request).await.ok();
        assert_eq!(report["imported"], imported, "{content_type}: {report}");
    }
}

#[tokio::test]
async fn what_is_no_export_is_refused_and_a_broken_end_is_told() {
    let app = TestApp::new();
    for body in ["", "x", "1", "\"text\""] {
        let answer = app.post_raw("/v1/conversations/import", body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
    }
    let chat = json!({"chat_messages": [{"sender": "human", "text": "hi"}]});
    let report = app
        .post_raw("/v1/conversations/import", format!("[{chat}, {{"))
        .await
        .ok();
    assert_eq!(report["imported"], 1);
    assert!(report["error"].as_str().unwrap().contains("not valid JSON"));
}

#[tokio::test]
async fn what_was_said_in_imported_conversations_is_remembered_unless_it_is_not_to_be() {
    let export = json!([{"uuid": "far", "name": "Boats", "chat_messages": [
        {"sender": "human", "text": "The ferry to Skye is called Hebrides", "created_at": "2024-05-01T10:00:00Z"},
        {"sender": "assistant", "text": "Noted.", "created_at": "2024-05-01T10:00:05Z"},
    ]}]);
    for (memory, remembered) in [("", 2), ("?memory=on", 2), ("?memory=off", 0)] {
        let app = TestApp::new();
        let report = app
            .post(&format!("/v1/conversations/import{memory}"), &export)
            .await
            .ok();
        assert_eq!(
            (&report["imported"], &report["remembered"]),
            (&json!(1), &json!(remembered)),
            "{memory}"
        );
        let id = &report["conversations"][0]["id"];
        let found = app
            .post("/v1/memory/search", &json!({"query": "ferry Skye"}))
            .await
            .ok();
        let hits = found["hits"].as_array().unwrap();
        assert_eq!(hits.is_empty(), remembered == 0, "{found}");
        if let Some(hit) = hits.first() {
            assert_eq!((&hit["session"], &hit["trust"]), (id, &json!("user")));
        }
        // It is here already: nothing of it is remembered twice.
        let twice = app.post("/v1/conversations/import", &export).await.ok();
        assert_eq!((&twice["existing"], &twice["remembered"]), (&json!(1), &json!(0)));
    }
    let wrong = TestApp::new()
        .post("/v1/conversations/import?memory=read", &export)
        .await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
}
