//! Finds tool calls in what a model writes, and describes to the grammar sampler how they look.
//!
//! - [`ToolFormat`]: how a model family writes calls
//! - [`ToolCallParser`]: separates text and calls while the answer streams
//!
//! Whatever their family, small models often forget the markers and answer with a bare JSON object, or with one in a
//! Markdown fence. That counts as a call when the *whole* answer is such an object and it names an offered tool.

mod json_scan;
mod parser;

pub use parser::{Parsed, ToolCallParser};

use crate::constraint::{Constraint, ToolCalls};
use council_core::{ToolChoice, ToolSpec};
use serde_json::{Map, Value, json};

/// How a model family writes tool calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ToolFormat {
    /// Hermes, Qwen 2.5, Qwen 3 and many others: `<tool_call>{"name": …, "arguments": {…}}</tool_call>`.
    #[default]
    Hermes,
    /// Llama 3.x: the answer is `{"name": …, "parameters": {…}}`, perhaps after `<|python_tag|>`.
    Llama3,
    /// Mistral: `[TOOL_CALLS][{"name": …, "arguments": {…}}, …]`; newer ones `[TOOL_CALLS]name[ARGS]{…}`.
    Mistral,
}

impl ToolFormat {
    /// The format that a chat template asks its model for; [`ToolFormat::Hermes`] where it does not say.
    pub fn detect(template_source: &str) -> Self {
        if template_source.contains("[TOOL_CALLS]") {
            Self::Mistral
        } else if template_source.contains("<tool_call>") {
            Self::Hermes
        } else if template_source.contains("<|python_tag|>")
            || template_source.contains("<|start_header_id|>ipython")
        {
            Self::Llama3
        } else {
            Self::Hermes
        }
    }

    /// The text that opens a call in the middle of an answer.
    pub fn marker(self) -> &'static str {
        match self {
            Self::Hermes => "<tool_call>",
            Self::Llama3 => "<|python_tag|>",
            Self::Mistral => "[TOOL_CALLS]",
        }
    }

    /// What forces the answer, or the calls in it, into form. `None`: nothing does. That is so without tools, with
    /// [`ToolChoice::None`], for a named tool that is not offered (the caller refuses that), and for
    /// [`ToolChoice::Auto`] with [`ToolFormat::Llama3`], whose calls have no marker that could switch a grammar on.
    pub fn constraint(self, tools: &[ToolSpec], choice: &ToolChoice, parallel: bool) -> Option<Constraint> {
        let (lazy, offered): (bool, Vec<&ToolSpec>) = match choice {
            ToolChoice::None => return None,
            ToolChoice::Auto if self == Self::Llama3 => return None,
            ToolChoice::Auto => (true, tools.iter().collect()),
            ToolChoice::Required => (false, tools.iter().collect()),
            ToolChoice::Named(name) => (false, tools.iter().filter(|tool| tool.name == *name).collect()),
        };
        if offered.is_empty() {
            return None;
        }
        let (call, definitions) = call_schema(&offered, self.arguments_key());
        let (mut schema, prefix, suffix, separator) = match self {
            Self::Hermes => (call, "<tool_call>\n", "\n</tool_call>", parallel.then_some("\n")),
            Self::Llama3 => (call, "", "", parallel.then_some("; ")),
            Self::Mistral => {
                let mut calls = json!({"type": "array", "items": call, "minItems": 1});
                if !parallel {
                    calls["maxItems"] = json!(1);
                }
                (calls, "[TOOL_CALLS]", "", None)
            }
        };
        if !definitions.is_empty() {
            schema["$defs"] = Value::Object(definitions);
        }
        Some(Constraint::ToolCalls(ToolCalls {
            schema: schema.to_string(),
            prefix: prefix.to_owned(),
            suffix: suffix.to_owned(),
            separator: separator.map(str::to_owned),
            lazy,
        }))
    }

    fn arguments_key(self) -> &'static str {
        match self {
            Self::Hermes | Self::Mistral => "arguments",
            Self::Llama3 => "parameters",
        }
    }
}

/// Schema of one call, and the definitions that it refers to by `#/$defs/…`.
fn call_schema(tools: &[&ToolSpec], arguments_key: &str) -> (Value, Map<String, Value>) {
    let mut definitions = Map::new();
    let mut calls: Vec<Value> = tools
        .iter()
        .enumerate()
        .map(|(index, tool)| {
            let arguments = arguments_schema(index, tool, &mut definitions);
            json!({
                "type": "object",
                "properties": {"name": {"const": tool.name}, arguments_key: arguments},
                "required": ["name", arguments_key],
                "additionalProperties": false,
            })
        })
        .collect();
    let schema = if calls.len() == 1 {
        calls.remove(0)
    } else {
        json!({"anyOf": calls})
    };
    (schema, definitions)
}

/// A tool's schema as part of a larger one. References inside it are relative to its own root, so a schema with
/// references moves to `$defs` as a whole and its references follow.
fn arguments_schema(index: usize, tool: &ToolSpec, definitions: &mut Map<String, Value>) -> Value {
    match &tool.parameters {
        Value::Object(schema) if !schema.is_empty() => {
            let name = format!("tool{index}");
            let mut moved = tool.parameters.clone();
            if !move_references(&mut moved, &format!("#/$defs/{name}")) {
                return moved;
            }
            definitions.insert(name.clone(), moved);
            json!({"$ref": format!("#/$defs/{name}")})
        }
        _ => json!({"type": "object"}),
    }
}

/// Rewrites local references for a schema whose root is now at `root`; `true` when there were any.
fn move_references(schema: &mut Value, root: &str) -> bool {
    match schema {
        Value::Object(fields) => {
            let mut found = false;
            for (key, value) in fields {
                match value {
                    Value::String(target) if key == "$ref" => {
                        if let Some(path) = target.strip_prefix('#') {
                            *target = format!("{root}{path}");
                            found = true;
                        }
                    }
                    _ => found |= move_references(value, root),
                }
            }
            found
        }
        Value::Array(items) => items
            .iter_mut()
            .fold(false, |found, item| move_references(item, root) | found),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests;
