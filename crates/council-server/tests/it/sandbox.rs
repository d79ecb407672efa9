//! `/v1/sandbox` over HTTP, on a sandbox that follows a script.

use crate::app::{TestApp, piece};
use axum::http::StatusCode;
use council_core::sandbox::scripted::{ScriptedSandbox, Step, failure, report};
use council_core::sandbox::{
    Artifact, Backend, Language, RunEvent, RunReport, RunStatus, SandboxError, SessionId, Start, Truncated,
};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// A server with a scripted sandbox behind its checks.
pub(crate) fn with_sandbox() -> (TestApp, Arc<ScriptedSandbox>) {
    let scripted = Arc::new(ScriptedSandbox::default());
    (TestApp::with_sandbox(scripted.clone()), scripted)
}

fn python(code: &str) -> Value {
    json!({"language": "python", "code": code})
}

fn streamed(code: &str) -> Value {
    json!({"language": "python", "code": code, "stream": true})
}

fn started() -> Step {
    Step::Event(RunEvent::Started { start: Start::Warm })
}

#[tokio::test]
async fn a_program_runs_and_everything_that_it_did_comes_back() {
    let (app, scripted) = with_sandbox();
    scripted.script([
        started(),
        Step::out("4\n"),
        Step::end(RunReport {
            stderr: b"careful\n".to_vec(),
            value: Some("4".to_owned()),
            artifacts: vec![Artifact {
                name: "plots/a.png".to_owned(),
                mime: "image/png".to_owned(),
                content: b"abc".to_vec(),
            }],
            start: Start::Session,
            session_lost: Some("it was idle for longer than 15 minutes".to_owned()),
            ..report("4\n")
        }),
    ]);
    let body = json!({
        "language": "python3", "code": "print(4)\n4", "session_id": "s", "stdin": "x",
        "limits": {"wall_ms": 900},
    });
    let answer = app.post("/v1/sandbox/run", &body).await.ok();
    assert_eq!(
        answer,
        json!({
            "object": "sandbox.result", "status": "ok", "exit": 0, "signal": null,
            "stdout": "4\n", "stderr": "careful\n",
            "truncated": {"stdout": false, "stderr": false, "artifacts": false, "value": false},
            "value": "4",
            "artifacts": [{
                "name": "plots/a.png", "mime": "image/png", "size": 3,
                "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "data": "YWJj",
            }],
            "wall_ms": 1.5, "cpu_ms": 1.25, "max_rss_bytes": 8_388_608, "queue_ms": 0.25,
            "backend": "namespaces", "tier": "strong", "warm": true, "start": "session",
            "language": "python", "session_id": "s",
            "session_lost": "it was idle for longer than 15 minutes",
        })
    );
    let program = &scripted.programs()[0];
    assert_eq!(
        (
            program.language,
            program.stdin.as_slice(),
            program.limits.wall,
            &program.session
        ),
        (
            Language::Python,
            &b"x"[..],
            Duration::from_millis(900),
            &SessionId::new("s")
        )
    );
}

#[tokio::test]
async fn a_program_that_fails_or_that_a_limit_ends_is_a_result() {
    let (app, scripted) = with_sandbox();
    scripted.script([Step::end(failure("Traceback\n"))]);
    let failed = app.post("/v1/sandbox/run", &python("1/0")).await.ok();
    assert_eq!(
        (&failed["status"], &failed["exit"], &failed["stderr"]),
        (&json!("error"), &json!(1), &json!("Traceback\n"))
    );
    for status in RunStatus::ALL {
        let truncated = Truncated {
            stdout: true,
            value: true,
            ..Truncated::default()
        };
        scripted.script([Step::end(RunReport {
            status,
            truncated,
            exit: None,
            signal: Some(9),
            start: Start::Cold,
            stdout: b"a\xff\xc3".to_vec(),
            ..report("")
        })]);
        let ended = app.post("/v1/sandbox/run", &python("")).await.ok();
        assert_eq!(ended["status"], status.name());
        assert_eq!(
            (
                &ended["exit"],
                &ended["signal"],
                &ended["warm"],
                &ended["truncated"]
            ),
            (
                &Value::Null,
                &json!(9),
                &json!(false),
                &json!({"stdout": true, "stderr": false, "artifacts": false, "value": true})
            )
        );
        assert_eq!(
            (&ended["stdout_lossy"], &ended["stderr_lossy"]),
            (&json!(true), &Value::Null)
        );
    }
}

