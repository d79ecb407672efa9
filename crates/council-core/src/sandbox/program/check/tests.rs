//! Programs that can be run, and those that cannot, by the field at fault.

use super::*;
use crate::sandbox::Language;
use std::time::Duration;

fn field(program: &Program) -> Option<String> {
    match program.check(&Limits::default()) {
        Ok(()) => None,
        Err(SandboxError::InvalidProgram { field, .. }) => Some(field),
        Err(other) => unreachable!("{other}"),
    }
}

fn python(source: &str) -> Program {
    Program::new(Language::Python, source)
}

fn with_files(names: &[&str]) -> Program {
    let file = |name: &&str| InputFile {
        name: (*name).to_owned(),
        content: b"x".to_vec(),
    };
    Program {
        files: names.iter().map(file).collect(),
        ..python("")
    }
}

#[test]
fn usual_programs_and_empty_ones_can_be_run() {
    for source in ["print(1)", "", "  \n\t", "\u{feff}print(1)\r\n", "a\0b"] {
        assert_eq!(field(&python(source)), None, "{source:?}");
    }
    assert_eq!(field(&python(&"x".repeat(MAX_SOURCE_BYTES))), None);
}

#[test]
fn a_source_that_is_too_long_is_named_with_the_maximum() {
    let error = python(&"x".repeat(MAX_SOURCE_BYTES + 1)).check(&Limits::default());
    assert_eq!(
        error.map_err(|error| error.to_string()),
        Err("`code` has 2097153 bytes; at most 2097152 are possible".to_owned())
    );
}

#[test]
fn standard_input_has_a_maximum() {
    let program = Program {
        stdin: vec![0; MAX_STDIN_BYTES + 1],
        ..python("")
    };
    assert_eq!(field(&program).as_deref(), Some("stdin"));
}

#[test]
fn a_limit_above_the_maximum_or_of_zero_is_named_with_its_range() {
    let usual = Limits::default();
    let second = Duration::from_secs(1);
    let cases: [(&str, Limits); 15] = [
        (
            "wall_ms",
            Limits {
                wall: usual.wall + second,
                ..usual
            },
        ),
        (
            "wall_ms",
            Limits {
                wall: Duration::ZERO,
                ..usual
            },
        ),
        (
            "cpu_ms",
            Limits {
                cpu: usual.cpu + second,
                ..usual
            },
        ),
        (
            "memory_bytes",
            Limits {
                memory_bytes: usual.memory_bytes + 1,
                ..usual
            },
        ),
        (
            "processes",
            Limits {
                processes: usual.processes + 1,
                ..usual
            },
        ),
        (
            "processes",
            Limits {
                processes: 0,
                ..usual
            },
        ),
        (
            "open_files",
            Limits {
                open_files: usual.open_files + 1,
                ..usual
            },
        ),
        (
            "file_bytes",
            Limits {
                file_bytes: usual.file_bytes + 1,
                ..usual
            },
        ),
        (
            "disk_bytes",
            Limits {
                disk_bytes: usual.disk_bytes + 1,
                ..usual
            },
        ),
        (
            "disk_bytes",
            Limits {
                disk_bytes: 0,
                ..usual
            },
        ),
        ("inodes", Limits { inodes: 0, ..usual }),
        (
            "stdout_bytes",
            Limits {
                stdout_bytes: usual.stdout_bytes + 1,
                ..usual
            },
        ),
        (
            "stderr_bytes",
            Limits {
                stderr_bytes: usual.stderr_bytes + 1,
                ..usual
            },
        ),
        (
            "artifacts",
            Limits {
                artifacts: usual.artifacts + 1,
                ..usual
            },
        ),
        (
            "artifact_bytes",
            Limits {
                artifact_bytes: usual.artifact_bytes + 1,
                ..usual
            },
        ),
    ];
    for (name, limits) in cases {
        let program = Program { limits, ..python("") };
        assert_eq!(field(&program), Some(format!("limits.{name}")), "{limits:?}");
    }
    let program = Program {
        limits: Limits {
            wall: Duration::from_secs(9),
            ..usual
        },
        ..python("")
    };
    assert_eq!(
        program.check(&usual).map_err(|error| error.to_string()),
        Err("`limits.wall_ms` is 9000; it must be from 1 to 5000".to_owned())
    );
    let nothing_kept = Limits {
        stdout_bytes: 0,
        artifacts: 0,
        file_bytes: 0,
        ..usual
    };
    assert_eq!(nothing_kept.check(&usual), Ok(()));
}

#[test]
fn names_of_files_stay_below_the_box() {
    let long = "x".repeat(256);
    let deep = "x/".repeat(600) + "x";
    for name in [
        "/etc/passwd",
        "..",
        "../up",
        "a/../b",
        "a/./b",
        ".",
        "",
        "a//b",
        "a/",
        "a\nb",
        "a\0b",
        "a\u{7f}",
        "a\u{85}b",
        &long,
        &deep,
    ] {
        assert_eq!(
            field(&with_files(&["fine.txt", name])).as_deref(),
            Some("files[1].name"),
            "{name:?}"
        );
    }
    let fine = [
        "a",
        "a b.txt",
        "data/in.csv",
        "...",
        "..a",
        "naïve/日本.txt",
        "a\\b",
        "-rf",
        ".hidden",
    ];
    assert_eq!(field(&with_files(&fine)), None);
}

#[test]
fn two_files_of_one_name_and_a_file_that_is_a_folder_too_are_refused() {
    assert_eq!(
        field(&with_files(&["a", "b", "a"])).as_deref(),
        Some("files[2].name")
    );
    assert_eq!(
        field(&with_files(&["a/b", "a"])).as_deref(),
        Some("files[1].name")
    );
    assert_eq!(field(&with_files(&["a/b", "a/c", "ab"])), None);
}

#[test]
fn too_many_files_and_too_large_ones_are_refused() {
    let names: Vec<String> = (0..=MAX_FILES).map(|number| number.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(field(&with_files(&names)).as_deref(), Some("files"));
    assert_eq!(field(&with_files(&names[1..])), None);
    let mut program = with_files(&["a", "b"]);
    program.limits.disk_bytes = 1;
    assert_eq!(field(&program).as_deref(), Some("files"));
    program.limits.file_bytes = 0;
    assert_eq!(field(&program).as_deref(), Some("files[0].content"));
}

#[test]
fn a_nul_byte_is_refused_with_its_line_and_nothing_else_is() {
    assert_eq!(
        python("x = 1\ny = '\0'").refusal().as_deref(),
        Some("the source has a NUL byte in line 2, which python does not take; remove it")
    );
    assert_eq!(python("\u{feff}\r\n\u{1b}[0m").refusal(), None);
}

#[test]
fn a_byte_order_mark_goes_and_lines_end_in_one_character() {
    assert_eq!(
        python("\u{feff}print(1)\r\nprint(2)\r").clean_source(),
        "print(1)\nprint(2)\r"
    );
    assert_eq!(python("'\u{feff}'").clean_source(), "'\u{feff}'");
    assert!(matches!(
        python("print(1)\n").clean_source(),
        Cow::Borrowed("print(1)\n")
    ));
}
