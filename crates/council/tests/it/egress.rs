//! What leaves the program, from the outside: a stand-in for the rest of the world notes every connection.

use crate::cloud::{KEY, StandIn, configured, json_of, serve};
use crate::program::{Server, World};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// In no network (RFC 5737): a connection there hangs, or is refused by the system and not by us.
const ELSEWHERE: &str = "192.0.2.1";

/// A Python whose pip notes what it was asked for, and its standing settings.
fn python(world: &World) -> String {
    let noted = world.path().join("asked-of-pip");
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in *\"pip config list\") exit 0 ;; esac\necho \"$*\" >> {}\nexit 1\n",
        noted.display()
    );
    let path = world.path().join("python3");
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path.display().to_string()
}

/// Whether pip was asked to fetch something.
fn pip_fetched(world: &World) -> bool {
    let asked = std::fs::read_to_string(world.path().join("asked-of-pip")).unwrap_or_default();
    asked
        .lines()
        .any(|line| line.contains("download") || line.contains(" install "))
}

/// Everything that would leave, one command after the other.
fn try_everything(world: &World, stand_in: &StandIn, config: &Path, python: &str) -> Vec<String> {
    let config = config.to_str().unwrap();
    let url = format!("http://{}/model.gguf", stand_in.address);
    let pip = format!("pull.python={python}");
    let science = format!("sandbox.python={python}");
    let server = format!("http://{ELSEWHERE}:9000");
    let commands = [
        &["ask", "--model", "far", "hello"][..],
        &["pull", &url],
        &["pull", "hf:ada/engine/model.gguf"],
        &["pull", "qwen2.5-0.5b-instruct", "--set", &pip],
        &["pull", "all-minilm-l6-v2", "--set", &pip],
        &["sandbox", "setup", "--set", &science],
        &["ask", "--url", &server, "hello"],
        &["doctor"],
        #[cfg(feature = "postgres")]
        &[
            "ask",
            "hello",
            "--set",
            "memory.postgres_url=postgres://ada:pass@192.0.2.1/memories",
        ],
    ];
    let run = |arguments: &&[&str]| {
        let all = [&["--config", config], *arguments].concat();
        let ended = world.run_with(&all, &[("FAR_KEY", KEY)]);
        if arguments[0] != "doctor" {
            assert_ne!(ended.code, Some(0), "{arguments:?}: {ended:?}");
        }
        format!("{ended:?}")
    };
    commands.iter().map(run).collect()
}

/// The lines of the ledger: host, purpose, outcome.
fn lines(server: &Server) -> Vec<(String, String, String)> {
    let page = json_of(&server.get("/v1/egress?limit=500"));
    let text = |line: &Value, key: &str| line[key].as_str().unwrap().to_owned();
    let lines = page["data"].as_array().unwrap().iter();
    lines
        .map(|line| (text(line, "host"), text(line, "purpose"), text(line, "outcome")))
        .collect()
}

#[test]
fn local_only_opens_no_connection_whatever_is_tried_and_shows_who_tried() {
    let (world, stand_in) = (World::new(), StandIn::start());
    let python = python(&world);
    let hub = format!(
        "[pull]\nhub_url = \"http://{}\"\n[cloud]\nenabled = true\nlocal_only = true",
        stand_in.address
    );
    let config = configured(&world, &stand_in, &hub);
    let said = try_everything(&world, &stand_in, &config, &python);
    assert_eq!(stand_in.seen(), Vec::<String>::new(), "{said:?}");
    assert!(!pip_fetched(&world));
    for (index, purpose) in [(6, "server"), (7, "check")] {
        let refused = format!("for `{purpose}`: local-only mode is on");
        assert!(said[index].contains(&refused), "{}", said[index]);
    }
    #[cfg(feature = "postgres")]
    assert!(
        said[8].contains("no connection to 192.0.2.1:5432 for `database`: local-only mode is on"),
        "{}",
        said[8]
    );

    let server = serve(&world, &config);
    let written = lines(&server);
    let tried = |host: &str, purpose: &str| {
        let line = (host.to_owned(), purpose.to_owned(), "refused".to_owned());
        assert!(written.contains(&line), "{line:?} in {written:?}");
    };
    tried(&format!("{ELSEWHERE}:9000"), "server");
    tried(&stand_in.address, "check");
    #[cfg(feature = "postgres")]
    tried("192.0.2.1:5432", "database");
    assert!(
        written.iter().all(|(_, _, outcome)| outcome == "refused"),
        "{written:?}"
    );
}

