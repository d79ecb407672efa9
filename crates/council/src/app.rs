//! Builds the parts of Council and puts them together.
//!
//! - [`serve`]: runs them as a server until a signal
//! - `start_error`: why it could not start
//! - `stop`: how a server that was told to stop ends
//! - `descriptors`: how many connections can be open
//! - `documents`: keeps the documents of watched directories up to date
//! - [`larger`]: fetches the rest of the default models in the background
//! - [`terminal`]: the key of a running server for this machine's command line
//! - [`watch`]: notices models that another process installs or removes
//! - [`health`]: checks of this machine for `/health`
//! - [`machine`]: measures this machine for `/monitor`
//! - `metrics`: of this process and of the database
//! - [`fake`]: the labelled fake behind `--scripted`
//! - `worker`: how worker processes are started
//! - `postgres`: what is kept on a PostgreSQL server
//! - `stores`: where everything is kept
//! - `access`: who is let in
//! - `routing`: who answers, and what that may cost
//! - `sandbox`: runs programs apart from this machine
//! - [`egress`]: the one gate to the network
//! - [`cloud`]: models on other servers, behind it and the privacy gate
//! - [`clock`]: the operating system's clock

mod access;
pub mod clock;
pub mod cloud;
mod descriptors;
mod documents;
pub mod egress;
mod fake;
pub mod health;
mod larger;
pub mod machine;
mod metrics;
mod postgres;
mod routing;
pub mod sandbox;
pub mod serve;
mod start_error;
mod stop;
mod stores;
pub mod terminal;
mod watch;
mod worker;

pub use start_error::StartError;

use crate::config::{Config, PullConfig};
use crate::environment::Environment;
use crate::telemetry::Telemetry;
use crate::telemetry::models::TracedModels;
use clock::SystemClock;
use cloud::Cloud;
use council_agent::agent::AgentParts;
use council_agent::code::Programs;
use council_agent::knowledge::{Knowledge, KnowledgeLimits};
use council_agent::memory::{Learner, Memories, MemoryMetrics};
use council_agent::{Agent, ToolLimits, ToolMetrics, Toolbox, TurnMetrics, built_in};
use council_core::backup::Backups;
use council_core::egress::{Purpose, Standing};
use council_core::retention::Retention;
use council_core::sandbox::Sandbox;
use council_core::{
    CalibrationStore, Clock, Embedder, LanguageModel, MemoryStore, MetricsHistory, Models, RecallTimes,
};
use council_models::catalog::Catalog;
use council_models::config::ResidentConfig;
use council_models::egress::{EgressGate, bound_to};
use council_models::embed::MiniLm;
use council_models::installer::LibraryInstaller;
use council_models::library::Library;
use council_models::metrics::ModelMetrics;
use council_models::pull::{self, PullOptions};
use council_models::resident::ResidentModels;
use council_sandbox::LazySandbox;
use council_server::{Access, Forgetful};
use council_store::{Store, create_private_dir};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use stores::Stores;

/// Everything that answers requests, ready to be served or asked directly.
pub struct App {
    /// The sandbox as it was opened, to be made ready ahead of its first program.
    boxes: Option<LazySandbox>,
    config: Config,
    cloud: Cloud,
    agent: Agent,
    knowledge: Knowledge,
    resident: Arc<ResidentModels>,
    embedder: MiniLm,
    /// Behind its checks and its meter.
    sandbox: Option<Arc<dyn Sandbox>>,
    library: Arc<Library>,
    /// Pulls in the background.
    installer: LibraryInstaller,
    /// Who may call what.
    access: Arc<Access>,
    /// Copies of the database, where everything is in it.
    backups: Option<Arc<dyn Backups>>,
    /// Forgets what is kept beside memories.
    forgetting: Forgetful,
    /// Removes what is too old.
    retention: Arc<dyn Retention>,
    /// What was measured of models.
    calibrations: Arc<dyn CalibrationStore>,
    /// Where what was measured of this process is kept.
    history: Arc<dyn MetricsHistory>,
    /// Whether other Councils have the same conversations and settings.
    shared: bool,
    registry: prometheus::Registry,
}

