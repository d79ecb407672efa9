//! Why there is no answer.

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Not all of it was understood; the text says what was left over.
    Foreign(String),
    /// It can be read in two ways.
    Ambiguous(String),
    /// It is understood, and has no value: a division by zero.
    Undefined(String),
    /// It is understood, and its value is too long.
    TooBig(String),
    /// It is understood, and no method here solves it: the second line may.
    Beyond(String),
}

impl Trouble {
    /// In words.
    pub(super) fn reason(&self) -> &str {
        match self {
            Self::Foreign(reason)
            | Self::Ambiguous(reason)
            | Self::Undefined(reason)
            | Self::TooBig(reason)
            | Self::Beyond(reason) => reason,
        }
    }

    /// How much more it says than another: the one that understood more is told.
    pub(super) fn weight(&self) -> u8 {
        match self {
            Self::Foreign(_) => 0,
            Self::Beyond(_) => 1,
            Self::Undefined(_) => 2,
            Self::TooBig(_) => 3,
            Self::Ambiguous(_) => 4,
        }
    }
}

/// A result of this skill.
pub(super) type Result<T> = std::result::Result<T, Trouble>;

/// That something was not understood.
pub(super) fn foreign<T>(what: impl Into<String>) -> Result<T> {
    Err(Trouble::Foreign(what.into()))
}

/// That something is beyond the methods here.
pub(super) fn beyond<T>(what: impl Into<String>) -> Result<T> {
    Err(Trouble::Beyond(what.into()))
}
