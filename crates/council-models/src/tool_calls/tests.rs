//! Tests of tool formats and their constraints.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn tool(name: &str, parameters: Value) -> ToolSpec {
    ToolSpec {
        name: name.to_owned(),
        description: None,
        parameters,
        strict: false,
    }
}

fn add() -> ToolSpec {
    tool(
        "add",
        json!({"type": "object", "properties": {"a": {"type": "number"}}}),
    )
}

/// The parts of a constraint: schema, prefix, suffix, separator, lazy.
fn parts(constraint: Option<Constraint>) -> Option<(Value, String, String, Option<String>, bool)> {
    match constraint {
        Some(Constraint::ToolCalls(ToolCalls {
            schema,
            prefix,
            suffix,
            separator,
            lazy,
        })) => Some((
            serde_json::from_str(&schema).unwrap(),
            prefix,
            suffix,
            separator,
            lazy,
        )),
        Some(Constraint::Grammar(_) | Constraint::JsonSchema(_)) | None => None,
    }
}

#[test]
fn formats_are_detected_from_real_templates() {
    let detect = |name: &str| {
        let path = format!(
            "{}/tests/fixtures/templates/{name}.jinja",
            env!("CARGO_MANIFEST_DIR")
        );
        ToolFormat::detect(&std::fs::read_to_string(path).unwrap())
    };
    for (name, format) in [
        ("qwen2.5-coder", ToolFormat::Hermes),
        ("qwen3", ToolFormat::Hermes),
        ("hermes-3", ToolFormat::Hermes),
        ("smollm2", ToolFormat::Hermes),
        ("llama-3.1", ToolFormat::Llama3),
        ("llama-3.2", ToolFormat::Llama3),
        ("mistral-nemo", ToolFormat::Mistral),
        ("mistral-small-3.2", ToolFormat::Mistral),
    ] {
        assert_eq!(detect(name), format, "{name}");
    }
}

#[test]
fn auto_is_lazy_and_required_holds_from_the_first_token() {
    let call = json!({
        "type": "object",
        "properties": {"name": {"const": "add"}, "arguments": add().parameters},
        "required": ["name", "arguments"],
        "additionalProperties": false,
    });
    let auto = parts(ToolFormat::Hermes.constraint(&[add()], &ToolChoice::Auto, true)).unwrap();
    let expected = (
        call,
        "<tool_call>\n".to_owned(),
        "\n</tool_call>".to_owned(),
        Some("\n".to_owned()),
        true,
    );
    assert_eq!(auto, expected);
    let required = parts(ToolFormat::Hermes.constraint(&[add()], &ToolChoice::Required, false)).unwrap();
    assert_eq!((required.3, required.4), (None, false));
}

#[test]
fn a_named_tool_is_the_only_one_in_the_schema() {
    let tools = [add(), tool("weather", Value::Null)];
    let named = ToolChoice::Named("weather".to_owned());
    let (schema, ..) = parts(ToolFormat::Llama3.constraint(&tools, &named, true)).unwrap();
    assert_eq!(
        schema["properties"],
        json!({"name": {"const": "weather"}, "parameters": {"type": "object"}})
    );
    let unknown = ToolChoice::Named("fly".to_owned());
    assert_eq!(ToolFormat::Hermes.constraint(&tools, &unknown, true), None);
}

#[test]
fn several_tools_are_alternatives() {
    let tools = [add(), tool("weather", json!({}))];
    let (schema, ..) = parts(ToolFormat::Hermes.constraint(&tools, &ToolChoice::Required, true)).unwrap();
    let names: Vec<&Value> = schema["anyOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| &call["properties"]["name"]["const"])
        .collect();
    assert_eq!(names, ["add", "weather"]);
}

#[test]
fn mistral_calls_are_an_array() {
    let (schema, prefix, suffix, separator, _) =
        parts(ToolFormat::Mistral.constraint(&[add()], &ToolChoice::Auto, false)).unwrap();
    assert_eq!(
        (&schema["type"], &schema["maxItems"]),
        (&json!("array"), &json!(1))
    );
    assert_eq!(
        (prefix.as_str(), suffix.as_str(), separator),
        ("[TOOL_CALLS]", "", None)
    );
    let (parallel, ..) = parts(ToolFormat::Mistral.constraint(&[add()], &ToolChoice::Auto, true)).unwrap();
    assert_eq!(parallel["maxItems"], Value::Null);
}

#[test]
fn there_is_no_constraint_where_none_is_possible_or_wanted() {
    for format in [ToolFormat::Hermes, ToolFormat::Llama3, ToolFormat::Mistral] {
        assert_eq!(format.constraint(&[add()], &ToolChoice::None, true), None);
        assert_eq!(format.constraint(&[], &ToolChoice::Required, true), None);
    }
    assert_eq!(
        ToolFormat::Llama3.constraint(&[add()], &ToolChoice::Auto, true),
        None
    );
}

#[test]
fn references_inside_a_tools_schema_keep_their_targets() {
    let parameters = json!({
        "type": "object",
        "properties": {"p": {"$ref": "#/$defs/Point"}, "again": {"$ref": "#"}},
        "$defs": {"Point": {"type": "object", "properties": {"$ref": {"type": "string"}}}},
    });
    let tools = [add(), tool("draw", parameters)];
    let (schema, ..) = parts(ToolFormat::Hermes.constraint(&tools, &ToolChoice::Required, true)).unwrap();
    assert_eq!(
        schema["anyOf"][1]["properties"]["arguments"],
        json!({"$ref": "#/$defs/tool1"})
    );
    let moved = &schema["$defs"]["tool1"];
    assert_eq!(moved["properties"]["p"]["$ref"], "#/$defs/tool1/$defs/Point");
    assert_eq!(moved["properties"]["again"]["$ref"], "#/$defs/tool1");
    let target = "/$defs/tool1/$defs/Point/properties/$ref/type";
    assert_eq!(schema.pointer(target), Some(&json!("string")));
}
