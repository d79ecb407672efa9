//! Keys, tokens and passwords are put into every place that takes one, and looked for wherever the program says something.

use crate::program::{Server, World};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

const IN_VARIABLE: &str = "sk-in-a-variable-0123456789";
const IN_FILE: &str = "sk-in-a-file-0123456789";
const SET_LATER: &str = "sk-set-later-0123456789";
const OF_HUB: &str = "hf_token-of-the-hub-0123456789";
const OF_DATABASE: &str = "password-of-a-database-0123456789";
const IN_URL: &str = "password-in-a-url-0123456789";
/// `ada` and the password in base64, as they are sent.
const IN_URL_AS_SENT: &str = "YWRhOnBhc3N3b3JkLWluLWEtdXJsLTAxMjM0NTY3ODk=";
const IN_QUERY: &str = "key-in-a-query-0123456789";
const CREDENTIAL: &str = "sk-in-a-credential-0123456789";
const OF_COLLECTOR: &str = "key-of-a-collector-0123456789";
const MISTAKE: &str = "sk-in-the-wrong-place-0123456789";

/// What must not be told: what is above, and what Council itself makes.
struct Hidden(Vec<String>);

impl Hidden {
    fn new() -> Self {
        let planted = [
            IN_VARIABLE,
            IN_FILE,
            SET_LATER,
            OF_HUB,
            OF_DATABASE,
            IN_URL,
            IN_URL_AS_SENT,
            IN_QUERY,
            CREDENTIAL,
            OF_COLLECTOR,
            MISTAKE,
        ];
        Self(planted.map(str::to_owned).to_vec())
    }

    #[track_caller]
    fn assert(&self, place: &str, said: &str) {
        for secret in &self.0 {
            assert!(!said.contains(secret), "{place} tells `{secret}`: {said}");
        }
    }
}

/// Head and body of a request, as they come over a connection.
fn received(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut piece).unwrap_or(0);
        bytes.extend_from_slice(&piece[..count]);
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.map_or(bytes.len(), |end| end + 4);
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length = head
            .lines()
            .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok())
            .unwrap_or(0);
        if count == 0 || (end < bytes.len() || length == 0) && bytes.len() >= end + length {
            return (head, bytes[end..].to_vec());
        }
    }
}

/// What a server was sent at the path of traces: the bodies.
type Traces = Arc<Mutex<Vec<Vec<u8>>>>;

/// A server that refuses everybody and repeats what it was sent; gives its address. Ends with the test program.
fn unkind() -> (String, Traces) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let traces = Traces::default();
    let kept = Arc::clone(&traces);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (head, sent) = received(&mut stream);
            if head.contains("/v1/traces") {
                assert!(head.contains(OF_COLLECTOR), "{head}");
                kept.lock().unwrap().push(sent);
            }
            let said = head.replace(['\r', '\n', '"'], " ");
            let body = format!("{{\"error\": {{\"message\": \"wrong key in: {said}\"}}}}");
            // Nobody may wait for it.
            let _ = write!(
                stream,
                "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
                 Connection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    (address, traces)
}

