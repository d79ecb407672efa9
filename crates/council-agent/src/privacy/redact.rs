//! Placeholders into a request: `[EMAIL_1]` for the first address, and for the same one wherever it stands.

use super::Scanner;
use super::restore::{Placeholders, placeholders_in};
use aho_corasick::{AhoCorasick, MatchKind};
use council_core::privacy::PrivacyActions;
use council_core::{
    Content, Found, GenerateRequest, Input, OutputFormat, PrivacyAction, PrivacyKind, ToolCall,
};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What a request holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inspection {
    /// Each private text once, with its kind, in the order in which they were found.
    values: Vec<(String, PrivacyKind)>,
    /// How many images there are, of which nothing says what they show.
    images: u32,
}

impl Inspection {
    /// Looks at every text of the request that is sent.
    pub fn of(request: &GenerateRequest, scanner: &Scanner) -> Self {
        let mut values: Vec<(String, PrivacyKind)> = Vec::new();
        let mut seen: HashSet<String> = HashSet::new();
        let mut copy = request.clone();
        each_text(&mut copy, &mut |text| {
            for finding in scanner.find(text) {
                let value = &text[finding.range];
                if seen.insert(value.to_owned()) {
                    values.push((value.to_owned(), finding.kind));
                }
            }
            None
        });
        let images = images(request).count() as u32;
        Self { values, images }
    }

    /// How many there are of each kind that has this action.
    pub fn found(&self, actions: &PrivacyActions, action: PrivacyAction) -> Vec<Found> {
        let mut counts: BTreeMap<PrivacyKind, u32> = BTreeMap::new();
        for (_, kind) in &self.values {
            if action_of(actions, *kind) == action {
                *counts.entry(*kind).or_default() += 1;
            }
        }
        if self.images > 0 && action_of(actions, PrivacyKind::Image) == action {
            counts.insert(PrivacyKind::Image, self.images);
        }
        counts
            .into_iter()
            .map(|(kind, count)| Found { kind, count })
            .collect()
    }

    /// Replaces what may not be sent as it is, and tells how to undo it.
    ///
    /// # Errors
    /// When there is more of it than can be searched for at once.
    pub fn redact(
        &self,
        request: &mut GenerateRequest,
        actions: &PrivacyActions,
    ) -> Result<Placeholders, TooMuch> {
        let values: Vec<&(String, PrivacyKind)> = self
            .values
            .iter()
            .filter(|(_, kind)| action_of(actions, *kind) != PrivacyAction::Allow)
            .collect();
        if values.is_empty() {
            return Ok(Placeholders::default());
        }
        let mut taken: HashSet<String> = HashSet::new();
        each_text(&mut request.clone(), &mut |text| {
            taken.extend(placeholders_in(text).map(|(_, placeholder)| placeholder.to_owned()));
            None
        });
        let mut numbers: HashMap<PrivacyKind, u32> = HashMap::new();
        let pairs = values.into_iter().map(|(value, kind)| {
            let number = numbers.entry(*kind).or_default();
            // What the user wrote in this form is not ours to undo.
            let placeholder = loop {
                *number += 1;
                let placeholder = format!("[{}_{number}]", kind.as_str().to_uppercase());
                if !taken.contains(&placeholder) {
                    break placeholder;
                }
            };
            (placeholder, value.clone())
        });
        let pairs: Vec<(String, String)> = pairs.collect();
        let hider = Hider::new(&pairs)?;
        each_text(request, &mut |text| hider.hide(text));
        Ok(Placeholders::new(pairs))
    }
}

/// More private text than can be searched for at once: gigabytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the request holds more private text than can be replaced; send less of it")]
pub struct TooMuch;

/// Finds all values at once, at each place the longest.
struct Hider<'p> {
    values: AhoCorasick,
    pairs: &'p [(String, String)],
}

impl<'p> Hider<'p> {
    fn new(pairs: &'p [(String, String)]) -> Result<Self, TooMuch> {
        let values = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(pairs.iter().map(|(_, value)| value))
            .map_err(|_| TooMuch)?;
        Ok(Self { values, pairs })
    }

