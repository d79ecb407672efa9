//! Tests of JSON error messages.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::parse_object;
use serde::Deserialize;

#[derive(Debug, Deserialize, PartialEq)]
struct Sample {
    name: String,
    #[serde(default)]
    size: Option<f64>,
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Part {
    count: i64,
}

#[track_caller]
fn check(body: &[u8], param: Option<&str>, message: &str) {
    let error = parse_object::<Sample>(body).unwrap_err();
    assert_eq!((error.param.as_deref(), error.message.as_str()), (param, message));
}

#[test]
fn a_good_object_is_read_and_unknown_fields_are_ignored() {
    let sample: Sample = parse_object(br#" {"name": "a", "size": 1, "extra": [1]} "#).unwrap();
    assert_eq!(
        sample,
        Sample {
            name: "a".into(),
            size: Some(1.0),
            parts: Vec::new()
        }
    );
}

#[test]
fn malformed_json_is_located_by_line_and_column() {
    check(
        b"{\n \"name\": \"a\",\n}",
        None,
        "the body is not valid JSON: trailing comma at line 3, column 1",
    );
    check(
        br#"{"name": "a"} x"#,
        None,
        "the body is not valid JSON: trailing characters at line 1, column 15",
    );
    check(
        br#"{"name": "a", "size": NaN}"#,
        None,
        "the body is not valid JSON: expected value at line 1, column 23",
    );
}

#[test]
fn numbers_beyond_a_double_are_refused() {
    check(
        br#"{"name": "a", "size": 1e999}"#,
        None,
        "the body is not valid JSON: number out of range at line 1, column 27",
    );
}

#[test]
fn a_wrong_type_is_named_by_its_path() {
    check(
        br#"{"name": "a", "size": "big"}"#,
        Some("size"),
        "`size` has the wrong type: string \"big\", expected a number",
    );
    check(
        br#"{"name": "a", "parts": [{"count": 1}, {"count": 1.5}]}"#,
        Some("parts[1].count"),
        "`parts[1].count` has the wrong type: floating point `1.5`, expected an integer",
    );
    check(
        br#"{"name": ["a"]}"#,
        Some("name"),
        "`name` has the wrong type: an array, expected a string",
    );
}

#[test]
fn a_missing_field_is_named_by_its_path() {
    check(b"{}", Some("name"), "`name` is missing");
    check(
        br#"{"name": "a", "parts": [{}]}"#,
        Some("parts[0].count"),
        "`parts[0].count` is missing",
    );
}

#[test]
fn what_is_not_an_object_is_refused_before_parsing() {
    check(b"  ", None, "the body is empty; send a JSON object");
    check(
        b"[1]",
        None,
        "the body is not a JSON object; it must begin with `{`",
    );
    check(
        b"prompt=hi",
        None,
        "the body is not a JSON object; it must begin with `{`",
    );
}

#[test]
fn invalid_utf_8_is_located() {
    check(
        b"{\"name\": \"\xff\"}",
        None,
        "the body is not valid UTF-8: byte 10 is the first bad one",
    );
}
