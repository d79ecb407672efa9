//! Remote models whose servers fail, are slow, or report what cannot be.

use crate::contract::{answer, patiently};
use crate::fake_openai::{FakeOpenAi, KEY, StoppedClock, client, counted_provider, open, provider};
use council_core::{
    BreakerState, FinishReason, GenerateEvent, GenerateRequest, LanguageModel, Message, ModelError, Role,
    Usage,
};
use council_models::config::RemoteConfig;
use council_models::remote::RemoteModel;
use futures::StreamExt;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

fn hello() -> GenerateRequest {
    GenerateRequest::chat(vec![Message::text(Role::User, "Hello")])
}

fn retrying(server: &FakeOpenAi, name: &str) -> RemoteConfig {
    let mut config = server.config(name);
    config.retries.most = 2;
    config
}

async fn events(model: &RemoteModel) -> Vec<Result<GenerateEvent, ModelError>> {
    patiently(model.generate(hello(), CancellationToken::new()).collect()).await
}

async fn error(model: &RemoteModel) -> ModelError {
    events(model).await.pop().unwrap().unwrap_err()
}

#[tokio::test]
async fn what_may_pass_is_asked_again_until_it_is_answered() {
    for how in ["429", "500", "502", "503", "504", "breaks", "event"] {
        let server = FakeOpenAi::start().await;
        let answer = answer(&*open(retrying(&server, &format!("flaky-2-{how}"))), hello()).await;
        assert_eq!((answer.text.as_str(), server.requests()), ("at last", 3), "{how}");
    }
}

#[tokio::test]
async fn what_stays_is_asked_as_often_as_is_configured() {
    let server = FakeOpenAi::start().await;
    error(&open(retrying(&server, "flaky-9-500"))).await;
    assert_eq!(server.requests(), 3);
}

#[tokio::test]
async fn what_was_refused_or_has_begun_or_would_wait_too_long_is_not_asked_again() {
    // `status-429` asks for three seconds, which the bound on the whole request does not leave.
    for name in [
        "status-400",
        "status-401",
        "status-404",
        "status-501",
        "breaks-off",
        "rubbish",
        "status-429",
    ] {
        let server = FakeOpenAi::start().await;
        let mut config = retrying(&server, name);
        config.timeouts.total = Duration::from_secs(2);
        error(&open(config)).await;
        assert_eq!(server.requests(), 1, "{name}");
    }
}

#[tokio::test]
async fn a_dead_server_is_tried_again_and_named() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let server = FakeOpenAi::start().await;
    let mut config = retrying(&server, "m");
    config.base_url = format!("http://{address}/v1");
    let error = error(&open(config)).await.to_string();
    assert!(error.contains(&address.to_string()), "{error}");
}

#[tokio::test]
async fn a_redirection_is_not_followed() {
    let server = FakeOpenAi::start().await;
    let error = error(&open(retrying(&server, "elsewhere"))).await.to_string();
    assert!(error.contains("307"), "{error}");
}

#[tokio::test]
async fn an_answer_that_trickles_ends_with_the_time_for_the_whole() {
    let server = FakeOpenAi::start().await;
    let mut config = retrying(&server, "trickle");
    config.timeouts.total = Duration::from_millis(300);
    let mut events = events(&open(config)).await;
    let after = Duration::from_millis(300);
    assert!(
        matches!(events.pop(), Some(Err(ModelError::UpstreamTimeout { after: told, .. })) if told == after)
    );
    assert!(matches!(events.pop(), Some(Ok(GenerateEvent::Usage(usage))) if usage.output_tokens > 0));
}

