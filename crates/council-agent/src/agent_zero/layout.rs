//! A memory as Agent Zero has it: a text with metadata, its identifier, area and time among them.

use super::filter::Names;
use super::pickle::Document;
use council_core::{Memory, MemoryKind, Timestamp};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::{Map, Value};
use std::fmt::Write;
use std::time::Duration;

/// Metadata that Agent Zero itself gives to every memory.
pub(super) const OWN: [&str; 3] = ["id", "area", "timestamp"];

/// How Agent Zero writes a moment. It means the time of its own machine; here it is UTC.
const TIME_FORMAT: &str = "%Y-%m-%d %H:%M:%S";

/// The moment as Agent Zero writes it; what is beyond the year 9999 as seconds since 1970.
pub(super) fn time(moment: Timestamp) -> String {
    let seconds = i64::try_from(moment.as_secs()).unwrap_or(i64::MAX);
    match jiff::Timestamp::from_second(seconds) {
        Ok(time) => time.strftime(TIME_FORMAT).to_string(),
        Err(_) => seconds.to_string(),
    }
}

/// A moment that Agent Zero or a person wrote.
pub(super) fn parse_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let civil = || {
        let day_and_time = text.parse::<DateTime>().ok();
        let day = || text.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0));
        Some(
            day_and_time
                .or_else(day)?
                .to_zoned(TimeZone::UTC)
                .ok()?
                .timestamp(),
        )
    };
    let moment = text.parse::<jiff::Timestamp>().ok().or_else(civil)?;
    Duration::try_from(moment.as_duration())
        .ok()
        .map(Timestamp::from_duration)
}

/// The memory as one of Agent Zero's documents.
pub(super) fn document(memory: &Memory) -> Document {
    let content = &memory.content;
    let mut metadata = Map::new();
    metadata.insert("area".to_owned(), Value::from(content.area.clone()));
    for (key, value) in &content.metadata {
        if !OWN.contains(&key.as_str()) {
            metadata.insert(key.clone(), value.clone());
        }
    }
    let mut besides = |key: &str, value: Option<Value>| {
        if let Some(value) = value
            && !metadata.contains_key(key)
        {
            metadata.insert(key.to_owned(), value);
        }
    };
    // Notes are what Agent Zero saves.
    let kind = (content.kind != MemoryKind::Note).then(|| Value::from(content.kind.as_str()));
    besides("kind", kind);
    besides("speaker", content.speaker.clone().map(Value::from));
    besides("session", content.scope.session.clone().map(Value::from));
    besides("project", content.scope.project.clone().map(Value::from));
    let tags = (!content.tags.is_empty()).then(|| Value::from(content.tags.clone()));
    besides("tags", tags);
    metadata.insert("id".to_owned(), Value::from(memory.id.0.clone()));
    metadata.insert("timestamp".to_owned(), Value::from(time(content.said_at)));
    Document {
        id: memory.id.0.clone(),
        text: content.text.clone(),
        metadata,
    }
}

/// What a filter may name of the memory.
pub(super) fn names(memory: &Memory) -> Names {
    let content = &memory.content;
    Names {
        own: vec![
            ("area", Value::from(content.area.clone())),
            ("id", Value::from(memory.id.0.clone())),
            ("timestamp", Value::from(time(content.said_at))),
        ],
        metadata: content.metadata.clone(),
        besides: vec![
            ("tags", Value::from(content.tags.clone())),
            ("kind", Value::from(content.kind.as_str())),
        ],
    }
}

/// `key: value` lines, then the text.
pub(super) fn text(memory: &Memory) -> String {
    let document = document(memory);
    let mut text = String::new();
    for (key, value) in &document.metadata {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{key}: {}", shown(value));
    }
    text.push_str("Content: ");
    text.push_str(&document.text);
    text
}

/// A value as Python's `str` shows it.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            let mut text = String::new();
            represent(value, &mut text);
            text
        }
    }
}

/// A value as Python's `repr` shows it.
fn represent(value: &Value, into: &mut String) {
    match value {
        Value::Null => into.push_str("None"),
        Value::Bool(true) => into.push_str("True"),
        Value::Bool(false) => into.push_str("False"),
        Value::Number(number) => into.push_str(&number.to_string()),
        Value::String(text) => quote(text, into),
        Value::Array(items) => {
            into.push('[');
            for (place, item) in items.iter().enumerate() {
                into.push_str(if place > 0 { ", " } else { "" });
                represent(item, into);
            }
            into.push(']');
        }
        Value::Object(fields) => {
            into.push('{');
            for (place, (key, value)) in fields.iter().enumerate() {
                into.push_str(if place > 0 { ", " } else { "" });
                quote(key, into);
                into.push_str(": ");
                represent(value, into);
            }
            into.push('}');
        }
    }
}

/// A text in the quotes that Python would choose.
fn quote(text: &str, into: &mut String) {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    into.push(quote);
    for character in text.chars() {
        match character {
            '\\' => into.push_str("\\\\"),
            '\n' => into.push_str("\\n"),
            '\r' => into.push_str("\\r"),
            '\t' => into.push_str("\\t"),
            _ if character == quote => {
                into.push('\\');
                into.push(character);
            }
            _ => into.push(character),
        }
    }
    into.push(quote);
}

#[cfg(test)]
mod tests;
