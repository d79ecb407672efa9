//! What the server is made of, and its limits.

use crate::access::Access;
use crate::detached::Detached;
use crate::middleware::HttpMetrics;
use crate::monitor::Monitor;
use crate::router::Needs;
use crate::stats::TurnStats;
use async_trait::async_trait;
use axum::body::Bytes;
use council_agent::knowledge::{Knowledge, KnowledgeLimits};
use council_agent::{Agent, LiveSettings};
use council_core::backup::Backups;
use council_core::forgetting::{Forgetting, Traces};
use council_core::install::Installer;
use council_core::retention::Retention;
use council_core::sandbox::{RunLimits, Sandbox};
use council_core::{Calibration, CalibrationStore, EgressLog, Providers, StoreError, Timestamp, TurnMemory};
use serde_json::{Map, Value};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// What forgets beside memories.
#[derive(Clone)]
pub struct Forgetful {
    /// Conversations and receipts.
    pub rows: Arc<dyn Forgetting>,
    /// What stands in the data directory.
    pub files: Arc<dyn Traces>,
}

/// Everything that the server needs; made by the composition root.
pub struct ServerParts {
    /// Answers turns.
    pub agent: Arc<Agent>,
    /// The process's metrics; the server adds its own and serves all of them at `/metrics`.
    pub registry: prometheus::Registry,
    /// The version that `/health`, `/` and `system_fingerprint` report.
    pub version: &'static str,
    /// Checks beyond the model and the store, such as free disk space.
    pub health: Arc<dyn HealthChecks>,
    /// Bounds on what one request may take.
    pub limits: Limits,
    /// What a turn within a conversation does with the memory when its request does not say; settings say otherwise.
    pub turn_memory: TurnMemory,
    /// Whether a turn is offered Council's own tools when its request does not say.
    pub turn_tools: bool,
    /// Remembers documents.
    pub knowledge: Knowledge,
    /// Directories below which a request may name files of this machine.
    pub knowledge_roots: Vec<PathBuf>,
    /// Runs programs, behind its checks; `None`: programs are refused.
    pub sandbox: Option<Arc<dyn Sandbox>>,
    /// What these may use; settings say otherwise.
    pub run_limits: RunLimits,
    /// What was measured of models.
    pub calibrations: Arc<dyn CalibrationStore>,
    /// Settings, keys and the egress ledger; `None`: their routes answer 404.
    pub control: Option<Control>,
    /// Tells how the process does; who starts it ([`Monitor::run`]) decides whether it measures.
    pub monitor: Arc<Monitor>,
    /// Brings models onto this machine; `None`: its routes answer 404.
    pub installer: Option<Arc<dyn Installer>>,
    /// Copies what is kept; `None`: its routes answer 404.
    pub backups: Option<Arc<dyn Backups>>,
    /// Forgets what is kept beside memories; `None`: its route answers 404.
    pub forgetting: Option<Forgetful>,
    /// Removes what is too old; `None`: its route answers 404.
    pub retention: Option<Arc<dyn Retention>>,
    /// Which `Host` headers are answered, and which foreign origins may write.
    pub hosts: HostPolicy,
    /// Who may call what; `None`: clients on this machine everything, and nobody else anything.
    pub access: Option<Arc<Access>>,
    /// The web UI's routes (`/chat` and the rest); `None` when it was not built.
    pub ui: Option<axum::Router>,
    /// Cancelled when what is prepared at the start is there: the default model is in memory, or could not be loaded.
    pub prepared: CancellationToken,
    /// Cancelled when the process begins to stop; ends streams that would otherwise never end.
    pub shutdown: CancellationToken,
}

impl ServerParts {
    /// Parts with default limits, for a loopback listener, without a UI.
    pub fn new(agent: Arc<Agent>, registry: prometheus::Registry, version: &'static str) -> Self {
        let limits = KnowledgeLimits::default();
        let knowledge = Knowledge::new(agent.memories().clone(), Arc::clone(agent.clock()), limits);
        Self {
            monitor: Arc::new(Monitor::new(Arc::clone(&agent), registry.clone())),
            agent,
            registry,
            version,
            knowledge,
            knowledge_roots: Vec::new(),
            health: Arc::new(NoHealthChecks),
            limits: Limits::default(),
            turn_memory: TurnMemory::On,
            sandbox: None,
            run_limits: RunLimits::default(),
            calibrations: Arc::new(NoCalibrations),
            control: None,
            installer: None,
            backups: None,
            forgetting: None,
            retention: None,
            turn_tools: false,
            hosts: HostPolicy::loopback(),
            access: None,
            ui: None,
            prepared: at_once(),
            shutdown: CancellationToken::new(),
        }
    }
}

/// A start that prepares nothing.
fn at_once() -> CancellationToken {
    let prepared = CancellationToken::new();
    prepared.cancel();
    prepared
}

/// What may be changed at run time, and what left this machine.
#[derive(Clone)]
pub struct Control {
    /// What was set.
    pub settings: LiveSettings,
    /// What left.
    pub egress: Arc<dyn EgressLog>,
    /// The providers of remote models, and their keys.
    pub providers: Arc<dyn Providers>,
}

/// Bounds on what one request may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest request body, in bytes.
    pub body_bytes: usize,
    /// How long a client may take to send a body.
    pub body_timeout: Duration,
    /// How long a stream's status waits for the first token, so that a failure before it is a proper HTTP error.
    pub first_event_wait: Duration,
    /// Most WebSockets at once.
    pub sockets: usize,
    /// Silence after which a stream gets a keep-alive comment.
    pub keep_alive: Duration,
}

