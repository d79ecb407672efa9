//! Council's own tools, and direct calls of them.

use crate::error::ApiError;
use crate::extract::{FromBody, parse_object};
use council_core::{ToolDescription, ToolOutput};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// `GET /v1/tools`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ToolList)]
pub(crate) struct ToolListObject {
    /// `list`.
    pub(crate) object: &'static str,
    /// In the order in which models read of them.
    pub(crate) data: Vec<ToolObject>,
}

/// One of Council's own tools.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tool)]
pub(crate) struct ToolObject {
    pub(crate) name: String,
    pub(crate) description: String,
    /// JSON Schema of the arguments.
    #[schema(value_type = Object)]
    pub(crate) parameters: Value,
    /// What it does at most: `read_only`, `writes`, `executes` or `egress`.
    pub(crate) effect: &'static str,
    /// Whether a request that allows tools need not name it.
    pub(crate) enabled: bool,
}

impl ToolObject {
    pub(crate) fn new(tool: &ToolDescription, enabled: bool) -> Self {
        Self {
            name: tool.name.clone(),
            description: tool.description.clone(),
            parameters: tool.parameters.clone(),
            effect: tool.effect.as_str(),
            enabled,
        }
    }
}

/// Arguments of a tool, as its schema says.
#[derive(Debug, ToSchema)]
#[schema(as = ToolArguments, value_type = Object)]
pub(crate) struct ToolArguments(pub(crate) Map<String, Value>);

impl FromBody for ToolArguments {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        parse_object(body).map(Self)
    }
}

/// What a tool gave: a text, and beside it the fields of its data.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ToolResult)]
pub(crate) struct ToolResultObject {
    /// What a model would read.
    pub(crate) result: String,
    #[serde(flatten)]
    #[schema(value_type = Object, additional_properties)]
    pub(crate) data: Map<String, Value>,
}

impl From<ToolOutput> for ToolResultObject {
    fn from(output: ToolOutput) -> Self {
        let data = match output.data {
            Value::Object(fields) => fields,
            Value::Null => Map::new(),
            other => Map::from_iter([("data".to_owned(), other)]),
        };
        Self {
            result: output.text,
            data,
        }
    }
}
