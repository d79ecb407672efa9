//! `council calibrate`, with the labelled fake.

use crate::program::World;
use serde_json::Value;

#[test]
fn what_was_measured_is_kept_and_a_server_returns_it() {
    let world = World::new();
    let ended = world.run(&["calibrate", "--scripted", "--limit", "25", "--json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let said: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(said["model"], "echo");
    assert_eq!(said["answers"].as_array().unwrap().len(), 25);
    let all = &said["calibrations"][0];
    assert_eq!(
        (&all["kind"], &all["asked"]),
        (&Value::from("all"), &Value::from(25))
    );
    // The fake repeats the question, which answers nothing but by chance.
    assert!(all["right"].as_u64().unwrap() < 13, "{all}");

    let server = world.serve(&["--scripted"]);
    let kept: Value = serde_json::from_str(&server.get("/v1/router/calibration")).unwrap();
    let first = &kept["data"][0];
    assert_eq!(
        (&first["model"], &first["kind"]),
        (&Value::from("echo"), &Value::Null)
    );
    assert_eq!(
        (&first["asked"], &first["right"], &first["questions_sha256"]),
        (&all["asked"], &all["right"], &all["questions_sha256"])
    );
}

#[test]
fn questions_that_cannot_be_read_are_refused_before_a_model_is_asked() {
    let world = World::new();
    std::fs::create_dir(world.path().join("mine")).unwrap();
    let ended = world.run(&["calibrate", "--scripted", "--questions", "mine"]);
    assert_eq!(ended.code, Some(64));
    assert!(
        ended
            .stderr
            .contains("there are no questions: give a directory with files *.jsonl"),
        "{ended:?}"
    );
    let question = r#"{"id": "a", "kind": "knowledge", "question": "?", "document": "gone.md", "answer": {"type": "text", "value": "x"}}"#;
    std::fs::write(world.path().join("mine/a.jsonl"), question).unwrap();
    let ended = world.run(&["calibrate", "--scripted", "--questions", "mine"]);
    assert_eq!(ended.code, Some(64));
    assert!(
        ended
            .stderr
            .contains("question `a` is about the document `gone.md`"),
        "{ended:?}"
    );
    let missing = world.run(&["calibrate", "--scripted", "--questions", "nowhere"]);
    assert_eq!(missing.code, Some(74), "{missing:?}");
}
