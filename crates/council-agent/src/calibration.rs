//! From what the tokens of an answer say to the probability that it is right, per model and kind of question.
//!
//! - `raw`: a small logistic regression makes one number of the evidence
//! - [`isotonic`]: from that number to a probability that only grows with it
//! - [`measures`]: AUROC, expected calibration error, Brier score, reliability table
//! - [`ask`]: puts questions to a model
//! - [`fit`]: all of it from graded answers, judged on answers that it had not seen
//! - `known`: the fits of all models, asked while answers come

pub mod ask;
pub mod fit;
pub mod isotonic;
mod known;
pub mod measures;
mod raw;

pub use fit::{CalibrationFit, Graded, Measured, calibrate};
pub use known::Calibrations;

#[cfg(test)]
mod tests;
