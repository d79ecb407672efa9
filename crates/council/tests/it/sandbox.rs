//! `council run` and `council sandbox`, against a server that says what it is told to.

use crate::program::{Finished, World};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::mpsc;

/// A server that answers `/health` as Council does, and anything else with `answer`, once.
struct Fake {
    url: String,
    /// First line and body of what it was asked.
    asked: mpsc::Receiver<(String, Value)>,
}

fn fake(status: &'static str, content_type: &'static str, answer: String) -> Fake {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, asked) = mpsc::sync_channel(1);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (line, body) = request(&mut stream);
            let health = line.starts_with("GET /health ");
            let (status, kind, text) = if health {
                (
                    "200 OK",
                    "application/json",
                    "{\"service\": \"council\"}".to_owned(),
                )
            } else {
                (status, content_type, answer.clone())
            };
            let length = text.len();
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{text}"
            );
            if !health {
                let _ = sender.send((line, serde_json::from_str(&body).unwrap_or_default()));
            }
        }
    });
    Fake { url, asked }
}

/// First line and body, which may come in chunks.
fn request(stream: &mut TcpStream) -> (String, String) {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).unwrap();
        text.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let chunked = head.to_lowercase().contains("transfer-encoding: chunked");
        if count == 0 || !chunked || body.ends_with("0\r\n\r\n") {
            let line = head.lines().next().unwrap_or_default().to_owned();
            // Of a chunk, the line that is JSON.
            let json = body
                .lines()
                .find(|line| line.starts_with('{'))
                .unwrap_or_default();
            return (line, json.to_owned());
        }
    }
}

fn frames(events: &[Value]) -> String {
    let frame = |text: String, event: &Value| text + "data: " + &event.to_string() + "\n\n";
    events.iter().fold(String::new(), frame)
}

fn result(status: &str, exit: &Value) -> Value {
    json!({
        "object": "sandbox.result", "status": status, "exit": exit, "signal": null, "value": null, "artifacts": [],
        "truncated": {"stdout": false, "stderr": false, "artifacts": false, "value": false}, "wall_ms": 900.0, "cpu_ms": 1.0,
    })
}

/// Runs `council run` against a server that answers with these events.
fn run(world: &World, events: &[Value], arguments: &[&str]) -> (Finished, Value) {
    let server = fake("200 OK", "text/event-stream", frames(events));
    let finished = world.run(&[&["run", "--url", &server.url], arguments].concat());
    let (line, body) = server.asked.recv().unwrap();
    assert_eq!(line, "POST /v1/sandbox/run HTTP/1.1");
    (finished, body)
}

#[test]
fn the_doctor_tells_what_came_of_every_attack_and_fails_when_one_was_not_stopped() {
    let world = World::new();
    let attack = |name: &str, verdict: &str, detail: &str| json!({"group": "files", "name": name, "verdict": verdict, "detail": detail, "harm": "It reads.", "took_ms": 1.0});
    for (breached, failed, code) in [(0, 0, Some(0)), (1, 0, Some(1)), (0, 1, Some(1))] {
        let mut attacks = vec![attack("reads_shadow", "held", "EACCES")];
        attacks.extend((0..breached).map(|_| attack("lists", "breached", "a\u{1b}[2Jb")));
        attacks.extend((0..failed).map(|_| attack("lists", "failed", "it was not run")));
        let answer = json!({
            "object": "sandbox.selftest", "backend": "namespaces", "tier": "strong", "held": 1, "breached": breached,
            "failed": failed, "attacks": attacks,
        });
        let server = fake("200 OK", "application/json", answer.to_string());
        let told = world.run(&["sandbox", "doctor", "--attacks", "--url", &server.url]);
        assert_eq!(
            server.asked.recv().unwrap().0,
            "POST /v1/sandbox/selftest HTTP/1.1"
        );
        assert_eq!(told.code, code, "{}", told.stderr);
        let last = format!(
            "1 attacks were stopped by namespaces (strong), {breached} got through, {failed} failed by themselves and show \
             nothing\n"
        );
        assert!(told.stdout.ends_with(&last), "{}", told.stdout);
        assert!(
            told.stdout.starts_with("held      files/reads_shadow  EACCES\n"),
            "{}",
            told.stdout
        );
        if breached == 1 {
            let shown = "breached  files/lists         a\\u{1b}[2Jb\n          It reads.\n";
            assert!(told.stdout.contains(shown), "{}", told.stdout);
        }
    }
}

