//! Answers that are given again.

use super::{answered, anybody, router, small, sure, unsure};
use crate::fakes::{Step, think};
use crate::{World, user};
use council_agent::TurnRequest;
use council_agent::confidence::Confidence;
use council_agent::routing::{AnswerCache, Judge, Judgement, Matching, Router};
use council_core::{Caps, GenerateRequest, SkillKind};
use std::sync::Arc;
use std::time::Duration;

/// Asked as if by chance: the model says the same only at temperature 0.
fn at_zero(text: &str) -> TurnRequest {
    let mut request = anybody();
    request.generate = GenerateRequest::chat(vec![user(text)]);
    request.generate.sampling.temperature = 0.0;
    request
}

/// Sure of everything.
struct Sure;

impl Judge for Sure {
    fn judge(&self, _model: &str, _kind: SkillKind, _evidence: &Confidence) -> Option<Judgement> {
        Some(Judgement {
            probability: 0.97,
            calibrated: true,
        })
    }

    fn reliability(&self, _model: &str, _kind: SkillKind) -> Option<f64> {
        None
    }
}

#[tokio::test(start_paused = true)]
async fn a_sure_answer_that_would_be_the_same_is_given_again_without_the_model() {
    let router = Router {
        judge: Arc::new(Sure),
        cache: Arc::new(AnswerCache::new(Matching::Exact, 8, Duration::from_hours(1))),
        ..router(SkillKind::Math, unsure())
    };
    let slow: Vec<Step> = [think(50)].into_iter().chain(sure("36")).collect();
    let world = World::with_router(router, Caps::default(), [small(slow)]);
    for (number, (question, asked)) in [("why?", 1), ("why", 1), ("why not?", 2)].into_iter().enumerate() {
        let request = TurnRequest {
            request_id: format!("r{number}"),
            ..at_zero(question)
        };
        let (text, summary) = answered(&world, request).await;
        assert_eq!((text.as_str(), summary.model.as_str()), ("36", "small"));
        assert_eq!(world.models[0].asked.lock().unwrap().len(), asked, "{question}");
    }
    let receipts = world.books.all_receipts();
    let found: Vec<Option<&str>> = receipts.iter().map(|receipt| receipt.cache.as_deref()).collect();
    assert_eq!(found, [None, Some("exact"), None]);
    assert_eq!(receipts[1].input_tokens, 0);
    // By chance it would be another answer.
    let mut by_chance = at_zero("why?");
    by_chance.generate.sampling.temperature = 0.7;
    by_chance.request_id = "r9".to_owned();
    answered(&world, by_chance).await;
    assert_eq!(world.models[0].asked.lock().unwrap().len(), 3);
}
