//! What was measured of models.

use council_core::{Calibration, ReliabilityBin, SkillKind};
use serde::Serialize;
use utoipa::ToSchema;

/// All that was measured, by model.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CalibrationsObject {
    /// `list`.
    pub(crate) object: &'static str,
    pub(crate) data: Vec<CalibrationObject>,
}

/// How far a model's confidence can be relied on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CalibrationObject {
    pub(crate) model: String,
    /// `chat`, `math`, `code`, `logic` or `knowledge`; null for all kinds of question together.
    pub(crate) kind: Option<&'static str>,
    /// Questions that were asked.
    pub(crate) asked: u32,
    /// Those of them that were answered rightly.
    pub(crate) right: u32,
    /// How often a right answer was thought likelier to be right than a wrong one, 0 to 1; 0.5 is chance, null where all
    /// were right or all wrong. This and what follows is of answers that the fit had not seen.
    pub(crate) auroc: Option<f64>,
    /// Expected calibration error over ten bins, 0 to 1.
    pub(crate) ece: f64,
    /// Mean squared error of the probability, 0 to 1.
    pub(crate) brier: f64,
    /// What was said and what was the case.
    pub(crate) reliability: Vec<ReliabilityObject>,
    /// When it was measured, in seconds since the Unix epoch.
    pub(crate) calibrated_at: f64,
    /// SHA-256 of the questions.
    pub(crate) questions_sha256: String,
}

/// Answers that were given a probability within bounds.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReliabilityObject {
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) answers: u32,
    /// Their mean probability of being right, as it was said; null where there are none.
    pub(crate) said: Option<f64>,
    /// The share of them that was right; null where there are none.
    pub(crate) right: Option<f64>,
}

impl From<ReliabilityBin> for ReliabilityObject {
    fn from(bin: ReliabilityBin) -> Self {
        let some = |value: f64| (bin.answers > 0).then_some(value);
        Self {
            from: bin.from,
            to: bin.to,
            answers: bin.answers,
            said: some(bin.said),
            right: some(bin.right),
        }
    }
}

impl From<Calibration> for CalibrationObject {
    fn from(calibration: Calibration) -> Self {
        Self {
            model: calibration.model,
            kind: calibration.kind.map(SkillKind::as_str),
            asked: calibration.asked,
            right: calibration.right,
            auroc: calibration.auroc,
            ece: calibration.ece,
            brier: calibration.brier,
            reliability: calibration
                .table
                .into_iter()
                .map(ReliabilityObject::from)
                .collect(),
            calibrated_at: calibration.at.as_secs_f64(),
            questions_sha256: calibration.questions_sha256,
        }
    }
}