    /// The text with every value replaced, or `None` where there is none in it.
    fn hide(&self, text: &str) -> Option<String> {
        self.values.is_match(text).then(|| {
            let mut hidden = String::with_capacity(text.len());
            self.values.replace_all_with(text, &mut hidden, |found, _, out| {
                out.push_str(&self.pairs[found.pattern().as_usize()].0);
                true
            });
            hidden
        })
    }
}

/// What is done about a kind.
pub fn action_of(actions: &PrivacyActions, kind: PrivacyKind) -> PrivacyAction {
    actions.get(&kind).copied().unwrap_or(kind.usual_action())
}

/// The images of a request.
fn images(request: &GenerateRequest) -> impl Iterator<Item = &str> {
    let messages = match &request.input {
        Input::Chat { messages, .. } => messages.as_slice(),
        Input::Text(_) => &[],
    };
    let parts = messages.iter().flat_map(|message| &message.content);
    parts.filter_map(|part| match part {
        Content::ImageUrl(url) => Some(url.as_str()),
        Content::Text(_) | Content::File(_) | Content::Image(_) => None,
    })
}

/// Bytes of all that is sent: texts, and images as they stand in messages.
pub fn bytes(request: &GenerateRequest) -> u64 {
    let inline = images(request).filter(|url| url.starts_with("data:"));
    let mut sum = inline.map(|url| url.len() as u64).sum();
    each_text(&mut request.clone(), &mut |text| {
        sum += text.len() as u64;
        None
    });
    sum
}

/// Shows every text of a request that is sent to `change`, and puts what it gives in its place.
fn each_text(request: &mut GenerateRequest, change: &mut dyn FnMut(&str) -> Option<String>) {
    match &mut request.input {
        Input::Chat { messages, tools, .. } => {
            for message in messages {
                for part in &mut message.content {
                    match part {
                        Content::Text(text) => replace(text, change),
                        Content::File(file) => {
                            replace(&mut file.name, change);
                            replace(&mut file.text, change);
                        }
                        // What is inline is an image, and not text.
                        Content::ImageUrl(url) if url.starts_with("data:") => {}
                        Content::Image(image) => replace(&mut image.name, change),
                        Content::ImageUrl(url) => replace(url, change),
                    }
                }
                message.name.iter_mut().for_each(|name| replace(name, change));
                message.tool_call_id.iter_mut().for_each(|id| replace(id, change));
                for call in &mut message.tool_calls {
                    replace(&mut call.id, change);
                    arguments(call, change);
                }
            }
            for tool in tools {
                tool.description.iter_mut().for_each(|text| replace(text, change));
                in_json(&mut tool.parameters, change);
            }
        }
        Input::Text(prompt) => replace(prompt, change),
    }
    request.stop.iter_mut().for_each(|stop| replace(stop, change));
    match &mut request.format {
        OutputFormat::Text | OutputFormat::JsonObject => {}
        OutputFormat::JsonSchema(schema) => in_json(schema, change),
        OutputFormat::Grammar(grammar) => replace(grammar, change),
    }
}

fn replace(text: &mut String, change: &mut dyn FnMut(&str) -> Option<String>) {
    if let Some(changed) = change(text) {
        *text = changed;
    }
}

/// Arguments are JSON as text: what is in their strings is compared unescaped. Those that are unchanged stay as they
/// were written.
fn arguments(call: &mut ToolCall, change: &mut dyn FnMut(&str) -> Option<String>) {
    match serde_json::from_str::<Value>(&call.arguments) {
        Ok(before) => {
            let mut after = before.clone();
            in_json(&mut after, change);
            if after != before {
                call.arguments = after.to_string();
            }
        }
        Err(_) => replace(&mut call.arguments, change),
    }
}

/// Strings, names of fields, and numbers, which become strings when they are replaced.
pub(super) fn in_json(value: &mut Value, change: &mut dyn FnMut(&str) -> Option<String>) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => {
            if let Some(changed) = change(&number.to_string()) {
                *value = Value::String(changed);
            }
        }
        Value::String(text) => replace(text, change),
        Value::Array(items) => items.iter_mut().for_each(|item| in_json(item, change)),
        Value::Object(fields) => {
            let changed: Map<String, Value> = std::mem::take(fields)
                .into_iter()
                .map(|(mut name, mut value)| {
                    replace(&mut name, change);
                    in_json(&mut value, change);
                    (name, value)
                })
                .collect();
            *fields = changed;
        }
    }
}
