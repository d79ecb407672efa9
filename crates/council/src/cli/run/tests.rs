//! Languages by name and first line, exit codes, and files that must not leave their directory.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::source::{Source, read};
use super::{ending, files};
use crate::exit::Exit;
use council_core::sandbox::Language;
use serde_json::{Value, json};

#[test]
fn the_language_comes_from_the_flag_the_name_or_the_first_line() {
    let dir = tempfile::tempdir().unwrap();
    let language = |name: &str, code: &str, flag: Option<&str>| {
        let path = dir.path().join(name);
        std::fs::write(&path, code).unwrap();
        read(Some(&path), None, flag)
            .map(|source| source.language)
            .map_err(|error| error.message)
    };
    for (name, code, flag, expected) in [
        ("a.py", "", None, Language::Python),
        ("a.SH", "", None, Language::Bash),
        ("a.mjs", "", None, Language::JavaScript),
        ("a.py", "", Some("bash"), Language::Bash),
        ("script", "#!/bin/sh\n", None, Language::Bash),
        ("script", "#!/usr/bin/env python3.11\n", None, Language::Python),
        (
            "script",
            "#!/usr/bin/env -S node --harmony\n",
            None,
            Language::JavaScript,
        ),
        ("script", "print(1)", None, Language::Python),
        ("a.txt", "#!/bin/bash\n", None, Language::Bash),
        ("a.txt", "x", Some("js"), Language::JavaScript),
    ] {
        assert_eq!(language(name, code, flag), Ok(expected), "{name} {code}");
    }
    assert!(
        language("a.rs", "fn main() {}", None)
            .unwrap_err()
            .contains("--language")
    );
    let unknown = language("a.py", "", Some("cobol")).unwrap_err();
    assert!(
        unknown.contains("`cobol`") && unknown.contains("javascript"),
        "{unknown}"
    );
    let given = read(None, Some("1 + 1"), None).unwrap();
    let expected = Source {
        language: Language::Python,
        code: "1 + 1".to_owned(),
    };
    assert_eq!(given, expected);
}

#[test]
fn the_exit_code_is_the_programs_or_that_of_timeout() {
    let exit = |status: &str, exit: Value, signal: Value| {
        ending::exit(&json!({"status": status, "exit": exit, "signal": signal}))
    };
    let null = Value::Null;
    for (status, code, signal, expected) in [
        ("ok", json!(0), null.clone(), 0),
        ("error", json!(3), null.clone(), 3),
        ("error", json!(255), null.clone(), 255),
        ("error", null.clone(), null.clone(), 1),
        ("error", null.clone(), json!(6), 134),
        ("timeout", null.clone(), json!(9), 124),
        ("cpu", null.clone(), json!(24), 124),
        ("memory", null.clone(), json!(9), 137),
        ("killed", null.clone(), json!(11), 139),
        ("killed", null.clone(), null.clone(), 137),
        ("refused", null.clone(), null.clone(), 125),
        ("output_limit", null.clone(), json!(9), 125),
    ] {
        assert_eq!(exit(status, code, signal), Exit::Program(expected), "{status}");
    }
}

#[test]
fn what_a_program_left_is_written_below_the_directory_and_nowhere_else() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let artifact = |name: &str| json!([{"name": name, "size": 3, "data": "YWJj"}]);
    files::keep(&artifact("plots/a.png"), Some(&out), true).unwrap();
    assert_eq!(std::fs::read(out.join("plots/a.png")).unwrap(), b"abc");
    for name in ["../up", "/tmp/absolute", "a/../../up", ""] {
        let error = files::keep(&artifact(name), Some(&out), true).unwrap_err();
        assert!(error.message.contains("is not kept"), "{name}: {}", error.message);
    }
    assert!(!dir.path().join("up").exists());
    let damaged = json!([{"name": "a", "size": 3, "data": "*"}]);
    assert!(
        files::keep(&damaged, Some(&out), true)
            .unwrap_err()
            .message
            .contains("damaged")
    );
    files::keep(&artifact("../up"), None, true).unwrap();
}

#[test]
fn an_upload_has_the_files_own_name() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.csv");
    std::fs::write(&path, [0, 255]).unwrap();
    assert_eq!(
        files::upload(&path).unwrap(),
        json!({"name": "data.csv", "content_base64": "AP8="})
    );
    assert_eq!(
        files::upload(&dir.path().join("none")).unwrap_err().exit,
        Exit::Io
    );
}
