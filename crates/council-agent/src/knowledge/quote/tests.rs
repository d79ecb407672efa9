//! What is quoted, in short and whole, and what is not.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::english::{lower_words, stem};

const LEASE: &str = "Lease, flat 3B > Terms\n\n1. Landlord: Marlow Estates. Tenant: Dana Whitfield.\n2. The rent is 980 dollars \
    a month and is due on the third working day. Heating and water are included; electricity is not.\n3. Cats are allowed. \
    Dogs need the landlord's written consent. Reptiles are forbidden.\n4. Quiet hours are from 22:00 to 7:00.";

const REPORT: &str = "Annual report of the library\n\nThe reading programme reached 3,200 children in 41 schools. It is paid\nfor \
    by the Calder Foundation until 2027. The director, Dr Samuel Osei, retires in October. The fair is on 18 October, \
    the holiday from 27 to 31 October. Bilal voted against the shed because he prefers another.";

const TABLE: &str = "ferry > Configuration\n\n| key | meaning | default |\n|---|---|---|\n| `port` | where the daemon listens | \
    7331 |\n| `interval` | seconds between two scans | 45 |";

/// Each word a direction of its own, as far as that goes.
fn meaning(text: &str) -> Embedding {
    let mut numbers = vec![0.0_f32; 256];
    for word in lower_words(text) {
        let sum = stem(&word).bytes().fold(7_usize, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(usize::from(byte))
        });
        numbers[sum % 256] += 1.0;
    }
    let length = numbers.iter().map(|number| number * number).sum::<f32>().sqrt();
    Embedding(numbers.iter().map(|number| number / length.max(1e-6)).collect())
}

fn quoted(question: &str) -> Option<Quote> {
    let found = [LEASE, REPORT, TABLE].map(|text| Found { text, cosine: 0.4 });
    let reading = Reading::of(question, &found)?;
    let vectors: Vec<Embedding> = reading.texts().iter().map(|text| meaning(text)).collect();
    reading.best(&meaning(question), &vectors)
}

#[test]
fn the_sentence_that_answers_is_found_with_the_short_answer_where_it_is_certain() {
    for (question, text, short) in [
        (
            "Who is the tenant of the flat?",
            "Tenant: Dana Whitfield.",
            Some("Dana Whitfield"),
        ),
        (
            "How much is the rent a month?",
            "The rent is 980 dollars a month and is due on the third working day.",
            Some("980 dollars"),
        ),
        ("Which animals are forbidden?", "Reptiles are forbidden.", None),
        (
            "According to the lease, when are quiet hours?",
            "Quiet hours are from 22:00 to 7:00.",
            Some("22:00 to 7:00"),
        ),
        (
            "How many schools did the reading programme reach?",
            "The reading programme reached 3,200 children in 41 schools. It is paid for by the Calder Foundation until 2027.",
            Some("41 schools"),
        ),
        (
            "When is the holiday?",
            "The fair is on 18 October, the holiday from 27 to 31 October.",
            None,
        ),
        (
            "Which port does the daemon of ferry listen on?",
            "`port` – where the daemon listens – 7331",
            None,
        ),
        (
            "How many seconds are between two scans?",
            "`interval` – seconds between two scans – 45",
            None,
        ),
    ] {
        let quote = quoted(question).unwrap();
        assert_eq!(
            (quote.text.as_str(), quote.short.as_deref()),
            (text, short),
            "{question}"
        );
    }
}

#[test]
fn a_sentence_that_points_back_is_quoted_with_the_one_before_it() {
    let quote = quoted("Who pays for the reading programme?").unwrap();
    assert_eq!(
        quote.text,
        "The reading programme reached 3,200 children in 41 schools. It is paid for by the Calder Foundation until 2027."
    );
    assert_eq!(quote.short.as_deref(), Some("Calder Foundation"));
}

#[test]
fn yes_and_no_are_said_only_where_the_sentence_says_so() {
    for (question, short) in [
        ("Are cats allowed in the flat?", Some("Yes")),
        ("Are reptiles allowed in the flat?", Some("No")),
        ("Is electricity included in the rent?", Some("No")),
        ("Is water included in the rent?", Some("Yes")),
        // It depends, and whether what is forbidden is allowed is another question.
        ("Are dogs allowed in the flat?", None),
        ("Are parrots allowed in flat 3B?", None),
        ("Are reptiles forbidden?", None),
    ] {
        let quote = quoted(question).unwrap();
        assert_eq!(quote.short.as_deref(), short, "{question}: {}", quote.text);
    }
}

#[test]
fn what_no_sentence_answers_is_not_read_for() {
    for question in [
        "Summarise the lease.",
        "Write a letter to the landlord.",
        "How do I write a letter to the landlord?",
        "Explain why the rent is so high.",
        "Imagine a flat where cats are allowed.",
        "What is rent?",
        "What is it?",
        "And the rent?",
        "Is it allowed?",
        "Who is the landlord? And who the tenant?",
        "",
        "?",
    ] {
        assert_eq!(quoted(question), None, "{question}");
    }
}

#[test]
fn a_reason_is_a_sentence_that_says_why() {
    let (said, other) = (
        quoted("Why may Bilal vote against the shed?"),
        quoted("Why is the rent so high?"),
    );
    assert_eq!(
        said.unwrap().text,
        "Bilal voted against the shed because he prefers another."
    );
    assert!(other.as_ref().unwrap().score < 0.6, "{other:?}");
}

#[test]
fn what_is_about_somebody_else_scores_less() {
    let (own, other) = (
        quoted("Who is the tenant of flat 3B?"),
        quoted("Who is the tenant of Blackwood Castle?"),
    );
    assert!(own.unwrap().score > 0.6);
    assert!(other.unwrap().score < 0.6);
}

#[test]
fn nothing_that_a_document_holds_is_a_failure() {
    let odd = [
        "",
        "\n\n",
        "a > b",
        "x\n\n|||\n|--|\n| |",
        "t\n\n**.** _ . ! ? “”",
        "t\n\n\u{feff}é. 3. 4.5.6 :: 10:",
        "t\n\n1.",
    ];
    for text in odd {
        for question in [
            "Who is it for?",
            "How many are there?",
            "When is the end of 4.5?",
            "Is é 10?",
            "How long is 10:00?",
        ] {
            let reading = Reading::of(
                question,
                &[Found {
                    text,
                    cosine: f32::NAN,
                }],
            );
            let Some(reading) = reading else { continue };
            let vectors: Vec<Embedding> = reading.texts().iter().map(|text| meaning(text)).collect();
            let _ = reading.best(&meaning(question), &vectors);
        }
    }
}
