//! Who is asked, in tables.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::Cascade;
use council_core::{
    Answerer, Decision, ModelView, RoutingPolicy as _, RoutingRules, RoutingState, SkillKind, TurnFeatures,
};
use proptest::prelude::*;

const MB: u64 = 1_000_000;

fn local(id: &str, megabytes: u64) -> ModelView {
    ModelView {
        id: id.to_owned(),
        remote: false,
        context_tokens: 4_096,
        input_usd: 0.0,
        output_usd: 0.0,
        tools: true,
        vision: false,
        size_bytes: Some(megabytes * MB),
        default: id == "small",
        unavailable: None,
        loaded: true,
        load: 0.0,
        kv_used: 0.0,
        reliability: None,
    }
}

fn cloud(id: &str) -> ModelView {
    ModelView {
        remote: true,
        context_tokens: 128_000,
        input_usd: 1.0,
        output_usd: 4.0,
        size_bytes: None,
        ..local(id, 0)
    }
}

fn state(models: Vec<ModelView>) -> RoutingState {
    RoutingState {
        models,
        cloud: true,
        remaining: None,
        free_memory: None,
    }
}

fn usual() -> RoutingState {
    state(vec![
        local("large", 1_500),
        local("small", 500),
        local("tiny", 100),
        cloud("gpt"),
    ])
}

fn question(kind: SkillKind, probability: f32) -> TurnFeatures {
    let rest = (1.0 - probability) / 4.0;
    TurnFeatures {
        kinds: SkillKind::ALL.map(|one| if one == kind { probability } else { rest }),
        known: true,
        question_bytes: 40,
        prompt_tokens: 100,
        max_tokens: None,
        needs_tools: false,
        needs_vision: false,
        needs_form: false,
        revisable: true,
        local_only: false,
        skills: SkillKind::ALL.to_vec(),
        support: None,
        quote: None,
    }
}

fn decide(features: &TurnFeatures, state: &RoutingState) -> Decision {
    Cascade.decide(features, state, &RoutingRules::default())
}

/// Who is asked, in order.
fn plan(decision: &Decision) -> Vec<&str> {
    decision.steps.iter().map(|step| step.answerer.name()).collect()
}

fn why_not<'a>(decision: &'a Decision, name: &str) -> &'a str {
    let one = decision.considered.iter().find(|one| one.answerer.name() == name);
    one.and_then(|one| one.why_not.as_deref())
        .unwrap_or("it is asked")
}

#[test]
fn documents_that_come_close_are_looked_into_whatever_the_kind() {
    let asked = |support| {
        let features = TurnFeatures {
            support,
            ..question(SkillKind::Chat, 0.9)
        };
        let decision = decide(&features, &usual());
        plan(&decision).contains(&"knowledge")
    };
    assert!(asked(Some(0.45)));
    assert!(!asked(Some(0.44)));
    assert!(!asked(None));
}

#[test]
fn a_sentence_that_answers_is_said_whatever_the_kind() {
    let asked = |quote| {
        let features = TurnFeatures {
            quote,
            ..question(SkillKind::Chat, 0.9)
        };
        let decision = decide(&features, &usual());
        plan(&decision).contains(&"knowledge")
    };
    assert!(asked(Some(0.6)));
    assert!(!asked(Some(0.59)));
    assert!(!asked(None));
}

#[test]
fn what_computes_comes_first_and_the_cloud_last() {
    let decision = decide(&question(SkillKind::Math, 0.96), &usual());
    assert_eq!(plan(&decision), ["math", "small", "large", "council", "gpt"]);
    assert_eq!(decision.kind, SkillKind::Math);
    assert!(decision.steps[0].help, "it may run programs");
    assert_eq!(why_not(&decision, "tiny"), "it is less able than `small`");
    assert_eq!(
        why_not(&decision, "logic"),
        "the question is logic with probability 0.01 only"
    );
}

#[test]
fn conversation_is_accepted_from_the_usual_model_and_asks_no_council() {
    let decision = decide(&question(SkillKind::Chat, 0.99), &usual());
    assert_eq!(plan(&decision), ["small", "large", "gpt"]);
    assert!(decision.steps.iter().all(|step| step.accept_at == 0.0));
    assert_eq!(
        why_not(&decision, "council"),
        "an answer of this kind is always accepted"
    );
}

#[test]
fn what_is_hardly_a_question_of_its_kind_has_its_first_answer_accepted() {
    let decision = decide(&question(SkillKind::Math, 0.7), &usual());
    assert_eq!(plan(&decision), ["math", "logic", "small", "large", "gpt"]);
    assert!(
        decision.steps.iter().all(|step| step.accept_at == 0.0),
        "{decision:?}"
    );
}

