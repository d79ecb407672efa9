//! What is kept on a PostgreSQL server, where this program was built with that.

#[cfg(feature = "postgres")]
mod retention;

use super::StartError;
use super::stores::Stores;
use council_core::{Clock, EmbedderInfo, MemoryStore, RecallTimes, Secret};
use council_models::egress::{EgressGate, GateMetrics};
use council_store::Store;
use std::path::Path;
use std::sync::Arc;

#[cfg(feature = "postgres")]
fn at(url: &Secret, ca_file: Option<&Path>) -> council_store::DatabaseAddress {
    council_store::DatabaseAddress {
        url: url.clone(),
        ca_file: ca_file.map(Path::to_owned),
    }
}

/// Everything that several Councils share, and the rest in the data directory. Connects through `network`.
#[cfg(feature = "postgres")]
pub(super) async fn stores(
    (url, ca_file): (&Secret, Option<&Path>),
    local: &Arc<Store>,
    network: EgressGate,
    gates: GateMetrics,
) -> Result<Stores, StartError> {
    let egress = Arc::new(network.clone()) as Arc<dyn council_core::Egress>;
    let shared = council_store::PostgresStore::open(at(url, ca_file), "database.url", egress)
        .await
        .map_err(StartError::Shared)?;
    Ok(Stores {
        conversations: Arc::clone(&shared) as Arc<dyn council_core::ConversationStore>,
        ledger: Arc::clone(&shared) as Arc<dyn council_core::Ledger>,
        budget: Arc::clone(&shared) as Arc<dyn council_core::Budget>,
        receipts: Arc::clone(&shared) as Arc<dyn council_core::ReceiptStore>,
        access: Arc::clone(&shared) as Arc<dyn council_core::AccessStore>,
        forgetting: Arc::clone(&shared) as Arc<dyn council_core::forgetting::Forgetting>,
        retention: Arc::new(retention::Both::new(&shared, local)),
        settings: shared,
        egress: Arc::clone(local) as Arc<dyn council_core::EgressLog>,
        shared: true,
        network,
        gates,
    })
}

/// Refuses: what somebody means to share is not quietly kept here.
#[cfg(not(feature = "postgres"))]
#[expect(clippy::unused_async, reason = "the same as with the feature")]
pub(super) async fn stores(
    _address: (&Secret, Option<&Path>),
    _local: &Arc<Store>,
    _network: EgressGate,
    _gates: GateMetrics,
) -> Result<Stores, StartError> {
    Err(StartError::NoPostgres("database.url"))
}

/// Connects to the server, through the gate to the network; `on_recall` hears how long the parts of each search took.
#[cfg(feature = "postgres")]
pub(super) async fn memory(
    (url, ca_file): (&Secret, Option<&Path>),
    embedder: &EmbedderInfo,
    clock: Arc<dyn Clock>,
    network: &EgressGate,
    on_recall: impl Fn(&RecallTimes) + Send + Sync + 'static,
) -> Result<Arc<dyn MemoryStore>, StartError> {
    let network = Arc::new(network.clone());
    let memory =
        council_store::PostgresMemory::open(at(url, ca_file), embedder, clock, network, on_recall).await?;
    Ok(memory)
}

/// Refuses: memories that somebody means to keep on a server are not quietly kept elsewhere.
#[cfg(not(feature = "postgres"))]
#[expect(clippy::unused_async, reason = "the same as with the feature")]
pub(super) async fn memory(
    _address: (&Secret, Option<&Path>),
    _embedder: &EmbedderInfo,
    _clock: Arc<dyn Clock>,
    _network: &EgressGate,
    _on_recall: impl Fn(&RecallTimes) + Send + Sync + 'static,
) -> Result<Arc<dyn MemoryStore>, StartError> {
    Err(StartError::NoPostgres("memory.postgres_url"))
}
