//! What the replies amount to: who is first, how many agree, who does not.

use super::answer::Answer;
use super::outcome::{Dissent, Method};
use super::seat::{Seat, strongest};
use council_core::vote::{Standing, Verdict};
use council_core::{VotingRule as _, WeightedMajority};
use std::fmt::Write as _;

/// Fewest voters that make a group.
const GROUP: usize = 2;

/// The count of a vote.
pub(super) struct Count {
    pub(super) method: Method,
    /// Places of the seats whose replies stand, the best first; never empty.
    pub(super) order: Vec<usize>,
    /// The share of the vote behind the winner.
    pub(super) agreement: Option<f64>,
    /// Votes that counted.
    pub(super) counted: usize,
    /// Votes for short answers.
    majority: Verdict,
    /// Votes of the members on each other's replies.
    ranking: Option<Verdict>,
    /// Whether most replies have a short answer that contradicts other ones.
    short: bool,
}

/// Counts the short answers. `candidates` are the places of the seats whose replies stand, of which there is one at least.
pub(super) fn count(seats: &[Seat], candidates: &[usize]) -> Count {
    let answered = || seats.iter().filter(|seat| seat.has_answered());
    let ballots: Vec<_> = answered()
        .map(|seat| seat.ballot(seat.key.clone().into_iter().collect()))
        .collect();
    let majority = WeightedMajority.tally(&ballots);
    let keyed = candidates.iter().filter(|&&place| seats[place].key.is_some());
    let keyed = keyed.count();
    let exact = |seat: &Seat| seat.answer.as_ref().is_some_and(Answer::is_exact);
    let exact = candidates.iter().filter(|&&place| exact(&seats[place])).count();
    let short = 2 * exact >= candidates.len();
    let decided = majority
        .winner
        .as_ref()
        .filter(|winner| winner.verified || (2 * keyed >= candidates.len() && winner.voters.len() >= GROUP));
    let (method, order) = if answered().count() == 1 {
        (Method::Single, candidates.to_vec())
    } else if decided.is_some() {
        (Method::Majority, by_groups(seats, candidates, &majority))
    } else {
        (Method::Weight, strongest(seats, candidates.to_vec()))
    };
    let comparable = candidates.len() > 1 && (decided.is_some() || short);
    Count {
        agreement: majority
            .winner
            .as_ref()
            .filter(|_| comparable)
            .map(|winner| share(seats, candidates, winner)),
        counted: match method {
            Method::Majority => keyed,
            Method::Single | Method::Ranking | Method::Weight => candidates.len(),
        },
        method,
        order,
        majority,
        ranking: None,
        short,
    }
}

impl Count {
    /// The place of the seat that is first.
    pub(super) fn winner(&self) -> usize {
        self.order.first().copied().unwrap_or_default()
    }

    /// Takes the order from the members' rankings; what they place alike stays in order of strength.
    pub(super) fn rank(&mut self, seats: &[Seat], ranking: Verdict) {
        let score = |&place: &usize| {
            let mut standings = ranking.winner.iter().chain(&ranking.dissent);
            standings
                .find(|standing| standing.choice == seats[place].name())
                .map_or(0.0, |standing| standing.score)
        };
        self.order
            .sort_by(|one, other| score(other).total_cmp(&score(one)));
        self.method = Method::Ranking;
        if !self.short {
            self.agreement = ranking.agreement;
        }
        self.ranking = Some(ranking);
    }

    /// Whether one answer is to be written out of several.
    pub(super) fn wants_chair(&self) -> bool {
        matches!(self.method, Method::Ranking | Method::Weight) && !self.short && self.order.len() > 1
    }

