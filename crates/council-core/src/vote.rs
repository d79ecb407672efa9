//! Ballots and how they are counted: pure, so that every count can be replayed and explained.
//!
//! - [`WeightedMajority`]: for answers that can be equal, the one with the most weight behind it
//! - [`Borda`]: for answers that cannot, the one that the members place best
//!
//! Both count the same whatever the order of the ballots, and a further ballot for the winner never makes it lose;
//! property tests hold them to it.

use std::collections::BTreeMap;

/// What a check of an answer said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Check {
    /// It was checked, and is wrong: a vote for it counts nothing.
    Failed,
    /// Nothing could check it.
    #[default]
    None,
    /// It was checked, and holds.
    Passed,
}

/// One member's vote.
#[derive(Clone, Debug, PartialEq)]
pub struct Ballot {
    /// Who votes. Several ballots of one voter share its weight, as where it places some choices alike.
    pub voter: String,
    /// What for, best first; what is the same has the same text. A majority counts the first only. Empty: abstains.
    pub choices: Vec<String>,
    /// How much the vote counts, at least 0; anything else, NaN included, counts as 0.
    pub weight: f64,
    /// How sure the voter is of its first choice, [0, 1]; breaks ties only. 0 where that is not known.
    pub confidence: f64,
    /// What a check of the first choice said.
    pub check: Check,
}

/// What the ballots say of one choice.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The choice.
    pub choice: String,
    /// Who put it first, in order of name.
    pub voters: Vec<String>,
    /// For a majority the weight of its voters; for Borda its points, times weight.
    pub score: f64,
    /// Its share, [0, 1]: of all weight that counted; for Borda of the points that it could have got from those who
    /// ranked it.
    pub share: f64,
    /// Whether a check of it passed.
    pub verified: bool,
}

/// What was decided.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict {
    /// The winner; `None` when no ballot counts.
    pub winner: Option<Standing>,
    /// The winner's share, [0, 1]; `None` without one, and where a single voter decided: nobody agreed with anybody.
    pub agreement: Option<f64>,
    /// The other choices, best first.
    pub dissent: Vec<Standing>,
    /// Choices that failed their check and counted nothing, in order.
    pub refuted: Vec<String>,
}

/// Decides what a set of ballots amounts to.
pub trait VotingRule {
    /// Counts. The same for any order of the ballots.
    fn tally(&self, ballots: &[Ballot]) -> Verdict;
}

/// The choice with the most weight behind it; a choice that a check passed goes before all that none did. Equal ones are
/// told apart by the number of voters, then by how sure they are, then by the text. Where no ballot has any weight, each
/// counts as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WeightedMajority;

/// The choice that the members place best: of m ranked choices the first gets 1 point, the last 0, those between them in
/// equal steps; a choice that a ballot does not name gets half a point from it, so that it is neither better nor worse for
/// a member that its own answer was kept from it. Points count times weight; where no ballot has any, each counts as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Borda;

impl VotingRule for WeightedMajority {
    fn tally(&self, ballots: &[Ballot]) -> Verdict {
        let counted = Counted::of(ballots);
        let mut groups: BTreeMap<&str, Vec<&Ballot>> = BTreeMap::new();
        for ballot in &counted.ballots {
            if let Some(choice) = ballot.choices.first() {
                groups.entry(choice).or_default().push(ballot);
            }
        }
        let all = sum(counted.ballots.iter().map(|ballot| counted.weight(ballot)));
        let standings = groups.into_iter().map(|(choice, ballots)| {
            let score = sum(ballots.iter().map(|ballot| counted.weight(ballot)));
            let standing = Standing {
                choice: choice.to_owned(),
                voters: names(&ballots),
                score,
                share: if all > 0.0 { score / all } else { 0.0 },
                verified: ballots.iter().any(|ballot| ballot.check == Check::Passed),
            };
            (standing, sum(ballots.iter().map(|ballot| sureness(ballot))))
        });
        let standings = standings.collect();
        counted.verdict(standings)
    }
}

