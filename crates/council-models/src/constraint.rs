//! Forces output into a form: what the worker's grammar sampler is told.

use serde::{Deserialize, Serialize};

/// The form that generated text must have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Constraint {
    /// A GBNF grammar, from its rule `root`.
    Grammar(String),
    /// JSON that follows this JSON Schema (its text).
    JsonSchema(String),
    /// One or more tool calls.
    ToolCalls(ToolCalls),
}

/// Tool calls in the model's own format: each a JSON value wrapped in fixed text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolCalls {
    /// JSON Schema (its text) of one call as the model writes it, for example an `anyOf` over the tools of
    /// `{"name": const, "arguments": {…}}`.
    pub schema: String,
    /// Text before each call, such as `<tool_call>\n`.
    pub prefix: String,
    /// Text after each call, such as `\n</tool_call>`.
    pub suffix: String,
    /// Text between two calls; `None` allows only one call.
    pub separator: Option<String>,
    /// `true`: free text until the model itself writes `prefix` (trimmed), and only then the grammar holds.
    /// `false`: the answer must start with a call.
    pub lazy: bool,
}

impl Constraint {
    /// The field of the request that it comes from, for errors.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Grammar(_) => "grammar",
            Self::JsonSchema(_) => "response_format",
            Self::ToolCalls(_) => "tools",
        }
    }

    /// Refuses grammars that llama.cpp takes badly: nesting that overflows its parser's stack, and so many
    /// alternatives that every token takes seconds.
    ///
    /// # Errors
    /// What is wrong and what would be right, in words.
    pub fn check(&self) -> Result<(), String> {
        let Self::Grammar(text) = self else {
            return Ok(());
        };
        if depth(text) > DEEPEST_GRAMMAR {
            return Err(format!(
                "its brackets nest deeper than {DEEPEST_GRAMMAR} levels; use rules of their own"
            ));
        }
        if text.matches('|').count() > MOST_ALTERNATIVES {
            return Err(format!(
                "it has more than {MOST_ALTERNATIVES} alternatives; a JSON Schema with an `enum` takes thousands"
            ));
        }
        Ok(())
    }
}

/// Most alternatives of a grammar. llama.cpp tries each of them on every token of the vocabulary: 5,000 took 4 seconds.
const MOST_ALTERNATIVES: usize = 1000;

/// Deepest nesting of brackets in a grammar. llama.cpp's parser recurses, and 20,000 levels overflow its stack.
const DEEPEST_GRAMMAR: usize = 256;

/// How deep round brackets nest, at most. Those in literals count too: a grammar that is refused for them alone is
/// stranger than any real one.
fn depth(grammar: &str) -> usize {
    let mut depth = 0_usize;
    let mut deepest = 0;
    for byte in grammar.bytes() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grammar_that_nests_too_deeply_is_refused() {
        let nested = |levels: usize| {
            let text = format!("root ::= {}\"a\"{}", "(".repeat(levels), ")".repeat(levels));
            Constraint::Grammar(text).check()
        };
        assert_eq!(nested(256), Ok(()));
        assert!(nested(257).is_err());
    }

    #[test]
    fn a_grammar_that_would_stall_the_engine_is_refused() {
        let of = |alternatives: usize| {
            let text = format!("root ::= \"a\"{}", " | \"b\"".repeat(alternatives));
            Constraint::Grammar(text).check()
        };
        assert_eq!(of(1000), Ok(()));
        assert!(of(1001).is_err());
    }
}
