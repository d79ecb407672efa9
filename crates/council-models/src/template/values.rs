//! Messages and tools in the shape that published chat templates expect.

use super::{Outside, TemplateError};
use council_core::{Content, Message, Role, ToolSpec};
use minijinja::Value;
use serde_json::Value as Json;

/// What one prompt is made from.
pub(super) struct Conversation<'a> {
    pub(super) messages: &'a [Message],
    pub(super) tools: &'a [ToolSpec],
    pub(super) nine_char_ids: bool,
    /// Whether a message's content is a list of typed parts instead of a text.
    pub(super) typed_content: bool,
}

impl Conversation<'_> {
    /// `[{"role", "content", "name"?, "tool_calls"?, "tool_call_id"?}]`. `content` is `""` for a message that only
    /// calls tools; the optional keys are absent, not null, because templates ask `'tool_calls' in message`.
    pub(super) fn messages_value(&self, content: &mut dyn Outside) -> Result<Value, TemplateError> {
        let mut out = Vec::with_capacity(self.messages.len());
        for (index, message) in self.messages.iter().enumerate() {
            let text = content_text(message, content).ok_or(TemplateError::Image(index))?;
            out.push(self.message_value(index, message, text, content));
        }
        Ok(Value::from(out))
    }

    /// OpenAI's tool objects, or `None` without tools.
    pub(super) fn tools_value(&self, content: &mut dyn Outside) -> Value {
        if self.tools.is_empty() {
            return Value::from(());
        }
        self.tools
            .iter()
            .map(|tool| {
                let mut function = vec![("name", Value::from(content.text(&tool.name)))];
                if let Some(description) = &tool.description {
                    function.push(("description", Value::from(content.text(description))));
                }
                function.push(("parameters", from_json(&tool.parameters, content)));
                Value::from_pairs([
                    ("type", Value::from("function")),
                    ("function", Value::from_pairs(function)),
                ])
            })
            .collect()
    }

    fn message_value(
        &self,
        index: usize,
        message: &Message,
        text: String,
        content: &mut dyn Outside,
    ) -> Value {
        let mut pairs = vec![
            ("role", Value::from(message.role.as_str())),
            ("content", self.content_value(text)),
        ];
        let name = message
            .name
            .as_deref()
            .or_else(|| self.called_name(index, message));
        if let Some(name) = name {
            pairs.push(("name", Value::from(content.text(name))));
        }
        if !message.tool_calls.is_empty() {
            pairs.push(("tool_calls", self.tool_calls_value(message, content)));
        }
        if let Some(id) = &message.tool_call_id {
            pairs.push(("tool_call_id", Value::from(content.text(&self.call_id(id)))));
        }
        Value::from_pairs(pairs)
    }

    fn content_value(&self, text: String) -> Value {
        if !self.typed_content {
            return Value::from(text);
        }
        let part = Value::from_pairs([("type", Value::from("text")), ("text", Value::from(text))]);
        Value::from(vec![part])
    }

    fn tool_calls_value(&self, message: &Message, content: &mut dyn Outside) -> Value {
        message
            .tool_calls
            .iter()
            .map(|call| {
                let arguments = match serde_json::from_str::<Json>(&call.arguments) {
                    Ok(object @ Json::Object(_)) => from_json(&object, content),
                    _ => Value::from(content.text(&call.arguments)),
                };
                let function = Value::from_pairs([
                    ("name", Value::from(content.text(&call.name))),
                    ("arguments", arguments),
                ]);
                Value::from_pairs([
                    ("id", Value::from(content.text(&self.call_id(&call.id)))),
                    ("type", Value::from("function")),
                    ("function", function),
                ])
            })
            .collect()
    }

    /// The name of the tool that a result without a name belongs to. Only the latest assistant message with calls
    /// can have made the call, so that the search is short.
    fn called_name(&self, index: usize, message: &Message) -> Option<&str> {
        let id = message
            .tool_call_id
            .as_ref()
            .filter(|_| message.role == Role::Tool)?;
        let caller = self.messages[..index]
            .iter()
            .rev()
            .find(|earlier| !earlier.tool_calls.is_empty())?;
        let call = caller.tool_calls.iter().find(|call| call.id == *id)?;
        Some(&call.name)
    }

    fn call_id(&self, id: &str) -> String {
        if self.nine_char_ids {
            nine_char_id(id)
        } else {
            id.to_owned()
        }
    }
}

/// What a message says, with its images where they are; `None` where there can be none.
fn content_text(message: &Message, outside: &mut dyn Outside) -> Option<String> {
    if !message.has_images() {
        return Some(match message.content.as_slice() {
            [Content::Text(text)] => outside.text(text),
            _ => outside.text(&message.joined_text()),
        });
    }
    let mut out = String::new();
    for part in &message.content {
        match part {
            Content::Text(text) => out.push_str(&outside.text(text)),
            Content::File(file) => out.push_str(&outside.text(&file.quoted())),
            Content::ImageUrl(url) => out.push(outside.image(url)?),
            // It is read from the conversation before it comes here.
            Content::Image(_) => return None,
        }
    }
    Some(out)
}

/// Nine letters and digits that stand for `id`: itself where it is that already, otherwise a hash (FNV-1a).
fn nine_char_id(id: &str) -> String {
    const DIGITS: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if id.len() == 9 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return id.to_owned();
    }
    let mut hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut out = String::with_capacity(9);
    for _ in 0..9 {
        out.push(char::from(DIGITS[(hash % 62) as usize]));
        hash /= 62;
    }
    out
}

fn from_json(json: &Json, content: &mut dyn Outside) -> Value {
    match json {
        Json::Null => Value::from(()),
        Json::Bool(value) => Value::from(*value),
        Json::Number(number) => {
            if let Some(value) = number.as_i64() {
                Value::from(value)
            } else if let Some(value) = number.as_u64() {
                Value::from(value)
            } else {
                Value::from(number.as_f64())
            }
        }
        Json::String(text) => Value::from(content.text(text)),
        Json::Array(items) => {
            let items: Vec<Value> = items.iter().map(|item| from_json(item, content)).collect();
            Value::from(items)
        }
        Json::Object(fields) => {
            let fields: Vec<(String, Value)> = fields
                .iter()
                .map(|(key, value)| (content.text(key), from_json(value, content)))
                .collect();
            Value::from_pairs(fields)
        }
    }
}
