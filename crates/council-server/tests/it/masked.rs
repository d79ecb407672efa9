//! JSON without what differs between runs, for snapshots.
//!
//! Insta can do this too, with a parser generator among its dependencies; that one enables a feature of a crate that
//! llama.cpp's build uses, so that tests and program would each compile llama.cpp (docs/development.md).

use serde::Serialize;
use serde_json::Value;

/// The value with `[mask]` in the place of some fields. A path's segments are joined by `.`; arrays on the way are gone
/// through.
pub(crate) fn masked(value: impl Serialize, masks: &[(&str, &str)]) -> Value {
    let mut value = serde_json::to_value(value).unwrap();
    for (path, mask) in masks {
        replace(&mut value, path, mask);
    }
    value
}

fn replace(value: &mut Value, path: &str, mask: &str) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| replace(value, path, mask)),
        Value::Object(fields) => {
            let (first, rest) = path.split_once('.').map_or((path, None), |(a, b)| (a, Some(b)));
            match (fields.get_mut(first), rest) {
                (Some(value), Some(rest)) => replace(value, rest, mask),
                (Some(value), None) => *value = format!("[{mask}]").into(),
                (None, _) => {}
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
