//! Fits and measures against brute force and known values.

#![expect(clippy::unwrap_used, clippy::float_cmp, reason = "tests")]

use super::fit::LEAST_ANSWERS;
use super::isotonic::{Isotonic, pool};
use super::measures::{auroc, brier, ece, reliability};
use super::{CalibrationFit, Calibrations, Graded, calibrate};
use crate::confidence::AnswerEvidence;
use council_core::{Calibration, SkillKind, Timestamp, Verdicts};
use proptest::prelude::*;

/// The solution by its max-min formula (Barlow and others 1972): O(n³).
fn by_brute_force(values: &[f64], weights: &[f64]) -> Vec<f64> {
    let mean = |from: usize, to: usize| {
        let weight: f64 = weights[from..=to].iter().sum();
        let sum: f64 = (from..=to).map(|index| values[index] * weights[index]).sum();
        sum / weight
    };
    let at = |index: usize| {
        let least = |from: usize| {
            (index..values.len())
                .map(|to| mean(from, to))
                .fold(f64::INFINITY, f64::min)
        };
        (0..=index).map(least).fold(f64::NEG_INFINITY, f64::max)
    };
    (0..values.len()).map(at).collect()
}

fn evidence(mean: f64, margin: f64, tokens: u32) -> AnswerEvidence {
    AnswerEvidence {
        tokens,
        mean_logprob: mean,
        tail_logprob: 2.0 * mean,
        mean_margin: margin,
        least_margin: margin / 4.0,
    }
}

/// Answers of which the surer ones are right more often, without chance: of every four with the same evidence, as many as
/// the evidence says.
fn answers() -> Vec<Graded> {
    let graded = |index: usize| {
        let level = index / 40;
        Graded {
            evidence: evidence(-2.0 + 0.4 * level as f64, level as f64, 10 + level as u32),
            right: index % 4 < level,
        }
    };
    (0..200).map(graded).collect()
}

#[test]
fn falling_neighbours_take_their_mean() {
    for (values, expected) in [
        (vec![], vec![]),
        (vec![0.2, 0.8], vec![0.2, 0.8]),
        (vec![1.0, 0.0], vec![0.5, 0.5]),
        (vec![0.0, 1.0, 0.0, 1.0], vec![0.0, 0.5, 0.5, 1.0]),
        (vec![3.0, 2.0, 1.0], vec![2.0, 2.0, 2.0]),
    ] {
        assert_eq!(pool(&values, &vec![1.0; values.len()]), expected);
    }
    assert_eq!(pool(&[1.0, 0.0], &[1.0, 3.0]), [0.25, 0.25]);
}

#[test]
fn between_two_points_the_value_lies_on_the_straight_line_and_outside_it_is_level() {
    let fit = Isotonic::fit(&[(0.0, false), (1.0, false), (1.0, true), (3.0, true)]).unwrap();
    for (score, expected) in [
        (-1.0, 0.0),
        (0.0, 0.0),
        (0.5, 0.25),
        (1.0, 0.5),
        (2.0, 0.75),
        (3.0, 1.0),
        (9.0, 1.0),
    ] {
        assert_eq!(fit.at(score), expected, "{score}");
    }
    assert_eq!(Isotonic::fit(&[]), None);
}

#[test]
fn measures_have_their_known_values() {
    let pairs = [(0.1, false), (0.4, true), (0.35, false), (0.8, true)];
    assert_eq!(auroc(&pairs), Some(1.0));
    assert_eq!(auroc(&[(0.5, false), (0.5, true)]), Some(0.5));
    assert_eq!(auroc(&[(0.9, false), (0.1, true)]), Some(0.0));
    assert_eq!(auroc(&[(0.9, true)]), None);
    assert!((brier(&[(0.75, true), (0.25, true)]) - 0.3125).abs() < 1e-12);
    let table = reliability(&[(0.95, true), (1.0, false), (0.0, false)]);
    assert_eq!(table.len(), 10);
    assert_eq!((table[9].answers, table[9].right, table[0].answers), (2, 0.5, 1));
    // Two of three answers are 0.475 off.
    assert!((ece(&table) - 2.0 / 3.0 * 0.475).abs() < 1e-12);
    assert_eq!((ece(&[]), brier(&[])), (0.0, 0.0));
}

