//! Agent Zero's memory tools, as the OpenAPI document tells of them: the tools themselves read and write JSON.
#![expect(dead_code, reason = "documents requests and responses of tools")]

use super::object::MemoryObject;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Parameters of `memory_load`.
#[derive(ToSchema)]
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
#[derive(ToSchema)]
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
#[derive(ToSchema)]
#[schema(as = MemoryDeleteTool)]
pub(crate) struct DeleteTool {
    /// Identifiers, with commas between them.
    #[schema(min_length = 1)]
    pub(crate) ids: String,
}

/// Parameters of `memory_forget`.
#[derive(ToSchema)]
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

/// A memory that a tool found.
#[derive(ToSchema)]
#[schema(as = MemoryToolHit)]
pub(crate) struct ToolHit {
    /// (1 + cosine) / 2.
    pub(crate) score: f64,
    #[serde(flatten)]
    pub(crate) memory: MemoryObject,
}

/// What `memory_load` found.
#[derive(ToSchema)]
#[schema(as = MemoryLoaded)]
pub(crate) struct LoadedTool {
    /// In Agent Zero's words: of each memory its metadata as `key: value` lines, then `Content: …`.
    pub(crate) result: String,
    /// The same, best first.
    pub(crate) hits: Vec<ToolHit>,
}

/// What `memory_save` did.
#[derive(ToSchema)]
#[schema(as = MemorySaved)]
pub(crate) struct SavedTool {
    /// In words.
    pub(crate) result: String,
    pub(crate) id: String,
}

/// What `memory_delete` did.
#[derive(ToSchema)]
#[schema(as = MemoriesDeleted)]
pub(crate) struct DeletedTool {
    /// In words.
    pub(crate) result: String,
    /// Those that existed, and are gone.
    pub(crate) deleted: Vec<String>,
}

/// What `memory_forget` did.
#[derive(ToSchema)]
#[schema(as = MemoriesForgotten)]
pub(crate) struct ForgottenTool {
    /// In words.
    pub(crate) result: String,
    /// Those that are gone.
    pub(crate) forgotten: Vec<String>,
}
