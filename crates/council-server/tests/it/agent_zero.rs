//! Agent Zero's tools and folder over HTTP.

use crate::app::{Answer, TestApp, request};
use axum::body::{Body, Bytes};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use std::io::{Cursor, Read, Write};

async fn tool(app: &TestApp, name: &str, body: Value) -> Answer {
    app.post(&format!("/v1/tools/{name}"), &body).await
}

async fn saved() -> (TestApp, String) {
    let app = TestApp::new();
    let note = json!({"text": "the kettle is blue", "area": "solutions", "tries": 3, "ok": true});
    let id = tool(&app, "memory_save", note).await.ok()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    tool(&app, "memory_save", json!({"text": "ships sail on monday"}))
        .await
        .ok();
    (app, id)
}

#[tokio::test]
async fn what_was_saved_is_loaded_with_text_and_hits() {
    let (app, id) = saved().await;
    let loaded = tool(&app, "memory_load", json!({"query": "the kettle is blue"}))
        .await
        .ok();
    assert_eq!(
        loaded["result"],
        format!(
            "area: solutions\ntries: 3\nok: True\nid: {id}\ntimestamp: 2026-09-21 14:13:20\nContent: the kettle is blue"
        )
    );
    let hit = &loaded["hits"][0];
    assert!((hit["score"].as_f64().unwrap() - 1.0).abs() < 1e-6, "{hit}");
    assert_eq!(
        (&hit["id"], &hit["trust"], &hit["metadata"]["tries"]),
        (&json!(id), &json!("assistant"), &json!(3))
    );
    let filter = json!({"query": "the kettle is blue", "filter": "area == 'main'", "threshold": 0});
    let loaded = tool(&app, "memory_load", filter).await.ok();
    assert_eq!(loaded["hits"][0]["text"], "ships sail on monday");
    let none = tool(&app, "memory_load", json!({"query": "something else"}))
        .await
        .ok();
    assert_eq!(
        none,
        json!({"result": "No memory is about: something else", "hits": []})
    );
}

#[tokio::test]
async fn deleting_and_forgetting_really_remove() {
    let (app, id) = saved().await;
    let deleted = tool(&app, "memory_delete", json!({"ids": format!("{id}, nothing000")}))
        .await
        .ok();
    assert_eq!(deleted, json!({"result": "1 memories deleted", "deleted": [id]}));
    assert_eq!(
        app.get(&format!("/v1/memory/{id}")).await.status,
        StatusCode::NOT_FOUND
    );
    let filtered = json!({"query": "ships sail on monday", "filter": "area == 'fragments'"});
    let forgotten = tool(&app, "memory_forget", filtered).await.ok();
    assert_eq!(
        forgotten,
        json!({"result": "0 memories forgotten", "forgotten": []})
    );
    let forgotten = tool(&app, "memory_forget", json!({"query": "ships sail on monday"}))
        .await
        .ok();
    assert_eq!(forgotten["forgotten"].as_array().unwrap().len(), 1);
    assert_eq!(app.get("/v1/memory/stats").await.ok()["memories"], 0);
}

