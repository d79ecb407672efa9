//! The members rank each other's replies, by points: under letters, and never their own.
//!
//! Small models rank by place rather than by content: a model of half a billion parameters named the letters from the last
//! to the first whatever stood there. So the replies stand in a ring, and each member reads those that follow its own: every
//! reply then stands once in every place, and what depends on the place alone cancels out.

use super::event::VoteEvent;
use super::outcome::ModelUsage;
use super::prompt;
use super::seat::Seat;
use super::speak::{Floor, speak, words};
use council_core::{Ballot, GenerateRequest};
use futures::future::join_all;
use std::cmp::Reverse;

/// The rankings of all members.
pub(super) struct Rankings {
    /// Of those that can be used; choices are names of voices.
    pub(super) ballots: Vec<Ballot>,
    /// How many members gave them.
    pub(super) members: usize,
    /// Who gave one that cannot, and why.
    pub(super) invalid: Vec<(String, String)>,
    pub(super) used: Vec<ModelUsage>,
}

/// Asks every member whose reply stands.
pub(super) async fn rank(
    floor: Floor<'_>,
    question: &GenerateRequest,
    seats: &[Seat],
    candidates: &[usize],
    seed: Option<u64>,
) -> Rankings {
    let mut ring = candidates.to_vec();
    shuffle(&mut ring, seed.unwrap_or(0));
    let asked = ring.iter().enumerate().map(|(place, &member)| {
        let others = [&ring[place + 1..], &ring[..place]].concat();
        one(floor, question, seats, member, others, seed)
    });
    let mut rankings = Rankings {
        ballots: Vec::new(),
        members: 0,
        invalid: Vec::new(),
        used: Vec::new(),
    };
    for (member, given, used) in join_all(asked).await {
        rankings.used.extend(used);
        match given {
            Ok(points) => {
                rankings.members += 1;
                rankings.ballots.extend(ballots(&seats[member], &points));
            }
            Err(reason) => rankings.invalid.push((seats[member].name().to_owned(), reason)),
        }
    }
    rankings
}

/// The points that a member gave others, the best first.
type Given = Vec<(String, u8)>;

async fn one(
    floor: Floor<'_>,
    question: &GenerateRequest,
    seats: &[Seat],
    member: usize,
    others: Vec<usize>,
    seed: Option<u64>,
) -> (usize, Result<Given, String>, Option<ModelUsage>) {
    let seat = &seats[member];
    let Some(model) = &seat.model else {
        return (member, Err("its model is not there".to_owned()), None);
    };
    let replies: Vec<&str> = others.iter().map(|&other| seats[other].words()).collect();
    let request = prompt::ranking(question, &replies, seed);
    let spoken = speak(floor, &**model, request, |_| None).await;
    let points = match spoken.failure {
        Some(failure) => Err(failure.reason),
        None => prompt::read_points(words(&spoken.text), others.len()),
    };
    let given = points.map(|points| {
        let names = others.iter().map(|&other| seats[other].name().to_owned());
        let mut given: Given = names.zip(points).collect();
        // Stable: what has the same points stays in the order in which it was read.
        given.sort_by_key(|(_, points)| Reverse(*points));
        given
    });
    floor
        .tell(VoteEvent::Ranked {
            voice: seat.name().to_owned(),
            points: given.clone(),
        })
        .await;
    (member, given, Some(spoken.used))
}

/// A member's order, and the same with those that have the same points the other way round, each with half its weight: on
/// average they then share their places.
fn ballots(seat: &Seat, given: &Given) -> [Ballot; 2] {
    let mut turned = given.clone();
    turned.reverse();
    turned.sort_by_key(|(_, points)| Reverse(*points));
    [given, &turned].map(|order| {
        let names = order.iter().map(|(name, _)| name.clone());
        let ballot = seat.ballot(names.collect());
        Ballot {
            weight: ballot.weight / 2.0,
            ..ballot
        }
    })
}

/// Fisher and Yates, by splitmix64: the same for the same seed.
fn shuffle(places: &mut [usize], seed: u64) {
    let mut state = seed;
    for last in (1..places.len()).rev() {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        places.swap(last, (mixed % (last as u64 + 1)) as usize);
    }
}
