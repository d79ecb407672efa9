//! Pools of servers that are killed, slow, busy, and come back.

use crate::contract::{Traits, answer, language_model_contract, patiently};
use crate::fake_openai::{
    FakeOpenAi, HangUp, StoppedClock, broken, client, config, done, end_chunk, events, frame, text_chunk,
};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use council_core::{
    BreakerState, Clock, FinishReason, GenerateEvent, GenerateRequest, LanguageModel, Message, ModelError,
    Role,
};
use council_models::config::{PoolConfig, RemoteConfig, Retries};
use council_models::remote::provider::ProviderParts;
use council_models::remote::{Member, Pool, Probe, Provider, ProviderMetrics, RemoteModel, host_of};
use futures::{StreamExt, stream};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// What a stand-in does with a question.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
    Answers,
    Busy,
    Fails,
    BreaksOff,
    /// Says a word and the rest when it is let go.
    Slow,
    /// Says nothing, not even when it is asked how it is.
    Ill,
}

/// A server that can be killed and comes back at the same address.
struct StandIn {
    address: String,
    does: Arc<Does>,
    running: Option<JoinSet<()>>,
}

struct Does {
    manner: Mutex<Manner>,
    asked: AtomicUsize,
    let_go: watch::Sender<bool>,
}

impl StandIn {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let does = Arc::new(Does {
            manner: Mutex::new(Manner::Answers),
            asked: AtomicUsize::new(0),
            let_go: watch::Sender::new(false),
        });
        let mut server = Self {
            address,
            does,
            running: None,
        };
        server.run(listener);
        server
    }

    fn run(&mut self, listener: TcpListener) {
        let router = Router::new()
            .route("/v1/chat/completions", post(chat))
            .route("/v1/models", get(models))
            .with_state(Arc::clone(&self.does));
        let mut running = JoinSet::new();
        running.spawn(async move { axum::serve(listener, router).await.unwrap() });
        self.running = Some(running);
    }

    /// Its connections may live on for what runs; no new one is taken.
    async fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.shutdown().await;
        }
    }

    async fn come_back(&mut self) {
        let listener = TcpListener::bind(&self.address).await.unwrap();
        self.run(listener);
    }

    fn be(&self, manner: Manner) {
        *self.does.manner.lock().unwrap() = manner;
    }

    fn asked(&self) -> usize {
        self.does.asked.load(Ordering::SeqCst)
    }

    fn config(&self) -> RemoteConfig {
        RemoteConfig {
            id: "pooled".to_owned(),
            provider: format!("servers at {}", self.address),
            ..config(&format!("http://{}/v1", self.address), "m")
        }
    }
}

async fn chat(State(does): State<Arc<Does>>, Json(_): Json<serde_json::Value>) -> Response {
    does.asked.fetch_add(1, Ordering::SeqCst);
    let manner = *does.manner.lock().unwrap();
    let whole = vec![frame(&text_chunk("a word")), frame(&end_chunk("stop")), done()];
    match manner {
        Manner::Answers => events(HangUp(None), stream::iter(whole), 1000),
        Manner::Busy => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "7")], "full").into_response(),
        Manner::Fails | Manner::Ill => (StatusCode::INTERNAL_SERVER_ERROR, "out of order").into_response(),
        Manner::BreaksOff => broken(&[frame(&text_chunk("a word"))]),
        Manner::Slow => {
            let mut let_go = does.let_go.subscribe();
            let mut frames = whole.into_iter();
            let first = stream::iter(frames.next());
            let rest = stream::once(async move {
                let_go.wait_for(|go| *go).await.unwrap();
                stream::iter(frames)
            });
            events(HangUp(None), first.chain(rest.flatten()), 1000)
        }
    }
}

async fn models(State(does): State<Arc<Does>>) -> Response {
    if *does.manner.lock().unwrap() == Manner::Ill {
        return (StatusCode::SERVICE_UNAVAILABLE, "loading").into_response();
    }
    Json(json!({"object": "list", "data": []})).into_response()
}

