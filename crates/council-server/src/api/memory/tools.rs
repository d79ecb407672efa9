//! Agent Zero's memory tools, with its parameters.

use super::name;
use super::object::MemoryObject;
use super::query::{limit, query};
use super::save::{metadata, text};
use crate::error::ApiError;
use crate::extract::{FromBody, parse_object};
use council_agent::agent_zero::Filter;
use council_agent::agent_zero::tools::{self, Hit, OWN_METADATA, Query};
use council_core::MemoryId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Parameters of `memory_load`.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = MemoryLoadTool)]
pub(crate) struct LoadTool {
    /// What it is about.
    #[schema(min_length = 1)]
    pub(crate) query: String,
    /// Least score, which is (1 + cosine) / 2.
    #[schema(minimum = 0, maximum = 1, default = 0.7)]
    pub(crate) threshold: Option<f64>,
    /// Most memories.
    #[schema(minimum = 1, maximum = 1000, default = 10)]
    pub(crate) limit: Option<i64>,
    /// A Python expression over the metadata, such as `area == 'main' and timestamp > '2025'`.
    #[schema(default = "", max_length = 4096)]
    pub(crate) filter: Option<String>,
}

/// Parameters of `memory_save`. Every further field is metadata.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = MemorySaveTool)]
pub(crate) struct SaveTool {
    #[schema(min_length = 1, max_length = 65_536)]
    pub(crate) text: String,
    /// A part of the memory by purpose: `main`, `fragments`, `solutions` or another.
    #[schema(default = "main")]
    pub(crate) area: Option<String>,
    #[serde(skip)]
    #[schema(value_type = Object, additional_properties)]
    pub(crate) metadata: Map<String, Value>,
}

/// Parameters of `memory_delete`.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = MemoryDeleteTool)]
pub(crate) struct DeleteTool {
    /// Identifiers, with commas between them.
    #[schema(min_length = 1)]
    pub(crate) ids: String,
}

/// Parameters of `memory_forget`.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = MemoryForgetTool)]
pub(crate) struct ForgetTool {
    /// What it is about.
    #[schema(min_length = 1)]
    pub(crate) query: String,
    /// Least score, which is (1 + cosine) / 2.
    #[schema(minimum = 0, maximum = 1, default = 0.7)]
    pub(crate) threshold: Option<f64>,
    /// A Python expression over the metadata.
    #[schema(default = "", max_length = 4096)]
    pub(crate) filter: Option<String>,
}

impl FromBody for LoadTool {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        parse_object(body)
    }
}

impl FromBody for SaveTool {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        let mut tool: Self = parse_object(body)?;
        tool.metadata = parse_object(body)?;
        // Keeps the others in their order.
        tool.metadata.shift_remove("text");
        tool.metadata.shift_remove("area");
        Ok(tool)
    }
}

impl FromBody for DeleteTool {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        parse_object(body)
    }
}

impl FromBody for ForgetTool {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        parse_object(body)
    }
}

fn question(text: String, threshold: Option<f64>, filter: Option<&str>) -> Result<Query, ApiError> {
    let threshold = threshold.unwrap_or(tools::THRESHOLD);
    if !(0.0..=1.0).contains(&threshold) {
        let message = format!("`threshold` is {threshold}; it must be 0 to 1");
        return Err(ApiError::invalid("threshold", message));
    }
    let filter = Filter::parse(filter.unwrap_or_default())
        .map_err(|error| ApiError::invalid("filter", error.to_string()))?;
    Ok(Query {
        text: query(text)?,
        threshold,
        filter,
    })
}

impl LoadTool {
    /// The question, and most answers.
    pub(crate) fn question(self) -> Result<(Query, usize), ApiError> {
        let limit = limit(self.limit)?;
        let question = question(self.query, self.threshold, self.filter.as_deref())?;
        Ok((question, limit))
    }
}

impl ForgetTool {
    pub(crate) fn question(self) -> Result<Query, ApiError> {
        question(self.query, self.threshold, self.filter.as_deref())
    }
}

impl SaveTool {
    /// Text, area and metadata.
    pub(crate) fn note(self) -> Result<(String, String, Map<String, Value>), ApiError> {
        if let Some(own) = OWN_METADATA.iter().find(|own| self.metadata.contains_key(**own)) {
            let message = format!("`{own}` is given by the memory itself; leave it out");
            return Err(ApiError::invalid(*own, message));
        }
        let area = self.area.unwrap_or_else(|| "main".to_owned());
        Ok((
            text("text", self.text)?,
            name("area", area)?,
            metadata("metadata", self.metadata)?,
        ))
    }
}

impl DeleteTool {
    pub(crate) fn ids(self) -> Result<Vec<MemoryId>, ApiError> {
        let ids = self.ids.split(',').map(str::trim).filter(|id| !id.is_empty());
        let ids: Vec<MemoryId> = ids.map(|id| MemoryId(id.to_owned())).collect();
        if ids.is_empty() {
            return Err(ApiError::invalid(
                "ids",
                "`ids` is empty; send identifiers with commas between them",
            ));
        }
        Ok(ids)
    }
}

/// A memory that a tool found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemoryToolHit)]
pub(crate) struct ToolHit {
    /// (1 + cosine) / 2.
    pub(crate) score: f64,
    #[serde(flatten)]
    pub(crate) memory: MemoryObject,
}

impl From<Hit> for ToolHit {
    fn from(hit: Hit) -> Self {
        Self {
            score: hit.score,
            memory: hit.memory.into(),
        }
    }
}

/// What `memory_load` found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemoryLoaded)]
pub(crate) struct LoadedTool {
    /// In Agent Zero's words: of each memory its metadata as `key: value` lines, then `Content: …`.
    pub(crate) result: String,
    /// The same, best first.
    pub(crate) hits: Vec<ToolHit>,
}

/// What `memory_save` did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemorySaved)]
pub(crate) struct SavedTool {
    /// In words.
    pub(crate) result: String,
    pub(crate) id: String,
}

/// What `memory_delete` did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemoriesDeleted)]
pub(crate) struct DeletedTool {
    /// In words.
    pub(crate) result: String,
    /// Those that existed, and are gone.
    pub(crate) deleted: Vec<String>,
}

/// What `memory_forget` did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemoriesForgotten)]
pub(crate) struct ForgottenTool {
    /// In words.
    pub(crate) result: String,
    /// Those that are gone.
    pub(crate) forgotten: Vec<String>,
}
