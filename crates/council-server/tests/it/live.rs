//! The socket, on a real connection.

#![expect(
    clippy::disallowed_methods,
    reason = "these tests are clients of a server of their own"
)]

use crate::app::TestApp;
use crate::fakes::Step;
use crate::sockets::{Served, start};
use axum::http::StatusCode;
use council_server::ServeOptions;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};
use tokio_util::sync::CancellationToken;

struct Socket(WebSocketStream<TcpStream>);

async fn connect(address: SocketAddr, origin: Option<&str>) -> Result<Socket, Error> {
    let stream = TcpStream::connect(address).await.unwrap();
    let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().unwrap());
    }
    client_async(request, stream)
        .await
        .map(|(socket, _)| Socket(socket))
}

impl Socket {
    async fn send(&mut self, order: Value) {
        self.0.send(Message::text(order.to_string())).await.unwrap();
    }

    async fn next(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.0.next().await.unwrap().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// The next frame of a topic.
    async fn of(&mut self, topic: &str) -> Value {
        loop {
            let frame = self.next().await;
            if frame["topic"] == topic {
                return frame;
            }
        }
    }

    /// Returns when all that was sent before is obeyed.
    async fn obeyed(&mut self) {
        self.send(json!({"ping": "obeyed"})).await;
        while self.of("pong").await["data"] != "obeyed" {}
    }
}

/// A server that measures only when it is told to, and a client.
async fn served() -> (TestApp, Served, Socket) {
    let app = TestApp::new();
    let served = start(&app, ServeOptions::default()).await;
    let mut socket = connect(served.address, None).await.unwrap();
    assert_eq!(socket.next().await["topic"], "hello");
    (app, served, socket)
}

/// Has the monitor listen to what happens, until the token is dropped.
async fn running(app: &TestApp) -> tokio_util::sync::DropGuard {
    let stop = CancellationToken::new();
    tokio::spawn(Arc::clone(&app.monitor).run(stop.clone()));
    // It listens once it has measured.
    while app.get("/v1/system").await.ok()["values"]["turns_active"].is_null() {}
    tokio::task::yield_now().await;
    stop.drop_guard()
}

#[tokio::test]
async fn a_client_gets_the_topics_that_it_asks_for_and_no_others() {
    let (app, _served, mut socket) = served().await;
    app.monitor.tick().await;
    socket.send(json!({"subscribe": ["metrics"]})).await;
    // What is so, at once; then each measurement.
    let first = socket.next().await;
    assert_eq!((&first["topic"], &first["seq"]), (&json!("metrics"), &json!(0)));
    assert_eq!(first["data"]["models"][0]["id"], "tiny");
    app.monitor.tick().await;
    app.monitor.tick().await;
    assert_eq!(socket.next().await["seq"], 1);
    assert_eq!(socket.next().await["seq"], 2);
    socket.send(json!({"unsubscribe": ["metrics"]})).await;
    socket.obeyed().await;
    app.monitor.tick().await;
    socket.send(json!({"ping": 7})).await;
    let pong = socket.next().await;
    assert_eq!((&pong["topic"], &pong["data"]), (&json!("pong"), &json!(7)));
}

#[tokio::test]
async fn a_receipt_comes_when_it_is_kept() {
    let (app, _served, mut socket) = served().await;
    let _running = running(&app).await;
    socket.send(json!({"subscribe": ["routes"]})).await;
    socket.obeyed().await;
    let answer = app.post("/hybrid", &json!({"prompt": "hi"})).await.ok();
    let frame = socket.of("routes").await;
    assert_eq!(frame["data"]["request_id"], answer["request_id"]);
    assert_eq!(frame["data"]["answered_by"], "tiny");
    let incognito = json!({"prompt": "hi", "incognito": true});
    app.post("/api/chat", &incognito).await.ok();
    let last = app.post("/hybrid", &json!({"prompt": "hi"})).await.ok();
    assert_eq!(
        socket.of("routes").await["data"]["request_id"],
        last["request_id"]
    );
}

#[tokio::test]
async fn tokens_with_their_log_probabilities_come_to_who_watches() {
    let (app, served, mut socket) = served().await;
    let mut other = connect(served.address, None).await.unwrap();
    for one in [&mut socket, &mut other] {
        one.send(json!({"subscribe": ["tokens"]})).await;
        one.obeyed().await;
    }
    socket.send(json!({"watch": "all"})).await;
    socket.obeyed().await;
    app.answer([Step::Say("Hel"), Step::Say("lo")]);
    let answer = app.post("/hybrid", &json!({"prompt": "hi"})).await.ok();
    let first = socket.of("tokens").await["data"].clone();
    assert_eq!(first["request_id"], answer["request_id"]);
    assert_eq!((&first["model"], &first["from"]), (&json!("tiny"), &json!(0)));
    assert_eq!(first["tokens"][0]["text"], "Hel");
    assert!(first["tokens"][0]["logprob"].as_f64().unwrap() <= 0.0);
    let second = socket.of("tokens").await["data"].clone();
    assert_eq!(
        (&second["from"], &second["tokens"][0]["text"]),
        (&json!(1), &json!("lo"))
    );
    assert_eq!(socket.of("tokens").await["data"]["ended"], true);
    // Who does not watch hears that something runs, and not what.
    other.send(json!({"ping": 1})).await;
    assert_eq!(other.next().await["topic"], "pong");
}

#[tokio::test]
async fn who_listens_to_tokens_learns_which_answers_run() {
    let (app, _served, mut socket) = served().await;
    app.answer([Step::Say("Hel"), Step::Hang]);
    let mut stream = app
        .stream("/hybrid", &json!({"prompt": "hi", "stream": true}))
        .await;
    crate::app::piece(&mut stream).await;
    socket.send(json!({"subscribe": ["tokens"]})).await;
    let running = socket.of("tokens").await["data"]["running"].clone();
    assert_eq!(
        (&running[0]["model"], &running[0]["tokens"]),
        (&json!("tiny"), &json!(1))
    );
    assert_eq!(running[0]["route"], "/hybrid");
    drop(stream);
    app.models.script.ended(1).await;
    app.monitor.tick().await;
    assert_eq!(socket.of("tokens").await["data"]["running"], json!([]));
}

#[tokio::test]
async fn what_a_slow_client_does_not_take_is_dropped_and_counted() {
    let (app, _served, mut socket) = served().await;
    let frames = 3_000;
    socket.send(json!({"subscribe": ["metrics"]})).await;
    socket.obeyed().await;
    for _ in 0..frames {
        app.monitor.tick().await;
    }
    socket.send(json!({"ping": "end"})).await;
    let (mut taken, mut lost) = (0, 0);
    loop {
        let frame = socket.next().await;
        match frame["topic"].as_str().unwrap() {
            "metrics" => taken += 1,
            "lost" => lost += frame["data"]["frames"].as_u64().unwrap(),
            _ => break,
        }
    }
    assert!(lost > 0 && taken + lost <= frames, "{taken} taken, {lost} lost");
}

#[tokio::test]
async fn what_cannot_be_understood_is_answered_and_the_socket_stays() {
    let (_app, _served, mut socket) = served().await;
    socket.send(json!({"subscribe": ["weather"]})).await;
    let error = socket.of("error").await;
    let message = error["data"]["message"].as_str().unwrap();
    assert_eq!(
        message,
        "there is no topic `weather`; possible: metrics, routes, tokens, events"
    );
    socket.0.send(Message::text("hello")).await.unwrap();
    let message = socket.of("error").await["data"]["message"].to_string();
    assert!(message.contains("cannot be read"), "{message}");
    socket.obeyed().await;
}

#[tokio::test]
async fn pages_of_other_sites_and_what_is_no_websocket_are_refused() {
    let (app, served, _socket) = served().await;
    let refused = connect(served.address, Some("https://evil.example")).await;
    let Err(Error::Http(response)) = refused else {
        panic!("a foreign page got a socket");
    };
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    let own = format!("http://{}", served.address);
    assert!(connect(served.address, Some(&own)).await.is_ok());
    let plain = app.get("/ws").await;
    assert_eq!(plain.status, StatusCode::BAD_REQUEST);
    assert!(plain.text().contains("is a WebSocket"), "{}", plain.text());
}

#[tokio::test]
async fn stopping_closes_the_sockets() {
    let shutdown = CancellationToken::new();
    let app = TestApp::with(|mut parts| {
        parts.shutdown = shutdown.clone();
        parts
    });
    let served = start(&app, ServeOptions::default()).await;
    let mut socket = connect(served.address, None).await.unwrap();
    assert_eq!(socket.next().await["topic"], "hello");
    shutdown.cancel();
    let Some(Ok(Message::Close(Some(frame)))) = socket.0.next().await else {
        panic!("the socket stayed open");
    };
    assert_eq!(
        (u16::from(frame.code), frame.reason.as_str()),
        (1001, "the server stops")
    );
}
