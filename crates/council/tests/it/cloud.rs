//! Models on other servers, with a server that stands in for one and notes every connection.

use crate::program::{Server, World};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

pub(crate) const KEY: &str = "sk-far-away-secret-0123456789";

/// Listens on a free port and answers every request with `Dear [EMAIL_1]`, in OpenAI's frames.
pub(crate) struct StandIn {
    pub(crate) address: String,
    /// What came over each connection.
    seen: Arc<Mutex<Vec<String>>>,
}

impl StandIn {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        // Ends with the test program.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let said = answer(&mut stream.unwrap());
                noted.lock().unwrap().push(said);
            }
        });
        Self { address, seen }
    }

    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

/// Reads a request and answers it; gives what was read.
fn answer(stream: &mut TcpStream) -> String {
    let mut said = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&said).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_lowercase()
                        .strip_prefix("content-length: ")?
                        .parse::<usize>()
                        .ok()
                })
                .unwrap_or(0);
            if body.len() >= length {
                break;
            }
        }
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => break,
            Ok(length) => said.extend_from_slice(&piece[..length]),
        }
    }
    let frame = |chunk: &Value| format!("data: {chunk}\n\n");
    let text = |text: &str| frame(&json!({"choices": [{"index": 0, "delta": {"content": text}}]}));
    let frames = [
        text("Dear [EMA"),
        text("IL_1]"),
        frame(&json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})),
        frame(&json!({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 5}})),
        "data: [DONE]\n\n".to_owned(),
    ];
    // Nobody may wait for it.
    let _ = stream.write_all(
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n{}",
            frames.concat()
        )
        .as_bytes(),
    );
    String::from_utf8_lossy(&said).into_owned()
}

/// A configuration with one model at the stand-in, and these further lines before it.
pub(crate) fn configured(world: &World, stand_in: &StandIn, lines: &str) -> PathBuf {
    let path = world.path().join("council.toml");
    let text = format!(
        "{lines}\n[[remote]]\nid = \"far\"\nprovider = \"far away\"\nbase_url = \"http://{}/v1\"\nmodel = \"m\"\n\
         context_tokens = 4096\napi_key_env = \"FAR_KEY\"\n",
        stand_in.address
    );
    std::fs::write(&path, text).unwrap();
    path
}

pub(crate) fn serve(world: &World, config: &Path) -> Server {
    world.serve_with(
        &["--scripted", "--config", config.to_str().unwrap()],
        &[("FAR_KEY", KEY)],
    )
}

pub(crate) fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| unreachable!("{error}: {text}"))
}

#[test]
fn private_text_stays_here_and_what_left_is_in_the_ledger() {
    let (world, stand_in) = (World::new(), StandIn::start());
    let config = configured(&world, &stand_in, "");
    let server = serve(&world, &config);
    let body = json!({"prompt": "Write to ada@example.org", "model": "far"}).to_string();
    let answer = json_of(&server.post("/hybrid", &body));
    assert_eq!(answer["text"], "Dear ada@example.org", "{answer}");
    let [sent] = &stand_in.seen()[..] else {
        unreachable!("{:?}", stand_in.seen())
    };
    assert!(
        sent.contains("Write to [EMAIL_1]") && !sent.contains("ada@"),
        "{sent}"
    );
    assert!(sent.contains(&format!("Bearer {KEY}")), "{sent}");
    let egress = json_of(&server.get("/v1/egress"));
    let line = &egress["data"][0];
    assert_eq!(
        (&line["model"], &line["host"], &line["outcome"], &line["redacted"]),
        (
            &json!("far"),
            &json!(stand_in.address),
            &json!("completed"),
            &json!([{"kind": "email", "count": 1}])
        )
    );
    for path in ["/admin/status", "/v1/egress", "/metrics", "/admin/audit"] {
        assert!(!server.get(path).contains(KEY), "{path}");
    }
}

