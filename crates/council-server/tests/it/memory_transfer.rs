//! What memories were, what there is of them, and all of them out and in again.

use crate::app::{Answer, TestApp, request};
use axum::body::{Body, Bytes};
use axum::http::{Method, StatusCode};
use futures::StreamExt;
use serde_json::{Value, json};

/// Two turns, a fact in place of another, a note that was changed and pinned, a document.
async fn filled() -> TestApp {
    let app = TestApp::new();
    let items = json!({"items": [
        {"text": "tea is better than coffee", "kind": "turn", "speaker": "Ada", "session": "s1", "project": "p"},
        {"text": "the ship sails on monday", "kind": "turn", "speaker": "Ben", "session": "s1", "tags": ["trip"],
         "timestamp": 1_700_000_000.5, "metadata": {"a": [1, null, "ü"]}},
        {"text": "a note", "area": "solutions"},
        {"text": "page one", "kind": "document", "source": "/tmp/book.md"},
    ]});
    app.post("/v1/memory", &items).await.ok();
    let fact =
        |text: &str| json!({"text": text, "kind": "fact", "claim": {"subject": "Ada", "attribute": "home"}});
    let lisbon = app.post("/v1/memory", &fact("Ada lives in Lisbon")).await.ok();
    let mut rome = fact("Ada lives in Rome");
    rome["supersedes"] = json!([lisbon["id"]]);
    app.post("/v1/memory", &rome).await.ok();
    let change = json!({"text": "a better note", "pinned": true});
    app.patch("/v1/memory/m000000003", &change).await.ok();
    app
}

async fn import(app: &TestApp, path: &str, lines: impl Into<Bytes>) -> Answer {
    let request = request(Method::POST, path, Body::from(lines.into()));
    app.send(request).await
}

async fn export(app: &TestApp) -> String {
    let answer = app.get("/v1/memory/export").await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (StatusCode::OK, "application/x-ndjson")
    );
    answer.text().to_owned()
}

