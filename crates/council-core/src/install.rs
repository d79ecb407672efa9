//! Models that could be installed here, and how they come.

use crate::clock::Timestamp;
use async_trait::async_trait;
use futures::stream::BoxStream;

/// What this machine has for models.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Machine {
    /// The processor's name, where it is known.
    pub cpu_model: Option<String>,
    /// Physical cores that this process may use.
    pub physical_cores: u32,
    /// Memory in bytes; `None` where it cannot be found out.
    pub memory_bytes: Option<u64>,
    /// Memory that can be had now, in bytes.
    pub available_memory_bytes: Option<u64>,
    /// Room for models on the disk, in bytes.
    pub disk_free_bytes: Option<u64>,
    /// Graphics processors: names, and their own memory in bytes where the driver says so.
    pub gpus: Vec<(String, Option<u64>)>,
}

/// How a model suits this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// What it needs is free.
    Fits,
    /// The machine has what it needs, and something else uses it now.
    Tight,
    /// The machine has less than it needs.
    TooLarge,
    /// It cannot be found out how much memory there is.
    Unknown,
}

impl Fit {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::Tight => "tight",
            Self::TooLarge => "too_large",
            Self::Unknown => "unknown",
        }
    }
}

/// A model that can be installed, or is.
#[derive(Clone, Debug, PartialEq)]
pub struct CatalogModel {
    /// Its id.
    pub id: String,
    /// The models it belongs with; empty where the catalog does not have it.
    pub family: String,
    /// Parameters; 0 where they are not known.
    pub parameters: u64,
    /// Mix of types, such as `Q4_K_M`.
    pub quantisation: String,
    /// Licence of the weights; empty where it is not known.
    pub licence: String,
    /// Longest prompt plus answer, in tokens.
    pub context_tokens: u32,
    /// Size of its file in bytes, where it is known.
    pub size_bytes: Option<u64>,
    /// Free memory that it needs, in bytes, where it is known.
    pub needs_bytes: Option<u64>,
    /// How it suits this machine.
    pub fit: Fit,
    /// Why, with the figures.
    pub reason: String,
    /// What it is for: `chat`, `larger`, `base`, `test`, `embedding`.
    pub roles: Vec<&'static str>,
    /// Something that a person should know before choosing it.
    pub note: Option<String>,
    /// Where its file comes from, in words, in the order in which they are tried.
    pub sources: Vec<String>,
    /// The hash that its file must have, where the catalog says one.
    pub sha256: Option<String>,
    /// Whether it is installed.
    pub installed: bool,
    /// Who vouched for the installed file's hash: `catalog`, `hub` or `nobody`; `None` where that is not known.
    pub verified_by: Option<String>,
    /// Whether it belongs to the set that suits this machine.
    pub recommended: bool,
}

/// How far a pull is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullPhase {
    /// A source is tried.
    Connecting,
    /// Bytes come.
    Downloading,
    /// All are there and are being checked.
    Verifying,
    /// The model is installed.
    Installed,
    /// It could not be installed.
    Failed,
    /// Somebody cancelled it; what came stays for the next time.
    Cancelled,
}

impl PullPhase {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Downloading => "downloading",
            Self::Verifying => "verifying",
            Self::Installed => "installed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing follows.
    pub fn is_over(self) -> bool {
        match self {
            Self::Installed | Self::Failed | Self::Cancelled => true,
            Self::Connecting | Self::Downloading | Self::Verifying => false,
        }
    }
}

/// A model on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct PullState {
    /// The pull's number in this process.
    pub id: u64,
    /// What was asked for.
    pub model: String,
    /// How far it is.
    pub phase: PullPhase,
    /// Bytes that are there.
    pub done_bytes: u64,
    /// Bytes of the whole file, where they are known.
    pub total_bytes: Option<u64>,
    /// How fast they come, over the last seconds.
    pub bytes_per_second: Option<f64>,
    /// The source that is tried, in words.
    pub source: Option<String>,
    /// Sources that failed, with why.
    pub failures: Vec<(String, String)>,
    /// Who vouched for the file's hash, once it is installed: `catalog`, `hub` or `nobody`.
    pub verified_by: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// When it was asked for.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// Why a model was not pulled, cancelled or removed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InstallError {
    /// What was asked for is nothing that can be installed.
    #[error("{0}")]
    Invalid(String),
    /// No pull has this number.
    #[error("no pull has the id `{0}`; GET /v1/models/pulls lists them")]
    NoPull(u64),
    /// It is not installed.
    #[error("model `{0}` is not installed")]
    NotInstalled(String),
    /// It is being pulled.
    #[error("model `{0}` is being pulled; cancel that first")]
    Busy(String),
    /// A file could not be removed.
    #[error("{0}")]
    Failed(String),
}

/// Brings models onto this machine and removes them.
#[async_trait]
pub trait Installer: Send + Sync {
    /// What this machine has. Takes some milliseconds.
    fn machine(&self) -> Machine;

    /// What can be installed and what is, in order of preference. Takes some milliseconds.
    fn catalog(&self) -> Vec<CatalogModel>;

    /// Begins to pull a model: a name of the catalog, a file on the hub, or a URL. What is being pulled already goes on.
    ///
    /// # Errors
    /// [`InstallError::Invalid`].
    fn pull(&self, what: &str) -> Result<PullState, InstallError>;

    /// The pulls of this process, the latest first; of those that ended, the last few.
    fn pulls(&self) -> Vec<PullState>;

    /// Every change of a pull from now on.
    fn events(&self) -> BoxStream<'static, PullState>;

    /// Ends a pull; what came stays for the next time.
    ///
    /// # Errors
    /// [`InstallError::NoPull`].
    fn cancel(&self, id: u64) -> Result<PullState, InstallError>;

    /// Ends all pulls.
    fn cancel_all(&self);

    /// Removes an installed model; tells how many bytes are free again.
    ///
    /// # Errors
    /// [`InstallError`].
    async fn remove(&self, id: &str) -> Result<u64, InstallError>;
}
