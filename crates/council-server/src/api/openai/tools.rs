//! Tools, the choice among them, and calls of them.

use crate::api::turn_tools::{ToolsField, ToolsOrder};
use crate::error::ApiError;
use crate::extract::{object, optional_object};
use council_core::{ToolCall, ToolChoice, ToolSpec};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::fmt;
use utoipa::ToSchema;

/// A tool that the model may call.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ToolField {
    /// `function`.
    pub(crate) r#type: String,
    #[serde(default, deserialize_with = "optional_object")]
    pub(crate) function: Option<FunctionField>,
}

/// A function that the model may call.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct FunctionField {
    /// 1 to 64 letters, digits, `_` and `-`.
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// JSON Schema of the arguments.
    #[schema(value_type = Option<Object>)]
    pub(crate) parameters: Option<Map<String, Value>>,
    /// Whether the arguments must follow the schema exactly.
    pub(crate) strict: Option<bool>,
}

/// `auto`, `none`, `required`, or one function.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(
    untagged,
    expecting = "`auto`, `none`, `required` or {\"type\": \"function\", \"function\": {\"name\": …}}"
)]
pub(crate) enum ToolChoiceField {
    Mode(String),
    Function { function: FunctionName },
}

/// A function by name.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct FunctionName {
    pub(crate) name: String,
}

/// A call that the model made.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct ToolCallObject {
    /// The tool message that answers it refers to it.
    pub(crate) id: String,
    /// `function`.
    #[serde(default = "function")]
    pub(crate) r#type: String,
    #[serde(deserialize_with = "object")]
    pub(crate) function: CalledFunction,
}

/// The function that a call names.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct CalledFunction {
    pub(crate) name: String,
    /// A JSON object as text, as the model wrote it.
    pub(crate) arguments: String,
}

fn function() -> String {
    "function".to_owned()
}

impl From<ToolCall> for ToolCallObject {
    fn from(call: ToolCall) -> Self {
        let function_called = CalledFunction {
            name: call.name,
            arguments: call.arguments,
        };
        Self {
            id: call.id,
            r#type: function(),
            function: function_called,
        }
    }
}

impl From<ToolCallObject> for ToolCall {
    fn from(call: ToolCallObject) -> Self {
        Self {
            id: call.id,
            name: call.function.name,
            arguments: call.function.arguments,
        }
    }
}

/// What `tools` may be.
#[derive(Clone, Debug, ToSchema)]
#[serde(untagged)]
pub(crate) enum ToolsParam {
    /// Functions of the client's.
    Functions(Vec<ToolField>),
    /// Tools of Council's own.
    Own(ToolsField),
}

/// An entry of `tools`.
enum Entry {
    Name(String),
    Function(ToolField),
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Entry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Entry, E> {
                Ok(Entry::Name(name.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Entry, A::Error> {
                ToolField::deserialize(MapAccessDeserializer::new(fields)).map(Entry::Function)
            }
        }
        deserializer.deserialize_any(Entries)
    }
}

impl<'de> Deserialize<'de> for ToolsParam {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tools;
        impl<'de> Visitor<'de> for Tools {
            type Value = ToolsParam;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of tools, `auto`, `none` or an array of names")
            }

            fn visit_str<E: serde::de::Error>(self, mode: &str) -> Result<ToolsParam, E> {
                Ok(ToolsParam::Own(ToolsField::Mode(mode.to_owned())))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<ToolsParam, A::Error> {
                let (mut names, mut functions) = (Vec::new(), Vec::new());
                while let Some(entry) = entries.next_element()? {
                    match entry {
                        Entry::Name(name) => names.push(name),
                        Entry::Function(function) => functions.push(function),
                    }
                }
                match (names.is_empty(), functions.is_empty()) {
                    (true, _) => Ok(ToolsParam::Functions(functions)),
                    (false, true) => Ok(ToolsParam::Own(ToolsField::Names(names))),
                    // Two parties cannot answer the calls of one message.
                    (false, false) => Err(serde::de::Error::custom(
                        "names of Council's tools and functions of the client's, expected one of the two",
                    )),
                }
            }
        }
        deserializer.deserialize_any(Tools)
    }
}

