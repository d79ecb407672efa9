//! Every class of bad input and of failure: status, body, headers.

use crate::app::{Answer, TestApp, request};
use crate::fakes::Step;
use crate::masked::masked;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use council_core::{ModelError, StoreError};
use serde_json::json;
use std::time::Duration;

/// Checks the shape that all failures share, and snapshots the rest.
#[track_caller]
fn check(name: &str, answer: &Answer, status: u16) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    let body = answer.json();
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(body["error"]["request_id"], answer.header("x-request-id"));
    assert_eq!(body["detail"], body["error"]["message"]);
    let error = masked(&body["error"], &[("request_id", "request")]);
    insta::assert_json_snapshot!(format!("error_{name}"), error);
}

async fn fail(error: ModelError) -> Answer {
    let app = TestApp::new();
    app.answer([Step::Fail(error)]);
    app.post("/hybrid", &json!({"prompt": "hi"})).await
}

#[tokio::test]
async fn malformed_json() {
    check(
        "malformed_json",
        &TestApp::new().post_raw("/hybrid", "{\"prompt\": }").await,
        400,
    );
}

#[tokio::test]
async fn a_wrong_type() {
    check(
        "wrong_type",
        &TestApp::new().post("/hybrid", &json!({"prompt": 5})).await,
        400,
    );
}

#[tokio::test]
async fn a_missing_field() {
    check(
        "missing_field",
        &TestApp::new()
            .post("/v1/chat/completions", &json!({"model": "tiny"}))
            .await,
        400,
    );
}

#[tokio::test]
async fn an_empty_body() {
    check("empty_body", &TestApp::new().post_raw("/hybrid", "").await, 400);
}

#[tokio::test]
async fn invalid_utf_8() {
    check(
        "invalid_utf_8",
        &TestApp::new()
            .post_raw("/hybrid", &b"{\"prompt\": \"\xff\"}"[..])
            .await,
        400,
    );
}

#[tokio::test]
async fn empty_messages_and_prompts() {
    let app = TestApp::new();
    check(
        "empty_messages",
        &app.post("/v1/chat/completions", &json!({"messages": []})).await,
        400,
    );
    check(
        "empty_prompt",
        &app.post("/hybrid", &json!({"prompt": "  "})).await,
        400,
    );
    check("missing_prompt", &app.post("/api/chat", &json!({})).await, 400);
    let overlong = json!({"prompt": "hi", "session_id": "x".repeat(129)});
    check("bad_session_id", &app.post("/api/chat", &overlong).await, 400);
}

#[tokio::test]
async fn a_negative_temperature() {
    let body = json!({"prompt": "hi", "temperature": -1});
    check(
        "negative_temperature",
        &TestApp::new().post("/hybrid", &body).await,
        400,
    );
}

#[tokio::test]
async fn a_temperature_that_is_no_number() {
    check(
        "nan_temperature",
        &TestApp::new()
            .post_raw("/hybrid", "{\"prompt\":\"hi\",\"temperature\":NaN}")
            .await,
        400,
    );
}

#[tokio::test]
async fn an_unknown_model() {
    let body = json!({"prompt": "hi", "model": "gpt-9"});
    check("unknown_model", &TestApp::new().post("/hybrid", &body).await, 404);
}

#[tokio::test]
async fn an_unknown_route() {
    check("unknown_route", &TestApp::new().get("/nowhere").await, 404);
}

#[tokio::test]
async fn a_wrong_method() {
    let answer = TestApp::new().get("/hybrid").await;
    check("wrong_method", &answer, 405);
    assert_eq!(answer.header("allow"), "POST");
}

