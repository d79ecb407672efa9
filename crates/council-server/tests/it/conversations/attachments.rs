//! Files that questions are about.

use crate::app::{Answer, TestApp, request};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use council_core::Input;
use serde_json::{Value, json};

/// A form with files.
async fn send(app: &TestApp, files: &[(&str, &str, &[u8])]) -> Answer {
    let mut body = Vec::new();
    for (name, media_type, bytes) in files {
        let head = format!(
            "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: {media_type}\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--B--\r\n");
    let mut request = request(Method::POST, "/v1/conversations/c/attachments", Body::from(body));
    let form = "multipart/form-data; boundary=B".parse().unwrap();
    request.headers_mut().insert("content-type", form);
    app.send(request).await
}

/// What the model was asked last.
fn asked(app: &TestApp) -> String {
    let requests = app.models.script.requests.lock().unwrap();
    let Input::Chat { messages, .. } = &requests.last().unwrap().input else {
        panic!("not a chat")
    };
    messages
        .iter()
        .map(council_core::Message::joined_text)
        .collect::<Vec<_>>()
        .join("|")
}

#[tokio::test]
async fn the_text_of_files_stands_before_the_question_and_is_not_what_was_said() {
    let app = TestApp::new();
    let files = send(
        &app,
        &[
            ("notes.md", "text/markdown", b"# Trees\n\nCherries like sun."),
            ("C:\\x\\run.py", "application/octet-stream", b"print(1)\n"),
        ],
    )
    .await
    .ok();
    let files = files["data"].as_array().unwrap();
    assert_eq!(
        (&files[0]["kind"], &files[1]["kind"], &files[1]["name"]),
        (&json!("markdown"), &json!("code"), &json!("run.py"))
    );
    let ids = json!([files[0]["id"], files[1]["id"]]);
    let body = json!({"prompt": "What is it?", "session_id": "c", "model": "tiny", "attachments": ids});
    let answer = app.post("/api/chat", &body).await.ok();
    let text = asked(&app);
    let order: Vec<usize> = ["# Trees", "Cherries like sun.", "print(1)", "What is it?"]
        .iter()
        .map(|part| text.find(part).unwrap())
        .collect();
    assert!(order.is_sorted(), "{text}");

    let messages = app.get("/v1/conversations/c/messages").await.ok();
    let content = &messages["data"][0]["content"];
    assert_eq!(
        (
            &content[0]["file"]["name"],
            &content[0]["file"]["left_out_bytes"],
            &content[2]["text"]
        ),
        (&json!("notes.md"), &json!(0), &json!("What is it?"))
    );
    // What is remembered is what was said.
    let remembered = answer["remembered"][0].as_str().unwrap();
    let memory = app.get(&format!("/v1/memory/{remembered}")).await.ok();
    assert_eq!(memory["text"], "What is it?");
    // A later question sees the files with the earlier one, and an answer that is made anew too.
    app.post(
        "/api/chat",
        &json!({"prompt": "And?", "session_id": "c", "model": "tiny"}),
    )
    .await
    .ok();
    assert!(asked(&app).contains("Cherries like sun."));
    let again = json!({"regenerate": answer["message_id"], "session_id": "c", "model": "tiny"});
    app.post("/api/chat", &again).await.ok();
    assert!(asked(&app).contains("Cherries like sun."));
}

#[tokio::test]
async fn what_half_of_the_context_does_not_hold_is_left_out_and_said_so() {
    let app = TestApp::new();
    // The context has 4,096 tokens, of three bytes by estimate.
    let long = "a line of text\n".repeat(1_000);
    let body = json!({"name": "long.txt", "text": long});
    let sent = app.post("/v1/conversations/c/attachments", &body).await.ok();
    assert_eq!(sent["data"][0]["text_bytes"], 15_000);
    let body = json!({
        "prompt": "Sum it up.", "session_id": "c", "model": "tiny", "attachments": [sent["data"][0]["id"]],
    });
    app.post("/api/chat", &body).await.ok();
    let messages = app.get("/v1/conversations/c/messages").await.ok();
    let file = &messages["data"][0]["content"][0]["file"];
    let shown = file["text_bytes"].as_u64().unwrap();
    assert!((6_000..=6_144).contains(&shown), "{shown}");
    assert_eq!(file["left_out_bytes"].as_u64().unwrap(), 15_000 - shown);
    assert!(asked(&app).contains("bytes of the file are left out"));
}

#[tokio::test]
async fn what_cannot_be_attached_is_refused_with_its_name() {
    let app = TestApp::new();
    let png = [&[0x89, b'P', b'N', b'G', 13, 10, 26, 10][..], &[0; 32]].concat();
    for (name, bytes, status, said) in [
        ("photo.png", &*png, 415, "no model here sees images"),
        ("data.bin", &[0, 1, 2, 3, 0, 255][..], 415, "it is no text"),
        ("empty.txt", b"  \n", 400, "no text is in it"),
        ("broken.pdf", b"%PDF-1.7 nothing", 400, "damaged"),
    ] {
        let answer = send(&app, &[(name, "application/octet-stream", bytes)]).await;
        assert_eq!(answer.status.as_u16(), status, "{name}: {}", answer.text());
        let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.contains(name) && message.contains(said), "{message}");
    }
    assert_eq!(send(&app, &[]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        app.get("/v1/conversations/c").await.status,
        StatusCode::NOT_FOUND,
        "nothing was kept"
    );
    for (body, status) in [
        (
            json!({"prompt": "x", "session_id": "c", "attachments": ["none"]}),
            404,
        ),
        (json!({"prompt": "x", "attachments": ["none"]}), 400),
        (
            json!({"prompt": "x", "session_id": "c", "incognito": true, "attachments": ["none"]}),
            400,
        ),
        (
            json!({"prompt": "x", "session_id": "c", "attachments": vec![Value::from("a"); 21]}),
            400,
        ),
    ] {
        assert_eq!(
            app.post("/api/chat", &body).await.status.as_u16(),
            status,
            "{body}"
        );
    }
}