impl App {
    /// Opens the store and the library, and wires agent and models. Starts no worker. With `scripted`, a labelled
    /// fake answers requests that name no model.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn build(
        config: Config,
        environment: &Environment,
        scripted: bool,
    ) -> Result<Self, StartError> {
        let registry = prometheus::Registry::new();
        metrics::of_process(&registry)?;
        let store = stores::open_local(&config).await?;
        metrics::of_store(&store, &registry)?;
        let clock = Arc::new(SystemClock);
        let shown = Arc::clone(&clock) as Arc<dyn Clock>;
        let stores = Stores::open(&config, &store, Arc::clone(&shown), &registry).await?;
        let cloud = Cloud::open(&config, &stores, shown, &registry).await?;
        let (resident, library) =
            build_models(&config, environment, scripted, cloud.models.clone(), &registry)?;
        let settings = cloud.settings.clone();
        // What is configured the models know, and a fake that was asked for comes before it.
        resident.follow_default(move || {
            let chosen = settings.current().default_model.clone();
            chosen.filter(|id| settings.configured().default_model.as_ref() != Some(id))
        });
        // Loads when the first text comes.
        let embedder = MiniLm::open(&config.models_dir);
        let memories = build_memories(
            &store,
            &embedder,
            Arc::clone(&clock) as Arc<dyn Clock>,
            &registry,
            &config,
            (&cloud.network, &stores.network),
        )
        .await?
        .with_settings(cloud.settings.clone());
        let models = Arc::clone(&resident) as Arc<dyn Models>;
        let models: Arc<dyn Models> = match &config.telemetry.endpoint {
            Some(_) => TracedModels::new(models, config.telemetry.content),
            None => models,
        };
        let learner = Learner::new(
            Arc::clone(&models),
            memories.clone(),
            Arc::clone(&clock) as Arc<dyn Clock>,
            config.memory.learner.clone(),
        );
        let boxes = sandbox::open(&config, environment)?;
        let opened = boxes.clone().map(|boxes| Arc::new(boxes) as Arc<dyn Sandbox>);
        let sandbox = sandbox::behind_checks(opened, &config.sandbox, &cloud.settings, &registry)?;
        let limits = KnowledgeLimits {
            file_bytes: config.knowledge.file_bytes,
            ..KnowledgeLimits::default()
        };
        let knowledge = Knowledge::new(memories.clone(), Arc::clone(&clock) as Arc<dyn Clock>, limits);
        let programs =
            Programs::new(sandbox.clone(), config.sandbox.limits.usual).with_settings(cloud.settings.clone());
        let tools = build_tools(&memories, &programs, config.agent.limits, &registry)?;
        let calibrations = Arc::clone(&store) as Arc<dyn CalibrationStore>;
        let history = Arc::clone(&store) as Arc<dyn MetricsHistory>;
        // A copy of the file alone would be taken for one of everything.
        let own = (!stores.shared).then_some(&store);
        if own.is_some() {
            metrics::of_backups(&config.data_dir, &registry)?;
        }
        let backups = own.map(|store| Arc::clone(store) as Arc<dyn Backups>);
        let forgetting = Forgetful {
            rows: Arc::clone(&stores.forgetting),
            files: Arc::clone(&store) as Arc<dyn council_core::forgetting::Traces>,
        };
        let access = access::open(&config, &stores, &store, &clock).await?;
        let agent = Agent::new(AgentParts {
            council: Some(routing::council(
                &config,
                &models,
                &programs,
                &cloud.settings,
                &registry,
            )?),
            router: routing::router(&config.routing, &embedder, &store, &cloud.settings).await?,
            purse: routing::purse(&stores.budget, config.caps, &clock, &cloud.settings),
            receipts: stores.receipts,
            tools,
            programs,
            learner,
            models,
            conversations: stores.conversations,
            ledger: stores.ledger,
            memories,
            clock,
            metrics: TurnMetrics::register(&registry)
                .map_err(|error| StartError::Internal(error.to_string()))?,
        });
        let installer = installer(&config, &cloud.network, &library, &resident, &embedder)?;
        Ok(Self {
            boxes,
            config,
            cloud,
            agent,
            knowledge,
            resident,
            embedder,
            sandbox,
            library,
            installer,
            access,
            backups,
            forgetting,
            retention: stores.retention,
            calibrations,
            history,
            shared: stores.shared,
            registry,
        })
    }

    /// Lets its requests be traced, as far as its settings let that leave this machine.
    ///
    /// # Errors
    /// When it is traced already.
    pub fn traced_by(&self, telemetry: &Telemetry) -> Result<(), StartError> {
        let obeyed = telemetry.obey(&self.cloud.network, self.cloud.settings.clone(), &self.registry);
        obeyed.map_err(|error| StartError::Internal(error.to_string()))
    }

    /// Answers turns.
    pub fn agent(&self) -> &Agent {
        &self.agent
    }

    /// Remembers documents.
    pub fn knowledge(&self) -> &Knowledge {
        &self.knowledge
    }

    /// The models.
    pub fn models(&self) -> &dyn Models {
        &*self.resident
    }

    /// What was measured of models.
    pub fn calibrations(&self) -> &dyn CalibrationStore {
        &*self.calibrations
    }

    /// Runs programs, behind its checks; `None` where it is turned off.
    pub fn sandbox(&self) -> Option<&dyn Sandbox> {
        self.sandbox.as_deref()
    }

    /// The API, to be called in this process.
    ///
    /// # Errors
    /// When it was made before: it has metrics of its own.
    pub fn router(&self) -> Result<axum::Router, StartError> {
        let parts = council_server::ServerParts {
            sandbox: self.sandbox.clone(),
            run_limits: self.config.sandbox.limits,
            calibrations: Arc::clone(&self.calibrations),
            control: Some(self.cloud.control()),
            installer: Some(Arc::new(self.installer.clone())),
            backups: self.backups.clone(),
            access: Some(Arc::clone(&self.access)),
            forgetting: Some(self.forgetting.clone()),
            retention: Some(Arc::clone(&self.retention)),
            ..council_server::ServerParts::new(
                Arc::new(self.agent.clone()),
                self.registry.clone(),
                env!("CARGO_PKG_VERSION"),
            )
        };
        council_server::router(parts).map_err(|error| StartError::Internal(error.to_string()))
    }

    /// An id for a request that does not come over HTTP.
    pub fn new_request_id(&self) -> String {
        format!("req_{}", uuid::Uuid::now_v7().simple())
    }

    /// Waits for running turns, at most `grace`, and ends the workers.
    pub async fn close(self, grace: Duration) {
        let deadline = tokio::time::Instant::now() + grace;
        self.agent.drain(grace).await;
        self.close_sandbox().await;
        self.installer.close().await;
        self.resident
            .shutdown(deadline.saturating_duration_since(tokio::time::Instant::now()))
            .await;
        self.cloud.close().await;
    }
}

