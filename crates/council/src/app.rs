//! Builds the parts of Council and puts them together.
//!
//! - [`serve`]: runs them as a server until a signal
//! - `documents`: keeps the documents of watched directories up to date
//! - [`larger`]: fetches the rest of the default models in the background
//! - [`watch`]: notices models that another process installs or removes
//! - [`health`]: checks of this machine for `/health`
//! - [`machine`]: measures this machine for `/monitor`
//! - [`fake`]: the labelled fake behind `--scripted`
//! - `worker`: how worker processes are started
//! - `postgres`: memories on a PostgreSQL server
//! - `routing`: who answers, and what that may cost
//! - `sandbox`: runs programs apart from this machine
//! - [`cloud`]: models on other servers, behind the one gate
//! - [`clock`]: the operating system's clock

pub mod clock;
pub mod cloud;
mod documents;
mod fake;
pub mod health;
mod larger;
pub mod machine;
mod postgres;
mod routing;
pub mod sandbox;
pub mod serve;
mod watch;
mod worker;

use crate::config::{Config, MemorySettings, PullConfig};
use crate::environment::Environment;
use crate::exit::{CommandError, Exit};
use clock::SystemClock;
use cloud::Cloud;
use council_agent::agent::AgentParts;
use council_agent::code::Programs;
use council_agent::knowledge::{Knowledge, KnowledgeLimits};
use council_agent::memory::{Learner, Memories, MemoryMetrics};
use council_agent::{Agent, ToolLimits, ToolMetrics, Toolbox, TurnMetrics, built_in};
use council_core::backup::Backups;
use council_core::sandbox::Sandbox;
use council_core::{
    CalibrationStore, Clock, Embedder, LanguageModel, MemoryStore, MetricsHistory, Models, RecallTimes,
    StoreError,
};
use council_models::catalog::{Catalog, CatalogError};
use council_models::config::ResidentConfig;
use council_models::embed::MiniLm;
use council_models::installer::LibraryInstaller;
use council_models::library::Library;
use council_models::metrics::ModelMetrics;
use council_models::pull::{self, PullOptions};
use council_models::resident::ResidentModels;
use council_sandbox::LazySandbox;
use council_store::{Store, create_private_dir};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Why Council could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another program listens there.
    #[error(
        "port {port} on {host} is in use; stop the program that uses it, or choose another port: \
         `council serve --port {}`", if *port < u16::MAX { port + 1 } else { 9000 }
    )]
    PortInUse {
        /// The address.
        host: String,
        /// The port.
        port: u16,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {host}, port {port}: {reason}; choose another with --host and --port")]
    Listen {
        /// The address.
        host: String,
        /// The port.
        port: u16,
        /// What the system said.
        reason: String,
    },
    /// The data directory cannot be used.
    #[error(transparent)]
    Store(#[from] council_store::OpenError),
    /// The models directory cannot be used.
    #[error("the models directory `{}` cannot be used: {reason}; choose another with --models-dir", path.display())]
    Library {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The user's catalog file is wrong.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// Two models have the same id.
    #[error("two models have the id `{0}`; rename one of them in the configuration")]
    DuplicateModel(String),
    /// What is remembered cannot be opened.
    #[error("the memory cannot be opened: {0}")]
    Memory(#[from] StoreError),
    /// A PostgreSQL server is configured, and this program cannot speak to one.
    #[cfg(not(feature = "postgres"))]
    #[error(
        "`memory.postgres_url` is set, and this program was built without PostgreSQL; build it with the feature \
         `postgres`, or remove the key to keep memories in the data directory"
    )]
    NoPostgres,
    /// A defect of ours, or a system without enough threads or file descriptors.
    #[error("cannot start: {0}")]
    Internal(String),
}

impl From<StartError> for CommandError {
    fn from(error: StartError) -> Self {
        use council_store::OpenError;
        let exit = match &error {
            StartError::PortInUse { .. }
            | StartError::Listen { .. }
            | StartError::Store(OpenError::Locked { .. })
            | StartError::Memory(StoreError::Failed(_)) => Exit::Unavailable,
            #[cfg(not(feature = "postgres"))]
            StartError::NoPostgres => Exit::Usage,
            StartError::Memory(_) => Exit::Usage,
            StartError::Store(_) | StartError::Library { .. } => Exit::Io,
            StartError::Catalog(_) | StartError::DuplicateModel(_) => Exit::Usage,
            StartError::Internal(_) => Exit::Failure,
        };
        Self {
            exit,
            message: error.to_string(),
        }
    }
}

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
    /// Copies of the database.
    backups: Arc<dyn Backups>,
    /// What was measured of models.
    calibrations: Arc<dyn CalibrationStore>,
    /// Where what was measured of this process is kept.
    history: Arc<dyn MetricsHistory>,
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
        process_metrics(&registry)?;
        let data_dir = config.data_dir.clone();
        let opened = tokio::task::spawn_blocking(move || Store::open(&data_dir)).await;
        let store = opened.map_err(|error| StartError::Internal(error.to_string()))??;
        let clock = Arc::new(SystemClock);
        let cloud = Cloud::open(&config, &store, Arc::clone(&clock) as Arc<dyn Clock>, &registry).await?;
        let (resident, library) =
            build_models(&config, environment, scripted, cloud.models.clone(), &registry)?;
        // Loads when the first text comes.
        let embedder = MiniLm::open(&config.models_dir);
        let memories = build_memories(
            &store,
            &embedder,
            Arc::clone(&clock) as Arc<dyn Clock>,
            &registry,
            &config.memory,
        )
        .await?
        .with_settings(cloud.settings.clone());
        let learner = Learner::new(
            Arc::clone(&resident) as Arc<dyn Models>,
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
        let backups = Arc::clone(&store) as Arc<dyn Backups>;
        let agent = Agent::new(AgentParts {
            council: Some(routing::council(
                &config,
                &resident,
                &programs,
                &cloud.settings,
                &registry,
            )?),
            router: routing::router(&config.routing, &embedder, &store, &cloud.settings).await?,
            purse: routing::purse(&store, config.caps, &clock, &cloud.settings),
            receipts: Arc::clone(&store) as Arc<dyn council_core::ReceiptStore>,
            tools,
            programs,
            learner,
            models: Arc::clone(&resident) as Arc<dyn Models>,
            conversations: Arc::clone(&store) as Arc<dyn council_core::ConversationStore>,
            ledger: store,
            memories,
            clock,
            metrics: TurnMetrics::register(&registry)
                .map_err(|error| StartError::Internal(error.to_string()))?,
        });
        let installer = installer(&config, &library, &resident, &embedder)?;
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
            backups,
            calibrations,
            history,
            registry,
        })
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
            backups: Some(Arc::clone(&self.backups)),
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
    library: &Arc<Library>,
    resident: &Arc<ResidentModels>,
    embedder: &MiniLm,
) -> Result<LibraryInstaller, StartError> {
    let options = pull_options(&config.pull)?;
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

/// How models are fetched, as configured.
///
/// # Errors
/// When no HTTP client can be made.
pub fn pull_options(config: &PullConfig) -> Result<PullOptions, StartError> {
    let client = pull::client_builder().build();
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
    settings: &MemorySettings,
) -> Result<Memories, StartError> {
    let metrics =
        MemoryMetrics::register(registry).map_err(|error| StartError::Internal(error.to_string()))?;
    let searched = metrics.clone();
    let on_recall = move |times: &RecallTimes| searched.searched(times);
    let kept: Arc<dyn MemoryStore> = match &settings.postgres_url {
        Some(url) => postgres::memory(url, embedder.info(), clock, on_recall).await?,
        None => store.memory(embedder.info(), clock, on_recall).await?,
    };
    Ok(Memories::new(
        kept,
        Arc::new(embedder.clone()),
        metrics,
        settings.recall.clone(),
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

/// The usual `process_*` metrics: CPU seconds, memory, file descriptors, threads, start time.
#[cfg(target_os = "linux")]
fn process_metrics(registry: &prometheus::Registry) -> Result<(), StartError> {
    let collector = prometheus::process_collector::ProcessCollector::for_self();
    registry
        .register(Box::new(collector))
        .map_err(|error| StartError::Internal(error.to_string()))
}

/// They are read from `/proc`, which only Linux has.
#[cfg(not(target_os = "linux"))]
fn process_metrics(_registry: &prometheus::Registry) -> Result<(), StartError> {
    Ok(())
}
