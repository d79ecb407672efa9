//! What is open already when its key or session ends.

#![expect(
    clippy::disallowed_methods,
    reason = "these tests are clients of a server of their own"
)]

use super::{Network, from_elsewhere};
use crate::sockets::{Served, start};
use axum::http::{Method, StatusCode};
use council_server::ServeOptions;
use futures::StreamExt as _;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{WebSocketStream, client_async};
use tower::ServiceExt as _;

/// A socket that was opened with this header, once the server has said hello.
async fn socket(served: &Served, name: &'static str, value: &str) -> WebSocketStream<TcpStream> {
    let stream = TcpStream::connect(served.address).await.unwrap();
    let url = format!("ws://{}/ws", served.address);
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert(name, value.parse().unwrap());
    let (mut socket, _) = client_async(request, stream).await.unwrap();
    let hello = socket.next().await.unwrap().unwrap();
    assert!(hello.to_text().unwrap().contains("hello"));
    socket
}

/// Code and reason with which the server closes a socket.
async fn closed(mut socket: WebSocketStream<TcpStream>) -> (CloseCode, String) {
    loop {
        match socket.next().await.unwrap().unwrap() {
            Message::Close(frame) => {
                let frame = frame.unwrap();
                return (frame.code, frame.reason.to_string());
            }
            Message::Text(_) | Message::Ping(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_socket_is_closed_with_the_reason_when_its_key_is_revoked_or_expires() {
    let network = Network::new().await;
    let served = start(&network.app, ServeOptions::default()).await;
    let bearer = |secret: &str| format!("Bearer {secret}");
    let (id, secret) = network.key(&json!({"name": "a", "scopes": ["chat"]})).await;
    let fields = json!({"name": "b", "scopes": ["chat"], "expires_in_s": 3_600});
    let (brief_id, brief) = network.key(&fields).await;
    let (_, stays) = network.key(&json!({"name": "c", "scopes": ["chat"]})).await;
    let revoked = socket(&served, "authorization", &bearer(&secret)).await;
    let expired = socket(&served, "authorization", &bearer(&brief)).await;
    let mut other = socket(&served, "authorization", &bearer(&stays)).await;

    network.app.delete(&format!("/v1/keys/{id}")).await.ok();
    let reason = format!("the key `{id}` was revoked");
    assert_eq!(closed(revoked).await, (CloseCode::Policy, reason));
    network.later(Duration::from_hours(1));
    let reason = format!("the key `{brief_id}` has expired");
    assert_eq!(closed(expired).await, (CloseCode::Policy, reason));

    // The control: that of another key goes on.
    futures::SinkExt::send(&mut other, Message::text(r#"{"ping": 7}"#))
        .await
        .unwrap();
    assert!(
        other
            .next()
            .await
            .unwrap()
            .unwrap()
            .to_text()
            .unwrap()
            .contains("pong")
    );
}

#[tokio::test]
async fn a_socket_of_a_session_is_closed_when_that_is_closed_and_when_its_user_is_removed() {
    let network = Network::new().await;
    let served = start(&network.app, ServeOptions::default()).await;
    network.app.post("/v1/users", &json!({"name": "anna"})).await.ok();
    let fields = json!({"name": "phone", "user": "anna", "scopes": ["chat"]});
    let (id, secret) = network.key(&fields).await;
    let session = async || {
        let body = json!({ "key": secret });
        let opened = network.ask(Method::POST, "/v1/session", None, &body).await;
        let cookie = opened.header("set-cookie").to_owned();
        cookie.split_once(';').unwrap().0.to_owned()
    };
    let (one, other) = (session().await, session().await);
    let (signed_out, removed) = (
        socket(&served, "cookie", &one).await,
        socket(&served, "cookie", &other).await,
    );
    let mut leave = from_elsewhere(Method::DELETE, "/v1/session", None, &Value::Null);
    leave.headers_mut().insert("cookie", one.parse().unwrap());
    network.app.send(leave).await.ok();
    let reason = "the session has ended".to_owned();
    assert_eq!(closed(signed_out).await, (CloseCode::Policy, reason));
    network.app.delete("/v1/users/anna?data=keep").await.ok();
    let reason = format!("the key `{id}` was revoked");
    assert_eq!(closed(removed).await, (CloseCode::Policy, reason));
}

#[tokio::test]
async fn a_stream_of_events_breaks_off_with_the_reason_when_its_key_ends() {
    let network = Network::new().await;
    for expires in [false, true] {
        let lasts = expires.then_some(3_600);
        let fields = json!({"name": "a", "scopes": ["chat", "admin"], "expires_in_s": lasts});
        let (id, secret) = network.key(&fields).await;
        let request = from_elsewhere(Method::GET, "/v1/models/events", Some(&secret), &Value::Null);
        let response = network.app.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let mut events = response.into_body().into_data_stream();
        for _ in 0..2 {
            assert!(events.next().await.unwrap().unwrap().starts_with(b"data: "));
        }
        let why = if expires {
            network.later(Duration::from_hours(1));
            "has expired"
        } else {
            network.app.delete(&format!("/v1/keys/{id}")).await.ok();
            "was revoked"
        };
        let last = events.next().await.unwrap().unwrap();
        assert_eq!(last, format!(": the key `{id}` {why}\n\n"));
        assert!(events.next().await.unwrap().is_err(), "it breaks off");
        assert!(events.next().await.is_none());
    }
}
