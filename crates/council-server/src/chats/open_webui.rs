//! A conversation of Open WebUI's export: a tree in `chat.history`.

use super::tree::{Node, grow};
use super::{Found, LeftOut, moment, said, text, title};
use council_core::{
    Content, ConversationId, ConversationSettings, ImportedConversation, ImportedMessage, Role, Timestamp,
};
use serde_json::Value;

/// Whether a conversation is of this kind.
pub(super) fn is(value: &Value) -> bool {
    chat(value)
        .pointer("/history/messages")
        .is_some_and(Value::is_object)
}

/// The conversation itself: older exports have nothing around it.
fn chat(value: &Value) -> &Value {
    value.get("chat").unwrap_or(value)
}

/// Reads one.
pub(super) fn read(value: &Value, id: ConversationId, now: Timestamp) -> Found {
    let chat = chat(value);
    let times = [value.get("created_at"), chat.get("timestamp")];
    let created_at = times.into_iter().find_map(moment).unwrap_or(now);
    let mut left_out = LeftOut::default();
    let messages = chat
        .pointer("/history/messages")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    let nodes = messages
        .map(|(key, message)| Node {
            key: key.clone(),
            parent: text(message, "parentId").map(str::to_owned),
            said: read_message(message, created_at, &mut left_out),
        })
        .collect();
    let grown = grow(nodes, chat.pointer("/history/currentId").and_then(Value::as_str));
    (0..grown.lost).for_each(|_| left_out.add("messages that follow one another in a circle"));
    let title = title(value.get("title").or_else(|| chat.get("title")));
    let source = text(value, "id").or_else(|| text(chat, "id")).map_or_else(
        || format!("open_webui:{}:{title}", created_at.as_millis()),
        |known| format!("open_webui:{known}"),
    );
    let is = |field: &str| value.get(field).and_then(Value::as_bool).unwrap_or(false);
    Found {
        conversation: ImportedConversation {
            id,
            source: Some(source),
            title,
            folder: String::new(),
            pinned: is("pinned"),
            archived: is("archived"),
            settings: ConversationSettings {
                system: text(chat, "system").map(str::to_owned),
                ..ConversationSettings::default()
            },
            created_at,
            updated_at: moment(value.get("updated_at"))
                .unwrap_or(created_at)
                .max(created_at),
            leaf: grown.leaf,
            messages: grown.messages,
        },
        left_out,
    }
}

fn read_message(message: &Value, before: Timestamp, left_out: &mut LeftOut) -> Option<ImportedMessage> {
    let role = match text(message, "role") {
        Some("user") => Role::User,
        Some("assistant") => Role::Assistant,
        _ => {
            left_out.add("messages of the system or of tools");
            return None;
        }
    };
    for _ in message
        .get("files")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        left_out.add("files");
    }
    let words = text(message, "content")?;
    let at = moment(message.get("timestamp")).unwrap_or(before);
    let model = text(message, "model").filter(|_| role == Role::Assistant);
    Some(ImportedMessage {
        model: model.map(str::to_owned),
        ..said(role, vec![Content::Text(words.to_owned())], at)
    })
}
