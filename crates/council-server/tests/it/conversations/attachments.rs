//! Files that questions are about.

use crate::app::{Answer, TestApp, request};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use council_core::{Content, Input};
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

const PNG: &[u8] = &[0x89, b'P', b'N', b'G', 13, 10, 26, 10, 1, 2, 3];

/// With a model that sees: `far`.
fn seeing() -> TestApp {
    let app = TestApp::new();
    for status in &mut *app.models.statuses.lock().unwrap() {
        status.info.vision = status.info.id == "far";
    }
    app
}

/// What the model was shown last: URLs of images, and notes in their places.
fn shown(app: &TestApp) -> Vec<String> {
    let requests = app.models.script.requests.lock().unwrap();
    let Input::Chat { messages, .. } = &requests.last().unwrap().input else {
        panic!("not a chat")
    };
    let parts = messages.iter().flat_map(|message| &message.content);
    let seen = parts.filter_map(|part| match part {
        Content::ImageUrl(url) => Some(url.clone()),
        Content::Text(text) if text.starts_with("(An image") => Some(text.clone()),
        _ => None,
    });
    seen.collect()
}

#[tokio::test]
async fn an_image_goes_to_a_model_that_sees_and_stays_with_the_conversation() {
    let app = seeing();
    let kept = send(&app, &[("cat.png", "image/png", PNG)]).await.ok();
    let image = &kept["data"][0];
    assert_eq!(
        (&image["kind"], &image["bytes"], &image["text_bytes"]),
        (&json!("image"), &json!(11), &json!(0))
    );
    let id = image["id"].as_str().unwrap();
    let body = json!({"prompt": "What is it?", "session_id": "c", "model": "far", "attachments": [id]});
    app.post("/api/chat", &body).await.ok();
    let url = "data:image/png;base64,iVBORw0KGgoBAgM=";
    assert_eq!(shown(&app), [url]);

    let messages = app.get("/v1/conversations/c/messages").await.ok();
    assert_eq!(
        messages["data"][0]["content"][0],
        json!({"type": "image", "image": {"id": id, "name": "cat.png"}})
    );
    let image = app.get(&format!("/v1/conversations/c/attachments/{id}")).await;
    assert_eq!(image.header("content-type"), "image/png");
    assert_eq!(image.body, PNG);
    let other = app.get(&format!("/v1/conversations/d/attachments/{id}")).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);

    // In exports it is the image itself, and what reads them shows it.
    let export = app.get("/v1/conversations/c/export?format=json").await.ok();
    let said = &export["conversations"][0]["messages"][0]["content"][0];
    assert_eq!(said, &json!({"type": "image_url", "url": url}));
    let page = app.get("/v1/conversations/c/export?format=html").await;
    let page = page.text();
    assert!(page.contains(&format!("<img src=\"{url}\"")), "{page}");

    // Asked again in words, whoever sees is shown it again, and whoever does not is told of it.
    for (model, seen) in [("far", url), ("tiny", "(An image, which you cannot see.)\n")] {
        let body = json!({"prompt": "And its colour?", "session_id": "c", "model": model});
        app.post("/api/chat", &body).await.ok();
        assert_eq!(shown(&app), [seen]);
    }
}

#[tokio::test]
async fn a_model_that_does_not_see_is_not_asked_and_the_failure_names_one_that_does() {
    let app = seeing();
    let kept = send(&app, &[("cat.png", "image/png", PNG)]).await.ok();
    let ids = json!([kept["data"][0]["id"]]);
    for model in ["tiny", "council/vote"] {
        let body = json!({"prompt": "What is it?", "session_id": "c", "model": model, "attachments": ids});
        let refused = app.post("/api/chat", &body).await;
        assert_eq!(
            refused.status,
            StatusCode::BAD_REQUEST,
            "{model}: {}",
            refused.text()
        );
        let message = refused.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.contains("sees none, and `far` does"), "{message}");
    }
    assert!(app.models.script.requests.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_image_of_another_kind_or_too_large_a_one_is_refused_where_a_model_sees() {
    let app = seeing();
    let large = [PNG, &vec![0; 5 << 20]].concat();
    for (bytes, status, said) in [
        (&b"GIF89a"[..], 415, "save it as PNG, JPEG or WebP"),
        (&large[..], 413, "an image has at most 5242880"),
    ] {
        let answer = send(&app, &[("cat", "application/octet-stream", bytes)]).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
        let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.contains(said), "{message}");
    }
}