/// A pool of these servers, the providers in their order, and what is counted.
fn pool_of(
    configs: Vec<RemoteConfig>,
    change: impl FnOnce(&mut PoolConfig),
) -> (
    Arc<Pool>,
    Vec<Arc<Provider>>,
    prometheus::Registry,
    Arc<StoppedClock>,
) {
    let clock = Arc::new(StoppedClock::default());
    let registry = prometheus::Registry::new();
    let metrics = ProviderMetrics::register(&registry).unwrap();
    let shared = || Arc::clone(&clock) as Arc<dyn Clock>;
    let member = |config: RemoteConfig| {
        let parts = ProviderParts {
            name: config.provider.clone(),
            account: "servers".to_owned(),
            host: host_of(&config.base_url).unwrap(),
            local: true,
            configured_key: false,
        };
        let provider = Provider::new(parts, shared(), metrics.clone());
        Member {
            probe: Probe::new(client(), config.clone()),
            model: RemoteModel::new(config, Arc::clone(&provider), client()),
            provider,
        }
    };
    let members: Vec<Member> = configs.into_iter().map(member).collect();
    let info = members[0].model.info().clone();
    let providers = members
        .iter()
        .map(|member| Arc::clone(&member.provider))
        .collect();
    let mut config = PoolConfig {
        max_concurrent: None,
        queue_limit: 8,
        health_interval: None,
        retries: Retries {
            most: 1,
            pause: Duration::from_millis(1),
        },
        total: Duration::from_secs(20),
    };
    change(&mut config);
    let pool = Pool::new(info, members, config, shared(), metrics.clone());
    (pool, providers, registry, clock)
}

fn pool(
    servers: &[StandIn],
) -> (
    Arc<Pool>,
    Vec<Arc<Provider>>,
    prometheus::Registry,
    Arc<StoppedClock>,
) {
    pool_of(servers.iter().map(StandIn::config).collect(), |_| {})
}

fn question(text: &str) -> GenerateRequest {
    GenerateRequest::chat(vec![Message::text(Role::User, text)])
}

async fn asked(pool: &Pool, text: &str) -> Result<String, ModelError> {
    let events: Vec<_> = patiently(pool.generate(question(text), CancellationToken::new()).collect()).await;
    let mut said = String::new();
    for event in events {
        if let GenerateEvent::Text { text, .. } = event? {
            said.push_str(&text);
        }
    }
    Ok(said)
}

/// Which of the servers takes a question when all can.
async fn home(pool: &Pool, servers: &[StandIn], text: &str) -> usize {
    let before: Vec<usize> = servers.iter().map(StandIn::asked).collect();
    asked(pool, text).await.unwrap();
    (0..servers.len())
        .find(|&at| servers[at].asked() > before[at])
        .unwrap()
}

fn counted(registry: &prometheus::Registry, name: &str) -> f64 {
    let family = registry.gather().into_iter().find(|family| family.name() == name);
    let metrics = family
        .map(|family| family.get_metric().to_vec())
        .unwrap_or_default();
    metrics
        .iter()
        .map(|metric| metric.get_counter().get_value() + metric.get_gauge().get_value())
        .sum()
}

async fn start<const N: usize>() -> [StandIn; N] {
    let mut servers = Vec::new();
    for _ in 0..N {
        servers.push(StandIn::start().await);
    }
    servers.try_into().unwrap_or_else(|_| unreachable!())
}

#[tokio::test]
async fn a_pool_keeps_the_contract_of_a_model() {
    let (first, second) = (FakeOpenAi::start().await, FakeOpenAi::start().await);
    let configs = vec![first.config("counting"), second.config("counting")];
    let traits = Traits {
        usage_after_cancel: false,
        ..Traits::LOCAL
    };
    language_model_contract(pool_of(configs, |_| {}).0, traits).await;
}

#[tokio::test]
async fn a_conversation_stays_at_its_server_and_conversations_are_spread() {
    let servers: [StandIn; 3] = start().await;
    let (pool, ..) = pool(&servers);
    for number in 0..24 {
        let text = format!("conversation {number}");
        let at = home(&pool, &servers, &text).await;
        assert_eq!(home(&pool, &servers, &text).await, at, "{text}");
    }
    assert!(servers.iter().all(|server| server.asked() > 0));
}

