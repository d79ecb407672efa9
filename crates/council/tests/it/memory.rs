//! `council memory`, with a server and without. There is no embedder here: words find memories, meaning does not.

use crate::program::{Finished, Server, World};
use serde_json::Value;

fn run(world: &World, arguments: &[&str]) -> Finished {
    world.run(&[&["memory"], arguments].concat())
}

#[track_caller]
fn good(finished: Finished) -> Finished {
    assert_eq!(finished.code, Some(0), "{finished:?}");
    finished
}

#[track_caller]
fn json(finished: Finished) -> Value {
    serde_json::from_str(&good(finished).stdout).unwrap()
}

fn save(world: &World, arguments: &[&str]) -> String {
    good(run(world, &[&["save"], arguments].concat()))
        .stdout
        .trim()
        .to_owned()
}

#[test]
fn memories_are_saved_found_changed_and_forgotten_without_a_server() {
    let world = World::new();
    let id = save(
        &world,
        &[
            "the kettle is in the blue cupboard",
            "--tag",
            "kitchen",
            "--speaker",
            "Ada",
        ],
    );
    assert_eq!(id.len(), 10, "{id}");
    let found = json(run(&world, &["search", "where is the kettle", "--json"]));
    assert_eq!(found[0]["id"], id.as_str());
    let shown = good(run(&world, &["search", "kettle"])).stdout;
    assert!(
        shown.starts_with("SCORE") && shown.contains("blue cupboard"),
        "{shown}"
    );
    let listed = good(run(&world, &["list", "--tag", "kitchen"])).stdout;
    assert!(listed.contains(&id) && listed.contains("Ada"), "{listed}");
    assert_eq!(good(run(&world, &["list", "--tag", "other"])).stdout, "");
    let edited = json(run(
        &world,
        &["edit", &id, "the kettle is in the red cupboard", "--json"],
    ));
    assert_eq!(edited["text"], "the kettle is in the red cupboard");
    assert_eq!(json(run(&world, &["pin", &id, "--json"]))["pinned"], true);
    assert_eq!(json(run(&world, &["unpin", &id, "--json"]))["pinned"], false);
    let history = good(run(&world, &["history", &id])).stdout;
    let events: Vec<&str> = history
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().nth(2))
        .collect();
    assert_eq!(events, ["created", "changed", "changed", "changed"], "{history}");
    for _ in 0..3 {
        good(run(&world, &["undo", &id]));
    }
    let shown = good(run(&world, &["show", &id])).stdout;
    assert!(
        shown.ends_with("\nthe kettle is in the blue cupboard\n"),
        "{shown}"
    );
    let stats = json(run(&world, &["stats", "--json"]));
    assert_eq!(
        (&stats["memories"], &stats["kinds"]["note"], &stats["waiting"]),
        (&1.into(), &1.into(), &1.into())
    );
    assert!(good(run(&world, &["stats"])).stdout.contains("kinds.note"));
    assert_eq!(
        good(run(&world, &["delete", &id])).stdout,
        "1 forgotten for good\n"
    );
    let missing = run(&world, &["delete", &id]);
    assert_eq!(missing.code, Some(69));
    assert!(missing.stderr.contains("does not exist"), "{missing:?}");
}

#[test]
fn a_text_that_is_piped_in_is_saved_and_nothing_is_refused() {
    let world = World::new();
    let saved = good(world.run_with_input(&["memory", "save", "--json"], "piped ü\n".as_bytes()));
    let id = serde_json::from_str::<Value>(&saved.stdout).unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(json(run(&world, &["show", &id, "--json"]))["text"], "piped ü");
    assert_eq!(run(&world, &["save"]).code, Some(64));
    assert_eq!(run(&world, &["edit", &id]).code, Some(64));
    let unknown = run(&world, &["save", "x", "--kind", "rumour"]);
    assert_eq!(unknown.code, Some(64));
    assert!(unknown.stderr.contains("`kind` is `rumour`"), "{unknown:?}");
    assert_eq!(run(&world, &["show", "nothing000"]).code, Some(69));
}

#[test]
fn an_export_is_imported_whole_and_only_once() {
    let world = World::new();
    let id = save(&world, &["first", "--session", "s1", "--timestamp", "2026-05-08"]);
    good(run(&world, &["edit", &id, "better"]));
    save(&world, &["second"]);
    let file = world.path().join("memory.jsonl");
    let file = file.to_str().unwrap();
    let told = good(run(&world, &["export", file])).stdout;
    assert!(told.starts_with("2 memories"), "{told}");
    let printed = good(run(&world, &["export"])).stdout;
    let lines = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(&printed), lines(&std::fs::read_to_string(file).unwrap()));
    let other = World::new();
    assert_eq!(
        good(run(&other, &["import", file])).stdout,
        "2 imported, 0 were there already\n"
    );
    assert_eq!(
        good(run(&other, &["import", file])).stdout,
        "0 imported, 2 were there already\n"
    );
    assert_eq!(lines(&good(run(&other, &["export"])).stdout), lines(&printed));
    let history = good(run(&other, &["history", &id])).stdout;
    assert!(
        history.contains("first") && history.contains("better"),
        "{history}"
    );
    let third = World::new();
    let piped = good(third.run_with_input(&["memory", "import", "-", "--json"], printed.as_bytes()));
    assert_eq!(
        serde_json::from_str::<Value>(&piped.stdout).unwrap()["imported"],
        2
    );
    let broken = World::new();
    let text = printed.replace("\"note\"", "\"rumour\"");
    let refused = broken.run_with_input(&["memory", "import", "-"], text.as_bytes());
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(64), ""));
    assert!(
        refused.stderr.contains("line 2: `kind` is `rumour`"),
        "{refused:?}"
    );
    assert_eq!(run(&broken, &["import", "missing.jsonl"]).code, Some(74));
    assert_eq!(run(&broken, &["import", "."]).code, Some(64));
}

