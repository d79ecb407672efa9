//! `/v1/models`.

use crate::app::{TestApp, piece, request};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use council_core::ModelState;
use serde_json::json;
use tower::ServiceExt;

#[tokio::test]
async fn the_list_has_real_and_virtual_models() {
    let app = TestApp::new();
    // What is allocated now is no limit: it grows with what is asked.
    app.models.statuses.lock().unwrap()[0].activity.kv_capacity_tokens = 256;
    app.models.statuses.lock().unwrap()[1].state = ModelState::Failed {
        reason: "no key".into(),
    };
    insta::assert_json_snapshot!("v1_models", app.get("/v1/models").await.ok());
}

#[tokio::test]
async fn a_model_is_found_by_id_even_with_a_slash_in_it() {
    let app = TestApp::new();
    assert_eq!(app.get("/v1/models/tiny").await.ok()["id"], "tiny");
    assert_eq!(
        app.get("/v1/models/council/auto").await.ok()["owned_by"],
        "council"
    );
    assert_eq!(
        app.get("/v1/models/council%2Fauto").await.ok()["id"],
        "council/auto"
    );
    let missing = app.get("/v1/models/missing").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(missing.json()["error"]["param"], "model");
    let vote = app.get("/v1/models/council/vote").await.ok();
    assert_eq!(vote["owned_by"], "council");
}

#[tokio::test]
async fn models_are_loaded_and_unloaded() {
    let app = TestApp::new();
    assert_eq!(
        app.post("/v1/models/tiny/unload", &json!({})).await.ok()["state"],
        "unloaded"
    );
    assert_eq!(
        app.post("/v1/models/tiny/load", &json!({})).await.ok()["state"],
        "ready"
    );
    assert_eq!(
        app.post("/v1/models/missing/load", &json!({})).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn events_begin_with_the_present_and_follow_changes() {
    let app = TestApp::new();
    let request = request(Method::GET, "/v1/models/events", Body::empty());
    let response = app.router.clone().oneshot(request).await.unwrap();
    let mut stream = response.into_body().into_data_stream();
    assert_eq!(
        piece(&mut stream).await,
        "data: {\"id\":\"tiny\",\"state\":\"ready\"}\n\n"
    );
    assert_eq!(
        piece(&mut stream).await,
        "data: {\"id\":\"far\",\"state\":\"ready\"}\n\n"
    );
    app.post("/v1/models/tiny/load", &json!({})).await.ok();
    let loading = "data: {\"id\":\"tiny\",\"state\":\"loading\",\"load_progress\":0.5}\n\n";
    assert_eq!(piece(&mut stream).await, loading);
    assert_eq!(
        piece(&mut stream).await,
        "data: {\"id\":\"tiny\",\"state\":\"ready\"}\n\n"
    );
}

#[tokio::test]
async fn events_end_when_the_server_stops() {
    let mut shutdown = None;
    let app = TestApp::with(|parts| {
        shutdown = Some(parts.shutdown.clone());
        parts
    });
    shutdown.unwrap().cancel();
    let answer = app.get("/v1/models/events").await;
    assert_eq!(answer.status, StatusCode::OK);
}
