//! Conversations from elsewhere and to elsewhere: what other programs export, and what people read.
//!
//! - `tree`: messages that name the one before them, as a tree, whatever they name
//! - `council`, `chatgpt`, `claude`, `open_webui`: one conversation of each as it is exported
//! - `read`: a whole export, conversation by conversation; `archive`: from the zip archive that it came in
//! - `show`: a branch as Markdown or as a page

mod archive;
mod chatgpt;
mod claude;
mod council;
mod open_webui;
mod read;
mod show;
mod tree;

pub(crate) use archive::read_export;
pub(crate) use council::{ExportedConversation, FORMAT, VERSION};
pub(crate) use read::Read;
pub(crate) use show::html;
pub use show::markdown;

use council_core::{Content, FileText, ImportedConversation, ImportedMessage, Message, Role, Timestamp};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// A conversation as it was read.
pub(crate) struct Found {
    pub(crate) conversation: ImportedConversation,
    pub(crate) left_out: LeftOut,
}

/// What was not taken of a conversation, with how often.
#[derive(Default)]
pub(crate) struct LeftOut(BTreeMap<String, u64>);

impl LeftOut {
    fn add(&mut self, what: &str) {
        *self.0.entry(what.to_owned()).or_insert(0) += 1;
    }

    /// As `2 × images`.
    pub(crate) fn in_words(self) -> Vec<String> {
        self.0
            .into_iter()
            .map(|(what, count)| format!("{count} × {what}"))
            .collect()
    }
}

/// A message that was read, before it has its place.
fn said(role: Role, content: Vec<Content>, created_at: Timestamp) -> ImportedMessage {
    ImportedMessage {
        parent: None,
        message: Message {
            content,
            ..Message::text(role, "")
        },
        model: None,
        request_id: String::new(),
        created_at,
        finish: None,
    }
}

fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value
        .get(field)
        .and_then(Value::as_str)
        .filter(|text| !text.trim().is_empty())
}

/// A moment: seconds or, where they are too many for that, milli-, micro- or nanoseconds since 1970, or text.
fn moment(value: Option<&Value>) -> Option<Timestamp> {
    let since = match value? {
        Value::Number(number) => {
            let mut seconds = number.as_f64()?;
            // The year 5138 in seconds.
            while seconds >= 1e11 {
                seconds /= 1e3;
            }
            Duration::try_from_secs_f64(seconds).ok()?
        }
        Value::String(text) => {
            let moment: jiff::Timestamp = text.trim().parse().ok()?;
            Duration::try_from(moment.as_duration()).ok()?
        }
        _ => return None,
    };
    Some(Timestamp::from_duration(since))
}

/// A file of which only the text is known.
fn file(name: &str, text: &str) -> Content {
    Content::File(FileText {
        id: String::new(),
        name: name.to_owned(),
        text: text.to_owned(),
        left_out_bytes: 0,
    })
}

/// A title in one line, at most as long as titles may be.
fn title(value: Option<&Value>) -> String {
    let title = value.and_then(Value::as_str).unwrap_or_default();
    let line: String = title
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    line.trim().chars().take(200).collect()
}

#[cfg(test)]
mod tests;
