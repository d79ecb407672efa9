//! The status of the sandbox for people.

use crate::exit::CommandError;
use crate::output::{Output, Style, size, table};
use serde_json::Value;
use std::io::Write;

/// Layer by layer.
pub(super) fn doctor(status: &Value, as_json: bool, output: &mut Output) -> Result<(), CommandError> {
    if as_json {
        output.json(status)?;
        return Ok(());
    }
    summary(status, output)?;
    let layers = entries(status, "layers");
    let width = widest(layers, "name");
    for layer in layers {
        let (word, style) = match (layer["enforced"] == true, layer["required"] == true) {
            (true, _) => ("ok  ", Style::Good),
            (false, true) => ("fail", Style::Bad),
            (false, false) => ("warn", Style::Warning),
        };
        let reason = layer["reason"].as_str().unwrap_or("enforced");
        writeln!(
            output,
            "{}  {:width$}  {reason}",
            output.styled(style, word),
            text(&layer["name"])
        )?;
    }
    for rejected in entries(status, "rejected") {
        let word = output.styled(Style::Faint, "not ");
        writeln!(
            output,
            "{word}  {}: {}",
            text(&rejected["backend"]),
            text(&rejected["reason"])
        )?;
    }
    languages(status, output)
}

/// What came of attacks, one a line; of those that were not stopped, what that means.
pub(super) fn attacks(tested: &Value, as_json: bool, output: &mut Output) -> Result<(), CommandError> {
    if as_json {
        output.json(tested)?;
        return Ok(());
    }
    let all = entries(tested, "attacks");
    let width = all
        .iter()
        .map(|attack| full_name(attack).len())
        .max()
        .unwrap_or(0);
    for attack in all {
        let verdict = text(&attack["verdict"]);
        let style = match verdict.as_str() {
            "held" => Style::Good,
            "breached" => Style::Bad,
            _ => Style::Warning,
        };
        let verdict = output.styled(style, &format!("{verdict:<8}"));
        let (name, detail) = (full_name(attack), text(&attack["detail"]));
        writeln!(output, "{verdict}  {name:width$}  {}", printable(&detail))?;
        if style != Style::Good {
            writeln!(output, "{:10}{}", "", text(&attack["harm"]))?;
        }
    }
    let count = |name: &str| text(&tested[name]);
    let (held, breached, failed) = (count("held"), count("breached"), count("failed"));
    let by = match (tested["backend"].as_str(), tested["tier"].as_str()) {
        (Some(backend), Some(tier)) => format!(" by {backend} ({tier})"),
        _ => String::new(),
    };
    writeln!(
        output,
        "{held} attacks were stopped{by}, {breached} got through, {failed} failed by themselves and show nothing"
    )?;
    Ok(())
}

fn full_name(attack: &Value) -> String {
    format!("{}/{}", text(&attack["group"]), text(&attack["name"]))
}

/// On one line: what an attack says of itself was written by a program in a box.
fn printable(text: &str) -> String {
    let shown = |letter: char| {
        if letter.is_control() {
            letter.escape_default().to_string()
        } else {
            letter.to_string()
        }
    };
    text.chars().map(shown).collect()
}

/// What there is now.
pub(super) fn status(status: &Value, as_json: bool, output: &mut Output) -> Result<(), CommandError> {
    if as_json {
        output.json_line(status)?;
        return Ok(());
    }
    summary(status, output)?;
    languages(status, output)?;
    let pools = entries(status, "pools");
    if !pools.is_empty() {
        let heading = ["POOL", "READY", "OF", "IN USE", "MEMORY"]
            .map(str::to_owned)
            .to_vec();
        let rows = pools.iter().map(|pool| {
            let memory = size(pool["memory_bytes"].as_u64().unwrap_or_default());
            let mut row = ["profile", "ready", "target", "busy"]
                .map(|name| text(&pool[name]))
                .to_vec();
            row.push(memory);
            row
        });
        let rows: Vec<_> = [heading].into_iter().chain(rows).collect();
        write!(output, "{}", table(&rows))?;
    }
    writeln!(output, "{} programs run now", text(&status["running"]))?;
    Ok(())
}

fn summary(status: &Value, output: &mut Output) -> Result<(), CommandError> {
    if status["available"] == true {
        let (tier, backend) = (text(&status["tier"]), text(&status["backend"]));
        writeln!(output, "programs run with {tier} isolation by {backend}")?;
    } else {
        writeln!(output, "this machine cannot isolate programs, so none is run")?;
    }
    Ok(())
}

fn languages(status: &Value, output: &mut Output) -> Result<(), CommandError> {
    let languages = entries(status, "languages");
    let width = widest(languages, "language");
    for language in languages {
        let found = language["version"]
            .as_str()
            .or_else(|| language["reason"].as_str());
        let (word, style) = if language["available"] == true {
            ("ok  ", Style::Good)
        } else {
            ("none", Style::Warning)
        };
        writeln!(
            output,
            "{}  {:width$}  {}",
            output.styled(style, word),
            text(&language["language"]),
            found.unwrap_or_default()
        )?;
    }
    Ok(())
}

fn entries<'a>(status: &'a Value, name: &str) -> &'a [Value] {
    status[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn widest(entries: &[Value], field: &str) -> usize {
    entries
        .iter()
        .map(|entry| text(&entry[field]).chars().count())
        .max()
        .unwrap_or(0)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
