//! Tests of what addresses mean.

use super::*;

#[test]
fn only_loopback_addresses_are_loopback() {
    for (url, expected) in [
        ("http://127.0.0.1:8000/v1", true),
        ("http://127.9.9.9/v1", true),
        ("http://[::1]:8000/v1", true),
        ("http://[::ffff:127.0.0.1]/v1", true),
        ("http://localhost:1/v1", true),
        ("http://localhost.example.org/v1", false),
        ("http://127.0.0.1.example.org/v1", false),
        ("http://127.0.0.1@example.org/v1", false),
        ("http://10.0.0.1/v1", false),
        ("https://api.openai.com/v1", false),
        ("rubbish", false),
    ] {
        assert_eq!(is_loopback(url), expected, "{url}");
    }
}

#[test]
fn a_host_is_shown_without_what_may_be_secret() {
    assert_eq!(
        host_of("https://user:pass@example.org:8443/v1?key=q").as_deref(),
        Some("example.org:8443")
    );
    assert_eq!(host_of("https://example.org/v1").as_deref(), Some("example.org"));
}

#[test]
fn addresses_of_private_networks_are_known_and_names_are_not_judged() {
    for (url, expected) in [
        ("http://10.1.2.3:8000/v1", Some(true)),
        ("http://172.31.0.1/v1", Some(true)),
        ("http://172.32.0.1/v1", Some(false)),
        ("http://192.168.0.9/v1", Some(true)),
        ("http://100.64.0.1/v1", Some(true)),
        ("http://100.128.0.1/v1", Some(false)),
        ("http://127.0.0.1/v1", Some(true)),
        ("http://[fd00::1]:8000/v1", Some(true)),
        ("http://[fe80::1]/v1", Some(true)),
        ("http://[::ffff:8.8.8.8]/v1", Some(false)),
        ("http://8.8.8.8/v1", Some(false)),
        ("http://localhost/v1", Some(true)),
        ("http://vllm.example.org/v1", None),
        ("rubbish", None),
    ] {
        assert_eq!(is_private(url), expected, "{url}");
    }
}
