//! What requests the arguments become.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use clap::Parser;

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    memory: MemoryArgs,
}

fn action(arguments: &[&str]) -> Action {
    let line = [&["memory"], arguments].concat();
    Line::try_parse_from(line).unwrap().memory.action
}

fn body(arguments: &[&str]) -> Value {
    match Prepared::new(action(arguments)).unwrap() {
        Prepared::Save(body) | Prepared::Change(_, body) => body,
        Prepared::Other(_) => Value::Null,
    }
}

#[test]
fn what_is_not_given_is_not_sent() {
    assert_eq!(
        body(&["save", "I", "prefer", "tea"]),
        json!({"text": "I prefer tea"})
    );
    assert_eq!(
        body(&[
            "save",
            "tea",
            "--kind",
            "preference",
            "--speaker",
            "Ada",
            "--tag",
            "a",
            "--tag",
            "b",
            "--metadata",
            "{\"a\": 1}",
        ]),
        json!({"text": "tea", "kind": "preference", "speaker": "Ada", "tags": ["a", "b"], "metadata": {"a": 1}})
    );
    assert_eq!(
        body(&[
            "save",
            "on leave",
            "--valid-from",
            "2026-05-08",
            "--valid-to",
            "2026-05-20"
        ]),
        json!({"text": "on leave", "valid_from": "2026-05-08", "valid_to": "2026-05-20"})
    );
    assert_eq!(
        body(&["edit", "k7", "--no-tags", "--confirm"]),
        json!({"tags": [], "quarantined": false})
    );
    assert_eq!(
        body(&["edit", "k7", "green", "tea"]),
        json!({"text": "green tea"})
    );
}

#[test]
fn a_change_of_nothing_is_refused() {
    let refused = Prepared::new(action(&["edit", "k7"])).map(|_| ()).unwrap_err();
    assert_eq!(refused.exit, Exit::Usage);
    assert!(refused.message.contains("nothing is to be changed"));
}

#[test]
fn paths_are_percent_encoded() {
    let parameters = [("tag", "a b&c".to_owned()), ("session", "ü/1".to_owned())];
    assert_eq!(
        path(&["v1", "memory", "../x?"], &parameters),
        "/v1/memory/..%2Fx%3F?tag=a%20b%26c&session=%C3%BC%2F1"
    );
}
