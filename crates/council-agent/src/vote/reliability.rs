//! What a member's vote counts: by how often its model was right.

use council_core::SkillKind;
use std::collections::BTreeMap;

/// What is assumed of a model that was never measured: right a little more often than not, the same for all.
pub const ASSUMED: f64 = 0.6;

/// The share of right answers of each model for each kind of question, as measured. Empty: nothing was measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reliability(BTreeMap<(String, SkillKind), f64>);

impl Reliability {
    /// Notes a share, [0, 1].
    pub fn insert(&mut self, model: &str, kind: SkillKind, right: f64) {
        self.0.insert((model.to_owned(), kind), right);
    }

    /// The share; `None` when it was not measured.
    pub fn of(&self, model: &str, kind: SkillKind) -> Option<f64> {
        self.0.get(&(model.to_owned(), kind)).copied()
    }

    /// The log-odds of the share, which is the weight that a vote of independent members should have (Nitzan and Paroush,
    /// "Optimal decision rules in uncertain dichotomous choice situations", 1982); 0 for a model that is wrong as often as
    /// right or more. Bounded at 99 %, so that one lucky measurement does not make a dictator.
    pub fn weight(&self, model: &str, kind: SkillKind) -> f64 {
        let right = self.of(model, kind).unwrap_or(ASSUMED);
        if right.is_nan() {
            return 0.0;
        }
        let right = right.clamp(0.5, 0.99);
        (right / (1.0 - right)).ln()
    }
}
