//! Traces, as a collector gets them that speaks OTLP over HTTP.

use crate::cloud::StandIn;
use crate::program::{Server, World};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use serde_json::json;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A word of the question, and of the answer, which repeats it.
const WORD: &str = "heliotrope";

/// What a client sends to have its own trace go on.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// Head and body of a request.
type Sent = (String, Vec<u8>);

/// Takes traces and keeps them.
struct Collector {
    port: u16,
    /// Head and body of each request.
    seen: Arc<Mutex<Vec<Sent>>>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&seen);
        // Ends with the test program.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let request = take(&mut stream.unwrap());
                kept.lock().unwrap().push(request);
            }
        });
        Self { port, seen }
    }

    fn seen(&self) -> Vec<Sent> {
        self.seen.lock().unwrap().clone()
    }

    /// All spans.
    fn spans(&self) -> Vec<Span> {
        let decode = |(_, body): &(String, Vec<u8>)| ExportTraceServiceRequest::decode(&body[..]).unwrap();
        let requests: Vec<ExportTraceServiceRequest> = self.seen().iter().map(decode).collect();
        requests
            .into_iter()
            .flat_map(|request| request.resource_spans)
            .flat_map(|resource| resource.scope_spans)
            .flat_map(|scope| scope.spans)
            .collect()
    }
}

/// Reads a request and says that it was taken.
fn take(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let head = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = head {
            let text = String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase();
            let length = text
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok())
                .unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    .unwrap();
                return (text, bytes[end + 4..].to_vec());
            }
        }
        let count = stream.read(&mut piece).unwrap();
        assert!(count > 0, "a request broke off");
        bytes.extend_from_slice(&piece[..count]);
    }
}

/// A server that sends its traces to `endpoint`, with a model at the stand-in.
fn serve(world: &World, stand_in: &StandIn, endpoint: &str, more: &str) -> Server {
    let config = world.path().join("council.toml");
    let text = format!(
        "[telemetry]\notlp_endpoint = \"{endpoint}\"\notlp_headers_env = \"TRACE_HEADERS\"\n{more}\n[[remote]]\nid = \"near\"\n\
         provider = \"stand-in\"\nbase_url = \"http://{}/v1\"\nmodel = \"m\"\ncontext_tokens = 4096\n",
        stand_in.address
    );
    std::fs::write(&config, text).unwrap();
    world.serve_with(
        &["--scripted", "--config", config.to_str().unwrap()],
        &[("TRACE_HEADERS", "x-tenant=ada, x-key=trace-secret")],
    )
}

/// Asks the model at the stand-in, as part of the client's trace.
fn ask(server: &Server) -> String {
    let body = json!({"prompt": format!("my {WORD}"), "model": "near", "session_id": "talk"});
    server.post_with(
        "/hybrid",
        &format!("traceparent: 00-{TRACE}-{PARENT}-01"),
        &body.to_string(),
    )
}

/// Ends it; then everything is sent.
fn end(server: Server) {
    server.send_sigterm();
    assert_eq!(server.finish().code, Some(0));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// An attribute in words.
fn attribute(span: &Span, name: &str) -> String {
    let found = span.attributes.iter().find(|one| one.key == name);
    match found.and_then(|one| one.value.clone()?.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        Some(Value::ArrayValue(array)) => format!("{:?}", array.values),
        other => format!("{other:?}"),
    }
}

fn named<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    let names: Vec<&str> = spans.iter().map(|span| span.name.as_str()).collect();
    spans
        .iter()
        .find(|span| span.name == name)
        .unwrap_or_else(|| unreachable!("no span {name} in {names:?}"))
}