#[tokio::test]
async fn a_first_piece_that_is_late_is_not_waited_for() {
    let server = FakeOpenAi::start().await;
    let mut config = retrying(&server, "silent");
    config.timeouts.first_token = Duration::from_millis(100);
    assert!(matches!(
        error(&open(config)).await,
        ModelError::UpstreamTimeout { .. }
    ));
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn usage_that_is_missing_or_too_little_is_counted_from_above_and_noted() {
    let server = FakeOpenAi::start().await;
    for (name, expected) in [("no-usage", None), ("wrong-usage", Some((5, 5, 16)))] {
        let config = server.config(name);
        let provider = provider(&config, Arc::default());
        let model = RemoteModel::new(config, Arc::clone(&provider), client());
        let usage = answer(&*model, hello()).await.usage.unwrap();
        assert!(usage.input_tokens > 0 && usage.output_tokens > 0, "{usage:?}");
        if let Some((input_tokens, cached_tokens, output_tokens)) = expected {
            let expected = Usage {
                input_tokens,
                cached_tokens,
                output_tokens,
            };
            assert_eq!(usage, expected);
        }
        assert_eq!(provider.health().usage_estimated, 1, "{name}");
    }
}

#[tokio::test]
async fn what_came_before_a_cancel_is_counted() {
    let server = FakeOpenAi::start().await;
    let model = server.model("silent-after-one");
    let cancel = CancellationToken::new();
    let mut stream = model.generate(hello(), cancel.clone());
    patiently(stream.next()).await.unwrap().unwrap();
    cancel.cancel();
    let rest: Vec<_> = patiently(stream.collect()).await;
    assert!(
        matches!(
            &rest[..],
            [Ok(GenerateEvent::Usage(usage)), Ok(GenerateEvent::Finish(FinishReason::Cancelled))]
                if usage.input_tokens > 0 && usage.output_tokens == 1
        ),
        "{rest:?}"
    );
}

#[tokio::test]
async fn a_provider_that_keeps_failing_is_left_alone_until_one_request_succeeds() {
    let server = FakeOpenAi::start().await;
    let clock = Arc::new(StoppedClock::default());
    let config = server.config("flaky-5-500");
    let provider = provider(&config, Arc::clone(&clock));
    let model = RemoteModel::new(config, Arc::clone(&provider), client());
    for _ in 0..5 {
        assert!(matches!(error(&model).await, ModelError::Upstream { .. }));
    }
    assert!(matches!(provider.health().state, BreakerState::Open { .. }));
    let refused = error(&model).await;
    assert!(
        matches!(&refused, ModelError::NotReady { retry_after, .. } if !retry_after.is_zero()),
        "{refused:?}"
    );
    assert_eq!(server.requests(), 5);

    clock.go_on(Duration::from_secs(15));
    assert_eq!(answer(&*model, hello()).await.text, "at last");
    let health = provider.health();
    assert_eq!(health.state, BreakerState::Closed);
    assert!(health.last_success.is_some());
    assert!(health.last_error.is_some_and(|(_, error)| error.contains("500")));
}

#[tokio::test]
async fn a_key_that_was_set_is_used_from_then_on_and_shown_nowhere() {
    let server = FakeOpenAi::start().await;
    let config = server.config("status-401");
    let provider = provider(&config, Arc::default());
    let model = RemoteModel::new(config, Arc::clone(&provider), client());
    provider.set_key(Some("sk-another-secret".into()));
    let failed = error(&model).await;
    assert_eq!(
        server.last_request().0.as_deref(),
        Some("Bearer sk-another-secret")
    );
    let shown = format!("{failed} {failed:?} {provider:?} {:?}", provider.health());
    assert!(!shown.contains("sk-another-secret"), "{shown}");
    provider.set_key(None);
    error(&model).await;
    assert_eq!(server.last_request().0, Some(format!("Bearer {KEY}")));
}

#[tokio::test]
async fn attempts_that_fail_and_what_follows_are_counted() {
    let server = FakeOpenAi::start().await;
    let config = retrying(&server, "flaky-9-500");
    let registry = prometheus::Registry::new();
    let provider = counted_provider(&config, Arc::default(), &registry);
    let model = RemoteModel::new(config, provider, client());
    // Three attempts, then two until the breaker opens, and none after it.
    for _ in 0..3 {
        error(&model).await;
    }
    let values: Vec<(String, f64)> = registry
        .gather()
        .iter()
        .flat_map(|family| {
            family
                .get_metric()
                .iter()
                .map(|metric| (family.name().to_owned(), metric))
        })
        .map(|(name, metric)| {
            let value = metric.get_counter().get_value() + metric.get_gauge().get_value();
            (name, value)
        })
        // Each series is there before its first event.
        .filter(|(name, value)| *value > 0.0 || name == "council_provider_running")
        .collect();
    assert_eq!(
        values,
        [
            ("council_provider_breaker_state".to_owned(), 2.0),
            ("council_provider_errors_total".to_owned(), 5.0),
            ("council_provider_retries_total".to_owned(), 4.0),
            ("council_provider_running".to_owned(), 0.0),
        ]
    );
}
