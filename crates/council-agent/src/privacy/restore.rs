//! Placeholders out of an answer, also where it comes in pieces that cut them.

use super::redact::in_json;
use serde_json::Value;
use std::collections::HashMap;

/// Placeholders and what they stand for.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Placeholders {
    /// Value by placeholder.
    values: HashMap<String, String>,
    /// Length of the longest placeholder, in bytes.
    longest: usize,
}

impl std::fmt::Debug for Placeholders {
    /// The placeholders, and nothing of what they stand for.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.values.keys()).finish()
    }
}

impl Placeholders {
    pub(super) fn new(pairs: Vec<(String, String)>) -> Self {
        Self {
            longest: pairs
                .iter()
                .map(|(placeholder, _)| placeholder.len())
                .max()
                .unwrap_or(0),
            values: pairs.into_iter().collect(),
        }
    }

    /// Whether this stands for something.
    pub(crate) fn has(&self, placeholder: &str) -> bool {
        self.values.contains_key(placeholder)
    }

    /// Whether there is nothing to undo.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The whole text with every placeholder undone.
    pub fn restore(&self, text: &str) -> String {
        self.undo(text, Form::Text).unwrap_or_else(|| text.to_owned())
    }

    /// The same for arguments of a tool call: JSON as text.
    pub fn restore_arguments(&self, arguments: &str) -> String {
        if self.is_empty() {
            return arguments.to_owned();
        }
        match serde_json::from_str::<Value>(arguments) {
            Ok(before) => {
                let mut after = before.clone();
                in_json(&mut after, &mut |text| self.undo(text, Form::Text));
                if after == before {
                    arguments.to_owned()
                } else {
                    after.to_string()
                }
            }
            Err(_) => self
                .undo(arguments, Form::Json)
                .unwrap_or_else(|| arguments.to_owned()),
        }
    }

    fn undo(&self, text: &str, form: Form) -> Option<String> {
        let mut restored: Option<String> = None;
        let mut copied = 0;
        for (at, placeholder) in placeholders_in(text) {
            let Some(value) = self.values.get(placeholder) else {
                continue;
            };
            let out = restored.get_or_insert_with(String::new);
            out.push_str(&text[copied..at]);
            out.push_str(&form.write(value));
            copied = at + placeholder.len();
        }
        restored.map(|mut out| {
            out.push_str(&text[copied..]);
            out
        })
    }

    /// Where a placeholder may have begun that is not complete yet.
    fn open_end(&self, text: &str) -> usize {
        let begun = text.rfind('[').filter(|at| {
            let tail = &text[at + 1..];
            tail.len() + 1 < self.longest && tail.bytes().all(is_inner)
        });
        begun.unwrap_or(text.len())
    }
}

/// Everything in the form of a placeholder: `[`, capitals, digits and underscores, `]`.
pub(crate) fn placeholders_in(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices('[').filter_map(|(start, _)| {
        let inner = &text[start + 1..];
        let length = inner.bytes().take_while(|byte| is_inner(*byte)).count();
        let complete = length > 0 && inner[length..].starts_with(']');
        complete.then(|| (start, &text[start..start + length + 2]))
    })
}

fn is_inner(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_'
}

/// What a restored value stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text.
    Text,
    /// A string of JSON that comes as text.
    Json,
}

impl Form {
    fn write(self, value: &str) -> String {
        match self {
            Self::Text => value.to_owned(),
            Self::Json => {
                let quoted = Value::String(value.to_owned()).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            }
        }
    }
}

/// Undoes placeholders in text that comes in pieces.
#[derive(Debug)]
pub struct Restorer {
    placeholders: Placeholders,
    form: Form,
    /// The beginning of what may be a placeholder.
    held: String,
}

impl Restorer {
    /// For one answer.
    pub fn new(placeholders: Placeholders, form: Form) -> Self {
        Self {
            placeholders,
            form,
            held: String::new(),
        }
    }

    /// What it stands for.
    pub fn placeholders(&self) -> &Placeholders {
        &self.placeholders
    }

    /// Takes the next piece and gives what can be told for sure.
    pub fn push(&mut self, piece: &str) -> String {
        if self.placeholders.is_empty() {
            return piece.to_owned();
        }
        self.held.push_str(piece);
        let sure = self.placeholders.open_end(&self.held);
        let rest = self.held.split_off(sure);
        let told = std::mem::replace(&mut self.held, rest);
        self.placeholders.undo(&told, self.form).unwrap_or(told)
    }

    /// What was held back, which turned out to be no placeholder.
    pub fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }
}
