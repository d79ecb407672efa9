//! What follows a schema and what does not.

use super::*;
use serde_json::json;

fn refused(schema: &Value, arguments: &Value) -> Option<(String, String)> {
    match check(schema, arguments) {
        Err(ToolError::InvalidArgument { field, message }) => Some((field, message)),
        Ok(()) => None,
        Err(other) => Some((String::new(), format!("another error: {other}"))),
    }
}

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 3},
            "count": {"type": "integer", "minimum": 1, "maximum": 9},
            "share": {"type": "number", "minimum": 0},
            "mode": {"enum": ["fast", "slow", 3]},
            "kind": {"const": "tool"},
            "either": {"type": ["string", "null"]},
            "files": {
                "type": "array",
                "maxItems": 2,
                "items": {
                    "type": "object",
                    "properties": {"path": {"type": "string"}},
                    "required": ["path"],
                    "additionalProperties": false,
                },
            },
        },
        "required": ["name"],
    })
}

#[test]
fn arguments_that_follow_the_schema_pass() {
    for arguments in [
        json!({"name": "a"}),
        json!({"name": "äöü", "count": 9, "share": 0, "mode": 3, "kind": "tool", "either": null}),
        json!({"name": "a", "files": [], "further": {"any": "thing"}}),
        json!({"name": "a", "files": [{"path": "x"}, {"path": ""}], "share": 0.5}),
    ] {
        assert_eq!(refused(&schema(), &arguments), None, "{arguments}");
    }
    assert_eq!(refused(&json!(true), &json!({"anything": 1})), None);
}

#[test]
fn what_is_wrong_is_named_by_its_path_with_what_would_be_right() {
    for (arguments, field, message) in [
        (
            json!(3),
            "",
            "the arguments are number `3`; they must be an object",
        ),
        (json!({}), "name", "`name` is missing"),
        (
            json!({"name": 3}),
            "name",
            "`name` has the wrong type: number `3`, expected a string",
        ),
        (
            json!({"name": "abcd"}),
            "name",
            "`name` has 4 characters; it must have 1 to 3",
        ),
        (
            json!({"name": "a", "count": 10}),
            "count",
            "`count` is 10; it must be 1 to 9",
        ),
        (
            json!({"name": "a", "count": 1.5}),
            "count",
            "`count` has the wrong type: number `1.5`, expected an integer",
        ),
        (
            json!({"name": "a", "share": -0.5}),
            "share",
            "`share` is -0.5; it must be at least 0",
        ),
        (
            json!({"name": "a", "mode": "quick"}),
            "mode",
            "`mode` is `quick`; choose one of `fast`, `slow`, `3`",
        ),
        (
            json!({"name": "a", "kind": "x"}),
            "kind",
            "`kind` is `x`; choose one of `tool`",
        ),
        (
            json!({"name": "a", "either": true}),
            "either",
            "`either` has the wrong type: boolean `true`, expected a string or null",
        ),
        (
            json!({"name": "a", "files": [{"path": "x"}, {}]}),
            "files[1].path",
            "`files[1].path` is missing",
        ),
        (
            json!({"name": "a", "files": [{"path": "x", "mode": 1}]}),
            "files[0].mode",
            "`files[0].mode` is no argument of this tool; it takes `path`",
        ),
        (
            json!({"name": "a", "files": [{}, {}, {}]}),
            "files",
            "`files` has 3 entries; it must have at most 2",
        ),
    ] {
        let expected = (field.to_owned(), message.to_owned());
        assert_eq!(refused(&schema(), &arguments), Some(expected), "{arguments}");
    }
}
