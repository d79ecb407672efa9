//! Models on other servers behind the one gate, their keys, and the settings that open it.

mod keys;

use super::StartError;
use crate::config::Config;
use council_agent::privacy::Scanner;
use council_agent::{Destination, EgressMetrics, Gate, GuardedModel, LiveSettings};
use council_core::{Clock, EgressLog, LanguageModel, Providers, SettingsStore};
use council_models::config::RemoteConfig;
use council_models::remote::provider::ProviderParts;
use council_models::remote::{self, Provider, ProviderMetrics, RemoteModel};
use council_server::Control;
use council_store::Store;
use keys::KeyedProviders;
use std::path::Path;
use std::sync::Arc;

/// Everything about what leaves this machine.
#[derive(Clone)]
pub struct Cloud {
    /// What was set at run time.
    pub settings: LiveSettings,
    /// What left.
    pub egress: Arc<dyn EgressLog>,
    /// The providers and their keys.
    pub providers: Arc<dyn Providers>,
    /// The remote models, behind the gate, in the order of the configuration.
    pub models: Vec<Arc<dyn LanguageModel>>,
    gate: Gate,
}

impl Cloud {
    /// Opens settings and keys, and puts each remote model behind the gate. Connects to nothing.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn open(
        config: &Config,
        store: &Arc<Store>,
        clock: Arc<dyn Clock>,
        registry: &prometheus::Registry,
    ) -> Result<Self, StartError> {
        let internal = |error: prometheus::Error| StartError::Internal(error.to_string());
        let kept = Arc::clone(store) as Arc<dyn SettingsStore>;
        let settings = LiveSettings::open(kept, Arc::clone(&clock), config.settings())
            .await
            .map_err(|error| StartError::Internal(format!("the settings cannot be read: {error}")))?;
        let egress = Arc::clone(store) as Arc<dyn EgressLog>;
        let gate = Gate::new(
            settings.clone(),
            Scanner::new(&config.cloud.private_files),
            Arc::clone(&egress),
            Arc::clone(&clock),
            EgressMetrics::register(registry).map_err(internal)?,
        );
        let metrics = ProviderMetrics::register(registry).map_err(internal)?;
        let mut providers: Vec<(String, Arc<Provider>)> = Vec::new();
        let mut models: Vec<Arc<dyn LanguageModel>> = Vec::new();
        for remote in &config.remotes {
            // One server is one provider, whatever number of its models is configured.
            let known = providers
                .iter()
                .find(|(url, provider)| *url == remote.base_url && provider.name() == remote.provider);
            let provider = if let Some((_, provider)) = known {
                Arc::clone(provider)
            } else {
                let provider = Provider::new(parts(config, remote), Arc::clone(&clock), metrics.clone());
                providers.push((remote.base_url.clone(), Arc::clone(&provider)));
                provider
            };
            let client = remote::client_builder(&remote.timeouts)
                .build()
                .map_err(|error| StartError::Internal(format!("no HTTP client can be made: {error}")))?;
            let destination = destination(config, remote);
            let model = RemoteModel::new(remote.clone(), provider, client);
            models.push(GuardedModel::new(model, destination, gate.clone()));
        }
        let providers = providers.into_iter().map(|(_, provider)| provider).collect();
        Ok(Self {
            settings,
            egress,
            providers: Arc::new(open_keys(&config.data_dir, providers)?),
            models,
            gate,
        })
    }

    /// What the server's routes show and change.
    pub fn control(&self) -> Control {
        Control {
            settings: self.settings.clone(),
            egress: Arc::clone(&self.egress),
            providers: Arc::clone(&self.providers),
        }
    }

    /// Waits until what left is written down to its end.
    pub async fn close(&self) {
        self.gate.close().await;
    }
}

fn open_keys(data_dir: &Path, providers: Vec<Arc<Provider>>) -> Result<KeyedProviders, StartError> {
    KeyedProviders::open(data_dir.join("keys"), providers)
        .map_err(|error| StartError::Internal(error.to_string()))
}

fn parts(config: &Config, remote: &RemoteConfig) -> ProviderParts {
    let of_provider = |other: &&RemoteConfig| other.provider == remote.provider;
    ProviderParts {
        name: remote.provider.clone(),
        host: remote::host_of(&remote.base_url).unwrap_or_default(),
        local: remote.local,
        configured_key: config
            .remotes
            .iter()
            .filter(of_provider)
            .any(|remote| remote.api_key.is_some()),
    }
}

fn destination(config: &Config, remote: &RemoteConfig) -> Destination {
    Destination {
        host: remote::host_of(&remote.base_url).unwrap_or_default(),
        loopback: remote::is_loopback(&remote.base_url),
        local: remote.local,
        priced: !config.cloud.unpriced.contains(&remote.id),
    }
}
