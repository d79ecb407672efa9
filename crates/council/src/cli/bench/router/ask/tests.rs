//! Whose tokens they are.

use super::written;
use council_agent::vote::{Deliberated, Method, ModelUsage, VoteStats};
use council_core::{Answerer, Receipt, SkillKind, StepOutcome, StepTaken, TimeSplit};
use council_core::{Locality, Usage};
use std::time::Duration;

fn receipt(steps: &[(Answerer, u32)]) -> Receipt {
    let step = |(answerer, output_tokens): &(Answerer, u32)| StepTaken {
        answerer: answerer.clone(),
        outcome: StepOutcome::Unsure,
        reason: String::new(),
        confidence: None,
        calibrated: false,
        elapsed_ms: 0.0,
        input_tokens: 0,
        output_tokens: *output_tokens,
        cost_usd: 0.0,
    };
    Receipt {
        request_id: "r".to_owned(),
        started_at_ms: 0,
        route: "bench".to_owned(),
        user: "local".to_owned(),
        conversation: None,
        policy: String::new(),
        features: None,
        state: None,
        rules: None,
        decision: None,
        steps: steps.iter().map(step).collect(),
        answered_by: "m".to_owned(),
        skill: SkillKind::Chat,
        confidence: None,
        calibrated: false,
        verified: false,
        cache: None,
        degraded: Vec::new(),
        sent_to: Vec::new(),
        times: TimeSplit::default(),
        input_tokens: 0,
        output_tokens: 0,
        cost_usd: 0.0,
        outcome: "completed".to_owned(),
    }
}

fn vote(used: &[(&str, u32)]) -> Deliberated {
    let used = used.iter().map(|(model, output_tokens)| ModelUsage {
        model: (*model).to_owned(),
        locality: Locality::Local,
        calls: 1,
        usage: Usage {
            output_tokens: *output_tokens,
            ..Usage::default()
        },
        cost_usd: 0.0,
    });
    Deliberated {
        text: String::new(),
        answer: None,
        model: String::new(),
        voice: None,
        method: Method::Majority,
        confidence: None,
        agreement: None,
        verified: false,
        consensus: String::new(),
        dissent: Vec::new(),
        voices: Vec::new(),
        ranking: Vec::new(),
        chair: None,
        stats: VoteStats::default(),
        used: used.collect(),
        latency: Duration::ZERO,
    }
}

fn model(id: &str) -> Answerer {
    Answerer::Model(id.to_owned())
}

#[test]
fn tokens_of_every_step_count_for_the_model_that_wrote_them() {
    let steps = [
        (Answerer::Skill(SkillKind::Math), 0),
        (Answerer::Skill(SkillKind::Code), 7),
        (model("small"), 10),
        (model("large"), 20),
        (Answerer::Council, 55),
    ];
    let written = written(
        &receipt(&steps),
        Some(&vote(&[("small", 30), ("large", 25)])),
        "small",
    );
    assert_eq!(
        written,
        [("small".to_owned(), 47), ("large".to_owned(), 45)].into()
    );
}

#[test]
fn a_vote_without_a_verdict_is_the_usual_models() {
    let written = written(&receipt(&[(Answerer::Council, 55)]), None, "small");
    assert_eq!(written, [("small".to_owned(), 55)].into());
}
