//! `filter` of Agent Zero's tools: a Python expression over a memory's metadata. The part of Python that compares is
//! understood; the rest is refused by name, and nothing is ever executed.
//!
//! An expression has at most [`MAX_BYTES`] bytes and [`MAX_DEPTH`] levels, so that reading it takes bounded time and
//! stack, and evaluating it takes time proportional to its length and to the metadata it looks at.

mod evaluate;
mod lexer;
mod parser;

use serde_json::{Map, Value};
use std::fmt;

/// Longest expression, in bytes.
pub const MAX_BYTES: usize = 4_096;
/// Deepest nesting of parentheses, lists and `not`.
pub const MAX_DEPTH: usize = 32;

/// An expression that was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// `None` for the empty expression, which everything passes.
    root: Option<Expression>,
}

/// Why an expression was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// The character at which it stops being understood, counted from 1.
    pub position: usize,
    /// What is there, and what to write instead.
    pub message: String,
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`filter` at character {}: {}", self.position, self.message)
    }
}

impl std::error::Error for FilterError {}

/// What an expression may name.
#[derive(Clone, Debug, PartialEq)]
pub struct Names {
    /// Names that always mean the memory's own.
    pub own: Vec<(&'static str, Value)>,
    /// The metadata, also as `metadata`.
    pub metadata: Map<String, Value>,
    /// Names that mean something where the metadata has no such key.
    pub besides: Vec<(&'static str, Value)>,
}

impl Filter {
    /// Reads an expression; an empty one lets everything pass.
    ///
    /// # Errors
    /// [`FilterError`] names the first thing that is not understood.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        if text.len() > MAX_BYTES {
            return Err(FilterError {
                position: 1,
                message: format!("it has {} bytes; at most {MAX_BYTES} are read", text.len()),
            });
        }
        let tokens = lexer::tokens(text)?;
        let root = if tokens.is_empty() {
            None
        } else {
            Some(parser::parse(tokens, text)?)
        };
        Ok(Self { root })
    }

    /// Whether everything passes.
    pub fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    /// Whether a memory with these names passes. What cannot be evaluated, such as a name that it lacks or `<`
    /// between a text and a number, does not pass: in Agent Zero an exception counts as false.
    pub fn passes(&self, names: &Names) -> bool {
        self.root
            .as_ref()
            .is_none_or(|root| evaluate::passes(root, names))
    }
}

/// A part of an expression.
#[derive(Clone, Debug, PartialEq)]
enum Expression {
    Literal(Value),
    Name(String),
    /// A list or tuple.
    List(Vec<Expression>),
    Not(Box<Expression>),
    /// The first that is false, or the last.
    And(Vec<Expression>),
    /// The first that is true, or the last.
    Or(Vec<Expression>),
    /// `a < b < c`: all of them.
    Compare(Box<Expression>, Vec<(Comparison, Expression)>),
    /// `a['b']`, `a[0]`.
    Index(Box<Expression>, Value),
    Call(Box<Expression>, Method, Vec<Expression>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
    /// Of `None`, `True` and `False`.
    Is,
    IsNot,
}

/// The methods that are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    /// Of an object: the value of a key, or the second argument, or `None`.
    Get,
    StartsWith,
    EndsWith,
    Lower,
    Upper,
}

impl Method {
    /// With its least and most arguments.
    const ALL: [(&'static str, Self, usize, usize); 5] = [
        ("get", Self::Get, 1, 2),
        ("startswith", Self::StartsWith, 1, 1),
        ("endswith", Self::EndsWith, 1, 1),
        ("lower", Self::Lower, 0, 0),
        ("upper", Self::Upper, 0, 0),
    ];
}

#[cfg(test)]
mod tests;
