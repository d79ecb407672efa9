//! `council ingest`: with a server and without one, and directories that a server watches. No embedder is here, so that
//! parts wait for their vectors; nothing else differs.

use crate::program::{World, signal};
use rustix::process::Signal;
use serde_json::{Value, json};

fn with_notes() -> World {
    let world = World::new();
    std::fs::create_dir(world.path().join("notes")).unwrap();
    std::fs::write(
        world.path().join("notes/plan.md"),
        "# Plan\n\nWe paint the house.\n",
    )
    .unwrap();
    std::fs::write(world.path().join("notes/photo.png"), b"\x89PNG\0").unwrap();
    world
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn source(world: &World, name: &str) -> String {
    world
        .path()
        .canonicalize()
        .unwrap()
        .join(name)
        .display()
        .to_string()
}

/// Remembers, again, lists, forgets; `extra` says where.
fn the_life_of_a_document(world: &World, extra: &[&str]) {
    let run = |arguments: &[&str]| world.run(&[&["ingest"], arguments, extra].concat());
    let first = run(&["notes"]);
    assert_eq!(first.code, Some(0), "{first:?}");
    let plan = source(world, "notes/plan.md");
    assert_eq!(
        first.stdout,
        format!("added {plan} (1 part)\n1 added, 0 replaced, 0 unchanged, 1 skipped, 0 failed\n")
    );
    assert!(
        first.stderr.contains("council pull all-minilm-l6-v2"),
        "{}",
        first.stderr
    );

    let again = lines(&run(&["notes", "--json"]).stdout);
    let outcomes: Vec<_> = again.iter().map(|line| &line["outcome"]).collect();
    assert_eq!(outcomes, [&json!("skipped"), &json!("unchanged"), &Value::Null]);
    assert_eq!(again[2]["event"], "report");

    let listed = run(&["--list", "--json"]);
    let expected = json!({"source": plan, "media_type": "text/markdown", "chunks": 1});
    assert_eq!(lines(&listed.stdout), [expected]);

    let gone = run(&["--remove", "notes/plan.md"]);
    assert_eq!(
        (gone.code, gone.stdout),
        (Some(0), format!("forgot {plan} (1 parts)\n"))
    );
    let missing = run(&["--remove", "notes/plan.md"]);
    assert_eq!(missing.code, Some(69), "{missing:?}");
    assert_eq!(run(&["--list"]).stdout, "");
}

#[test]
fn documents_are_remembered_without_a_server() {
    let world = with_notes();
    the_life_of_a_document(&world, &["--scripted"]);
}

#[test]
fn documents_are_remembered_through_a_server() {
    let world = with_notes();
    let server = world.serve(&["--scripted"]);
    let url = server.url.clone();
    the_life_of_a_document(&world, &["--url", &url]);
}

#[test]
fn what_cannot_be_read_is_a_failure_and_the_rest_is_remembered() {
    let world = with_notes();
    let ended = world.run(&["ingest", "notes/photo.png", "notes/plan.md", "--scripted"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.stderr.contains("photo.png: it is no text"),
        "{}",
        ended.stderr
    );
    assert!(
        ended.stdout.contains("1 added") && ended.stdout.contains("1 failed"),
        "{}",
        ended.stdout
    );
}

#[test]
fn a_path_that_is_not_there_ends_with_74_and_no_path_with_64() {
    let world = World::new();
    let ended = world.run(&["ingest", "nowhere", "--scripted"]);
    assert_eq!(ended.code, Some(74), "{ended:?}");
    assert!(
        ended.stderr.contains("`nowhere` cannot be read"),
        "{}",
        ended.stderr
    );
    assert_eq!(world.run(&["ingest"]).code, Some(64));
}

#[test]
fn a_server_keeps_watched_directories_up_to_date_and_stops() {
    let world = with_notes();
    let watch = format!("knowledge.watch={}", world.path().join("notes").display());
    let arguments = [
        "--scripted",
        "--set",
        &watch,
        "--set",
        "knowledge.watch_interval=50ms",
    ];
    let mut server = world.serve(&arguments);
    let plan = source(&world, "notes/plan.md");
    server.wait_for_log(&format!("{plan} is remembered in 1 parts"));
    std::fs::write(world.path().join("notes/new.txt"), "Something new.").unwrap();
    let new = source(&world, "notes/new.txt");
    server.wait_for_log(&format!("{new} is remembered in 1 parts"));
    let listed: Value = serde_json::from_str(&server.get("/v1/knowledge")).unwrap();
    assert_eq!(listed["data"].as_array().unwrap().len(), 2, "{listed}");
    std::fs::remove_file(world.path().join("notes/plan.md")).unwrap();
    server.wait_for_log(&format!("{plan} is gone and forgotten"));
    server.send_sigterm();
    let ended = server.finish();
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[test]
fn ctrl_c_ends_an_ingest_with_130() {
    let world = World::new();
    std::fs::create_dir(world.path().join("many")).unwrap();
    for number in 0..3000 {
        let text = format!("# Note {number}\n\nText of note {number}.\n");
        std::fs::write(world.path().join(format!("many/{number}.md")), text).unwrap();
    }
    let mut command = world.command(&["ingest", "many", "--scripted"]);
    let mut child = command.spawn().unwrap();
    // The first line says that it has begun.
    let mut stdout = child.stdout.take().unwrap();
    let mut byte = [0];
    std::io::Read::read_exact(&mut stdout, &mut byte).unwrap();
    signal(child.id(), Signal::INT);
    std::io::copy(&mut stdout, &mut std::io::sink()).unwrap();
    let ended = crate::program::finish(child);
    assert_eq!(ended.code, Some(130), "{ended:?}");
}
