//! The story of one vote, top to bottom.

use super::chair::chair;
use super::check::{Checker, Validate, examine};
use super::count::{Count, count};
use super::event::{Unanswered, VoteError, VoteEvent};
use super::hear::hear;
use super::outcome::{ChairReport, Deliberated, Method, ModelUsage, VoteStats, add};
use super::rank::{Rankings, rank};
use super::seat::{Seat, different, group, note};
use super::speak::{Floor, Spoken, words};
use super::spend::Purse;
use super::{Council, VoteQuestion, prompt};
use council_core::{Borda, OutputFormat, VotingRule as _};
use std::sync::Arc;
use tokio::sync::mpsc::Sender;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Fewest replies that can be ranked: of two, each member would see only the other's.
const FEWEST_RANKED: usize = 3;

/// What has been used, and what there is to say of it.
#[derive(Default)]
pub(super) struct Record {
    pub(super) used: Vec<ModelUsage>,
    pub(super) stats: VoteStats,
}

/// From the question to the verdict.
pub(super) async fn deliberate(
    council: &Council,
    question: &VoteQuestion,
    events: &Sender<VoteEvent>,
    cancel: &CancellationToken,
) -> Result<Deliberated, VoteError> {
    let (parts, config) = (&council.parts, &council.config);
    config.check()?;
    let began = Instant::now();
    let voices = config.seated(&question.candidates, &*parts.models)?;
    let purse = Purse::new(council.spend.as_deref(), config.cost_cap_usd);
    let floor = Floor {
        purse: &purse,
        events,
        cancel,
        end: began + config.total_time_limit,
        limit: config.voice_time_limit,
    };
    let mut record = Record::default();
    let mut seats = hear(council, question, voices, floor, &mut record).await;
    let quorum = config.quorum.min(seats.len()).max(1);
    record.stats.seated = seats.len();
    record.stats.quorum = quorum;
    record.stats.answered = seats.iter().filter(|seat| seat.has_answered()).count();
    if cancel.is_cancelled() {
        let unanswered = unanswered(seats, record);
        return Err(VoteError::Cancelled { unanswered });
    }
    if record.stats.answered < quorum {
        let unanswered = unanswered(seats, record);
        return Err(VoteError::NoQuorum { quorum, unanswered });
    }
    check(council, question, &mut seats, floor, &mut record).await;
    let candidates: Vec<usize> = (0..seats.len()).filter(|&place| seats[place].stands()).collect();
    if candidates.is_empty() {
        let unanswered = unanswered(seats, record);
        return Err(VoteError::Refuted { unanswered });
    }
    let mut count = count(&seats, &candidates);
    if count.method == Method::Weight
        && candidates.len() >= FEWEST_RANKED
        && floor.has_time()
        && let Some(ranked) = ranked(question, &seats, &candidates, floor, &mut record).await
    {
        count.rank(&seats, ranked);
    }
    let chaired = if count.wants_chair() && floor.has_time() {
        chair(council, question, &seats, &count, floor, &mut record).await
    } else {
        None
    };
    if cancel.is_cancelled() {
        let unanswered = unanswered(seats, record);
        return Err(VoteError::Cancelled { unanswered });
    }
    Ok(verdict(seats, &count, chaired, record, began))
}

/// Groups equal answers and checks one of each group.
async fn check(
    council: &Council,
    question: &VoteQuestion,
    seats: &mut [Seat],
    floor: Floor<'_>,
    record: &mut Record,
) {
    group(seats);
    let (groups, answers) = different(seats);
    let mut checkers: Vec<Arc<dyn Checker>> = council.parts.checkers.clone();
    if let OutputFormat::JsonSchema(schema) = &question.generate.format {
        checkers.insert(0, Arc::new(Validate::new(schema.clone())));
    }
    if answers.is_empty() || checkers.is_empty() || !floor.has_time() {
        return;
    }
    let limit = floor
        .limit
        .min(floor.end.saturating_duration_since(Instant::now()));
    let asked = prompt::asked(&question.generate);
    let (findings, late) = examine(&checkers, &asked, &answers, limit, floor.cancel).await;
    for used in &findings.used {
        add(&mut record.used, used);
    }
    record.stats.notes.extend(late);
    note(seats, &groups, &findings);
}

/// The members' rankings, counted; `None` when none can be used.
async fn ranked(
    question: &VoteQuestion,
    seats: &[Seat],
    candidates: &[usize],
    floor: Floor<'_>,
    record: &mut Record,
) -> Option<council_core::vote::Verdict> {
    let Rankings {
        ballots,
        members,
        invalid,
        used,
    } = rank(floor, &question.generate, seats, candidates, question.seed).await;
    for used in used.iter().filter(|used| used.calls > 0) {
        add(&mut record.used, used);
    }
    record.stats.rankings = members;
    record.stats.invalid_rankings = invalid.len();
    let invalid = invalid
        .into_iter()
        .map(|(voice, reason)| format!("the ranking of {voice} does not count: {reason}"));
    record.stats.notes.extend(invalid);
    (!ballots.is_empty()).then(|| Borda.tally(&ballots))
}

fn verdict(
    seats: Vec<Seat>,
    count: &Count,
    chaired: Option<(ChairReport, Option<Spoken>)>,
    record: Record,
    began: Instant,
) -> Deliberated {
    let Record { used, mut stats } = record;
    let best = &seats[count.winner()];
    let (chair, spoken) = chaired.map_or((None, None), |(report, spoken)| (Some(report), spoken));
    if let Some(failure) = chair.as_ref().and_then(|chair| chair.failure.as_ref()) {
        stats.notes.push(format!(
            "the chair wrote no answer, so that the best reply stands: {}",
            failure.reason
        ));
    }
    let said = |verified: bool| {
        let same = |seat: &&Seat| seat.has_answered() && seat.report.verified == Some(verified);
        seats.iter().filter(same).count()
    };
    stats.verified = said(true);
    stats.refuted = said(false);
    stats.counted = count.counted;
    let consensus = count.sentence(&seats, spoken.as_ref().map(|spoken| spoken.used.model.as_str()));
    let own = (
        best.words().to_owned(),
        best.report.model.clone(),
        Some(best.name().to_owned()),
        best.report.confidence,
    );
    let (text, model, voice, confidence) = spoken.map_or(own, |spoken| {
        let text = words(&spoken.text).to_owned();
        (text, spoken.used.model, None, spoken.confidence.value())
    });
    Deliberated {
        answer: best.report.answer.clone().filter(|_| voice.is_some()),
        text,
        model,
        verified: best.report.verified == Some(true) && voice.is_some(),
        voice,
        method: count.method,
        confidence,
        agreement: count.agreement,
        consensus,
        dissent: count.dissent(&seats),
        ranking: count
            .order
            .iter()
            .map(|&place| seats[place].name().to_owned())
            .collect(),
        voices: seats.into_iter().map(|seat| seat.report).collect(),
        chair,
        stats,
        used,
        latency: began.elapsed(),
    }
}

fn unanswered(seats: Vec<Seat>, record: Record) -> Unanswered {
    Unanswered {
        voices: seats.into_iter().map(|seat| seat.report).collect(),
        used: record.used,
    }
}