impl VotingRule for Borda {
    fn tally(&self, ballots: &[Ballot]) -> Verdict {
        /// What one choice got.
        #[derive(Default)]
        struct Got<'a> {
            points: Vec<f64>,
            /// Of the ballots that name it: points and weight.
            named: (Vec<f64>, Vec<f64>),
            first: Vec<&'a Ballot>,
        }
        let counted = Counted::of(ballots);
        let named = counted.ballots.iter().flat_map(|ballot| &ballot.choices);
        let mut choices: BTreeMap<&str, Got<'_>> =
            named.map(|choice| (choice.as_str(), Got::default())).collect();
        for &ballot in &counted.ballots {
            let weight = counted.weight(ballot);
            for (&choice, got) in &mut choices {
                let Some(place) = ballot.choices.iter().position(|named| named == choice) else {
                    got.points.push(0.5 * weight);
                    continue;
                };
                let points = weight * points(place, ballot.choices.len());
                got.points.push(points);
                got.named.0.push(points);
                got.named.1.push(weight);
                if place == 0 {
                    got.first.push(ballot);
                }
            }
        }
        let standings = choices.into_iter().map(|(choice, got)| {
            let (points, most) = (sum(got.named.0.into_iter()), sum(got.named.1.into_iter()));
            let standing = Standing {
                choice: choice.to_owned(),
                voters: names(&got.first),
                score: sum(got.points.into_iter()),
                share: if most > 0.0 { points / most } else { 0.0 },
                verified: got.first.iter().any(|ballot| ballot.check == Check::Passed),
            };
            (standing, sum(got.first.iter().map(|ballot| sureness(ballot))))
        });
        let standings = standings.collect();
        counted.verdict(standings)
    }
}

/// The points of a place, [0, 1].
fn points(place: usize, ranked: usize) -> f64 {
    match ranked {
        0 | 1 => 1.0,
        _ => (ranked - 1 - place) as f64 / (ranked - 1) as f64,
    }
}

/// The ballots that count.
struct Counted<'a> {
    ballots: Vec<&'a Ballot>,
    /// Whether any of them has weight; else each counts as one.
    weighted: bool,
    refuted: Vec<String>,
}

impl<'a> Counted<'a> {
    fn of(ballots: &'a [Ballot]) -> Self {
        let (failed, counted): (Vec<&Ballot>, Vec<&Ballot>) = ballots
            .iter()
            .filter(|ballot| !ballot.choices.is_empty())
            .partition(|ballot| ballot.check == Check::Failed);
        let mut refuted: Vec<String> = failed
            .iter()
            .filter_map(|ballot| ballot.choices.first().cloned())
            .collect();
        refuted.sort();
        refuted.dedup();
        Self {
            weighted: counted.iter().any(|ballot| usable(ballot.weight) > 0.0),
            ballots: counted,
            refuted,
        }
    }

    fn weight(&self, ballot: &Ballot) -> f64 {
        if self.weighted { usable(ballot.weight) } else { 1.0 }
    }

    /// Puts the standings, each with how sure its voters are, in order.
    fn verdict(self, mut standings: Vec<(Standing, f64)>) -> Verdict {
        standings.sort_by(|(one, sure), (other, other_sure)| {
            (other.verified.cmp(&one.verified))
                .then(other.score.total_cmp(&one.score))
                .then(other.voters.len().cmp(&one.voters.len()))
                .then(other_sure.total_cmp(sure))
                .then(one.choice.cmp(&other.choice))
        });
        let several_voters = self
            .ballots
            .iter()
            .any(|ballot| ballot.voter != self.ballots[0].voter);
        let mut standings = standings.into_iter().map(|(standing, _)| standing);
        let winner = standings.next();
        Verdict {
            agreement: winner
                .as_ref()
                .filter(|_| several_voters)
                .map(|winner| winner.share.clamp(0.0, 1.0)),
            winner,
            dissent: standings.collect(),
            refuted: self.refuted,
        }
    }
}

/// A weight that can be counted with.
fn usable(weight: f64) -> f64 {
    if weight.is_finite() { weight.max(0.0) } else { 0.0 }
}

fn sureness(ballot: &Ballot) -> f64 {
    usable(ballot.confidence).min(1.0)
}

/// The same for any order of its parts, which floating-point addition alone is not.
fn sum(parts: impl Iterator<Item = f64>) -> f64 {
    let mut parts: Vec<f64> = parts.collect();
    parts.sort_by(f64::total_cmp);
    parts.into_iter().sum()
}

fn names(ballots: &[&Ballot]) -> Vec<String> {
    let mut names: Vec<String> = ballots.iter().map(|ballot| ballot.voter.clone()).collect();
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests;
