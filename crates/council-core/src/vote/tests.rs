//! Counts by hand, and what holds for any ballots.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{Ballot, Borda, Check, Verdict, VotingRule, WeightedMajority};
use proptest::prelude::*;

fn ballot(voter: &str, choices: &[&str], weight: f64) -> Ballot {
    Ballot {
        voter: voter.to_owned(),
        choices: choices.iter().map(|&choice| choice.to_owned()).collect(),
        weight,
        confidence: 0.0,
        check: Check::None,
    }
}

fn checked(check: Check, ballot: Ballot) -> Ballot {
    Ballot { check, ..ballot }
}

fn winner(verdict: &Verdict) -> &str {
    &verdict.winner.as_ref().unwrap().choice
}

#[test]
fn the_choice_with_most_weight_wins_and_the_rest_is_dissent() {
    let verdict = WeightedMajority.tally(&[
        ballot("a", &["36"], 1.0),
        ballot("b", &["35"], 1.0),
        ballot("c", &["36"], 2.0),
        ballot("d", &[], 9.0),
    ]);
    assert_eq!(winner(&verdict), "36");
    assert_eq!(verdict.agreement, Some(0.75));
    assert_eq!(verdict.winner.as_ref().unwrap().voters, ["a", "c"]);
    assert_eq!(verdict.dissent.len(), 1);
    assert_eq!(verdict.dissent[0].voters, ["b"]);
}

#[test]
fn two_reliable_members_outvote_three_weak_ones() {
    let weak = ["a", "b", "c"].map(|voter| ballot(voter, &["no"], 0.2));
    let strong = ["d", "e"].map(|voter| ballot(voter, &["yes"], 2.0));
    let verdict = WeightedMajority.tally(&[weak.as_slice(), strong.as_slice()].concat());
    assert_eq!(winner(&verdict), "yes");
}

#[test]
fn a_vote_with_a_failed_check_counts_nothing() {
    let verdict = WeightedMajority.tally(&[
        checked(Check::Failed, ballot("a", &["35"], 5.0)),
        checked(Check::Failed, ballot("b", &["35"], 5.0)),
        ballot("c", &["36"], 0.1),
    ]);
    assert_eq!(winner(&verdict), "36");
    assert_eq!(verdict.refuted, ["35"]);
    // One ballot decided.
    assert_eq!(verdict.agreement, None);
}

#[test]
fn a_verified_answer_goes_before_a_heavier_unverified_one() {
    let verdict = WeightedMajority.tally(&[
        ballot("a", &["35"], 5.0),
        checked(Check::Passed, ballot("b", &["36"], 1.0)),
    ]);
    assert_eq!(winner(&verdict), "36");
    assert!(verdict.winner.as_ref().unwrap().verified);
}

#[test]
fn nobody_wins_when_every_answer_is_refuted_or_nobody_votes() {
    let refuted = [checked(Check::Failed, ballot("a", &["35"], 1.0))];
    for rule in [&WeightedMajority as &dyn VotingRule, &Borda] {
        assert_eq!(rule.tally(&refuted).winner, None);
        assert_eq!(rule.tally(&[ballot("a", &[], 1.0)]), Verdict::default());
        assert_eq!(rule.tally(&[]), Verdict::default());
    }
}

#[test]
fn a_council_without_any_weight_counts_heads() {
    let verdict = WeightedMajority.tally(&[
        ballot("a", &["x"], 0.0),
        ballot("b", &["y"], -3.0),
        ballot("c", &["y"], f64::NAN),
    ]);
    assert_eq!(winner(&verdict), "y");
    assert_eq!(verdict.agreement, Some(2.0 / 3.0));
}

#[test]
fn a_tie_goes_to_the_surer_voters_and_then_by_the_text() {
    let tied = [ballot("a", &["x"], 1.0), ballot("b", &["w"], 1.0)];
    assert_eq!(winner(&WeightedMajority.tally(&tied)), "w");
    let surer = Ballot {
        confidence: 0.9,
        ..tied[0].clone()
    };
    assert_eq!(winner(&WeightedMajority.tally(&[surer, tied[1].clone()])), "x");
}

