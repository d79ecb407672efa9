//! `/v1/knowledge` over HTTP.

use crate::app::{TestApp, request};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use std::fmt::Write as _;

const PLAN: &str = "# Plan\n\nWe paint the house.\n\n## Kitchen\n\nThe kitchen becomes yellow.\n";

fn form(parts: &[(&str, &str)]) -> Request<Body> {
    let mut body = String::new();
    for (disposition, content) in parts {
        write!(
            body,
            "--xyz\r\ncontent-disposition: form-data; {disposition}\r\n\r\n{content}\r\n"
        )
        .unwrap();
    }
    body.push_str("--xyz--\r\n");
    let mut request = request(Method::POST, "/v1/knowledge", Body::from(body));
    let content_type = "multipart/form-data; boundary=xyz".parse().unwrap();
    request.headers_mut().insert("content-type", content_type);
    request
}

async fn with_plan() -> TestApp {
    let app = TestApp::new();
    let plan = json!({"name": "notes/plan.md", "text": PLAN, "project": "house"});
    let report = app.post("/v1/knowledge", &plan).await.ok();
    assert_eq!(
        report,
        json!({
            "object": "knowledge.report", "added": 1, "replaced": 0, "unchanged": 0, "skipped": 0, "failed": 0,
            "chunks": 2, "waiting": 0, "files": [{
                "source": "notes/plan.md", "outcome": "added", "chunks": 2, "embedded": 2, "waiting": 0,
                "bytes": PLAN.len(),
            }],
        })
    );
    app
}

#[tokio::test]
async fn a_document_is_found_by_a_question_and_cited() {
    let app = with_plan().await;
    let question = json!({
        "query": "The kitchen becomes yellow", "limit": 1, "project": "house", "filters": {"kinds": ["document"]},
    });
    let found = app.post("/v1/memory/search", &question).await.ok();
    let hit = &found["hits"][0];
    assert_eq!(hit["text"], "Plan > Kitchen\n\nThe kitchen becomes yellow.");
    assert_eq!(
        (&hit["source"], &hit["citation"], &hit["trust"]),
        (&json!("notes/plan.md"), &json!("notes/plan.md:7"), &json!("tool"))
    );
    let note = app.post("/v1/memory", &json!({"text": "a note"})).await.ok();
    let note = app
        .get(&format!("/v1/memory/{}", note["id"].as_str().unwrap()))
        .await
        .ok();
    assert_eq!(note["citation"], Value::Null);
}

