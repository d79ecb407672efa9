//! The server on a real socket.

#![expect(
    clippy::disallowed_methods,
    reason = "these tests are clients of a server of their own"
)]

use crate::app::TestApp;
use crate::fakes::Step;
use crate::sandbox::with_sandbox;
use council_core::sandbox;
use council_server::{ConnectionMetrics, ServeOptions, serve_with};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    pub(crate) stop: CancellationToken,
    server: JoinHandle<std::io::Result<()>>,
}

pub(crate) async fn start(app: &TestApp, options: ServeOptions) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let server = tokio::spawn(serve_with(
        listener,
        app.router.clone(),
        stop.clone().cancelled_owned(),
        options,
    ));
    Served {
        address,
        stop,
        server,
    }
}

fn post(path: &str, body: &str) -> String {
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n\r\n{body}")
}

/// Reads until `mark` has come.
async fn read_until(stream: &mut TcpStream, mark: &str) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4_096];
    while !text.contains(mark) {
        let count = stream.read(&mut buffer).await.unwrap();
        assert!(count > 0, "the connection closed before `{mark}`: {text}");
        text += std::str::from_utf8(&buffer[..count]).unwrap();
    }
    text
}

#[tokio::test]
async fn a_dropped_connection_cancels_a_streamed_turn() {
    let app = TestApp::new();
    app.answer([Step::Say("Hel"), Step::Hang]);
    let served = start(&app, ServeOptions::default()).await;
    let mut client = TcpStream::connect(served.address).await.unwrap();
    client
        .write_all(post("/hybrid", "{\"prompt\":\"hi\",\"stream\":true}").as_bytes())
        .await
        .unwrap();
    read_until(&mut client, "Hel").await;
    drop(client);
    app.models.script.ended(1).await;
}

#[tokio::test]
async fn a_dropped_connection_cancels_a_turn_that_is_not_streamed() {
    let app = TestApp::new();
    app.answer([Step::Hang]);
    let served = start(&app, ServeOptions::default()).await;
    let mut client = TcpStream::connect(served.address).await.unwrap();
    client
        .write_all(post("/hybrid", "{\"prompt\":\"hi\"}").as_bytes())
        .await
        .unwrap();
    while app.models.script.requests.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(client);
    app.models.script.ended(1).await;
}

#[tokio::test]
async fn a_dropped_connection_ends_a_program_that_is_not_streamed() {
    let (app, sandbox) = with_sandbox();
    sandbox.script([sandbox::scripted::Step::Hang]);
    let served = start(&app, ServeOptions::default()).await;
    let mut client = TcpStream::connect(served.address).await.unwrap();
    let body = "{\"language\":\"bash\",\"code\":\"sleep 9\"}";
    client
        .write_all(post("/v1/sandbox/run", body).as_bytes())
        .await
        .unwrap();
    while sandbox.programs().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(client);
    sandbox.dropped().cancelled().await;
}

#[tokio::test]
async fn requests_queue_by_the_peers_address() {
    let app = TestApp::new();
    let served = start(&app, ServeOptions::default()).await;
    let mut client = TcpStream::connect(served.address).await.unwrap();
    client
        .write_all(post("/hybrid", "{\"prompt\":\"hi\"}").as_bytes())
        .await
        .unwrap();
    read_until(&mut client, "Hello world").await;
    assert_eq!(app.models.script.requests.lock().unwrap()[0].client, "127.0.0.1");
}

#[tokio::test]
async fn stopping_lets_a_running_answer_end_and_then_refuses_connections() {
    let app = TestApp::new();
    app.answer([Step::Say("Hel"), Step::Hang]);
    let served = start(&app, ServeOptions::default()).await;
    let mut client = TcpStream::connect(served.address).await.unwrap();
    client
        .write_all(post("/hybrid", "{\"prompt\":\"hi\",\"stream\":true}").as_bytes())
        .await
        .unwrap();
    read_until(&mut client, "Hel").await;
    served.stop.cancel();
    app.agent.drain(Duration::ZERO).await;
    read_until(&mut client, "shutting_down").await;
    served.server.await.unwrap().unwrap();
    assert!(TcpStream::connect(served.address).await.is_err());
}

