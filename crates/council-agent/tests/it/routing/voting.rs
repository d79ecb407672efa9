//! The council in a turn.

use super::{answered, anybody, large, receipt, router, said_with, small, steps, unsure};
use crate::fakes::{ScriptedModel, Step, USAGE, busy};
use crate::{World, ask};
use council_agent::routing::Router;
use council_agent::vote::VoteEvent;
use council_agent::{Answerers, TurnEvent, TurnRequest};
use council_core::{Answerer, Budget as _, NanoUsd, SkillKind, StepOutcome};

#[tokio::test(start_paused = true)]
async fn the_council_decides_where_single_models_are_not_sure() {
    let world = World::with_council(
        router(SkillKind::Math, unsure()),
        [
            small(said_with("It is 36.\nAnswer: 36", 0.3)),
            large(said_with("Answer: 36", 0.3)),
        ],
    );
    let events = world.events(anybody()).await;
    let votes = events
        .iter()
        .filter(|event| matches!(event, Ok(TurnEvent::Vote(_))))
        .count();
    assert!(votes >= 10, "five voices began and ended: {votes}");
    let told =
        |event: &_| matches!(event, Ok(TurnEvent::Vote(vote)) if matches!(**vote, VoteEvent::Verdict(_)));
    let verdict = events.iter().position(told).unwrap();
    assert!(matches!(events[verdict - 1], Ok(TurnEvent::Decision { .. })));
    assert!(matches!(events[verdict + 1], Ok(TurnEvent::Text { .. })));
    let Some(Ok(TurnEvent::Done(summary))) = events.last() else {
        panic!("{events:?}")
    };
    assert_eq!(
        (summary.model.as_str(), summary.skill),
        ("council", SkillKind::Math)
    );
    assert_eq!(summary.vote.as_ref().unwrap().answer.as_deref(), Some("36"));
    assert_eq!(summary.confidence, Some(1.0), "all agree");
    let receipt = receipt(&world);
    assert_eq!(
        steps(&receipt)[1..],
        [
            ("small", StepOutcome::Unsure),
            ("large", StepOutcome::Unsure),
            ("council", StepOutcome::Accepted),
        ]
    );
    // Two drafts, and five replies.
    assert_eq!(summary.usage.output_tokens, 7 * USAGE.output_tokens);
    assert_eq!(world.line().model, "council");
}

#[tokio::test(start_paused = true)]
async fn a_council_without_a_quorum_leaves_the_answer_to_the_surest_draft() {
    let models = [
        small(said_with("37", 0.3)).then(vec![Step::Fail(busy("small"))]),
        large(said_with("38", 0.25)).then(vec![Step::Fail(busy("large"))]),
    ];
    let world = World::with_council(router(SkillKind::Math, unsure()), models);
    let (text, summary) = answered(&world, anybody()).await;
    assert_eq!((text.as_str(), summary.model.as_str()), ("37", "small"));
    assert_eq!(
        steps(&receipt(&world))[1..],
        [
            ("small", StepOutcome::Accepted),
            ("large", StepOutcome::Unsure),
            ("council", StepOutcome::Failed),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn what_paid_voices_cost_is_in_the_books_and_in_the_summary() {
    let gpt = ScriptedModel::new("gpt", said_with("Answer: 36", 0.9)).remote(1.0, 10.0);
    let world = World::with_council(Router::default(), [gpt]);
    let request = TurnRequest {
        answerers: Answerers::Named(vec![Answerer::Council]),
        ..ask(&[])
    };
    let (_, summary) = answered(&world, request).await;
    // Five replies of 100 tokens in and 3 out.
    let cost = NanoUsd(5 * (100 * 1_000 + 3 * 10_000));
    assert_eq!(NanoUsd::from_usd(summary.cost_usd), cost);
    let spending = world.books.spending(crate::fakes::NOW).await.unwrap();
    assert_eq!((spending.today, spending.reserved), (cost, NanoUsd::ZERO));
    assert_eq!(receipt(&world).sent_to, ["gpt"]);
}

#[tokio::test(start_paused = true)]
async fn a_council_that_agrees_less_than_a_model_was_sure_does_not_have_the_last_word() {
    let says = |text: &str| said_with(text, 0.3);
    // One draft; then five replies, each another one.
    let tiny = small(says("37"))
        .then(says("Answer: 1"))
        .then(says("Answer: 2"))
        .then(says("Answer: 3"))
        .then(says("Answer: 4"))
        .then(says("Answer: 5"));
    let world = World::with_council(router(SkillKind::Math, unsure()), [tiny]);
    let (text, summary) = answered(&world, anybody()).await;
    assert_eq!((text.as_str(), summary.model.as_str()), ("37", "small"));
    assert_eq!(
        steps(&receipt(&world))[1..],
        [("small", StepOutcome::Accepted), ("council", StepOutcome::Unsure)]
    );
}
