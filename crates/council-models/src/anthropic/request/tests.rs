//! Tests of request bodies.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::config::{Protocol, Retries, Timeouts};
use council_core::Price;

fn config() -> RemoteConfig {
    RemoteConfig {
        id: "big".to_owned(),
        provider: "acme".to_owned(),
        protocol: Protocol::Anthropic,
        base_url: "http://127.0.0.1:1/v1".to_owned(),
        model: "m".to_owned(),
        api_key: None,
        context_tokens: 4096,
        price: Price::default(),
        vision: false,
        local: false,
        timeouts: Timeouts::default(),
        retries: Retries::default(),
    }
}

fn body_of(request: &GenerateRequest) -> Value {
    body(request, &config()).unwrap().0
}

fn said(role: Role, text: &str) -> Message {
    Message::text(role, text)
}

#[test]
fn instructions_stand_apart_and_speakers_take_turns() {
    let request = GenerateRequest::chat(vec![
        said(Role::System, "Be brief."),
        said(Role::User, "Hi"),
        said(Role::User, "again"),
        said(Role::Assistant, "Yes? "),
        said(Role::System, "Be kind."),
        said(Role::User, "Bye"),
    ]);
    let text = |text: &str| json!({"type": "text", "text": text});
    assert_eq!(
        body_of(&request),
        json!({
            "model": "m",
            "stream": true,
            "max_tokens": 2048,
            "temperature": 0.7,
            "system": "Be brief.\n\nBe kind.",
            "messages": [
                {"role": "user", "content": [text("Hi"), text("again")]},
                {"role": "assistant", "content": [text("Yes?")]},
                {"role": "user", "content": [text("Bye")]},
            ],
        })
    );
}

#[test]
fn calls_and_their_results_are_blocks() {
    let call = ToolCall {
        id: "t1".to_owned(),
        name: "add".to_owned(),
        arguments: "{\"a\":1}".to_owned(),
    };
    let mut asked = said(Role::Assistant, "");
    asked.tool_calls = vec![call];
    let mut result = said(Role::Tool, "2");
    result.tool_call_id = Some("t1".to_owned());
    let mut request = GenerateRequest::chat(vec![said(Role::User, "1+1?"), asked, result]);
    request.parallel_tool_calls = false;
    if let Input::Chat { tools, .. } = &mut request.input {
        tools.push(ToolSpec {
            name: "add".to_owned(),
            description: Some("Adds.".to_owned()),
            parameters: json!({"type": "object"}),
            strict: false,
        });
    }
    let body = body_of(&request);
    assert_eq!(
        body["messages"][1]["content"],
        json!([{"type": "tool_use", "id": "t1", "name": "add", "input": {"a": 1}}])
    );
    assert_eq!(
        body["messages"][2],
        json!({"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "2"}]})
    );
    assert_eq!(
        body["tools"],
        json!([{"name": "add", "description": "Adds.", "input_schema": {"type": "object"}}])
    );
    assert_eq!(
        body["tool_choice"],
        json!({"type": "auto", "disable_parallel_tool_use": true})
    );
}

#[test]
fn of_temperature_and_top_p_only_one_is_sent() {
    let with = |temperature: f32, top_p: f32| {
        let mut request = GenerateRequest::chat(vec![said(Role::User, "Hi")]);
        request.sampling.temperature = temperature;
        request.sampling.top_p = top_p;
        let body = body_of(&request);
        (body["temperature"].as_f64(), body["top_p"].as_f64())
    };
    assert_eq!(with(0.7, 0.95), (Some(0.7), None));
    assert_eq!(with(1.5, 0.95), (Some(1.0), None));
    assert_eq!(with(0.7, 0.5), (None, Some(0.5)));
    assert_eq!(with(0.2, 0.5), (Some(0.2), None));
}

#[test]
fn a_form_is_forced_by_a_tool() {
    let mut request = GenerateRequest::chat(vec![said(Role::User, "Hi")]);
    request.format = OutputFormat::JsonSchema(json!({"type": "object", "required": ["a"]}));
    let (body, by_tool) = body(&request, &config()).unwrap();
    assert!(by_tool);
    assert_eq!(body["tool_choice"]["name"], JSON_TOOL);
    assert_eq!(body["tools"][0]["input_schema"]["required"], json!(["a"]));
}

#[test]
fn what_cannot_be_expressed_is_refused_by_name() {
    let field = |change: fn(&mut GenerateRequest)| {
        let mut request = GenerateRequest::chat(vec![said(Role::User, "Hi")]);
        change(&mut request);
        match body(&request, &config()) {
            Err(ModelError::InvalidRequest { field, .. }) => field,
            other => format!("{other:?}"),
        }
    };
    assert_eq!(field(|request| request.stop = vec!["\n".to_owned()]), "stop");
    assert_eq!(
        field(|request| request.format = OutputFormat::Grammar("root ::= \"a\"".to_owned())),
        "grammar"
    );
    assert_eq!(
        field(|request| request.input = GenerateRequest::chat(vec![said(Role::User, " ")]).input),
        "messages"
    );
}

#[test]
fn an_image_goes_by_its_bytes_or_by_where_it_is() {
    let mut asked = said(Role::User, "Which one is older?");
    let images = ["data:image/webp;base64,UklGRg==", "https://example.org/cat.png"];
    asked
        .content
        .splice(0..0, images.map(|url| Content::ImageUrl(url.to_owned())));
    assert_eq!(
        body_of(&GenerateRequest::chat(vec![asked]))["messages"][0]["content"],
        json!([
            {"type": "image", "source": {"type": "base64", "media_type": "image/webp", "data": "UklGRg=="}},
            {"type": "image", "source": {"type": "url", "url": "https://example.org/cat.png"}},
            {"type": "text", "text": "Which one is older?"},
        ])
    );
}
