//! Memories on a PostgreSQL server, where this program was built with that.

use super::StartError;
use crate::config::Secret;
use council_core::{Clock, EmbedderInfo, MemoryStore, RecallTimes};
use std::sync::Arc;

/// Connects to the server; `on_recall` hears how long the parts of each search took.
#[cfg(feature = "postgres")]
pub(super) async fn memory(
    url: &Secret,
    embedder: &EmbedderInfo,
    clock: Arc<dyn Clock>,
    on_recall: impl Fn(&RecallTimes) + Send + Sync + 'static,
) -> Result<Arc<dyn MemoryStore>, StartError> {
    let memory = council_store::PostgresMemory::open(&url.0, embedder, clock, on_recall).await?;
    Ok(memory)
}

/// Refuses: memories that somebody means to keep on a server are not quietly kept elsewhere.
#[cfg(not(feature = "postgres"))]
#[expect(clippy::unused_async, reason = "the same as with the feature")]
pub(super) async fn memory(
    _url: &Secret,
    _embedder: &EmbedderInfo,
    _clock: Arc<dyn Clock>,
    _on_recall: impl Fn(&RecallTimes) + Send + Sync + 'static,
) -> Result<Arc<dyn MemoryStore>, StartError> {
    Err(StartError::NoPostgres)
}
