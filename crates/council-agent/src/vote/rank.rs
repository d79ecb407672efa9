//! The members rank each other's replies: under letters, in an order of each one's own, and never their own reply.

use super::event::VoteEvent;
use super::outcome::ModelUsage;
use super::prompt;
use super::seat::Seat;
use super::speak::{Floor, speak, words};
use council_core::{Ballot, GenerateRequest};
use futures::future::join_all;

/// The rankings of all members.
pub(super) struct Rankings {
    /// Those that can be used; choices are names of voices.
    pub(super) ballots: Vec<Ballot>,
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
    let asked = candidates.iter().map(|&member| {
        let mut others: Vec<usize> = candidates
            .iter()
            .copied()
            .filter(|&other| other != member)
            .collect();
        shuffle(&mut others, seed.unwrap_or(0) ^ (member as u64 + 1));
        one(floor, question, seats, member, others, seed)
    });
    let mut rankings = Rankings {
        ballots: Vec::new(),
        invalid: Vec::new(),
        used: Vec::new(),
    };
    for (member, ranking, used) in join_all(asked).await {
        rankings.used.extend(used);
        match ranking {
            Ok(order) => rankings.ballots.push(seats[member].ballot(order)),
            Err(reason) => rankings.invalid.push((seats[member].name().to_owned(), reason)),
        }
    }
    rankings
}

async fn one(
    floor: Floor<'_>,
    question: &GenerateRequest,
    seats: &[Seat],
    member: usize,
    others: Vec<usize>,
    seed: Option<u64>,
) -> (usize, Result<Vec<String>, String>, Option<ModelUsage>) {
    let seat = &seats[member];
    let Some(model) = &seat.model else {
        return (member, Err("its model is not there".to_owned()), None);
    };
    let replies: Vec<&str> = others.iter().map(|&other| seats[other].words()).collect();
    let request = prompt::ranking(question, &replies, seed);
    let spoken = speak(floor, &**model, request, |_| None).await;
    let ranking = match spoken.failure {
        Some(failure) => Err(failure.reason),
        None => prompt::read_ranking(words(&spoken.text), others.len()).map(|places| {
            let named = places
                .into_iter()
                .map(|place| seats[others[place]].name().to_owned());
            named.collect::<Vec<_>>()
        }),
    };
    floor
        .tell(VoteEvent::Ranked {
            voice: seat.name().to_owned(),
            ranking: ranking.clone(),
        })
        .await;
    (member, ranking, Some(spoken.used))
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
