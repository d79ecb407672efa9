//! Tests of request bodies.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use council_core::ToolCall;

fn chat(change: impl FnOnce(&mut GenerateRequest)) -> GenerateRequest {
    let mut request = GenerateRequest::chat(vec![Message::text(Role::User, "Hi")]);
    change(&mut request);
    request
}

fn body_of(request: &GenerateRequest) -> Value {
    body(request, "m", 1000, Dialect::Common).unwrap().1
}

#[test]
fn a_plain_chat_has_the_standard_fields_and_no_others() {
    let (path, body) = body(&chat(|_| {}), "m", 1000, Dialect::Common).unwrap();
    assert_eq!(path, "chat/completions");
    assert_eq!(
        body,
        json!({
            "model": "m",
            "stream": true,
            "stream_options": {"include_usage": true},
            "temperature": 0.7,
            "top_p": 0.95,
            "messages": [{"role": "user", "content": "Hi"}],
        })
    );
}

#[test]
fn every_sampling_field_that_was_set_is_sent() {
    let body = body_of(&chat(|request| {
        request.sampling = Sampling {
            temperature: 0.1,
            top_k: 7,
            top_p: 1.0,
            min_p: 0.05,
            repetition_penalty: 1.1,
            presence_penalty: -0.5,
            frequency_penalty: 0.5,
            seed: Some(42),
            logit_bias: vec![(5, -100.0)],
        };
        request.max_tokens = Some(9);
        request.stop = vec!["END".to_owned()];
        request.top_logprobs = 3;
    }));
    for (field, value) in [
        ("temperature", json!(0.1)),
        ("top_k", json!(7)),
        ("min_p", json!(0.05)),
        ("repetition_penalty", json!(1.1)),
        ("presence_penalty", json!(-0.5)),
        ("frequency_penalty", json!(0.5)),
        ("seed", json!(42)),
        ("logit_bias", json!({"5": -100.0})),
        ("max_tokens", json!(9)),
        ("stop", json!(["END"])),
        ("logprobs", json!(true)),
        ("top_logprobs", json!(3)),
    ] {
        assert_eq!(body[field], value, "{field}");
    }
    assert_eq!(body.get("top_p"), None);
}

#[test]
fn tools_calls_and_results_have_their_wire_shape() {
    let call = Message {
        tool_calls: vec![ToolCall {
            id: "c1".to_owned(),
            name: "f".to_owned(),
            arguments: "{\"a\":1}".to_owned(),
        }],
        content: Vec::new(),
        ..Message::text(Role::Assistant, "")
    };
    let result = Message {
        tool_call_id: Some("c1".to_owned()),
        ..Message::text(Role::Tool, "2")
    };
    let tool = ToolSpec {
        name: "f".to_owned(),
        description: Some("d".to_owned()),
        parameters: json!({"type": "object"}),
        strict: true,
    };
    let request = GenerateRequest::new(Input::Chat {
        messages: vec![call, result],
        tools: vec![tool],
        tool_choice: ToolChoice::Named("f".to_owned()),
    });
    let body = body_of(&request);
    assert_eq!(
        body["messages"],
        json!([
            {"role": "assistant", "content": null, "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{\"a\":1}"}}
            ]},
            {"role": "tool", "content": "2", "tool_call_id": "c1"},
        ])
    );
    assert_eq!(
        body["tools"],
        json!([{"type": "function", "function":
            {"name": "f", "parameters": {"type": "object"}, "description": "d", "strict": true}}])
    );
    assert_eq!(
        body["tool_choice"],
        json!({"type": "function", "function": {"name": "f"}})
    );
}

#[test]
fn a_text_completion_asks_for_the_room_that_is_left() {
    let request = GenerateRequest::new(Input::Text("x".repeat(100)));
    let (path, body) = body(&request, "m", 1000, Dialect::Common).unwrap();
    assert_eq!((path, &body["max_tokens"]), ("completions", &json!(900)));
    let long = GenerateRequest::new(Input::Text("x".repeat(990)));
    assert_eq!(body_of(&long)["max_tokens"], json!(250));
}

#[test]
fn json_schemas_are_passed_on_and_grammars_are_refused() {
    let schema = json!({"type": "object"});
    let body = body_of(&chat(|request| {
        request.format = OutputFormat::JsonSchema(schema.clone());
    }));
    assert_eq!(body["response_format"]["json_schema"]["schema"], schema);
    let body = body_of(&chat(|request| request.format = OutputFormat::JsonObject));
    assert_eq!(body["response_format"], json!({"type": "json_object"}));
    let refused = super::body(
        &chat(|request| request.format = OutputFormat::Grammar("root ::= \"a\"".to_owned())),
        "m",
        1,
        Dialect::Common,
    );
    assert!(matches!(refused, Err(ModelError::InvalidRequest { field, .. }) if field == "grammar"));
}

#[test]
fn an_image_is_a_part_beside_what_is_said_and_text_alone_stays_text() {
    let request = chat(|request| {
        if let Input::Chat { messages, .. } = &mut request.input {
            let image = Content::ImageUrl("data:image/png;base64,iVBORw==".to_owned());
            messages[0].content.insert(0, image);
            messages.push(Message::text(Role::Assistant, "A cat."));
        }
    });
    let url = json!({"url": "data:image/png;base64,iVBORw=="});
    assert_eq!(
        body_of(&request)["messages"],
        json!([
            {"role": "user", "content": [
                {"type": "image_url", "image_url": url},
                {"type": "text", "text": "Hi"},
            ]},
            {"role": "assistant", "content": "A cat."},
        ])
    );
}
