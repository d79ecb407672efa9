//! The one gate to the network: that of a server, and that of a command, which may run beside one.

use super::clock::SystemClock;
use crate::config::{Config, DatabaseKey};
use async_trait::async_trait;
use council_agent::LiveSettings;
use council_core::{
    Carried, Clock, EgressEntry, EgressFilter, EgressId, EgressLog, EgressOutcome, EgressRules, EgressTotal,
    NewEgress, Page, SettingsStore, StoreError,
};
use council_models::egress::{EgressGate, GateMetrics};
use council_store::Store;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// The gate of a process that has the store: what is set counts from the next request on.
pub(super) fn of_settings(
    settings: &LiveSettings,
    log: Arc<dyn EgressLog>,
    clock: Arc<dyn Clock>,
    metrics: GateMetrics,
) -> EgressGate {
    let settings = settings.clone();
    EgressGate::new(move || settings.egress_rules(), log, clock, metrics)
}

/// The gate to the database that holds the settings: what is configured counts. If a setting closed it, nobody could set it
/// back.
pub(super) fn of_configuration(
    config: &Config,
    log: Arc<dyn EgressLog>,
    clock: Arc<dyn Clock>,
    metrics: GateMetrics,
) -> EgressGate {
    let configured = config.settings();
    let rules = EgressRules {
        local_only: configured.local_only,
        allow: configured.egress_allow,
    };
    EgressGate::new(move || rules.clone(), log, clock, metrics)
}

/// The gate of a command, made when it is first needed. Clones are the same gate.
#[derive(Clone)]
pub struct CommandEgress(Arc<Parts>);

struct Parts {
    configured: Config,
    log: Arc<CommandLog>,
    gate: OnceCell<EgressGate>,
}

impl CommandEgress {
    /// That of a command with this configuration. Opens nothing yet.
    pub fn new(config: &Config) -> Self {
        Self(Arc::new(Parts {
            log: Arc::new(CommandLog {
                data_dir: config.data_dir.clone(),
                key: config.database_key.clone(),
                store: OnceCell::new(),
            }),
            configured: config.clone(),
            gate: OnceCell::new(),
        }))
    }

    /// The gate, which keeps what is set in the data directory, where something is.
    ///
    /// # Errors
    /// When its metrics cannot be registered.
    pub async fn gate(&self) -> Result<EgressGate, prometheus::Error> {
        let make = async {
            let rules = self.rules().await;
            let metrics = GateMetrics::register(&prometheus::Registry::new())?;
            let log = Arc::clone(&self.0.log) as Arc<dyn EgressLog>;
            Ok(EgressGate::new(
                move || rules.clone(),
                log,
                Arc::new(SystemClock),
                metrics,
            ))
        };
        self.0.gate.get_or_try_init(|| make).await.cloned()
    }

    async fn rules(&self) -> EgressRules {
        let configured = self.0.configured.settings();
        let usual = EgressRules {
            local_only: configured.local_only,
            allow: configured.egress_allow.clone(),
        };
        if !self.0.log.data_dir.join("council.db").exists() {
            return usual;
        }
        let opened = match self.0.log.store().await {
            Ok(store) => {
                let kept = Arc::clone(store) as Arc<dyn SettingsStore>;
                LiveSettings::open(kept, Arc::new(SystemClock), configured).await
            }
            Err(error) => Err(error),
        };
        // Where the settings cannot be read, no line can be written either, and nothing leaves.
        opened.map_or(usual, |settings| settings.egress_rules())
    }

    /// Waits for lines that are still to be completed.
    pub async fn close(&self) {
        if let Some(gate) = self.0.gate.get() {
            gate.close().await;
        }
    }
}

/// The ledger of a data directory, opened with the first line.
struct CommandLog {
    data_dir: PathBuf,
    key: DatabaseKey,
    store: OnceCell<Arc<Store>>,
}

impl CommandLog {
    async fn store(&self) -> Result<&Arc<Store>, StoreError> {
        let open = async {
            let (dir, key) = (self.data_dir.clone(), self.key.clone());
            let opened = tokio::task::spawn_blocking(move || {
                let key = key.get().map_err(|error| error.to_string())?;
                Store::beside(&dir, key.as_ref()).map_err(|error| error.to_string())
            });
            let opened = opened
                .await
                .map_err(|error| StoreError::Failed(error.to_string()))?;
            opened.map_err(StoreError::Failed)
        };
        self.store.get_or_try_init(|| open).await
    }
}

#[async_trait]
impl EgressLog for CommandLog {
    async fn begin(&self, call: NewEgress) -> Result<EgressId, StoreError> {
        self.store().await?.begin(call).await
    }

    async fn add(&self, id: EgressId, carried: Carried) -> Result<(), StoreError> {
        self.store().await?.add(id, carried).await
    }

    async fn end(&self, id: EgressId, received_bytes: u64, outcome: EgressOutcome) -> Result<(), StoreError> {
        self.store().await?.end(id, received_bytes, outcome).await
    }

    async fn refuse(&self, id: EgressId, reason: &'static str) -> Result<(), StoreError> {
        self.store().await?.refuse(id, reason).await
    }

    async fn lines(&self, filter: EgressFilter, page: Page) -> Result<Vec<EgressEntry>, StoreError> {
        self.store().await?.lines(filter, page).await
    }

    async fn totals(&self, filter: EgressFilter) -> Result<Vec<EgressTotal>, StoreError> {
        self.store().await?.totals(filter).await
    }
}
