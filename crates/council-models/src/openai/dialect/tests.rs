//! Tests of dialects.

use super::*;

fn adapted(host: &str, model: &str, body: Value) -> Value {
    let Value::Object(mut body) = body else {
        return Value::Null;
    };
    Dialect::of(host).adapt(model, &mut body);
    Value::Object(body)
}

#[test]
fn a_host_is_known_by_its_domain_and_not_by_part_of_a_name() {
    for (host, dialect) in [
        ("api.openai.com", Dialect::OpenAi),
        ("api.mistral.ai:443", Dialect::Mistral),
        ("openrouter.ai", Dialect::OpenRouter),
        ("notopenai.com", Dialect::Common),
        ("openai.com.example.org", Dialect::Common),
        ("127.0.0.1:8000", Dialect::Common),
    ] {
        assert_eq!(Dialect::of(host), dialect, "{host}");
    }
}

#[test]
fn openai_gets_the_name_of_the_limit_that_all_its_models_take() {
    let body = json!({"messages": [], "max_tokens": 5, "temperature": 0.5, "top_k": 3});
    assert_eq!(
        adapted("api.openai.com", "gpt-4o", body.clone()),
        json!({"messages": [], "max_completion_tokens": 5, "temperature": 0.5})
    );
    for model in ["o3", "o4-mini", "gpt-5-mini"] {
        assert_eq!(
            adapted("api.openai.com", model, body.clone()),
            json!({"messages": [], "max_completion_tokens": 5}),
            "{model}"
        );
    }
}

#[test]
fn mistral_gets_its_own_names_and_no_unknown_field() {
    let body = json!({"stream_options": {"include_usage": true}, "seed": 4, "tool_choice": "required",
        "messages": [{"tool_calls": [{"id": "call_0123456789"}]}, {"tool_call_id": "call_0123456789"},
            {"tool_call_id": "AbCdEf123"}]});
    let body = adapted("api.mistral.ai", "m", body);
    assert_eq!(body["random_seed"], 4);
    assert_eq!(body["tool_choice"], "any");
    assert_eq!(body.get("stream_options"), None);
    let id = body["messages"][0]["tool_calls"][0]["id"]
        .as_str()
        .unwrap_or_default();
    assert_eq!((id.len(), &body["messages"][1]["tool_call_id"]), (9, &json!(id)));
    assert_eq!(body["messages"][2]["tool_call_id"], "AbCdEf123");
}

#[test]
fn others_get_the_common_form() {
    let body = json!({"messages": [], "max_tokens": 5, "top_k": 3});
    assert_eq!(adapted("127.0.0.1:11434", "o3", body.clone()), body);
}
