//! What operators see: health, metrics, request ids, headers, the root.

use crate::app::{TestApp, request};
use crate::fakes::Step;
use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use axum::routing::get;
use council_core::{ModelState, StoreError};
use council_server::{CheckStatus, HealthCheck, HealthChecks};
use serde_json::{Map, json};
use std::sync::Arc;

struct LowDisk(CheckStatus);

#[async_trait]
impl HealthChecks for LowDisk {
    async fn check(&self) -> Vec<HealthCheck> {
        let values = Map::from_iter([("free_bytes".to_owned(), json!(12))]);
        vec![HealthCheck {
            name: "disk",
            status: self.0,
            message: "12 bytes are free".into(),
            values,
        }]
    }
}

#[tokio::test]
async fn health_follows_the_worst_check() {
    for (check, status, word) in [
        (CheckStatus::Ok, StatusCode::OK, "ok"),
        (CheckStatus::Warning, StatusCode::OK, "degraded"),
        (
            CheckStatus::Failed,
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
        ),
    ] {
        let app = TestApp::with(|mut parts| {
            parts.health = Arc::new(LowDisk(check));
            parts
        });
        let answer = app.get("/health").await;
        assert_eq!((answer.status, &answer.json()["status"]), (status, &json!(word)));
        assert_eq!(answer.json()["checks"]["disk"]["free_bytes"], 12);
    }
}

#[tokio::test]
async fn a_broken_store_or_model_is_unhealthy() {
    let app = TestApp::new();
    *app.store.conversations.broken.lock().unwrap() = Some(StoreError::Failed("gone".into()));
    assert_eq!(app.get("/health").await.status, StatusCode::SERVICE_UNAVAILABLE);
    *app.store.conversations.broken.lock().unwrap() = None;
    app.models.statuses.lock().unwrap()[0].state = ModelState::Failed {
        reason: "bad file".into(),
    };
    let answer = app.get("/health").await;
    assert_eq!(
        (answer.status, &answer.json()["status"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!("unavailable"))
    );
    app.models.statuses.lock().unwrap()[0].state = ModelState::Unloaded;
    assert_eq!(app.get("/health").await.status, StatusCode::OK);
}

#[tokio::test]
async fn metrics_have_the_original_names_and_route_templates() {
    let app = TestApp::new();
    app.post("/hybrid", &json!({"prompt": "hi"})).await.ok();
    app.answer([Step::Fail(council_core::ModelError::Internal("broken".into()))]);
    app.post("/hybrid", &json!({"prompt": "hi"})).await;
    app.get("/v1/conversations/one").await;
    app.get("/v1/conversations/two").await;
    app.get("/nowhere").await;
    let answer = app.get("/metrics").await;
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4");
    for line in [
        "autogen_requests_total 2",
        "autogen_requests_success_total 1",
        "swarm_stream_first_token_latency_seconds_count 1",
        "council_http_requests_total{method=\"POST\",route=\"/hybrid\",status=\"200\"} 1",
        "council_http_requests_total{method=\"POST\",route=\"/hybrid\",status=\"500\"} 1",
        "council_http_requests_total{method=\"GET\",route=\"/v1/conversations/{id}\",status=\"404\"} 2",
        "council_http_requests_total{method=\"GET\",route=\"unmatched\",status=\"404\"} 1",
        "council_http_request_seconds_count{route=\"/hybrid\"} 2",
        "council_http_in_flight 1",
    ] {
        assert!(
            answer.text().lines().any(|found| found == line),
            "{line} is not in\n{}",
            answer.text()
        );
    }
    assert!(answer.text().contains("autogen_latency_ms_avg "));
}

#[tokio::test]
async fn request_ids_are_ours_and_the_clients_comes_back() {
    let app = TestApp::new();
    let with = |id: &str| {
        let mut request = request(Method::POST, "/hybrid", Body::from("{\"prompt\":\"hi\"}"));
        request.headers_mut().insert("x-request-id", id.parse().unwrap());
        request
    };
    let first = app.send(with("mine-1")).await;
    let second = app.send(with("mine-1")).await;
    assert_eq!(
        (second.status, second.header("x-client-request-id")),
        (StatusCode::OK, "mine-1")
    );
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
    assert!(first.header("x-request-id").starts_with("req_"));
    let line = app.store.entries.lock().unwrap()[0].request_id.clone();
    assert_eq!(line, first.header("x-request-id"));
    for insane in ["has space", &"x".repeat(129)] {
        assert_eq!(
            app.send(with(insane)).await.header("x-client-request-id"),
            "",
            "{insane}"
        );
    }
}

#[tokio::test]
async fn every_response_has_an_id_and_security_headers() {
    let app = TestApp::new();
    for path in ["/health", "/nowhere", "/hybrid", "/chat", "/metrics"] {
        let answer = app.get(path).await;
        assert!(answer.header("x-request-id").starts_with("req_"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
    }
}

#[tokio::test]
async fn the_root_sends_browsers_to_the_ui_where_there_is_one() {
    let browser = || {
        Request::get("/")
            .header("accept", "text/html,*/*")
            .body(Body::empty())
            .unwrap()
    };
    let without = TestApp::new();
    insta::assert_json_snapshot!("root", without.send(browser()).await.ok());
    let page = without.get("/chat").await;
    assert!(page.text().contains("make build"), "{}", page.text());
    let with = TestApp::with(|mut parts| {
        parts.ui = Some(axum::Router::new().route("/chat", get(async || "the page")));
        parts
    });
    let answer = with.send(browser()).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::TEMPORARY_REDIRECT, "/chat")
    );
    assert_eq!(with.get("/").await.ok()["name"], "council");
    assert_eq!(with.get("/chat").await.text(), "the page");
}

#[tokio::test]
async fn a_panic_in_a_handler_is_a_500_with_an_id() {
    let app = TestApp::with(|mut parts| {
        let boom = get(async || -> &'static str { panic!("boom") });
        parts.ui = Some(axum::Router::new().route("/chat", boom));
        parts
    });
    let answer = app.get("/chat").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.json()["error"]["code"], "internal");
    assert!(!answer.text().contains("boom"));
    assert_eq!(app.get("/health").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_registry_serves_one_server_only() {
    let registry = prometheus::Registry::new();
    let _first = TestApp::with(|mut parts| {
        parts.registry = registry.clone();
        parts
    });
    let agent = TestApp::new().agent;
    assert!(council_server::router(council_server::ServerParts::new(agent, registry, "0")).is_err());
}
