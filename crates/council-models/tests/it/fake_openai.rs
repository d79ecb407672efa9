//! A server that speaks OpenAI's wire format, with its unpleasant sides: frames cut anywhere, failures, silence.
//! What it does depends on the model that is asked for.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Json, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use council_core::egress::naive::NaiveEgress;
use council_core::egress::{Purpose, Standing};
use council_core::{Clock, EgressRules, HostList, Price, Timestamp};
use council_models::config::{Protocol, RemoteConfig, Retries, Timeouts};
use council_models::egress::{EgressGate, GateMetrics, HttpClient, bound_to};
use council_models::remote::provider::ProviderParts;
use council_models::remote::{Provider, ProviderMetrics, RemoteModel};
use futures::{Stream, StreamExt, stream};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// The key that tests send.
pub(crate) const KEY: &str = "sk-test-secret";

/// A running server.
pub(crate) struct FakeOpenAi {
    pub(crate) base_url: String,
    /// Ends with this value.
    _server: JoinSet<()>,
    shared: Arc<Shared>,
    hung_up: tokio::sync::Mutex<mpsc::Receiver<()>>,
}

pub(crate) struct Shared {
    pub(crate) requests: Mutex<Vec<(Option<String>, Value)>>,
    pub(crate) hung_up: mpsc::Sender<()>,
}

impl FakeOpenAi {
    /// Listens on a free port until this value is dropped.
    pub(crate) async fn start() -> Self {
        let (sender, receiver) = mpsc::channel(64);
        let shared = Arc::new(Shared {
            requests: Mutex::new(Vec::new()),
            hung_up: sender,
        });
        let router = Router::new()
            .route("/v1/chat/completions", post(chat))
            .route("/v1/completions", post(completion))
            .route("/v1/messages", post(crate::fake_anthropic::messages))
            .with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            base_url,
            _server: server,
            shared,
            hung_up: tokio::sync::Mutex::new(receiver),
        }
    }

    /// The model `name` at this server.
    pub(crate) fn model(&self, name: &str) -> Arc<RemoteModel> {
        open(self.config(name))
    }

    pub(crate) fn config(&self, name: &str) -> RemoteConfig {
        config(&self.base_url, name)
    }

    /// Authorization header and body of the last request.
    pub(crate) fn last_request(&self) -> (Option<String>, Value) {
        self.shared.requests.lock().unwrap().last().unwrap().clone()
    }

    /// How many requests came.
    pub(crate) fn requests(&self) -> usize {
        self.shared.requests.lock().unwrap().len()
    }

    /// Returns once a client has closed its connection before the answer's end.
    pub(crate) async fn client_hung_up(&self) {
        self.hung_up.lock().await.recv().await.unwrap();
    }
}

pub(crate) fn config(base_url: &str, name: &str) -> RemoteConfig {
    RemoteConfig {
        id: format!("remote/{name}"),
        provider: "fake server".to_owned(),
        base_url: base_url.to_owned(),
        model: name.to_owned(),
        api_key: Some(KEY.into()),
        context_tokens: 4096,
        price: Price::default(),
        protocol: Protocol::OpenAi,
        vision: false,
        local: false,
        timeouts: Timeouts::default(),
        retries: Retries {
            most: 0,
            pause: Duration::from_millis(1),
        },
    }
}

/// The model that `config` describes, with a provider of its own.
pub(crate) fn open(config: RemoteConfig) -> Arc<RemoteModel> {
    let provider = provider(&config, Arc::new(StoppedClock::default()));
    RemoteModel::new(config, provider, client())
}

pub(crate) fn provider(config: &RemoteConfig, clock: Arc<StoppedClock>) -> Arc<Provider> {
    counted_provider(config, clock, &prometheus::Registry::new())
}

/// The same, counting in this registry.
pub(crate) fn counted_provider(
    config: &RemoteConfig,
    clock: Arc<StoppedClock>,
    registry: &prometheus::Registry,
) -> Arc<Provider> {
    let parts = ProviderParts {
        name: config.provider.clone(),
        account: config.provider.clone(),
        host: council_models::remote::host_of(&config.base_url).unwrap_or_default(),
        local: config.local,
        configured_key: config.api_key.is_some(),
    };
    let metrics = ProviderMetrics::register(registry).unwrap();
    Provider::new(parts, clock, metrics)
}

