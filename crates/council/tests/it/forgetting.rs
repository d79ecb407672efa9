//! `council forget`, `POST /v1/forget` and `retention.…`, against the data directory. There is no embedder here: words are compared.

use crate::program::{Finished, Server, World};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[track_caller]
fn good(finished: Finished) -> Finished {
    assert_eq!(finished.code, Some(0), "{finished:?}");
    finished
}

fn data_dir(world: &World) -> PathBuf {
    world.path().join(".local/share/council")
}

/// Every file below a directory in which the word stands, in upper or lower case.
fn files_with(dir: &Path, word: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, word));
        } else if let Ok(bytes) = std::fs::read(&path) {
            let holds = bytes
                .windows(word.len())
                .any(|part| part.eq_ignore_ascii_case(word.as_bytes()));
            found.extend(holds.then_some(path));
        }
    }
    found
}

/// The JSON of an answer over HTTP.
fn body(answer: &str) -> Value {
    let at = answer.find('{').unwrap();
    serde_json::from_str(&answer[at..]).unwrap()
}

#[test]
fn what_is_forgotten_without_a_server_is_shown_first_and_then_in_no_file() {
    let world = World::new();
    let save = |text: &str, more: &[&str]| good(world.run(&[&["memory", "save", text], more].concat()));
    save("Zelda lives at 7 Quince Lane", &[]);
    save("tea at five", &["--speaker", "Zelda"]);
    save("roses are cut in March", &[]);
    std::fs::write(
        data_dir(&world).join("chat-history.txt"),
        "who is zelda?\nhello\n",
    )
    .unwrap();
    let refused = world.run(&["forget", "zelda"]);
    assert_eq!(refused.code, Some(64), "{refused:?}");
    assert!(
        refused.stdout.contains("7 Quince Lane") && refused.stdout.contains("1 lines of history"),
        "{refused:?}"
    );
    assert!(
        refused.stderr.contains("nothing was forgotten; add --yes"),
        "{refused:?}"
    );
    let looked = good(world.run(&["forget", "Zelda", "--dry-run", "--json"]));
    let looked: Value = serde_json::from_str(&looked.stdout).unwrap();
    assert_eq!(
        (&looked["dry_run"], looked["memories"].as_array().unwrap().len()),
        (&json!(true), 2)
    );
    assert_eq!(
        looked["least_cosine"],
        Value::Null,
        "there is nothing to compare meanings with"
    );
    assert!(!files_with(&data_dir(&world), "Quince").is_empty());
    let done = good(world.run(&["forget", "Zelda", "--yes"]));
    assert!(
        done.stdout.contains("forgotten for good: 0 messages, 2 memories") && done.stdout.contains("1 lines"),
        "{done:?}"
    );
    for word in ["zelda", "Quince", "tea at five"] {
        assert_eq!(
            files_with(&data_dir(&world), word),
            Vec::<PathBuf>::new(),
            "{word}"
        );
    }
    assert!(!files_with(&data_dir(&world), "roses").is_empty());
    let again = good(world.run(&["forget", "Zelda", "--yes"]));
    assert!(again.stdout.contains("nothing names `Zelda`"), "{again:?}");
    let nothing = world.run(&["forget", "?!", "--yes"]);
    assert_eq!(nothing.code, Some(64), "{nothing:?}");
    assert!(nothing.stderr.contains("names nothing"), "{nothing:?}");
}

