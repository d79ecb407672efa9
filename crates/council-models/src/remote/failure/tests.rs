//! Tests of failures.

use super::*;
use crate::config::{Protocol, Retries, Timeouts};
use council_core::Price;
use reqwest::header::HeaderValue;
use serde_json::json;

fn config() -> RemoteConfig {
    RemoteConfig {
        id: "big".to_owned(),
        provider: "acme".to_owned(),
        base_url: "http://user:pass@127.0.0.1:1/v1?key=q".to_owned(),
        model: "m".to_owned(),
        api_key: Some("sk-secret".into()),
        context_tokens: 4096,
        price: Price::default(),
        protocol: Protocol::OpenAi,
        vision: false,
        local: false,
        timeouts: Timeouts::default(),
        retries: Retries::default(),
    }
}

fn failure(status: u16, body: &Value) -> ModelError {
    let status = StatusCode::from_u16(status).unwrap_or_default();
    from_status(
        &config(),
        status,
        &HeaderMap::new(),
        body.to_string().as_bytes(),
        "chat/completions",
    )
}

fn openai(message: &str, code: &str) -> Value {
    json!({"error": {"message": message, "type": "invalid_request_error", "code": code, "param": "messages"}})
}

#[test]
fn context_errors_of_all_dialects_give_both_counts() {
    for (body, prompt, context) in [
        (
            openai(
                "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens. Please reduce the length of the messages.",
                "context_length_exceeded",
            ),
            9001,
            8192,
        ),
        (
            openai(
                "This model's maximum context length is 4096 tokens. However, you requested 4196 tokens (4100 in the messages, 96 in the completion).",
                "context_length_exceeded",
            ),
            4100,
            4096,
        ),
        (
            json!({"error": {"code": 400, "message": "the request exceeds the available context size", "type": "exceed_context_size_error", "n_prompt_tokens": 900, "n_ctx": 512}}),
            900,
            512,
        ),
        (
            openai(
                &ModelError::ContextTooLong {
                    model: "x".to_owned(),
                    prompt_tokens: 70,
                    context_tokens: 60,
                }
                .to_string(),
                "context_length_exceeded",
            ),
            70,
            60,
        ),
        (
            json!({"error": "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens"}),
            5000,
            4096,
        ),
    ] {
        let expected = ModelError::ContextTooLong {
            model: "big".to_owned(),
            prompt_tokens: prompt,
            context_tokens: context,
        };
        assert_eq!(failure(400, &body), expected);
    }
}

#[test]
fn a_context_error_without_counts_names_the_input() {
    assert_eq!(
        failure(400, &openai("too many tokens", "context_length_exceeded")),
        ModelError::InvalidRequest {
            field: "messages".to_owned(),
            message: "too long for the context of `big`: too many tokens".to_owned(),
        }
    );
}

#[test]
fn other_refusals_name_the_field_that_the_server_names() {
    assert_eq!(
        failure(
            422,
            &json!({"error": {"message": "must be < 2", "param": "temperature"}})
        ),
        ModelError::InvalidRequest {
            field: "temperature".to_owned(),
            message: "acme refused it: must be < 2".to_owned(),
        }
    );
    assert_eq!(
        failure(422, &json!({"detail": [{"loc": ["body"]}]})),
        ModelError::InvalidRequest {
            field: "request".to_owned(),
            message: "acme refused it: [{\"loc\":[\"body\"]}]".to_owned(),
        }
    );
}

#[test]
fn too_many_requests_are_busy_for_as_long_as_the_server_says() {
    let busy = |name: &'static str, value: &'static str| {
        let headers = HeaderMap::from_iter([(
            reqwest::header::HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )]);
        match from_status(
            &config(),
            StatusCode::TOO_MANY_REQUESTS,
            &headers,
            b"",
            "completions",
        ) {
            ModelError::Busy { retry_after, .. } => Some(retry_after),
            _ => None,
        }
    };
    assert_eq!(busy("retry-after", "7"), Some(Duration::from_secs(7)));
    assert_eq!(busy("retry-after-ms", "1500"), Some(Duration::from_millis(1500)));
    for unreadable in ["Wed, 21 Oct 2026 07:28:00 GMT", "-1", "inf"] {
        assert_eq!(
            busy("retry-after", unreadable),
            Some(DEFAULT_RETRY),
            "{unreadable}"
        );
    }
}

#[test]
fn an_empty_account_is_not_busy() {
    let error = failure(
        429,
        &openai("You exceeded your current quota", "insufficient_quota"),
    );
    assert!(matches!(error, ModelError::Upstream { .. }), "{error}");
}

#[test]
fn the_key_never_shows() {
    let said = openai("Incorrect API key provided: sk-secret.", "invalid_api_key");
    let error = failure(401, &said).to_string();
    assert!(
        error.contains("check the key of `big`") && !error.contains("sk-secret"),
        "{error}"
    );
    let plain = from_status(
        &config(),
        StatusCode::BAD_GATEWAY,
        &HeaderMap::new(),
        b"sk-secret",
        "completions",
    );
    assert_eq!(plain.to_string(), "acme failed: it answered 502 Bad Gateway: ***");
    let event = from_event(&config(), &json!({"message": "sk-secret"}), "completions");
    assert_eq!(event.to_string(), "acme failed: it broke off: ***");
}

#[test]
fn a_shown_url_has_no_credentials_and_no_query() {
    assert_eq!(shown_url(&config().base_url), "http://127.0.0.1:1/v1");
    assert_eq!(shown_url("no url"), "its base URL");
}

#[test]
fn a_long_page_is_cut() {
    let page = "é".repeat(2000);
    let error = from_status(
        &config(),
        StatusCode::BAD_GATEWAY,
        &HeaderMap::new(),
        page.as_bytes(),
        "completions",
    );
    assert!(error.to_string().chars().count() < 600);
}
