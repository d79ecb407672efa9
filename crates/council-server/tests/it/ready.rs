//! What supervisors and load balancers ask.

use crate::app::{Answer, TestApp};
use async_trait::async_trait;
use axum::http::StatusCode;
use council_core::{ModelState, StoreError};
use council_server::{CheckStatus, HealthCheck, HealthChecks};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Status, the word for it, and the names of what stands in the way.
fn told(answer: &Answer) -> (StatusCode, String, Vec<String>) {
    let body = answer.json();
    let reasons = body["reasons"].as_array().unwrap().iter();
    let names = reasons.map(|reason| reason["name"].as_str().unwrap().to_owned());
    (
        answer.status,
        body["status"].as_str().unwrap().to_owned(),
        names.collect(),
    )
}

fn unready(word: &str, reasons: &[&str]) -> (StatusCode, String, Vec<String>) {
    let reasons = reasons.iter().map(|&name| name.to_owned()).collect();
    (StatusCode::SERVICE_UNAVAILABLE, word.to_owned(), reasons)
}

#[tokio::test]
async fn a_server_with_a_model_is_ready_and_names_it() {
    let app = TestApp::new();
    let answer = app.get("/readyz").await;
    assert_eq!(told(&answer), (StatusCode::OK, "ready".to_owned(), vec![]));
    assert_eq!(answer.json()["model"]["state"], "ready");
    assert_eq!(answer.json()["model"]["load_percent"], Value::Null);
}

#[tokio::test]
async fn while_the_model_is_loaded_for_the_first_time_it_is_not_ready_and_says_how_far_that_is() {
    let prepared = CancellationToken::new();
    let app = TestApp::with(|mut parts| {
        parts.prepared = prepared.clone();
        parts
    });
    // Before the loading has begun, too.
    app.models.statuses.lock().unwrap()[0].state = ModelState::Unloaded;
    assert_eq!(told(&app.get("/readyz").await), unready("starting", &["model"]));
    app.models.statuses.lock().unwrap()[0].state = ModelState::Loading { progress: 0.25 };
    let answer = app.get("/readyz").await;
    assert_eq!(told(&answer), unready("starting", &["model"]));
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(answer.json()["model"]["load_percent"], 25.0);
    assert!(
        answer.json()["reasons"][0]["message"]
            .as_str()
            .unwrap()
            .ends_with(": 25 %"),
        "{}",
        answer.text()
    );
    assert_eq!(app.get("/healthz").await.status, StatusCode::OK);

    prepared.cancel();
    assert_eq!(app.get("/readyz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_model_that_is_loaded_again_because_nobody_used_it_does_not_count() {
    let app = TestApp::new();
    for state in [ModelState::Unloaded, ModelState::Loading { progress: 0.5 }] {
        app.models.statuses.lock().unwrap()[0].state = state;
        assert_eq!(app.get("/readyz").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn what_stands_in_the_way_is_named_and_none_of_it_kills_the_process() {
    struct Full;
    #[async_trait]
    impl HealthChecks for Full {
        async fn check(&self) -> Vec<HealthCheck> {
            vec![HealthCheck {
                name: "disk",
                status: CheckStatus::Failed,
                message: "the disk is full".into(),
                values: Map::new(),
            }]
        }
    }
    let app = TestApp::with(|mut parts| {
        parts.health = Arc::new(Full);
        parts
    });
    *app.store.conversations.broken.lock().unwrap() = Some(StoreError::Failed("gone".into()));
    app.models.statuses.lock().unwrap()[0].state = ModelState::Failed {
        reason: "bad file".into(),
    };
    let answer = app.get("/readyz").await;
    assert_eq!(told(&answer), unready("unavailable", &["model", "store", "disk"]));
    assert_eq!(answer.header("retry-after"), "10");
    app.models.statuses.lock().unwrap().clear();
    let answer = app.get("/readyz").await;
    assert_eq!(answer.json()["model"], Value::Null);
    assert!(answer.text().contains("council pull"), "{}", answer.text());
    assert_eq!(app.get("/healthz").await.ok()["status"], json!("alive"));
}

#[tokio::test]
async fn a_server_that_stops_takes_no_new_requests_and_is_alive() {
    let shutdown = CancellationToken::new();
    let app = TestApp::with(|mut parts| {
        parts.shutdown = shutdown.clone();
        parts
    });
    shutdown.cancel();
    assert_eq!(told(&app.get("/readyz").await), unready("stopping", &["server"]));
    assert_eq!(app.get("/healthz").await.status, StatusCode::OK);
}
