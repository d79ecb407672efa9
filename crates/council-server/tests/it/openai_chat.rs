//! `/v1/chat/completions`.

use crate::app::TestApp;
use crate::fakes::Step;
use crate::masked::masked;
use axum::http::StatusCode;
use council_core::{FinishReason, ModelError, ToolCall, ToolChoice};
use serde_json::{Value, json};

fn ask(fields: Value) -> Value {
    let mut body = json!({"model": "tiny", "messages": [{"role": "user", "content": "hi"}]});
    let Value::Object(fields) = fields else {
        panic!("an object")
    };
    body.as_object_mut().unwrap().extend(fields);
    body
}

fn call(name: &str) -> Step {
    Step::Call(ToolCall {
        id: format!("call_{name}"),
        name: name.into(),
        arguments: "{\"a\":1}".into(),
    })
}

macro_rules! snapshot {
    ($name:expr, $value:expr) => {
        insta::assert_json_snapshot!($name, masked(&$value, &[("id", "id")]));
    };
}

const CHAT: &str = "/v1/chat/completions";

#[tokio::test]
async fn a_whole_answer() {
    let answer = TestApp::new().post(CHAT, &ask(json!({}))).await;
    let json = answer.ok();
    let id = json["id"].as_str().unwrap();
    assert_eq!(
        id.strip_prefix("chatcmpl-"),
        answer.header("x-request-id").strip_prefix("req_")
    );
    snapshot!("chat", json);
}

#[tokio::test]
async fn a_streamed_answer() {
    let answer = TestApp::new().post(CHAT, &ask(json!({"stream": true}))).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("cache-control"), "no-cache");
    assert_eq!(answer.header("x-accel-buffering"), "no");
    snapshot!("chat_stream", answer.json_events());
}

#[tokio::test]
async fn a_stream_tells_its_usage_when_asked() {
    let body = ask(json!({"stream": true, "stream_options": {"include_usage": true}}));
    let events = TestApp::new().post(CHAT, &body).await.json_events();
    let events = events.as_array().unwrap();
    assert_eq!(events.last().unwrap(), "[DONE]");
    let last = &events[events.len() - 2];
    assert_eq!(last["choices"], json!([]));
    let usage = json!({
        "prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15,
        "prompt_tokens_details": {"cached_tokens": 4},
    });
    assert_eq!(last["usage"], usage);
    for chunk in &events[..events.len() - 2] {
        assert_eq!(chunk.get("usage"), Some(&Value::Null), "{chunk}");
    }
}

#[tokio::test]
async fn log_probs_whole_and_streamed() {
    let app = TestApp::new();
    let whole = app
        .post(CHAT, &ask(json!({"logprobs": true, "top_logprobs": 2})))
        .await
        .ok();
    snapshot!("chat_logprobs", whole["choices"][0]["logprobs"]);
    let body = ask(json!({"logprobs": true, "top_logprobs": 2, "stream": true}));
    let events = app.post(CHAT, &body).await.json_events();
    let streamed: Vec<&Value> = events
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["logprobs"]["content"].as_array())
        .flatten()
        .collect();
    assert_eq!(json!(streamed), whole["choices"][0]["logprobs"]["content"]);
}

#[tokio::test]
async fn tool_calls_whole_and_streamed() {
    let app = TestApp::new();
    let tools = json!([
        {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}},
        {"type": "function", "function": {"name": "g"}},
    ]);
    let steps = [call("f"), call("g"), Step::Finish(FinishReason::ToolCalls)];
    app.answer(steps.clone());
    let whole = app
        .post(CHAT, &ask(json!({"tools": tools, "tool_choice": "required"})))
        .await
        .ok();
    snapshot!("chat_tool_calls", whole["choices"]);
    let request = app.models.script.requests.lock().unwrap().pop().unwrap();
    let council_core::Input::Chat {
        tools: seen,
        tool_choice,
        ..
    } = request.input
    else {
        panic!("chat")
    };
    assert_eq!((seen.len(), tool_choice), (2, ToolChoice::Required));
    app.answer(steps);
    let events = app
        .post(CHAT, &ask(json!({"tools": tools, "stream": true})))
        .await
        .json_events();
    snapshot!("chat_tool_calls_stream", events);
}

