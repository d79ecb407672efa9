//! Memories as Agent Zero shows them.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use council_core::{MemoryId, NewMemory, Scope};
use serde_json::json;

fn memory() -> Memory {
    let scope = Scope {
        user: "ada".to_owned(),
        ..Scope::default()
    };
    let said_at = parse_time("2025-03-04 10:20:30").unwrap();
    let Value::Object(metadata) = json!({
        "done": true, "none": null, "ratio": 0.25, "steps": ["it's", "a \"b\"", {"k": -1}], "id": "other",
    }) else {
        unreachable!("an object")
    };
    Memory {
        id: MemoryId("k7PqZ2mN4a".to_owned()),
        content: NewMemory {
            metadata,
            ..NewMemory::new(MemoryKind::Note, scope, "The kettle\nis blue.", said_at)
        },
        pinned: false,
        created_at: said_at,
        updated_at: said_at,
        retired_at: None,
        superseded_by: None,
    }
}

#[test]
fn metadata_come_line_by_line_and_then_the_content() {
    assert_eq!(
        text(&memory()),
        "area: main\ndone: True\nnone: None\nratio: 0.25\nsteps: [\"it's\", 'a \"b\"', {'k': -1}]\n\
         id: k7PqZ2mN4a\ntimestamp: 2025-03-04 10:20:30\nContent: The kettle\nis blue."
    );
}

#[test]
fn what_a_turn_has_besides_is_shown_too() {
    let mut turn = memory();
    turn.content.kind = MemoryKind::Turn;
    turn.content.speaker = Some("Ben".to_owned());
    turn.content.metadata.clear();
    turn.content.tags = vec!["trip".to_owned()];
    assert!(text(&turn).starts_with("area: main\nkind: turn\nspeaker: Ben\ntags: ['trip']\nid: "));
}

#[test]
fn moments_are_written_in_utc_and_read_in_the_usual_forms() {
    for text in [
        "2025-03-04 10:20:30",
        "2025-03-04T10:20:30Z",
        " 2025-03-04T11:20:30+01:00 ",
    ] {
        assert_eq!(
            parse_time(text).map(Timestamp::as_secs),
            Some(1_741_083_630),
            "{text}"
        );
    }
    assert_eq!(
        time(Timestamp::from_millis(1_741_083_630_999)),
        "2025-03-04 10:20:30"
    );
    assert_eq!(parse_time("1969-12-31"), None);
    assert_eq!(parse_time("yesterday"), None);
    let far = Timestamp::from_duration(Duration::from_secs(u64::MAX));
    assert_eq!(time(far), i64::MAX.to_string());
}
