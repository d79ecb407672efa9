//! `/v1/router/calibration`.

use crate::app::TestApp;
use async_trait::async_trait;
use council_core::{Calibration, CalibrationStore, ReliabilityBin, SkillKind, StoreError, Timestamp};
use serde_json::json;
use std::sync::Arc;

/// One model, measured.
struct One;

#[async_trait]
impl CalibrationStore for One {
    async fn keep_calibrations(&self, _: &str, _: Vec<Calibration>) -> Result<(), StoreError> {
        Ok(())
    }

    async fn calibrations(&self) -> Result<Vec<Calibration>, StoreError> {
        let bin = |from: f64, answers| ReliabilityBin {
            from,
            to: from + 0.5,
            answers,
            said: 0.25,
            right: 0.3,
        };
        Ok(vec![Calibration {
            model: "tiny".to_owned(),
            kind: Some(SkillKind::Math),
            fit: "{}".to_owned(),
            asked: 40,
            right: 12,
            auroc: Some(0.875),
            ece: 0.05,
            brier: 0.125,
            table: vec![bin(0.0, 40), bin(0.5, 0)],
            at: Timestamp::from_millis(1_500),
            questions_sha256: "ab".to_owned(),
        }])
    }
}

#[tokio::test]
async fn what_was_measured_of_models_is_listed_and_empty_bins_have_no_shares() {
    let app = TestApp::with(|parts| council_server::ServerParts {
        calibrations: Arc::new(One),
        ..parts
    });
    let expected = json!({
        "object": "list",
        "data": [{
            "model": "tiny",
            "kind": "math",
            "asked": 40,
            "right": 12,
            "auroc": 0.875,
            "ece": 0.05,
            "brier": 0.125,
            "reliability": [
                {"from": 0.0, "to": 0.5, "answers": 40, "said": 0.25, "right": 0.3},
                {"from": 0.5, "to": 1.0, "answers": 0, "said": null, "right": null},
            ],
            "calibrated_at": 1.5,
            "questions_sha256": "ab",
        }],
    });
    assert_eq!(app.get("/v1/router/calibration").await.ok(), expected);
}

#[tokio::test]
async fn a_server_whose_models_were_never_calibrated_says_so_by_an_empty_list() {
    let answer = TestApp::new().get("/v1/router/calibration").await.ok();
    assert_eq!(answer, json!({"object": "list", "data": []}));
}