#[test]
fn a_fit_tells_surer_answers_from_others_and_its_probabilities_hold() {
    let measured = calibrate(&answers()).unwrap();
    assert_eq!((measured.asked, measured.right), (200, 100));
    assert!(measured.auroc.unwrap() > 0.8, "{measured:?}");
    assert!(measured.ece < 0.05, "{measured:?}");
    let said = |level: f64| {
        measured
            .fit
            .probability(&evidence(-2.0 + 0.4 * level, level, 10 + level as u32))
    };
    assert!(said(0.0) < 0.1 && (said(2.0) - 0.5).abs() < 0.1 && said(4.0) > 0.9);
}

#[test]
fn where_all_answers_are_right_or_all_wrong_nothing_is_certain_all_the_same() {
    for right in [true, false] {
        let graded: Vec<Graded> = answers()
            .into_iter()
            .map(|graded| Graded { right, ..graded })
            .collect();
        let measured = calibrate(&graded).unwrap();
        assert_eq!(measured.auroc, None);
        let said = measured.fit.probability(&evidence(-1.0, 2.0, 12));
        let expected = if right { 1.0 - 1.0 / 202.0 } else { 1.0 / 202.0 };
        assert!((said - expected).abs() < 1e-9, "{said}");
    }
}

#[test]
fn too_few_answers_make_no_calibration() {
    let few = answers()[..LEAST_ANSWERS - 1].to_vec();
    assert_eq!(calibrate(&few), None);
    assert_eq!(CalibrationFit::fit(&[]), None);
}

#[test]
fn a_fit_comes_back_as_it_was_stored_and_a_broken_one_is_refused() {
    let fit = calibrate(&answers()).unwrap().fit;
    let json = fit.to_json();
    assert_eq!(CalibrationFit::from_json(&json), Ok(fit));
    let other = json.replace("\"version\":1", "\"version\":7");
    assert_eq!(
        CalibrationFit::from_json(&other).unwrap_err(),
        "it has version 7, and this program reads version 1"
    );
    assert!(CalibrationFit::from_json("{}").is_err());
    let unsound = json.replace("\"least\":0.0", "\"least\":-3.0");
    assert_eq!(
        CalibrationFit::from_json(&unsound).unwrap_err(),
        "its numbers are no fit of this program's"
    );
}

fn stored(model: &str, kind: Option<SkillKind>, fit: &str, right: u32) -> Calibration {
    Calibration {
        model: model.to_owned(),
        kind,
        fit: fit.to_owned(),
        asked: 200,
        right,
        auroc: None,
        ece: 0.0,
        brier: 0.0,
        table: Vec::new(),
        at: Timestamp::default(),
        questions_sha256: String::new(),
    }
}