#[test]
fn a_request_is_one_trace_of_its_stages_that_goes_on_with_its_clients_and_has_no_words_of_it() {
    let (world, stand_in, collector) = (World::new(), StandIn::start(), Collector::start());
    let endpoint = format!("http://127.0.0.1:{}", collector.port);
    let server = serve(&world, &stand_in, &endpoint, "");
    ask(&server);
    end(server);

    let spans = collector.spans();
    let of_request: Vec<Span> = spans
        .iter()
        .filter(|span| hex(&span.trace_id) == TRACE)
        .cloned()
        .collect();
    let http = named(&of_request, "POST /hybrid");
    assert_eq!(hex(&http.parent_span_id), PARENT);
    assert_eq!(attribute(http, "http.response.status_code"), "200");
    let turn = named(&of_request, "invoke_agent council");
    assert_eq!(turn.parent_span_id, http.span_id);
    assert_eq!(attribute(turn, "gen_ai.conversation.id"), "talk");
    assert_eq!(attribute(turn, "council.outcome"), "completed");
    for stage in ["wait", "route", "recall", "settle", "remember"] {
        assert_eq!(named(&of_request, stage).parent_span_id, turn.span_id, "{stage}");
    }
    let call = named(&of_request, "chat near");
    assert_eq!(call.parent_span_id, turn.span_id);
    for (name, value) in [
        ("gen_ai.operation.name", "chat"),
        ("gen_ai.provider.name", "stand-in"),
        ("gen_ai.request.model", "near"),
        ("gen_ai.usage.input_tokens", "9"),
        ("gen_ai.usage.output_tokens", "5"),
    ] {
        assert_eq!(attribute(call, name), value, "{name}");
    }
    assert!(attribute(call, "gen_ai.response.finish_reasons").contains("stop"));
    // The other server can go on with it.
    let asked = stand_in.seen().concat().to_lowercase();
    let expected = format!("traceparent: 00-{TRACE}-{}-01", hex(&call.span_id));
    assert!(asked.contains(&expected), "{expected} is not in {asked}");

    let (head, _) = &collector.seen()[0];
    assert!(head.starts_with("post /v1/traces "), "{head}");
    assert!(
        head.contains("x-tenant: ada") && head.contains("x-key: trace-secret"),
        "{head}"
    );
    for (_, body) in collector.seen() {
        let text = String::from_utf8_lossy(&body).into_owned();
        assert!(!text.contains(WORD), "{text}");
    }
}

#[test]
fn prompts_and_answers_are_in_traces_where_the_configuration_says_so() {
    let (world, stand_in, collector) = (World::new(), StandIn::start(), Collector::start());
    let endpoint = format!("http://127.0.0.1:{}/v1/traces", collector.port);
    let server = serve(&world, &stand_in, &endpoint, "content = true");
    ask(&server);
    end(server);
    let spans = collector.spans();
    let call = named(&spans, "chat near");
    assert!(attribute(call, "gen_ai.input.messages").contains(WORD));
    assert!(attribute(call, "gen_ai.output.messages").contains("Dear"));
}

#[test]
fn local_only_mode_sends_no_traces_to_another_machine() {
    for (local_only, arrive) in [(false, true), (true, false)] {
        let (world, stand_in, collector) = (World::new(), StandIn::start(), Collector::start());
        // An address that is not known to be this machine's, and leads here all the same.
        let endpoint = format!("http://0.0.0.0:{}", collector.port);
        let more = format!("[cloud]\nlocal_only = {local_only}");
        let server = serve(&world, &stand_in, &endpoint, &more);
        server.get("/v1/models");
        end(server);
        assert_eq!(!collector.seen().is_empty(), arrive, "local_only = {local_only}");
    }
}

#[test]
fn of_requests_that_no_client_traces_the_configured_share_is_traced() {
    let (world, stand_in, collector) = (World::new(), StandIn::start(), Collector::start());
    let endpoint = format!("http://127.0.0.1:{}", collector.port);
    let server = serve(&world, &stand_in, &endpoint, "sample_ratio = 0");
    for _ in 0..20 {
        server.get("/v1/models");
    }
    ask(&server);
    assert!(
        server
            .get("/metrics")
            .contains("council_telemetry_spans_total{result=\"sent\"}"),
        "what is sent is counted"
    );
    end(server);
    let traces: std::collections::BTreeSet<String> =
        collector.spans().iter().map(|span| hex(&span.trace_id)).collect();
    assert_eq!(traces, [TRACE.to_owned()].into(), "only what the client traces");
}

#[test]
fn a_collector_that_is_not_there_costs_no_request_anything() {
    let (world, stand_in) = (World::new(), StandIn::start());
    let server = serve(&world, &stand_in, "http://127.0.0.1:1", "");
    let answer: serde_json::Value = serde_json::from_str(&ask(&server)).unwrap();
    assert_eq!(answer["model"], "near", "{answer}");
    end(server);
}