#[cfg(unix)]
#[test]
fn an_export_can_be_read_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    good(run(&world, &["export", "memory.jsonl"]));
    let mode = world
        .path()
        .join("memory.jsonl")
        .metadata()
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!world.path().join("memory.jsonl.part").exists());
}

#[test]
fn a_running_server_is_asked() {
    let world = World::new();
    let server: Server = world.serve(&["--scripted"]);
    let at = ["--url", server.url.as_str()];
    let ask = |arguments: &[&str]| run(&world, &[arguments, &at].concat());
    let id = good(ask(&["save", "the ship sails on monday"]))
        .stdout
        .trim()
        .to_owned();
    let found = json(ask(&["search", "when sails the ship", "--json"]));
    assert_eq!(found[0]["id"], id.as_str());
    good(ask(&["export", "memory.jsonl"]));
    good(ask(&["delete", &id]));
    let imported = json(ask(&["import", "memory.jsonl", "--json"]));
    assert_eq!(
        (&imported["imported"], &imported["waiting"]),
        (&1.into(), &1.into())
    );
    assert_eq!(json(ask(&["list", "--json"]))["data"][0]["id"], id.as_str());
    assert_eq!(ask(&["show", "nothing000"]).code, Some(69));
}

#[test]
fn without_an_embedder_forgetting_by_question_says_how_to_get_one() {
    let world = World::new();
    save(&world, &["something"]);
    let refused = run(&world, &["forget", "something", "--yes"]);
    assert_eq!(refused.code, Some(69));
    assert!(refused.stderr.contains("council pull"), "{refused:?}");
    assert_eq!(json(run(&world, &["stats", "--json"]))["memories"], 1);
}

#[test]
fn agent_zeros_folder_is_taken_over_and_what_is_there_is_not_overwritten() {
    let world = World::new();
    let fixtures = format!(
        "{}/../council-agent/tests/fixtures/agent-zero",
        env!("CARGO_MANIFEST_DIR")
    );
    let taken = good(run(&world, &["import-agent-zero", &fixtures]));
    assert_eq!(taken.stdout, "3 imported, 0 were there already\n");
    assert!(taken.stderr.contains("3 wait for vectors"), "{taken:?}");
    let solution = json(run(&world, &["show", "Zz09aaBBcc", "--json"]));
    assert_eq!(
        (&solution["area"], &solution["metadata"]["tries"]),
        (&"solutions".into(), &3.into())
    );
    assert_eq!(
        json(run(&world, &["import-agent-zero", &fixtures, "--json"]))["skipped"],
        3
    );
    let refused = run(&world, &["export-agent-zero", &fixtures]);
    assert_eq!(refused.code, Some(64));
    assert!(refused.stderr.contains("--force"), "{refused:?}");
    let none = run(&world, &["import-agent-zero", "."]);
    assert_eq!(none.code, Some(64));
    assert!(none.stderr.contains("no index.pkl"), "{none:?}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a plain thread that looks now and then")]
fn what_is_said_in_one_conversation_is_recalled_in_the_next_and_learnt_from() {
    let world = World::new();
    let server = world.serve(&["--scripted"]);
    let chat = |body: &str| -> Value { serde_json::from_str(&server.post("/api/chat", body)).unwrap() };
    let said = chat(r#"{"prompt": "I live in Oslo", "session_id": "monday"}"#);
    assert_eq!(said["remembered"].as_array().unwrap().len(), 2, "{said}");
    let asked = chat(r#"{"prompt": "where do I live", "session_id": "friday"}"#);
    assert_eq!(asked["memories"][0]["text"], "I live in Oslo", "{asked}");
    assert!(
        asked["memory_context"]
            .as_str()
            .unwrap()
            .contains("I live in Oslo")
    );

    // In the background, when no turn runs.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let mut profile = String::new();
    while !profile.contains("The user lives in Oslo.") {
        assert!(std::time::Instant::now() < deadline, "{profile}");
        std::thread::sleep(std::time::Duration::from_millis(50));
        profile = server.get("/v1/memory/profile");
    }
    let shown = good(world.run(&["memory", "profile", "--url", &server.url])).stdout;
    assert!(
        shown.contains("home") && shown.contains("The user lives in Oslo."),
        "{shown}"
    );
}
