//! Remote models against a server with the real wire format.

use crate::contract::{Traits, answer, collect, language_model_contract, long_request, patiently};
use crate::fake_openai::{FakeOpenAi, KEY, config, open};
use council_core::{
    FinishReason, GenerateEvent, GenerateRequest, LanguageModel, Message, ModelError, Role, ToolCall, Usage,
};
use council_models::remote::RemoteModel;
use futures::StreamExt;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

fn hello() -> GenerateRequest {
    GenerateRequest::chat(vec![Message::text(Role::User, "Hello")])
}

/// The events of a request to `model`.
async fn events(model: &RemoteModel, request: GenerateRequest) -> Vec<Result<GenerateEvent, ModelError>> {
    patiently(model.generate(request, CancellationToken::new()).collect()).await
}

/// The error that a request to the fake model `name` ends with.
async fn error_of(name: &str) -> ModelError {
    let server = FakeOpenAi::start().await;
    let mut events = events(&server.model(name), hello()).await;
    events.pop().unwrap().unwrap_err()
}

fn upstream(message: &str) -> ModelError {
    ModelError::Upstream {
        provider: "fake server".to_owned(),
        message: message.to_owned(),
    }
}

#[tokio::test]
async fn a_remote_model_keeps_the_contract() {
    let server = FakeOpenAi::start().await;
    let traits = Traits {
        usage_after_cancel: false,
        ..Traits::LOCAL
    };
    language_model_contract(server.model("counting"), traits).await;
}

#[tokio::test]
async fn frames_may_be_cut_anywhere_and_lines_may_end_anyhow() {
    let server = FakeOpenAi::start().await;
    for name in ["in-pieces", "with-crlf"] {
        let answer = answer(&*server.model(name), hello()).await;
        let usage = Usage {
            input_tokens: 5,
            cached_tokens: 0,
            output_tokens: 2,
        };
        assert_eq!(
            (answer.text.as_str(), answer.usage, answer.finish),
            ("Grüße, Welt 😀", Some(usage), FinishReason::Stop),
            "{name}"
        );
    }
}

#[tokio::test]
async fn tool_calls_are_put_together() {
    let server = FakeOpenAi::start().await;
    let answer = answer(&*server.model("tools"), hello()).await;
    let call = |id: &str, name: &str, arguments: &str| ToolCall {
        id: id.to_owned(),
        name: name.to_owned(),
        arguments: arguments.to_owned(),
    };
    assert_eq!(
        answer.calls,
        [call("call_a", "add", "{\"a\":1}"), call("call_b", "sub", "{}")]
    );
    assert_eq!(
        (answer.text.as_str(), answer.finish),
        ("", FinishReason::ToolCalls)
    );
}

#[tokio::test]
async fn the_key_goes_to_the_server_and_into_no_error() {
    let server = FakeOpenAi::start().await;
    let model = server.model("status-401");
    let error = events(&model, hello()).await.pop().unwrap().unwrap_err();
    let (authorization, _) = server.last_request();
    assert_eq!(authorization, Some(format!("Bearer {KEY}")));
    let shown = format!("{error} {error:?}");
    assert!(
        shown.contains("remote/status-401") && !shown.contains(KEY),
        "{shown}"
    );
    assert!(!format!("{:?}", server.config("x")).contains(KEY));
}

