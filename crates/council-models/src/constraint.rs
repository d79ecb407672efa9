//! Forces output into a form: what the worker's grammar sampler is told.

use serde::{Deserialize, Serialize};

/// The form that generated text must have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Constraint {
    /// A GBNF grammar, from its rule `root`.
    Grammar(String),
    /// JSON that follows this JSON Schema (its text).
    JsonSchema(String),
    /// One or more tool calls, each a JSON value wrapped in fixed text.
    ToolCalls {
        /// JSON Schema (its text) of one call as the model writes it, for example an `anyOf` over the tools of
        /// `{"name": const, "arguments": {…}}`.
        schema: String,
        /// Text before each call, such as `<tool_call>\n`.
        prefix: String,
        /// Text after each call, such as `\n</tool_call>`.
        suffix: String,
        /// Text between two calls; `None` allows only one call.
        separator: Option<String>,
        /// `true`: free text until the model itself writes `prefix` (trimmed), and only then the grammar holds.
        /// `false`: the answer must start with a call.
        lazy: bool,
    },
}

impl Constraint {
    /// The field of the request that it comes from, for errors.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Grammar(_) => "grammar",
            Self::JsonSchema(_) => "response_format",
            Self::ToolCalls { .. } => "tools",
        }
    }
}
