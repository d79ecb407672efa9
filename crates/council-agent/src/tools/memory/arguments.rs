//! What the memory tools are given, checked.

use crate::agent_zero::Filter;
use crate::agent_zero::tools::{LIMIT, OWN_METADATA, Query, THRESHOLD};
use council_core::{MemoryId, ToolError};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Longest text of one memory, and longest question, in bytes.
const MAX_TEXT_BYTES: usize = 65_536;
/// Largest metadata of one memory, as JSON, in bytes.
const MAX_METADATA_BYTES: usize = 16_384;
/// Most characters of an area's name.
const MAX_NAME_CHARS: usize = 128;

/// Arguments of `memory_load`.
#[derive(Deserialize)]
pub(super) struct LoadArguments {
    query: String,
    threshold: Option<f64>,
    limit: Option<usize>,
    filter: Option<String>,
}

/// Arguments of `memory_save`.
#[derive(Deserialize)]
pub(super) struct SaveArguments {
    text: String,
    area: Option<String>,
    #[serde(flatten)]
    metadata: Map<String, Value>,
}

/// Arguments of `memory_delete`.
#[derive(Deserialize)]
pub(super) struct DeleteArguments {
    ids: String,
}

/// Arguments of `memory_forget`.
#[derive(Deserialize)]
pub(super) struct ForgetArguments {
    query: String,
    threshold: Option<f64>,
    filter: Option<String>,
}

/// Reads arguments that follow the tool's schema.
pub(in super::super) fn read<T: DeserializeOwned>(arguments: Value) -> Result<T, ToolError> {
    serde_json::from_value(arguments)
        .map_err(|error| ToolError::invalid("", format!("the arguments cannot be read: {error}")))
}

impl LoadArguments {
    /// The question, and most answers.
    pub(super) fn question(self) -> Result<(Query, usize), ToolError> {
        let question = question(self.query, self.threshold, self.filter.as_deref())?;
        Ok((question, self.limit.unwrap_or(LIMIT)))
    }
}

impl ForgetArguments {
    pub(super) fn question(self) -> Result<Query, ToolError> {
        question(self.query, self.threshold, self.filter.as_deref())
    }
}

impl SaveArguments {
    /// Text, area and metadata.
    pub(super) fn note(self) -> Result<(String, String, Map<String, Value>), ToolError> {
        if let Some(own) = OWN_METADATA.iter().find(|own| self.metadata.contains_key(**own)) {
            let message = format!("`{own}` is given by the memory itself; leave it out");
            return Err(ToolError::invalid(*own, message));
        }
        let text = text("text", self.text, "write what to remember")?;
        let area = self.area.unwrap_or_else(|| "main".to_owned());
        let chars = area.chars().count();
        if !(1..=MAX_NAME_CHARS).contains(&chars) || area.chars().any(char::is_control) {
            let message =
                format!("`area` must have 1 to {MAX_NAME_CHARS} characters and no control characters");
            return Err(ToolError::invalid("area", message));
        }
        let size = serde_json::to_vec(&self.metadata).map_or(usize::MAX, |json| json.len());
        if size > MAX_METADATA_BYTES {
            let message = format!("`metadata` has {size} bytes; at most {MAX_METADATA_BYTES} are kept");
            return Err(ToolError::invalid("metadata", message));
        }
        Ok((text, area, self.metadata))
    }
}

impl DeleteArguments {
    pub(super) fn ids(self) -> Result<Vec<MemoryId>, ToolError> {
        let ids = self.ids.split(',').map(str::trim).filter(|id| !id.is_empty());
        let ids: Vec<MemoryId> = ids.map(|id| MemoryId(id.to_owned())).collect();
        if ids.is_empty() {
            let message = "`ids` is empty; send identifiers with commas between them";
            return Err(ToolError::invalid("ids", message));
        }
        Ok(ids)
    }
}

fn question(query: String, threshold: Option<f64>, filter: Option<&str>) -> Result<Query, ToolError> {
    let filter = Filter::parse(filter.unwrap_or_default())
        .map_err(|error| ToolError::invalid("filter", error.to_string()))?;
    Ok(Query {
        text: text("query", query, "write what to look for")?,
        threshold: threshold.unwrap_or(THRESHOLD),
        filter,
    })
}

/// A text that says something.
pub(in super::super) fn text(at: &str, text: String, remedy: &str) -> Result<String, ToolError> {
    if text.trim().is_empty() {
        return Err(ToolError::invalid(at, format!("`{at}` is empty; {remedy}")));
    }
    if text.len() > MAX_TEXT_BYTES {
        let bytes = text.len();
        let message = format!("`{at}` has {bytes} bytes; at most {MAX_TEXT_BYTES} are possible");
        return Err(ToolError::invalid(at, message));
    }
    Ok(text)
}
