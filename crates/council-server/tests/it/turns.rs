//! `/v1/turns`: turns that go on without their clients, and that are stopped.

use crate::app::{TestApp, piece, request};
use crate::fakes::Step;
use axum::body::Body;
use axum::http::{Method, StatusCode};
use council_core::Outcome;
use futures::StreamExt as _;
use serde_json::{Value, json};
use std::time::Duration;

fn detached() -> Value {
    json!({"prompt": "hi", "session_id": "c", "memory": "off", "model": "tiny", "stream": true, "detached": true})
}

/// The frames of a stream, up to one that has `until` in it.
async fn frames(stream: &mut axum::body::BodyDataStream, until: &str) -> String {
    let mut text = String::new();
    while !text.contains(until) {
        text += &piece(stream).await;
    }
    text
}

/// The ids of frames, and their data.
fn numbered(frames: &str) -> Vec<(u64, Value)> {
    let frame = |frame: &str| {
        let (id, data) = frame.split_once("\ndata: ").unwrap();
        (
            id.strip_prefix("id: ").unwrap().parse().unwrap(),
            serde_json::from_str(data).unwrap(),
        )
    };
    frames.split_terminator("\n\n").map(frame).collect()
}

async fn only_turn(app: &TestApp) -> Value {
    let turns = app.get("/v1/turns?conversation=c").await.ok();
    assert_eq!(turns["data"].as_array().unwrap().len(), 1, "{turns}");
    turns["data"][0].clone()
}

#[tokio::test]
async fn a_detached_turn_goes_on_without_its_client_and_its_events_come_again() {
    let app = TestApp::new();
    app.answer([Step::Say("Hel"), Step::Say("lo"), Step::Hang]);
    let mut stream = app.stream("/api/chat", &detached()).await;
    let seen = numbered(&frames(&mut stream, "\"lo\"").await);
    drop(stream);
    let turn = only_turn(&app).await;
    assert_eq!(
        (&turn["state"], &turn["detached"]),
        (&json!("running"), &json!(true))
    );
    let kinds: Vec<&str> = seen
        .iter()
        .map(|(_, frame)| {
            let mut kinds = ["started", "decision"].into_iter();
            kinds
                .find(|kind| frame.get(kind).is_some())
                .unwrap_or_else(|| frame["text"].as_str().unwrap())
        })
        .collect();
    assert_eq!(kinds, ["started", "decision", "Hel", "lo"]);
    assert_eq!(seen[0].1["started"]["session_id"], "c");
    assert_eq!(seen[0].1["started"]["request_id"], turn["request_id"]);
    assert_eq!(seen[1].1["decision"]["question_id"], 1);

    let path = format!("/v1/turns/{}", turn["request_id"].as_str().unwrap());
    let resume = request(Method::GET, &format!("{path}/events"), Body::empty());
    let (mut parts, body) = resume.into_parts();
    parts.headers.insert("last-event-id", "3".parse().unwrap());
    let resumed = app.router.clone();
    let response = tower::ServiceExt::oneshot(resumed, axum::http::Request::from_parts(parts, body));
    let mut resumed = response.await.unwrap().into_body().into_data_stream();
    let again = numbered(&piece(&mut resumed).await);
    assert_eq!(again, seen[3..], "neither lost nor doubled");

    assert_eq!(app.delete(&path).await.ok()["stopped"], true);
    let last = numbered(&piece(&mut resumed).await);
    assert_eq!(last.len(), 1);
    let (id, done) = &last[0];
    assert_eq!(
        (*id, &done["done"], &done["finish"], &done["message_id"]),
        (5, &json!(true), &json!("stopped"), &json!(2))
    );
    assert!(resumed.next().await.is_none(), "nothing follows the end");
    let message = app.get("/v1/conversations/c/messages").await.ok()["data"][1].clone();
    assert_eq!(
        (&message["content"][0]["text"], &message["finish"]),
        (&json!("Hello"), &json!("stopped"))
    );
    // What has ended is kept for a while, and cannot be stopped again.
    assert_eq!(only_turn(&app).await["state"], "ended");
    let whole = app.get(&format!("{path}/events")).await;
    assert_eq!(numbered(whole.text()), [seen, last].concat());
    assert!(app.get(&format!("{path}/events?after=5")).await.text().is_empty());
    assert_eq!(app.delete(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_detached_turn_that_nobody_hears_is_answered_to_its_end() {
    let app = TestApp::new();
    drop(app.stream("/api/chat", &detached()).await);
    app.agent.drain(Duration::from_secs(5)).await;
    let entries = app.store.entries.lock().unwrap();
    assert_eq!(
        entries.iter().map(|entry| entry.outcome).collect::<Vec<_>>(),
        [Outcome::Completed]
    );
}

#[tokio::test]
async fn a_detached_turn_that_fails_says_so_in_its_last_event() {
    let app = TestApp::new();
    app.answer([Step::Fail(council_core::ModelError::Internal("broken".into()))]);
    let mut stream = app.stream("/api/chat", &detached()).await;
    let all = numbered(&frames(&mut stream, "done").await);
    assert_eq!(all.last().unwrap().1["code"], "internal");
    assert!(stream.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn events_are_forgotten_ten_minutes_after_the_end() {
    let app = TestApp::new();
    let mut stream = app.stream("/api/chat", &detached()).await;
    frames(&mut stream, "done").await;
    tokio::time::sleep(Duration::from_mins(9)).await;
    assert_eq!(only_turn(&app).await["state"], "ended");
    tokio::time::sleep(Duration::from_mins(2)).await;
    assert_eq!(app.get("/v1/turns").await.ok()["data"], json!([]));
}

#[tokio::test]
async fn a_turn_of_any_route_is_stopped_and_what_it_said_is_the_answer() {
    let app = TestApp::new();
    app.answer([Step::Say("Hel"), Step::Hang]);
    let body = json!({"messages": [{"role": "user", "content": "hi"}], "stream": true});
    let mut stream = app.stream("/v1/chat/completions", &body).await;
    while !piece(&mut stream).await.contains("Hel") {}
    let turns = app.get("/v1/turns").await.ok();
    let turn = &turns["data"][0];
    assert_eq!(
        (&turn["route"], &turn["detached"]),
        (&json!("/v1/chat/completions"), &json!(false))
    );
    let path = format!("/v1/turns/{}", turn["request_id"].as_str().unwrap());
    app.delete(&path).await.ok();
    assert!(piece(&mut stream).await.contains("\"finish_reason\":\"stop\""));
    // Its events were never kept.
    let answer = app.get(&format!("{path}/events")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_whole_answer_cannot_be_detached() {
    let app = TestApp::new();
    let answer = app
        .post("/api/chat", &json!({"prompt": "hi", "detached": true}))
        .await;
    assert_eq!(
        (answer.status, &answer.json()["error"]["param"]),
        (StatusCode::BAD_REQUEST, &json!("detached"))
    );
    let answer = app.get("/v1/turns/none/events").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
