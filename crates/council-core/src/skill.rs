//! Answers that are computed and checked where that is possible, rather than guessed by a model.

use crate::generate::Usage;
use crate::model::LanguageModel;
use crate::sandbox::Sandbox;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The kinds of question that Council tells apart, each with a part that answers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkillKind {
    /// Free conversation, by a language model.
    Chat,
    /// Arithmetic, algebra, units: computed exactly.
    Math,
    /// A program that is run: given by the request, or written by a language model.
    Code,
    /// Puzzles and arguments, decided by an engine.
    Logic,
    /// What documents and memories say, with the places.
    Knowledge,
}

impl SkillKind {
    /// All of them, in the order of the classifier's outputs.
    pub const ALL: [Self; 5] = [Self::Chat, Self::Math, Self::Code, Self::Logic, Self::Knowledge];

    /// The kind's name in JSON, in metrics and in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Math => "math",
            Self::Code => "code",
            Self::Logic => "logic",
            Self::Knowledge => "knowledge",
        }
    }

    /// The likeliest, of probabilities in the order of [`ALL`](Self::ALL); the first of equals, which is conversation.
    pub fn likeliest(probabilities: [f32; 5]) -> Self {
        let pairs = Self::ALL.into_iter().zip(probabilities);
        let best = pairs.reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map_or(Self::Chat, |(kind, _)| kind)
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What a skill may use.
#[derive(Clone)]
pub struct SkillHelp {
    /// Translates words into what an engine reads; `None`: the skill goes by its own rules alone.
    pub model: Option<Arc<dyn LanguageModel>>,
    /// Runs programs; `None`: none are run.
    pub sandbox: Option<Arc<dyn Sandbox>>,
    /// Longest time for one attempt, all its parts together.
    pub time_limit: Duration,
    /// Ends the attempt.
    pub cancel: CancellationToken,
}

/// Something that backs an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// How it backs it.
    pub method: ProofMethod,
    /// What was done, for people: the equation as it was read, the clauses, the command and its output.
    pub text: String,
}

/// How an answer was arrived at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofMethod {
    /// Computed exactly in this process.
    Computed,
    /// Decided by a logic engine: true in every model of what was said.
    Decided,
    /// A program was run.
    Executed,
    /// Said by a document or a memory.
    Cited,
}

impl ProofMethod {
    /// The method's name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Computed => "computed",
            Self::Decided => "decided",
            Self::Executed => "executed",
            Self::Cited => "cited",
        }
    }
}

/// An answer and what backs it.
#[derive(Clone, Debug, PartialEq)]
pub struct SkillAnswer {
    /// For people: the result first, in a sentence or on a line of its own; Markdown.
    pub text: String,
    /// The bare result, such as `36` or `x = 2 or x = -3`, to be compared and cached.
    pub value: String,
    /// What backs it; never empty.
    pub proofs: Vec<Proof>,
    /// How likely the answer is right, [0, 1]: below 1 where the question had to be interpreted, by a model or by a rule
    /// that can misread.
    pub confidence: f64,
}

/// What came of asking a skill.
#[derive(Clone, Debug, PartialEq)]
pub enum Attempt {
    /// It answers.
    Answered(SkillAnswer),
    /// It does not say, rather than guess: the question is not its own, not understood whole, or has no single answer.
    Unsure {
        /// Why, in words.
        reason: String,
    },
    /// Something that it needs failed: the sandbox refused, a solver ran out of time.
    Failed {
        /// What, in words.
        reason: String,
    },
}

/// An attempt and what it took.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempted {
    /// What came of it.
    pub attempt: Attempt,
    /// Tokens that the model was made to read and write; zero without one.
    pub usage: Usage,
}

impl From<Attempt> for Attempted {
    /// Without a model.
    fn from(attempt: Attempt) -> Self {
        Self {
            attempt,
            usage: Usage::default(),
        }
    }
}

/// Answers one kind of question, or says that it cannot.
#[async_trait]
pub trait Skill: Send + Sync {
    /// The kind of question that it answers.
    fn kind(&self) -> SkillKind;

    /// Tries to answer what a user said last. Never guesses: what it does not understand whole is
    /// [`Attempt::Unsure`]. Ends soon after `help.cancel`, and within `help.time_limit`.
    async fn attempt(&self, question: &str, help: &SkillHelp) -> Attempted;
}