/// A clock that goes on when it is told to.
#[derive(Default)]
pub(crate) struct StoppedClock(Mutex<Duration>);

impl StoppedClock {
    pub(crate) fn go_on(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_duration(Duration::from_secs(1_790_000_000) + *self.0.lock().unwrap())
    }
}

pub(crate) fn client() -> HttpClient {
    // Another test may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let allow = HostList::parse("127.0.0.1").unwrap();
    let rules = move || EgressRules {
        local_only: false,
        allow: allow.clone(),
    };
    let metrics = GateMetrics::register(&prometheus::Registry::new()).unwrap();
    let clock = Arc::new(StoppedClock::default());
    let gate = EgressGate::new(rules, Arc::new(NaiveEgress::default()), clock, metrics);
    let bound = bound_to(Purpose::Model, "", Standing::Foreign);
    gate.client(bound, Timeouts::default().connect).unwrap()
}

async fn chat(State(shared): State<Arc<Shared>>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    answer(&shared, &headers, &body, true)
}

async fn completion(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    answer(&shared, &headers, &body, false)
}

fn answer(shared: &Arc<Shared>, headers: &HeaderMap, body: &Value, chat: bool) -> Response {
    let authorization = headers
        .get("authorization")
        .map(|value| value.to_str().unwrap().to_owned());
    shared
        .requests
        .lock()
        .unwrap()
        .push((authorization, body.clone()));
    let model = body["model"].as_str().unwrap().to_owned();
    if let Some(status) = model.strip_prefix("status-") {
        return failure(status.parse().unwrap());
    }
    let asked = shared.requests.lock().unwrap().len();
    // `flaky-2-500`: the first two requests fail with 500.
    if let Some((times, how)) = model.strip_prefix("flaky-").and_then(|rest| rest.split_once('-')) {
        if asked > times.parse().unwrap() {
            let frames = vec![frame(&text_chunk("at last")), frame(&end_chunk("stop")), done()];
            return events(HangUp(None), stream::iter(frames), 1000);
        }
        return match how {
            "breaks" => broken(&[]),
            "event" => {
                let error = json!({"error": {"message": "overloaded", "type": "server_error"}});
                events(HangUp(None), stream::iter(vec![frame(&error)]), 1000)
            }
            status => {
                let status = axum::http::StatusCode::from_u16(status.parse().unwrap()).unwrap();
                (status, [("retry-after-ms", "20")], "not now").into_response()
            }
        };
    }
    let watch = HangUp(Some(shared.hung_up.clone()));
    match model.as_str() {
        "counting" => events(watch, counting(body, chat), 1000),
        "in-pieces" => events(watch, stream::iter(recorded("\n\n", "\n")), 3),
        "with-crlf" => events(watch, stream::iter(recorded("\r\n\r\n", "\r\n")), 5),
        "tools" => events(watch, stream::iter(tool_frames()), 7),
        "no-usage" => events(
            watch,
            stream::iter(vec![frame(&text_chunk("a")), frame(&end_chunk("stop")), done()]),
            1000,
        ),
        "ends-early" => events(watch, stream::iter(vec![frame(&text_chunk("a"))]), 1000),
        "fails-midway" => {
            let error = json!({"error": {"message": "out of memory", "type": "server_error"}});
            events(
                watch,
                stream::iter(vec![frame(&text_chunk("a")), frame(&error)]),
                1000,
            )
        }
        "rubbish" => events(watch, stream::iter(vec!["data: <html>\n\n".to_owned()]), 1000),
        "silent-after-one" => events(
            watch,
            stream::iter(vec![frame(&text_chunk("a"))]).chain(stream::pending()),
            1000,
        ),
        "silent-after-finish" => {
            let frames = vec![frame(&text_chunk("a")), frame(&end_chunk("stop"))];
            events(watch, stream::iter(frames).chain(stream::pending()), 1000)
        }
        "silent" => events(watch, stream::pending(), 1000),
        "breaks-off" => broken(&[frame(&text_chunk("a"))]),
        // More than is believed to fit into the tokens that it reports.
        "wrong-usage" => {
            let usage = json!({"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 1,
                "prompt_tokens_details": {"cached_tokens": 9}}});
            let text = "a text that is far too long for a single token";
            let frames = vec![
                frame(&text_chunk(text)),
                frame(&end_chunk("stop")),
                frame(&usage),
                done(),
            ];
            events(watch, stream::iter(frames), 1000)
        }
        // Says a little again and again, without end.
        "trickle" => {
            let pieces = stream::unfold((), |()| async {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Some((frame(&text_chunk("a")), ()))
            });
            events(watch, pieces, 1000)
        }
        "elsewhere" => axum::response::Redirect::temporary("http://127.0.0.1:1/v1").into_response(),
        "web-page" => axum::response::Html("<p>It works!</p>").into_response(),
        other => panic!("the fake server knows no model `{other}`"),
    }
}

