//! Messages and tools in the shape that published chat templates expect.

use super::TemplateError;
use council_core::{Content, Message, Role, ToolSpec};
use minijinja::Value;
use serde_json::Value as Json;

/// What one prompt is made from.
pub(super) struct Conversation<'a> {
    pub(super) messages: &'a [Message],
    pub(super) tools: &'a [ToolSpec],
    pub(super) nine_char_ids: bool,
}

/// Applied to every text that comes from outside.
type MapText<'a> = &'a mut dyn FnMut(&str) -> String;

impl Conversation<'_> {
    /// `[{"role", "content", "name"?, "tool_calls"?, "tool_call_id"?}]`. `content` is `""` for a message that only
    /// calls tools; the optional keys are absent, not null, because templates ask `'tool_calls' in message`.
    pub(super) fn messages_value(&self, content: MapText<'_>) -> Result<Value, TemplateError> {
        let mut out = Vec::with_capacity(self.messages.len());
        for (index, message) in self.messages.iter().enumerate() {
            if message.has_images() {
                return Err(TemplateError::Image(index));
            }
            out.push(self.message_value(index, message, content));
        }
        Ok(Value::from(out))
    }

    /// OpenAI's tool objects, or `None` without tools.
    pub(super) fn tools_value(&self, content: MapText<'_>) -> Value {
        if self.tools.is_empty() {
            return Value::from(());
        }
        self.tools
            .iter()
            .map(|tool| {
                let mut function = vec![("name", Value::from(content(&tool.name)))];
                if let Some(description) = &tool.description {
                    function.push(("description", Value::from(content(description))));
                }
                function.push(("parameters", from_json(&tool.parameters, content)));
                Value::from_pairs([
                    ("type", Value::from("function")),
                    ("function", Value::from_pairs(function)),
                ])
            })
            .collect()
    }

    fn message_value(&self, index: usize, message: &Message, content: MapText<'_>) -> Value {
        let text = match message.content.as_slice() {
            [Content::Text(text)] => content(text),
            _ => content(&message.joined_text()),
        };
        let mut pairs = vec![
            ("role", Value::from(message.role.as_str())),
            ("content", Value::from(text)),
        ];
        let name = message
            .name
            .as_deref()
            .or_else(|| self.called_name(index, message));
        if let Some(name) = name {
            pairs.push(("name", Value::from(content(name))));
        }
        if !message.tool_calls.is_empty() {
            pairs.push(("tool_calls", self.tool_calls_value(message, content)));
        }
        if let Some(id) = &message.tool_call_id {
            pairs.push(("tool_call_id", Value::from(content(&self.call_id(id)))));
        }
        Value::from_pairs(pairs)
    }

    fn tool_calls_value(&self, message: &Message, content: MapText<'_>) -> Value {
        message
            .tool_calls
            .iter()
            .map(|call| {
                let arguments = match serde_json::from_str::<Json>(&call.arguments) {
                    Ok(object @ Json::Object(_)) => from_json(&object, content),
                    _ => Value::from(content(&call.arguments)),
                };
                let function = Value::from_pairs([
                    ("name", Value::from(content(&call.name))),
                    ("arguments", arguments),
                ]);
                Value::from_pairs([
                    ("id", Value::from(content(&self.call_id(&call.id)))),
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

fn from_json(json: &Json, content: MapText<'_>) -> Value {
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
        Json::String(text) => Value::from(content(text)),
        Json::Array(items) => {
            let items: Vec<Value> = items.iter().map(|item| from_json(item, content)).collect();
            Value::from(items)
        }
        Json::Object(fields) => {
            let fields: Vec<(String, Value)> = fields
                .iter()
                .map(|(key, value)| (content(key), from_json(value, content)))
                .collect();
            Value::from_pairs(fields)
        }
    }
}