#[test]
fn an_unlikely_skill_is_tried_without_help() {
    let decision = decide(&question(SkillKind::Chat, 0.8), &usual());
    assert_eq!(plan(&decision)[..2], ["math", "logic"]);
    assert!(decision.steps[..2].iter().all(|step| !step.help));
    assert_eq!(
        why_not(&decision, "knowledge"),
        "the question is knowledge with probability 0.05 only"
    );
}

#[test]
fn what_a_model_cannot_do_keeps_it_out_with_the_reason() {
    let mut models = usual().models;
    models[0].unavailable = Some("it could not be loaded: no memory".to_owned());
    models[1].context_tokens = 100;
    models[2].tools = false;
    let decision = decide(&question(SkillKind::Chat, 1.0), &state(models.clone()));
    assert_eq!(plan(&decision), ["tiny", "gpt"]);
    assert_eq!(why_not(&decision, "large"), "it could not be loaded: no memory");
    assert_eq!(
        why_not(&decision, "small"),
        "the prompt has about 100 tokens, and its context 100"
    );
    let tools = TurnFeatures {
        needs_tools: true,
        ..question(SkillKind::Math, 1.0)
    };
    let decision = decide(&tools, &state(models));
    assert_eq!(plan(&decision), ["gpt"]);
    assert_eq!(decision.steps[0].reason, "no local model can answer");
    assert_eq!(why_not(&decision, "tiny"), "it cannot call tools");
    assert_eq!(
        why_not(&decision, "math"),
        "the request asks for what only models give"
    );
}

#[test]
fn a_model_that_would_not_fit_the_memory_is_not_asked() {
    let mut tight = usual();
    tight.free_memory = Some(1_000 << 20);
    tight.models[0].loaded = false;
    let decision = decide(&question(SkillKind::Math, 0.9), &tight);
    assert_eq!(plan(&decision), ["math", "logic", "small", "council", "gpt"]);
    assert_eq!(
        why_not(&decision, "large"),
        "it needs about 1686 MiB, and 1000 MiB are free"
    );
}

#[test]
fn a_busy_machine_answers_with_a_smaller_model_or_shorter() {
    let mut busy = usual();
    busy.models[1].load = 2.0;
    let decision = decide(&question(SkillKind::Chat, 1.0), &busy);
    assert_eq!(plan(&decision)[0], "large", "the most able one that has room");
    busy.models[0].loaded = false;
    let decision = decide(&question(SkillKind::Chat, 1.0), &busy);
    assert_eq!(plan(&decision)[0], "tiny");
    assert_eq!(
        decision.degraded,
        ["`small` has 2.0 times the requests that it runs at once, so `tiny` answers"]
    );
    busy.models[2].kv_used = 0.95;
    let decision = decide(&question(SkillKind::Math, 1.0), &busy);
    assert_eq!(plan(&decision), ["math", "small", "gpt"]);
    assert_eq!(why_not(&decision, "large"), "the machine is busy");
    assert_eq!(decision.max_tokens, Some(256));
    assert_eq!(why_not(&decision, "council"), "the machine is busy");
    let short = TurnFeatures {
        max_tokens: Some(20),
        ..question(SkillKind::Chat, 1.0)
    };
    assert_eq!(decide(&short, &busy).max_tokens, Some(20));
}

#[test]
fn nothing_leaves_the_machine_unless_it_may_and_can_be_paid() {
    let math = question(SkillKind::Math, 1.0);
    let off = RoutingState {
        cloud: false,
        ..usual()
    };
    assert_eq!(why_not(&decide(&math, &off), "gpt"), "cloud models are off");
    let private = TurnFeatures {
        local_only: true,
        ..math.clone()
    };
    assert_eq!(
        why_not(&decide(&private, &usual()), "gpt"),
        "the request stays on this machine"
    );
    let poor = RoutingState {
        remaining: Some(2_000_000),
        ..usual()
    };
    assert_eq!(
        why_not(&decide(&math, &poor), "gpt"),
        "it may cost $0.002148, which is more than the budget has left"
    );
    let none = state(vec![cloud("gpt")]);
    assert_eq!(plan(&decide(&question(SkillKind::Chat, 1.0), &none)), ["gpt"]);
}