/// The library and the models that the configuration names, with `remotes`, which are behind the gate; the commands
/// that measure models have none. Starts no worker. Needs a tokio runtime.
///
/// # Errors
/// [`StartError`].
pub fn build_models(
    config: &Config,
    environment: &Environment,
    scripted: bool,
    remotes: Vec<Arc<dyn LanguageModel>>,
    registry: &prometheus::Registry,
) -> Result<(Arc<ResidentModels>, Arc<Library>), StartError> {
    let library = open_library(&config.models_dir)?;
    let others = other_models(remotes, scripted)?;
    let fake = scripted
        .then(|| others.first().map(|model| model.info().id.clone()))
        .flatten();
    let metrics =
        ModelMetrics::register(registry).map_err(|error| StartError::Internal(error.to_string()))?;
    let resident = resident_config(config, environment, fake)?;
    Ok((
        ResidentModels::new(resident, Arc::clone(&library), others, metrics),
        library,
    ))
}

/// Pulls in the background. What they install can be used at once.
fn installer(
    config: &Config,
    network: &EgressGate,
    library: &Arc<Library>,
    resident: &Arc<ResidentModels>,
    embedder: &MiniLm,
) -> Result<LibraryInstaller, StartError> {
    let options = pull_options(&config.pull, network)?;
    let (resident, embedder) = (Arc::clone(resident), embedder.clone());
    Ok(LibraryInstaller::new(Arc::clone(library), options, move || {
        resident.refresh();
        embedder.refresh();
    }))
}

/// Opens the models directory with the compiled-in catalog and the `catalog.toml` in that directory.
///
/// # Errors
/// [`StartError::Library`], [`StartError::Catalog`].
pub fn open_library(models_dir: &Path) -> Result<Arc<Library>, StartError> {
    let unusable = |error: std::io::Error| StartError::Library {
        path: models_dir.to_owned(),
        reason: error.to_string(),
    };
    // Before the catalog is looked for in it, so that a directory that is none is called that. Private, because the
    // usual one is in the data directory, which thus gets made here when `council pull` comes before `council serve`.
    create_private_dir(models_dir).map_err(unusable)?;
    let catalog = Catalog::with_user_file(&models_dir.join("catalog.toml"))?;
    let library = Library::open(models_dir.to_owned(), catalog).map_err(unusable)?;
    Ok(Arc::new(library))
}