#[tokio::test]
async fn history_tells_every_version_and_undo_goes_back_one_by_one() {
    let app = filled().await;
    let history = app.get("/v1/memory/m000000003/history").await.ok();
    let versions: Vec<(&str, &str)> = history["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| {
            (
                version["event"].as_str().unwrap(),
                version["memory"]["text"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(versions, [("created", "a note"), ("changed", "a better note")]);
    let undone = app.post("/v1/memory/m000000003/undo", &json!({})).await.ok();
    assert_eq!(
        (&undone["text"], &undone["pinned"]),
        (&json!("a note"), &json!(false))
    );
    let found = app
        .post("/v1/memory/search", &json!({"query": "a note", "limit": 1}))
        .await
        .ok();
    assert_eq!(
        found["hits"][0]["id"], "m000000003",
        "the old text has its vectors again"
    );
    let again = app.post("/v1/memory/m000000003/undo", &json!({})).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert!(
        again.json()["detail"]
            .as_str()
            .unwrap()
            .contains("no change left to undo")
    );
    for path in ["/v1/memory/nothing000/history", "/v1/memory/nothing000/undo"] {
        let method = if path.ends_with("undo") {
            Method::POST
        } else {
            Method::GET
        };
        let missing = app.send(request(method, path, Body::empty())).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn stats_count_what_there_is() {
    let app = filled().await;
    let quarantine = json!({"quarantined": true});
    app.patch("/v1/memory/m000000001", &quarantine).await.ok();
    let stats = app.get("/v1/memory/stats").await.ok();
    assert_eq!(
        stats,
        json!({
            "memories": 4, "kinds": {"turn": 1, "fact": 1, "note": 1, "document": 1},
            "areas": {"main": 3, "solutions": 1}, "projects": {}, "sessions": 1, "sources": 1, "quarantined": 1,
            "retired": 1, "waiting": 0, "index_bytes": 0, "embedder": {"id": "words", "dimensions": 64},
        })
    );
}

#[tokio::test]
async fn what_was_exported_and_imported_is_exported_the_same() {
    let app = filled().await;
    let lines = export(&app).await;
    let header: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&header["format"], &header["version"]),
        (&json!("council-memory"), &json!(1))
    );
    assert_eq!(lines.lines().count(), 7);
    let other = TestApp::new();
    let done = import(&other, "/v1/memory/import", lines.clone()).await.ok();
    assert_eq!(
        done,
        json!({"lines": 7, "bytes": lines.len(), "imported": 6, "skipped": 0, "waiting": 0, "done": true})
    );
    assert_eq!(export(&other).await, lines);
    let history = other.get("/v1/memory/m000000003/history").await.ok();
    assert_eq!(history["data"][0]["memory"]["text"], "a note");
    let question = json!({"query": "when sails the ship", "limit": 1});
    let found = other.post("/v1/memory/search", &question).await.ok();
    assert_eq!(found["hits"][0]["id"], "m000000002");
    let again = import(&other, "/v1/memory/import", lines.clone()).await.ok();
    assert_eq!((&again["imported"], &again["skipped"]), (&json!(0), &json!(6)));
    assert_eq!(export(&other).await, lines, "what was there stays as it is");
}

#[tokio::test]
async fn a_bad_line_is_named_and_all_before_it_are_stored() {
    let lines = export(&filled().await).await;
    let mut lines: Vec<&str> = lines.lines().collect();
    let bad = lines[4].replace("\"kind\":\"document\"", "\"kind\":\"rumour\"");
    lines[4] = &bad;
    lines.insert(2, "  ");
    let other = TestApp::new();
    let answer = import(&other, "/v1/memory/import", lines.join("\r\n")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let error = &answer.json()["error"];
    let message = error["message"].as_str().unwrap();
    assert_eq!(error["param"], "kind");
    assert!(message.starts_with("line 6: `kind` is `rumour`"), "{message}");
    assert!(message.contains("every line before it is stored"), "{message}");
    assert_eq!(other.get("/v1/memory/stats").await.ok()["memories"], 3);
    for (lines, words) in [
        ("", "the body is empty"),
        (
            "{\"id\": \"k7PqZ2mN4a\"}",
            "line 1: `format` is missing; nothing was stored",
        ),
        (
            "{\"format\": \"council-memory\", \"version\": 9}\n",
            "`version` is 9",
        ),
        (
            "{\"format\": \"council-memory\", \"version\": 1}\n[]",
            "line 2: the body is not a JSON object",
        ),
        (
            "{\"format\": \"council-memory\", \"version\": 1}\n{\"id\": \"a",
            "line 2: the body is not valid JSON",
        ),
    ] {
        let answer = import(&other, "/v1/memory/import", lines).await;
        let message = answer.json()["detail"].as_str().unwrap().to_owned();
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(message.contains(words), "{message}");
    }
}

#[tokio::test]
async fn a_streamed_import_says_how_far_it_is() {
    let mut lines = "{\"format\": \"council-memory\", \"version\": 1}\n".to_owned();
    for number in 0..450 {
        let line =
            json!({"id": format!("note{number:06}"), "text": format!("note {number}"), "timestamp": 5});
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
    let app = TestApp::new();
    let events = import(&app, "/v1/memory/import?stream=true", lines.clone())
        .await
        .json_events();
    let events = events.as_array().unwrap();
    let lines_of: Vec<u64> = events
        .iter()
        .map(|event| event["lines"].as_u64().unwrap())
        .collect();
    assert!(
        lines_of.is_sorted() && lines_of.contains(&201) && lines_of.contains(&401),
        "{lines_of:?}"
    );
    let waiting: Vec<u64> = events
        .iter()
        .filter_map(|event| event["waiting"].as_u64())
        .collect();
    assert!(
        waiting.len() > 3 && waiting.is_sorted_by(|a, b| a >= b),
        "{waiting:?}"
    );
    let last = events.last().unwrap();
    assert_eq!(
        (&last["done"], &last["imported"], &last["waiting"], &last["bytes"]),
        (&json!(true), &json!(450), &json!(0), &json!(lines.len()))
    );
    assert!(
        events[..events.len() - 1]
            .iter()
            .all(|event| event["done"] == false)
    );
    let broken = import(&app, "/v1/memory/import?stream=true", "[]")
        .await
        .json_events();
    assert_eq!(broken[0]["error"]["code"], "invalid_request");
}

#[tokio::test]
async fn a_body_is_read_in_pieces_however_it_is_cut_and_a_stuck_client_is_let_go() {
    let lines = export(&filled().await).await;
    for size in [1, 7, 4_096] {
        let pieces: Vec<Result<Bytes, std::io::Error>> = lines
            .as_bytes()
            .chunks(size)
            .map(|piece| Ok(Bytes::copy_from_slice(piece)))
            .collect();
        let body = Body::from_stream(futures::stream::iter(pieces));
        let app = TestApp::new();
        let answer = app.send(request(Method::POST, "/v1/memory/import", body)).await;
        assert_eq!(answer.ok()["imported"], 6);
    }
    tokio::time::pause();
    let first = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from(lines[..500].to_owned()))]);
    let body = Body::from_stream(first.chain(futures::stream::pending()));
    let app = TestApp::new();
    let answer = app.send(request(Method::POST, "/v1/memory/import", body)).await;
    assert_eq!(answer.status, StatusCode::REQUEST_TIMEOUT);
    assert!(
        answer.text().contains("nothing of the body arrived within 60 s"),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn a_line_without_an_end_is_refused_before_it_fills_the_memory() {
    let piece = Bytes::from(vec![b'x'; 1 << 20]);
    let endless = futures::stream::repeat_with(move || Ok::<_, std::io::Error>(piece.clone()));
    let app = TestApp::new();
    let answer = app
        .send(request(
            Method::POST,
            "/v1/memory/import",
            Body::from_stream(endless),
        ))
        .await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(
        answer.text().contains("line 1: it has more than 33554432 bytes"),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn what_the_embedder_cannot_take_now_waits() {
    let app = TestApp::new();
    let lines = format!(
        "{}\n{}\n",
        json!({"format": "council-memory", "version": 1}),
        json!({"id": "k7PqZ2mN4a", "text": "down", "timestamp": 5})
    );
    let done = import(&app, "/v1/memory/import", lines).await.ok();
    assert_eq!((&done["imported"], &done["waiting"]), (&json!(1), &json!(1)));
    assert_eq!(app.get("/v1/memory/stats").await.ok()["waiting"], 1);
}