/// Frames, and then no end of the body, but of the connection.
pub(crate) fn broken(frames: &[String]) -> Response {
    let pieces: Vec<_> = frames
        .iter()
        .map(|frame| Ok(Bytes::from(frame.clone())))
        .collect();
    // What was not yet sent when a body fails is thrown away; this gives it the time to go.
    let failure = stream::once(async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(std::io::Error::other("the fake server broke the connection"))
    });
    (
        [("content-type", "text/event-stream")],
        Body::from_stream(stream::iter(pieces).chain(failure)),
    )
        .into_response()
}

fn failure(status: u16) -> Response {
    let body = match status {
        400 => {
            json!({"error": {"message": "This model's maximum context length is 4096 tokens. However, your messages \
            resulted in 5000 tokens.", "code": "context_length_exceeded"}})
        }
        _ => json!({"error": {"message": format!("scripted failure {status}, key {KEY}"), "code": null}}),
    };
    let status = axum::http::StatusCode::from_u16(status).unwrap();
    (status, [("retry-after", "3")], Json(body)).into_response()
}

/// Reports when it is dropped before the answer's end.
pub(crate) struct HangUp(pub(crate) Option<mpsc::Sender<()>>);

impl HangUp {
    fn disarm(&mut self) {
        self.0 = None;
    }
}

impl Drop for HangUp {
    fn drop(&mut self) {
        if let Some(sender) = &self.0 {
            // Nobody may be interested.
            let _ = sender.try_send(());
        }
    }
}

/// Sends frames in pieces of `size` bytes.
pub(crate) fn events(
    watch: HangUp,
    frames: impl Stream<Item = String> + Send + 'static,
    size: usize,
) -> Response {
    let pieces = frames.flat_map(move |frame| {
        let pieces: Vec<Bytes> = frame
            .as_bytes()
            .chunks(size)
            .map(Bytes::copy_from_slice)
            .collect();
        stream::iter(pieces)
    });
    let body = stream::unfold((Box::pin(pieces), watch), |(mut pieces, mut watch)| async move {
        if let Some(piece) = pieces.next().await {
            Some((Ok::<_, Infallible>(piece), (pieces, watch)))
        } else {
            watch.disarm();
            None
        }
    });
    (
        [("content-type", "text/event-stream; charset=utf-8")],
        Body::from_stream(body),
    )
        .into_response()
}

