//! Tests of who may change settings.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use axum::http::Request;

async fn from(peer: Option<&str>) -> Result<String, Code> {
    let (mut parts, ()) = Request::new(()).into_parts();
    if let Some(peer) = peer {
        parts.extensions.insert(PeerAddr(peer.parse().unwrap()));
    }
    let admin = Admin::from_request_parts(&mut parts, &()).await;
    admin.map(|Admin(by)| by).map_err(|error| error.code)
}

#[tokio::test]
async fn only_clients_on_this_machine_are_let_in() {
    assert_eq!(from(Some("127.0.0.1:5000")).await, Ok("127.0.0.1".to_owned()));
    assert_eq!(from(Some("[::1]:5000")).await, Ok("::1".to_owned()));
    assert_eq!(
        from(Some("[::ffff:127.0.0.1]:5000")).await,
        Ok("127.0.0.1".to_owned())
    );
    assert_eq!(from(None).await, Ok("in process".to_owned()));
    for peer in ["192.168.1.7:5000", "[fe80::1]:5000", "[::ffff:10.0.0.1]:5000"] {
        assert_eq!(from(Some(peer)).await, Err(Code::Forbidden), "{peer}");
    }
}
