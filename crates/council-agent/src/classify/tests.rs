//! The bundled classifier on what it must never mistake, and weights that fit the queries beside them.

#![expect(clippy::unwrap_used, clippy::float_cmp, reason = "tests")]

use super::{BUNDLED, Classification, Classifier};
use crate::knowledge::hexadecimal;
use council_core::{Embedding, SkillKind};
use proptest::prelude::*;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

const TRAIN: &str = include_str!("../../../../data/router/train.jsonl");
const HELD_OUT: &str = include_str!("../../../../data/router/heldout.jsonl");
const LATER: &str = include_str!("../../../../data/router/later.jsonl");
const RESULT: &str = include_str!("../../../../data/router/result.json");

fn classify(text: &str) -> Classification {
    Classifier::bundled().unwrap().classify(text, None)
}

#[test]
fn parts_of_words_decide_nothing() {
    // Each has a word with "or", "and", "not", "sum", "code", "function", "if", "all", "plus" or "log" within or as itself.
    let chat = [
        "Tell me about the world",
        "Which corner of the garden gets the most sun?",
        "My landlord adores orchids",
        "How do I plan a surplus sale for our village?",
        "She presumed that the summer would be short",
        "What did ancient sailors eat?",
        "Describe the gift shop of a small castle",
        "Tell me about the theology of the Middle Ages",
        "Sum up the mood of the sixties for me",
        "What is a good code of conduct among neighbours?",
        "What is the function of the liver?",
        "Who is the prime minister of Japan?",
        "Suggest a program for a quiet evening",
        "Ifrit, orc, allosaurus: which of them is an animal?",
    ];
    let wrong: Vec<_> = chat
        .into_iter()
        .map(|text| (text, classify(text).kind))
        .filter(|(_, kind)| *kind != SkillKind::Chat)
        .collect();
    assert_eq!(wrong, []);
}

#[test]
fn a_word_inside_another_one_gives_the_same_probabilities_as_any_other_unknown_word() {
    let one = classify("please describe the orandilog to me").probabilities;
    let other = classify("please describe the uxemidezu to me").probabilities;
    assert_eq!(one, other);
}

#[test]
fn plain_questions_of_each_kind_are_told_apart_without_an_embedding() {
    for (text, kind) in [
        ("hello, how are you?", SkillKind::Chat),
        ("what is 15% of 240?", SkillKind::Math),
        ("solve 3x + 4 = 19", SkillKind::Math),
        ("write a python function that reverses a string", SkillKind::Code),
        (
            "```rust\nfn main() { println!(\"{}\", 1); }\n```",
            SkillKind::Code,
        ),
        (
            "All cats are animals. Tom is a cat. Is Tom an animal?",
            SkillKind::Logic,
        ),
        ("is (p -> q) or (q -> p) a tautology?", SkillKind::Logic),
        ("what does my contract say about overtime?", SkillKind::Knowledge),
        ("What did I tell you about my sister?", SkillKind::Knowledge),
    ] {
        let found = classify(text);
        assert_eq!((found.kind, found.known), (kind, true), "{text}: {found:?}");
    }
}

#[test]
fn what_is_no_question_that_it_knows_is_chat_with_a_low_probability() {
    for text in [
        "",
        "   \n\t ",
        "?!",
        "***",
        "\u{1f389}\u{1f389}",
        "hjkl sdfg wrtp",
        "blorpt znak frumious quibbletz",
        "Wo liegt denn der nächste Bahnhof?",
        "Où se trouve la bibliothèque municipale ?",
        "¿Dónde está la biblioteca más cercana?",
        "Где находится ближайшая аптека?",
        "最寄りの駅はどこですか",
    ] {
        let found = classify(text);
        assert_eq!(
            (found.kind, found.known),
            (SkillKind::Chat, false),
            "{text:?}: {found:?}"
        );
        assert!(found.probability < 0.5, "{text:?}: {found:?}");
    }
}

#[test]
fn of_a_long_text_beginning_and_end_are_read() {
    let filler = "lorem ipsum dolor sit amet ".repeat(100_000);
    let head = "a".repeat(300);
    let tail = " what is 2 + 2?";
    let long = classify(&format!("{head}{filler}{tail}"));
    let longer = classify(&format!("{head}{filler}{filler}{tail}"));
    assert_eq!(long.probabilities, longer.probabilities);
}

