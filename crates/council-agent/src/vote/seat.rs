//! A seat of the council: a voice, what it said, and what became of that.

use super::answer::{Answer, keys};
use super::check::{Checked, Findings};
use super::config::Voice;
use super::outcome::VoiceReport;
use super::speak::words;
use council_core::{Ballot, Check, LanguageModel};
use std::sync::Arc;

/// One member during a vote.
pub(super) struct Seat {
    pub(super) voice: Voice,
    /// `None` when it is not there.
    pub(super) model: Option<Arc<dyn LanguageModel>>,
    pub(super) report: VoiceReport,
    pub(super) answer: Option<Answer>,
    /// The same for equal answers.
    pub(super) key: Option<String>,
}

impl Seat {
    pub(super) fn name(&self) -> &str {
        &self.voice.name
    }

    pub(super) fn has_answered(&self) -> bool {
        self.report.failure.is_none()
    }

    /// Whether its reply can win.
    pub(super) fn stands(&self) -> bool {
        self.has_answered() && self.report.verified != Some(false)
    }

    pub(super) fn words(&self) -> &str {
        words(&self.report.reply)
    }

    /// Its vote for these choices.
    pub(super) fn ballot(&self, choices: Vec<String>) -> Ballot {
        Ballot {
            voter: self.name().to_owned(),
            choices,
            weight: self.report.weight,
            confidence: self.report.confidence.unwrap_or(0.0),
            check: match self.report.verified {
                Some(true) => Check::Passed,
                Some(false) => Check::Failed,
                None => Check::None,
            },
        }
    }
}

/// Groups equal answers.
pub(super) fn group(seats: &mut [Seat]) {
    let answers: Vec<Option<Answer>> = seats.iter().map(|seat| seat.answer.clone()).collect();
    for (seat, key) in seats.iter_mut().zip(keys(&answers)) {
        seat.key = key;
    }
}

/// One answer of each group, in order of the seats.
pub(super) fn different(seats: &[Seat]) -> (Vec<String>, Vec<Answer>) {
    let (mut groups, mut answers) = (Vec::new(), Vec::new());
    for seat in seats {
        if let (Some(key), Some(answer)) = (&seat.key, &seat.answer)
            && !groups.contains(key)
        {
            groups.push(key.clone());
            answers.push(answer.clone());
        }
    }
    (groups, answers)
}

/// Notes what checks said of each group.
pub(super) fn note(seats: &mut [Seat], groups: &[String], findings: &Findings) {
    for seat in seats {
        let place = groups.iter().position(|group| seat.key.as_ref() == Some(group));
        match place.and_then(|place| findings.checked.get(place)) {
            Some(Checked::Passed { evidence, comes_to }) => {
                seat.report.verified = Some(true);
                seat.report.evidence = Some(evidence.clone());
                if let Some(output) = comes_to {
                    seat.key = Some(output.clone());
                }
            }
            Some(Checked::Failed { evidence }) => {
                seat.report.verified = Some(false);
                seat.report.weight = 0.0;
                seat.report.evidence = Some(evidence.clone());
            }
            Some(Checked::Unknown) | None => {}
        }
    }
}

/// The seats at these places, the heaviest first, then the surest, then in order of their seats.
pub(super) fn strongest(seats: &[Seat], mut places: Vec<usize>) -> Vec<usize> {
    let sureness = |place: &usize| seats[*place].report.confidence.unwrap_or(0.0);
    places.sort_by(|one, other| {
        let weight = |place: &usize| seats[*place].report.weight;
        weight(other)
            .total_cmp(&weight(one))
            .then(sureness(other).total_cmp(&sureness(one)))
            .then(one.cmp(other))
    });
    places
}
