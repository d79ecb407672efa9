//! What `council config` prints: every key with its value, and where that came from.

use super::{Config, Effective};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Aligned lines for people, in the order of the table.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_text(config: &Config, out: &mut impl Write) -> io::Result<()> {
    match &config.file {
        Some(path) => writeln!(out, "# file: {}", path.display())?,
        None => writeln!(out, "# file: none")?,
    }
    let width = |of: fn(&Effective) -> usize| config.effective.iter().map(of).max().unwrap_or(0);
    let keys = width(|entry| entry.key.len());
    let values = width(|entry| shown(entry).len()).min(48);
    for entry in &config.effective {
        writeln!(
            out,
            "{:keys$}  {:values$}  {}",
            entry.key,
            shown(entry),
            entry.source
        )?;
    }
    Ok(())
}

/// One object a key: `{key, value, source, doc}`.
pub fn to_json(config: &Config) -> Value {
    let keys: Vec<Value> = config
        .effective
        .iter()
        .map(|entry| {
            json!({
                "key": entry.key,
                "value": value_json(&entry.value),
                "source": entry.source.to_string(),
                "doc": entry.doc,
            })
        })
        .collect();
    json!({ "file": config.file.as_ref().map(|path| path.display().to_string()), "keys": keys })
}

fn shown(entry: &Effective) -> String {
    let text = entry.value.to_string();
    if text.is_empty() { "-".to_owned() } else { text }
}

fn value_json(value: &super::value::Value) -> Value {
    use super::value::Value as Setting;
    match value {
        Setting::Integer(number) => json!(number),
        Setting::Decimal(number) => json!(number),
        Setting::Boolean(yes) => json!(yes),
        Setting::Absent => Value::Null,
        Setting::Paths(paths) => json!(
            paths
                .iter()
                .map(|path| path.display().to_string())
                .collect::<Vec<_>>()
        ),
        Setting::Text(_) | Setting::Path(_) | Setting::Duration(_) | Setting::Auto | Setting::Never => {
            json!(value.to_string())
        }
    }
}
