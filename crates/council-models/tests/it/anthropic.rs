//! Anthropic's protocol against a server with the real wire format.

use crate::contract::{Traits, answer, language_model_contract, patiently};
use crate::fake_openai::{FakeOpenAi, KEY, open};
use council_core::{
    FinishReason, GenerateEvent, GenerateRequest, LanguageModel, Message, ModelError, Role, ToolCall, Usage,
};
use council_models::config::Protocol;
use council_models::remote::RemoteModel;
use futures::StreamExt;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

fn hello() -> GenerateRequest {
    GenerateRequest::chat(vec![Message::text(Role::User, "Hello")])
}

fn model(server: &FakeOpenAi, name: &str, retries: u32) -> Arc<RemoteModel> {
    let mut config = server.config(name);
    config.protocol = Protocol::Anthropic;
    config.retries.most = retries;
    open(config)
}

async fn events(name: &str) -> Vec<Result<GenerateEvent, ModelError>> {
    let server = FakeOpenAi::start().await;
    let model = model(&server, name, 0);
    patiently(model.generate(hello(), CancellationToken::new()).collect()).await
}

#[tokio::test]
async fn a_model_that_speaks_messages_keeps_the_contract() {
    let server = FakeOpenAi::start().await;
    let traits = Traits {
        usage_after_cancel: false,
        logprobs: false,
        ..Traits::LOCAL
    };
    language_model_contract(model(&server, "counting", 0), traits).await;
}

#[tokio::test]
async fn text_calls_and_usage_come_over_the_wire() {
    let server = FakeOpenAi::start().await;
    let answer = answer(&*model(&server, "tools", 0), hello()).await;
    let call = ToolCall {
        id: "toolu_1".to_owned(),
        name: "add".to_owned(),
        arguments: "{\"a\": 1}".to_owned(),
    };
    let usage = Usage {
        input_tokens: 16,
        cached_tokens: 6,
        output_tokens: 9,
    };
    assert_eq!(
        (answer.text.as_str(), answer.calls, answer.usage, answer.finish),
        ("I add.", vec![call], Some(usage), FinishReason::ToolCalls)
    );
    assert_eq!(server.last_request().0.as_deref(), Some(KEY));
}

#[tokio::test]
async fn a_server_that_is_overloaded_is_asked_again_and_else_busy() {
    let server = FakeOpenAi::start().await;
    let answer = answer(&*model(&server, "overloaded-once", 1), hello()).await;
    assert_eq!((answer.text.as_str(), server.requests()), ("fine", 2));
    let error = events("overloaded-once").await.pop().unwrap();
    assert!(matches!(error, Err(ModelError::Busy { .. })), "{error:?}");
}

#[tokio::test]
async fn an_answer_that_breaks_is_counted_and_then_an_error() {
    for name in ["overloaded-midway", "breaks-off"] {
        let events = events(name).await;
        assert!(
            matches!(
                &events[..],
                [Ok(GenerateEvent::Text { .. }), Ok(GenerateEvent::Usage(usage)), Err(ModelError::Upstream { .. })]
                    if usage.input_tokens == 16 && usage.output_tokens > 0
            ),
            "{name}: {events:?}"
        );
    }
}

#[tokio::test]
async fn errors_of_this_api_mean_the_same_and_show_no_key() {
    let error = events("status-401").await.pop().unwrap().unwrap_err().to_string();
    assert!(
        error.contains("refused the credentials") && !error.contains(KEY),
        "{error}"
    );
    assert_eq!(
        events("too-long").await.pop().unwrap(),
        Err(ModelError::ContextTooLong {
            model: "remote/too-long".to_owned(),
            prompt_tokens: 5000,
            context_tokens: 4096,
        })
    );
}