#[test]
fn local_only_that_was_switched_on_at_run_time_holds_for_commands_beside_the_server() {
    let (world, stand_in) = (World::new(), StandIn::start());
    let config = configured(&world, &stand_in, "");
    let server = serve(&world, &config);
    let pull = || {
        let url = format!("http://{}/model.gguf", stand_in.address);
        let arguments = ["--config", config.to_str().unwrap(), "pull", &url];
        let ended = world.run_with(&arguments, &[("FAR_KEY", KEY)]);
        assert_ne!(ended.code, Some(0), "{ended:?}");
        ended.stderr
    };
    // The control: what is no model is fetched before that is seen.
    let fetched = pull();
    assert_eq!(stand_in.seen().len(), 1, "{fetched}");
    server.post("/admin/local-only/true", "");
    let refused = pull();
    assert!(refused.contains("for `pull`: local-only mode is on"), "{refused}");
    assert_eq!(stand_in.seen().len(), 1);
    let written = lines(&server);
    let outcomes: Vec<(&str, &str)> = written.iter().map(|line| (&*line.1, &*line.2)).collect();
    assert_eq!(outcomes, [("pull", "refused"), ("pull", "completed")]);
}

#[test]
fn everything_that_leaves_has_its_line_with_what_it_carried() {
    let (world, stand_in) = (World::new(), StandIn::start());
    let config = configured(&world, &stand_in, "[cloud]\nenabled = true");
    let arguments = |more: &[&'static str]| {
        let mut all = vec!["--config".to_owned(), config.display().to_string()];
        all.extend(more.iter().map(|&argument| argument.to_owned()));
        all
    };
    let run = |all: Vec<String>| {
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        world.run_with(&all, &[("FAR_KEY", KEY)])
    };
    let asked = run(arguments(&["ask", "--model", "far", "hello"]));
    assert_eq!(asked.code, Some(0), "{asked:?}");
    run(arguments(&["doctor"]));
    let mut pull = arguments(&["pull"]);
    pull.push(format!("http://{}/model.gguf", stand_in.address));
    run(pull);
    assert_eq!(stand_in.seen().len(), 3);

    let server = serve(&world, &config);
    let page = json_of(&server.get("/v1/egress"));
    let seen: Vec<(&Value, &Value, &Value, bool)> = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            let received = line["carried"]["received_bytes"].as_u64().unwrap() > 100;
            (&line["purpose"], &line["model"], &line["outcome"], received)
        })
        .collect();
    let done = json!("completed");
    assert_eq!(
        seen,
        [
            (&json!("pull"), &json!(""), &done, true),
            (&json!("check"), &json!(""), &done, true),
            (&json!("turn"), &json!("far"), &done, true),
        ],
        "{page}"
    );
    // What was sent is what the stand-in got.
    let body = |said: &str| said.split_once("\r\n\r\n").unwrap().1.len();
    let sent: Vec<u64> = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["carried"]["sent_bytes"].as_u64().unwrap())
        .collect();
    assert_eq!(sent, [0, 0, body(&stand_in.seen()[0]) as u64]);
    let totals = page["totals"].as_array().unwrap();
    assert_eq!(totals.len(), 3, "{totals:?}");
    assert!(
        totals
            .iter()
            .all(|total| total["host"] == json!(stand_in.address))
    );
}

#[test]
fn a_host_that_is_not_in_the_list_is_not_reached() {
    let (world, stand_in) = (World::new(), StandIn::start());
    let config = configured(
        &world,
        &stand_in,
        "[cloud]\nenabled = true\n[egress]\nallow = [\"api.example.org\"]",
    );
    let server = serve(&world, &config);
    let ask = || server.post("/hybrid", "{\"prompt\": \"hello\", \"model\": \"far\"}");
    let refused = json_of(&ask());
    assert_eq!(refused["error"]["code"], "egress_refused", "{refused}");
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("`egress.allow` does not list that host"),
        "{message}"
    );
    assert_eq!(stand_in.seen(), Vec::<String>::new());
    // The setting counts from the next request on.
    let allowed = json!({"values": {"egress.allow": ["named"]}}).to_string();
    server.ask("PATCH", "/v1/settings", &allowed);
    assert_eq!(json_of(&ask())["model"], "far");
    let wrong = json!({"values": {"egress.allow": ["https://example.org/"]}}).to_string();
    assert!(
        server
            .ask("PATCH", "/v1/settings", &wrong)
            .contains("a list of hosts")
    );
}

#[cfg(feature = "postgres")]
#[test]
fn a_connection_to_a_database_has_its_line() {
    let (world, stand_in) = (World::new(), StandIn::start());
    let url = format!(
        "memory.postgres_url=postgres://ada:pass@{}/memories",
        stand_in.address
    );
    let ended = world.run(&["serve", "--port", "0", "--scripted", "--set", &url]);
    assert_eq!(ended.code, Some(69), "{ended:?}");
    assert_eq!(stand_in.seen().len(), 1);
    let server = world.serve(&["--scripted"]);
    let page = json_of(&server.get("/v1/egress"));
    let line = &page["data"][0];
    assert_eq!(
        (&line["host"], &line["purpose"]),
        (&json!(stand_in.address), &json!("database"))
    );
}
