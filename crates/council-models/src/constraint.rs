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

    /// Refuses what llama.cpp would take wrongly: nesting that overflows its parser's stack, and patterns that it
    /// would silently ignore.
    ///
    /// # Errors
    /// What is wrong and what would be right, in words.
    pub fn check(&self) -> Result<(), String> {
        match self {
            Self::Grammar(text) if depth(text) > DEEPEST_GRAMMAR => Err(format!(
                "its brackets nest deeper than {DEEPEST_GRAMMAR} levels; use rules of their own"
            )),
            Self::JsonSchema(text) => match serde_json::from_str(text) {
                Ok(schema) => check_patterns(&schema),
                Err(error) => Err(format!("it is not JSON: {error}")),
            },
            // A tool's pattern guides the model; ignoring it is what every client of such tools has met so far.
            Self::Grammar(_) | Self::ToolCalls { .. } => Ok(()),
        }
    }
}

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

/// llama.cpp enforces only patterns that describe the whole string, and ignores others.
fn check_patterns(schema: &serde_json::Value) -> Result<(), String> {
    match schema {
        serde_json::Value::Object(fields) => {
            if let Some(pattern) = fields.get("pattern").and_then(serde_json::Value::as_str)
                && !(pattern.starts_with('^') && pattern.ends_with('$'))
            {
                return Err(format!(
                    "the pattern `{pattern}` cannot be enforced; describe the whole string: `^…$`"
                ));
            }
            let data = ["const", "enum", "default", "examples"];
            fields
                .iter()
                .filter(|(name, _)| !data.contains(&name.as_str()))
                .try_for_each(|(_, value)| check_patterns(value))
        }
        serde_json::Value::Array(items) => items.iter().try_for_each(check_patterns),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(text: &str) -> Result<(), String> {
        Constraint::JsonSchema(text.to_owned()).check()
    }

    #[test]
    fn patterns_that_would_be_ignored_are_refused_wherever_they_are() {
        assert!(schema(r#"{"type": "string", "pattern": "^[0-9]+$"}"#).is_ok());
        assert!(schema(r#"{"items": [{"type": "string", "pattern": "[0-9]"}]}"#).is_err());
        assert!(
            schema(r#"{"properties": {"pattern": {"type": "string"}}, "const": {"pattern": "x"}}"#).is_ok()
        );
    }

    #[test]
    fn a_grammar_that_nests_too_deeply_is_refused() {
        let nested = |levels: usize| {
            let text = format!("root ::= {}\"a\"{}", "(".repeat(levels), ")".repeat(levels));
            Constraint::Grammar(text).check()
        };
        assert_eq!(nested(256), Ok(()));
        assert!(nested(257).is_err());
    }
}
