//! Tests of the fields about generation.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::GenerationFields;
use crate::error::ApiError;
use crate::extract::parse_object;
use council_core::{GenerateRequest, Input, OutputFormat, Sampling};
use serde_json::{Value, json};

fn read(fields: &Value) -> Result<GenerateRequest, ApiError> {
    let fields: GenerationFields = parse_object(fields.to_string().as_bytes())?;
    fields.request(Input::Text("hi".into()), "10.0.0.1")
}

#[track_caller]
fn refuses(fields: &Value, param: &str, message: &str) {
    let error = read(fields).unwrap_err();
    assert_eq!(
        (error.param.as_deref(), error.message.as_str()),
        (Some(param), message)
    );
}

#[test]
fn no_field_means_the_defaults() {
    let expected = GenerateRequest {
        client: "10.0.0.1".into(),
        ..GenerateRequest::new(Input::Text("hi".into()))
    };
    assert_eq!(read(&json!({})).unwrap(), expected);
    assert_eq!(
        read(&json!({"temperature": null, "stop": null, "logit_bias": null})).unwrap(),
        expected
    );
}

#[test]
fn every_field_arrives() {
    let request = read(&json!({
        "temperature": 0, "top_p": 0.5, "top_k": 7, "min_p": 0.1, "repeat_penalty": 1.5, "presence_penalty": -1,
        "frequency_penalty": 2, "logit_bias": {"5": -100, "11": 1.5}, "seed": -1, "stop": ["a", "b"],
        "max_tokens": 9, "user": "ada", "response_format": {"type": "json_object"},
    }))
    .unwrap();
    let expected = GenerateRequest {
        sampling: Sampling {
            temperature: 0.0,
            top_p: 0.5,
            top_k: 7,
            min_p: 0.1,
            repetition_penalty: 1.5,
            presence_penalty: -1.0,
            frequency_penalty: 2.0,
            seed: Some(u64::MAX),
            logit_bias: vec![(11, 1.5), (5, -100.0)],
        },
        max_tokens: Some(9),
        stop: vec!["a".into(), "b".into()],
        format: OutputFormat::JsonObject,
        client: "ada".into(),
        ..GenerateRequest::new(Input::Text("hi".into()))
    };
    assert_eq!(request, expected);
}

#[test]
fn numbers_out_of_range_are_refused_by_name() {
    let cases = [
        ("temperature", json!(2.1), "between 0 and 2"),
        ("temperature", json!(-0.1), "between 0 and 2"),
        ("temperature", json!(1e300), "between 0 and 2"),
        ("top_p", json!(1.5), "between 0 and 1"),
        ("top_k", json!(-1), "between 0 and 4294967295"),
        ("min_p", json!(-1), "between 0 and 1"),
        ("repetition_penalty", json!(0), "greater than 0 and at most 10"),
        ("presence_penalty", json!(-2.5), "between -2 and 2"),
        ("frequency_penalty", json!(3), "between -2 and 2"),
        ("max_tokens", json!(0), "between 1 and 4294967295"),
        ("max_tokens", json!(-5), "between 1 and 4294967295"),
        ("max_completion_tokens", json!(0), "between 1 and 4294967295"),
    ];
    for (field, value, range) in cases {
        let shown = value.as_f64().unwrap();
        refuses(
            &json!({field: value}),
            field,
            &format!("`{field}` is {shown}; it must be {range}"),
        );
    }
}

#[test]
fn wrong_types_are_refused_by_name() {
    refuses(
        &json!({"temperature": "hot"}),
        "temperature",
        "`temperature` has the wrong type: string \"hot\", expected a number",
    );
    refuses(
        &json!({"max_tokens": 1.5}),
        "max_tokens",
        "`max_tokens` has the wrong type: floating point `1.5`, expected an integer",
    );
    refuses(
        &json!({"stop": 7}),
        "stop",
        "`stop` has the wrong type: a string or an array of strings",
    );
}

#[test]
fn a_top_p_of_zero_leaves_the_most_likely_token() {
    let sampling = read(&json!({"top_p": 0})).unwrap().sampling;
    assert_eq!((sampling.top_k, sampling.top_p), (1, 1.0));
}

#[test]
fn the_newer_name_of_max_tokens_wins() {
    let request = read(&json!({"max_tokens": 5, "max_completion_tokens": 6})).unwrap();
    assert_eq!(request.max_tokens, Some(6));
}

#[test]
fn stop_strings_are_bounded_in_number_and_never_empty() {
    assert_eq!(read(&json!({"stop": "x"})).unwrap().stop, ["x"]);
    refuses(
        &json!({"stop": vec!["a"; 17]}),
        "stop",
        "`stop` has 17 strings; at most 16 are possible",
    );
    refuses(
        &json!({"stop": ""}),
        "stop",
        "`stop` holds an empty string, which would end every answer",
    );
}

#[test]
fn logit_bias_takes_token_ids_and_bounded_numbers() {
    refuses(
        &json!({"logit_bias": {"the": 1}}),
        "logit_bias.the",
        "`logit_bias` has the key `the`; keys are token ids",
    );
    refuses(
        &json!({"logit_bias": {"1": 101}}),
        "logit_bias.1",
        "`logit_bias.1` is 101; it must be between -100 and 100",
    );
}

#[test]
fn a_response_format_is_one_of_three_and_excludes_a_grammar() {
    let schema = json!({"type": "object", "properties": {"b": {}, "a": {}}});
    let request =
        read(&json!({"response_format": {"type": "json_schema", "json_schema": {"schema": schema}}}));
    assert_eq!(request.unwrap().format, OutputFormat::JsonSchema(schema));
    let grammar = "root ::= \"yes\"";
    assert_eq!(
        read(&json!({"grammar": grammar})).unwrap().format,
        OutputFormat::Grammar(grammar.into())
    );
    refuses(
        &json!({"response_format": {"type": "xml"}}),
        "response_format.type",
        "`response_format.type` is `xml`; it must be `text`, `json_object` or `json_schema`",
    );
    refuses(
        &json!({"response_format": {"type": "json_schema"}}),
        "response_format.json_schema.schema",
        "`response_format.json_schema.schema` is missing; `json_schema` needs a schema",
    );
    refuses(
        &json!({"response_format": {"type": "json_object"}, "grammar": grammar}),
        "grammar",
        "`grammar` and `response_format` exclude each other; send one",
    );
}
