//! The fits of all models, asked while answers come.

use super::fit::{CalibrationFit, LEAST_ANSWERS};
use crate::confidence::AnswerEvidence;
use council_core::{Calibration, SkillKind, Verdicts};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// What is known of models. Read in every turn; replaced when a model was calibrated anew, or an answer was judged.
#[derive(Debug, Default)]
pub struct Calibrations {
    fits: RwLock<Fits>,
    judged: RwLock<Judged>,
}

type Fits = HashMap<(String, Option<SkillKind>), Known>;

/// Right and wrong answers, as people and checks have judged them.
type Judged = HashMap<(String, SkillKind), (u32, u32)>;

#[derive(Debug)]
struct Known {
    fit: CalibrationFit,
    asked: u32,
    right: u32,
}

impl Calibrations {
    /// Knows these, and what was known before no more.
    ///
    /// # Errors
    /// When a stored fit cannot be read; it then changes nothing.
    pub fn replace(&self, stored: &[Calibration]) -> Result<(), String> {
        let mut fits = Fits::new();
        for calibration in stored {
            let fit = CalibrationFit::from_json(&calibration.fit).map_err(|problem| {
                let (model, kind) = (&calibration.model, calibration.kind.map_or("all", SkillKind::as_str));
                format!(
                    "the calibration of `{model}` for {kind} questions cannot be read: {problem}; `council calibrate \
                     --model {model}` makes a new one"
                )
            })?;
            let known = Known {
                fit,
                asked: calibration.asked,
                right: calibration.right,
            };
            fits.insert((calibration.model.clone(), calibration.kind), known);
        }
        *self.fits.write().unwrap_or_else(PoisonError::into_inner) = fits;
        Ok(())
    }

    /// Counts these verdicts, and no more what was counted before.
    pub fn judge(&self, verdicts: &[Verdicts]) {
        let counts = verdicts.iter().map(|one| {
            let key = (one.answered_by.clone(), one.kind);
            (key, (one.right, one.wrong))
        });
        *self.judged.write().unwrap_or_else(PoisonError::into_inner) = counts.collect();
    }

    /// How likely an answer of `model` to a question of this kind is right: by the fit for the kind, else by the one for
    /// all kinds; `None` where the model was never calibrated.
    pub fn probability(&self, model: &str, kind: SkillKind, evidence: &AnswerEvidence) -> Option<f64> {
        let fits = self.fits.read().unwrap_or_else(PoisonError::into_inner);
        let of = |kind| fits.get(&(model.to_owned(), kind));
        let known = of(Some(kind)).or_else(|| of(None))?;
        Some(known.fit.probability(evidence))
    }

    /// The share of questions of this kind that `model` answers rightly, as far as was measured: by calibration, and by
    /// those who have judged its answers since, each counting as much as a question; (right + 1) of (asked + 2), so that
    /// few prove little. `None` of fewer than 20.
    pub fn reliability(&self, model: &str, kind: SkillKind) -> Option<f64> {
        let (measured, of_measured) = {
            let fits = self.fits.read().unwrap_or_else(PoisonError::into_inner);
            let known = fits.get(&(model.to_owned(), Some(kind)));
            known.map_or((0, 0), |known| (known.right, known.asked))
        };
        let judged = self.judged.read().unwrap_or_else(PoisonError::into_inner);
        let (right, wrong) = judged.get(&(model.to_owned(), kind)).copied().unwrap_or((0, 0));
        let asked = f64::from(of_measured) + f64::from(right) + f64::from(wrong);
        let right = f64::from(measured) + f64::from(right);
        (asked >= LEAST_ANSWERS as f64).then(|| (right + 1.0) / (asked + 2.0))
    }
}