#[tokio::test]
async fn statuses_become_the_errors_that_they_mean() {
    assert_eq!(
        error_of("status-429").await,
        ModelError::Busy {
            model: "remote/status-429".to_owned(),
            queued: 0,
            retry_after: Duration::from_secs(3),
        }
    );
    assert_eq!(
        error_of("status-400").await,
        ModelError::ContextTooLong {
            model: "remote/status-400".to_owned(),
            prompt_tokens: 5000,
            context_tokens: 4096,
        }
    );
    assert!(matches!(
        error_of("status-422").await,
        ModelError::InvalidRequest { .. }
    ));
    for status in ["403", "404", "500", "503"] {
        let error = error_of(&format!("status-{status}")).await;
        let said = format!("scripted failure {status}, key ***");
        assert!(
            matches!(&error, ModelError::Upstream { message, .. } if message.contains(&said)),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_stream_without_a_finish_reason_is_an_error_after_its_text() {
    let server = FakeOpenAi::start().await;
    let events = events(&server.model("ends-early"), hello()).await;
    assert!(
        matches!(&events[0], Ok(GenerateEvent::Text { text, .. }) if text == "a"),
        "{events:?}"
    );
    let expected = upstream("the answer ended early, without a finish reason; try again");
    assert!(matches!(&events[1], Ok(GenerateEvent::Usage(usage)) if usage.output_tokens == 1));
    assert_eq!(events[2..], [Err(expected)]);
}

#[tokio::test]
async fn failures_inside_the_stream_are_reported() {
    assert_eq!(
        error_of("fails-midway").await,
        upstream("it broke off: out of memory")
    );
    let rubbish = error_of("rubbish").await.to_string();
    assert!(
        rubbish.contains("cannot be read") && rubbish.contains("<html>"),
        "{rubbish}"
    );
    let broken = error_of("breaks-off").await.to_string();
    assert!(broken.contains("the connection to http://127.0.0.1"), "{broken}");
}

#[tokio::test]
async fn a_web_page_is_not_an_answer() {
    let error = error_of("web-page").await.to_string();
    assert!(
        error.contains("`text/html; charset=utf-8`") && error.contains("It works!"),
        "{error}"
    );
}

#[tokio::test]
async fn a_refused_connection_names_the_address_and_the_remedy() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let base_url = format!("http://user:{KEY}@{address}/v1");
    let model = open(config(&base_url, "m"));
    let error = events(&model, hello())
        .await
        .pop()
        .unwrap()
        .unwrap_err()
        .to_string();
    assert!(
        error.contains(&format!("no connection to http://{address}/v1")),
        "{error}"
    );
    assert!(
        error.contains("check that the server is running") && !error.contains(KEY),
        "{error}"
    );
}

#[tokio::test]
async fn a_base_url_that_is_none_is_refused() {
    for base_url in ["127.0.0.1:8000", "", "ftp://127.0.0.1/v1"] {
        let model = open(config(base_url, "m"));
        let error = events(&model, hello())
            .await
            .pop()
            .unwrap()
            .unwrap_err()
            .to_string();
        assert!(error.contains("not an http(s) URL"), "{base_url}: {error}");
    }
}

#[tokio::test]
async fn a_server_that_falls_silent_times_out() {
    let server = FakeOpenAi::start().await;
    let timeout = Duration::from_millis(200);
    for (name, before) in [("silent", 1), ("silent-after-one", 2)] {
        let mut config = server.config(name);
        config.timeouts.first_token = timeout;
        config.timeouts.silence = timeout;
        let mut events = events(&open(config), hello()).await;
        let expected = ModelError::UpstreamTimeout {
            provider: "fake server".to_owned(),
            after: timeout,
        };
        assert_eq!(events.pop(), Some(Err(expected)), "{name}");
        assert_eq!(events.len(), before, "{name}");
    }
}

#[tokio::test]
async fn silence_after_the_finish_reason_does_not_spoil_the_answer() {
    let server = FakeOpenAi::start().await;
    let mut config = server.config("silent-after-finish");
    config.timeouts.silence = Duration::from_millis(200);
    let answer = answer(&*open(config), hello()).await;
    assert_eq!((answer.text.as_str(), answer.finish), ("a", FinishReason::Stop));
}

#[tokio::test]
async fn a_cancel_and_a_drop_close_the_connection() {
    let server = FakeOpenAi::start().await;
    let model = server.model("silent-after-one");
    let cancel = CancellationToken::new();
    let mut stream = model.generate(long_request(None), cancel.clone());
    let mut events = vec![patiently(stream.next()).await.unwrap()];
    cancel.cancel();
    events.extend(patiently(stream.collect::<Vec<_>>()).await);
    assert_eq!(collect(events).unwrap().finish, FinishReason::Cancelled);
    patiently(server.client_hung_up()).await;

    let mut stream = model.generate(long_request(None), CancellationToken::new());
    assert!(patiently(stream.next()).await.unwrap().is_ok());
    drop(stream);
    patiently(server.client_hung_up()).await;
}
