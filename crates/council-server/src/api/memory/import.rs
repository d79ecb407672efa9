//! How far an import is.

use crate::api::error::ErrorBody;
use serde::Serialize;
use utoipa::ToSchema;

/// How far an import is, and what it did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = MemoryImport)]
pub(crate) struct ImportObject {
    /// Lines that were read; for an Agent Zero folder, its documents.
    pub(crate) lines: u64,
    /// Bytes that were read.
    pub(crate) bytes: u64,
    /// Memories that were new, and are stored.
    pub(crate) imported: u64,
    /// Memories that were there already, and stayed as they were.
    pub(crate) skipped: u64,
    /// Memories that have no vectors yet: words find them, meaning does not. Null while lines are read.
    pub(crate) waiting: Option<u64>,
    /// Whether this is the end.
    pub(crate) done: bool,
    /// What was left out or changed, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) notes: Vec<String>,
}

/// What a streamed import sends.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = MemoryImportEvent)]
pub(crate) enum ImportEvent {
    Progress(ImportObject),
    Failed(ErrorBody),
}
