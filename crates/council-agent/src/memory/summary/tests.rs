//! Which sentences of a summary stand.

use super::*;
use council_core::{MemoryId, MemoryKind, NewMemory, Scope, Timestamp};

fn turn(text: &str) -> Memory {
    Memory {
        id: MemoryId("a".to_owned()),
        content: NewMemory::new(MemoryKind::Turn, Scope::default(), text, Timestamp::default()),
        pinned: false,
        created_at: Timestamp::default(),
        updated_at: Timestamp::default(),
        retired_at: None,
        superseded_by: None,
    }
}

#[test]
fn sentences_that_the_turns_do_not_bear_out_are_dropped() {
    let turns = [
        turn("I want to plan a trip to Rome in May with 3 friends."),
        turn("We decided on the night train."),
    ];
    for (summary, kept, dropped) in [
        (
            "The user plans a trip to Rome.",
            "The user plans a trip to Rome.",
            0,
        ),
        (
            "The user plans a trip to Rome. They fly with Lufthansa.",
            "The user plans a trip to Rome.",
            1,
        ),
        ("The trip to Rome has 4 friends.", "", 1),
        (
            "The trip to Rome is in May. The trip to Rome is in May.",
            "The trip to Rome is in May.",
            1,
        ),
        ("Penguins swim under cold ice.", "", 1),
        (
            "They decided on the night train.",
            "They decided on the night train.",
            0,
        ),
        ("", "", 0),
    ] {
        assert_eq!(
            grounded(summary, &turns, None),
            (kept.to_owned(), dropped),
            "{summary}"
        );
    }
}

#[test]
fn what_the_former_summary_says_may_be_said_again() {
    let turns = [turn("And back by bus.")];
    let (kept, _) = grounded(
        "The user goes to Rome and back by bus.",
        &turns,
        Some("The user goes to Rome."),
    );
    assert_eq!(kept, "The user goes to Rome and back by bus.");
}

#[test]
fn the_latest_turns_are_read_as_far_as_they_fit() {
    let turns: Vec<Memory> = (0..40)
        .map(|number| turn(&format!("{number} {}", "long ".repeat(200))))
        .collect();
    let lines = lines(&turns);
    assert!(lines.iter().map(String::len).sum::<usize>() <= ALL_BYTES && lines.len() > 5);
    assert!(
        lines.last().is_some_and(|line| line.starts_with("> user: 39 ")),
        "{:?}",
        lines.last()
    );
}
