//! A JSON Schema as a client sends it, made ready for llguidance.

use llguidance::JsonCompileOptions;
use serde_json::{Map, Value};

/// White space between JSON tokens: a blank, or a line break and an indentation. Unbounded, a small model writes
/// nothing else.
const WHITE_SPACE: &str = r"(?: |\n{1,2}[ \t]{0,20})";

/// Keywords below which there is data, not schemas.
const DATA: [&str; 4] = ["const", "enum", "default", "examples"];

/// The schema with how strictly it is read: leniently, keywords that cannot be enforced are passed over.
///
/// # Errors
/// When it is no JSON object.
pub(super) fn prepared(text: &str, lenient: bool) -> Result<Value, String> {
    let mut schema: Value = serde_json::from_str(text).map_err(|error| format!("it is not JSON: {error}"))?;
    if schema == Value::Bool(true) {
        schema = Value::Object(Map::new());
    }
    if !schema.is_object() {
        return Err("a schema is a JSON object".to_owned());
    }
    // Schemas that are joined by `allOf` each know a part of the properties; closed, no object would fit both.
    if !mentions(&schema, "allOf") {
        close(&mut schema);
    }
    let options = JsonCompileOptions {
        whitespace_pattern: Some(WHITE_SPACE.to_owned()),
        // A value that fits two alternatives of a `oneOf` is not worth refusing every overlapping `oneOf`.
        coerce_one_of: true,
        lenient,
        ..JsonCompileOptions::default()
    };
    options.apply_to(&mut schema);
    Ok(schema)
}

/// Forbids properties that an object's schema does not name, where it does not speak of others: a small model invents
/// them until its answer is cut off, and OpenAI's strict mode asks for it.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            let alone = [
                "anyOf",
                "oneOf",
                "$ref",
                "additionalProperties",
                "patternProperties",
            ]
            .iter()
            .all(|keyword| !fields.contains_key(*keyword));
            if alone && is_object_schema(fields) {
                fields.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            let extended = fields.contains_key("properties");
            for (keyword, value) in fields.iter_mut() {
                // Alternatives beside properties of their own add to those.
                let adds = extended && ["anyOf", "oneOf"].contains(&keyword.as_str());
                if !adds && !DATA.contains(&keyword.as_str()) {
                    close(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// Whether these are a schema's keywords, and not the names of properties.
fn is_object_schema(fields: &Map<String, Value>) -> bool {
    let named = fields.get("properties").and_then(Value::as_object);
    let is_schema = |value: &Value| value.is_object() || value.is_boolean();
    named.is_some_and(|properties| !properties.is_empty() && properties.values().all(is_schema))
}

fn mentions(schema: &Value, keyword: &str) -> bool {
    match schema {
        Value::Object(fields) => fields.iter().any(|(name, value)| {
            name == keyword || (!DATA.contains(&name.as_str()) && mentions(value, keyword))
        }),
        Value::Array(items) => items.iter().any(|item| mentions(item, keyword)),
        _ => false,
    }
}
