//! Models that can be installed, pulls and benchmarks over HTTP.

use crate::app::{TestApp, piece, request};
use crate::fakes::Step;
use crate::panic::control;
use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Method, StatusCode};
use council_agent::EgressPolicy;
use council_core::Timestamp;
use council_core::install::{CatalogModel, Fit, InstallError, Installer, Machine, PullPhase, PullState};
use council_server::ServerParts;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use serde_json::json;
use std::sync::{Arc, Mutex};
use tower::ServiceExt as _;

/// Pulls that go on for ever.
#[derive(Default)]
struct Shelf {
    pulls: Mutex<Vec<PullState>>,
}

fn state(id: u64, model: &str) -> PullState {
    PullState {
        id,
        model: model.to_owned(),
        phase: PullPhase::Downloading,
        done_bytes: 500,
        total_bytes: Some(2_000),
        bytes_per_second: Some(250.0),
        source: Some("https://example.org/tiny.gguf".to_owned()),
        failures: vec![("the hub".to_owned(), "it does not answer".to_owned())],
        verified_by: None,
        error: None,
        started_at: Timestamp::from_millis(1_500),
        ended_at: None,
    }
}

#[async_trait]
impl Installer for Shelf {
    fn machine(&self) -> Machine {
        Machine {
            cpu_model: Some("a processor".to_owned()),
            physical_cores: 4,
            memory_bytes: Some(8_000_000_000),
            available_memory_bytes: Some(4_000_000_000),
            disk_free_bytes: Some(100_000_000_000),
            gpus: vec![("a card".to_owned(), None)],
        }
    }

    fn catalog(&self) -> Vec<CatalogModel> {
        vec![CatalogModel {
            id: "tiny".to_owned(),
            family: "tiny".to_owned(),
            parameters: 500_000_000,
            quantisation: "Q4_K_M".to_owned(),
            licence: "Apache-2.0".to_owned(),
            context_tokens: 4_096,
            size_bytes: Some(2_000),
            needs_bytes: Some(3_000),
            fit: Fit::Fits,
            reason: "needs 0.0 GB of memory; 4.0 GB of 8.0 GB are free".to_owned(),
            roles: vec!["chat"],
            note: None,
            sources: vec!["https://example.org/tiny.gguf".to_owned()],
            sha256: Some("00".repeat(32)),
            installed: false,
            verified_by: None,
            recommended: true,
        }]
    }

    fn pull(&self, what: &str) -> Result<PullState, InstallError> {
        if what == "nothing" {
            return Err(InstallError::Invalid("no model is called `nothing`".to_owned()));
        }
        let mut pulls = self.pulls.lock().unwrap();
        let state = state(pulls.len() as u64 + 1, what);
        pulls.insert(0, state.clone());
        Ok(state)
    }

    fn pulls(&self) -> Vec<PullState> {
        self.pulls.lock().unwrap().clone()
    }

    fn events(&self) -> BoxStream<'static, PullState> {
        futures::stream::pending().boxed()
    }

    fn cancel(&self, id: u64) -> Result<PullState, InstallError> {
        let pulls = self.pulls();
        pulls
            .into_iter()
            .find(|pull| pull.id == id)
            .ok_or(InstallError::NoPull(id))
    }

    fn cancel_all(&self) {}

    async fn remove(&self, id: &str) -> Result<u64, InstallError> {
        Err(InstallError::NotInstalled(id.to_owned()))
    }
}

async fn app(local_only: bool) -> TestApp {
    let policy = EgressPolicy {
        local_only,
        ..EgressPolicy::default()
    };
    let control = control(policy).await;
    TestApp::with(|parts| ServerParts {
        control: Some(control),
        installer: Some(Arc::<Shelf>::default()),
        ..parts
    })
}

#[tokio::test]
async fn the_catalog_tells_what_each_model_needs_and_what_the_machine_has() {
    insta::assert_json_snapshot!("catalog", app(false).await.get("/v1/models/catalog").await.ok());
}

#[tokio::test]
async fn a_pull_begins_is_listed_and_streamed_and_stands_in_the_audit() {
    let app = app(false).await;
    let begun = app.post("/v1/models/pull", &json!({"model": "tiny"})).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED);
    insta::assert_json_snapshot!("pull", begun.json());
    assert_eq!(
        app.get("/v1/models/pulls").await.ok()["data"],
        json!([begun.json()])
    );
    let events = request(Method::GET, "/v1/models/pulls/events", Body::empty());
    let response = app.router.clone().oneshot(events).await.unwrap();
    let mut stream = response.into_body().into_data_stream();
    assert!(piece(&mut stream).await.contains("\"model\":\"tiny\""));
    assert_eq!(app.get("/v1/audit").await.ok()["data"][0]["setting"], "pull.tiny");
    assert_eq!(app.delete("/v1/models/pulls/1").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_cannot_be_pulled_cancelled_or_removed_is_refused_by_name() {
    let app = app(false).await;
    for (answer, status, part) in [
        (
            app.post("/v1/models/pull", &json!({"model": "nothing"})).await,
            400,
            "`nothing`",
        ),
        (
            app.post("/v1/models/pull", &json!({"model": " "})).await,
            400,
            "1 to 2048",
        ),
        (
            app.post("/v1/models/pull", &json!({})).await,
            400,
            "`model` is missing",
        ),
        (app.delete("/v1/models/pulls/9").await, 404, "`9`"),
        (app.delete("/v1/models/pulls/x").await, 400, "`x`"),
        (
            app.delete("/v1/models/gone").await,
            404,
            "`gone` is not installed",
        ),
        (
            app.post("/v1/models/gone/benchmark", &json!({})).await,
            404,
            "`gone`",
        ),
    ] {
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
        assert!(answer.text().contains(part), "{}", answer.text());
    }
}

#[tokio::test]
async fn nothing_is_fetched_in_local_only_mode() {
    let answer = app(true)
        .await
        .post("/v1/models/pull", &json!({"model": "tiny"}))
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.json()["error"]["code"], "egress_refused");
}

#[tokio::test]
async fn a_model_is_measured_by_a_short_prompt() {
    let app = app(false).await;
    let measured = app.post("/v1/models/tiny/benchmark", &json!({})).await.ok();
    assert_eq!(
        (&measured["model"], &measured["answer_tokens"]),
        (&json!("tiny"), &json!(3))
    );
    assert!(measured["first_token_ms"].as_f64().unwrap() >= 0.0);
    let asked = app.models.script.requests.lock().unwrap();
    assert_eq!(asked[0].max_tokens, Some(64));
}

#[tokio::test]
async fn a_model_that_says_nothing_gives_no_measurement() {
    let app = app(false).await;
    app.answer([Step::Finish(council_core::FinishReason::Stop)]);
    let answer = app.post("/v1/models/tiny/benchmark", &json!({})).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn nothing_is_measured_on_another_machine_or_while_something_runs() {
    let app = app(false).await;
    let far = app.post("/v1/models/far/benchmark", &json!({})).await;
    assert_eq!(far.status, StatusCode::BAD_REQUEST);
    app.models.statuses.lock().unwrap()[1].activity.active = 1;
    let busy = app.post("/v1/models/tiny/benchmark", &json!({})).await;
    assert_eq!(busy.status, StatusCode::CONFLICT);
    assert!(busy.text().contains("`far` is answering now"), "{}", busy.text());
    assert!(app.models.script.requests.lock().unwrap().is_empty());
}