    /// Who agreed with whom. `chair` is the model that wrote the answer, where one did.
    pub(super) fn sentence(&self, seats: &[Seat], chair: Option<&str>) -> String {
        let best = &seats[self.winner()];
        let answered = seats.iter().filter(|seat| seat.has_answered()).count();
        let percent = |share: f64| format!("{:.0} %", 100.0 * share);
        let mut sentence = match self.method {
            Method::Single => format!("{} alone answered.", best.name()),
            Method::Majority => {
                let voters = self
                    .majority
                    .winner
                    .as_ref()
                    .map_or(0, |winner| winner.voters.len());
                let say = if voters == 1 { "says" } else { "say" };
                let answer = best.report.answer.as_deref().unwrap_or_default();
                let answer = if answer.contains('\n') { "the same" } else { answer };
                let share = self.agreement.map_or_else(String::new, |share| {
                    format!(", with {} of the vote", percent(share))
                });
                format!("{voters} of {answered} voices {say} {answer}{share}.")
            }
            Method::Ranking => {
                let share = self.ranking.as_ref().and_then(|ranking| ranking.winner.as_ref());
                let share = share.map_or(0.0, |winner| winner.share);
                format!(
                    "The members ranked {} replies; that of {} is placed best, with {} of the points that it could get.",
                    self.order.len(),
                    best.name(),
                    percent(share)
                )
            }
            Method::Weight if self.order.len() == 1 => {
                format!("{} alone gave an answer that no check refuted.", best.name())
            }
            Method::Weight => format!(
                "{answered} voices answered, and their replies could not be told apart by votes; that of {} counts most.",
                best.name()
            ),
        };
        if let Some(evidence) = best
            .report
            .evidence
            .as_deref()
            .filter(|_| best.report.verified == Some(true))
        {
            let _ = write!(sentence, " A check agrees ({evidence}).");
        }
        if let Some(model) = chair {
            let _ = write!(sentence, " `{model}` wrote the answer from the best of them.");
        }
        sentence
    }

    /// What did not win, the strongest first; then what a check refuted.
    pub(super) fn dissent(&self, seats: &[Seat]) -> Vec<Dissent> {
        let best = &seats[self.winner()];
        let mut dissent: Vec<Dissent> = if self.short || self.method == Method::Majority {
            let groups = self.majority.winner.iter().chain(&self.majority.dissent);
            groups
                .filter(|group| best.key.as_ref() != Some(&group.choice))
                .filter_map(|group| self.group(seats, group))
                .collect()
        } else {
            let others = self.order.iter().skip(1);
            others.map(|&place| self.other(&seats[place])).collect()
        };
        for wrong in &self.majority.refuted {
            let of: Vec<&Seat> = seats
                .iter()
                .filter(|seat| seat.has_answered() && !seat.stands() && seat.key.as_ref() == Some(wrong))
                .collect();
            if let Some(first) = of.first() {
                dissent.push(Dissent {
                    voices: of.iter().map(|seat| seat.name().to_owned()).collect(),
                    answer: first.report.answer.clone(),
                    share: 0.0,
                    refuted: true,
                    reply: first.words().to_owned(),
                });
            }
        }
        dissent
    }

    fn group(&self, seats: &[Seat], group: &Standing) -> Option<Dissent> {
        let of = |&place: &usize| seats[place].key.as_ref() == Some(&group.choice);
        let first = &seats[self.order.iter().copied().find(|place| of(place))?];
        Some(Dissent {
            voices: group.voters.clone(),
            answer: first.report.answer.clone(),
            share: share(seats, &self.order, group),
            refuted: false,
            reply: first.words().to_owned(),
        })
    }

    fn other(&self, seat: &Seat) -> Dissent {
        let standing = self
            .ranking
            .iter()
            .flat_map(|ranking| &ranking.dissent)
            .find(|standing| standing.choice == seat.name());
        Dissent {
            voices: vec![seat.name().to_owned()],
            answer: seat.report.answer.clone(),
            share: standing.map_or(0.0, |standing| standing.share),
            refuted: false,
            reply: seat.words().to_owned(),
        }
    }
}

/// A group's share of all votes that could have been for it, abstentions included; by heads where no vote has weight.
fn share(seats: &[Seat], candidates: &[usize], group: &Standing) -> f64 {
    let all: f64 = candidates.iter().map(|&place| seats[place].report.weight).sum();
    if all > 0.0 {
        (group.score / all).clamp(0.0, 1.0)
    } else {
        group.voters.len() as f64 / candidates.len().max(1) as f64
    }
}

/// Groups in order of their standing, the strongest of each first; then those without a short answer.
fn by_groups(seats: &[Seat], candidates: &[usize], majority: &Verdict) -> Vec<usize> {
    let by_strength = strongest(seats, candidates.to_vec());
    let rank = |&place: &usize| {
        let mut groups = majority.winner.iter().chain(&majority.dissent);
        groups
            .position(|group| seats[place].key.as_ref() == Some(&group.choice))
            .unwrap_or(usize::MAX)
    };
    let mut order = by_strength;
    // Stable: within a group the order by strength stays.
    order.sort_by_key(rank);
    order
}
