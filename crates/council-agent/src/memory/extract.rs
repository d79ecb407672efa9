//! Facts and preferences in what people say.
//!
//! A model proposes, the gate disposes: whatever a model writes is kept only as far as the source bears it out, word by
//! word. So a small model may miss facts, but it cannot invent them.
//!
//! - [`Attribute`]: what a fact is about
//! - `signs`: sentences that state nothing: questions, wishes, jests, orders, other people's words
//! - `language`: whether a sentence is English
//! - `person`: of whom a clause speaks
//! - `compound`: clauses that say two things
//! - `candidate`: which sentences may hold a fact at all, so that a model is seldom asked
//! - `rules`: what needs no model: clauses whose words say themselves what they are about
//! - `prompt`: what a model is asked, and what it answers
//! - `slot`: which attribute a clause really speaks of, and its value
//! - `gate`: whether the source bears a proposal out
//! - `place`: how a fact joins those that are known: anew, once more, or in another's place

mod candidate;
mod compound;
mod gate;
mod language;
mod person;
mod place;
mod prompt;
mod rules;
mod signs;
mod slot;

pub use super::attribute::Attribute;
pub(super) use candidate::candidates;
pub use gate::{Fact, Source, judge};
pub(super) use place::{Known, Placement, place};
pub use prompt::{Proposal, proposals, request};
pub use rules::by_rules;

/// Why a proposal is not remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Refusal {
    /// The quote does not occur in the source.
    Quote,
    /// Not in English.
    Language,
    /// A question.
    Question,
    /// A condition, a wish, a dream, a story.
    Hypothetical,
    /// Something to be done, or material for it.
    Instruction,
    /// A greeting, a thank-you.
    Pleasantry,
    /// Somebody else's words.
    Reported,
    /// A joke.
    Jest,
    /// Nobody is that.
    Implausible,
    /// Over tomorrow.
    Transient,
    /// A program, a table, a quoted mail.
    Code,
    /// A password or a number that opens something.
    Secret,
    /// It is said of somebody else, or of nobody.
    Subject,
    /// The statement has words that the quote does not have.
    Ungrounded,
    /// It says the contrary, or with the order of things reversed.
    Polarity,
    /// It speaks of "you" or "this": nobody knows later what was meant.
    Vague,
    /// No sentence, two at once, too short, or too long.
    Form,
    /// An older state than the one that is known.
    Outdated,
}

impl Refusal {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Quote,
        Self::Language,
        Self::Question,
        Self::Hypothetical,
        Self::Instruction,
        Self::Pleasantry,
        Self::Reported,
        Self::Jest,
        Self::Implausible,
        Self::Transient,
        Self::Code,
        Self::Secret,
        Self::Subject,
        Self::Ungrounded,
        Self::Polarity,
        Self::Vague,
        Self::Form,
        Self::Outdated,
    ];

    /// Its name in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Quote => "quote",
            Self::Language => "language",
            Self::Question => "question",
            Self::Hypothetical => "hypothetical",
            Self::Instruction => "instruction",
            Self::Pleasantry => "pleasantry",
            Self::Reported => "reported",
            Self::Jest => "jest",
            Self::Implausible => "implausible",
            Self::Transient => "transient",
            Self::Code => "code",
            Self::Secret => "secret",
            Self::Subject => "subject",
            Self::Ungrounded => "ungrounded",
            Self::Polarity => "polarity",
            Self::Vague => "vague",
            Self::Form => "form",
            Self::Outdated => "outdated",
        }
    }
}

#[cfg(test)]
mod tests;
