//! What a memory was before.

use super::object::MemoryObject;
use council_core::MemoryVersion;
use serde::Serialize;
use utoipa::ToSchema;

/// A memory as it was from one change to the next.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemoryVersion)]
pub(crate) struct VersionObject {
    /// What made this version: `created`, `changed`, `retired` or `undone`.
    pub(crate) event: &'static str,
    /// The memory from then on; `updated_at` says when that was.
    pub(crate) memory: MemoryObject,
}

/// The versions of a memory, oldest first; the last is what it is now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemoryHistory)]
pub(crate) struct HistoryObject {
    /// `list`.
    pub(crate) object: &'static str,
    pub(crate) data: Vec<VersionObject>,
}

impl From<Vec<MemoryVersion>> for HistoryObject {
    fn from(versions: Vec<MemoryVersion>) -> Self {
        let versions = versions.into_iter().map(|version| VersionObject {
            event: version.event.as_str(),
            memory: version.memory.into(),
        });
        Self {
            object: "list",
            data: versions.collect(),
        }
    }
}