#[test]
fn an_image_that_was_agreed_to_arrives_as_it_was_sent_and_stands_in_the_ledger() {
    let (world, stand_in) = (World::new(), StandIn::start());
    let config = configured(&world, &stand_in, "");
    let seeing = std::fs::read_to_string(&config).unwrap() + "vision = true\n";
    std::fs::write(&config, seeing).unwrap();
    let server = serve(&world, &config);
    let models = json_of(&server.get("/v1/models/far"));
    assert_eq!(models["capabilities"]["vision"], true, "{models}");
    let url = "data:image/png;base64,iVBORw0KGgoBAgM=";
    let ask = |more: Value| {
        let content = json!([{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": url}}]);
        let mut body = json!({"model": "far", "messages": [{"role": "user", "content": content}]});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json_of(&server.post("/v1/chat/completions", &body.to_string()))
    };
    let refused = ask(json!({}));
    assert_eq!(refused["error"]["code"], "consent_required", "{refused}");
    assert_eq!(refused["error"]["found"], json!([{"kind": "image", "count": 1}]));
    assert_eq!(stand_in.seen(), Vec::<String>::new());

    let answer = ask(json!({"consent": true}));
    assert_eq!(
        answer["choices"][0]["message"]["content"], "Dear [EMAIL_1]",
        "{answer}"
    );
    let seen = stand_in.seen();
    let (_, body) = seen[0].split_once("\r\n\r\n").unwrap();
    assert_eq!(
        json_of(body)["messages"][0]["content"],
        json!([{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": url}}])
    );
    let line = &json_of(&server.get("/v1/egress"))["data"][0];
    assert_eq!(
        line["sent_bytes"],
        ("What is it?".len() + url.len()) as u64,
        "{line}"
    );

    // What was agreed to for a host holds until it is withdrawn.
    let host = json!({"values": {"privacy.consent_hosts": [stand_in.address]}}).to_string();
    server.ask("PATCH", "/v1/settings", &host);
    assert!(ask(json!({}))["choices"].is_array());
    server.ask("DELETE", "/v1/settings/privacy.consent_hosts", "");
    assert_eq!(ask(json!({}))["error"]["code"], "consent_required");

    // Nobody here sees, and nothing leaves unasked: the failure names who would.
    let blind = ask(json!({"model": "council/auto"}))["error"]["message"].to_string();
    assert!(blind.contains("sees none, and `far` does"), "{blind}");
}

#[test]
fn another_default_model_answers_from_the_next_request_on_and_the_change_can_be_undone() {
    let (world, stand_in) = (World::new(), StandIn::start());
    let config = configured(&world, &stand_in, "");
    let ours = std::fs::read_to_string(&config).unwrap() + "local = true\n";
    std::fs::write(&config, ours).unwrap();
    let server = serve(&world, &config);
    let answers = |server: &Server| {
        let body = json!({"messages": [{"role": "user", "content": "hello"}]}).to_string();
        json_of(&server.post("/v1/chat/completions", &body))["model"].clone()
    };
    let before = answers(&server);
    assert_ne!(before, "far");
    let change = |id: &str| {
        server.ask(
            "PATCH",
            "/v1/settings",
            &json!({"values": {"models.default": id}}).to_string(),
        )
    };
    assert!(change("none").contains("it must be the id of an installed local model"));
    change("far");
    assert_eq!(answers(&server), "far");
    let models = json_of(&server.get("/v1/models/far"));
    assert_eq!(models["default"], true, "{models}");
    let line = &json_of(&server.get("/v1/audit?setting=models.default"))["data"][0];
    assert_eq!((&line["after"], &line["undoable"]), (&json!("far"), &json!(true)));
    server.post(&format!("/v1/audit/{}/undo", line["id"]), "");
    assert_eq!(answers(&server), before);

    // What was set is there after a restart.
    change("far");
    drop(server);
    assert_eq!(answers(&serve(&world, &config)), "far");
}

#[test]
fn local_only_mode_opens_no_connection_whatever_is_asked() {
    let (world, stand_in) = (World::new(), StandIn::start());
    let config = configured(&world, &stand_in, "[cloud]\nenabled = true");
    let server = serve(&world, &config);
    let ask = |model: &str| json!({"prompt": "hello", "model": model}).to_string();
    // The control: the same question gets through before.
    assert_eq!(json_of(&server.post("/hybrid", &ask("far")))["model"], "far");
    assert_eq!(stand_in.seen().len(), 1);

    let status = json_of(&server.post("/admin/local-only/true", ""));
    assert_eq!(status["local_only"], true);
    let chat = json!({"model": "far", "messages": [{"role": "user", "content": "hello"}]}).to_string();
    for (path, body) in [
        ("/hybrid", ask("far")),
        ("/hybrid/stream", ask("far")),
        ("/api/chat", ask("far")),
        (
            "/orchestrate",
            json!({"prompt": "hello", "route": ["far"]}).to_string(),
        ),
        ("/v1/chat/completions", chat),
        ("/v1/completions", ask("far")),
        ("/v1/models/far/load", String::new()),
    ] {
        let answer = server.post(path, &body);
        if !path.ends_with("load") {
            assert!(answer.contains("local-only mode is on"), "{path}: {answer}");
        }
    }
    // The next one of the list answers.
    let list = json!({"prompt": "hello", "route": ["far", "chat"]}).to_string();
    let answered = json_of(&server.post("/orchestrate", &list));
    assert!(
        answered["model_used"]
            .as_str()
            .is_some_and(|model| model != "far"),
        "{answered}"
    );
    assert_eq!(stand_in.seen().len(), 1, "{:?}", stand_in.seen());

    // It is still so after a restart: the setting is stored.
    drop(server);
    let server = serve(&world, &config);
    assert!(
        server
            .post("/hybrid", &ask("far"))
            .contains("local-only mode is on")
    );
    assert_eq!(stand_in.seen().len(), 1);
}

#[test]
fn local_only_by_configuration_holds_for_commands_too() {
    let (world, stand_in) = (World::new(), StandIn::start());
    let hub = format!(
        "[pull]\nhub_url = \"http://{}\"\n[cloud]\nenabled = true\nlocal_only = true",
        stand_in.address
    );
    let config = configured(&world, &stand_in, &hub);
    let config = config.to_str().unwrap();
    let url = format!("http://{}/model.gguf", stand_in.address);
    for arguments in [
        &["--config", config, "ask", "--model", "far", "hello"][..],
        &["--config", config, "pull", &url],
        &["--config", config, "pull", "hf:ada/engine/model.gguf"],
        &["--config", config, "doctor"],
    ] {
        let ended = world.run_with(arguments, &[("FAR_KEY", KEY)]);
        assert!(ended.code.is_some(), "{ended:?}");
        if arguments[2] != "doctor" {
            assert_ne!(ended.code, Some(0), "{arguments:?}: {ended:?}");
        }
        assert!(!format!("{ended:?}").contains(KEY), "{ended:?}");
    }
    assert_eq!(stand_in.seen(), Vec::<String>::new());
}

#[test]
fn a_key_that_was_set_is_used_after_a_restart_too_and_shown_nowhere() {
    let (world, stand_in) = (World::new(), StandIn::start());
    let config = configured(&world, &stand_in, "");
    let server = serve(&world, &config);
    let stored = server.post(
        "/admin/apikey/far%20away",
        "{\"key\": \"sk-set-later-987654321\"}",
    );
    assert!(stored.contains("\"stored\""), "{stored}");
    drop(server);
    let server = serve(&world, &config);
    server.post("/hybrid", "{\"prompt\": \"hello\", \"model\": \"far\"}");
    let seen = stand_in.seen();
    assert!(seen[0].contains("Bearer sk-set-later-987654321"), "{seen:?}");
    for path in ["/admin/status", "/admin/audit", "/metrics"] {
        assert!(!server.get(path).contains("sk-set-later"), "{path}");
    }
}

#[test]
fn a_key_in_a_file_that_others_may_read_is_refused() {
    let world = World::new();
    let key = world.path().join("key");
    std::fs::write(&key, KEY).unwrap();
    let config = world.path().join("council.toml");
    let text = "[[remote]]\nid = \"far\"\nprovider = \"p\"\nbase_url = \"http://127.0.0.1:1/v1\"\nmodel = \"m\"\n\
                context_tokens = 4096\napi_key_file = \"key\"\n";
    std::fs::write(&config, text).unwrap();
    let run = || world.run(&["--config", config.to_str().unwrap(), "config"]);
    let mode = |mode| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(0o640);
    let refused = run();
    assert_eq!(refused.code, Some(64), "{refused:?}");
    assert!(
        refused.stderr.contains("chmod 600") && !refused.stderr.contains(KEY),
        "{refused:?}"
    );
    // systemd gives the service another file in its place; its access control list shows as a right of the group.
    let given = world.path().join("given");
    let folder = world.path().file_name().unwrap().to_str().unwrap();
    let credential = given.join(format!("{folder}_key"));
    std::fs::create_dir(&given).unwrap();
    std::fs::write(&credential, KEY).unwrap();
    let variables = [("CREDENTIALS_DIRECTORY", given.to_str().unwrap())];
    let taken = world.run_with(&["--config", config.to_str().unwrap(), "config"], &variables);
    assert_eq!(taken.code, Some(0), "{taken:?}");
    mode(0o600);
    let taken = run();
    assert_eq!(taken.code, Some(0), "{taken:?}");
    assert!(!taken.stdout.contains(KEY));
}
