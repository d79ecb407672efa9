//! Mathematics, computed exactly: a question is understood whole, or it is not answered.
//!
//! A question goes through these, in this order:
//! - [`text`]: signs of LaTeX and typography become plain ones
//! - [`lex`]: numbers, words, signs; numbers in words become numbers
//! - [`frame`]: what stands around a question goes: "could you tell me what … is, please?"
//! - [`ask`]: the rules that may read the rest; two that read it differently make it ambiguous
//!
//! They rest on
//! - [`number`], [`sum`], [`poly`]: exact numbers, sums of products of powers, polynomials
//! - [`expr`], [`function`]: expressions and functions
//! - [`solve`], [`calculus`], [`theory`], [`unit`]: equations, derivatives and integrals, whole numbers, units
//! - [`pattern`]: phrases with places
//! - [`unknown`]: sentences about one unknown number
//! - [`second`]: SymPy in the sandbox, for what no rule solves
//! - [`story`]: problems told as stories, of known forms
//! - [`answer`], [`trouble`]: what comes out

mod answer;
mod ask;
mod calculus;
mod expr;
mod frame;
mod function;
mod lex;
mod number;
mod pattern;
mod phrases;
mod poly;
mod second;
mod solve;
mod story;
mod sum;
mod text;
mod theory;
mod trouble;
mod unit;
mod unknown;

use async_trait::async_trait;
use council_core::{Attempt, Attempted, Skill, SkillHelp, SkillKind};

/// Computes what it understands whole.
#[derive(Clone, Debug, Default)]
pub struct Math;

#[async_trait]
impl Skill for Math {
    fn kind(&self) -> SkillKind {
        SkillKind::Math
    }

    async fn attempt(&self, question: &str, help: &SkillHelp) -> Attempted {
        match ask::answer(question) {
            Ok(answer) => Attempt::Answered(answer.finish()).into(),
            Err(trouble) => match ask::parts(question) {
                Some((core, whole)) => second::attempt(&core, &whole, trouble, help).await.into(),
                None => Attempt::Unsure {
                    reason: trouble.reason().to_owned(),
                }
                .into(),
            },
        }
    }
}

#[cfg(test)]
mod tests;
