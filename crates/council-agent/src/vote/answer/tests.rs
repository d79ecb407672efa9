//! Replies as models write them, and the short answers in them.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{Answer, Expected, Form, keys};
use proptest::prelude::*;

fn key(reply: &str) -> Option<String> {
    key_as(reply, Expected::Short)
}

fn key_as(reply: &str, expected: Expected) -> Option<String> {
    keys(&[Answer::in_reply(reply, expected)]).remove(0)
}

#[test]
fn equal_answers_in_other_words_have_the_same_key() {
    let same: &[&[&str]] = &[
        &[
            "Let me see.\nAnswer: 36",
            "It is a product.\n\n**Answer:** 36.",
            "15 % of 240 … so the final answer is **36**.",
            "So \\[ x = \\boxed{36} \\]",
            "x = 36",
            "36.0",
            "Answer: 72/2",
            "Answer: $36$",
            "Answer: 15% of 240 is 36.",
            "Answer: 15 % of 240 is approximately 36.",
        ],
        &["Answer: $1,234.50", "1234.5 dollars", "Answer: 1234.50 USD"],
        &[
            "Answer: 1 km",
            "1000 m",
            "Answer: 1,000 metres.",
            "answer: 100000 cm",
        ],
        &["Answer: 15%", "15 percent"],
        &["Answer: x = 2 or x = -3", "x = -3, x = 2", "Answer: −3 and 2"],
        &[
            "Yes, because every bird that was named can fly.",
            "Answer: Yes",
            "Final answer: **yes**.",
            "True",
            "Answer: The answer is `yes`.",
        ],
        &[
            "Answer: B",
            "(b)",
            "Answer: **B)** the second one",
            "Answer: option b",
        ],
        &["Answer: Paris", "Paris.", "The answer is **Paris**."],
        &[
            "Answer: the Nile",
            "nile",
            "Answer: The longest river is the Nile.",
        ],
        &["Answer: 1.2e3", "Answer: 1.2 × 10^3", "1200"],
        &["Answer: \\frac{3}{4}", "0.75", "Answer: 3/4"],
        &["Answer: \\(12 \\text{ km/h}\\)", "12 km/h"],
    ];
    for group in same {
        let keys: Vec<Option<String>> = group.iter().map(|reply| key(reply)).collect();
        assert!(keys[0].is_some(), "{group:?}");
        assert!(keys.iter().all(|key| *key == keys[0]), "{group:?}: {keys:?}");
    }
}

#[test]
fn answers_that_differ_have_different_keys() {
    let replies = [
        "Answer: 36",
        "Answer: 3.6",
        "Answer: -36",
        "Answer: 36 km",
        "Answer: 36 m",
        "Answer: 36 %",
        "Answer: yes",
        "Answer: no",
        "Answer: B",
        "Answer: x = 3 or x = 6",
        "Answer: Paris",
        "Answer: Lyon",
    ];
    for (index, one) in replies.iter().enumerate() {
        for other in &replies[index + 1..] {
            assert_ne!(key(one), key(other), "{one} {other}");
        }
    }
}

#[test]
fn free_text_has_no_short_answer() {
    for reply in [
        "A council of voices can be useful when a question has no single answer. Much depends on who sits in it.",
        "Answer: it depends on what you want to do with it, and on how much time there is left",
        "",
        "No one knows who will win the election, and it would be wrong to guess at such a time in public.",
    ] {
        assert_eq!(key(reply), None, "{reply}");
    }
}

#[test]
fn a_number_that_is_not_marked_is_found_only_where_a_number_is_expected() {
    let reply = "First we take 10 % of 240, which is 24.\nThen 5 %, which is 12.\nTogether 24 + 12 = 36.";
    assert_eq!(key(reply), None);
    assert_eq!(key_as(reply, Expected::Number).as_deref(), Some("36"));
    let reply = "Answer: We can find 15 % of 240 by multiplying.\n\nTherefore, 15% of 240 is 36.";
    assert_eq!(key_as(reply, Expected::Number).as_deref(), Some("36"));
    let reply = "There are many ways to see this, but in the end the train needs all in all 90 minutes.";
    assert_eq!(key_as(reply, Expected::Number).as_deref(), Some("5400 s"));
}

