//! Samples of questions.

use super::sample;
use council_agent::grade::{Expected, Known, Question};
use council_core::SkillKind;

fn questions() -> Vec<Question> {
    let question = |number: usize| Question {
        id: format!("q{number}"),
        kind: if number < 30 {
            SkillKind::Math
        } else {
            SkillKind::Logic
        },
        text: String::new(),
        document: None,
        expected: Expected {
            known: Known::Text { value: String::new() },
            accept: Vec::new(),
        },
    };
    (0..35).map(question).collect()
}

fn ids(most: Option<usize>, seed: u64) -> Vec<String> {
    let chosen = sample(questions(), most, seed);
    chosen.into_iter().map(|question| question.id).collect()
}

#[test]
fn a_limit_holds_for_each_kind_and_kinds_take_turns() {
    let chosen = sample(questions(), Some(3), 1);
    let kinds: Vec<_> = chosen.iter().map(|question| question.kind).collect();
    let pair = [SkillKind::Math, SkillKind::Logic];
    assert_eq!(kinds, [pair, pair, pair].concat());
    assert_eq!(ids(Some(7), 1).len(), 12);
}

#[test]
fn without_a_limit_everything_is_asked_once() {
    let mut all = ids(None, 1);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 35);
}

#[test]
fn the_seed_chooses_and_a_larger_sample_holds_the_smaller_one() {
    assert_eq!(ids(Some(5), 1), ids(Some(5), 1));
    assert_ne!(ids(Some(5), 1), ids(Some(5), 2));
    let larger = ids(Some(9), 1);
    assert!(ids(Some(5), 1).iter().all(|id| larger.contains(id)));
}