#[tokio::test]
async fn what_is_wrong_is_named_by_field() {
    let (app, _) = saved().await;
    let long = "x".repeat(20_000);
    for (name, body, field) in [
        ("memory_load", json!({"query": " "}), "query"),
        (
            "memory_load",
            json!({"query": "x", "threshold": 1.1}),
            "threshold",
        ),
        ("memory_load", json!({"query": "x", "limit": 0}), "limit"),
        ("memory_load", json!({"query": "x", "filter": "area ="}), "filter"),
        ("memory_load", json!({"query": "x", "filter": 3}), "filter"),
        ("memory_save", json!({"area": "main"}), "text"),
        ("memory_save", json!({"text": "x", "area": ""}), "area"),
        ("memory_save", json!({"text": "x", "id": "mine"}), "id"),
        (
            "memory_save",
            json!({"text": "x", "timestamp": "now"}),
            "timestamp",
        ),
        ("memory_save", json!({"text": "x", "long": long}), "metadata"),
        ("memory_delete", json!({"ids": " , "}), "ids"),
        ("memory_delete", json!({}), "ids"),
        (
            "memory_forget",
            json!({"query": "x", "filter": "__import__('os')"}),
            "filter",
        ),
    ] {
        let answer = tool(&app, name, body.clone()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name} {body}");
        assert_eq!(answer.json()["error"]["param"], field, "{name} {body}");
    }
    let answer = tool(&app, "memory_load", json!({"query": "x", "filter": "a + 1"})).await;
    let message = answer.json()["detail"].as_str().unwrap().to_owned();
    assert!(
        message.starts_with("`filter` at character 3: `+`: arithmetic is not supported"),
        "{message}"
    );
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        archive
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

async fn import(app: &TestApp, path: &str, body: Vec<u8>) -> Answer {
    app.send(request(Method::POST, path, Body::from(Bytes::from(body))))
        .await
}

const PICKLE: &[u8] = include_bytes!("../../../council-agent/tests/fixtures/agent-zero/index.pkl");

#[tokio::test]
async fn a_folder_goes_in_and_out_and_in_again() {
    let app = TestApp::new();
    let archive = zip(&[("default/index.pkl", PICKLE), ("default/notes.txt", b"x")]);
    let done = import(&app, "/v1/memory/agent-zero", archive.clone()).await.ok();
    assert_eq!(
        (
            &done["imported"],
            &done["skipped"],
            &done["waiting"],
            &done["bytes"]
        ),
        (&json!(3), &json!(0), &json!(0), &json!(archive.len()))
    );
    let read = app.get("/v1/memory/Zz09aaBBcc").await.ok();
    assert_eq!(
        (&read["area"], &read["metadata"]["tries"]),
        (&json!("solutions"), &json!(3))
    );
    assert_eq!(
        import(&app, "/v1/memory/agent-zero", archive).await.ok()["skipped"],
        3
    );
    let exported = app.get("/v1/memory/agent-zero").await;
    assert_eq!(
        (exported.status, exported.header("content-type")),
        (StatusCode::OK, "application/zip")
    );
    let mut files = zip::ZipArchive::new(Cursor::new(exported.body.clone())).unwrap();
    let mut index = Vec::new();
    files
        .by_name("index.faiss")
        .unwrap()
        .read_to_end(&mut index)
        .unwrap();
    assert_eq!((&index[..4], index.len()), (&b"IxFI"[..], 45 + 3 * 64 * 4));
    let other = TestApp::new();
    let events = import(
        &other,
        "/v1/memory/agent-zero?stream=true",
        exported.body.to_vec(),
    )
    .await
    .json_events();
    let last = events.as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["done"], &last["imported"]), (&json!(true), &json!(3)));
    let lines = |text: &str| -> Vec<Value> {
        let lines = text.lines().skip(1);
        lines.map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let (first, second) = (
        app.get("/v1/memory/export").await,
        other.get("/v1/memory/export").await,
    );
    assert_eq!(lines(first.text()), lines(second.text()));
}

#[tokio::test]
async fn folders_that_are_none_or_would_do_something_are_refused() {
    let app = TestApp::new();
    let evil: &[u8] = b"\x80\x04cposix\nsystem\n\x8c\x02id\x85R.";
    for (body, words) in [
        (b"rubbish".to_vec(), "no zip archive"),
        (zip(&[("index.faiss", b"x")]), "no `index.pkl`"),
        (zip(&[("a/index.pkl", PICKLE), ("b/index.pkl", PICKLE)]), "twice"),
        (zip(&[("index.pkl", evil)]), "posix.system"),
        (zip(&[("index.pkl", &PICKLE[..300])]), "ends at byte 300"),
    ] {
        let answer = import(&app, "/v1/memory/agent-zero", body).await;
        let message = answer.json()["detail"].as_str().unwrap().to_owned();
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{message}");
        assert!(message.contains(words), "{message}");
    }
    assert_eq!(app.get("/v1/memory/stats").await.ok()["memories"], 0);
}