#[tokio::test]
async fn a_body_that_is_too_large() {
    let app = TestApp::with(|mut parts| {
        parts.limits.body_bytes = 1_000;
        parts
    });
    let body = json!({"prompt": "x".repeat(1_000)}).to_string();
    check(
        "body_too_large",
        &app.post_raw("/hybrid", body.clone()).await,
        413,
    );
    let mut announced = request(Method::POST, "/hybrid", Body::from(body.clone()));
    announced
        .headers_mut()
        .insert("content-length", body.len().into());
    assert_eq!(app.send(announced).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let fits = json!({"prompt": "x".repeat(900)}).to_string();
    assert_eq!(app.post_raw("/hybrid", fits).await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_arrive() {
    let never = Body::from_stream(futures::stream::pending::<
        Result<axum::body::Bytes, std::io::Error>,
    >());
    let answer = TestApp::new().send(request(Method::POST, "/hybrid", never)).await;
    check("body_timeout", &answer, 408);
}

#[tokio::test]
async fn a_content_type_that_cannot_be_json() {
    let with = |content_type: &str| {
        Request::post("/hybrid")
            .header("content-type", content_type)
            .body(Body::from("{\"prompt\":\"hi\"}"))
            .unwrap()
    };
    let app = TestApp::new();
    check(
        "content_type",
        &app.send(with("multipart/form-data; boundary=x")).await,
        415,
    );
    for lenient in [
        "application/x-www-form-urlencoded",
        "text/plain;charset=UTF-8",
        "application/json; charset=utf-8",
    ] {
        assert_eq!(app.send(with(lenient)).await.status, StatusCode::OK, "{lenient}");
    }
    let without = Request::post("/hybrid")
        .body(Body::from("{\"prompt\":\"hi\"}"))
        .unwrap();
    assert_eq!(app.send(without).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_full_queue_says_when_to_come_back() {
    let answer = fail(ModelError::Busy {
        model: "tiny".into(),
        queued: 64,
        retry_after: Duration::from_secs(7),
    })
    .await;
    check("busy", &answer, 429);
    assert_eq!(answer.header("retry-after"), "7");
}

#[tokio::test]
async fn a_model_that_loads_says_when_to_come_back() {
    let message = "`tiny` is loading: 40 %".to_owned();
    let answer = fail(ModelError::NotReady {
        message,
        retry_after: Duration::from_millis(300),
    })
    .await;
    check("not_ready", &answer, 503);
    assert_eq!(answer.header("retry-after"), "1");
}

#[tokio::test]
async fn a_model_that_does_not_fit_is_not_retried() {
    let error = ModelError::DoesNotFit {
        model: "tiny".into(),
        needed_bytes: 8 << 30,
        free_bytes: 1 << 30,
    };
    let answer = fail(error).await;
    check("does_not_fit", &answer, 503);
    assert_eq!(answer.header("x-should-retry"), "false");
    assert!(!answer.header("retry-after").is_empty());
}

#[tokio::test]
async fn failures_of_models() {
    let too_long = ModelError::ContextTooLong {
        model: "tiny".into(),
        prompt_tokens: 9,
        context_tokens: 8,
    };
    check("context_too_long", &fail(too_long).await, 400);
    let field = ModelError::InvalidRequest {
        field: "grammar".into(),
        message: "has no rule `root`".into(),
    };
    check("refused_by_model", &fail(field).await, 400);
    let upstream = ModelError::Upstream {
        provider: "elsewhere".into(),
        message: "500".into(),
    };
    check("upstream", &fail(upstream).await, 502);
    let slow = ModelError::UpstreamTimeout {
        provider: "elsewhere".into(),
        after: Duration::from_secs(9),
    };
    check("upstream_timeout", &fail(slow).await, 504);
    let internal = fail(ModelError::Internal("secret cause".into())).await;
    check("internal", &internal, 500);
    assert!(!internal.text().contains("secret"));
}

#[tokio::test]
async fn failures_of_the_store() {
    let app = TestApp::new();
    check(
        "unknown_conversation",
        &app.get("/v1/conversations/nobody").await,
        404,
    );
    *app.store.conversations.broken.lock().unwrap() = Some(StoreError::DiskFull {
        place: "/data".to_owned(),
    });
    check(
        "disk_full",
        &app.post("/api/chat", &json!({"prompt": "hi"})).await,
        507,
    );
    *app.store.conversations.broken.lock().unwrap() = Some(StoreError::Failed("secret path".into()));
    let answer = app.get("/v1/conversations").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!answer.text().contains("secret"));
}

#[tokio::test]
async fn a_foreign_origin_and_a_foreign_host() {
    let app = TestApp::new();
    let mut foreign = request(Method::POST, "/hybrid", Body::from("{\"prompt\":\"hi\"}"));
    foreign
        .headers_mut()
        .insert("origin", "https://evil.example".parse().unwrap());
    check("foreign_origin", &app.send(foreign).await, 403);
    let mut rebound = request(Method::GET, "/health", Body::empty());
    rebound
        .headers_mut()
        .insert("host", "evil.example".parse().unwrap());
    check("foreign_host", &app.send(rebound).await, 403);
    assert!(app.models.script.requests.lock().unwrap().is_empty());
}

#[tokio::test]
async fn without_any_model_everything_else_still_answers() {
    let app = TestApp::new();
    app.models.statuses.lock().unwrap().clear();
    check(
        "no_model",
        &app.post("/hybrid", &json!({"prompt": "hi"})).await,
        503,
    );
    let health = app.get("/health").await;
    assert_eq!(
        (health.status, &health.json()["status"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!("no_model"))
    );
    assert!(
        health.json()["checks"]["model"]["message"]
            .as_str()
            .unwrap()
            .contains("council pull")
    );
    assert_eq!(app.get("/models").await.ok()["status"], "no_model");
    assert_eq!(app.get("/v1/models").await.ok()["data"], json!([]));
    assert_eq!(app.get("/v1/conversations").await.status, StatusCode::OK);
}
