//! `CalibrationStore`.

use crate::store;
use council_core::{Calibration, CalibrationStore, ReliabilityBin, SkillKind, Timestamp};

fn calibration(model: &str, kind: Option<SkillKind>, right: u32) -> Calibration {
    Calibration {
        model: model.to_owned(),
        kind,
        fit: "{\"version\":1}".to_owned(),
        asked: 20,
        right,
        auroc: (right > 0).then_some(0.875),
        ece: 0.062_5,
        brier: 0.1,
        table: vec![ReliabilityBin {
            from: 0.9,
            to: 1.0,
            answers: 20,
            said: 0.95,
            right: 0.5,
        }],
        at: Timestamp::from_millis(1_000),
        questions_sha256: "ab".repeat(32),
    }
}

#[tokio::test]
async fn calibrations_come_back_as_they_were_kept_by_model_the_one_for_all_kinds_first() {
    let (store, _dir) = store();
    let small = vec![
        calibration("small", None, 10),
        calibration("small", Some(SkillKind::Logic), 0),
        calibration("small", Some(SkillKind::Math), 20),
    ];
    let large = vec![calibration("large", None, 15)];
    store.keep_calibrations("small", small.clone()).await.unwrap();
    store.keep_calibrations("large", large.clone()).await.unwrap();
    assert_eq!(store.calibrations().await.unwrap(), [large, small].concat());
}

#[tokio::test]
async fn a_new_calibration_takes_the_place_of_all_that_was_measured_of_its_model() {
    let (store, _dir) = store();
    let old = vec![
        calibration("a", None, 3),
        calibration("a", Some(SkillKind::Code), 3),
    ];
    store.keep_calibrations("a", old).await.unwrap();
    let new = vec![calibration("a", None, 4)];
    store.keep_calibrations("a", new.clone()).await.unwrap();
    assert_eq!(store.calibrations().await.unwrap(), new);
}

#[tokio::test]
async fn what_is_of_another_model_is_refused_and_nothing_is_lost() {
    let (store, _dir) = store();
    let kept = vec![calibration("a", None, 3)];
    store.keep_calibrations("a", kept.clone()).await.unwrap();
    let error = store
        .keep_calibrations("a", vec![calibration("b", None, 3)])
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("a calibration of `b` cannot be kept as one of `a`"),
        "{error}"
    );
    assert_eq!(store.calibrations().await.unwrap(), kept);
}