#[test]
fn an_embedding_of_another_length_is_not_used() {
    let classifier = Classifier::bundled().unwrap();
    let text = "what is 2 + 2?";
    let other = Embedding(vec![0.5; 768]);
    assert_eq!(
        classifier.classify(text, Some(&other)),
        classifier.classify(text, None)
    );
    let own = Embedding(vec![0.05; 384]);
    assert_ne!(
        classifier.classify(text, Some(&own)).probabilities,
        classifier.classify(text, None).probabilities
    );
}

#[test]
fn broken_weights_are_refused_with_what_is_wrong() {
    let problem = |from: &str, to: &str| Classifier::parse(&BUNDLED.replacen(from, to, 1)).err().unwrap();
    assert_eq!(problem("\"length\": ", "\"longth\": "), "`signs` lacks `length`");
    let unknown = problem("\"signs\": {", "\"signs\": {\n\"mood\": [0,0,0,0,0,0],");
    assert_eq!(unknown, "`signs` has `mood`, which nothing computes");
    assert!(problem("\"temperature\": ", "\"temperature\": -").starts_with("`temperature` is -"));
}

#[test]
fn the_weights_were_learnt_from_the_queries_beside_them_and_the_result_is_theirs() {
    let weights: Value = serde_json::from_str(BUNDLED).unwrap();
    let result: Value = serde_json::from_str(RESULT).unwrap();
    let hash = |text: &str| hexadecimal(&Sha256::digest(text.as_bytes()));
    let again = "run `cargo xtask train-router`";
    assert_eq!(weights["queries_sha256"], hash(TRAIN), "{again}");
    assert_eq!(result["weights_sha256"], hash(BUNDLED), "{again}");
    assert_eq!(result["queries"], TRAIN.lines().count(), "{again}");
    assert_eq!(result["held_out"], HELD_OUT.lines().count(), "{again}");
}

#[test]
fn the_held_out_result_is_what_this_code_finds_and_at_least_95_percent() {
    let result: Value = serde_json::from_str(RESULT).unwrap();
    let classifier = Classifier::bundled().unwrap();
    let mut right = 0;
    let mut wrong = Vec::new();
    for line in HELD_OUT.lines() {
        let query: Value = serde_json::from_str(line).unwrap();
        let text = query["text"].as_str().unwrap();
        let found = classifier.classify(text, None);
        if query["kind"] == found.kind.as_str() {
            right += 1;
        } else {
            wrong.push(text.to_owned());
        }
    }
    let recorded = &result["without_embedding"]["held_out"];
    let recorded_wrong: Vec<&str> = recorded["wrong"]
        .as_array()
        .unwrap()
        .iter()
        .map(|query| query["text"].as_str().unwrap())
        .collect();
    assert_eq!(wrong, recorded_wrong);
    let share = f64::from(right) / HELD_OUT.lines().count() as f64;
    assert!(share >= 0.95, "{share}");
    assert!(result["with_embedding"]["held_out"]["accuracy"].as_f64().unwrap() >= 0.95);
}

/// Read once for all cases.
static ONCE: OnceLock<Classifier> = OnceLock::new();

#[test]
fn queries_that_were_written_after_the_training_are_told_apart_as_well_as_was_stated() {
    let classifier = Classifier::bundled().unwrap();
    let right = LATER.lines().filter(|line| {
        let query: Value = serde_json::from_str(line).unwrap();
        query["kind"]
            == classifier
                .classify(query["text"].as_str().unwrap(), None)
                .kind
                .as_str()
    });
    assert_eq!(
        (right.count(), LATER.lines().count()),
        (74, 78),
        "docs/router.md states it"
    );
}

proptest! {
    #[test]
    fn probabilities_add_up_to_one_whatever_the_text(text in any::<String>(), numbers in prop::collection::vec(-1.0_f32..1.0, 384)) {
        let classifier = ONCE.get_or_init(|| Classifier::bundled().unwrap());
        for embedding in [None, Some(&Embedding(numbers))] {
            let found = classifier.classify(&text, embedding);
            let sum: f32 = found.probabilities.iter().sum();
            prop_assert!((sum - 1.0).abs() < 1e-4, "{found:?}");
            prop_assert!(found.probabilities.iter().all(|probability| (0.0..=1.0001).contains(probability)));
            prop_assert!(found.known || found.kind == SkillKind::Chat);
        }
    }
}