impl Default for Limits {
    /// 10 MiB bodies within a minute, 15 s for the first token and between keep-alives, 1,024 WebSockets.
    fn default() -> Self {
        Self {
            body_bytes: 10 << 20,
            body_timeout: Duration::from_mins(1),
            first_event_wait: Duration::from_secs(15),
            sockets: 1_024,
            keep_alive: Duration::from_secs(15),
        }
    }
}

/// Which `Host` headers are answered, and which foreign origins may write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostPolicy {
    /// Whether `Host` must name this machine's loopback interface. Right for a loopback listener: a web page that
    /// rebinds its own name to 127.0.0.1 is then refused.
    pub loopback_only: bool,
    /// Names by which other machines reach this one. With any, others are refused, but for addresses; without, a server that
    /// other machines reach answers to every name.
    pub allowed_hosts: Vec<String>,
    /// Origins besides the server's own whose pages may send writes and read answers, such as `tauri://localhost`.
    pub allowed_origins: Vec<String>,
}

impl HostPolicy {
    /// For a listener on a loopback address.
    pub fn loopback() -> Self {
        Self {
            loopback_only: true,
            ..Self::default()
        }
    }

    /// For a listener that other machines reach, under any name.
    pub fn network() -> Self {
        Self::default()
    }
}

/// How a health check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckStatus {
    /// As it should be.
    Ok,
    /// Works, and someone should look at it.
    Warning,
    /// Does not work; `/health` answers 503.
    Failed,
}

/// One health check's result.
#[derive(Clone, Debug, PartialEq)]
pub struct HealthCheck {
    /// The check's name, a key of `/health`'s `checks`.
    pub name: &'static str,
    /// How it went.
    pub status: CheckStatus,
    /// What is the case and, where something is wrong, what to do.
    pub message: String,
    /// Measured values, such as `free_bytes`.
    pub values: Map<String, Value>,
}

/// Checks that only the composition root can make.
#[async_trait]
pub trait HealthChecks: Send + Sync {
    /// Runs the checks; cheap enough for a probe every second.
    async fn check(&self) -> Vec<HealthCheck>;
}

/// No further checks.
pub struct NoHealthChecks;

#[async_trait]
impl HealthChecks for NoHealthChecks {
    async fn check(&self) -> Vec<HealthCheck> {
        Vec::new()
    }
}

/// A server that keeps no calibrations.
pub struct NoCalibrations;

#[async_trait]
impl CalibrationStore for NoCalibrations {
    async fn keep_calibrations(&self, _: &str, _: Vec<Calibration>) -> Result<(), StoreError> {
        Err(StoreError::Invalid(
            "this server keeps no calibrations".to_owned(),
        ))
    }

    async fn calibrations(&self) -> Result<Vec<Calibration>, StoreError> {
        Ok(Vec::new())
    }
}

/// What every handler shares.
pub(crate) struct ServerState {
    pub(crate) agent: Arc<Agent>,
    pub(crate) registry: prometheus::Registry,
    pub(crate) version: &'static str,
    pub(crate) health: Arc<dyn HealthChecks>,
    pub(crate) limits: Limits,
    pub(crate) knowledge: Knowledge,
    pub(crate) knowledge_roots: Vec<PathBuf>,
    pub(crate) turn_memory: TurnMemory,
    pub(crate) sandbox: Option<Arc<dyn Sandbox>>,
    pub(crate) run_limits: RunLimits,
    pub(crate) calibrations: Arc<dyn CalibrationStore>,
    pub(crate) control: Option<Control>,
    pub(crate) monitor: Arc<Monitor>,
    pub(crate) installer: Option<Arc<dyn Installer>>,
    pub(crate) backups: Option<Arc<dyn Backups>>,
    pub(crate) forgetting: Option<Forgetful>,
    pub(crate) retention: Option<Arc<dyn Retention>>,
    /// Held while a model is measured.
    pub(crate) benchmark: tokio::sync::Mutex<()>,
    pub(crate) turn_tools: bool,
    pub(crate) hosts: HostPolicy,
    pub(crate) access: Arc<Access>,
    /// What each route needs.
    pub(crate) needs: Needs,
    pub(crate) has_ui: bool,
    pub(crate) prepared: CancellationToken,
    pub(crate) shutdown: CancellationToken,
    /// Places for WebSockets.
    pub(crate) sockets: Arc<Semaphore>,
    pub(crate) detached: Detached,
    pub(crate) stats: TurnStats,
    pub(crate) http: HttpMetrics,
    pub(crate) started_at: Timestamp,
    pub(crate) started: Instant,
    /// The OpenAPI document, serialised once.
    pub(crate) openapi: Bytes,
    /// `system_fingerprint` of every OpenAI answer.
    pub(crate) fingerprint: String,
}

/// The state as handlers hold it.
pub(crate) type App = Arc<ServerState>;

impl ServerState {
    /// What a turn within a conversation does with the memory when its request does not say.
    pub(crate) fn turn_memory(&self) -> TurnMemory {
        let set = self.control.as_ref().map(|control| control.settings.current());
        set.map_or(self.turn_memory, |settings| settings.memory.turns)
    }

    /// Whether programs are switched on.
    pub(crate) fn runs_programs(&self) -> bool {
        let set = self.control.as_ref().map(|control| control.settings.current());
        set.is_none_or(|settings| settings.sandbox.enabled)
    }

    /// What programs may use.
    pub(crate) fn run_limits(&self) -> RunLimits {
        let set = self.control.as_ref().map(|control| control.settings.current());
        set.map_or(self.run_limits, |settings| settings.sandbox.limits)
    }
}
