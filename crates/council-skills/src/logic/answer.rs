//! The words of an answer, and its proof.

use super::decide::Decision;
use super::puzzle::Puzzle;
use council_core::{Proof, ProofMethod, SkillAnswer};
use std::fmt::Write as _;

/// How likely a text that the rules understood whole was understood as it was meant.
pub(crate) const BY_RULES: f64 = 0.95;

/// The same for a text that a model translated, before it is calibrated.
pub(crate) const BY_MODEL: f64 = 0.6;

/// A decision and what it was made from.
pub(crate) struct Backed {
    pub(crate) puzzle: Puzzle,
    pub(crate) decision: Decision,
}

impl Backed {
    pub(crate) fn answer(self, confidence: f64) -> SkillAnswer {
        let Self { puzzle, decision } = self;
        let premises = &puzzle.problem.premises;
        let mut text = format!("**{}**", decision.sentence);
        let because: Vec<&str> = decision
            .used
            .iter()
            .filter_map(|&index| premises.get(index))
            .map(|premise| premise.words.as_str())
            .filter(|words| !words.is_empty())
            .collect();
        if !because.is_empty() {
            text.push_str("\n\nIt rests on:");
            for words in because {
                text.push_str("\n- ");
                text.push_str(words);
            }
        }
        // Writing to a string cannot fail.
        let mut proof = String::from("As it was read:");
        for (index, premise) in premises.iter().enumerate() {
            let mark = if decision.used.contains(&index) { "*" } else { " " };
            let formula = puzzle.problem.show(&premise.formula);
            let _ = write!(proof, "\n{mark} {}. {formula}", index + 1);
        }
        for formula in puzzle.question.formulas() {
            let _ = write!(proof, "\n? {}", puzzle.problem.show(&formula));
        }
        let _ = write!(proof, "\n= {}; lines with * are needed for it", decision.value);
        SkillAnswer {
            text,
            value: decision.value,
            proofs: vec![Proof {
                method: ProofMethod::Decided,
                text: proof,
            }],
            confidence,
        }
    }
}