#[test]
fn a_number_without_its_unit_joins_the_only_unit_that_is_named() {
    let replies = ["Answer: 36", "Answer: 36 apples", "Answer: 36 apples"];
    let answers: Vec<_> = replies
        .iter()
        .map(|reply| Answer::in_reply(reply, Expected::Short))
        .collect();
    assert_eq!(keys(&answers), vec![Some("36 apples".to_owned()); 3]);
    let two = ["Answer: 36", "Answer: 36 apples", "Answer: 36 pears"];
    let answers: Vec<_> = two
        .iter()
        .map(|reply| Answer::in_reply(reply, Expected::Short))
        .collect();
    assert_eq!(keys(&answers)[0].as_deref(), Some("36"));
}

#[test]
fn answers_are_compared_with_a_computed_one() {
    let agrees = |one: &str, other: &str| Answer::read(one).unwrap().agrees(&Answer::read(other).unwrap());
    assert_eq!(agrees("36", "36"), Some(true));
    assert_eq!(agrees("36 m", "36"), Some(true));
    assert_eq!(agrees("35", "36"), Some(false));
    // Rounded, to two places or more.
    assert_eq!(agrees("78.54", "78.53981633974483"), Some(true));
    assert_eq!(agrees("78.53", "78.53981633974483"), Some(false));
    assert_eq!(agrees("0.33", "1/3"), Some(true));
    assert_eq!(agrees("0.3", "1/3"), Some(false));
    assert_eq!(agrees("2 and -3", "x = 2 or x = -3"), Some(true));
    assert_eq!(agrees("2", "x = 2 or x = -3"), Some(false));
    // A number says nothing about words.
    assert_eq!(agrees("36", "Alice"), None);
    assert_eq!(agrees("Alice", "Bob"), None);
}

#[test]
fn json_is_equal_whatever_the_order_of_its_fields() {
    let one = key_as("```json\n{\"a\": 1, \"b\": [true]}\n```", Expected::Json);
    let other = key_as("{\"b\":[true],\"a\":1}", Expected::Json);
    assert!(one.is_some());
    assert_eq!(one, other);
    assert_eq!(key_as("no braces", Expected::Json), None);
    assert_eq!(key_as("{\"a\": ", Expected::Json), None);
}

#[test]
fn a_program_is_taken_from_its_block() {
    let answer = Answer::in_reply("Here:\n```python\nprint(1)\n```\nDone.", Expected::Code).unwrap();
    assert!(matches!(answer.form, Form::Code { source, .. } if source == "print(1)"));
}

#[test]
fn numbers_too_large_to_compute_with_are_kept_as_words() {
    let huge = "9".repeat(60);
    assert!(matches!(Answer::read(&huge).unwrap().form, Form::Words(_)));
}

/// Texts made of what answers are made of.
fn any_reply() -> impl Strategy<Value = String> {
    let pieces = proptest::sample::select(vec![
        "Answer:",
        "answer is ",
        "**",
        "\\boxed{",
        "}",
        "\\frac{1}{",
        "$",
        "€",
        "-",
        "−",
        "1,234",
        "36",
        ".5",
        "e9",
        "/",
        "0",
        "%",
        " km",
        " or ",
        "yes",
        "No, ",
        "(B)",
        "option ",
        "İ",
        "Paris",
        "\n",
        ". ",
        "=",
        "≈",
        "99999999999999999999999999999999999999",
        "{\"a\": 1}",
        "× 10^",
        "ß",
        "```",
        "print(1)",
    ]);
    prop_oneof![
        proptest::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat()),
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn any_reply_can_be_read(reply in any_reply()) {
        for expected in [Expected::Short, Expected::Number, Expected::Json, Expected::Code] {
            if let Some(answer) = Answer::in_reply(&reply, expected) {
                prop_assert!(keys(&[Some(answer.clone())])[0].is_some());
                prop_assert!(answer.agrees(&answer) != Some(false));
            }
        }
    }

    #[test]
    fn answers_are_grouped_alike_in_any_order(
        (replies, shuffled) in proptest::collection::vec(any_reply(), 0..6)
            .prop_flat_map(|replies| (Just(replies.clone()), Just(replies).prop_shuffle()))
    ) {
        let grouped = |replies: &[String]| {
            let answers: Vec<_> = replies.iter().map(|reply| Answer::in_reply(reply, Expected::Number)).collect();
            let mut grouped: Vec<_> = replies.iter().cloned().zip(keys(&answers)).collect();
            grouped.sort();
            grouped
        };
        prop_assert_eq!(grouped(&replies), grouped(&shuffled));
    }
}