fn private_file(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// A configuration with a secret wherever one can be.
fn configured(world: &World, server: &str) -> String {
    private_file(&world.path().join("key"), IN_FILE);
    private_file(&world.path().join("token"), OF_HUB);
    std::fs::create_dir(world.path().join("credentials")).unwrap();
    private_file(&world.path().join("credentials/openai"), CREDENTIAL);
    let section = |id: &str, url: &str, key: &str| {
        format!(
            "[[remote]]\nid = \"{id}\"\nprovider = \"{id}\"\nbase_url = \"{url}\"\nmodel = \"m\"\ncontext_tokens = 4096\n\
             retries = 0\n{key}\n"
        )
    };
    let plain = format!("http://{server}/v1");
    let text = [
        "log = \"trace\"\n[cloud]\nenabled = true\n".to_owned(),
        format!("[telemetry]\notlp_endpoint = \"http://{server}\"\n"),
        format!("[pull]\nhub_url = \"http://ada:{IN_URL}@{server}\"\nhub_token_file = \"token\"\n"),
        section("by-variable", &plain, "api_key_env = \"FAR_KEY\""),
        section("by-file", &plain, "api_key_file = \"key\""),
        section("by-credential", &plain, "api_key_file = \"credentials/openai\""),
        section("set-later", &plain, ""),
        section(
            "in-url",
            &format!("http://ada:{IN_URL}@{server}/v1?key={IN_QUERY}"),
            "",
        ),
        // A pool of servers that are not there.
        format!(
            "[[remote]]\nid = \"pool\"\nprovider = \"pool\"\nmodel = \"m\"\ncontext_tokens = 4096\n\
             base_url = [\"http://127.0.0.1:1/v1\", \"http://ada:{IN_URL}@127.0.0.1:2/v1\"]\n"
        ),
    ];
    let path = world.path().join("council.toml");
    private_file(&path, &text.concat());
    path.display().to_string()
}

/// Head and body of what the server answers.
#[expect(clippy::disallowed_methods, reason = "the test is another program")]
fn ask(server: &Server, what: &str, header: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let (address, length) = (server.address(), body.len());
    let request = format!(
        "{what} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\nConnection: close\r\n{header}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// The paths of the document that can be looked at without naming anything and that come to an end.
fn paths(server: &Server) -> Vec<String> {
    let document: Value = serde_json::from_str(&server.get("/openapi.json")).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    let paths = paths.filter(|(path, routes)| {
        let endless = path.ends_with("/events") || path.as_str() == "/ws";
        routes.get("get").is_some() && !path.contains('{') && !endless
    });
    paths.map(|(path, _)| path.clone()).collect()
}

#[test]
fn no_secret_is_told_by_routes_logs_and_commands() {
    let (world, (server, traces)) = (World::new(), unkind());
    let mut hidden = Hidden::new();
    let config = configured(&world, &server);
    let credentials = world.path().join("credentials").display().to_string();
    let header = format!("authorization=Bearer {OF_COLLECTOR}");
    let variables = [
        ("FAR_KEY", IN_VARIABLE),
        ("CREDENTIALS_DIRECTORY", credentials.as_str()),
        ("HF_TOKEN", MISTAKE),
        ("OTEL_EXPORTER_OTLP_HEADERS", header.as_str()),
    ];
    let key = {
        let scopes = "chat,memory,execute,admin";
        let arguments = ["--config", &config, "key", "add", "phone", "--scope", scopes];
        let added = world.run_with(&arguments, &variables);
        let key = added.stdout.trim().to_owned();
        assert!(
            key.starts_with("cnc_") && !added.stderr.contains(&key),
            "{added:?}"
        );
        hidden.0.push(key.rsplit('_').next().unwrap().to_owned());
        key
    };
    let log = world.path().join("log");
    let running = world.serve_to(
        &["--scripted", "--config", &config],
        &variables,
        File::create(&log).unwrap().into(),
    );
    let opened = ask(&running, "POST /v1/session", "", &json!({"key": key}).to_string());
    let cookie = opened
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next());
    let cookie = cookie.unwrap().to_owned();
    hidden.0.push(
        cookie
            .split_once('=')
            .unwrap()
            .1
            .rsplit('_')
            .next()
            .unwrap()
            .to_owned(),
    );
    let own = format!("Authorization: Bearer {key}\r\n");
    let wrong = format!("Authorization: Bearer {MISTAKE}\r\n");
    let session = format!("Cookie: {cookie}\r\n");

    let body = json!({"key": SET_LATER}).to_string();
    let stored = ask(&running, "POST /admin/apikey/set-later", &own, &body);
    assert!(stored.contains("stored"), "{stored}");
    for body in [
        json!({"keys": MISTAKE}),
        json!({"key": format!("{MISTAKE} x")}),
        json!({"key": [MISTAKE]}),
    ] {
        let refused = ask(&running, "POST /admin/apikey/set-later", &own, &body.to_string());
        assert!(refused.contains("HTTP/1.1 4"), "{refused}");
        hidden.assert("a refused key", &refused);
    }
    let body = json!({"key": MISTAKE}).to_string();
    hidden.assert("a refused session", &ask(&running, "POST /v1/session", "", &body));
    for model in ["by-variable", "by-file", "by-credential", "set-later", "in-url"] {
        let body = json!({"prompt": "hello", "model": model}).to_string();
        let answer = ask(&running, "POST /hybrid", &own, &body);
        // The control: it was really asked, and said what it was sent.
        assert!(answer.contains("wrong key in"), "{model}: {answer}");
        hidden.assert(model, &answer);
    }
    let body = json!({"model": "hf:ada/engine/model.gguf"}).to_string();
    hidden.assert("a pull", &ask(&running, "POST /v1/models/pull", &own, &body));
    for path in paths(&running) {
        for header in [&own, &session, &wrong] {
            let answer = ask(&running, &format!("GET {path}"), header, "");
            hidden.assert(&path, &answer);
        }
        // Where some put their keys.
        let what = format!("GET {path}?api_key={MISTAKE}");
        let answer = ask(&running, &what, "", "");
        hidden.assert(&path, &answer);
    }
    running.send_sigterm();
    let ended = running.finish();
    hidden.assert("standard output", &ended.stdout);
    let log = std::fs::read_to_string(&log).unwrap();
    assert!(log.contains("TRACE"), "{log}");
    for line in log.lines() {
        hidden.assert("the log", line);
    }
    let traces = std::mem::take(&mut *traces.lock().unwrap());
    assert!(!traces.is_empty());
    for sent in traces {
        hidden.assert("a trace", &String::from_utf8_lossy(&sent));
    }

    let nowhere = format!("postgres://ada:{OF_DATABASE}@127.0.0.1:1/memories");
    let memories = format!("memory.postgres_url={nowhere}");
    let database = format!("database.url={nowhere}");
    let misspelt = format!("memory.postgres_ur={nowhere}");
    for arguments in [
        &["config"][..],
        &["config", "--json"],
        &["doctor"],
        &["doctor", "--json"],
        &["ask", "--model", "by-file", "hello"],
        &["pull", "hf:ada/engine/model.gguf"],
        &["key", "list"],
        &["key", "list", "--json"],
        &["backup", "archive.zip"],
        &["backup", "secrets.zip", "--with-secrets"],
        &["export", "life"],
        &["config", "--set", &memories],
        &["config", "--set", &database],
        &["ask", "hello", "--set", &memories],
        &["ask", "hello", "--set", &database],
        &["config", "--set", &misspelt],
    ] {
        let all = [&["--config", &config], arguments].concat();
        let ended = world.run_with(&all, &variables);
        hidden.assert(
            &format!("{arguments:?}"),
            &format!("{}{}", ended.stdout, ended.stderr),
        );
    }
    // The control: what was asked to have the secrets has them.
    let archive = entries(&world.path().join("secrets.zip"));
    assert!(archive.iter().any(|(_, content)| content.contains(SET_LATER)));
    for (name, content) in entries(&world.path().join("archive.zip")) {
        hidden.assert(&name, &content);
    }
    // No other file than those that were made for it has a secret.
    for entry in walk(world.path()) {
        let name = entry.file_name().unwrap_or_default().to_string_lossy();
        let ours = ["key", "token", "openai", "council.toml", "set-later.key"].contains(&&*name);
        let content = std::fs::read(&entry).unwrap();
        if !ours {
            hidden.assert(&entry.display().to_string(), &String::from_utf8_lossy(&content));
        }
    }
}

/// Name and content of what is in an archive.
fn entries(archive: &Path) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(File::open(archive).unwrap()).unwrap();
    let count = archive.len();
    let read = |at| {
        let mut entry = archive.by_index(at).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        let content = String::from_utf8_lossy(&content).into_owned();
        (entry.name().unwrap().into_owned(), content)
    };
    (0..count).map(read).collect()
}

/// All files below a directory.
fn walk(dir: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.flat_map(|path| {
        if path.is_dir() && !path.is_symlink() {
            walk(&path)
        } else {
            vec![path]
        }
    });
    files.filter(|path| path.is_file()).collect()
}

#[test]
fn a_secret_in_the_wrong_place_is_refused_without_being_shown() {
    let world = World::new();
    let path = world.path().join("council.toml");
    let remote = "[[remote]]\nid = \"far\"\nprovider = \"p\"\nbase_url = \"http://127.0.0.1:1/v1\"\nmodel = \"m\"\n\
                  context_tokens = 4096\n";
    for text in [
        format!("{remote}api_key = \"{MISTAKE}\"\n"),
        format!("[pull]\nhub_token = \"{MISTAKE}\"\n"),
        format!("[memory]\nurl = \"postgres://ada:{MISTAKE}@db/memories\"\n"),
        format!("[pull]\nhub_url = \"ftp://ada:{MISTAKE}@hub\"\n"),
    ] {
        std::fs::write(&path, text).unwrap();
        let ended = world.run(&["--config", path.to_str().unwrap(), "config"]);
        assert_eq!(ended.code, Some(64), "{ended:?}");
        assert!(ended.stderr.contains("***"), "{ended:?}");
        Hidden::new().assert("a wrong key", &format!("{ended:?}"));
    }
    let variable = world.run_with(&["config"], &[("COUNCIL_HUB_TOKEN", MISTAKE)]);
    assert_eq!(variable.code, Some(64), "{variable:?}");
    Hidden::new().assert("a wrong variable", &format!("{variable:?}"));
}

#[test]
fn secrets_come_from_files_that_others_cannot_read_and_from_credentials() {
    let world = World::new();
    let path = world.path().join("url");
    private_file(&path, "postgres://ada:secret@127.0.0.1:1/memories\n");
    let config = |arguments: &[&str], variables: &[(&str, &str)]| {
        world.run_with(&[&["config"], arguments].concat(), variables)
    };
    let rest = format!("database.url_file={}", path.display());
    assert_eq!(config(&["--set", &rest], &[]).code, Some(0));
    let set = format!("memory.postgres_url_file={}", path.display());
    assert_eq!(config(&["--set", &set], &[]).code, Some(0));
    let both = config(
        &["--set", &set, "--set", "memory.postgres_url=postgres://ada@db/m"],
        &[],
    );
    assert!(
        both.code == Some(64) && both.stderr.contains("remove one of them"),
        "{both:?}"
    );
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let open = config(&["--set", &set], &[]);
    assert!(
        open.code == Some(64) && open.stderr.contains("chmod 600"),
        "{open:?}"
    );

    // systemd closes the directory of credentials, not each file.
    let dir = world.path().display().to_string();
    let credential = config(&["--set", &set], &[("CREDENTIALS_DIRECTORY", &dir)]);
    assert_eq!(credential.code, Some(0), "{credential:?}");
}
