//! Requests to run a program, and what is wrong with those that are.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use serde_json::{Value, json};

fn order(body: &Value) -> Result<RunOrder, ApiError> {
    RunBody::from_body(body.to_string().as_bytes())?.order(&RunLimits::default())
}

#[test]
fn a_whole_request_becomes_a_program() {
    let body = json!({
        "language": "Py", "code": "print(1)", "stdin": "a\nb", "session_id": "s1", "stream": true,
        "files": [{"name": "a.txt", "content": "é"}, {"name": "b/c.bin", "content_base64": "AP8"}],
        "limits": {"wall_ms": 1500, "processes": 3, "stdout_bytes": 0, "memory_bytes": 1_000_000},
    });
    let file = |name: &str, content: &[u8]| InputFile {
        name: name.to_owned(),
        content: content.to_vec(),
    };
    let expected = Program {
        stdin: b"a\nb".to_vec(),
        files: vec![file("a.txt", "é".as_bytes()), file("b/c.bin", &[0, 255])],
        limits: Limits {
            wall: Duration::from_millis(1_500),
            processes: 3,
            stdout_bytes: 0,
            memory_bytes: 1_000_000,
            ..Limits::default()
        },
        session: SessionId::new("s1"),
        ..Program::new(Language::Python, "print(1)")
    };
    assert_eq!(
        order(&body).unwrap(),
        RunOrder {
            program: expected,
            stream: true
        }
    );
}

#[test]
fn empty_and_strange_sources_are_for_the_sandbox_to_run() {
    for code in ["", " \n", "\u{feff}print(1)", "a\r\nb", "\0"] {
        let order = order(&json!({"language": "bash", "code": code})).unwrap();
        assert_eq!(order.program, Program::new(Language::Bash, code), "{code:?}");
    }
}

#[test]
fn what_is_wrong_is_named_by_field() {
    let with = |field: &str, value: Value| {
        let mut body = json!({"language": "python", "code": ""});
        body[field] = value;
        body
    };
    let file = |name: &str| {
        with(
            "files",
            json!([{"name": "ok", "content": ""}, {"name": name, "content": ""}]),
        )
    };
    let limit = |name: &str, value: i64| with("limits", json!({name: value}));
    for (body, field) in [
        (json!({"code": ""}), "language"),
        (json!({"language": "python"}), "code"),
        (with("language", json!("cobol")), "language"),
        (with("language", json!(3)), "language"),
        (with("code", json!("x".repeat((2 << 20) + 1))), "code"),
        (with("stdin_base64", json!("?")), "stdin_base64"),
        (
            json!({"language": "js", "code": "", "stdin": "", "stdin_base64": ""}),
            "stdin",
        ),
        (with("session_id", json!("")), "session_id"),
        (with("session_id", json!("a b")), "session_id"),
        (with("session_id", json!("x".repeat(129))), "session_id"),
        (file("/etc/passwd"), "files[1].name"),
        (file("../up"), "files[1].name"),
        (file("a\nb"), "files[1].name"),
        (file(""), "files[1].name"),
        (file(&"x".repeat(300)), "files[1].name"),
        (file("ok"), "files[1].name"),
        (with("files", json!([{"name": "a"}])), "files[0].content"),
        (with("files", json!([{"content": "a"}])), "files[0].name"),
        (
            with(
                "files",
                json!([{"name": "a", "content": "", "content_base64": ""}]),
            ),
            "files[0].content",
        ),
        (
            with("files", json!([{"name": "a", "content_base64": "*"}])),
            "files[0].content_base64",
        ),
        (with("files", json!(["a"])), "files[0]"),
        (limit("wall_ms", 5_001), "limits.wall_ms"),
        (limit("wall_ms", 0), "limits.wall_ms"),
        (limit("cpu_ms", -1), "limits.cpu_ms"),
        (limit("processes", i64::MAX), "limits.processes"),
        (limit("artifact_bytes", i64::MAX), "limits.artifact_bytes"),
        (limit("wall_seconds", 1), "limits.wall_seconds"),
        (with("limits", json!({"wall_ms": "5s"})), "limits.wall_ms"),
        (with("limits", json!([1])), "limits"),
    ] {
        let error = order(&body).unwrap_err();
        assert_eq!(error.param.as_deref(), Some(field), "{}", error.message);
        assert!(error.message.contains(&format!("`{field}`")), "{}", error.message);
    }
}

#[test]
fn errors_say_what_would_be_right() {
    let message = |body: Value| order(&body).unwrap_err().message;
    assert_eq!(
        message(json!({"language": "ruby", "code": ""})),
        "`language` is `ruby`; it must be one of `python`, `bash`, `javascript`"
    );
    assert_eq!(
        message(json!({"language": "python", "code": "", "limits": {"wall_ms": 60_000}})),
        "`limits.wall_ms` is 60000; it must be from 1 to 5000"
    );
    let unknown = message(json!({"language": "python", "code": "", "limits": {"walls": 1}}));
    assert!(
        unknown.starts_with("`limits.walls` is not known; possible in its place: `wall_ms`, `cpu_ms`"),
        "{unknown}"
    );
}