#[tokio::test]
async fn stopping_closes_what_is_still_open_after_the_grace() {
    let app = TestApp::new();
    app.answer([Step::Say("Hel"), Step::Hang]);
    let options = ServeOptions {
        shutdown_grace: Duration::from_millis(20),
        ..ServeOptions::default()
    };
    let served = start(&app, options).await;
    let mut client = TcpStream::connect(served.address).await.unwrap();
    client
        .write_all(post("/hybrid", "{\"prompt\":\"hi\",\"stream\":true}").as_bytes())
        .await
        .unwrap();
    read_until(&mut client, "Hel").await;
    served.stop.cancel();
    served.server.await.unwrap().unwrap();
    app.models.script.ended(1).await;
}

#[tokio::test]
async fn a_client_that_never_finishes_its_headers_is_let_go() {
    let app = TestApp::new();
    let options = ServeOptions {
        header_timeout: Duration::from_millis(20),
        ..ServeOptions::default()
    };
    let served = start(&app, options).await;
    let mut client = TcpStream::connect(served.address).await.unwrap();
    client
        .write_all(b"GET /health HTTP/1.1\r\nhost: local")
        .await
        .unwrap();
    let mut rest = Vec::new();
    client.read_to_end(&mut rest).await.unwrap();
    let rest = String::from_utf8(rest).unwrap();
    assert!(rest.is_empty() || rest.starts_with("HTTP/1.1 408"), "{rest}");
}

#[tokio::test]
async fn a_client_that_sends_too_much_still_reads_why() {
    let app = TestApp::with(|mut parts| {
        parts.limits.body_bytes = 100_000;
        parts
    });
    let served = start(&app, ServeOptions::default()).await;
    let mut client = TcpStream::connect(served.address).await.unwrap();
    let body = format!("{{\"prompt\":\"{}\"}}", "x".repeat(300_000));
    client.write_all(post("/hybrid", &body).as_bytes()).await.unwrap();
    let answer = read_until(&mut client, "body_too_large").await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test]
async fn one_connection_too_many_is_told_so_and_a_free_place_is_taken_again() {
    let app = TestApp::new();
    let registry = prometheus::Registry::new();
    let options = ServeOptions {
        connections: 2,
        metrics: Some(ConnectionMetrics::register(&registry).unwrap()),
        ..ServeOptions::default()
    };
    let served = start(&app, options).await;
    let ask = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut client = TcpStream::connect(served.address).await.unwrap();
        client.write_all(ask.as_bytes()).await.unwrap();
        read_until(&mut client, "alive").await;
        open.push(client);
    }
    let mut third = TcpStream::connect(served.address).await.unwrap();
    third.write_all(ask.as_bytes()).await.unwrap();
    let mut refused = String::new();
    third.read_to_string(&mut refused).await.unwrap();
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    for part in [
        "retry-after: 1",
        "connection: close",
        "x-request-id: req_",
        "\"overloaded\"",
        "limits.connections",
    ] {
        assert!(refused.contains(part), "{part} is missing from {refused}");
    }
    assert_eq!(metric(&registry, "council_http_connections"), "2");
    assert_eq!(metric(&registry, "council_http_connections_refused_total"), "1");
    // Those that have a place are answered all the while.
    open[0].write_all(ask.as_bytes()).await.unwrap();
    read_until(&mut open[0], "alive").await;

    drop(open);
    loop {
        let mut again = TcpStream::connect(served.address).await.unwrap();
        again.write_all(ask.as_bytes()).await.unwrap();
        let mut first = [0; 12];
        again.read_exact(&mut first).await.unwrap();
        if &first == b"HTTP/1.1 200" {
            break;
        }
    }
}

fn metric(registry: &prometheus::Registry, name: &str) -> String {
    let families = registry.gather();
    let found = families.iter().find(|family| family.name() == name).unwrap();
    let sample = &found.get_metric()[0];
    (sample.get_gauge().get_value() + sample.get_counter().get_value()).to_string()
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up_and_the_client_hears_so() {
    let app = TestApp::with(|mut parts| {
        parts.limits.body_timeout = Duration::from_millis(20);
        parts
    });
    let served = start(&app, ServeOptions::default()).await;
    let mut client = TcpStream::connect(served.address).await.unwrap();
    let head = "POST /hybrid HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n{";
    client.write_all(head.as_bytes()).await.unwrap();
    let answer = read_until(&mut client, "request_timeout").await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}
