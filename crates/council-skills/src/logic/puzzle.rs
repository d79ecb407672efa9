//! A puzzle that was understood: what is given, what is asked.

use super::language::{Formula, Problem, Term};

/// What is given and what is asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Puzzle {
    pub(crate) problem: Problem,
    pub(crate) question: Question,
    /// Why `cannot be concluded` would be no safe answer: two of its words may mean the same thing to a person.
    pub(crate) doubt: Option<String>,
}

/// What a puzzle asks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Question {
    /// Whether something is so.
    Whether { statement: Formula, ask: Ask },
    /// Which of these is so.
    Which {
        candidates: Vec<(String, Formula)>,
        /// Several may be.
        many: bool,
    },
    /// What each of them is: `yes` where its formula holds, `no` where not.
    Roles {
        members: Vec<(String, Formula)>,
        yes: String,
        no: String,
    },
    /// The value of each term, a thing of the sort, with what it belongs to.
    Values { items: Vec<(String, Term)>, sort: usize },
    /// All of them in the order of the places that the terms denote.
    Ranking {
        items: Vec<(String, Term)>,
        /// From the last place to the first.
        reversed: bool,
    },
    /// In how many ways these can be true or false.
    HowMany { of: Vec<Formula> },
    /// Whether what was said can be true together.
    Consistent,
}

/// How a question for the truth is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Is it so? Yes, no, or nobody can tell.
    Truth,
    /// Does it follow? No where it is false or nobody can tell.
    Follows,
    /// Is the argument valid?
    Valid,
    /// Can it be so?
    Possible,
}

impl Question {
    /// Every formula that the engine will be asked about.
    pub(crate) fn formulas(&self) -> Vec<Formula> {
        match self {
            Self::Whether { statement, .. } => vec![statement.clone()],
            Self::Which {
                candidates: named, ..
            }
            | Self::Roles { members: named, .. } => {
                named.iter().map(|(_, formula)| formula.clone()).collect()
            }
            Self::HowMany { of } => of.clone(),
            Self::Values { .. } | Self::Ranking { .. } | Self::Consistent => Vec::new(),
        }
    }
}
