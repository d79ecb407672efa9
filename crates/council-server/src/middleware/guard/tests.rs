//! Tests of the guard.

use super::{check, is_loopback};
use crate::state::HostPolicy;
use axum::http::{HeaderMap, HeaderValue, Method, header};

fn allows(policy: &HostPolicy, host: &str, method: &Method, origin: Option<&'static str>) -> bool {
    let mut headers = HeaderMap::new();
    if let Some(origin) = origin {
        headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
    }
    check(policy, Some(host), method, &headers).is_ok()
}

#[test]
fn loopback_names_and_addresses_are_recognised_with_any_port() {
    for host in [
        "localhost",
        "LOCALHOST:9000",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.8.8.8",
        "[::1]",
        "[::1]:9000",
    ] {
        assert!(is_loopback(host), "{host}");
    }
    for host in [
        "",
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "10.0.0.1",
        "[::2]",
        "[::1",
        "localhost:x",
        "[::1]evil",
        "::1",
        "localhost:99999",
    ] {
        assert!(!is_loopback(host), "{host}");
    }
}

#[test]
fn a_rebound_name_is_refused_even_for_reading() {
    let policy = HostPolicy::loopback();
    assert!(!allows(&policy, "evil.example:9000", &Method::GET, None));
    assert!(allows(&policy, "localhost:9000", &Method::GET, None));
    assert!(allows(
        &HostPolicy::network(),
        "council.lan:9000",
        &Method::GET,
        None
    ));
}

#[test]
fn a_foreign_origin_may_read_and_not_write() {
    let policy = HostPolicy::loopback();
    let foreign = Some("https://evil.example");
    assert!(allows(&policy, "localhost:9000", &Method::GET, foreign));
    assert!(!allows(&policy, "localhost:9000", &Method::POST, foreign));
    assert!(!allows(&policy, "localhost:9000", &Method::DELETE, foreign));
    assert!(!allows(&policy, "localhost:9000", &Method::POST, Some("null")));
}

#[test]
fn the_port_is_part_of_the_origin() {
    let policy = HostPolicy::loopback();
    assert!(allows(
        &policy,
        "localhost:9000",
        &Method::POST,
        Some("http://localhost:9000")
    ));
    assert!(!allows(
        &policy,
        "localhost:9000",
        &Method::POST,
        Some("http://localhost:3000")
    ));
    assert!(allows(
        &HostPolicy::network(),
        "council.lan",
        &Method::POST,
        Some("https://council.lan:443")
    ));
}

#[test]
fn a_foreign_origin_may_not_open_a_socket() {
    let mut headers = HeaderMap::new();
    headers.insert(header::ORIGIN, HeaderValue::from_static("https://evil.example"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    assert!(check(&HostPolicy::loopback(), Some("localhost"), &Method::GET, &headers).is_err());
}

#[test]
fn a_configured_origin_may_write() {
    let policy = HostPolicy {
        loopback_only: true,
        allowed_origins: vec!["tauri://localhost".into()],
    };
    assert!(allows(
        &policy,
        "localhost:9000",
        &Method::POST,
        Some("tauri://localhost")
    ));
}
