//! `council backup`, `restore`, `export` and `import`, with a server and without. Answers come from the fake.

use crate::program::{Finished, World};
use serde_json::{Value, json};
use std::path::Path;

#[track_caller]
fn good(finished: Finished) -> Finished {
    assert_eq!(finished.code, Some(0), "{finished:?}");
    finished
}

#[track_caller]
fn read(finished: Finished) -> Value {
    serde_json::from_str(&good(finished).stdout).unwrap()
}

#[track_caller]
fn refused(finished: &Finished, why: &str) {
    assert_eq!(finished.code, Some(64), "{finished:?}");
    assert!(finished.stderr.contains(why), "{finished:?}");
}

fn save(world: &World, text: &str) {
    good(world.run(&["memory", "save", text]));
}

fn remembers(world: &World, text: &str) -> bool {
    let list = read(world.run(&["memory", "list", "--json"]));
    list["data"]
        .as_array()
        .unwrap()
        .iter()
        .any(|memory| memory["text"] == text)
}

#[cfg(unix)]
fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().unwrap().permissions().mode().trailing_zeros() >= 6
}

#[test]
fn a_backup_without_a_server_is_put_back_and_the_old_database_kept() {
    let world = World::new();
    save(&world, "the kettle is blue");
    good(world.run(&["backup", "one.zip"]));
    #[cfg(unix)]
    assert!(is_private(&world.path().join("one.zip")));
    refused(&world.run(&["backup", "one.zip"]), "one.zip is there already");
    save(&world, "the kettle is red");
    let seen = good(world.run(&["restore", "one.zip", "--dry-run"]));
    assert!(
        seen.stdout.contains("1 memories") && seen.stdout.contains("nothing was changed"),
        "{seen:?}"
    );
    assert!(remembers(&world, "the kettle is red"));
    let put_back = good(world.run(&["restore", "one.zip"]));
    assert!(
        put_back.stdout.contains("what was there before is kept as"),
        "{put_back:?}"
    );
    assert!(remembers(&world, "the kettle is blue") && !remembers(&world, "the kettle is red"));
    // What was lost by that is added from the copy that was kept.
    let data = world.path().join(".local/share/council");
    let kept = std::fs::read_dir(&data)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let kept = kept
        .into_iter()
        .find(|path| path.display().to_string().contains("before-restore-"))
        .unwrap();
    let added = good(world.run(&["import", kept.to_str().unwrap()]));
    assert!(
        added.stdout.contains("rows added to the data directory"),
        "{added:?}"
    );
    assert!(remembers(&world, "the kettle is blue") && remembers(&world, "the kettle is red"));
}

#[test]
fn a_backup_of_a_running_server_is_whole_and_is_put_back_at_its_next_start() {
    let world = World::new();
    let server = world.serve(&["--scripted"]);
    let ask = |question: &str| {
        let body = json!({"prompt": question, "session_id": "s1"}).to_string();
        server.post("/hybrid", &body);
    };
    ask("what is a kettle?");
    // Beside the server, from the files; and through the server.
    let direct = read(world.run(&["backup", "direct.zip", "--json"]));
    let through = read(world.run(&["backup", "through.zip", "--json", "--url", &server.url]));
    for made in [&direct, &through] {
        assert_eq!(made["manifest"]["rows"]["conversations"], 1, "{made}");
        assert_eq!(made["manifest"]["files"][0]["path"], "council.db");
    }
    ask("and a pot?");
    let locked = world.run(&["restore", "direct.zip"]);
    assert_eq!(locked.code, Some(69), "{locked:?}");
    assert!(locked.stderr.contains("name it with --url"), "{locked:?}");
    let staged = good(world.run(&["restore", "through.zip", "--url", &server.url]));
    assert!(
        staged.stdout.contains("when the server starts the next time"),
        "{staged:?}"
    );
    server.send_sigterm();
    good(server.finish());
    let server = world.serve(&["--scripted"]);
    let messages = server.get("/v1/conversations/s1/messages");
    assert!(
        messages.contains("what is a kettle?") && !messages.contains("and a pot?"),
        "{messages}"
    );
    server.send_sigterm();
    good(server.finish());
}

#[test]
fn when_a_backup_was_last_made_is_known_over_restarts_and_whoever_made_it() {
    let world = World::new();
    let last = |server: &crate::program::Server| -> u64 {
        let metrics = server.get("/metrics");
        let name = "council_backup_last_success_timestamp_seconds ";
        let line = metrics.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap().parse().unwrap()
    };
    let server = world.serve(&["--scripted"]);
    assert_eq!(last(&server), 0, "never");
    let refused = world.run(&["backup", "monday.zip", "--url", "http://127.0.0.1:1"]);
    assert_ne!(refused.code, Some(0), "{refused:?}");
    assert_eq!(last(&server), 0, "one that failed is none");
    good(world.run(&["backup", "monday.zip"]));
    let monday = last(&server);
    assert!(monday > 1_700_000_000, "{monday}");
    server.send_sigterm();
    good(server.finish());
    let server = world.serve(&["--scripted"]);
    assert_eq!(last(&server), monday);
    let over_http = [("COUNCIL_URL", server.url.as_str())];
    good(world.run_with(&["backup", "tuesday.zip"], &over_http));
    assert!(last(&server) >= monday);
}

