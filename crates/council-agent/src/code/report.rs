//! What a program did: for people, for models, and for programs.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use council_core::sandbox::{RunReport, RunStatus};
use serde_json::{Value, json};
use std::fmt::Write;

/// As much of each stream as an answer or a model gets, in bytes; `data` has all of it.
const SHOWN_BYTES: usize = 8 << 10;
/// As much of the files' contents as goes along, in bytes.
const CONTENT_BYTES: usize = 8 << 20;

/// As Markdown below the program.
pub(crate) fn for_people(report: &RunReport) -> String {
    let mut text = String::new();
    let (stdout, stderr) = (shown(&report.stdout), shown(&report.stderr));
    match ending(report) {
        None if stdout.is_empty() && report.value.is_none() => {
            text.push_str("It ran and printed nothing.\n\n");
        }
        None => {}
        Some(ending) => {
            let _ = write!(text, "{ending}\n\n");
        }
    }
    if !stdout.is_empty() {
        let _ = write!(text, "Output:\n\n{}\n\n", fenced("text", &stdout));
    }
    if let Some(value) = &report.value {
        let _ = write!(text, "Value:\n\n{}\n\n", fenced("text", &shown(value.as_bytes())));
    }
    if !stderr.is_empty() {
        let _ = write!(text, "Standard error:\n\n{}\n\n", fenced("text", &stderr));
    }
    if report.truncated.stdout || report.truncated.stderr {
        text.push_str("The output was longer than what is kept.\n\n");
    }
    if report.truncated.value {
        text.push_str("The value was longer than what is kept.\n\n");
    }
    if !report.artifacts.is_empty() {
        let _ = write!(text, "Files: {}\n\n", files(report));
    }
    if let Some(lost) = &report.session_lost {
        let _ = write!(text, "The session began anew: {lost}\n\n");
    }
    text.trim_end().to_owned()
}

/// As plain lines.
pub(crate) fn for_model(report: &RunReport) -> String {
    let mut text = match ending(report) {
        None => "It ended well.\n".to_owned(),
        Some(ending) => ending + "\n",
    };
    for (name, stream) in [("stdout", &report.stdout), ("stderr", &report.stderr)] {
        let stream = shown(stream);
        if !stream.is_empty() {
            let _ = writeln!(text, "{name}:\n{}", stream.trim_end_matches('\n'));
        }
    }
    if let Some(value) = &report.value {
        let _ = writeln!(text, "value of the last expression: {}", shown(value.as_bytes()));
    }
    if report.truncated.value {
        text.push_str("the value was longer than what is kept\n");
    }
    if !report.artifacts.is_empty() {
        let _ = writeln!(text, "files: {}", files(report));
    }
    if let Some(lost) = &report.session_lost {
        let _ = writeln!(text, "the session began anew: {lost}");
    }
    text.trim_end().to_owned()
}

/// As an object; contents of files go along while there is room for them.
pub(crate) fn data(report: &RunReport) -> Value {
    let mut room = CONTENT_BYTES;
    let artifacts = report.artifacts.iter().map(|artifact| {
        let size = artifact.content.len();
        let mut object = json!({"name": artifact.name, "mime": artifact.mime, "size": size});
        if size <= room {
            room -= size;
            object["data"] = json!(BASE64_STANDARD.encode(&artifact.content));
        }
        object
    });
    let artifacts: Vec<Value> = artifacts.collect();
    json!({
        "status": report.status.name(),
        "exit": report.exit,
        "signal": report.signal,
        "stdout": String::from_utf8_lossy(&report.stdout),
        "stderr": String::from_utf8_lossy(&report.stderr),
        "truncated": report.truncated.stdout || report.truncated.stderr,
        "value": report.value,
        "value_truncated": report.truncated.value,
        "artifacts": artifacts,
        "wall_ms": report.wall.as_micros() as f64 / 1_000.0,
        "backend": report.backend.name(),
        "tier": report.tier.name(),
        "start": report.start.name(),
    })
}

/// A block of code whose fence is longer than any in it.
pub(crate) fn fenced(tag: &str, code: &str) -> String {
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let code = code.trim_end_matches('\n');
    format!("{fence}{tag}\n{code}\n{fence}")
}