const MAX_TOOLS: usize = 128;

/// The client's tools of a request, and Council's.
pub(crate) fn tools(field: Option<ToolsParam>) -> Result<(Vec<ToolSpec>, ToolsOrder), ApiError> {
    match field {
        None => Ok((Vec::new(), ToolsOrder::Usual)),
        Some(ToolsParam::Functions(fields)) => Ok((functions(fields)?, ToolsOrder::Usual)),
        Some(ToolsParam::Own(field)) => Ok((Vec::new(), field.order()?)),
    }
}

fn functions(fields: Vec<ToolField>) -> Result<Vec<ToolSpec>, ApiError> {
    if fields.len() > MAX_TOOLS {
        let message = format!(
            "`tools` has {} entries; at most {MAX_TOOLS} are possible",
            fields.len()
        );
        return Err(ApiError::invalid("tools", message));
    }
    let mut names = HashSet::new();
    let one = |(index, field): (usize, ToolField)| {
        if field.r#type != "function" {
            let at = format!("tools[{index}].type");
            let message = format!("`{at}` is `{}`; only `function` is known", field.r#type);
            return Err(ApiError::invalid(at, message));
        }
        let at = format!("tools[{index}].function");
        let function = field
            .function
            .ok_or_else(|| ApiError::invalid(&*at, format!("`{at}` is missing")))?;
        check_name(&format!("{at}.name"), &function.name)?;
        if !names.insert(function.name.clone()) {
            let message = format!("`{at}.name` is `{}`, which another tool has too", function.name);
            return Err(ApiError::invalid(format!("{at}.name"), message));
        }
        let parameters = function
            .parameters
            .map_or_else(|| json!({"type": "object", "properties": {}}), Value::Object);
        Ok(ToolSpec {
            name: function.name,
            description: function.description,
            parameters,
            strict: function.strict.unwrap_or(false),
        })
    };
    fields.into_iter().enumerate().map(one).collect()
}

fn check_name(field: &str, name: &str) -> Result<(), ApiError> {
    let good = (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if good {
        return Ok(());
    }
    let message = format!("`{field}` is `{name}`; it must be 1 to 64 letters, digits, `_` and `-`");
    Err(ApiError::invalid(field, message))
}

/// The choice among `tools`, which are the client's, unless Council's `own` are asked for.
pub(crate) fn choice(
    field: Option<ToolChoiceField>,
    tools: &[ToolSpec],
    own: bool,
) -> Result<ToolChoice, ApiError> {
    let choice = match field {
        None => ToolChoice::Auto,
        Some(ToolChoiceField::Mode(mode)) => match mode.as_str() {
            "auto" => ToolChoice::Auto,
            "none" => ToolChoice::None,
            "required" | "any" => ToolChoice::Required,
            other => {
                let message = format!(
                    "`tool_choice` is `{other}`; it must be `auto`, `none`, `required` or a function"
                );
                return Err(ApiError::invalid("tool_choice", message));
            }
        },
        Some(ToolChoiceField::Function { function }) => ToolChoice::Named(function.name),
    };
    match &choice {
        ToolChoice::Required | ToolChoice::Named(_) if own => {
            let message = "`tool_choice` must be `auto` or `none` with tools that Council runs";
            return Err(ApiError::invalid("tool_choice", message));
        }
        ToolChoice::Required if tools.is_empty() => {
            return Err(ApiError::invalid(
                "tool_choice",
                "`tool_choice` is `required`, and `tools` is empty",
            ));
        }
        ToolChoice::Auto | ToolChoice::None | ToolChoice::Required => {}
        ToolChoice::Named(name) => {
            if !tools.iter().any(|tool| tool.name == *name) {
                let message = format!("`tool_choice` names `{name}`, which is not among `tools`");
                return Err(ApiError::invalid("tool_choice", message));
            }
        }
    }
    Ok(choice)
}
