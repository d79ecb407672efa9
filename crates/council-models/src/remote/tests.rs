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
