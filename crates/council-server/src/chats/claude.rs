//! A conversation of Claude's `conversations.json`: messages in order, which may name the one before them.

use super::tree::{Node, grow};
use super::{Found, LeftOut, file, moment, said, text, title};
use council_core::{
    Content, ConversationId, ConversationSettings, ImportedConversation, ImportedMessage, Role, Timestamp,
};
use serde_json::Value;

/// Whether a conversation is of this kind.
pub(super) fn is(value: &Value) -> bool {
    value.get("chat_messages").is_some_and(Value::is_array)
}

/// Reads one.
pub(super) fn read(value: &Value, id: ConversationId, now: Timestamp) -> Found {
    let created_at = moment(value.get("created_at")).unwrap_or(now);
    let mut left_out = LeftOut::default();
    let mut nodes: Vec<Node> = Vec::new();
    let messages = value
        .get("chat_messages")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    for (number, message) in messages.enumerate() {
        let key = text(message, "uuid").map_or_else(|| format!("#{number}"), str::to_owned);
        // Older exports have one branch only, in order.
        let before = nodes.last().map(|node| node.key.clone());
        let parent = match message.get("parent_message_uuid") {
            Some(parent) => parent.as_str().map(str::to_owned),
            None => before,
        };
        nodes.push(Node {
            key,
            parent,
            said: read_message(message, created_at, &mut left_out),
        });
    }
    let grown = grow(nodes, text(value, "current_leaf_message_uuid"));
    (0..grown.lost).for_each(|_| left_out.add("messages that follow one another in a circle"));
    let source = text(value, "uuid").map_or_else(
        || format!("claude:{}:{}", created_at.as_millis(), title(value.get("name"))),
        |known| format!("claude:{known}"),
    );
    Found {
        conversation: ImportedConversation {
            id,
            source: Some(source),
            title: title(value.get("name")),
            folder: String::new(),
            pinned: value.get("is_starred").and_then(Value::as_bool).unwrap_or(false),
            archived: false,
            settings: ConversationSettings::default(),
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
    let role = match text(message, "sender") {
        Some("human" | "user") => Role::User,
        Some("assistant") => Role::Assistant,
        _ => {
            left_out.add("messages of nobody known");
            return None;
        }
    };
    let mut content = Vec::new();
    for attachment in message
        .get("attachments")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        match text(attachment, "extracted_content") {
            Some(extracted) => content.push(file(text(attachment, "file_name").unwrap_or("file"), extracted)),
            None => left_out.add("files"),
        }
    }
    for _ in message
        .get("files")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        left_out.add("files");
    }
    let mut texts = Vec::new();
    for block in message
        .get("content")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        match (text(block, "type"), text(block, "text")) {
            (Some("text"), Some(said)) => texts.push(said),
            (Some("text"), None) => {}
            (Some("thinking"), _) => left_out.add("thoughts"),
            (Some("tool_use" | "tool_result"), _) => left_out.add("uses of tools"),
            _ => left_out.add("parts of unknown kind"),
        }
    }
    if texts.is_empty() {
        texts.extend(text(message, "text"));
    }
    if !texts.is_empty() {
        content.push(Content::Text(texts.join("\n\n")));
    }
    let at = moment(message.get("created_at")).unwrap_or(before);
    (!content.is_empty()).then(|| said(role, content, at))
}
