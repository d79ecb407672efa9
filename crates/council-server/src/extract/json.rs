//! JSON text to request types, with errors that name the field and what it should be.

use crate::error::{ApiError, Code};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

/// A request type that is read from a JSON object.
pub(crate) trait FromBody: Sized {
    /// Reads it; unknown fields are ignored, as OpenAI does.
    fn from_body(body: &[u8]) -> Result<Self, ApiError>;
}

/// Reads one JSON object.
///
/// Types that share fields (sampling, most of all) read the same object twice instead of using
/// `#[serde(flatten)]`, which loses the name of the field at fault.
pub(crate) fn parse_object<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    if let Err(error) = std::str::from_utf8(body) {
        let at = error.valid_up_to();
        return Err(malformed(format!(
            "the body is not valid UTF-8: byte {at} is the first bad one"
        )));
    }
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => return Err(malformed("the body is empty; send a JSON object")),
        Some(b'{') => {}
        Some(_) => return Err(malformed("the body is not a JSON object; it must begin with `{`")),
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        explain(error.inner(), &path)
    })?;
    json.end().map_err(|error| explain(&error, "."))?;
    Ok(value)
}

fn malformed(message: impl Into<String>) -> ApiError {
    ApiError::new(Code::InvalidRequest, message)
}

fn explain(error: &serde_json::Error, path: &str) -> ApiError {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let what = text.strip_suffix(&place).unwrap_or(&text);
    match error.classify() {
        Category::Syntax | Category::Eof | Category::Io => malformed(format!(
            "the body is not valid JSON: {what} at line {}, column {}",
            error.line(),
            error.column()
        )),
        Category::Data => {
            let what = plain_words(what);
            // Serde reports an absent field at its parent's path.
            if let Some(field) = quoted_after(&what, "missing field ") {
                let field = join(path, field);
                return ApiError::invalid(field.clone(), format!("`{field}` is missing"));
            }
            if let Some(field) = quoted_after(&what, "unknown field ") {
                // Here the path ends with the field itself.
                let known = what
                    .split_once("expected one of ")
                    .map_or("others", |(_, known)| known);
                let message = format!("`{path}` is not known; possible in its place: {known}");
                debug_assert!(path.ends_with(field), "{path} is not the path of {field}");
                return ApiError::invalid(path, message);
            }
            if let Some(field) = quoted_after(&what, "duplicate field ") {
                let field = join(path, field);
                return ApiError::invalid(field.clone(), format!("`{field}` is given twice"));
            }
            ApiError::invalid(path, format!("`{path}` has the wrong type: {what}"))
        }
    }
}

fn join(path: &str, field: &str) -> String {
    if path == "." {
        field.to_owned()
    } else {
        format!("{path}.{field}")
    }
}

fn quoted_after<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    text.strip_prefix(prefix)?.strip_prefix('`')?.split('`').next()
}

/// Serde's words for types, in the words of JSON.
fn plain_words(what: &str) -> String {
    let Some((found, expected)) = what.rsplit_once("expected ") else {
        return what.to_owned();
    };
    let expected = match expected {
        "f64" | "f32" => "a number",
        "i64" | "u64" | "i32" | "u32" => "an integer",
        "a boolean" => "true or false",
        "a sequence" => "an array",
        "a map" => "an object",
        other if other.starts_with("struct ") => "an object",
        other => other,
    };
    let found = found.replace("invalid type: ", "").replace("invalid value: ", "");
    let found = found
        .replace("sequence,", "an array,")
        .replace("map,", "an object,");
    format!("{found}expected {expected}")
}

#[cfg(test)]
mod tests;
