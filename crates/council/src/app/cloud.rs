//! Models on other servers behind the one gate, their keys, and the settings that open it.

mod keys;

use super::StartError;
use super::stores::Stores;
use crate::config::{Config, RemoteSettings};
use council_agent::privacy::Scanner;
use council_agent::{Destination, EgressMetrics, Gate, GuardedModel, LiveSettings};
use council_core::egress::Purpose;
use council_core::{Clock, EgressLog, LanguageModel, ModelInfo, Providers};
use council_models::config::RemoteConfig;
use council_models::egress::EgressGate;
use council_models::remote::provider::ProviderParts;
use council_models::remote::{self, Member, Pool, Probe, Provider, ProviderMetrics, RemoteModel};
use council_server::Control;
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
    /// The gate to the network.
    pub network: EgressGate,
    gate: Gate,
    /// The pools, with where their servers are.
    pools: Vec<(Arc<Pool>, Vec<Destination>)>,
}

impl Cloud {
    /// Opens settings and keys, and puts each remote model behind the gate. Connects to nothing.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn open(
        config: &Config,
        stores: &Stores,
        clock: Arc<dyn Clock>,
        registry: &prometheus::Registry,
    ) -> Result<Self, StartError> {
        let internal = |error: prometheus::Error| StartError::Internal(error.to_string());
        let settings = LiveSettings::open(
            Arc::clone(&stores.settings),
            Arc::clone(&clock),
            config.settings(),
        )
        .await
        .map_err(|error| StartError::Internal(format!("the settings cannot be read: {error}")))?;
        let egress = Arc::clone(&stores.egress);
        let network = super::egress::of_settings(
            &settings,
            Arc::clone(&egress),
            Arc::clone(&clock),
            stores.gates.clone(),
        );
        let gate = Gate::new(
            settings.clone(),
            Scanner::new(&config.cloud.private_files),
            Arc::clone(&egress),
            Arc::clone(&clock),
            EgressMetrics::register(registry).map_err(internal)?,
        );
        let metrics = ProviderMetrics::register(registry).map_err(internal)?;
        let mut opened = Opened {
            config,
            gate: &gate,
            network: &network,
            clock,
            metrics,
            providers: Vec::new(),
        };
        let (mut models, mut pools): (Vec<Arc<dyn LanguageModel>>, _) = (Vec::new(), Vec::new());
        for remote in &config.remotes {
            let members = remote.servers.iter().map(|server| opened.member(remote, server));
            let members: Vec<Member> = members.collect::<Result<_, _>>()?;
            let Some(pool) = remote.pool else {
                models.extend(members.into_iter().map(|member| member.model));
                continue;
            };
            let Some(first) = members.first() else { continue };
            let info = ModelInfo {
                provider: remote.provider.clone(),
                ..first.model.info().clone()
            };
            let clock = Arc::clone(&opened.clock);
            let pool = Pool::new(info, members, pool, clock, opened.metrics.clone());
            let at = |server| destination(config, server);
            pools.push((Arc::clone(&pool), remote.servers.iter().map(at).collect()));
            models.push(pool);
        }
        let providers = opened.providers;
        let providers = providers.into_iter().map(|(_, provider)| provider).collect();
        Ok(Self {
            settings,
            egress,
            providers: Arc::new(open_keys(&config.data_dir, providers)?),
            models,
            network,
            pools,
            gate,
        })
    }

    /// Looks at the servers of the pools again and again, as far as they may be asked anything.
    pub async fn watch(self) {
        let watch = |(pool, servers): (Arc<Pool>, Vec<Destination>)| {
            let gate = self.gate.clone();
            pool.watch(move |server| servers.get(server).is_some_and(|at| gate.allows(at)))
        };
        futures::future::join_all(self.pools.clone().into_iter().map(watch)).await;
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
        self.network.close().await;
    }
}

/// What becomes of the configured models.
struct Opened<'a> {
    config: &'a Config,
    gate: &'a Gate,
    network: &'a EgressGate,
    clock: Arc<dyn Clock>,
    metrics: ProviderMetrics,
    /// By URL.
    providers: Vec<(String, Arc<Provider>)>,
}

impl Opened<'_> {
    /// A model at one of its servers, behind the gate.
    fn member(&mut self, remote: &RemoteSettings, server: &RemoteConfig) -> Result<Member, StartError> {
        // One server is one provider, whatever number of its models is configured.
        let known = self
            .providers
            .iter()
            .find(|(url, provider)| *url == server.base_url && provider.name() == server.provider);
        let provider = if let Some((_, provider)) = known {
            Arc::clone(provider)
        } else {
            let parts = parts(self.config, remote, server);
            let provider = Provider::new(parts, Arc::clone(&self.clock), self.metrics.clone());
            self.providers
                .push((server.base_url.clone(), Arc::clone(&provider)));
            provider
        };
        let client = self
            .network
            .client(remote::bound(server, Purpose::Model), server.timeouts.connect)
            .map_err(|error| StartError::Internal(format!("no HTTP client can be made: {error}")))?;
        let mut asked = server.clone();
        if remote.pool.is_some() {
            // The pool tries again, at another server.
            asked.retries.most = 0;
        }
        let checks = client.bound_to(remote::bound(server, Purpose::Check));
        let probe = Probe::new(checks, asked.clone());
        let model = RemoteModel::new(asked, Arc::clone(&provider), client);
        Ok(Member {
            model: GuardedModel::new(model, destination(self.config, server), self.gate.clone()),
            provider,
            probe,
        })
    }
}

fn open_keys(data_dir: &Path, providers: Vec<Arc<Provider>>) -> Result<KeyedProviders, StartError> {
    KeyedProviders::open(data_dir.join("keys"), providers)
        .map_err(|error| StartError::Internal(error.to_string()))
}

fn parts(config: &Config, remote: &RemoteSettings, server: &RemoteConfig) -> ProviderParts {
    let of_provider = config
        .remotes
        .iter()
        .filter(|other| other.provider == remote.provider);
    ProviderParts {
        name: server.provider.clone(),
        account: remote.provider.clone(),
        host: remote::host_of(&server.base_url).unwrap_or_default(),
        local: server.local,
        configured_key: of_provider
            .flat_map(|other| &other.servers)
            .any(|server| server.api_key.is_some()),
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
