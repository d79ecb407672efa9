//! Tests of chat requests.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::{ChatCompletionRequest, ChatOrder};
use crate::error::ApiError;
use crate::extract::FromBody;
use council_core::{Content, Input, Message, Role, ToolCall, ToolChoice, ToolSpec};
use serde_json::{Value, json};

fn read(body: &Value) -> Result<ChatOrder, ApiError> {
    ChatCompletionRequest::from_body(body.to_string().as_bytes())?.order("")
}

#[track_caller]
fn refuses(mut fields: Value, param: &str, message: &str) {
    let body = fields.as_object_mut().unwrap();
    body.entry("messages")
        .or_insert(json!([{"role": "user", "content": "hi"}]));
    let error = read(&fields).unwrap_err();
    assert_eq!(
        (error.param.as_deref(), error.message.as_str()),
        (Some(param), message)
    );
}

fn weather() -> Value {
    json!({"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}})
}

#[test]
fn a_history_with_tools_and_images_arrives_whole() {
    let order = read(&json!({
        "model": "m",
        "messages": [
            {"role": "developer", "content": "be brief"},
            {"role": "user", "name": "ada", "content": [
                {"type": "text", "text": "what is this?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA", "detail": "low"}},
            ]},
            {"role": "assistant", "content": null, "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}},
            ]},
            {"role": "tool", "tool_call_id": "call_1", "content": "sunny"},
        ],
        "tools": [weather()],
        "tool_choice": {"type": "function", "function": {"name": "weather"}},
        "parallel_tool_calls": false, "store": true, "metadata": {"a": "b"},
    }))
    .unwrap();
    let call = ToolCall {
        id: "call_1".into(),
        name: "weather".into(),
        arguments: "{}".into(),
    };
    let messages = vec![
        Message::text(Role::System, "be brief"),
        Message {
            name: Some("ada".into()),
            content: vec![
                Content::Text("what is this?".into()),
                Content::ImageUrl("data:image/png;base64,AA".into()),
            ],
            ..Message::text(Role::User, "")
        },
        Message {
            content: Vec::new(),
            tool_calls: vec![call],
            ..Message::text(Role::Assistant, "")
        },
        Message {
            tool_call_id: Some("call_1".into()),
            ..Message::text(Role::Tool, "sunny")
        },
    ];
    let tool = ToolSpec {
        name: "weather".into(),
        description: None,
        parameters: json!({"type": "object"}),
        strict: false,
    };
    let tool_choice = ToolChoice::Named("weather".into());
    assert_eq!(
        order.generate.input,
        Input::Chat {
            messages,
            tools: vec![tool],
            tool_choice
        }
    );
    assert_eq!(
        (order.model.as_deref(), order.n, order.stream),
        (Some("m"), 1, false)
    );
}

#[test]
fn messages_that_cannot_be_meant_are_refused_by_place() {
    refuses(
        json!({"messages": []}),
        "messages",
        "`messages` is empty; send at least one message",
    );
    refuses(
        json!({"messages": [{"role": "robot", "content": "hi"}]}),
        "messages[0].role",
        "`messages[0].role` is `robot`; it must be `system`, `developer`, `user`, `assistant` or `tool`",
    );
    refuses(
        json!({"messages": [{"role": "function", "name": "f", "content": "hi"}]}),
        "messages[0].role",
        "`messages[0].role` is `function`, which is no longer supported; send role `tool`",
    );
    refuses(
        json!({"messages": [{"role": "user"}]}),
        "messages[0].content",
        "`messages[0].content` is missing",
    );
    refuses(
        json!({"messages": [{"role": "tool", "content": "sunny"}]}),
        "messages[0].tool_call_id",
        "`messages[0].tool_call_id` is missing; it names the call that this answers",
    );
    refuses(
        json!({"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "input_audio"}]}]}),
        "messages[0].content[1].type",
        "`messages[0].content[1].type` is `input_audio`; only `text` and `image_url` are understood",
    );
    refuses(
        json!({"messages": [{"role": "user", "content": 5}]}),
        "messages[0].content",
        "`messages[0].content` has the wrong type: a string or an array of content parts with a `type`",
    );
    refuses(
        json!({"messages": "hi"}),
        "messages",
        "`messages` has the wrong type: string \"hi\", expected an array",
    );
}

#[test]
fn tools_are_checked_before_the_model_sees_them() {
    refuses(
        json!({"tools": [weather(), weather()]}),
        "tools[1].function.name",
        "`tools[1].function.name` is `weather`, which another tool has too",
    );
    refuses(
        json!({"tools": [{"type": "function", "function": {"name": "no spaces"}}]}),
        "tools[0].function.name",
        "`tools[0].function.name` is `no spaces`; it must be 1 to 64 letters, digits, `_` and `-`",
    );
    refuses(
        json!({"tools": [{"type": "retrieval"}]}),
        "tools[0].type",
        "`tools[0].type` is `retrieval`; only `function` is known",
    );
    refuses(
        json!({"tool_choice": "required"}),
        "tool_choice",
        "`tool_choice` is `required`, and `tools` is empty",
    );
    refuses(
        json!({"tools": [weather()], "tool_choice": {"type": "function", "function": {"name": "news"}}}),
        "tool_choice",
        "`tool_choice` names `news`, which is not among `tools`",
    );
}

#[test]
fn what_is_no_longer_supported_says_what_is() {
    refuses(
        json!({"functions": []}),
        "functions",
        "`functions` is no longer supported; send `tools`",
    );
    refuses(
        json!({"function_call": "auto"}),
        "function_call",
        "`function_call` is no longer supported; send `tool_choice`",
    );
}

#[test]
fn counts_are_bounded() {
    refuses(json!({"n": 0}), "n", "`n` is 0; it must be between 1 and 8");
    refuses(
        json!({"n": 1_000_000}),
        "n",
        "`n` is 1000000; it must be between 1 and 8",
    );
    refuses(
        json!({"logprobs": true, "top_logprobs": 21}),
        "top_logprobs",
        "`top_logprobs` is 21; it must be between 0 and 20",
    );
    refuses(
        json!({"top_logprobs": 3}),
        "top_logprobs",
        "`top_logprobs` needs `logprobs` to be true",
    );
}