#[tokio::test]
async fn an_empty_program_runs_and_one_with_a_nul_byte_is_refused() {
    let (app, scripted) = with_sandbox();
    let empty = app.post("/v1/sandbox/run", &python("")).await.ok();
    assert_eq!((&empty["status"], &empty["stdout"]), (&json!("ok"), &json!("")));
    let refused = app.post("/v1/sandbox/run", &python("print(1)\0")).await.ok();
    assert_eq!(
        (&refused["status"], &refused["exit"]),
        (&json!("refused"), &Value::Null)
    );
    assert!(
        refused["stderr"].as_str().unwrap().contains("NUL byte in line 1"),
        "{refused}"
    );
    app.post("/v1/sandbox/run", &python("\u{feff}x = 1\r\nx\r\n"))
        .await
        .ok();
    let sources: Vec<String> = scripted
        .programs()
        .into_iter()
        .map(|program| program.source)
        .collect();
    assert_eq!(sources, ["", "x = 1\nx\n"]);
}

#[tokio::test]
async fn what_it_writes_streams_in_whole_characters_and_the_record_is_last() {
    let (app, scripted) = with_sandbox();
    let euro = "€".as_bytes();
    scripted.script([
        started(),
        Step::out([b"a", &euro[..1]].concat()),
        Step::err("w\n"),
        Step::out(&euro[1..2]),
        Step::out(&euro[2..]),
        Step::out(b"\xf0\x9f"),
        Step::end(report("a€")),
    ]);
    let events = app.post("/v1/sandbox/run", &streamed("…")).await.json_events();
    let events = events.as_array().unwrap();
    assert_eq!(
        events[..5],
        [
            json!({"event": "started", "start": "warm"}),
            json!({"event": "stdout", "text": "a"}),
            json!({"event": "stderr", "text": "w\n"}),
            json!({"event": "stdout", "text": "€"}),
            json!({"event": "stdout", "text": "\u{fffd}"}),
        ]
    );
    assert_eq!(events.len(), 6);
    assert_eq!(
        (
            &events[5]["event"],
            &events[5]["result"]["stdout"],
            &events[5]["result"]["object"]
        ),
        (&json!("finished"), &json!("a€"), &json!("sandbox.result"))
    );
}

#[tokio::test]
async fn what_fails_before_the_start_has_its_own_status_and_later_it_is_an_event() {
    let (app, scripted) = with_sandbox();
    let busy = SandboxError::Busy {
        retry_after: Duration::from_secs(3),
    };
    scripted.script([Step::Fail(busy)]);
    let answer = app.post("/v1/sandbox/run", &streamed("")).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "3"));
    assert_eq!(answer.json()["error"]["code"], "busy");

    scripted.script([
        started(),
        Step::Fail(SandboxError::Internal("secret path".to_owned())),
    ]);
    let answer = app.post("/v1/sandbox/run", &streamed("")).await;
    let events = answer.json_events();
    assert_eq!(
        (&events[1]["event"], &events[1]["error"]["code"]),
        (&json!("failed"), &json!("internal"))
    );
    assert_eq!(events[1]["error"]["request_id"], answer.header("x-request-id"));
    assert!(!answer.text().contains("secret"), "{}", answer.text());
}

#[tokio::test]
async fn a_client_that_leaves_ends_the_program() {
    let (app, scripted) = with_sandbox();
    scripted.script([started(), Step::out("a"), Step::Hang]);
    let mut stream = app.stream("/v1/sandbox/run", &streamed("")).await;
    assert!(piece(&mut stream).await.contains("started"));
    assert!(!scripted.dropped().is_cancelled());
    drop(stream);
    scripted.dropped().cancelled().await;
    let served = app.get("/metrics").await;
    let killed = "council_sandbox_failures_total{reason=\"killed\"} 1";
    assert!(served.text().contains(killed), "{}", served.text());
}

