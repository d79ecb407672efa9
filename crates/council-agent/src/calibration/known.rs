//! The fits of all models, asked while answers come.

use super::fit::{CalibrationFit, LEAST_ANSWERS};
use crate::confidence::AnswerEvidence;
use council_core::{Calibration, SkillKind};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// What is known of models. Read in every turn, replaced when a model was calibrated anew.
#[derive(Debug, Default)]
pub struct Calibrations(RwLock<Fits>);

type Fits = HashMap<(String, Option<SkillKind>), Known>;

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
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = fits;
        Ok(())
    }

    /// How likely an answer of `model` to a question of this kind is right: by the fit for the kind, else by the one for
    /// all kinds; `None` where the model was never calibrated.
    pub fn probability(&self, model: &str, kind: SkillKind, evidence: &AnswerEvidence) -> Option<f64> {
        let fits = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let of = |kind| fits.get(&(model.to_owned(), kind));
        let known = of(Some(kind)).or_else(|| of(None))?;
        Some(known.fit.probability(evidence))
    }

    /// The share of questions of this kind that `model` answers rightly, as far as was measured: (right + 1) of
    /// (asked + 2), so that few questions prove little. `None` where fewer than 20 were asked.
    pub fn reliability(&self, model: &str, kind: SkillKind) -> Option<f64> {
        let fits = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let known = fits.get(&(model.to_owned(), Some(kind)))?;
        let enough = known.asked as usize >= LEAST_ANSWERS;
        enough.then(|| (f64::from(known.right) + 1.0) / (f64::from(known.asked) + 2.0))
    }
}
