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
        allowed_origins: vec!["tauri://localhost".into()],
        ..HostPolicy::loopback()
    };
    assert!(allows(
        &policy,
        "localhost:9000",
        &Method::POST,
        Some("tauri://localhost")
    ));
}

#[test]
fn a_server_whose_names_are_known_answers_to_these_and_to_addresses() {
    let policy = HostPolicy {
        allowed_hosts: vec!["council.lan".to_owned()],
        ..HostPolicy::network()
    };
    for host in [
        "council.lan",
        "COUNCIL.lan:9000",
        "192.0.2.7:9000",
        "[2001:db8::7]",
        "localhost",
    ] {
        assert!(allows(&policy, host, &Method::GET, None), "{host}");
    }
    for host in [
        "evil.example",
        "council.lan.evil.example",
        "council.lan:x",
        "",
        "x.council.lan",
    ] {
        assert!(!allows(&policy, host, &Method::GET, None), "{host}");
    }
    let behind_a_proxy = HostPolicy {
        allowed_hosts: vec!["council.example".to_owned()],
        ..HostPolicy::loopback()
    };
    assert!(allows(&behind_a_proxy, "council.example", &Method::GET, None));
    assert!(!allows(&behind_a_proxy, "192.0.2.7", &Method::GET, None));
}