#[test]
fn each_way_up_can_be_switched_off() {
    let rules = RoutingRules {
        larger: false,
        council: false,
        cloud: false,
        ..RoutingRules::default()
    };
    let decision = Cascade.decide(&question(SkillKind::Math, 1.0), &usual(), &rules);
    assert_eq!(plan(&decision), ["math", "small"]);
    assert_eq!(why_not(&decision, "large"), "`routing.larger` is off");
    assert_eq!(why_not(&decision, "council"), "`routing.council` is off");
    assert_eq!(why_not(&decision, "gpt"), "`routing.cloud` is off");
    let alone = Cascade.decide(
        &question(SkillKind::Chat, 1.0),
        &state(vec![cloud("gpt")]),
        &rules,
    );
    assert_eq!(plan(&alone), ["gpt"], "somebody has to answer");
}

fn some_state() -> impl Strategy<Value = RoutingState> {
    let model = (
        any::<bool>(),
        0..3_000_u64,
        50..5_000_u32,
        any::<bool>(),
        any::<bool>(),
        0.0..3.0_f64,
    );
    (
        prop::collection::vec(model, 0..6),
        any::<bool>(),
        prop::option::of(0..10_000_000_u64),
    )
        .prop_map(|(models, cloud_on, remaining)| RoutingState {
            models: models
                .into_iter()
                .enumerate()
                .map(
                    |(number, (remote, size, context, loaded, fails, load))| ModelView {
                        id: format!("m{number}"),
                        remote,
                        context_tokens: context,
                        loaded,
                        load,
                        unavailable: fails.then(|| "it failed".to_owned()),
                        default: number == 0,
                        ..if remote { cloud("x") } else { local("x", size) }
                    },
                )
                .collect(),
            cloud: cloud_on,
            remaining,
            free_memory: Some(2_000 * MB),
        })
}

proptest! {
    #[test]
    fn everybody_is_thought_of_once_and_nobody_is_asked_who_cannot(
        state in some_state(), local_only in any::<bool>(), tokens in 1..6_000_u32, kind in 0..5_usize,
    ) {
        let features = TurnFeatures { local_only, prompt_tokens: tokens, ..question(SkillKind::ALL[kind], 0.9) };
        let decision = decide(&features, &state);
        prop_assert_eq!(&decision, &decide(&features, &state));
        for model in &state.models {
            let seen = decision.considered.iter().filter(|one| one.answerer.name() == model.id).count();
            prop_assert_eq!(seen, 1, "{}", &model.id);
        }
        for step in &decision.steps {
            let Answerer::Model(id) = &step.answerer else { continue };
            let model = state.models.iter().find(|model| &model.id == id).unwrap();
            prop_assert!(model.unavailable.is_none() && model.context_tokens > tokens);
            prop_assert!(!model.remote || (state.cloud && !local_only));
        }
        let asked: Vec<_> = decision.steps.iter().map(|step| &step.answerer).collect();
        let remote = |answerer: &&Answerer| state.models.iter().any(|m| m.remote && m.id == answerer.name());
        let first_remote = asked.iter().position(remote).unwrap_or(asked.len());
        prop_assert!(asked[first_remote..].iter().all(remote), "what is remote comes last: {asked:?}");
    }
}

/// A question that only models can answer.
fn without_skills(kind: SkillKind) -> TurnFeatures {
    TurnFeatures {
        skills: Vec::new(),
        ..question(kind, 0.9)
    }
}

#[test]
fn the_model_that_was_chosen_for_a_kind_of_question_is_asked_first_and_others_follow() {
    let mut rules = RoutingRules::default();
    rules.first.code = Some("large".to_owned());
    let code = without_skills(SkillKind::Code);
    let decision = Cascade.decide(&code, &usual(), &rules);
    assert_eq!(plan(&decision), ["large", "council", "gpt"]);
    assert_eq!(
        decision.steps[0].reason,
        "chosen for questions of this kind (code)"
    );
    // Of another kind it is the usual one.
    let chat = Cascade.decide(&without_skills(SkillKind::Chat), &usual(), &rules);
    assert_eq!(plan(&chat)[0], "small");
}

#[test]
fn a_chosen_model_that_is_gone_is_said_to_be_and_the_usual_one_answers() {
    let mut rules = RoutingRules::default();
    rules.first.code = Some("gone".to_owned());
    let decision = Cascade.decide(&without_skills(SkillKind::Code), &usual(), &rules);
    assert_eq!(plan(&decision)[0], "small");
    assert_eq!(
        decision.degraded,
        ["`gone` is to be asked first (`routing.model.code`) and cannot answer here"]
    );
}
