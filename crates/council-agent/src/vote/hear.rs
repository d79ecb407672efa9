//! All voices at the same time, each with its own model, persona and seed.

use super::answer::{Answer, Expected};
use super::config::Voice;
use super::deliberate::Record;
use super::event::VoteEvent;
use super::outcome::{FailureKind, ModelUsage, VoiceFailure, VoiceReport, add};
use super::reliability::ASSUMED;
use super::seat::Seat;
use super::speak::{Floor, speak, words};
use super::{Council, VoteQuestion, prompt};
use futures::future::join_all;
use tokio::time::Instant;

/// All voices at the same time.
pub(super) async fn hear(
    council: &Council,
    question: &VoteQuestion,
    voices: Vec<Voice>,
    floor: Floor<'_>,
    record: &mut Record,
) -> Vec<Seat> {
    let speaking = voices
        .into_iter()
        .enumerate()
        .map(|(place, voice)| hear_one(council, question, voice, place, floor));
    let mut seats = Vec::new();
    for (seat, used) in join_all(speaking).await {
        if let Some(used) = &used {
            add(&mut record.used, used);
        }
        seats.push(seat);
    }
    let kind = question.kind;
    for seat in seats.iter().filter(|seat| seat.has_answered()) {
        let model = &seat.report.model;
        let text = format!(
            "how often `{model}` is right at {} was not measured; {ASSUMED} is assumed",
            kind.as_str()
        );
        if question.reliability.of(model, kind).is_none() && !record.stats.notes.contains(&text) {
            record.stats.notes.push(text);
        }
    }
    seats
}

async fn hear_one(
    council: &Council,
    question: &VoteQuestion,
    voice: Voice,
    place: usize,
    floor: Floor<'_>,
) -> (Seat, Option<ModelUsage>) {
    let began = Instant::now();
    let mut report = VoiceReport {
        voice: voice.name.clone(),
        model: voice.model.clone().unwrap_or_default(),
        ..VoiceReport::default()
    };
    let model = match council.parts.models.get(voice.model.as_deref()) {
        Ok(model) => model,
        Err(error) => {
            report.failure = Some(VoiceFailure {
                kind: FailureKind::Failed,
                reason: error.to_string(),
            });
            floor.tell(VoteEvent::VoiceEnded(Box::new(report.clone()))).await;
            let seat = Seat {
                voice,
                model: None,
                report,
                answer: None,
                key: None,
            };
            return (seat, None);
        }
    };
    report.model.clone_from(&model.info().id);
    report.weight = voice.weight * question.reliability.weight(&report.model, question.kind);
    floor
        .tell(VoteEvent::VoiceStarted {
            voice: voice.name.clone(),
            model: report.model.clone(),
        })
        .await;
    let expected = Expected::of(question.kind, &question.generate);
    // Voices of one model and persona would say the same with the same seed.
    let seed = question.seed.map(|seed| seed.wrapping_add(place as u64));
    let request = prompt::voice(
        &question.generate,
        &voice,
        expected,
        council.config.max_tokens,
        seed,
    );
    let spoken = speak(floor, &*model, request, |text| {
        Some(VoteEvent::VoiceText {
            voice: voice.name.clone(),
            text,
        })
    })
    .await;
    let answer = spoken
        .failure
        .is_none()
        .then(|| Answer::in_reply(words(&spoken.text), expected))
        .flatten();
    report.answer = answer.as_ref().map(|answer| answer.shown.clone());
    report.confidence = spoken.confidence.value();
    report.reply = spoken.text;
    report.usage = spoken.used.usage;
    report.cost_usd = spoken.used.cost_usd;
    report.latency = began.elapsed();
    report.failure = spoken.failure;
    if report.failure.is_some() {
        report.weight = 0.0;
    }
    floor.tell(VoteEvent::VoiceEnded(Box::new(report.clone()))).await;
    let seat = Seat {
        voice,
        model: Some(model),
        report,
        answer,
        key: None,
    };
    (seat, (spoken.used.calls > 0).then_some(spoken.used))
}