#[tokio::test(start_paused = true)]
async fn a_program_that_says_nothing_for_long_is_kept_alive() {
    let (app, scripted) = with_sandbox();
    scripted.script([Step::Hang]);
    let mut stream = app.stream("/v1/sandbox/run", &streamed("")).await;
    assert_eq!(piece(&mut stream).await, ": keep-alive\n\n");
}

#[tokio::test]
async fn every_failure_to_run_has_its_status_and_says_what_to_do() {
    let (app, scripted) = with_sandbox();
    let lost = |id: &str| SandboxError::SessionLost {
        id: id.to_owned(),
        reason: "ended".to_owned(),
    };
    for (error, status, code, param) in [
        (
            SandboxError::LanguageMissing {
                language: Language::JavaScript,
                message: "`node` is not installed".to_owned(),
            },
            503,
            "language_unavailable",
            json!("language"),
        ),
        (lost("s"), 404, "not_found", json!("session_id")),
        (
            SandboxError::Internal("x".to_owned()),
            500,
            "internal",
            Value::Null,
        ),
        (
            SandboxError::InvalidProgram {
                field: "files[3].name".to_owned(),
                message: "is bad".to_owned(),
            },
            400,
            "invalid_request",
            json!("files[3].name"),
        ),
    ] {
        scripted.script([Step::Fail(error)]);
        let answer = app.post("/v1/sandbox/run", &python("")).await;
        let body = answer.json();
        assert_eq!(answer.status.as_u16(), status, "{body}");
        assert_eq!(
            (&body["error"]["code"], &body["error"]["param"]),
            (&json!(code), &param),
            "{body}"
        );
        assert_eq!(answer.header("retry-after").is_empty(), status != 503, "{body}");
    }
    scripted.set_status(|status| status.protection = None);
    let answer = app.post("/v1/sandbox/run", &python("print(1)")).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    let error = &answer.json()["error"];
    assert_eq!(
        (&error["code"], &error["missing"]),
        (&json!("sandbox_unavailable"), &json!(["user namespace"]))
    );
    assert_eq!(answer.header("x-should-retry"), "false");
}

#[tokio::test]
async fn without_a_sandbox_nothing_is_run_and_the_answer_says_so() {
    let app = TestApp::new();
    for answer in [
        app.post("/v1/sandbox/run", &python("print(1)")).await,
        app.get("/v1/sandbox/status").await,
        app.get("/v1/sandbox/sessions").await,
    ] {
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.json()["error"]["code"], "sandbox_unavailable");
    }
    let wrong = app
        .post("/v1/sandbox/run", &json!({"language": "c", "code": ""}))
        .await;
    assert_eq!(wrong.json()["error"]["param"], "language");
}

#[tokio::test]
async fn the_status_says_what_protects_and_what_is_missing_and_why() {
    let (app, scripted) = with_sandbox();
    let status = app.get("/v1/sandbox/status").await.ok();
    assert_eq!(
        (
            &status["available"],
            &status["backend"],
            &status["tier"],
            &status["running"]
        ),
        (&json!(true), &json!("namespaces"), &json!("strong"), &json!(1))
    );
    assert_eq!(
        status["layers"][2],
        json!({
            "name": "cgroup memory", "enforced": false, "required": false,
            "reason": "no memory controller is delegated to this process",
        })
    );
    assert_eq!(
        status["languages"],
        json!([
            {"language": "python", "available": true, "version": "3.11.2"},
            {"language": "bash", "available": true, "version": "5.2.15"},
            {
                "language": "javascript", "available": false,
                "reason": "`node` is not installed; install Node.js 20 or later",
            },
        ])
    );
    assert_eq!(
        status["pools"],
        json!([{"profile": "python", "target": 2, "ready": 1, "busy": 1, "memory_bytes": 10_485_760}])
    );
    assert_eq!(
        (
            &status["limits"]["default"]["wall_ms"],
            &status["limits"]["maximum"]["memory_bytes"]
        ),
        (&json!(5_000), &json!(536_870_912))
    );
    scripted.set_status(|status| {
        status.protection = None;
        status.rejected = vec![(Backend::Bubblewrap, "`bwrap` is not installed".to_owned())];
    });
    let status = app.get("/v1/sandbox/status").await.ok();
    assert_eq!(
        (
            &status["available"],
            &status["backend"],
            &status["layers"],
            &status["rejected"]
        ),
        (
            &json!(false),
            &Value::Null,
            &json!([]),
            &json!([{"backend": "bubblewrap", "reason": "`bwrap` is not installed"}])
        )
    );
}