#[test]
fn an_export_is_open_and_comes_back_without_loss() {
    let world = World::new();
    let server = world.serve(&["--scripted"]);
    for question in ["what is a kettle?", "and \"a pot\" \\ with\nlines?"] {
        let body = json!({"prompt": question, "session_id": "s1"}).to_string();
        server.post("/hybrid", &body);
    }
    server.send_sigterm();
    good(server.finish());
    save(&world, "the kettle is blue");
    std::fs::write(
        world.path().join(".local/share/council/chat-history.txt"),
        "a kettle?\n",
    )
    .unwrap();
    let made = good(world.run(&["export", "life"]));
    assert!(made.stdout.contains("1 conversations as Markdown"), "{made:?}");
    let life = world.path().join("life");
    let manifest: Value =
        serde_json::from_str(&std::fs::read_to_string(life.join("manifest.json")).unwrap()).unwrap();
    assert_eq!(
        (&manifest["format"], &manifest["rows"]["messages"]),
        (&json!("council-export"), &json!(4))
    );
    let messages = std::fs::read_to_string(life.join("data/messages.jsonl")).unwrap();
    let first: Value = serde_json::from_str(messages.lines().next().unwrap()).unwrap();
    assert_eq!(first["content"][0]["text"], "what is a kettle?");
    let markdown = std::fs::read_dir(life.join("markdown"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    assert!(
        std::fs::read_to_string(markdown)
            .unwrap()
            .contains("what is a kettle?")
    );
    #[cfg(unix)]
    assert!(is_private(&life) && is_private(&life.join("data/messages.jsonl")));
    refused(&world.run(&["export", "life"]), "choose a folder that is empty");

    // To another machine, as an archive.
    good(world.run(&["export", "life.zip"]));
    let other = World::new();
    let archive = world.path().join("life.zip");
    let archive = archive.to_str().unwrap();
    let counted = read(other.run(&["import", archive, "--dry-run", "--json"]));
    let added = read(other.run(&["import", archive, "--json"]));
    assert_eq!(
        (&counted["dry_run"], &counted["tables"]),
        (&json!(true), &added["tables"])
    );
    assert!(remembers(&other, "the kettle is blue"));
    good(other.run(&["export", "again"]));
    for entry in std::fs::read_dir(life.join("data")).unwrap() {
        let name = entry.unwrap().file_name();
        let lines = |dir: &Path| std::fs::read_to_string(dir.join("data").join(&name)).unwrap();
        assert_eq!(lines(&other.path().join("again")), lines(&life), "{name:?}");
    }
    let history = other.path().join(".local/share/council/chat-history.txt");
    assert_eq!(std::fs::read_to_string(history).unwrap(), "a kettle?\n");
    // Once more, and into a running server: nothing is new.
    let server = other.serve(&["--scripted"]);
    let again = read(other.run(&["import", archive, "--json", "--url", &server.url]));
    let news = again["tables"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|table| table["added"] != 0);
    assert_eq!(news.count(), 0, "{again}");
    server.send_sigterm();
    good(server.finish());
}

#[test]
fn what_is_added_to_a_running_server_is_found_at_once() {
    let world = World::new();
    save(&world, "the kettle is blue");
    good(world.run(&["export", "life.zip"]));
    let other = World::new();
    let server = other.serve(&["--scripted"]);
    let archive = world.path().join("life.zip");
    good(other.run(&["import", archive.to_str().unwrap(), "--url", &server.url]));
    let found = server.post("/v1/memory/search", &json!({"query": "kettle"}).to_string());
    assert!(found.contains("the kettle is blue"), "{found}");
    let audit = server.get("/v1/audit");
    assert!(audit.contains("\"import\""), "{audit}");
    server.send_sigterm();
    good(server.finish());
}

#[test]
fn keys_are_in_an_archive_only_when_asked_for() {
    let world = World::new();
    save(&world, "the kettle is blue");
    let keys = world.path().join(".local/share/council/keys");
    std::fs::create_dir_all(&keys).unwrap();
    std::fs::write(keys.join("somebody.key"), "sk-0123456789").unwrap();
    good(world.run(&["backup", "without.zip"]));
    good(world.run(&["backup", "with.zip", "--with-secrets"]));
    let other = World::new();
    let restored = other.path().join(".local/share/council/keys/somebody.key");
    for (name, arguments, is_there) in [
        ("without.zip", &["--with-secrets"][..], false),
        ("with.zip", &[], false),
        ("with.zip", &["--with-secrets"], true),
    ] {
        let archive = world.path().join(name);
        good(other.run(&[&["restore", archive.to_str().unwrap()], arguments].concat()));
        assert_eq!(restored.exists(), is_there, "{name} {arguments:?}");
    }
    #[cfg(unix)]
    assert!(is_private(&restored));
}

#[test]
fn what_is_no_archive_of_ours_is_refused_and_changes_nothing() {
    let world = World::new();
    save(&world, "the kettle is blue");
    good(world.run(&["backup", "whole.zip"]));
    good(world.run(&["export", "open.zip"]));
    let bytes = std::fs::read(world.path().join("whole.zip")).unwrap();
    std::fs::write(world.path().join("cut.zip"), &bytes[..bytes.len() / 2]).unwrap();
    std::fs::write(world.path().join("letter.txt"), "dear diary, ".repeat(9)).unwrap();
    refused(&world.run(&["restore", "cut.zip"]), "is no whole archive");
    refused(&world.run(&["import", "cut.zip"]), "is no whole archive");
    refused(
        &world.run(&["restore", "letter.txt"]),
        "is neither an archive nor a database of council",
    );
    refused(&world.run(&["restore", "open.zip"]), "is an export and no backup");
    assert_eq!(world.run(&["restore", "absent.zip"]).code, Some(74));
    assert!(remembers(&world, "the kettle is blue"));
    let data = std::fs::read_dir(world.path().join(".local/share/council")).unwrap();
    let left = data.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<String> = left.filter(|name| name.starts_with(".council-")).collect();
    assert_eq!(left, Vec::<String>::new());
}
