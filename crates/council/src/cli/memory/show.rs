//! Memories for people. What they hold may come from anywhere, so that nothing of it reaches the terminal as a control
//! character.

use crate::output::{Output, Style, notice, table};
use serde_json::Value;
use std::io::{self, Write};

/// Longest text in a table, in characters.
const MAX_CHARS: usize = 80;

/// A value as one line.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => clean(text),
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => clean(&value.to_string()),
    }
}

/// Control characters become spaces.
fn clean(text: &str) -> String {
    text.chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect()
}

/// A text whose lines stay lines.
fn clean_lines(text: &str) -> String {
    text.lines().map(clean).collect::<Vec<_>>().join("\n")
}

fn short(value: &Value) -> String {
    let text = plain(value);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Seconds since 1970 as `2026-05-08 13:56`, UTC.
fn when(value: &Value) -> String {
    let seconds = value.as_f64().map(|seconds| seconds as i64);
    let time = seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    time.map_or_else(
        || plain(value),
        |time| time.strftime("%Y-%m-%d %H:%M").to_string(),
    )
}

fn items(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

/// Hits, best first.
pub(super) fn hits(hits: &Value, as_json: bool, output: &mut Output) -> io::Result<()> {
    if as_json {
        return output.json(hits);
    }
    if items(hits).is_empty() {
        notice("nothing is found");
    }
    let mut rows = vec![row(["SCORE", "ID", "SAID", "KIND", "SPEAKER", "TEXT"])];
    for hit in items(hits) {
        let score = hit["score"].as_f64().unwrap_or_default();
        rows.push(vec![
            format!("{score:.3}"),
            plain(&hit["id"]),
            when(&hit["timestamp"]),
            plain(&hit["kind"]),
            plain(&hit["speaker"]),
            short(&hit["text"]),
        ]);
        if let Some(why) = hit["why"].as_object() {
            let signs = why.iter().filter(|(_, value)| value.as_f64() != Some(0.0));
            let signs: Vec<String> = signs
                .map(|(sign, value)| format!("{sign} {:.3}", value.as_f64().unwrap_or_default()))
                .collect();
            let mut why = vec![String::new(); 5];
            why.push(signs.join(", "));
            rows.push(why);
        }
    }
    write_rows(&rows, output)
}

/// A page of memories.
pub(super) fn list(page: &Value, as_json: bool, output: &mut Output) -> io::Result<()> {
    if as_json {
        return output.json(page);
    }
    let memories = items(&page["data"]);
    if memories.is_empty() {
        notice("nothing is remembered that is meant here");
    }
    let mut rows = vec![row(["ID", "SAID", "KIND", "SPEAKER", "", "TEXT"])];
    for memory in memories {
        rows.push(vec![
            plain(&memory["id"]),
            when(&memory["timestamp"]),
            plain(&memory["kind"]),
            plain(&memory["speaker"]),
            marks(memory),
            short(&memory["text"]),
        ]);
    }
    write_rows(&rows, output)?;
    if page["has_more"] == true {
        let next = page["offset"].as_u64().unwrap_or_default() + memories.len() as u64;
        notice(&format!("there are more: --offset {next}"));
    }
    Ok(())
}

/// What is special about a memory.
fn marks(memory: &Value) -> String {
    let marks = [
        ("pinned", memory["pinned"] == true),
        ("apart", memory["quarantined"] == true),
        ("retired", !memory["retired_at"].is_null()),
    ];
    let marks = marks
        .into_iter()
        .filter(|(_, is_so)| *is_so)
        .map(|(mark, _)| mark);
    marks.collect::<Vec<_>>().join(",")
}

/// One memory, whole.
pub(super) fn one(memory: &Value, as_json: bool, output: &mut Output) -> io::Result<()> {
    if as_json {
        return output.json(memory);
    }
    for name in [
        "id",
        "kind",
        "speaker",
        "session",
        "project",
        "area",
        "tags",
        "trust",
        "source",
        "claim",
        "metadata",
        "timestamp",
        "valid_to",
        "created_at",
        "updated_at",
        "retired_at",
        "superseded_by",
        "pinned",
        "quarantined",
    ] {
        let value = &memory[name];
        let is_empty = match value {
            Value::Null | Value::Bool(false) => true,
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            Value::Bool(true) | Value::Number(_) | Value::String(_) => false,
        };
        if is_empty {
            continue;
        }
        let shown = if name == "timestamp" || name.ends_with("_at") || name == "valid_to" {
            when(value)
        } else {
            plain(value)
        };
        let label = output.styled(Style::Faint, &format!("{name:<13}"));
        writeln!(output, "{label} {shown}")?;
    }
    let text = clean_lines(memory["text"].as_str().unwrap_or_default());
    writeln!(output, "\n{text}")
}

/// The versions of a memory.
pub(super) fn history(history: &Value, as_json: bool, output: &mut Output) -> io::Result<()> {
    if as_json {
        return output.json(history);
    }
    let mut rows = vec![row(["SINCE", "EVENT", "", "TEXT"])];
    for version in items(&history["data"]) {
        let memory = &version["memory"];
        rows.push(vec![
            when(&memory["updated_at"]),
            plain(&version["event"]),
            marks(memory),
            short(&memory["text"]),
        ]);
    }
    write_rows(&rows, output)
}

/// What is known of people.
pub(super) fn profile(profile: &Value, as_json: bool, output: &mut Output) -> io::Result<()> {
    if as_json {
        return output.json(profile);
    }
    let mut rows = vec![row(["ATTRIBUTE", "ID", "TEXT"])];
    for attribute in profile["attributes"].as_array().into_iter().flatten() {
        for fact in attribute["facts"].as_array().into_iter().flatten() {
            rows.push(vec![
                plain(&attribute["attribute"]),
                plain(&fact["id"]),
                plain(&fact["text"]),
            ]);
        }
    }
    write_rows(&rows, output)
}

/// Topics.
pub(super) fn clusters(clusters: &Value, as_json: bool, output: &mut Output) -> io::Result<()> {
    if as_json {
        return output.json(clusters);
    }
    let mut rows = vec![row(["TOPIC", "MEMORIES", "WORDS"])];
    for cluster in clusters["data"].as_array().into_iter().flatten() {
        let words: Vec<String> = cluster["label"]
            .as_array()
            .into_iter()
            .flatten()
            .map(plain)
            .collect();
        rows.push(vec![
            plain(&cluster["number"]),
            plain(&cluster["size"]),
            words.join(", "),
        ]);
    }
    write_rows(&rows, output)
}

/// What there is.
pub(super) fn stats(stats: &Value, as_json: bool, output: &mut Output) -> io::Result<()> {
    if as_json {
        return output.json(stats);
    }
    let mut rows = Vec::new();
    for (name, value) in stats.as_object().into_iter().flatten() {
        match value {
            Value::Object(counts) => {
                for (kind, count) in counts {
                    rows.push(vec![format!("  {name}.{}", clean(kind)), plain(count)]);
                }
            }
            _ if name == "index_bytes" => {
                rows.push(vec![
                    "index".to_owned(),
                    crate::output::size(value.as_u64().unwrap_or_default()),
                ]);
            }
            _ => rows.push(vec![name.clone(), plain(value)]),
        }
    }
    output.write_all(table(&rows).as_bytes())
}

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

/// A table, unless it has nothing but its head.
fn write_rows(rows: &[Vec<String>], output: &mut Output) -> io::Result<()> {
    if rows.len() > 1 {
        output.write_all(table(rows).as_bytes())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
