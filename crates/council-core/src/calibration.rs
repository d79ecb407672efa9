//! What was measured of a model's answers to questions whose answers are known.

use crate::clock::Timestamp;
use crate::conversation::StoreError;
use crate::skill::SkillKind;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// How well probabilities hold that a model's answers are right, and the fit that makes them.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// The model's id.
    pub model: String,
    /// The kind of question; `None`: all kinds together.
    pub kind: Option<SkillKind>,
    /// How a probability is made of what the tokens of an answer say: JSON, as who made it reads it.
    pub fit: String,
    /// Questions that were asked.
    pub asked: u32,
    /// Those of them that were answered rightly.
    pub right: u32,
    /// Probability that a right answer was thought likelier to be right than a wrong one, [0, 1]; 0.5 is chance. `None`
    /// where all were right or all wrong. This and what follows is of answers that the fit had not seen.
    pub auroc: Option<f64>,
    /// Expected calibration error over ten bins, [0, 1].
    pub ece: f64,
    /// Brier score: mean squared error of the probability, [0, 1].
    pub brier: f64,
    /// What was said and what was the case, by tenths of probability.
    pub table: Vec<ReliabilityBin>,
    /// When it was measured.
    pub at: Timestamp,
    /// SHA-256 of the questions, as hexadecimal digits.
    pub questions_sha256: String,
}

/// Answers that were given a probability within bounds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityBin {
    /// Least probability.
    pub from: f64,
    /// Greatest probability.
    pub to: f64,
    /// Answers.
    pub answers: u32,
    /// Their mean probability of being right, as it was said; 0 where there are none.
    pub said: f64,
    /// The share of them that was right; 0 where there are none.
    pub right: f64,
}

/// Keeps calibrations.
#[async_trait]
pub trait CalibrationStore: Send + Sync {
    /// Keeps what was measured of a model, in place of all that was measured of it before.
    async fn keep_calibrations(&self, model: &str, calibrations: Vec<Calibration>) -> Result<(), StoreError>;

    /// All of them, by model, the one for all kinds first.
    async fn calibrations(&self) -> Result<Vec<Calibration>, StoreError>;
}