#[tokio::test]
async fn a_killed_server_is_passed_over_and_gets_its_conversations_again_when_it_is_back() {
    let mut servers: [StandIn; 2] = start().await;
    let (pool, providers, registry, _) = pool(&servers);
    let at = home(&pool, &servers, "hello").await;
    servers[at].kill().await;
    assert_eq!(asked(&pool, "hello").await.unwrap(), "a word");
    assert_eq!(servers[1 - at].asked(), 1, "the other one answered");
    assert!(counted(&registry, "council_pool_moved_total") > 0.0);
    for _ in 0..2 {
        pool.look(&|_| true).await;
    }
    let health = providers[at].health();
    assert_eq!((health.up, health.running), (Some(false), 0));
    assert!(
        health
            .last_error
            .is_some_and(|(_, error)| error.contains("no connection"))
    );
    let failed = counted(&registry, "council_provider_errors_total");
    asked(&pool, "hello").await.unwrap();
    assert_eq!(
        counted(&registry, "council_provider_errors_total").to_bits(),
        failed.to_bits()
    );

    servers[at].come_back().await;
    pool.look(&|_| true).await;
    assert_eq!(home(&pool, &servers, "hello").await, at);
}

#[tokio::test]
async fn a_server_whose_breaker_is_open_is_passed_over() {
    let servers: [StandIn; 2] = start().await;
    let (pool, providers, ..) = pool(&servers);
    let at = home(&pool, &servers, "hello").await;
    servers[at].be(Manner::Fails);
    for _ in 0..5 {
        assert_eq!(asked(&pool, "hello").await.unwrap(), "a word");
    }
    assert!(matches!(providers[at].health().state, BreakerState::Open { .. }));
    let before = servers[at].asked();
    asked(&pool, "hello").await.unwrap();
    assert_eq!(servers[at].asked(), before);
}

#[tokio::test]
async fn a_server_that_is_not_ready_gets_no_requests_though_it_takes_connections() {
    let servers: [StandIn; 2] = start().await;
    let (pool, ..) = pool(&servers);
    let at = home(&pool, &servers, "hello").await;
    servers[at].be(Manner::Ill);
    for _ in 0..2 {
        pool.look(&|_| true).await;
    }
    let before = servers[at].asked();
    asked(&pool, "hello").await.unwrap();
    assert_eq!(servers[at].asked(), before);
}

#[tokio::test]
async fn a_server_that_may_not_be_asked_is_not_looked_at() {
    let servers: [StandIn; 2] = start().await;
    let (pool, providers, ..) = pool(&servers);
    pool.look(&|server| server == 1).await;
    assert_eq!(
        [providers[0].health().up, providers[1].health().up],
        [None, Some(true)]
    );
}

#[tokio::test]
async fn a_busy_server_rests_for_as_long_as_it_says_and_all_busy_is_busy() {
    let servers: [StandIn; 2] = start().await;
    let (pool, _, _, clock) = pool(&servers);
    let at = home(&pool, &servers, "hello").await;
    servers[at].be(Manner::Busy);
    asked(&pool, "hello").await.unwrap();
    servers[at].be(Manner::Answers);
    assert_eq!(home(&pool, &servers, "hello").await, 1 - at);
    clock.go_on(Duration::from_secs(7));
    assert_eq!(home(&pool, &servers, "hello").await, at);

    for server in &servers {
        server.be(Manner::Busy);
    }
    let retry_after = Duration::from_secs(7);
    let expected = ModelError::Busy {
        model: "pooled".to_owned(),
        queued: 0,
        retry_after,
    };
    assert_eq!(asked(&pool, "hello").await.unwrap_err(), expected);
}

#[tokio::test]
async fn what_has_begun_is_not_begun_again_elsewhere() {
    let servers: [StandIn; 2] = start().await;
    let (pool, ..) = pool(&servers);
    let at = home(&pool, &servers, "hello").await;
    servers[at].be(Manner::BreaksOff);
    let before = servers[1 - at].asked();
    assert!(matches!(
        asked(&pool, "hello").await,
        Err(ModelError::Upstream { .. })
    ));
    assert_eq!(servers[1 - at].asked(), before);
}

