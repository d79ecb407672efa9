//! What people say of answers decides who is asked.

use super::{answered, anybody, router, small, sure, unsure};
use crate::World;
use council_agent::TurnRequest;
use council_agent::calibration::Calibrations;
use council_agent::routing::{Calibrated, Judge as _, Router};
use council_core::{Caps, Feedback, Rating, SkillKind, Timestamp};
use std::sync::Arc;

#[tokio::test(start_paused = true)]
async fn twenty_verdicts_say_how_often_a_model_is_right_and_what_was_changed_says_nothing() {
    let judge = Arc::new(Calibrated(Arc::new(Calibrations::default())));
    let router = Router {
        judge: judge.clone(),
        ..router(SkillKind::Math, unsure())
    };
    let world = World::with_router(router, Caps::default(), [small(sure("36"))]);
    let reliability = || judge.reliability("small", SkillKind::Math);
    let (wrong, right) = ([Rating::Down; 5], [Rating::Up; 15]);
    for (number, rating) in wrong.into_iter().chain(right).enumerate() {
        assert_eq!(reliability(), None, "{number} verdicts");
        let request_id = format!("r{number}");
        let request = TurnRequest {
            request_id: request_id.clone(),
            ..anybody()
        };
        answered(&world, request).await;
        for rating in [rating, Rating::Edited] {
            let feedback = Feedback {
                request_id: request_id.clone(),
                rating,
                at: Timestamp::default(),
                note: None,
            };
            world.agent.receipts().note(feedback).await.unwrap();
        }
    }
    assert_eq!(reliability(), Some(16.0 / 22.0));
}