/// How models are fetched, as configured, through this gate.
///
/// # Errors
/// When no HTTP client can be made.
pub fn pull_options(config: &PullConfig, network: &EgressGate) -> Result<PullOptions, StartError> {
    // Each source binds it to what it names.
    let client = network.client(
        bound_to(Purpose::Pull, "", Standing::Foreign),
        pull::CONNECT_TIMEOUT,
    );
    let client =
        client.map_err(|error| StartError::Internal(format!("no HTTP client can be made: {error}")))?;
    let usual = PullOptions::new(client, Arc::new(SystemClock));
    Ok(PullOptions {
        hub_base: config.hub_url.clone().unwrap_or_else(|| usual.hub_base.clone()),
        hub_token: config.hub_token.clone(),
        python: config.python.clone(),
        offline: config.offline,
        reserve_bytes: config.reserve_bytes,
        ..usual
    })
}

/// Models that are not files: remote ones, and the fake where it was asked for, which comes first.
fn other_models(
    remotes: Vec<Arc<dyn LanguageModel>>,
    scripted: bool,
) -> Result<Vec<Arc<dyn LanguageModel>>, StartError> {
    let mut others: Vec<Arc<dyn LanguageModel>> = Vec::new();
    if scripted {
        others.push(fake::model());
    }
    others.extend(remotes);
    let mut ids: Vec<&str> = others.iter().map(|model| model.info().id.as_str()).collect();
    ids.sort_unstable();
    if let Some(pair) = ids.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(StartError::DuplicateModel(pair[0].to_owned()));
    }
    Ok(others)
}

fn resident_config(
    config: &Config,
    environment: &Environment,
    fake: Option<String>,
) -> Result<ResidentConfig, StartError> {
    let overrides = &config.models.overrides;
    Ok(ResidentConfig {
        default_model: fake.or_else(|| config.models.default.clone()),
        keep_alive: config.models.keep_alive,
        keep_alive_by_model: overrides
            .iter()
            .filter_map(|model| Some((model.id.clone(), model.keep_alive?)))
            .collect(),
        engine: config.engine.clone(),
        engine_by_model: overrides
            .iter()
            .map(|model| (model.id.clone(), model.engine.clone()))
            .collect(),
        worker: worker::command(environment)?,
    })
}

/// What is remembered, searchable by this embedder's vectors: in the data directory or on a PostgreSQL server.
async fn build_memories(
    store: &Arc<Store>,
    embedder: &MiniLm,
    clock: Arc<dyn Clock>,
    registry: &prometheus::Registry,
    config: &Config,
    (network, shared): (&EgressGate, &EgressGate),
) -> Result<Memories, StartError> {
    let metrics =
        MemoryMetrics::register(registry).map_err(|error| StartError::Internal(error.to_string()))?;
    let searched = metrics.clone();
    let on_recall = move |times: &RecallTimes| searched.searched(times);
    let own = config.memory.postgres_url.as_ref().map(|url| (url, network));
    let with_the_rest = config.database_url.as_ref().map(|url| (url, shared));
    let kept: Arc<dyn MemoryStore> = match own.or(with_the_rest) {
        Some((url, network)) => {
            let address = (url, config.database_ca_file.as_deref());
            postgres::memory(address, embedder.info(), clock, network, on_recall).await?
        }
        None => store.memory(embedder.info(), clock, on_recall).await?,
    };
    Ok(Memories::new(
        kept,
        Arc::new(embedder.clone()),
        metrics,
        config.memory.recall.clone(),
    ))
}

/// What models can have done.
fn build_tools(
    memories: &Memories,
    programs: &Programs,
    limits: ToolLimits,
    registry: &prometheus::Registry,
) -> Result<Toolbox, StartError> {
    let metrics = ToolMetrics::register(registry).map_err(|error| StartError::Internal(error.to_string()))?;
    let tools = built_in(memories, programs);
    Toolbox::new(tools, limits, metrics).map_err(|error| StartError::Internal(error.to_string()))
}