#[test]
fn a_running_server_forgets_conversations_memories_and_what_it_wrote_to_its_log_of_the_database() {
    let world = World::new();
    let server = world.serve(&["--scripted"]);
    for (session, question) in [
        ("one", "where does Zelda Quimby live?"),
        ("one", "how are roses cut?"),
        ("two", "a letter to Zelda Quimby, please"),
    ] {
        server.post(
            "/hybrid",
            &json!({"prompt": question, "session_id": session}).to_string(),
        );
    }
    let order =
        |dry_run: bool| json!({"about": "Zelda Quimby", "dry_run": dry_run, "with_copies": true}).to_string();
    let looked = body(&server.post("/v1/forget", &order(true)));
    assert_eq!(looked["messages"].as_array().unwrap().len(), 4, "{looked}");
    assert_eq!(looked["messages"][0]["because"], "words");
    assert!(!files_with(&data_dir(&world), "Quimby").is_empty());
    // A copy from before still has it.
    let copy = data_dir(&world).join("council.db.backup-v3");
    good(world.run(&["backup", "before.zip"]));
    std::fs::write(&copy, "Zelda Quimby was here").unwrap();
    let gone = body(&server.post("/v1/forget", &order(false)));
    assert_eq!(
        (&gone["dry_run"], &gone["copies_removed"]),
        (&json!(false), &json!(true)),
        "{gone}"
    );
    assert_eq!(gone["copies"], json!(["council.db.backup-v3"]));
    assert_eq!(gone["files"], json!([]), "{gone}");
    assert_eq!(files_with(&data_dir(&world), "Quimby"), Vec::<PathBuf>::new());
    let messages = server.get("/v1/conversations/one/messages");
    assert!(
        messages.contains("[forgotten]") && messages.contains("how are roses cut?"),
        "{messages}"
    );
    let found = server.post("/v1/memory/search", &json!({"query": "Quimby"}).to_string());
    assert!(!found.contains("Quimby"), "{found}");
    let audit = server.get("/v1/audit");
    assert!(
        audit.contains("\"forget\"") && !audit.contains("Quimby"),
        "{audit}"
    );
    server.send_sigterm();
    good(server.finish());
    assert_eq!(files_with(&data_dir(&world), "Quimby"), Vec::<PathBuf>::new());
}