#[tokio::test]
async fn documents_are_listed_replaced_and_forgotten() {
    let app = with_plan().await;
    let listed = app.get("/v1/knowledge").await.ok();
    let entry = &listed["data"][0];
    assert_eq!(
        (
            &entry["source"],
            &entry["title"],
            &entry["media_type"],
            &entry["chunks"]
        ),
        (
            &json!("notes/plan.md"),
            &json!("Plan"),
            &json!("text/markdown"),
            &json!(2)
        )
    );
    let again = json!({"name": "notes/plan.md", "text": PLAN, "project": "house"});
    assert_eq!(app.post("/v1/knowledge", &again).await.ok()["unchanged"], 1);
    let other = json!({"name": "notes/plan.md", "text": "Nothing is painted.", "project": "house"});
    assert_eq!(app.post("/v1/knowledge", &other).await.ok()["replaced"], 1);
    let gone = app.delete("/v1/knowledge?source=notes%2Fplan.md").await.ok();
    let expected =
        json!({"source": "notes/plan.md", "object": "knowledge.deleted", "deleted": true, "chunks": 1});
    assert_eq!(gone, expected);
    assert_eq!(app.get("/v1/knowledge").await.ok()["data"], json!([]));
    assert_eq!(app.get("/v1/memory?kind=document").await.ok()["data"], json!([]));
    let unnamed = app.delete("/v1/knowledge").await;
    assert_eq!(unnamed.json()["error"]["param"], "source");
    let missing = app.delete("/v1/knowledge?source=notes%2Fplan.md").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn files_come_in_a_form() {
    let app = TestApp::new();
    let report = app
        .send(form(&[
            ("name=\"project\"", "house"),
            ("name=\"file\"; filename=\"plan.md\"", PLAN),
            ("name=\"name\"", "sites/tea.html"),
            (
                "name=\"file\"; filename=\"page.html\"",
                "<h1>Tea</h1><script>x</script><p>Hot.",
            ),
            ("name=\"file\"; filename=\"x.bin\"", "\u{0}\u{1}"),
        ]))
        .await
        .ok();
    assert_eq!((&report["added"], &report["failed"]), (&json!(2), &json!(1)));
    assert_eq!(report["files"][1]["source"], "sites/tea.html");
    assert_eq!(report["files"][2]["source"], "x.bin");
    assert!(
        report["files"][2]["reason"]
            .as_str()
            .unwrap()
            .starts_with("it is no text")
    );
    let found = app.get("/v1/memory?kind=document&project=house").await.ok();
    let texts: Vec<_> = found["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["text"])
        .collect();
    assert!(texts.contains(&&json!("Tea\n\nHot.")), "{texts:?}");
}

#[tokio::test]
async fn progress_comes_as_events_and_the_report_last() {
    let app = TestApp::new();
    let plan = json!({"name": "plan.md", "text": PLAN, "stream": true});
    let events = app.post("/v1/knowledge", &plan).await.json_events();
    let names: Vec<_> = events
        .as_array()
        .unwrap()
        .iter()
        .map(|event| &event["event"])
        .collect();
    assert_eq!(names, ["started", "embedded", "finished", "report"]);
    assert_eq!(events[1]["chunks"], 2);
    assert_eq!(events[2]["file"]["outcome"], "added");
    assert_eq!(events[3]["report"]["added"], 1);
}

#[tokio::test]
async fn paths_are_read_only_below_the_directories_that_the_configuration_names() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap();
    std::fs::create_dir(root.join("open")).unwrap();
    std::fs::write(root.join("open/a.md"), "Public.").unwrap();
    std::fs::write(root.join("secret.md"), "Secret.").unwrap();
    let open = root.join("open");
    let app = TestApp::with(|parts| council_server::ServerParts {
        knowledge_roots: vec![open.clone()],
        ..parts
    });
    let add = async |path: String| app.post("/v1/knowledge", &json!({"path": path})).await;
    let report = add(open.display().to_string()).await.ok();
    assert_eq!(
        report["files"][0]["source"],
        open.join("a.md").display().to_string()
    );
    for outside in ["secret.md", "open/../secret.md", "missing.md"] {
        let refused = add(root.join(outside).display().to_string()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{outside}");
        let message = refused.json()["error"]["message"].to_string();
        assert!(
            message.contains("knowledge.roots") && !message.contains("Secret"),
            "{message}"
        );
    }
    let relative = add("open/a.md".to_owned()).await;
    assert_eq!(relative.json()["error"]["param"], "path");
    let closed = TestApp::new();
    let path = json!({"path": open.display().to_string()});
    let refused = closed.post("/v1/knowledge", &path).await;
    assert_eq!(
        refused.status,
        StatusCode::FORBIDDEN,
        "nothing is allowed by default"
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_document_is_named_by_field() {
    let app = TestApp::new();
    for (body, field) in [
        (json!({}), "text"),
        (json!({"text": "x"}), "name"),
        (json!({"name": "", "text": "x"}), "name"),
        (
            json!({"name": "x", "text": "x", "media_type": "image/png"}),
            "media_type",
        ),
        (json!({"name": "x", "text": "x", "path": "/x"}), "path"),
        (json!({"name": "x", "text": "x", "project": ""}), "project"),
    ] {
        let answer = app.post("/v1/knowledge", &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(answer.json()["error"]["param"], field, "{body}");
    }
    for (parts, field) in [
        (&[("name=\"project\"", "house")][..], "file"),
        (&[("name=\"file\"", "no name")], "file"),
        (&[("name=\"else\"", "x")], "else"),
    ] {
        let answer = app.send(form(parts)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{parts:?}");
        assert_eq!(answer.json()["error"]["param"], field, "{parts:?}");
    }
}

#[tokio::test]
async fn a_document_may_be_larger_than_other_bodies_but_not_than_documents() {
    use council_agent::knowledge::{Knowledge, KnowledgeLimits};
    let app = TestApp::with(|mut parts| {
        let limits = KnowledgeLimits {
            file_bytes: 3 << 20,
            ..KnowledgeLimits::default()
        };
        let memories = parts.agent.memories().clone();
        parts.knowledge = Knowledge::new(memories, parts.agent.clock().clone(), limits);
        parts.limits.body_bytes = 1000;
        parts
    });
    let long = "word ".repeat(10_000);
    let report = app
        .post("/v1/knowledge", &json!({"name": "long.txt", "text": long}))
        .await
        .ok();
    assert_eq!(report["added"], 1);
    let longer = "word ".repeat(1_000_000);
    let refused = app
        .post("/v1/knowledge", &json!({"name": "longer.txt", "text": longer}))
        .await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
}