#[tokio::test]
async fn sessions_are_listed_interrupted_reset_and_deleted() {
    let (app, scripted) = with_sandbox();
    let listed = app.get("/v1/sandbox/sessions").await.ok();
    assert_eq!(
        listed,
        json!({
            "object": "list", "offset": 0, "limit": 50, "has_more": false,
            "data": [{
                "id": "kept", "object": "sandbox.session", "language": "python", "runs": 3, "busy": false,
                "idle_seconds": 2.5, "memory_bytes": 20_971_520,
            }],
        })
    );
    let interrupted = app
        .post("/v1/sandbox/sessions/kept/interrupt", &json!({}))
        .await
        .ok();
    assert_eq!(
        interrupted,
        json!({"id": "kept", "object": "sandbox.session.interrupted", "deleted": false})
    );
    assert_eq!(scripted.interrupted(), [SessionId::new("kept").unwrap()]);
    let reset = app.post("/v1/sandbox/sessions/kept/reset", &json!({})).await.ok();
    assert_eq!(reset["object"], "sandbox.session.reset");
    assert_eq!(app.get("/v1/sandbox/sessions").await.ok()["data"], json!([]));
    for gone in [
        app.delete("/v1/sandbox/sessions/kept").await,
        app.post("/v1/sandbox/sessions/kept/interrupt", &json!({})).await,
        app.post("/v1/sandbox/sessions/kept/reset", &json!({})).await,
    ] {
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
        assert_eq!(
            gone.json()["error"]["message"],
            "session `kept` is not there; its next run begins it"
        );
    }
    let bad = app.delete("/v1/sandbox/sessions/a%20b").await;
    assert_eq!(
        (bad.status.as_u16(), &bad.json()["error"]["param"]),
        (400, &json!("id"))
    );
    let (app, _) = with_sandbox();
    let deleted = app.delete("/v1/sandbox/sessions/kept").await.ok();
    assert_eq!(
        deleted,
        json!({"id": "kept", "object": "sandbox.session.deleted", "deleted": true})
    );
}

#[tokio::test]
async fn health_says_which_isolation_there_is_and_nothing_else_fails_without_it() {
    let (app, scripted) = with_sandbox();
    let check = app.get("/health").await.ok()["checks"]["sandbox"].clone();
    assert_eq!(
        check,
        json!({
            "status": "ok", "message": "programs run with strong isolation by namespaces",
            "backend": "namespaces", "tier": "strong",
        })
    );
    scripted.set_status(|status| {
        status.protection = None;
        status.rejected = vec![(Backend::Namespaces, "user namespaces are off".to_owned())];
    });
    let health = app.get("/health").await.ok();
    assert_eq!(
        (&health["status"], &health["checks"]["sandbox"]["tier"]),
        (&json!("degraded"), &json!("none"))
    );
    let message = health["checks"]["sandbox"]["message"].as_str().unwrap();
    assert!(
        message.contains("namespaces: user namespaces are off"),
        "{message}"
    );
}

