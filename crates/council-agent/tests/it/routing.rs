//! Who answers, what it costs, and the receipt.

mod cached;
mod documents;
mod judged;
mod settings;
mod voting;

use crate::fakes::{ScriptedModel, Step, USAGE, busy, likely, say, stop, think};
use crate::{World, ask, user};
use async_trait::async_trait;
use council_agent::routing::{Kinds, QuestionKinds, Router};
use council_agent::{Answerers, TurnError, TurnEvent, TurnRequest, TurnSummary};
use council_core::{
    Answerer, Attempt, Attempted, Budget as _, BudgetError, CapKind, Caps, Embedding, FinishReason,
    GenerateRequest, Locality, ModelError, NanoUsd, Proof, ProofMethod, Receipt, RoutingRules, Skill,
    SkillAnswer, SkillHelp, SkillKind, StepOutcome, Usage,
};
use std::sync::Arc;
use std::time::Duration;

/// Takes every question for one of this kind.
struct Always(SkillKind);

impl QuestionKinds for Always {
    fn kinds(&self, _question: &str, _embedding: Option<&Embedding>) -> Kinds {
        Kinds {
            probabilities: SkillKind::ALL.map(|kind| if kind == self.0 { 0.96 } else { 0.01 }),
            known: true,
        }
    }
}

/// Says always the same.
struct Fixed(Attempt);

#[async_trait]
impl Skill for Fixed {
    fn kind(&self) -> SkillKind {
        SkillKind::Math
    }

    async fn attempt(&self, _question: &str, _help: &SkillHelp) -> Attempted {
        tokio::time::sleep(Duration::from_millis(7)).await;
        self.0.clone().into()
    }
}

fn answer() -> Attempt {
    Attempt::Answered(SkillAnswer {
        text: "36".to_owned(),
        value: "36".to_owned(),
        proofs: vec![Proof {
            method: ProofMethod::Computed,
            text: "0.15 × 240 = 36".to_owned(),
        }],
        confidence: 0.99,
    })
}

fn unsure() -> Attempt {
    Attempt::Unsure {
        reason: "it has no numbers".to_owned(),
    }
}

fn router(kind: SkillKind, math: Attempt) -> Router {
    Router {
        kinds: Arc::new(Always(kind)),
        skills: vec![Arc::new(Fixed(math))],
        ..Router::default()
    }
}

/// A question for whoever is best, taken only when it is whole.
fn anybody() -> TurnRequest {
    TurnRequest {
        answerers: Answerers::Auto { local_only: false },
        whole: true,
        ..ask(&[])
    }
}

fn sure(text: &str) -> Vec<Step> {
    [Step::Say(likely(text, 0.95))]
        .into_iter()
        .chain(stop())
        .collect()
}

fn doubtful(text: &str) -> Vec<Step> {
    [Step::Say(likely(text, 0.3))].into_iter().chain(stop()).collect()
}

fn small(script: Vec<Step>) -> ScriptedModel {
    ScriptedModel::new("small", script).sized(500)
}

fn large(script: Vec<Step>) -> ScriptedModel {
    ScriptedModel::new("large", script).sized(1_500)
}

/// The text, and what the turn amounts to.
async fn answered(world: &World, request: TurnRequest) -> (String, TurnSummary) {
    let events = world.events(request).await;
    let mut text = String::new();
    for event in events {
        match event.unwrap() {
            TurnEvent::Text { text: more, .. } => text.push_str(&more),
            TurnEvent::Done(summary) => return (text, summary),
            _ => {}
        }
    }
    panic!("the turn had no end")
}

fn receipt(world: &World) -> Receipt {
    let mut receipts = world.books.all_receipts();
    assert_eq!(receipts.len(), 1);
    receipts.remove(0)
}

