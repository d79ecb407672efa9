//! The chair: one answer out of the best replies.

use super::config::Chair;
use super::count::Count;
use super::deliberate::Record;
use super::event::VoteEvent;
use super::outcome::{ChairReport, FailureKind, VoiceFailure, add};
use super::seat::Seat;
use super::speak::{Floor, Spoken, speak};
use super::{Council, VoteQuestion, prompt};
use council_core::Usage;
use std::time::Duration;

/// Replies that the chair reads.
const READS: usize = 3;

/// Asks the chair. One that fails is reported, and the best reply stands; `None` when there is to be none.
pub(super) async fn chair(
    council: &Council,
    question: &VoteQuestion,
    seats: &[Seat],
    count: &Count,
    floor: Floor<'_>,
    record: &mut Record,
) -> Option<(ChairReport, Option<Spoken>)> {
    let config = &council.config;
    let best = &seats[count.winner()];
    let model = match &config.chair {
        Chair::Off => return None,
        Chair::Best => best.model.clone()?,
        Chair::Model(id) => match council.parts.models.get(Some(id)) {
            Ok(model) => model,
            Err(error) => {
                let report = ChairReport {
                    model: id.clone(),
                    usage: Usage::default(),
                    cost_usd: 0.0,
                    latency: Duration::ZERO,
                    failure: Some(VoiceFailure {
                        kind: FailureKind::Failed,
                        reason: error.to_string(),
                    }),
                };
                return Some((report, None));
            }
        },
    };
    let id = model.info().id.clone();
    floor.tell(VoteEvent::ChairStarted { model: id.clone() }).await;
    let replies: Vec<&str> = count
        .order
        .iter()
        .take(READS)
        .map(|&place| seats[place].words())
        .collect();
    let request = prompt::chair(&question.generate, &replies, config.max_tokens, question.seed);
    let spoken = speak(floor, &*model, request, |text| {
        Some(VoteEvent::ChairText { text })
    })
    .await;
    if spoken.used.calls > 0 {
        add(&mut record.used, &spoken.used);
    }
    let report = ChairReport {
        model: id,
        usage: spoken.used.usage,
        cost_usd: spoken.used.cost_usd,
        latency: spoken.latency,
        failure: spoken.failure.clone(),
    };
    Some((report, spoken.failure.is_none().then_some(spoken)))
}