/// How it ended, where that was not well.
fn ending(report: &RunReport) -> Option<String> {
    let seconds = |time: std::time::Duration| format!("{:.1} s", time.as_secs_f64());
    Some(match report.status {
        RunStatus::Ok => return None,
        RunStatus::Error => match (report.exit, report.signal) {
            (Some(code), _) => format!("It failed with exit code {code}."),
            (None, Some(signal)) => format!("It failed with signal {signal}."),
            (None, None) => "It failed.".to_owned(),
        },
        RunStatus::Timeout => format!(
            "It took longer than it may and was ended after {}.",
            seconds(report.wall)
        ),
        RunStatus::Cpu => {
            format!(
                "It used more processor time than it may and was ended after {}.",
                seconds(report.cpu)
            )
        }
        RunStatus::Memory => "It needed more memory than it may and was ended.".to_owned(),
        RunStatus::OutputLimit => "It wrote far more than is kept and was ended.".to_owned(),
        RunStatus::Killed => "It was killed.".to_owned(),
        RunStatus::Refused => "Nothing of it ran.".to_owned(),
    })
}

fn files(report: &RunReport) -> String {
    let one = report.artifacts.iter().map(|artifact| {
        let bytes = artifact.content.len();
        format!("`{}` ({}, {bytes} bytes)", artifact.name, artifact.mime)
    });
    one.collect::<Vec<_>>().join(", ")
}

/// The beginning and the end of what is longer than is shown: a traceback ends with what it is about.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    if text.len() <= SHOWN_BYTES {
        return text.into_owned();
    }
    let head = &text[..text.floor_char_boundary(SHOWN_BYTES / 2)];
    let tail = &text[text.ceil_char_boundary(text.len() - SHOWN_BYTES / 2)..];
    let left_out = text.len() - head.len() - tail.len();
    format!("{head}\n[{left_out} bytes are left out here]\n{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use council_core::sandbox::Artifact;
    use council_core::sandbox::scripted::{failure, report};

    #[test]
    fn an_answer_shows_output_value_errors_and_files() {
        assert_eq!(for_people(&report("4\n")), "Output:\n\n```text\n4\n```");
        assert_eq!(for_people(&report("")), "It ran and printed nothing.");
        let value = RunReport {
            value: Some("1024".to_owned()),
            ..report("")
        };
        assert_eq!(for_people(&value), "Value:\n\n```text\n1024\n```");
        let mut cut = value;
        cut.truncated.value = true;
        assert!(for_people(&cut).ends_with("The value was longer than what is kept."));
        assert!(for_model(&cut).ends_with("the value was longer than what is kept"));
        assert_eq!(data(&cut)["value_truncated"], true);
        assert_eq!(
            for_people(&failure("Traceback\nNameError: x\n")),
            "It failed with exit code 1.\n\nStandard error:\n\n```text\nTraceback\nNameError: x\n```"
        );
        let plot = RunReport {
            artifacts: vec![Artifact {
                name: "a.png".to_owned(),
                mime: "image/png".to_owned(),
                content: b"abc".to_vec(),
            }],
            ..report("```\n")
        };
        assert_eq!(
            for_people(&plot),
            "Output:\n\n````text\n```\n````\n\nFiles: `a.png` (image/png, 3 bytes)"
        );
        assert_eq!(data(&plot)["artifacts"][0]["data"], "YWJj");
    }

    #[test]
    fn a_model_reads_the_same_in_plain_lines_and_of_long_output_both_ends() {
        assert_eq!(for_model(&report("4\n")), "It ended well.\nstdout:\n4");
        assert_eq!(
            for_model(&failure("E\n")),
            "It failed with exit code 1.\nstderr:\nE"
        );
        let long = "é".repeat(20_000) + "the end";
        let text = for_model(&report(&long));
        assert!(
            text.len() < SHOWN_BYTES + 200 && text.ends_with("the end"),
            "{}",
            text.len()
        );
        assert!(text.contains("bytes are left out here"));
        assert_eq!(data(&report(&long))["stdout"], long);
    }
}