/// `one two three …`, as many as are asked for, up to a stop string; without a limit, without end.
fn counting(body: &Value, chat: bool) -> impl Stream<Item = String> + Send + 'static {
    let max_tokens = body["max_tokens"].as_u64();
    // A text completion always names a limit; the test's requests without one mean "no end".
    let words = (1_u64..).map(|number| format!("number{number} "));
    let stops: Vec<String> = body["stop"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|stop| stop.as_str().unwrap().to_owned())
        .collect();
    let top = body["top_logprobs"].as_u64();
    let Some(max_tokens) = max_tokens else {
        let frames = words.map(move |word| frame(&word_chunk(&word, top, chat)));
        // Other tasks get their turn, as with a real generation.
        return stream::iter(frames)
            .then(|frame| async {
                tokio::task::yield_now().await;
                frame
            })
            .boxed();
    };
    let mut said = String::new();
    let mut chunks = Vec::new();
    let (mut reason, mut generated) = ("length", 0);
    for word in words.take(usize::try_from(max_tokens).unwrap()) {
        generated += 1;
        let before = said.len();
        said.push_str(&word);
        if let Some(at) = stops.iter().filter_map(|stop| said.find(stop.as_str())).min() {
            reason = "stop";
            // What was said of a stop string in earlier words is taken back by a real server before it is sent.
            said.truncate(at);
            if at < before {
                chunks = vec![word_chunk(&said, top, chat)];
            } else {
                chunks.push(word_chunk(&said[before..], top, chat));
            }
            break;
        }
        chunks.push(word_chunk(&word, top, chat));
    }
    chunks.push(end_chunk(reason));
    chunks.push(
        json!({"choices": [], "usage": {"prompt_tokens": 17, "completion_tokens": generated,
        "total_tokens": 17 + generated, "prompt_tokens_details": {"cached_tokens": 8}}}),
    );
    let mut frames: Vec<String> = chunks.iter().map(frame).collect();
    frames.push(done());
    stream::iter(frames).boxed()
}

fn word_chunk(word: &str, top: Option<u64>, chat: bool) -> Value {
    let mut chunk = if chat {
        text_chunk(word)
    } else {
        json!({"object": "text_completion", "choices": [{"index": 0, "text": word, "finish_reason": null}]})
    };
    if let (Some(top), true) = (top, chat) {
        let tops: Vec<Value> = (0..top)
            .map(|rank| json!({"token": format!("t{rank}"), "logprob": -0.5 - rank as f64, "bytes": null}))
            .collect();
        chunk["choices"][0]["logprobs"] = json!({"content": [{"token": word, "logprob": -0.5,
            "bytes": word.as_bytes(), "top_logprobs": tops}]});
    }
    chunk
}

pub(crate) fn text_chunk(text: &str) -> Value {
    json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m",
        "choices": [{"index": 0, "delta": {"content": text}, "logprobs": null, "finish_reason": null}], "usage": null})
}

pub(crate) fn end_chunk(reason: &str) -> Value {
    json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
}

pub(crate) fn frame(chunk: &Value) -> String {
    format!("data: {chunk}\n\n")
}

pub(crate) fn done() -> String {
    "data: [DONE]\n\n".to_owned()
}

/// An answer as OpenAI sends it, with comments, event names and a data field of several lines between.
fn recorded(event_end: &str, line_end: &str) -> Vec<String> {
    let usage = json!({"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}});
    vec![
        format!(": keep-alive{event_end}"),
        format!(
            "event: message{line_end}data: {}{event_end}",
            text_chunk("Grüße, ")
        ),
        format!(
            "data: {{\"choices\": [{{\"index\": 0,{line_end}data: \"delta\": {{\"content\": \"Welt 😀\"}}}}]}}{event_end}"
        ),
        format!("data:{}{event_end}", end_chunk("stop")),
        format!("data: {usage}{event_end}"),
        format!("data: [DONE]{event_end}"),
    ]
}

fn tool_frames() -> Vec<String> {
    let delta = |call: Value| frame(&json!({"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}));
    vec![
        frame(&json!({"choices": [{"index": 0, "delta": {"role": "assistant", "content": null}}]})),
        delta(
            json!({"index": 0, "id": "call_a", "type": "function", "function": {"name": "add", "arguments": ""}}),
        ),
        delta(json!({"index": 0, "function": {"arguments": "{\"a\":"}})),
        delta(json!({"index": 0, "function": {"arguments": "1}"}})),
        delta(
            json!({"index": 1, "id": "call_b", "type": "function", "function": {"name": "sub", "arguments": "{}"}}),
        ),
        frame(&end_chunk("tool_calls")),
        done(),
    ]
}