#[tokio::test]
async fn when_all_fail_each_is_asked_before_one_is_asked_again_and_the_error_names_one() {
    let servers: [StandIn; 3] = start().await;
    let (pool, ..) = pool(&servers);
    for server in &servers {
        server.be(Manner::Fails);
    }
    let error = asked(&pool, "hello").await.unwrap_err().to_string();
    assert!(
        error.contains("servers at 127.0.0.1:") && error.contains("out of order"),
        "{error}"
    );
    let mut counts = servers.each_ref().map(StandIn::asked);
    counts.sort_unstable();
    assert_eq!(counts, [1, 1, 2]);
}

#[tokio::test]
async fn a_request_of_a_client_is_refused_at_once_wherever_it_goes() {
    let servers: [StandIn; 2] = start().await;
    let (pool, ..) = pool(&servers);
    let mut wrong = question("hello");
    wrong.sampling.logit_bias = vec![(1, 1.0)];
    wrong.format = council_core::OutputFormat::Grammar("root ::= \"a\"".to_owned());
    let events: Vec<_> = patiently(pool.generate(wrong, CancellationToken::new()).collect()).await;
    assert!(
        matches!(&events[..], [Err(ModelError::InvalidRequest { .. })]),
        "{events:?}"
    );
}

#[tokio::test]
async fn more_than_the_servers_take_wait_and_more_than_may_wait_are_refused() {
    let servers: [StandIn; 2] = start().await;
    for server in &servers {
        server.be(Manner::Slow);
    }
    let configs = servers.iter().map(StandIn::config).collect();
    let (pool, _, registry, _) = pool_of(configs, |config| {
        config.max_concurrent = Some(1);
        config.queue_limit = 1;
    });
    let mut running = Vec::new();
    for number in 0..2 {
        let mut stream = pool.generate(question(&format!("{number}")), CancellationToken::new());
        assert!(patiently(stream.next()).await.unwrap().is_ok());
        running.push(stream);
    }
    assert_eq!(servers.each_ref().map(StandIn::asked), [1, 1]);
    let cancel = CancellationToken::new();
    let mut waiting = pool.generate(question("waits"), cancel.clone());
    assert!(waits(&mut waiting));
    assert!((counted(&registry, "council_pool_waiting") - 1.0).abs() < 1e-9);
    let refused = asked(&pool, "too many").await.unwrap_err();
    assert!(matches!(refused, ModelError::Busy { queued: 1, .. }), "{refused}");

    // Who waits can leave.
    cancel.cancel();
    let left = patiently(waiting.next()).await;
    assert_eq!(left, Some(Ok(GenerateEvent::Finish(FinishReason::Cancelled))));
    drop(waiting);
    assert!(counted(&registry, "council_pool_waiting").abs() < 1e-9);

    // A dropped answer makes room for who waits next.
    let mut waiting = pool.generate(question("waits"), CancellationToken::new());
    assert!(waits(&mut waiting));
    drop(running.pop());
    assert!(matches!(
        patiently(waiting.next()).await,
        Some(Ok(GenerateEvent::Text { .. }))
    ));
    for server in &servers {
        server.does.let_go.send_replace(true);
    }
    assert_eq!(patiently(running.pop().unwrap().count()).await, 2);
    assert_eq!(answer(&*pool, question("again")).await.text, "a word");
}

/// Polls a stream once; it has nothing yet.
fn waits<S: futures::Stream + Unpin>(stream: &mut S) -> bool {
    use futures::FutureExt as _;
    stream.next().now_or_never().is_none()
}

#[tokio::test]
async fn a_drained_server_ends_what_it_has_and_gets_nothing_new() {
    let servers: [StandIn; 2] = start().await;
    let (pool, providers, ..) = pool(&servers);
    let at = home(&pool, &servers, "hello").await;
    servers[at].be(Manner::Slow);
    let mut running = pool.generate(question("hello"), CancellationToken::new());
    assert!(patiently(running.next()).await.unwrap().is_ok());
    providers[at].drain(true);
    assert_eq!(home(&pool, &servers, "hello").await, 1 - at);
    let health = providers[at].health();
    assert_eq!((health.draining, health.running), (true, 1));
    servers[at].does.let_go.send_replace(true);
    let last = patiently(running.collect::<Vec<_>>()).await.pop().unwrap();
    assert_eq!(last, Ok(GenerateEvent::Finish(FinishReason::Stop)));
    assert_eq!(providers[at].health().running, 0);
}
