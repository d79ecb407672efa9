//! Answers that can be checked: recomputed, run, validated.

use super::{Table, model, one_each, question, sum};
use crate::user;
use async_trait::async_trait;
use council_agent::code::Programs;
use council_agent::vote::check::{Execute, Recompute};
use council_agent::vote::{Method, VoteError};
use council_core::sandbox::Limits;
use council_core::sandbox::scripted::{ScriptedSandbox, Step as RunStep, failure, report};
use council_core::{
    Attempt, Attempted, OutputFormat, Proof, ProofMethod, Skill, SkillAnswer, SkillHelp, SkillKind,
};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Knows one answer.
struct Knows(Attempt);

#[async_trait]
impl Skill for Knows {
    fn kind(&self) -> SkillKind {
        SkillKind::Math
    }

    async fn attempt(&self, question: &str, _help: &SkillHelp) -> Attempted {
        assert_eq!(question, "What is 15 % of 240?");
        self.0.clone().into()
    }
}

fn knows(value: &str, confidence: f64) -> Arc<Recompute> {
    recompute(Attempt::Answered(SkillAnswer {
        text: value.to_owned(),
        value: value.to_owned(),
        proofs: vec![Proof {
            method: ProofMethod::Computed,
            text: "15 % × 240".to_owned(),
        }],
        confidence,
    }))
}

fn recompute(attempt: Attempt) -> Arc<Recompute> {
    let help = SkillHelp {
        model: None,
        sandbox: None,
        time_limit: Duration::from_secs(1),
        cancel: CancellationToken::new(),
    };
    Arc::new(Recompute::new(Arc::new(Knows(attempt)), help))
}

fn two_to_one() -> [crate::fakes::ScriptedModel; 3] {
    [
        model("a", &["Answer: 35"]),
        model("b", &["Answer: 35"]),
        model("c", &["Answer: 36"]),
    ]
}

#[tokio::test(start_paused = true)]
async fn one_right_voice_wins_against_two_that_a_computation_refutes() {
    let checkers = vec![knows("36", 1.0) as Arc<_>];
    let table = Table::with(one_each(&["a", "b", "c"]), two_to_one(), checkers, None);
    let decided = table.verdict(sum()).await;
    assert_eq!(decided.answer.as_deref(), Some("36"));
    assert!(decided.verified);
    assert_eq!(decided.agreement, None);
    assert_eq!(
        decided.consensus,
        "1 of 3 voices says 36. A check agrees (computed: 36)."
    );
    assert_eq!(decided.dissent.len(), 1);
    assert!(decided.dissent[0].refuted);
    assert_eq!(decided.dissent[0].voices, ["a", "b"]);
    assert_eq!(decided.ranking, ["c"]);
    assert_eq!((decided.stats.verified, decided.stats.refuted), (1, 2));
    assert_eq!(
        table.metric("council_vote_checks_total{result=\"failed\"}"),
        Some(2.0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_skill_that_may_have_misread_the_question_supports_but_does_not_refute() {
    let checkers = vec![knows("36", 0.8) as Arc<_>];
    let table = Table::with(one_each(&["a", "b", "c"]), two_to_one(), checkers, None);
    let decided = table.verdict(sum()).await;
    // Verified goes before the heavier group, which stays as dissent.
    assert_eq!(decided.answer.as_deref(), Some("36"));
    assert!((decided.dissent[0].share - 2.0 / 3.0).abs() < 1e-9);
    assert!(!decided.dissent[0].refuted);
}

#[tokio::test(start_paused = true)]
async fn without_an_answer_of_its_own_a_skill_leaves_the_vote_alone() {
    let reason = "not a sum".to_owned();
    let checkers = vec![recompute(Attempt::Unsure { reason }) as Arc<_>];
    let table = Table::with(one_each(&["a", "b", "c"]), two_to_one(), checkers, None);
    let decided = table.verdict(sum()).await;
    assert_eq!(decided.answer.as_deref(), Some("35"));
    assert!(!decided.verified);
    assert_eq!(decided.voices[0].verified, None);
}

#[tokio::test(start_paused = true)]
async fn when_every_answer_is_refuted_nobody_wins() {
    let checkers = vec![knows("37", 1.0) as Arc<_>];
    let table = Table::with(one_each(&["a", "b", "c"]), two_to_one(), checkers, None);
    let error = table.end(sum()).await.unwrap_err();
    assert!(matches!(error, VoteError::Refuted { .. }));
    assert_eq!(
        error.to_string(),
        "every answer failed its check: a: 35 (computed: 37); b: 35 (computed: 37); c: 36 (computed: 37)"
    );
    assert_eq!(error.used().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn programs_that_write_the_same_are_one_group_and_one_that_fails_has_no_vote() {
    let program = |source: &str| format!("Here it is:\n```python\n{source}\n```");
    let replies = [
        program("print(36)"),
        program("print(6 * 6)"),
        program("print(1 / 0)"),
    ];
    let models = ["a", "b", "c"]
        .into_iter()
        .zip(&replies)
        .map(|(id, reply)| model(id, &[reply]));
    let sandbox = Arc::new(ScriptedSandbox::default());
    sandbox.script([RunStep::end(report("36\n"))]);
    sandbox.script([RunStep::end(report("36\n"))]);
    sandbox.script([RunStep::end(failure("ZeroDivisionError: division by zero\n"))]);
    let programs = Programs::new(Some(sandbox.clone()), Limits::default());
    let checkers = vec![Arc::new(Execute::new(programs)) as Arc<_>];
    let table = Table::with(one_each(&["a", "b", "c"]), models, checkers, None);
    let asked = question(
        SkillKind::Code,
        vec![user("Write a program that prints 15 % of 240.")],
    );
    let decided = table.verdict(asked).await;
    assert_eq!(decided.method, Method::Majority);
    assert!(decided.verified);
    assert_eq!(decided.agreement, Some(1.0));
    assert_eq!(decided.text, replies[0]);
    let wrong = &decided.voices[2];
    assert_eq!(wrong.verified, Some(false));
    assert_eq!(
        wrong.evidence.as_deref(),
        Some("executed: it ended with status `error`: ZeroDivisionError: division by zero")
    );
    assert_eq!(sandbox.programs().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn json_that_does_not_follow_the_schema_of_the_request_has_no_vote() {
    let models = [
        model("a", &["{\"sum\": \"36\"}"]),
        model("b", &["{\"sum\": \"36\"}"]),
        model("c", &["{\"sum\": 36}"]),
    ];
    let table = Table::new(one_each(&["a", "b", "c"]), models);
    let mut asked = sum();
    asked.generate.format = OutputFormat::JsonSchema(json!({
        "type": "object", "properties": {"sum": {"type": "integer"}}, "required": ["sum"],
    }));
    let decided = table.verdict(asked).await;
    assert_eq!(decided.text, "{\"sum\": 36}");
    assert_eq!(decided.voices[0].verified, Some(false));
    // That it has the form does not make it right.
    assert_eq!(decided.voices[2].verified, None);
}
