//! Where everything is kept: in the data directory, or, where several Councils share it, on a PostgreSQL server.

use super::{StartError, egress, postgres};
use crate::config::Config;
use council_core::forgetting::Forgetting;
use council_core::retention::Retention;
use council_core::{
    AccessStore, Budget, Clock, ConversationStore, EgressLog, Ledger, ReceiptStore, SettingsStore,
};
use council_models::egress::{EgressGate, GateMetrics};
use council_store::Store;
use std::sync::Arc;

/// What may be shared, and what left this machine, which is this machine's own business.
pub struct Stores {
    /// Conversations.
    pub conversations: Arc<dyn ConversationStore>,
    /// What each request used.
    pub ledger: Arc<dyn Ledger>,
    /// What may be spent.
    pub budget: Arc<dyn Budget>,
    /// Why each request was answered by whom.
    pub receipts: Arc<dyn ReceiptStore>,
    /// What is set at run time.
    pub settings: Arc<dyn SettingsStore>,
    /// Users, keys and sessions.
    pub access: Arc<dyn AccessStore>,
    /// Forgets of conversations and receipts.
    pub forgetting: Arc<dyn Forgetting>,
    /// Removes what is too old.
    pub retention: Arc<dyn Retention>,
    /// What left.
    pub egress: Arc<dyn EgressLog>,
    /// Whether other Councils may have the same.
    pub shared: bool,
    /// The gate that it is reached through.
    pub network: EgressGate,
    /// What all gates count.
    pub gates: GateMetrics,
}

impl Stores {
    /// As configured.
    ///
    /// # Errors
    /// [`StartError::Shared`]; where PostgreSQL is configured and was not built in, that.
    pub async fn open(
        config: &Config,
        local: &Arc<Store>,
        clock: Arc<dyn Clock>,
        registry: &prometheus::Registry,
    ) -> Result<Self, StartError> {
        let gates =
            GateMetrics::register(registry).map_err(|error| StartError::Internal(error.to_string()))?;
        let log = Arc::clone(local) as Arc<dyn EgressLog>;
        let network = egress::of_configuration(config, log, clock, gates.clone());
        match &config.database_url {
            Some(url) => {
                postgres::stores((url, config.database_ca_file.as_deref()), local, network, gates).await
            }
            None => Ok(Self {
                conversations: Arc::clone(local) as Arc<dyn ConversationStore>,
                ledger: Arc::clone(local) as Arc<dyn Ledger>,
                budget: Arc::clone(local) as Arc<dyn Budget>,
                receipts: Arc::clone(local) as Arc<dyn ReceiptStore>,
                settings: Arc::clone(local) as Arc<dyn SettingsStore>,
                access: Arc::clone(local) as Arc<dyn AccessStore>,
                forgetting: Arc::clone(local) as Arc<dyn Forgetting>,
                retention: Arc::clone(local) as Arc<dyn Retention>,
                egress: Arc::clone(local) as Arc<dyn EgressLog>,
                shared: false,
                network,
                gates,
            }),
        }
    }
}

/// The database of the data directory.
pub(super) async fn open_local(config: &Config) -> Result<Arc<Store>, StartError> {
    let (data_dir, key, keep) = (
        config.data_dir.clone(),
        config.database_key.clone(),
        config.keep_copies,
    );
    let opened = tokio::task::spawn_blocking(move || {
        let store = Store::open_with(&data_dir, key.get()?.as_ref())?;
        remove_old_copies(&data_dir, keep);
        Ok::<_, StartError>(store)
    });
    let opened = opened.await;
    opened.map_err(|error| StartError::Internal(error.to_string()))?
}

/// Removes copies of the database beyond those that are kept. One that stays is no reason not to start.
fn remove_old_copies(data_dir: &std::path::Path, keep: usize) {
    match council_store::backup::keep_copies(data_dir, keep) {
        Ok(removed) => {
            for copy in removed {
                tracing::info!(
                    path = %copy.display(),
                    "removed {}: `backup.keep` keeps {keep} copies of its kind", copy.display()
                );
            }
        }
        Err(error) => tracing::warn!(%error, "old copies of the database could not be removed: {error}"),
    }
}
