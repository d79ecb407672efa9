//! What names it among the rows of a database, whichever that is, and what is left of a row.

use council_core::forgetting::{Because, Named, NamedMessage, Naming, Wanted};
use council_core::{ConversationId, MessageId, Role};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A message as it is looked at.
pub(crate) struct Row {
    message: NamedMessage,
    texts: Vec<String>,
    /// The turn that it is of, where it is of one: the conversation's key, and the request.
    turn: Option<(i64, String)>,
}

impl Row {
    /// From columns: the conversation's identifier and title, the role, the content as JSON, calls of tools and the name, and
    /// the turn.
    pub(crate) fn new(
        id: i64,
        (conversation, title): (&str, String),
        role: &str,
        content: &str,
        more: [Option<&str>; 2],
        turn: (i64, String),
    ) -> Option<Self> {
        let mut texts = strings_of(content);
        for text in more.into_iter().flatten() {
            texts.extend(strings_of(text));
        }
        Some(Self {
            message: NamedMessage {
                id: MessageId(id),
                conversation: ConversationId::from_kept(conversation)?,
                title,
                role: Role::parse(role)?,
                text: text_of(content),
                because: Because::Turn,
            },
            texts,
            turn: (!turn.1.is_empty()).then_some(turn),
        })
    }
}

/// The messages that go. All rows are looked at, and then, for their turns, all again.
pub(crate) struct Messages<'a> {
    wanted: &'a Wanted,
    found: BTreeMap<i64, NamedMessage>,
    texts: BTreeSet<String>,
    turns: BTreeSet<(i64, String)>,
}

impl<'a> Messages<'a> {
    pub(crate) fn new(wanted: &'a Wanted) -> Self {
        Self {
            wanted,
            found: BTreeMap::new(),
            texts: BTreeSet::new(),
            turns: BTreeSet::new(),
        }
    }

    /// Whether it goes for itself.
    pub(crate) fn look(&mut self, row: Row) {
        let because = if row.texts.iter().any(|text| self.wanted.naming.is_in(text)) {
            Because::Words
        } else if self.wanted.messages.contains(&row.message.id) {
            Because::Meaning
        } else {
            return;
        };
        self.turns.extend(row.turn);
        self.texts.extend(row.texts);
        let message = NamedMessage {
            because,
            ..row.message
        };
        self.found.insert(message.id.0, message);
    }

    /// Whether there are turns to be looked at.
    pub(crate) fn want_turns(&self) -> bool {
        !self.turns.is_empty()
    }

    /// Whether it goes with its turn.
    pub(crate) fn look_at_turn(&mut self, row: Row) {
        if row.turn.is_some_and(|turn| self.turns.contains(&turn)) {
            self.texts.extend(row.texts);
            self.found.entry(row.message.id.0).or_insert(row.message);
        }
    }

    /// What was found, for more to be found.
    pub(crate) fn found(self) -> Found {
        Found {
            named: Named {
                messages: self.found.into_values().collect(),
                ..Named::default()
            },
            attachments: Vec::new(),
            texts: self.texts,
        }
    }
}

/// What was found in the database.
pub(crate) struct Found {
    pub(crate) named: Named,
    /// Attachments by their ids.
    pub(crate) attachments: Vec<String>,
    /// Every string of the messages that go.
    texts: BTreeSet<String>,
}

impl Found {
    /// Identifier, title, folder and settings of a conversation.
    pub(crate) fn conversation(&mut self, wanted: &Wanted, columns: &[String]) {
        let [id, title, folder, settings] = columns else {
            return;
        };
        let naming = &wanted.naming;
        let is_named = || {
            let settings = strings_of(settings);
            [title, folder]
                .into_iter()
                .chain(&settings)
                .any(|text| naming.is_in(text))
        };
        if let Some(id) = ConversationId::from_kept(id)
            && is_named()
        {
            self.named.conversations.push(id);
        }
    }

    /// Identifier, name and text of a file.
    pub(crate) fn attachment(&mut self, wanted: &Wanted, columns: &[String]) {
        let [id, name, text] = columns else { return };
        let naming = &wanted.naming;
        if naming.is_in(name) || naming.is_in(text) || self.texts.contains(id) {
            self.named.attachments.push(name.clone());
            self.attachments.push(id.clone());
        }
    }

    /// A receipt with its request.
    pub(crate) fn receipt(&mut self, wanted: &Wanted, columns: &[String]) {
        let [request, receipt] = columns else { return };
        if strings_of(receipt).iter().any(|text| wanted.naming.is_in(text)) {
            self.named.receipts.push(request.clone());
        }
    }

    /// A note about an answer.
    pub(crate) fn note(&mut self, wanted: &Wanted, columns: &[String]) {
        self.named.notes += u64::from(columns.iter().any(|text| wanted.naming.is_in(text)));
    }

    /// What a line of the audit says was before and is after.
    pub(crate) fn audit(&mut self, wanted: &Wanted, columns: &[String]) {
        self.named.audit += u64::from(columns.iter().any(|text| wanted.naming.is_in(text)));
    }
}

/// All strings in a JSON text, those in JSON texts within it too; a text that is no JSON is the one string.
fn strings_of(text: &str) -> Vec<String> {
    fn gather(value: &Value, into: &mut Vec<String>) {
        match value {
            Value::String(text) => {
                if text.starts_with(['{', '['])
                    && let Ok(inner) = serde_json::from_str::<Value>(text)
                {
                    gather(&inner, into);
                }
                into.push(text.clone());
            }
            Value::Array(items) => items.iter().for_each(|item| gather(item, into)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    into.push(name.clone());
                    gather(value, into);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut strings = Vec::new();
    match serde_json::from_str(text) {
        Ok(value) => gather(&value, &mut strings),
        Err(_) => strings.push(text.to_owned()),
    }
    strings
}

fn text_of(content: &str) -> String {
    let parts: Value = serde_json::from_str(content).unwrap_or_default();
    let texts = parts
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|part| part["text"].as_str());
    texts.collect::<Vec<_>>().join(" ")
}

/// Calls of tools, as JSON, without what they were called with. A call stays one, so that its result is not left without it.
pub(crate) fn without_arguments(calls: &str) -> String {
    let mut calls: Value = serde_json::from_str(calls).unwrap_or_else(|_| Value::Array(Vec::new()));
    for call in calls.as_array_mut().into_iter().flatten() {
        call["arguments"] = Value::String("{}".to_owned());
    }
    calls.to_string()
}

/// Title, folder and settings (JSON) of a conversation without what names it.
pub(crate) fn without_named(
    (title, folder, settings): (String, String, String),
    naming: &Naming,
) -> (String, String, String) {
    let unless_named = |text: String| if naming.is_in(&text) { String::new() } else { text };
    let mut settings: Value = serde_json::from_str(&settings).unwrap_or_default();
    if let Some(fields) = settings.as_object_mut() {
        fields.retain(|_, value| {
            !strings_of(&value.to_string())
                .iter()
                .any(|text| naming.is_in(text))
        });
    }
    (unless_named(title), unless_named(folder), settings.to_string())
}
