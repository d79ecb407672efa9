//! Placeholders out of an answer, also where it comes in pieces that cut them.

use super::redact::in_json;
use serde_json::Value;

/// Placeholders and what they stand for.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Placeholders {
    /// Placeholder and value, the longest value first.
    pairs: Vec<(String, String)>,
}

impl std::fmt::Debug for Placeholders {
    /// The placeholders, and nothing of what they stand for.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.pairs.iter().map(|(placeholder, _)| placeholder))
            .finish()
    }
}

impl Placeholders {
    pub(super) fn new(mut pairs: Vec<(String, String)>) -> Self {
        pairs.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        Self { pairs }
    }

    /// Whether there is nothing to undo.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The text with every value replaced, or `None` where there is none in it.
    pub(super) fn hide(&self, text: &str) -> Option<String> {
        exchange(text, |rest| {
            let (placeholder, value) = self
                .pairs
                .iter()
                .find(|(_, value)| rest.starts_with(value.as_str()))?;
            Some((value.len(), placeholder.clone()))
        })
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
        exchange(text, |rest| {
            if !rest.starts_with('[') {
                return None;
            }
            let (placeholder, value) = self
                .pairs
                .iter()
                .find(|(placeholder, _)| rest.starts_with(placeholder.as_str()))?;
            Some((placeholder.len(), form.write(value)))
        })
    }

    /// Where a placeholder may have begun that is not complete yet.
    fn open_end(&self, text: &str) -> usize {
        let begun = text.rfind('[').filter(|at| {
            let tail = &text[*at..];
            self.pairs
                .iter()
                .any(|(placeholder, _)| placeholder.len() > tail.len() && placeholder.starts_with(tail))
        });
        begun.unwrap_or(text.len())
    }
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

/// Goes through the text once, from left to right; `at` says how many bytes at a place are replaced by what.
fn exchange(text: &str, at: impl Fn(&str) -> Option<(usize, String)>) -> Option<String> {
    let mut changed: Option<String> = None;
    let mut copied = 0;
    let mut position = 0;
    while position < text.len() {
        if let Some((length, by)) = at(&text[position..])
            && length > 0
        {
            let out = changed.get_or_insert_with(String::new);
            out.push_str(&text[copied..position]);
            out.push_str(&by);
            position += length;
            copied = position;
        } else {
            position += text[position..].chars().next().map_or(1, char::len_utf8);
        }
    }
    changed.map(|mut out| {
        out.push_str(&text[copied..]);
        out
    })
}
