//! How much a text tells.

use super::words_told;
use crate::clock::Timestamp;
use crate::memory::{MemoryKind, NewMemory, Scope};

fn told(kind: MemoryKind, text: &str) -> f32 {
    NewMemory::new(kind, Scope::default(), text, Timestamp::default()).told()
}

#[test]
fn words_of_questions_tell_nothing() {
    for (text, words) in [
        ("What about you?", 0),
        ("I moved. And you?", 2),
        ("Version 2.5 is out! Have you seen it?! It's good", 8),
        ("Have you seen it? It's good", 3),
        ("Really...? Yes.", 1),
        ("a?b is a name", 5),
        ("", 0),
        (":-) ?", 0),
    ] {
        assert_eq!(words_told(text), words, "{text}");
    }
}

#[test]
fn a_turn_tells_more_with_more_words_up_to_enough() {
    let of = |words: usize| told(MemoryKind::Turn, &"word ".repeat(words));
    assert!(of(0).abs() < 1e-6);
    assert!(of(1) < of(5) && of(5) < of(25));
    assert!((of(25) - 1.0).abs() < 1e-6 && (of(5_000) - 1.0).abs() < 1e-6);
}

#[test]
fn what_is_no_turn_tells_wholly() {
    for kind in MemoryKind::ALL
        .into_iter()
        .filter(|kind| *kind != MemoryKind::Turn)
    {
        assert!((told(kind, "tea") - 1.0).abs() < 1e-6, "{kind:?}");
    }
}
