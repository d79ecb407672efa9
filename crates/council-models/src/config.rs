//! How models are run. Plain values; where they come from is the composition root's business.

use std::path::PathBuf;
use std::time::Duration;

/// Element type of the KV cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KvType {
    /// 16-bit floats: fastest on CPUs.
    #[default]
    F16,
    /// 8-bit blocks: 0.53 of the memory, 0.83 to 0.94 of the speed on CPUs. Needs flash attention.
    Q8_0,
    /// 4-bit blocks: 0.28 of the memory; costs quality. Needs flash attention.
    Q4_0,
}

/// Whether attention is computed in fused blocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlashAttention {
    /// Where the backend supports it.
    #[default]
    Auto,
    /// Always; loading fails where the backend does not support it.
    On,
    /// Never.
    Off,
}

/// How one model's worker computes. `None` means: chosen from the hardware when the model is loaded.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct EngineConfig {
    /// Threads while generating; default: physical cores.
    pub threads: Option<u32>,
    /// Threads while reading prompts; default: physical cores.
    pub threads_batch: Option<u32>,
    /// Layers on the GPU; default: as many as fit, 0 without a GPU backend.
    pub gpu_layers: Option<u32>,
    /// Longest prompt plus answer, in tokens; default: what the model was trained for, at most 32,768.
    pub context_tokens: Option<u32>,
    /// Most prompt tokens per step; default 512.
    pub batch_tokens: Option<u32>,
    /// Most requests that run at once; default 8.
    pub slots: Option<u32>,
    /// Element type of the KV cache.
    pub kv_type: KvType,
    /// Whether attention is computed in fused blocks.
    pub flash_attention: FlashAttention,
    /// Memory cap of the KV cache in bytes; default: an eighth of the memory, at most one full context. Finished turns
    /// that are kept in host memory count, and are dropped, least recently used first, when running requests need the
    /// room.
    pub kv_cache_bytes: Option<u64>,
    /// Most requests that wait for one model; over it a request is refused with [`council_core::ModelError::Busy`].
    /// Default 64.
    pub queue_limit: Option<u32>,
}

/// How the program of a worker process is started: this same binary with a hidden command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerCommand {
    /// The binary.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its whole environment, but for what the supervisor adds: a worker reads files from the internet and has no
    /// business with keys and tokens.
    pub environment: Vec<(String, String)>,
}

/// Which models are kept in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct ResidentConfig {
    /// The model that answers requests that name none; default: the first installed one in catalog order.
    pub default_model: Option<String>,
    /// A model without requests for this long is unloaded; `None` keeps it.
    pub keep_alive: Option<Duration>,
    /// Keep-alive of single models, by id, in place of `keep_alive`.
    pub keep_alive_by_model: Vec<(String, Option<Duration>)>,
    /// How models compute, unless `engine_by_model` says otherwise.
    pub engine: EngineConfig,
    /// How single models compute, by id.
    pub engine_by_model: Vec<(String, EngineConfig)>,
    /// How workers are started.
    pub worker: WorkerCommand,
}

/// What a remote server speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// OpenAI's chat completions.
    #[default]
    OpenAi,
    /// Anthropic's messages.
    Anthropic,
}

/// How long a remote server may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// To take a connection.
    pub connect: Duration,
    /// From a request to the first piece of its answer.
    pub first_token: Duration,
    /// Between two events of an answer.
    pub silence: Duration,
    /// From the first attempt to the end of the answer, pauses between attempts included.
    pub total: Duration,
}

impl Default for Timeouts {
    /// 10 s, two minutes, two minutes, ten minutes.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_token: Duration::from_mins(2),
            silence: Duration::from_mins(2),
            total: Duration::from_mins(10),
        }
    }
}

/// How often a request is sent again when the server could not take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// Attempts after the first.
    pub most: u32,
    /// Pause before the first of them, doubled for each further one; between half of it and all of it is waited.
    pub pause: Duration,
}

impl Default for Retries {
    /// Two, after about half a second and a second.
    fn default() -> Self {
        Self {
            most: 2,
            pause: Duration::from_millis(500),
        }
    }
}

/// A model at a remote server.
#[derive(Clone, PartialEq)]
pub struct RemoteConfig {
    /// The model's id in Council; never contains `:`.
    pub id: String,
    /// The provider's name in errors and lists.
    pub provider: String,
    /// What the server speaks.
    pub protocol: Protocol,
    /// Base URL up to and including the version, such as `http://127.0.0.1:8000/v1`.
    pub base_url: String,
    /// The model's name at that server.
    pub model: String,
    /// The key as configured.
    pub api_key: Option<council_core::Secret>,
    /// Longest prompt plus answer, in tokens.
    pub context_tokens: u32,
    /// US dollars per million input and output tokens.
    pub price: council_core::Price,
    /// Whether it sees images.
    pub vision: bool,
    /// Whether the user counts the server as part of this machine.
    pub local: bool,
    /// How long it may take.
    pub timeouts: Timeouts,
    /// How often a request is sent again.
    pub retries: Retries,
}

/// How the servers of a pool share its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolConfig {
    /// Most requests at once at one server; `None`: no bound.
    pub max_concurrent: Option<u32>,
    /// Most requests that wait for a server; over it a request is refused with [`council_core::ModelError::Busy`].
    pub queue_limit: u32,
    /// Time between two looks at the servers; `None`: they are not looked at.
    pub health_interval: Option<Duration>,
    /// How often a request is sent again when every server has refused it.
    pub retries: Retries,
    /// Longest time for a request to find a server that begins its answer.
    pub total: Duration,
}

impl std::fmt::Debug for RemoteConfig {
    /// Everything but the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RemoteConfig")
            .field("id", &self.id)
            .field("provider", &self.provider)
            .field("protocol", &self.protocol)
            .field("base_url", &crate::remote::shown_url(&self.base_url))
            .field("model", &self.model)
            .field("api_key", &self.api_key)
            .field("context_tokens", &self.context_tokens)
            .field("price", &self.price)
            .field("vision", &self.vision)
            .field("local", &self.local)
            .field("timeouts", &self.timeouts)
            .field("retries", &self.retries)
            .finish()
    }
}