/// Who was asked, and how it did.
fn steps(receipt: &Receipt) -> Vec<(&str, StepOutcome)> {
    let steps = receipt.steps.iter();
    steps.map(|step| (step.answerer.name(), step.outcome)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_skill_that_knows_answers_without_any_model() {
    let world = World::with_router(
        router(SkillKind::Math, answer()),
        Caps::default(),
        [small(sure("37"))],
    );
    let (text, summary) = answered(&world, anybody()).await;
    assert_eq!((text.as_str(), summary.model.as_str()), ("36", "math"));
    assert_eq!((summary.skill, summary.confidence), (SkillKind::Math, Some(0.99)));
    assert!(
        !summary.calibrated,
        "nobody asked it questions with known answers"
    );
    assert_eq!(summary.proofs.len(), 1);
    assert_eq!(
        (summary.usage, summary.finish),
        (Usage::default(), FinishReason::Stop)
    );
    assert!(world.models[0].asked.lock().unwrap().is_empty());
    assert_eq!(world.line().model, "math");
    let receipt = receipt(&world);
    assert_eq!(steps(&receipt), [("math", StepOutcome::Accepted)]);
    assert!(receipt.verified && !receipt.escalated());
    assert_eq!(
        (receipt.answered_by.as_str(), receipt.policy.as_str()),
        ("math", "cascade")
    );
    assert!((receipt.times.tools - 7.0).abs() < 1e-9, "{:?}", receipt.times);
}

#[tokio::test(start_paused = true)]
async fn a_skill_that_does_not_know_leaves_the_question_to_a_model() {
    let world = World::with_router(
        router(SkillKind::Math, unsure()),
        Caps::default(),
        [small(sure("37"))],
    );
    let (text, summary) = answered(&world, anybody()).await;
    assert_eq!((text.as_str(), summary.model.as_str()), ("37", "small"));
    let receipt = receipt(&world);
    assert_eq!(
        steps(&receipt),
        [("math", StepOutcome::Declined), ("small", StepOutcome::Accepted)]
    );
    assert_eq!(receipt.steps[0].reason, "it has no numbers");
    assert!(!receipt.escalated());
}

#[tokio::test(start_paused = true)]
async fn a_skill_that_fails_is_named_in_the_reason_of_who_answers_instead() {
    let failed = Attempt::Failed {
        reason: "the sandbox refused".to_owned(),
    };
    let world = World::with_router(
        router(SkillKind::Math, failed),
        Caps::default(),
        [small(sure("37"))],
    );
    let events = world.events(anybody()).await;
    let TurnEvent::Decision { reason, .. } = events[0].as_ref().unwrap() else {
        panic!("the first event is the decision: {events:?}")
    };
    assert_eq!(
        reason,
        "the usual model after `math` (the skill `math` failed: the sandbox refused)"
    );
    assert_eq!(steps(&receipt(&world))[0], ("math", StepOutcome::Failed));
}

#[tokio::test(start_paused = true)]
async fn a_model_that_is_not_sure_gives_way_to_a_larger_one() {
    let world = World::with_router(
        router(SkillKind::Math, unsure()),
        Caps::default(),
        [small(doubtful("37")), large(sure("36"))],
    );
    let (text, summary) = answered(&world, anybody()).await;
    assert_eq!((text.as_str(), summary.model.as_str()), ("36", "large"));
    assert_eq!(
        summary.usage.output_tokens,
        2 * USAGE.output_tokens,
        "what the draft used counts"
    );
    let receipt = receipt(&world);
    assert_eq!(
        steps(&receipt),
        [
            ("math", StepOutcome::Declined),
            ("small", StepOutcome::Unsure),
            ("large", StepOutcome::Accepted),
        ]
    );
    assert!(receipt.escalated());
    let confidence = receipt.steps[1].confidence.unwrap();
    assert!((confidence - 0.3).abs() < 1e-6 && !receipt.steps[1].calibrated);
    let used = |at: usize| (receipt.steps[at].input_tokens, receipt.steps[at].output_tokens);
    assert_eq!((used(1), used(2)), ((100, 3), (100, 3)));
}

/// Without the council.
fn alone(kind: SkillKind) -> Router {
    let rules = RoutingRules {
        council: false,
        ..RoutingRules::default()
    };
    Router {
        rules: Arc::new(rules),
        ..router(kind, unsure())
    }
}

fn said_with(text: &str, probability: f32) -> Vec<Step> {
    let words = [Step::Say(likely(text, probability))];
    words.into_iter().chain(stop()).collect()
}

#[tokio::test(start_paused = true)]
async fn where_nobody_is_sure_the_surest_answers() {
    for (larger, failed) in [
        (said_with("38", 0.25), StepOutcome::Unsure),
        (vec![Step::Fail(busy("large"))], StepOutcome::Failed),
    ] {
        let models = [small(said_with("37", 0.3)), large(larger)];
        let world = World::with_router(alone(SkillKind::Math), Caps::default(), models);
        let (text, summary) = answered(&world, anybody()).await;
        assert_eq!((text.as_str(), summary.model.as_str()), ("37", "small"));
        let receipt = receipt(&world);
        assert_eq!(
            steps(&receipt),
            [
                ("math", StepOutcome::Declined),
                ("small", StepOutcome::Accepted),
                ("large", failed),
            ]
        );
        assert!(receipt.steps[1].reason.ends_with("nobody was surer"));
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_was_stopped_is_asked_again_where_the_next_one_fails() {
    let mut script: Vec<Step> = (0..30).map(|_| Step::Say(likely("x", 0.3))).collect();
    script.extend(stop());
    let models = [small(script), large(vec![Step::Fail(busy("large"))])];
    let world = World::with_router(alone(SkillKind::Math), Caps::default(), models);
    let request = TurnRequest {
        whole: false,
        ..anybody()
    };
    let (text, summary) = answered(&world, request).await;
    assert_eq!((text.len(), summary.model.as_str()), (30, "small"));
    assert_eq!(
        steps(&receipt(&world))[1..],
        [
            ("small", StepOutcome::Unsure),
            ("large", StepOutcome::Failed),
            ("small", StepOutcome::Accepted),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_streamed_answer_is_held_back_only_until_the_model_seems_sure() {
    let mut script: Vec<Step> = (0..30)
        .flat_map(|_| [think(10), Step::Say(likely("x", 0.95))])
        .collect();
    script.extend(stop());
    let world = World::with_router(
        router(SkillKind::Math, unsure()),
        Caps::default(),
        [small(script), large(sure("36"))],
    );
    let request = TurnRequest {
        whole: false,
        ..anybody()
    };
    let (text, summary) = answered(&world, request).await;
    assert_eq!((text.len(), summary.model.as_str()), (30, "small"));
    // The skill, and 24 tokens.
    assert_eq!(summary.first_token, Some(Duration::from_millis(7 + 24 * 10)));
    assert_eq!(summary.usage, USAGE);
}

#[tokio::test(start_paused = true)]
async fn a_streamed_answer_that_begins_doubtfully_is_replaced_before_anybody_saw_it() {
    let mut script: Vec<Step> = (0..30)
        .flat_map(|_| [think(10), Step::Say(likely("x", 0.3))])
        .collect();
    script.extend(stop());
    let world = World::with_router(
        router(SkillKind::Math, unsure()),
        Caps::default(),
        [small(script), large(sure("36"))],
    );
    let request = TurnRequest {
        whole: false,
        ..anybody()
    };
    let (text, summary) = answered(&world, request).await;
    assert_eq!((text.as_str(), summary.model.as_str()), ("36", "large"));
    // 24 tokens of the small one, and what the large one says that it used.
    assert_eq!(summary.usage.output_tokens, 24 + USAGE.output_tokens);
    assert_eq!(
        world.models[0].running.load(std::sync::atomic::Ordering::SeqCst),
        0
    );
}

#[tokio::test(start_paused = true)]
async fn conversation_is_never_held_back() {
    let world = World::with_router(
        router(SkillKind::Chat, unsure()),
        Caps::default(),
        [small(doubtful("hello")), large(sure("36"))],
    );
    let (text, summary) = answered(&world, anybody()).await;
    assert_eq!((text.as_str(), summary.model.as_str()), ("hello", "small"));
    assert_eq!(receipt(&world).decision.unwrap().kind, SkillKind::Chat);
}

#[tokio::test(start_paused = true)]
async fn a_skill_that_is_named_and_does_not_know_says_so() {
    let named = |answerers: Vec<Answerer>| TurnRequest {
        answerers: Answerers::Named(answerers),
        ..ask(&[])
    };
    let math = Answerer::Skill(SkillKind::Math);
    let world = World::with_router(
        router(SkillKind::Chat, unsure()),
        Caps::default(),
        [small(sure("37"))],
    );
    let events = world.events(named(vec![math.clone()])).await;
    let [
        Err(TurnError::Declined {
            skill: "math",
            reason,
        }),
    ] = &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!(reason, "it has no numbers");
    let world = World::with_router(
        router(SkillKind::Chat, unsure()),
        Caps::default(),
        [small(sure("37"))],
    );
    let next = named(vec![math, Answerer::Model("small".to_owned())]);
    let (text, _) = answered(&world, next).await;
    assert_eq!(text, "37");
    let receipt = receipt(&world);
    assert!(receipt.decision.is_none() && receipt.policy.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_a_paid_call_can_cost_is_set_aside_and_what_it_cost_is_charged() {
    let model = ScriptedModel::new("gpt", [say("yes"), think(5)].into_iter().chain(stop())).remote(1.0, 10.0);
    let world = World::with_router(Router::default(), Caps::default(), [model]);
    let (_, summary) = answered(&world, ask(&["gpt"])).await;
    // 100 tokens in, 3 out.
    let cost = NanoUsd(100 * 1_000 + 3 * 10_000);
    assert_eq!(NanoUsd::from_usd(summary.cost_usd), cost);
    assert_eq!(summary.locality, Locality::Remote);
    let spending = world.books.spending(crate::fakes::NOW).await.unwrap();
    assert_eq!((spending.today, spending.reserved), (cost, NanoUsd::ZERO));
    assert_eq!(receipt(&world).sent_to, ["gpt"]);
    let asked = world.models[0].asked.lock().unwrap();
    assert_eq!(
        asked[0].max_tokens,
        Some(4_096),
        "an answer without a bound has no price"
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_could_exceed_the_budget_is_not_made() {
    let caps = Caps {
        daily: Some(NanoUsd::from_usd(0.01)),
        ..Caps::default()
    };
    let gpt = || ScriptedModel::new("gpt", sure("yes")).remote(1.0, 10.0);
    let world = World::with_router(Router::default(), caps, [gpt()]);
    let events = world.events(ask(&["gpt"])).await;
    let [
        Err(TurnError::Budget(BudgetError::Exceeded {
            kind: CapKind::Day, ..
        })),
    ] = &events[..]
    else {
        panic!("{events:?}")
    };
    assert!(world.models[0].asked.lock().unwrap().is_empty());
    let spending = world.books.spending(crate::fakes::NOW).await.unwrap();
    assert_eq!(spending.today, NanoUsd::ZERO);
    // Another that is named answers instead, and one that asks for less is allowed.
    let world = World::with_router(Router::default(), caps, [gpt(), small(sure("no"))]);
    let (text, _) = answered(&world, ask(&["gpt", "small"])).await;
    assert_eq!(text, "no");
    let world = World::with_router(Router::default(), caps, [gpt()]);
    let mut short = ask(&["gpt"]);
    short.generate.max_tokens = Some(50);
    assert_eq!(answered(&world, short).await.0, "yes");
}

#[tokio::test(start_paused = true)]
async fn a_key_with_a_budget_of_its_own_spends_that_and_no_more() {
    let caps = Caps {
        per_key: Some(NanoUsd::from_usd(1.0)),
        ..Caps::default()
    };
    let gpt = ScriptedModel::new("gpt", sure("yes")).remote(1.0, 10.0);
    let world = World::with_router(Router::default(), caps, [gpt]);
    let mut request = ask(&["gpt"]);
    request.payer = council_agent::Payer {
        key: "k".to_owned(),
        daily: Some(NanoUsd::from_usd(0.01)),
    };
    let events = world.events(request.clone()).await;
    let [
        Err(TurnError::Budget(BudgetError::Exceeded {
            kind: CapKind::Key,
            cap,
            ..
        })),
    ] = &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!(*cap, NanoUsd::from_usd(0.01));
    request.payer.daily = None;
    assert_eq!(answered(&world, request).await.0, "yes");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_never_reached_its_server_costs_nothing_and_one_that_broke_off_all_that_was_set_aside() {
    let failed = || ModelError::Upstream {
        provider: "them".to_owned(),
        message: "connection refused".to_owned(),
    };
    let spent = |script: Vec<Step>| async move {
        let model = ScriptedModel::new("gpt", script).remote(1.0, 10.0);
        let world = World::with_router(Router::default(), Caps::default(), [model]);
        let mut request = ask(&["gpt"]);
        request.generate = GenerateRequest::chat(vec![user("why?")]);
        request.generate.max_tokens = Some(50);
        world.events(request).await;
        world.books.spending(crate::fakes::NOW).await.unwrap().today
    };
    assert_eq!(spent(vec![Step::Fail(failed())]).await, NanoUsd::ZERO);
    let whole = spent(vec![say("ye"), Step::Fail(failed())]).await;
    assert!(whole > NanoUsd(50 * 10_000), "{whole}");
}

#[tokio::test(start_paused = true)]
async fn an_incognito_turn_has_no_receipt() {
    let world = World::with_router(
        router(SkillKind::Math, answer()),
        Caps::default(),
        [small(sure("37"))],
    );
    let request = TurnRequest {
        incognito: true,
        ..anybody()
    };
    answered(&world, request).await;
    assert!(world.books.all_receipts().is_empty());
    assert_eq!(world.line().model, "math");
}

#[tokio::test(start_paused = true)]
async fn who_asks_for_a_program_gets_one_though_a_skill_knows_the_answer() {
    let models = [small(sure("```python\nprint(36)\n```"))];
    let world = World::with_router(router(SkillKind::Math, answer()), Caps::default(), models);
    let request = TurnRequest {
        programs: true,
        generate: GenerateRequest::chat(vec![user("Calculate 15% of 240 with Python")]),
        ..anybody()
    };
    let (text, summary) = answered(&world, request).await;
    assert!(text.starts_with("```python"), "{text}");
    assert_eq!(
        (summary.skill, summary.model.as_str()),
        (SkillKind::Code, "small")
    );
}

#[tokio::test(start_paused = true)]
async fn nobody_else_is_asked_when_the_first_answer_took_long() {
    let slow: Vec<Step> = [think(16_000)].into_iter().chain(said_with("37", 0.3)).collect();
    let world = World::with_router(
        alone(SkillKind::Math),
        Caps::default(),
        [small(slow), large(sure("36"))],
    );
    let (text, _) = answered(&world, anybody()).await;
    assert_eq!(text, "37");
    assert!(world.models[1].asked.lock().unwrap().is_empty());
}