#[test]
fn what_a_program_writes_goes_where_it_belongs_and_its_exit_code_is_kept() {
    let world = World::new();
    std::fs::write(world.path().join("a.sh"), "echo out; echo err >&2; exit 3").unwrap();
    let events = [
        json!({"event": "started", "start": "warm"}),
        json!({"event": "stdout", "text": "out\n"}),
        json!({"event": "stderr", "text": "err\n"}),
        json!({"event": "finished", "result": result("error", &json!(3))}),
    ];
    let (finished, body) = run(&world, &events, &["a.sh", "--timeout", "1.5s"]);
    assert_eq!(
        (finished.code, finished.stdout.as_str(), finished.stderr.as_str()),
        (Some(3), "out\n", "err\n")
    );
    assert_eq!(
        body,
        json!({
            "language": "bash", "code": "echo out; echo err >&2; exit 3", "stream": true,
            "limits": {"wall_ms": 1_500, "cpu_ms": 1_500},
        })
    );
}

#[test]
fn the_value_of_a_line_is_printed_and_files_come_back() {
    let world = World::new();
    std::fs::write(world.path().join("in.csv"), "1,2").unwrap();
    let mut ended = result("ok", &json!(0));
    ended["value"] = json!("4");
    ended["artifacts"] = json!([{"name": "plots/a.png", "size": 3, "data": "YWJj"}]);
    let events = [json!({"event": "finished", "result": ended})];
    let arguments = [
        "-c",
        "2 + 2",
        "--file",
        "in.csv",
        "--out",
        "kept",
        "--stdin",
        "in.csv",
        "--session",
        "s",
    ];
    let (finished, body) = run(&world, &events, &arguments);
    assert_eq!(
        (finished.code, finished.stdout.as_str()),
        (Some(0), "4\n"),
        "{finished:?}"
    );
    assert_eq!(
        std::fs::read(world.path().join("kept/plots/a.png")).unwrap(),
        b"abc"
    );
    assert!(
        finished.stderr.contains("kept/plots/a.png"),
        "{}",
        finished.stderr
    );
    assert_eq!(
        (&body["stdin_base64"], &body["session_id"], &body["files"]),
        (
            &json!("MSwy"),
            &json!("s"),
            &json!([{"name": "in.csv", "content_base64": "MSwy"}])
        )
    );
    let (finished, _) = run(&world, &events, &["-c", "2 + 2"]);
    assert!(
        finished
            .stderr
            .contains("it left plots/a.png (3 B); --out DIR keeps it"),
        "{}",
        finished.stderr
    );
}

#[test]
fn a_program_that_ran_out_of_time_ends_with_124_and_json_has_everything() {
    let world = World::new();
    let ended = result("timeout", &Value::Null);
    let events = [
        json!({"event": "stdout", "text": "begun\n"}),
        json!({"event": "finished", "result": ended}),
    ];
    let (finished, _) = run(&world, &events, &["-c", "while True: pass"]);
    assert_eq!((finished.code, finished.stdout.as_str()), (Some(124), "begun\n"));
    assert!(
        finished.stderr.contains("ended after 900 ms"),
        "{}",
        finished.stderr
    );
    let (finished, _) = run(&world, &events, &["-c", "while True: pass", "--json"]);
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(124), ""));
    assert_eq!(serde_json::from_str::<Value>(&finished.stdout).unwrap(), ended);
}

#[test]
fn the_program_may_come_by_standard_input() {
    let world = World::new();
    let events = [json!({"event": "finished", "result": result("ok", &json!(0))})];
    let server = fake("200 OK", "text/event-stream", frames(&events));
    let finished = world.run_with_input(
        &["run", "-", "--url", &server.url],
        b"#!/usr/bin/env node\nlet a = 1",
    );
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let (_, body) = server.asked.recv().unwrap();
    assert_eq!(body["language"], "javascript");
    let both = world.run_with_input(&["run", "-", "--stdin", "-", "--url", &server.url], b"x");
    assert_eq!(both.code, Some(64), "{both:?}");
}

