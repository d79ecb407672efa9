//! The bundled questions of mathematics: none is answered wrongly, and most are answered.
//!
//! - [`forms`](self::forms): questions in usual words
//! - [`traps`](self::traps): what must stay unanswered

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod forms;
mod traps;

use council_core::{Attempt, Skill, SkillHelp};
use council_skills::Math;
use serde::Deserialize;
use std::fmt::Write;
use std::path::Path;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A question of a bundled set, as `bench/questions/README.md` describes it.
#[derive(Deserialize)]
struct Question {
    id: String,
    topic: String,
    #[serde(rename = "question")]
    text: String,
    answer: Expected,
}

#[derive(Deserialize)]
struct Expected {
    #[serde(rename = "type")]
    kind: String,
    value: serde_json::Value,
    tolerance: Option<f64>,
}

/// Help without a model and without a sandbox.
pub(crate) fn alone() -> SkillHelp {
    SkillHelp {
        model: None,
        sandbox: None,
        time_limit: Duration::from_secs(10),
        cancel: CancellationToken::new(),
    }
}

pub(crate) fn ask(question: &str) -> Attempt {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(Math.attempt(question, &alone())).attempt
}

fn questions(file: &str) -> Vec<Question> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../bench/questions")
        .join(file);
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A number that may be a fraction or a percentage.
fn number(text: &str) -> Option<f64> {
    let text = text.trim().trim_end_matches('%');
    match text.split_once('/') {
        Some((above, below)) => Some(above.parse::<f64>().ok()? / below.parse::<f64>().ok()?),
        None => text.parse().ok(),
    }
}

fn same_number(left: &str, right: &str, tolerance: Option<f64>) -> bool {
    left == right
        || match (number(left), number(right)) {
            (Some(left), Some(right)) => {
                (left - right).abs() <= tolerance.unwrap_or(1e-9 * (1.0 + right.abs()))
            }
            _ => false,
        }
}

/// The members of a set: `x = 2 or x = 3`, `1, 2, 4`.
fn members(text: &str) -> Vec<String> {
    let bare = |part: &str| {
        part.split_once(" = ")
            .map_or(part, |(_, value)| value)
            .trim()
            .to_owned()
    };
    let mut members: Vec<String> = text
        .split(" or ")
        .flat_map(|part| part.split(", "))
        .map(bare)
        .collect();
    members.sort();
    members
}

fn right(answer: &str, expected: &Expected) -> bool {
    let value = || expected.value.as_str().unwrap();
    match expected.kind.as_str() {
        "number" => same_number(answer, value(), expected.tolerance),
        "set" => {
            let mut wanted: Vec<String> = expected
                .value
                .as_array()
                .unwrap()
                .iter()
                .map(|value| value.as_str().unwrap().to_owned())
                .collect();
            wanted.sort();
            members(answer) == wanted
        }
        "text" => {
            let plain = |text: &str| text.to_lowercase().replace([' ', '*'], "");
            plain(answer) == plain(value())
        }
        kind => panic!("no type of answer is called {kind}"),
    }
}

/// What came of a set: how many were answered and asked, apart from stories; and the stories.
struct Score {
    answered: usize,
    asked: usize,
    stories_answered: usize,
    stories: usize,
    wrong: String,
    unsure: String,
}

fn score(file: &str) -> Score {
    let mut score = Score {
        answered: 0,
        asked: 0,
        stories_answered: 0,
        stories: 0,
        wrong: String::new(),
        unsure: String::new(),
    };
    for question in questions(file) {
        let story = question.topic == "word";
        *(if story {
            &mut score.stories
        } else {
            &mut score.asked
        }) += 1;
        match ask(&question.text) {
            Attempt::Answered(answer) => {
                *(if story {
                    &mut score.stories_answered
                } else {
                    &mut score.answered
                }) += 1;
                assert!(
                    !answer.proofs.is_empty() && (0.0..=1.0).contains(&answer.confidence),
                    "{}",
                    question.id
                );
                if !right(&answer.value, &question.answer) {
                    let _ = writeln!(
                        score.wrong,
                        "{}: {} -> {}",
                        question.id, question.text, answer.value
                    );
                }
            }
            Attempt::Unsure { reason } | Attempt::Failed { reason } => {
                let _ = writeln!(score.unsure, "{}: {} -> {reason}", question.id, question.text);
            }
        }
    }
    score
}

#[test]
fn no_bundled_question_is_answered_wrongly_and_most_are_answered() {
    let score = score("math.jsonl");
    assert!(
        score.wrong.is_empty(),
        "wrong:\n{}unsure:\n{}",
        score.wrong,
        score.unsure
    );
    let share = score.answered as f64 / score.asked as f64;
    assert!(
        share >= 0.95,
        "{} of {}, and unsure:\n{}",
        score.answered,
        score.asked,
        score.unsure
    );
    assert!(
        score.stories >= 40 && score.asked >= 120,
        "{} and {}",
        score.stories,
        score.asked
    );
    let told = score.stories_answered as f64 / score.stories as f64;
    assert!(
        told >= 0.75,
        "{} stories of {}, and unsure:\n{}",
        score.stories_answered,
        score.stories,
        score.unsure
    );
}
