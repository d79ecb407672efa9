//! What the memory holds, in numbers.

use council_core::{EmbedderInfo, MemoryCounts, MemoryStats};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What makes the vectors.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemoryEmbedder)]
pub(crate) struct EmbedderObject {
    pub(crate) id: String,
    /// Numbers per vector.
    pub(crate) dimensions: usize,
}

/// What the memory holds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemoryStats)]
pub(crate) struct MemoryCountsObject {
    /// Memories that count as known and are not kept apart. `kinds`, `areas`, `projects` and `sessions` count these.
    pub(crate) memories: u64,
    /// By kind; those of which there is none are left out.
    pub(crate) kinds: BTreeMap<&'static str, u64>,
    /// By area.
    pub(crate) areas: BTreeMap<String, u64>,
    /// By project; those without one are left out.
    pub(crate) projects: BTreeMap<String, u64>,
    /// Sessions that any of them belongs to.
    pub(crate) sessions: u64,
    /// Documents that are remembered.
    pub(crate) sources: u64,
    /// Memories that are kept apart until somebody confirms them.
    pub(crate) quarantined: u64,
    /// Memories that were superseded or taken back, and kept as history.
    pub(crate) retired: u64,
    /// Memories that words find and meaning does not yet.
    pub(crate) waiting: u64,
    /// Size of the index in memory.
    pub(crate) index_bytes: u64,
    pub(crate) embedder: EmbedderObject,
}

impl MemoryCountsObject {
    pub(crate) fn new(
        counts: MemoryCounts,
        stats: MemoryStats,
        sources: usize,
        embedder: &EmbedderInfo,
    ) -> Self {
        let kinds = counts.kinds.into_iter();
        Self {
            memories: counts.known,
            kinds: kinds.map(|(kind, count)| (kind.as_str(), count)).collect(),
            areas: counts.areas,
            projects: counts.projects,
            sessions: counts.sessions,
            sources: sources as u64,
            quarantined: counts.quarantined,
            retired: counts.retired,
            waiting: stats.waiting,
            index_bytes: stats.index_bytes,
            embedder: EmbedderObject {
                id: embedder.id.clone(),
                dimensions: embedder.dimensions,
            },
        }
    }
}