#[tokio::test]
async fn several_answers_share_a_prompt_and_differ_in_seed() {
    let app = TestApp::new();
    let whole = app.post(CHAT, &ask(json!({"n": 3, "seed": 41}))).await.ok();
    let indices: Vec<_> = whole["choices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|choice| &choice["index"])
        .collect();
    assert_eq!(indices, [0, 1, 2]);
    assert_eq!(whole["usage"]["prompt_tokens"], 12);
    assert_eq!(whole["usage"]["completion_tokens"], 9);
    let mut seeds: Vec<_> = app
        .models
        .script
        .requests
        .lock()
        .unwrap()
        .iter()
        .map(|request| request.sampling.seed)
        .collect();
    seeds.sort_unstable();
    assert_eq!(seeds, [Some(41), Some(42), Some(43)]);
    let entries = app.store.entries.lock().unwrap();
    let mut lines: Vec<_> = entries
        .iter()
        .map(|entry| entry.request_id.rsplit('-').next().unwrap())
        .collect();
    lines.sort_unstable();
    assert_eq!(lines, ["0", "1", "2"]);
}

#[tokio::test]
async fn several_answers_stream_side_by_side() {
    let app = TestApp::new();
    let body = ask(json!({"n": 2, "stream": true, "stream_options": {"include_usage": true}}));
    let events = app.post(CHAT, &body).await.json_events();
    let mut texts = [String::new(), String::new()];
    let mut finished = [0, 0];
    for chunk in events.as_array().unwrap() {
        let Some(choice) = chunk["choices"].get(0) else {
            continue;
        };
        let index = choice["index"].as_u64().unwrap() as usize;
        texts[index] += choice["delta"]["content"].as_str().unwrap_or_default();
        finished[index] += usize::from(!choice["finish_reason"].is_null());
    }
    assert_eq!(
        (texts, finished),
        (["Hello world".to_owned(), "Hello world".to_owned()], [1, 1])
    );
}

#[tokio::test]
async fn a_failure_before_the_first_token_is_an_http_error_even_for_a_stream() {
    let app = TestApp::new();
    let too_long = ModelError::ContextTooLong {
        model: "tiny".into(),
        prompt_tokens: 9_000,
        context_tokens: 4_096,
    };
    app.answer([Step::Fail(too_long)]);
    let answer = app.post(CHAT, &ask(json!({"stream": true}))).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.json()["error"]["code"], "context_length_exceeded");
}

#[tokio::test]
async fn a_failure_after_the_first_token_is_the_last_event() {
    let app = TestApp::new();
    app.answer([
        Step::Say("Hel"),
        Step::Fail(ModelError::Internal("secret cause".into())),
    ]);
    let answer = app.post(CHAT, &ask(json!({"stream": true}))).await;
    let events = answer.json_events();
    let error = &events.as_array().unwrap().last().unwrap()["error"];
    assert_eq!(error["code"], "internal");
    assert_eq!(error["request_id"], answer.header("x-request-id"));
    assert!(!answer.text().contains("secret cause") && !answer.text().contains("[DONE]"));
}

#[tokio::test]
async fn a_panic_in_a_model_is_that_requests_failure_alone() {
    let app = TestApp::new();
    app.answer([Step::Panic]);
    let answer = app.post(CHAT, &ask(json!({}))).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(app.post(CHAT, &ask(json!({}))).await.status, StatusCode::OK);
}

#[tokio::test]
async fn length_is_told() {
    let app = TestApp::new();
    app.answer([Step::Say("a"), Step::Finish(FinishReason::Length)]);
    let whole = app.post(CHAT, &ask(json!({"max_tokens": 1}))).await.ok();
    assert_eq!(whole["choices"][0]["finish_reason"], "length");
}

#[tokio::test]
async fn virtual_models_stand_for_real_ones() {
    let app = TestApp::new();
    for (name, answered_by) in [
        ("council/auto", "tiny"),
        ("council/local", "tiny"),
        ("far", "far"),
    ] {
        let whole = app.post(CHAT, &ask(json!({"model": name}))).await.ok();
        assert_eq!(whole["model"], answered_by, "{name}");
    }
    let vote = app.post(CHAT, &ask(json!({"model": "council/vote"}))).await.ok();
    assert_eq!(vote["model"], "council");
    // Five voices, and one who writes: each says the same.
    assert_eq!(vote["choices"][0]["message"]["content"], "Hello world");
}

#[tokio::test]
async fn local_never_means_a_remote_model() {
    let app = TestApp::new();
    app.models.statuses.lock().unwrap().remove(0);
    app.models.statuses.lock().unwrap()[0].default = true;
    let answer = app.post(CHAT, &ask(json!({"model": "council/local"}))).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json()["error"]["code"], "model_not_ready");
}
