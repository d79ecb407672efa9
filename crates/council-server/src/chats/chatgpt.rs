//! A conversation of ChatGPT's `conversations.json`: a tree of nodes in `mapping`.

use super::tree::{Node, grow};
use super::{Found, LeftOut, moment, said, text, title};
use council_core::{
    Content, ConversationId, ConversationSettings, ImportedConversation, ImportedMessage, Role, Timestamp,
};
use serde_json::Value;

/// Whether a conversation is of this kind.
pub(super) fn is(value: &Value) -> bool {
    value.get("mapping").is_some_and(Value::is_object)
}

/// Reads one.
pub(super) fn read(value: &Value, id: ConversationId, now: Timestamp) -> Found {
    let created_at = moment(value.get("create_time")).unwrap_or(now);
    let mut left_out = LeftOut::default();
    let mapping = value
        .get("mapping")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    let nodes = mapping
        .map(|(key, node)| Node {
            key: key.clone(),
            parent: text(node, "parent").map(str::to_owned),
            said: node
                .get("message")
                .and_then(|message| read_message(message, created_at, &mut left_out)),
        })
        .collect();
    let grown = grow(nodes, text(value, "current_node"));
    (0..grown.lost).for_each(|_| left_out.add("messages that follow one another in a circle"));
    let known = text(value, "conversation_id").or_else(|| text(value, "id"));
    let source = known.map_or_else(
        || format!("chatgpt:{}:{}", created_at.as_millis(), title(value.get("title"))),
        |known| format!("chatgpt:{known}"),
    );
    let updated_at = moment(value.get("update_time")).unwrap_or(created_at);
    Found {
        conversation: ImportedConversation {
            id,
            source: Some(source),
            title: title(value.get("title")),
            folder: String::new(),
            pinned: value.get("is_starred").and_then(Value::as_bool).unwrap_or(false),
            archived: value.get("is_archived").and_then(Value::as_bool).unwrap_or(false),
            settings: ConversationSettings::default(),
            created_at,
            updated_at: updated_at.max(created_at),
            leaf: grown.leaf,
            messages: grown.messages,
        },
        left_out,
    }
}

fn read_message(message: &Value, before: Timestamp, left_out: &mut LeftOut) -> Option<ImportedMessage> {
    let content = content(message.get("content")?, left_out);
    let role = match message.pointer("/author/role").and_then(Value::as_str) {
        Some("user") => Role::User,
        Some("assistant") => Role::Assistant,
        _ => {
            if !content.is_empty() {
                left_out.add("messages of the system or of tools");
            }
            return None;
        }
    };
    let hidden = message.pointer("/metadata/is_visually_hidden_from_conversation");
    if content.is_empty() || hidden.and_then(Value::as_bool) == Some(true) {
        return None;
    }
    let at = moment(message.get("create_time")).unwrap_or(before);
    let model = message.pointer("/metadata/model_slug").and_then(Value::as_str);
    Some(ImportedMessage {
        model: model.filter(|_| role == Role::Assistant).map(str::to_owned),
        ..said(role, content, at)
    })
}

fn content(content: &Value, left_out: &mut LeftOut) -> Vec<Content> {
    let kind = text(content, "content_type").unwrap_or("text");
    match kind {
        "text" | "multimodal_text" => {
            let parts = content
                .get("parts")
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            let mut texts = Vec::new();
            for part in parts {
                match part {
                    Value::String(text) if text.trim().is_empty() => {}
                    Value::String(text) => texts.push(text.as_str()),
                    part if text(part, "text").is_some() => texts.extend(text(part, "text")),
                    part => left_out.add(match text(part, "content_type") {
                        Some("image_asset_pointer") => "images",
                        Some(kind) if kind.contains("audio") => "recordings",
                        _ => "parts of unknown kind",
                    }),
                }
            }
            let joined = texts.join("\n\n");
            Some(joined)
                .filter(|text| !text.is_empty())
                .map(Content::Text)
                .into_iter()
                .collect()
        }
        "code" => {
            let language = text(content, "language")
                .filter(|language| *language != "unknown")
                .unwrap_or_default();
            let code = text(content, "text").map(|code| format!("```{language}\n{code}\n```"));
            code.map(Content::Text).into_iter().collect()
        }
        // What the model thought, what it looked up, what it knew of the user.
        _ => {
            left_out.add("parts that are no text");
            vec![]
        }
    }
}