#[test]
fn what_goes_wrong_has_its_exit_code() {
    let world = World::new();
    let failed = json!({"event": "failed", "error": {"message": "something went wrong", "code": "internal"}});
    let (finished, _) = run(&world, &[failed], &["-c", "1"]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(
        finished.stderr.contains("something went wrong"),
        "{}",
        finished.stderr
    );
    let (finished, _) = run(&world, &[json!({"event": "started"})], &["-c", "1"]);
    assert_eq!(finished.code, Some(69), "{finished:?}");
    assert!(
        finished.stderr.contains("its end never came"),
        "{}",
        finished.stderr
    );
    let refusal = json!({"error": {"message": "`limits.wall_ms` is 90000; it must be from 1 to 60000"}});
    let server = fake("400 Bad Request", "application/json", refusal.to_string());
    let finished = world.run(&["run", "--url", &server.url, "-c", "1", "--timeout", "90s"]);
    assert_eq!(finished.code, Some(64), "{finished:?}");
    assert!(
        finished.stderr.contains("`limits.wall_ms` is 90000"),
        "{}",
        finished.stderr
    );
    for arguments in [
        &["run"][..],
        &["run", "none.py"],
        &["run", "-c", "1", "--timeout", "5"],
    ] {
        let finished = world.run(arguments);
        assert!(
            [Some(64), Some(74)].contains(&finished.code),
            "{arguments:?}: {finished:?}"
        );
    }
}

#[test]
fn the_doctor_tells_what_holds_what_is_missing_and_why() {
    let world = World::new();
    let status = json!({
        "available": true, "backend": "namespaces", "tier": "strong", "running": 2,
        "layers": [
            {"name": "seccomp", "enforced": true, "required": true},
            {"name": "cgroup memory", "enforced": false, "required": false, "reason": "nothing is delegated"},
        ],
        "rejected": [{"backend": "docker", "reason": "not asked for"}],
        "languages": [
            {"language": "python", "available": true, "version": "3.11.2"},
            {"language": "javascript", "available": false, "reason": "install Node.js"},
        ],
        "pools": [{"profile": "python", "target": 3, "ready": 2, "busy": 1, "memory_bytes": 9_000_000}],
    });
    let ask = |status: &Value, command: &str| {
        let server = fake("200 OK", "application/json", status.to_string());
        world.run(&["sandbox", command, "--url", &server.url])
    };
    let doctor = ask(&status, "doctor");
    assert_eq!(
        (doctor.code, doctor.stdout.as_str()),
        (
            Some(0),
            "programs run with strong isolation by namespaces\n\
             ok    seccomp        enforced\n\
             warn  cgroup memory  nothing is delegated\n\
             not   docker: not asked for\n\
             ok    python      3.11.2\n\
             none  javascript  install Node.js\n"
        )
    );
    let shown = ask(&status, "status").stdout;
    assert!(
        shown.contains("python  2      3   1       9.00 MB") && shown.ends_with("2 programs run now\n"),
        "{shown}"
    );
    let none = json!({"available": false, "rejected": [{"backend": "namespaces", "reason": "they are off"}]});
    let doctor = ask(&none, "doctor");
    assert_eq!(doctor.code, Some(69));
    assert!(
        doctor.stdout.contains("not   namespaces: they are off"),
        "{}",
        doctor.stdout
    );
}

/// A Python that does what these tests need of `venv` and pip, and writes down how it was called.
fn python(world: &World, pip: &str, venv: &str) {
    let script = format!(
        "#!/bin/sh\necho \"$0 $*\" >> \"{calls}\"\ncase \"$*\" in\n\
         '-m pip --version') {pip} ;;\n\
         *'-m pip'*download*) echo \"Collecting numpy\"; mkdir -p \"{dir}/wheels\"; printf 12345 > \"{dir}/wheels/numpy.whl\" ;;\n\
         *'-m pip'*install*) site=\"{dir}/lib/python3.11/site-packages\"; \
         mkdir -p \"$site/numpy-2.1.0.dist-info\" \"$site/pandas-2.2.3.dist-info\" \"$site/matplotlib-3.9.2.dist-info\" \"$site/sympy-1.14.0.dist-info\" ;;\n\
         *'-m venv'*) {venv}; mkdir -p \"{dir}/bin\"; cp \"$0\" \"{dir}/bin/python\" ;;\nesac\n",
        calls = world.path().join("calls").display(),
        dir = world.path().join("data/sandbox/science").display(),
    );
    let path = world.path().join("python");
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn setup(world: &World, more: &[&str]) -> (Finished, String) {
    let python = format!("sandbox.python={}", world.path().join("python").display());
    let arguments = ["sandbox", "setup", "--data-dir", "data", "--set", &python];
    let finished = world.run(&[&arguments, more].concat());
    let calls = std::fs::read_to_string(world.path().join("calls")).unwrap_or_default();
    // Where pip would fetch from is asked before each installation.
    let calls = calls.split_inclusive('\n');
    let calls: String = calls
        .filter(|call| !call.ends_with("-m pip config list\n"))
        .collect();
    (finished, calls.replace(&shown(world.path()), ""))
}

fn shown(path: &Path) -> String {
    path.display().to_string() + "/"
}

#[test]
fn setup_installs_with_the_pip_that_is_there_and_says_what_it_got() {
    let world = World::new();
    python(&world, "exit 0", ":");
    let (finished, calls) = setup(&world, &[]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert!(
        finished
            .stdout
            .starts_with("numpy 2.1.0, pandas 2.2.3, matplotlib 3.9.2, sympy 1.14.0 in "),
        "{finished:?}"
    );
    assert!(finished.stderr.contains("Collecting numpy"), "{finished:?}");
    let lines: Vec<&str> = calls.lines().collect();
    assert_eq!(lines[0], "python -m pip --version");
    assert_eq!(lines[1], "python -m venv --without-pip data/sandbox/science");
    let pip = "python -m pip --python data/sandbox/science/bin/python";
    for (line, begin, end) in [
        (lines[2], "download", "--dest data/sandbox/science/wheels"),
        (
            lines[3],
            "install --no-index",
            "--find-links data/sandbox/science/wheels",
        ),
    ] {
        assert!(
            line.starts_with(&format!("{pip} {begin}"))
                && line.contains("--only-binary=:all:")
                && line.ends_with(&format!("{end} numpy pandas matplotlib sympy")),
            "{line}"
        );
    }
    assert!(!world.path().join("data/sandbox/science/wheels").exists());
    let (again, calls) = setup(&world, &["--json"]);
    assert_eq!(calls.lines().count(), 4, "nothing is done twice: {calls}");
    let said: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(
        said["packages"],
        json!({"numpy": "2.1.0", "pandas": "2.2.3", "matplotlib": "3.9.2", "sympy": "1.14.0"})
    );
    let (_, calls) = setup(&world, &["--force"]);
    assert_eq!(calls.lines().count(), 8, "{calls}");
    // What came over the network is in the ledger.
    let server = world.serve(&["--scripted", "--data-dir", "data"]);
    let ledger: Value = serde_json::from_str(&server.get("/v1/egress?purpose=packages")).unwrap();
    let carried = |line: &Value| line["carried"]["received_bytes"].as_u64();
    let lines = ledger["data"].as_array().unwrap();
    assert_eq!(
        lines.iter().map(carried).collect::<Vec<_>>(),
        [Some(5), Some(5)],
        "{ledger}"
    );
}

#[test]
fn without_pip_the_environment_brings_its_own_and_without_both_the_package_is_named() {
    let world = World::new();
    python(&world, "exit 1", ":");
    let (finished, calls) = setup(&world, &[]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let lines: Vec<&str> = calls.lines().collect();
    assert_eq!(lines[1], "python -m venv data/sandbox/science");
    assert!(
        lines[2].starts_with("data/sandbox/science/bin/python -m pip download"),
        "{}",
        lines[2]
    );

    let world = World::new();
    python(
        &world,
        "exit 1",
        "echo 'ensurepip is not available.'; echo 'Failing command: x'; exit 1",
    );
    let (finished, _) = setup(&world, &[]);
    assert_eq!(finished.code, Some(69), "{finished:?}");
    assert!(
        finished.stderr.contains("apt-get install python3-venv"),
        "{}",
        finished.stderr
    );
}

#[test]
fn setup_fetches_nothing_where_that_is_closed_and_says_what_pip_said_where_it_fails() {
    let world = World::new();
    python(&world, "exit 0", ":");
    let (finished, calls) = setup(&world, &["--set", "pull.offline=true"]);
    assert_eq!((finished.code, calls.as_str()), (Some(64), ""), "{finished:?}");
    let failing = "#!/bin/sh\ncase \"$*\" in *install*) echo 'ERROR: no matching distribution' >&2; echo more >&2; exit 1;; esac\n";
    std::fs::write(world.path().join("python"), failing).unwrap();
    let (finished, _) = setup(&world, &[]);
    assert_eq!(finished.code, Some(69), "{finished:?}");
    assert!(
        finished.stderr.contains("no matching distribution"),
        "{}",
        finished.stderr
    );
    let missing = world.run(&[
        "sandbox",
        "setup",
        "--data-dir",
        "data",
        "--set",
        "sandbox.python=/none/python",
    ]);
    assert_eq!(missing.code, Some(69), "{missing:?}");
    assert!(
        missing.stderr.contains("`/none/python` is not installed"),
        "{}",
        missing.stderr
    );
}