#[test]
fn a_kind_without_a_fit_of_its_own_goes_by_the_one_for_all_and_an_unknown_model_by_none() {
    let rising = calibrate(&answers()).unwrap().fit;
    let wrong: Vec<Graded> = answers()
        .into_iter()
        .map(|graded| Graded {
            right: false,
            ..graded
        })
        .collect();
    let hopeless = calibrate(&wrong).unwrap().fit;
    let known = Calibrations::default();
    known
        .replace(&[
            stored("m", None, &rising.to_json(), 100),
            stored("m", Some(SkillKind::Logic), &hopeless.to_json(), 0),
        ])
        .unwrap();
    let sure = evidence(-0.4, 4.0, 14);
    assert_eq!(
        known.probability("m", SkillKind::Math, &sure),
        Some(rising.probability(&sure))
    );
    assert_eq!(
        known.probability("m", SkillKind::Logic, &sure),
        Some(hopeless.probability(&sure))
    );
    assert_eq!(known.probability("other", SkillKind::Math, &sure), None);
    assert_eq!(known.reliability("m", SkillKind::Logic), Some(1.0 / 202.0));
    assert_eq!(known.reliability("m", SkillKind::Math), None);
    let verdicts = |model: &str, right, wrong| Verdicts {
        answered_by: model.to_owned(),
        kind: SkillKind::Logic,
        right,
        wrong,
    };
    known.judge(&[
        verdicts("m", 98, 2),
        verdicts("few", 19, 0),
        verdicts("liked", 20, 0),
    ]);
    assert_eq!(known.reliability("m", SkillKind::Logic), Some(99.0 / 302.0));
    assert_eq!(known.reliability("m", SkillKind::Math), None);
    assert_eq!(known.reliability("few", SkillKind::Logic), None);
    assert_eq!(known.reliability("liked", SkillKind::Logic), Some(21.0 / 22.0));
    known.judge(&[]);
    assert_eq!(known.reliability("m", SkillKind::Logic), Some(1.0 / 202.0));
    // A broken one changes nothing.
    let error = known
        .replace(&[stored("n", Some(SkillKind::Code), "[]", 1)])
        .unwrap_err();
    assert!(
        error.starts_with("the calibration of `n` for code questions cannot be read: "),
        "{error}"
    );
    assert!(
        error.ends_with("`council calibrate --model n` makes a new one"),
        "{error}"
    );
    assert!(known.probability("m", SkillKind::Math, &sure).is_some());
}

proptest! {
    #[test]
    fn pooling_is_the_least_squares_solution(
        pairs in prop::collection::vec((0_u8..5, 1_u8..4), 1..9)
    ) {
        let values: Vec<f64> = pairs.iter().map(|(value, _)| f64::from(*value) / 4.0).collect();
        let weights: Vec<f64> = pairs.iter().map(|(_, weight)| f64::from(*weight)).collect();
        for (found, expected) in pool(&values, &weights).iter().zip(by_brute_force(&values, &weights)) {
            prop_assert!((found - expected).abs() < 1e-9);
        }
    }

    #[test]
    fn probabilities_never_fall_with_the_score_and_stay_between_0_and_1(
        pairs in prop::collection::vec((-5.0_f64..5.0, any::<bool>()), 1..60),
        mut scores in prop::collection::vec(-9.0_f64..9.0, 1..30),
    ) {
        let fit = Isotonic::fit(&pairs).unwrap();
        scores.sort_unstable_by(f64::total_cmp);
        let said: Vec<f64> = scores.iter().map(|score| fit.at(*score)).collect();
        prop_assert!(said.is_sorted());
        prop_assert!(said.iter().all(|said| (0.0..=1.0).contains(said)));
    }

    #[test]
    fn whatever_the_evidence_a_fit_gives_a_probability(
        graded in prop::collection::vec(((-100.0_f64..0.0, 0.0_f64..16.0, 1_u32..2_000), any::<bool>()), 20..60),
        asked in (-100.0_f64..0.0, 0.0_f64..16.0, 1_u32..100_000),
    ) {
        let graded: Vec<Graded> = graded
            .into_iter()
            .map(|((mean, margin, tokens), right)| Graded { evidence: evidence(mean, margin, tokens), right })
            .collect();
        let measured = calibrate(&graded).unwrap();
        let said = measured.fit.probability(&evidence(asked.0, asked.1, asked.2));
        prop_assert!(0.0 < said && said < 1.0, "{said}");
        prop_assert!((0.0..=1.0).contains(&measured.ece) && (0.0..=1.0).contains(&measured.brier));
        let bins: u32 = measured.table.iter().map(|bin| bin.answers).sum();
        prop_assert_eq!(bins, measured.asked);
        let again = CalibrationFit::from_json(&measured.fit.to_json());
        prop_assert_eq!(again, Ok(measured.fit));
    }
}
