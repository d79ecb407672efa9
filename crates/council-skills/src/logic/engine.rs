//! Decides problems of the small language: grounded to clauses, solved by a SAT solver.
//!
//! An open sort is given as many nameless things as there are quantifiers over it. Without equality and without one quantifier
//! inside another of the other kind that is enough: whatever is satisfiable at all is satisfiable in such a domain
//! (the Bernays-Schönfinkel class, whose models can be cut down to constants and witnesses, and padded with copies).

mod ground;
#[cfg(test)]
mod tests;

use super::language::{Formula, Problem, Term};
use batsat::Lit;
use ground::Ground;
use std::time::Instant;
use tokio_util::sync::CancellationToken;

/// Most conflicts of the solver for one problem, all its questions together.
const MOST_CONFLICTS: u64 = 300_000;

/// What ends an engine's work.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) cancel: CancellationToken,
    pub(crate) deadline: Instant,
}

/// Why nothing was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Stopped {
    #[error("the solver was stopped before it came to an end")]
    OutOfTime,
    #[error("the puzzle is too large for the solver")]
    TooLarge,
    #[error("the puzzle needs more than the engine can decide for certain")]
    Undecidable,
}

/// What follows about a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// True in every model.
    Entailed,
    /// False in every model.
    Refuted,
    /// True in one and false in another.
    Open,
}

/// A problem that is ready to be asked about.
pub(crate) struct Engine {
    ground: Ground,
    /// One for each premise: assumed, it holds.
    premises: Vec<Lit>,
}

impl Engine {
    /// Grounds the problem; `questions` are the formulas that will be asked about.
    pub(crate) fn new(problem: &Problem, questions: &[Formula], limits: &Limits) -> Result<Self, Stopped> {
        let mut ground = Ground::new(problem, questions, limits.clone(), MOST_CONFLICTS)?;
        let premises = problem
            .premises
            .iter()
            .map(|premise| ground.literal(&premise.formula))
            .collect::<Result<_, _>>()?;
        Ok(Self { ground, premises })
    }

    /// Whether all premises can be true together, and `also`.
    pub(crate) fn satisfiable(&mut self, also: &[Formula]) -> Result<bool, Stopped> {
        let mut assumptions = self.premises.clone();
        for formula in also {
            assumptions.push(self.ground.literal(formula)?);
        }
        self.ground.solve(&assumptions)
    }

    /// What follows about a statement from premises that do not contradict each other.
    pub(crate) fn verdict(&mut self, statement: &Formula) -> Result<Verdict, Stopped> {
        if !self.satisfiable(&[statement.clone().not()])? {
            return Ok(Verdict::Entailed);
        }
        Ok(if self.satisfiable(std::slice::from_ref(statement))? {
            Verdict::Open
        } else {
            Verdict::Refuted
        })
    }

    /// A smallest set of premises (by index) that contradicts `also`: none of them can be left out. Empty where they do not.
    pub(crate) fn core(&mut self, also: &[Formula]) -> Result<Vec<usize>, Stopped> {
        let mut fixed = Vec::new();
        for formula in also {
            fixed.push(self.ground.literal(formula)?);
        }
        let mut kept: Vec<usize> = (0..self.premises.len()).collect();
        let with = |engine: &Self, kept: &[usize]| -> Vec<Lit> {
            let premises = kept.iter().map(|&index| engine.premises[index]);
            premises.chain(fixed.iter().copied()).collect()
        };
        let everything = with(self, &kept);
        if self.ground.solve(&everything)? {
            return Ok(Vec::new());
        }
        for candidate in (0..self.premises.len()).rev() {
            let fewer: Vec<usize> = kept.iter().copied().filter(|&index| index != candidate).collect();
            let assumptions = with(self, &fewer);
            if !self.ground.solve(&assumptions)? {
                kept = fewer;
            }
        }
        Ok(kept)
    }

    /// The values of `terms` in each model, without repetition: all of them, or `most` and one more where there are more.
    pub(crate) fn values(&mut self, terms: &[Term], most: usize) -> Result<Vec<Vec<usize>>, Stopped> {
        let choices = terms
            .iter()
            .map(|term| self.ground.choices(term))
            .collect::<Result<Vec<_>, _>>()?;
        let premises = self.premises.clone();
        // Blocking clauses hold only while their own literal is assumed, so that later questions are not changed by them.
        let guard = self.ground.fresh();
        let mut found = Vec::new();
        while found.len() <= most {
            let assumptions: Vec<Lit> = premises.iter().copied().chain([guard]).collect();
            if !self.ground.solve(&assumptions)? {
                break;
            }
            let mut row = Vec::new();
            let mut blocking = vec![!guard];
            for choice in &choices {
                let chosen = choice.iter().find(|(_, literal)| self.ground.is_true(*literal));
                let (value, literal) = *chosen.ok_or(Stopped::Undecidable)?;
                row.push(value);
                blocking.push(!literal);
            }
            self.ground.clause(blocking);
            found.push(row);
        }
        Ok(found)
    }

    /// The truth of `formulas` in each model, without repetition: all of them, or `most` and one more where there are more.
    pub(crate) fn truths(&mut self, formulas: &[Formula], most: usize) -> Result<Vec<Vec<bool>>, Stopped> {
        let literals = formulas
            .iter()
            .map(|formula| self.ground.literal(formula))
            .collect::<Result<Vec<_>, _>>()?;
        let guard = self.ground.fresh();
        let assumptions: Vec<Lit> = self.premises.iter().copied().chain([guard]).collect();
        let mut found = Vec::new();
        while found.len() <= most {
            if !self.ground.solve(&assumptions)? {
                break;
            }
            let row: Vec<bool> = literals.iter().map(|&lit| self.ground.is_true(lit)).collect();
            let differs = literals
                .iter()
                .zip(&row)
                .map(|(&lit, &held)| if held { !lit } else { lit });
            let blocking: Vec<Lit> = differs.chain([!guard]).collect();
            self.ground.clause(blocking);
            found.push(row);
        }
        Ok(found)
    }
}
