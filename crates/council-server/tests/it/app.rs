//! The server in this process, on fakes.

use crate::fake_memory::WordEmbedder;
use crate::fakes::{FakeModels, FakeStore, Step, StoppedClock};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use council_agent::agent::AgentParts;
use council_agent::code::Programs;
use council_agent::memory::{Learner, LearnerConfig, Memories, MemoryConfig, MemoryMetrics};
use council_agent::routing::{Purse, Router};
use council_agent::sandbox::{SandboxMetrics, guarded};
use council_agent::vote::{Council, CouncilParts, VoteConfig, VoteMetrics};
use council_agent::{Agent, ToolLimits, ToolMetrics, Toolbox, TurnMetrics, built_in};
use council_core::budget::naive::NaiveBooks;
use council_core::memory::naive::NaiveMemory;
use council_core::sandbox::{Limits, Sandbox};
use council_core::{Caps, Clock, Embedder};
use council_server::{Monitor, ServerParts, router};
use futures::StreamExt;
use serde_json::Value;
use std::sync::Arc;
use tower::ServiceExt;

pub(crate) struct TestApp {
    pub(crate) router: axum::Router,
    pub(crate) models: Arc<FakeModels>,
    pub(crate) store: Arc<FakeStore>,
    pub(crate) agent: Arc<Agent>,
    pub(crate) monitor: Arc<Monitor>,
}

impl TestApp {
    pub(crate) fn new() -> Self {
        Self::with(|parts| parts)
    }

    /// With parts changed by `change`.
    pub(crate) fn with(change: impl FnOnce(ServerParts) -> ServerParts) -> Self {
        Self::with_clock(Arc::new(StoppedClock), change)
    }

    /// With another clock, and parts changed by `change`.
    pub(crate) fn with_clock(clock: Arc<dyn Clock>, change: impl FnOnce(ServerParts) -> ServerParts) -> Self {
        Self::build(Arc::new(WordEmbedder::default()), None, clock, change)
    }

    /// With another embedder.
    pub(crate) fn with_embedder(embedder: Arc<dyn Embedder>) -> Self {
        Self::build(embedder, None, Arc::new(StoppedClock), |parts| parts)
    }

    /// With a sandbox, behind its checks.
    pub(crate) fn with_sandbox(sandbox: Arc<dyn Sandbox>) -> Self {
        let embedder = Arc::new(WordEmbedder::default());
        Self::build(embedder, Some(sandbox), Arc::new(StoppedClock), |parts| parts)
    }

    fn build(
        embedder: Arc<dyn Embedder>,
        sandbox: Option<Arc<dyn Sandbox>>,
        clock: Arc<dyn Clock>,
        change: impl FnOnce(ServerParts) -> ServerParts,
    ) -> Self {
        let models = Arc::new(FakeModels::new());
        let store = Arc::new(FakeStore::default());
        let registry = prometheus::Registry::new();
        let memories = Memories::new(
            Arc::new(NaiveMemory::new(embedder.info(), Arc::new(StoppedClock))),
            embedder,
            MemoryMetrics::register(&registry).unwrap(),
            MemoryConfig::default(),
        );
        // No model is asked behind a test's back; facts that need none are learnt.
        let config = LearnerConfig {
            summaries: false,
            model: Some("none".to_owned()),
            ..LearnerConfig::default()
        };
        let learner = Learner::new(models.clone(), memories.clone(), Arc::new(StoppedClock), config);
        let sandbox_metrics = SandboxMetrics::register(&registry).unwrap();
        let sandbox = sandbox.map(|sandbox| guarded(sandbox, Limits::default(), sandbox_metrics, None));
        let programs = Programs::new(sandbox.clone(), Limits::default());
        let tools = Toolbox::new(
            built_in(&memories, &programs),
            ToolLimits::default(),
            ToolMetrics::register(&registry).unwrap(),
        )
        .unwrap();
        let books = Arc::new(NaiveBooks::default());
        let agent = Arc::new(Agent::new(AgentParts {
            router: Router::default(),
            council: Some(council(&models, &registry)),
            purse: Purse::new(books.clone(), Caps::default(), Arc::new(StoppedClock)),
            receipts: books,
            tools,
            programs,
            models: models.clone(),
            conversations: store.conversations.clone(),
            ledger: store.clone(),
            memories,
            learner,
            clock,
            metrics: TurnMetrics::register(&registry).unwrap(),
        }));
        let parts = change(ServerParts {
            sandbox,
            ..ServerParts::new(agent.clone(), registry, "0.0.0-test")
        });
        Self {
            monitor: Arc::clone(&parts.monitor),
            router: router(parts).unwrap(),
            models,
            store,
            agent,
        }
    }

    /// The scripted model's next answer.
    pub(crate) fn answer(&self, steps: impl Into<Vec<Step>>) {
        self.models.script.answer(steps);
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(request(Method::GET, path, Body::empty())).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(request(Method::POST, path, Body::from(body.to_string())))
            .await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(request(Method::PATCH, path, Body::from(body.to_string())))
            .await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(request(Method::DELETE, path, Body::empty())).await
    }

    pub(crate) async fn post_raw(&self, path: &str, body: impl Into<Bytes>) -> Answer {
        self.send(request(Method::POST, path, Body::from(body.into())))
            .await
    }

    /// Posts and gives the response's frames as they come.
    pub(crate) async fn stream(&self, path: &str, body: &Value) -> axum::body::BodyDataStream {
        let request = request(Method::POST, path, Body::from(body.to_string()));
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        response.into_body().into_data_stream()
    }
}

pub(crate) fn request(method: Method, path: &str, body: Body) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(path)
        .header("host", "127.0.0.1:9000")
        .header("content-type", "application/json")
        .body(body)
        .unwrap()
}

/// The next piece of a streamed body as text.
pub(crate) async fn piece(stream: &mut axum::body::BodyDataStream) -> String {
    String::from_utf8(stream.next().await.unwrap().unwrap().to_vec()).unwrap()
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text());
        self.json()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The data of each event.
    pub(crate) fn events(&self) -> Vec<String> {
        assert_eq!(
            self.header("content-type"),
            "text/event-stream",
            "{}",
            self.text()
        );
        let frames = self.text().split_terminator("\n\n");
        frames
            .filter(|frame| !frame.starts_with(':'))
            .map(|frame| {
                let lines = frame
                    .split('\n')
                    .filter(|line| !line.starts_with("id: "))
                    .map(|line| line.strip_prefix("data: ").expect("a data line"));
                lines.collect::<Vec<_>>().join("\n")
            })
            .collect()
    }

    /// The data of each event as JSON; what is not JSON, such as `[DONE]`, as text.
    pub(crate) fn json_events(&self) -> Value {
        let parse = |data: String| serde_json::from_str(&data).unwrap_or(Value::String(data));
        self.events().into_iter().map(parse).collect()
    }
}

/// The usual five voices on the default model.
fn council(models: &Arc<FakeModels>, registry: &prometheus::Registry) -> Council {
    let parts = CouncilParts {
        models: models.clone(),
        config: VoteConfig::default(),
        checkers: Vec::new(),
        spend: None,
        metrics: VoteMetrics::register(registry).unwrap(),
    };
    Council::new(parts).unwrap()
}
