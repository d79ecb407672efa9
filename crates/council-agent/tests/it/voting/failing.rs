//! Voices that fail, are late or say nothing; votes that are cancelled.

use super::{Table, model, one_each, script, sum};
use crate::fakes::{CUT_USAGE, ScriptedModel, Step, busy, say, think};
use council_agent::vote::{FailureKind, Method, Voice, VoteConfig, VoteError, VoteEvent};
use council_core::ModelError;
use futures::StreamExt as _;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

fn three_in_ten_seconds(voices: &[&str]) -> VoteConfig {
    VoteConfig {
        quorum: 2,
        voice_time_limit: Duration::from_secs(10),
        ..one_each(voices)
    }
}

#[tokio::test(start_paused = true)]
async fn voices_that_fail_are_late_or_silent_are_reported_and_the_rest_decide() {
    let models = [
        model("good", &["Answer: 36"]),
        model("fine", &["Answer: 36"]),
        ScriptedModel::new("broken", [say("Ans"), Step::Fail(busy("broken"))]),
        ScriptedModel::new("slow", [say("Let me"), Step::Hang]),
        ScriptedModel::new("deaf", [Step::Deaf]),
        model("silent", &["  \n"]),
        model("musing", &["<think>what if"]),
    ];
    let names = [
        "good", "fine", "broken", "slow", "deaf", "silent", "musing", "absent",
    ];
    let table = Table::new(three_in_ten_seconds(&names), models);
    let decided = table.verdict(sum()).await;
    assert_eq!(decided.answer.as_deref(), Some("36"));
    assert_eq!(decided.consensus, "2 of 2 voices say 36, with 100 % of the vote.");
    let failure = |name: &str| {
        let voice = decided.voices.iter().find(|voice| voice.voice == name).unwrap();
        let failure = voice.failure.clone().unwrap();
        (failure.kind, failure.reason, voice.reply.clone())
    };
    let broken = busy("broken").to_string();
    assert_eq!(failure("broken"), (FailureKind::Failed, broken, "Ans".to_owned()));
    let late = "it had not answered after 10.0 s".to_owned();
    assert_eq!(
        failure("slow"),
        (FailureKind::Late, late.clone(), "Let me".to_owned())
    );
    assert_eq!(failure("deaf"), (FailureKind::Late, late, String::new()));
    assert_eq!(failure("silent").0, FailureKind::Empty);
    assert_eq!(failure("musing").0, FailureKind::Empty);
    assert_eq!(failure("absent").1, "model `absent` is not installed; pull it");
    // What was used before the end counts all the same.
    let slow = decided.used.iter().find(|used| used.model == "slow").unwrap();
    assert_eq!(slow.usage, CUT_USAGE);
    assert!(
        table
            .models
            .iter()
            .all(|model| model.running.load(std::sync::atomic::Ordering::SeqCst) == 0)
    );
    assert_eq!(
        table.metric("council_vote_voices_total{outcome=\"late\"}"),
        Some(2.0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_vote_without_its_quorum_fails_and_names_every_reason_and_what_was_used() {
    let models = [
        model("good", &["Answer: 36"]),
        ScriptedModel::new(
            "broken",
            [Step::Fail(ModelError::Internal("a defect".to_owned()))],
        ),
        ScriptedModel::new("slow", [Step::Hang]),
    ];
    let table = Table::new(three_in_ten_seconds(&["good", "broken", "slow"]), models);
    let error = table.end(sum()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "1 of 3 voices answered, and 2 must (broken: internal error: a defect; slow: it had not answered after 10.0 s); \
         ask again, name other `candidates`, or lower vote.quorum"
    );
    assert_eq!(error.used().len(), 3);
    assert_eq!(
        table.metric("council_votes_total{outcome=\"no_quorum\"}"),
        Some(1.0)
    );
}

#[tokio::test(start_paused = true)]
async fn of_a_smaller_council_than_the_quorum_all_must_answer() {
    let table = Table::new(
        VoteConfig {
            quorum: 3,
            ..one_each(&["a", "b", "c"])
        },
        [
            model("a", &["Answer: 36"]),
            model("b", &["Answer: 36"]),
            model("c", &["Answer: 36"]),
        ],
    );
    let mut two = sum();
    two.candidates = vec!["a".to_owned(), "b".to_owned()];
    let decided = table.verdict(two).await;
    assert_eq!((decided.stats.seated, decided.stats.quorum), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn one_voice_with_a_quorum_of_one_answers_without_agreement() {
    let models = [model("a", &["Answer: 36"]), ScriptedModel::new("b", [Step::Hang])];
    let table = Table::new(one_each(&["a", "b"]), models);
    let decided = table.verdict(sum()).await;
    assert_eq!(decided.method, Method::Single);
    assert_eq!((decided.text.as_str(), decided.agreement), ("Answer: 36", None));
}

#[tokio::test(start_paused = true)]
async fn the_whole_vote_has_its_time_and_then_no_one_else_is_asked() {
    let config = VoteConfig {
        voice_time_limit: Duration::from_secs(10),
        total_time_limit: Duration::from_secs(10),
        ..one_each(&["a", "b", "c"])
    };
    let free = |id: &str| {
        let text = format!("A long piece of advice of {id}.\nWith a second line.");
        let steps = [think(9_999)].into_iter().chain(script(&text));
        // The second answer would be a ranking.
        ScriptedModel::new(id, steps).then([Step::Hang])
    };
    let table = Table::new(config, [free("a"), free("b"), free("c")]);
    let decided = table.verdict(super::essay()).await;
    assert_eq!(decided.method, Method::Weight);
    assert_eq!(decided.voice.as_deref(), Some("a"));
    assert_eq!(decided.stats.invalid_rankings, 3);
    assert!(decided.chair.is_none());
    assert!(decided.latency < Duration::from_secs(16));
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_vote_ends_with_what_was_used() {
    let models = [
        ScriptedModel::new("a", [say("Let"), Step::Hang]),
        ScriptedModel::new("b", [Step::Hang]),
    ];
    let table = Table::new(one_each(&["a", "b"]), models);
    let cancel = CancellationToken::new();
    let mut vote = table.council.deliberate(sum(), cancel.clone());
    while let Some(event) = vote.next().await {
        match event {
            Ok(VoteEvent::VoiceText { .. }) => cancel.cancel(),
            Ok(_) => {}
            Err(VoteError::Cancelled { unanswered }) => {
                assert_eq!(unanswered.voices[0].reply, "Let");
                assert_eq!(unanswered.used.len(), 2);
                assert_eq!(unanswered.used[0].usage, CUT_USAGE);
                return;
            }
            Err(other) => panic!("{other}"),
        }
    }
    panic!("the vote ended without an error");
}

#[tokio::test(start_paused = true)]
async fn a_vote_that_nobody_listens_to_stops_its_voices() {
    let table = Table::new(
        one_each(&["a"]),
        [ScriptedModel::new("a", [say("Let"), Step::Hang])],
    );
    let mut vote = table.council.deliberate(sum(), CancellationToken::new());
    assert!(vote.next().await.is_some());
    drop(vote);
    assert_eq!(
        table.models[0].running.load(std::sync::atomic::Ordering::SeqCst),
        0
    );
}

#[test]
fn a_voice_is_plain_or_one_of_five() {
    let names = Voice::five().map(|voice| voice.name);
    assert_eq!(names, ["Reason", "Spark", "Edge", "Heart", "Vision"]);
    assert!(
        Voice::five()
            .iter()
            .all(|voice| voice.model.is_none() && !voice.persona.is_empty())
    );
}