#[test]
fn borda_prefers_what_all_place_high_and_takes_no_side_on_what_a_ballot_leaves_out() {
    // Each ranks the others' answers, never its own.
    let verdict = Borda.tally(&[
        ballot("a", &["b", "c", "d"], 1.0),
        ballot("b", &["c", "a", "d"], 1.0),
        ballot("c", &["b", "a", "d"], 1.0),
        ballot("d", &["b", "c", "a"], 1.0),
    ]);
    assert_eq!(winner(&verdict), "b");
    assert_eq!(verdict.winner.as_ref().unwrap().voters, ["a", "c", "d"]);
    assert_eq!(verdict.agreement, Some(1.0));
    let order: Vec<&str> = verdict
        .dissent
        .iter()
        .map(|other| other.choice.as_str())
        .collect();
    assert_eq!(order, ["c", "a", "d"]);
    assert!((verdict.winner.unwrap().score - 3.5).abs() < 1e-12);
}

#[test]
fn a_voter_that_places_choices_alike_shares_its_weight_between_both_orders() {
    let verdict = Borda.tally(&[
        ballot("a", &["x", "y", "z"], 0.5),
        ballot("a", &["y", "x", "z"], 0.5),
    ]);
    let winner = verdict.winner.unwrap();
    assert!((winner.score - 0.75).abs() < 1e-12);
    assert_eq!(winner.voters, ["a"]);
    assert!((verdict.dissent[0].score - 0.75).abs() < 1e-12);
    // One voter agrees with nobody.
    assert_eq!(verdict.agreement, None);
}

fn any_check() -> impl Strategy<Value = Check> {
    prop_oneof![Just(Check::Failed), Just(Check::None), Just(Check::Passed)]
}

fn any_weight() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => 0.0..5.0_f64,
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => -2.0..0.0_f64,
        1 => Just(0.0),
    ]
}

/// Ballots whose choices are a part of the letters in any order.
fn any_ballots() -> impl Strategy<Value = Vec<Ballot>> {
    let choices = Just(vec!["v", "w", "x", "y", "z"])
        .prop_shuffle()
        .prop_flat_map(|letters| (0..=letters.len()).prop_map(move |many| letters[..many].to_vec()));
    let one = (choices, any_weight(), 0.0..=1.0_f64, any_check());
    proptest::collection::vec(one, 0..9).prop_map(|ballots| {
        let ballots = ballots.into_iter().enumerate();
        ballots
            .map(|(number, (choices, weight, confidence, check))| Ballot {
                confidence,
                check,
                ..ballot(&format!("voter {number}"), &choices, weight)
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn the_order_of_ballots_does_not_matter(
        (ballots, shuffled) in any_ballots().prop_flat_map(|ballots| {
            (Just(ballots.clone()), Just(ballots).prop_shuffle())
        })
    ) {
        prop_assert_eq!(WeightedMajority.tally(&ballots), WeightedMajority.tally(&shuffled));
        prop_assert_eq!(Borda.tally(&ballots), Borda.tally(&shuffled));
    }

    #[test]
    fn a_further_vote_for_the_winner_keeps_it(ballots in any_ballots(), weight in any_weight(), check in any_check()) {
        for rule in [&WeightedMajority as &dyn VotingRule, &Borda] {
            let Some(before) = rule.tally(&ballots).winner else { continue };
            let mut more = ballots.clone();
            more.push(checked(check, ballot("one more", &[&before.choice], weight)));
            prop_assert_eq!(rule.tally(&more).winner.unwrap().choice, before.choice);
        }
    }

    #[test]
    fn what_failed_its_check_never_wins(ballots in any_ballots(), wrong in "[v-z]") {
        // All who say it failed.
        let ballots: Vec<Ballot> = ballots
            .into_iter()
            .map(|ballot| match ballot.choices.first() {
                Some(choice) if *choice == wrong => checked(Check::Failed, ballot),
                _ => ballot,
            })
            .collect();
        let verdict = WeightedMajority.tally(&ballots);
        prop_assert!(verdict.winner.is_none_or(|winner| winner.choice != wrong));
        prop_assert!(verdict.dissent.iter().all(|other| other.choice != wrong));
    }

    #[test]
    fn shares_and_scores_are_never_negative_and_shares_at_most_one(ballots in any_ballots()) {
        for rule in [&WeightedMajority as &dyn VotingRule, &Borda] {
            let verdict = rule.tally(&ballots);
            for standing in verdict.winner.iter().chain(&verdict.dissent) {
                prop_assert!(standing.score >= 0.0 && standing.score.is_finite());
                prop_assert!((0.0..=1.0 + 1e-9).contains(&standing.share));
            }
            prop_assert!(verdict.agreement.is_none_or(|share| (0.0..=1.0).contains(&share)));
        }
    }
}
