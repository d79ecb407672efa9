//! Whether arguments follow a tool's JSON Schema, in the words that a model can act on.
//!
//! Checked are the keywords that tools describe their parameters with: `type`, `enum`, `const`, `required`,
//! `properties`, `additionalProperties: false`, `items`, and the bounds of numbers, texts and arrays. Other keywords
//! (`pattern`, `anyOf`, `$ref`, …) hold for the model that reads them; the tool itself looks at what it needs. A whole
//! validator was weighed and rejected: `jsonschema` brings thirty crates more, for schemas that are written here.

use council_core::ToolError;
use serde_json::{Map, Value};

/// Checks `arguments`, which must be an object.
///
/// # Errors
/// The first thing that is wrong: [`ToolError::InvalidArgument`] with the path of the value.
pub(super) fn check(schema: &Value, arguments: &Value) -> Result<(), ToolError> {
    if !arguments.is_object() {
        let message = format!("the arguments are {}; they must be an object", kind(arguments));
        return Err(ToolError::invalid("", message));
    }
    value("", schema, arguments)
}

/// Checks any value; `at` is its path.
///
/// # Errors
/// The first thing that is wrong.
pub(crate) fn value(at: &str, schema: &Value, found: &Value) -> Result<(), ToolError> {
    let Value::Object(schema) = schema else {
        return Ok(());
    };
    types(at, schema, found)?;
    choices(at, schema, found)?;
    match found {
        Value::Number(number) => bounds(at, schema, ["minimum", "maximum"], number.as_f64(), ""),
        Value::String(text) => {
            let chars = text.chars().count() as f64;
            bounds(at, schema, ["minLength", "maxLength"], Some(chars), " characters")
        }
        Value::Array(items) => {
            let many = items.len() as f64;
            bounds(at, schema, ["minItems", "maxItems"], Some(many), " entries")?;
            let Some(each) = schema.get("items") else {
                return Ok(());
            };
            let mut items = items.iter().enumerate();
            items.try_for_each(|(index, item)| value(&format!("{at}[{index}]"), each, item))
        }
        Value::Object(fields) => object(at, schema, fields),
        Value::Null | Value::Bool(_) => Ok(()),
    }
}

fn object(at: &str, schema: &Map<String, Value>, fields: &Map<String, Value>) -> Result<(), ToolError> {
    let join = |name: &str| {
        if at.is_empty() {
            name.to_owned()
        } else {
            format!("{at}.{name}")
        }
    };
    let required = schema.get("required").and_then(Value::as_array);
    for name in required.into_iter().flatten().filter_map(Value::as_str) {
        if !fields.contains_key(name) {
            let field = join(name);
            return Err(ToolError::invalid(&*field, format!("`{field}` is missing")));
        }
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
    for (name, found) in fields {
        match properties.and_then(|properties| properties.get(name)) {
            Some(schema) => value(&join(name), schema, found)?,
            None if closed => {
                let known: Vec<String> = properties
                    .into_iter()
                    .flat_map(Map::keys)
                    .map(|name| format!("`{name}`"))
                    .collect();
                let field = join(name);
                let message = format!(
                    "`{field}` is no argument of this tool; it takes {}",
                    known.join(", ")
                );
                return Err(ToolError::invalid(field, message));
            }
            None => {}
        }
    }
    Ok(())
}

fn types(at: &str, schema: &Map<String, Value>, found: &Value) -> Result<(), ToolError> {
    let wanted: Vec<&str> = match schema.get("type") {
        Some(Value::String(name)) => vec![name.as_str()],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => return Ok(()),
    };
    let is = |name: &str| match name {
        "null" => found.is_null(),
        "boolean" => found.is_boolean(),
        "number" => found.is_number(),
        // JSON Schema counts 3.0 as an integer, which no tool here reads as one.
        "integer" => found.is_i64() || found.is_u64(),
        "string" => found.is_string(),
        "array" => found.is_array(),
        "object" => found.is_object(),
        _ => true,
    };
    if wanted.iter().any(|name| is(name)) {
        return Ok(());
    }
    let wanted: Vec<String> = wanted.into_iter().map(with_article).collect();
    let message = format!(
        "`{at}` has the wrong type: {}, expected {}",
        kind(found),
        wanted.join(" or ")
    );
    Err(ToolError::invalid(at, message))
}

fn choices(at: &str, schema: &Map<String, Value>, found: &Value) -> Result<(), ToolError> {
    let one = schema.get("const").map(std::slice::from_ref);
    let several = schema.get("enum").and_then(Value::as_array).map(Vec::as_slice);
    let Some(choices) = one.or(several) else {
        return Ok(());
    };
    if choices.contains(found) {
        return Ok(());
    }
    let choices: Vec<String> = choices
        .iter()
        .map(|choice| format!("`{}`", plain(choice)))
        .collect();
    let message = format!(
        "`{at}` is `{}`; choose one of {}",
        plain(found),
        choices.join(", ")
    );
    Err(ToolError::invalid(at, message))
}

/// The least and the most of a size.
fn bounds(
    at: &str,
    schema: &Map<String, Value>,
    [least, most]: [&str; 2],
    size: Option<f64>,
    unit: &str,
) -> Result<(), ToolError> {
    let Some(size) = size else { return Ok(()) };
    let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
    let (least, most) = (bound(least), bound(most));
    if least.is_none_or(|least| size >= least) && most.is_none_or(|most| size <= most) {
        return Ok(());
    }
    let must = match (least, most) {
        (Some(least), Some(most)) => format!("{least} to {most}"),
        (Some(least), None) => format!("at least {least}"),
        (None, Some(most)) => format!("at most {most}"),
        (None, None) => String::new(),
    };
    let message = if unit.is_empty() {
        format!("`{at}` is {size}; it must be {must}")
    } else {
        format!("`{at}` has {size}{unit}; it must have {must}")
    };
    Err(ToolError::invalid(at, message))
}

fn kind(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(yes) => format!("boolean `{yes}`"),
        Value::Number(number) => format!("number `{number}`"),
        Value::String(_) => "a string".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

fn with_article(name: &str) -> String {
    match name {
        "null" => "null".to_owned(),
        "boolean" => "true or false".to_owned(),
        "integer" | "array" | "object" => format!("an {name}"),
        other => format!("a {other}"),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