#[tokio::test]
async fn runs_are_served_as_metrics_under_the_original_names_too() {
    let (app, scripted) = with_sandbox();
    app.post("/v1/sandbox/run", &python("")).await.ok();
    scripted.script([Step::end(RunReport {
        status: RunStatus::Memory,
        ..report("")
    })]);
    app.post("/v1/sandbox/run", &python("")).await.ok();
    let served = app.get("/metrics").await;
    for line in [
        "swarm_exec_latency_seconds_count 2",
        "swarm_exec_fail_total{reason=\"memory\"} 1",
        "council_sandbox_sessions 1",
        "council_sandbox_pool_slots{profile=\"python\",state=\"ready\"} 1",
    ] {
        assert!(served.text().contains(line), "{line}: {}", served.text());
    }
}

#[tokio::test]
async fn hybrid_runs_the_program_that_a_prompt_gives_and_shows_both() {
    let (app, scripted) = with_sandbox();
    scripted.script([started(), Step::end(report("4\n"))]);
    let answer = app
        .post("/hybrid", &json!({"prompt": "run: print(2+2)"}))
        .await
        .ok();
    assert_eq!(
        (
            &answer["text"],
            &answer["model"],
            &answer["skill_type"],
            &answer["confidence"]
        ),
        (
            &json!("```python\nprint(2+2)\n```\n\nOutput:\n\n```text\n4\n```"),
            &json!("sandbox"),
            &json!("code"),
            &Value::Null
        )
    );
    let run = &answer["tool_runs"][0];
    assert_eq!(
        (&run["name"], &run["status"]),
        (&json!("run_code"), &json!("ok")),
        "{answer}"
    );
    assert!(
        app.models.script.requests.lock().unwrap().is_empty(),
        "no model is asked"
    );
    let ledger = app.get("/v1/ledger").await.ok();
    assert_eq!(ledger["data"][0]["model"], "sandbox");
}

#[tokio::test]
async fn hybrid_has_a_program_written_and_runs_it() {
    let (app, scripted) = with_sandbox();
    app.answer([crate::fakes::Step::Say("```python\nprint(12586269025)\n```")]);
    scripted.script([Step::end(report("12586269025\n"))]);
    let prompt = json!({"prompt": "calculate the 50th Fibonacci number with Python", "session_id": "s"});
    let answer = app.post("/hybrid", &prompt).await.ok();
    let text = answer["text"].as_str().unwrap();
    assert!(
        text.starts_with("```python\nprint(12586269025)\n```\n\nOutput:"),
        "{text}"
    );
    assert_eq!(
        (&answer["skill_type"], &answer["model"]),
        (&json!("code"), &json!("tiny"))
    );
    let program = &scripted.programs()[0];
    assert_eq!(
        (program.source.as_str(), program.session.clone()),
        ("print(12586269025)", SessionId::new("s.python"))
    );
}

#[tokio::test]
async fn a_plain_openai_client_gets_no_program_run_and_councils_own_model_does() {
    let (app, scripted) = with_sandbox();
    let body = |model: Option<&str>| {
        let mut body = json!({"messages": [{"role": "user", "content": "run: print(1)"}]});
        if let Some(model) = model {
            body["model"] = json!(model);
        }
        body
    };
    app.post("/v1/chat/completions", &body(None)).await.ok();
    assert_eq!(scripted.programs(), []);
    let answer = app
        .post("/v1/chat/completions", &body(Some("council/auto")))
        .await
        .ok();
    assert_eq!(scripted.programs().len(), 1);
    let content = answer["choices"][0]["message"]["content"].as_str().unwrap();
    assert!(content.contains("It ran and printed nothing."), "{content}");
}

#[tokio::test]
async fn models_and_clients_can_call_run_code_where_there_is_a_sandbox() {
    let (app, scripted) = with_sandbox();
    scripted.script([Step::end(report("4\n"))]);
    let body = json!({"language": "python", "code": "print(4)"});
    let answer = app.post("/v1/tools/run_code", &body).await;
    assert!(answer.text().contains("It ended well"), "{}", answer.text());
    let without = TestApp::new().post("/v1/tools/run_code", &body).await;
    assert_eq!(without.status, StatusCode::NOT_FOUND);
}
