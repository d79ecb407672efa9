//! A calibration from graded answers, and how well it does on answers that it had not seen.

use super::isotonic::Isotonic;
use super::measures::{auroc, brier, ece, reliability};
use super::raw::RawScore;
use crate::confidence::AnswerEvidence;
use council_core::ReliabilityBin;
use serde::{Deserialize, Serialize};

/// Parts of the answers; each is judged by what was fitted to the others.
const FOLDS: usize = 5;
/// Fewer answers than these say too little for a fit.
pub const LEAST_ANSWERS: usize = 20;
/// The form of [`CalibrationFit`] in JSON.
const VERSION: u32 = 1;

/// An answer whose rightness is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Graded {
    /// What its tokens say.
    pub evidence: AnswerEvidence,
    /// Whether it is right.
    pub right: bool,
}

/// From evidence to probability.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct CalibrationFit {
    version: u32,
    raw: RawScore,
    isotonic: Isotonic,
    /// Bounds of what is said: nothing is certain after so many answers (Laplace's rule).
    least: f64,
    most: f64,
}

impl CalibrationFit {
    /// Fits graded answers. `None` without any.
    pub fn fit(graded: &[Graded]) -> Option<Self> {
        let pairs: Vec<_> = graded
            .iter()
            .map(|graded| (graded.evidence, graded.right))
            .collect();
        let raw = RawScore::fit(&pairs);
        let scored: Vec<_> = pairs
            .iter()
            .map(|(evidence, right)| (raw.of(evidence), *right))
            .collect();
        let least = 1.0 / (graded.len() as f64 + 2.0);
        Some(Self {
            version: VERSION,
            isotonic: Isotonic::fit(&scored)?,
            raw,
            least,
            most: 1.0 - least,
        })
    }

    /// How likely an answer with this evidence is right, (0, 1). 0.1 µs and a binary search.
    pub fn probability(&self, evidence: &AnswerEvidence) -> f64 {
        self.isotonic
            .at(self.raw.of(evidence))
            .clamp(self.least, self.most)
    }

    /// The fit as it is stored.
    pub fn to_json(&self) -> String {
        // Numbers and lists of them: nothing that JSON could not say.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// A stored fit.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_json(json: &str) -> Result<Self, String> {
        let fit: Self = serde_json::from_str(json).map_err(|error| error.to_string())?;
        let bounded = 0.0 < fit.least && fit.least <= fit.most && fit.most < 1.0;
        match fit.version {
            VERSION if fit.raw.is_sound() && fit.isotonic.is_sound() && bounded => Ok(fit),
            VERSION => Err("its numbers are no fit of this program's".to_owned()),
            other => Err(format!(
                "it has version {other}, and this program reads version {VERSION}"
            )),
        }
    }
}

/// A fit, and how well fits of its kind do.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// To all answers.
    pub fit: CalibrationFit,
    /// Answers.
    pub asked: u32,
    /// Those that are right.
    pub right: u32,
    /// Of answers that were not fitted to; `None` where all were right or all wrong.
    pub auroc: Option<f64>,
    /// Likewise.
    pub ece: f64,
    /// Likewise.
    pub brier: f64,
    /// Likewise.
    pub table: Vec<ReliabilityBin>,
}

/// Fits graded answers, and judges by five folds: every fifth answer belongs to the same one. `None` for fewer than
/// [`LEAST_ANSWERS`].
pub fn calibrate(graded: &[Graded]) -> Option<Measured> {
    if graded.len() < LEAST_ANSWERS {
        return None;
    }
    let mut said = Vec::new();
    for fold in 0..FOLDS {
        let part = |inside: bool| {
            let all = graded.iter().enumerate();
            all.filter(move |(index, _)| (index % FOLDS == fold) == inside)
                .map(|(_, graded)| *graded)
        };
        let fit = CalibrationFit::fit(&part(false).collect::<Vec<_>>())?;
        said.extend(part(true).map(|graded| (fit.probability(&graded.evidence), graded.right)));
    }
    let table = reliability(&said);
    Some(Measured {
        fit: CalibrationFit::fit(graded)?,
        asked: graded.len() as u32,
        right: graded.iter().filter(|graded| graded.right).count() as u32,
        auroc: auroc(&said),
        ece: ece(&table),
        brier: brier(&said),
        table,
    })
}