#[test]
fn what_is_too_old_goes_when_the_server_runs_and_is_counted() {
    let world = World::new();
    let save = |text: &str, more: &[&str]| good(world.run(&[&["memory", "save", text], more].concat()));
    save(
        "an old word",
        &["--kind", "turn", "--timestamp", "2020-01-01", "--session", "s"],
    );
    save("an old note", &["--timestamp", "2020-01-01"]);
    save("a new word", &["--kind", "turn", "--session", "s"]);
    let server = world.serve(&["--scripted"]);
    let looked = body(&server.get("/v1/retention?days=30"));
    let turns = looked["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["kind"] == "turns")
        .unwrap()
        .clone();
    assert_eq!(
        (&turns["expired"], &turns["days"]),
        (&json!(1), &json!(30)),
        "{looked}"
    );
    assert!(
        server.get("/v1/memory").contains("an old word"),
        "looking changes nothing"
    );
    server.send_sigterm();
    good(server.finish());
    let mut server = world.serve(&["--scripted"]);
    let changed = server.ask(
        "PATCH",
        "/v1/settings",
        r#"{"values": {"retention.turns_days": 30}}"#,
    );
    assert!(changed.contains("retention.turns_days"), "{changed}");
    server.wait_for_log("removed what was older than it may be: 1 turns");
    let kept = server.get("/v1/memory");
    assert!(
        !kept.contains("an old word") && kept.contains("an old note") && kept.contains("a new word"),
        "{kept}"
    );
    let audit = server.get("/v1/audit");
    assert!(
        audit.contains("\"retention\"") && audit.contains("1 turns"),
        "{audit}"
    );
    let metrics = server.get("/metrics");
    assert!(
        metrics.contains("council_expired_total{kind=\"turns\"} 1"),
        "{metrics}"
    );
    server.send_sigterm();
    good(server.finish());
}

/// Makes a key of a user, whom it adds; returns it.
fn key_of(world: &World, user: &str) -> String {
    good(world.run(&["user", "add", user]));
    let made = good(world.run(&["key", "add", "laptop", "--user", user]));
    made.stdout.trim().to_owned()
}

/// What a user says and has remembered with a key.
fn live(server: &Server, key: &str, word: &str) {
    let header = format!("Authorization: Bearer {key}");
    let question = json!({"prompt": format!("where does {word} live?"), "session_id": "diary"}).to_string();
    let answer = server.post_with("/hybrid", &header, &question);
    assert!(answer.contains("\"text\""), "{answer}");
    let memory = json!({"text": format!("{word} lives at 7 {word} Lane")}).to_string();
    let saved = server.post_with("/v1/memory", &header, &memory);
    assert!(saved.contains("\"id\""), "{saved}");
}

#[test]
fn a_user_forgets_what_is_the_users_own_and_a_removed_one_leaves_nothing_but_amounts() {
    let world = World::new();
    let (anna, ben) = (key_of(&world, "anna"), key_of(&world, "ben"));
    let server = world.serve(&["--scripted"]);
    for (key, word) in [(&anna, "Zelda"), (&anna, "Quimby"), (&ben, "Zelda")] {
        live(&server, key, word);
    }
    std::fs::write(data_dir(&world).join("chat-history.txt"), "who is zelda?\n").unwrap();
    let order = |more: &Value| {
        let mut order = json!({"about": "Zelda", "dry_run": false});
        order
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        order.to_string()
    };
    let header = format!("Authorization: Bearer {anna}");
    let refused = server.post_with("/v1/forget", &header, &order(&json!({"with_copies": true})));
    assert!(refused.contains("forbidden"), "{refused}");
    let gone = body(&server.post_with("/v1/forget", &header, &order(&json!({}))));
    // The question and its answer, which the fake says again with what is recalled, what is remembered of them, and what was saved.
    assert!(gone["messages"].as_array().unwrap().len() >= 2, "{gone}");
    assert!(!gone["memories"].as_array().unwrap().is_empty(), "{gone}");
    assert_eq!(
        (&gone["lines"], &gone["files"]),
        (&json!(0), &json!([])),
        "nothing is told of others: {gone}"
    );
    let history = std::fs::read_to_string(data_dir(&world).join("chat-history.txt")).unwrap();
    assert_eq!(history, "who is zelda?\n");
    let search = |key: &str| {
        let header = format!("Authorization: Bearer {key}");
        server.post_with(
            "/v1/memory/search",
            &header,
            &json!({"query": "Zelda"}).to_string(),
        )
    };
    assert!(!search(&anna).contains("Zelda lives"), "{}", search(&anna));
    assert!(search(&ben).contains("Zelda lives"), "{}", search(&ben));

    let spent = body(&server.get("/budget"));
    let removed = body(&server.ask("DELETE", "/v1/users/anna?data=delete", ""));
    assert_eq!(
        (&removed["deleted"]["conversations"], &removed["deleted"]["keys"]),
        (&json!(1), &json!(1)),
        "{removed}"
    );
    assert!(removed["deleted"]["memories"].as_u64().unwrap() >= 1, "{removed}");
    assert_eq!(files_with(&data_dir(&world), "Quimby"), Vec::<PathBuf>::new());
    assert!(
        !files_with(&data_dir(&world), "Zelda lives").is_empty(),
        "that is Ben's"
    );
    let after = body(&server.get("/budget"));
    assert_eq!(after["requests"], spent["requests"], "{after}");
    let refused = server.post_with("/hybrid", &header, r#"{"prompt": "?"}"#);
    assert!(refused.contains("unauthorized"), "{refused}");
    let keys = server.get("/v1/keys");
    assert!(!keys.contains("anna") && keys.contains("ben"), "{keys}");
    let wrong = server.ask("DELETE", "/v1/users/ben", "");
    assert!(wrong.contains("`data`"), "{wrong}");
    let owner = server.ask("DELETE", "/v1/users/local?data=delete", "");
    assert!(owner.contains("invalid_request"), "{owner}");
    server.send_sigterm();
    good(server.finish());
    assert_eq!(files_with(&data_dir(&world), "Quimby"), Vec::<PathBuf>::new());
}
