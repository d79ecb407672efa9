//! Numbers of answers, by hand.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::super::answer::tests::answer;
use super::super::answer::{Answer, Verdict};
use super::{AtCost, Counts, Duel, Paired, Times, Weights, duel, summary};
use council_core::SkillKind;
use std::time::Duration;

use Verdict::{Declined, Failed, Right, Wrong};

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

/// A token of `large` counts three of `m`.
fn weights() -> Weights {
    Weights::of([("m", Some(500)), ("large", Some(1500)), ("remote", None)])
}

fn of_large(policy: &str, question: &str, verdict: Verdict, tokens: u32) -> Answer {
    Answer {
        output_tokens: [("large".to_owned(), tokens)].into(),
        ..answer(policy, question, verdict, 0)
    }
}

#[test]
fn a_token_counts_the_size_of_its_model_by_that_of_the_first() {
    let both = Answer {
        output_tokens: [("m", 10), ("large", 20), ("remote", 5), ("unheard of", 1)]
            .map(|(model, tokens)| (model.to_owned(), tokens))
            .into(),
        ..answer("cascade", "q", Right, 0)
    };
    assert!(close(weights().cost(&both), 10.0 + 60.0 + 5.0 + 1.0));
    let unknown = Weights::of([("m", None), ("large", Some(3))]);
    assert!(close(unknown.cost(&both), 36.0));
}

#[test]
fn accuracy_is_of_all_that_were_asked_with_the_score_interval() {
    for (verdicts, accuracy, interval) in [
        (vec![], 0.0, [0.0, 1.0]),
        (vec![Right; 10], 1.0, [0.722_467_2, 1.0]),
        (vec![Right, Wrong, Declined, Failed], 0.25, [0.045_586, 0.699_358]),
    ] {
        let answers: Vec<Answer> = verdicts.iter().map(|one| answer("p", "q", *one, 1)).collect();
        let counts = Counts::of(&answers);
        assert_eq!(counts.asked, answers.len());
        assert!(close(counts.accuracy, accuracy));
        for (found, expected) in counts.interval.into_iter().zip(interval) {
            assert!((found - expected).abs() < 1e-5, "{counts:?}");
        }
    }
}

#[test]
fn a_summary_is_of_one_policy_and_confidence_of_what_was_answered() {
    let said = |question: &str, verdict, confidence, latency_ms| Answer {
        confidence,
        latency_ms,
        calibrated: question == "a",
        ..answer("p", question, verdict, 10)
    };
    let fact = Answer {
        kind: SkillKind::Knowledge,
        ..said("e", Wrong, None, 500.0)
    };
    let answers = [
        said("a", Right, Some(0.9), 100.0),
        said("b", Right, Some(0.7), 200.0),
        said("c", Wrong, Some(0.2), 300.0),
        said("d", Failed, Some(1.0), 400.0),
        fact,
        answer("other", "a", Wrong, 1000),
    ];
    let found = summary("p", &answers, &weights());
    assert_eq!(
        (
            found.all.asked,
            found.all.right,
            found.all.wrong,
            found.all.failed
        ),
        (5, 2, 2, 1)
    );
    assert_eq!((found.without_facts.asked, found.without_facts.right), (4, 2));
    assert_eq!(
        found.by_kind.keys().copied().collect::<Vec<_>>(),
        [SkillKind::Math, SkillKind::Knowledge]
    );
    assert_eq!(found.output_tokens, [("m".to_owned(), 50)].into());
    assert!(close(found.weighted_tokens, 10.0));
    assert!(close(found.latency_mean_ms, 300.0) && close(found.latency_p95_ms, 500.0));
    let confidence = found.confidence;
    assert_eq!(
        (confidence.answers, confidence.calibrated, confidence.auroc),
        (3, 1, Some(1.0))
    );
    assert!(close(confidence.mean_if_right.unwrap(), 0.8) && close(confidence.mean_if_wrong.unwrap(), 0.2));
    assert!(close(confidence.ece, (0.1 + 0.3 + 0.2) / 3.0));
}

#[test]
fn policies_are_compared_on_the_questions_that_all_were_asked() {
    let escalated = |mut answer: Answer| {
        answer.escalated = true;
        answer
    };
    let answers = [
        answer("small", "a", Right, 10),
        answer("small", "b", Wrong, 10),
        answer("small", "c", Wrong, 10),
        of_large("large", "a", Right, 10),
        of_large("large", "b", Right, 10),
        answer("cascade", "a", Wrong, 4),
        escalated(of_large("cascade", "b", Wrong, 20)),
    ];
    let weights = weights();
    let paired = Paired::new(&["small", "large", "cascade"], &answers, &weights);
    assert_eq!(paired.questions(), 2);
    let row = |policy: &str, accuracy, weighted_tokens| AtCost {
        policy: policy.to_owned(),
        accuracy,
        weighted_tokens,
    };
    assert_eq!(
        paired.at_cost(),
        [
            row("small", 0.5, 10.0),
            row("large", 1.0, 30.0),
            row("cascade", 0.0, 32.0),
            // Half of the questions to the larger model, after the small one.
            row("chance", 0.75, 25.0),
            // The small model for `a`, the large one for `b`.
            row("oracle", 1.0, 20.0),
        ]
    );
}

#[test]
fn the_oracle_pays_the_cheapest_where_nobody_is_right() {
    let answers = [
        answer("small", "a", Wrong, 10),
        answer("skills", "a", Declined, 0),
    ];
    let weights = weights();
    let table = Paired::new(&["small", "skills"], &answers, &weights).at_cost();
    let oracle = table.last().unwrap();
    assert!(
        close(oracle.accuracy, 0.0) && close(oracle.weighted_tokens, 0.0),
        "{oracle:?}"
    );
    assert!(table.iter().all(|row| row.policy != "chance"));
}

#[test]
fn a_duel_counts_who_alone_was_right_and_says_whether_it_cost_the_same() {
    let answers = [
        answer("council", "a", Right, 40),
        answer("council", "b", Right, 40),
        answer("council", "c", Wrong, 40),
        of_large("large", "a", Right, 10),
        of_large("large", "b", Wrong, 10),
        of_large("large", "c", Right, 10),
        of_large("large", "d", Right, 1000),
    ];
    let expected = Duel {
        one: "council".to_owned(),
        other: "large".to_owned(),
        questions: 3,
        both_right: 1,
        only_one_right: 1,
        only_other_right: 1,
        weighted_tokens: [40.0, 30.0],
        equal_compute: true,
    };
    assert_eq!(duel("council", "large", &answers, &weights()), Some(expected));
    let dearer = [
        answer("council", "a", Right, 46),
        of_large("large", "a", Right, 10),
    ];
    assert!(
        !duel("council", "large", &dearer, &weights())
            .unwrap()
            .equal_compute
    );
    assert_eq!(duel("council", "samples", &answers, &weights()), None);
}

#[test]
fn times_are_of_the_nearest_rank() {
    let times: Vec<Duration> = (1..=200).rev().map(Duration::from_millis).collect();
    let found = Times::of(&times).unwrap();
    assert_eq!(found.runs, 200);
    assert!(
        close(found.p50_ms, 100.0) && close(found.p99_ms, 198.0),
        "{found:?}"
    );
    assert_eq!(Times::of(&[]), None);
}
