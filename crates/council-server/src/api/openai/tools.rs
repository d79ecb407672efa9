//! Tools, the choice among them, and calls of them.

use crate::error::ApiError;
use crate::extract::{object, optional_object};
use council_core::{ToolCall, ToolChoice, ToolSpec};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::HashSet;
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

const MAX_TOOLS: usize = 128;

/// The tools of a request.
pub(crate) fn tools(fields: Option<Vec<ToolField>>) -> Result<Vec<ToolSpec>, ApiError> {
    let fields = fields.unwrap_or_default();
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

/// The choice among `tools`.
pub(crate) fn choice(field: Option<ToolChoiceField>, tools: &[ToolSpec]) -> Result<ToolChoice, ApiError> {
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
