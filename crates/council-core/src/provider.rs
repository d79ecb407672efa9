//! How the servers of remote models are, and the keys that they are asked with.

use crate::clock::Timestamp;
use crate::secret::Secret;
use async_trait::async_trait;
use std::time::Duration;

/// Whether a provider is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    /// It is.
    Closed,
    /// It is not: it failed again and again. One request tries it when this time has passed.
    Open {
        /// Until then.
        retry_after: Duration,
    },
    /// One request tries it; the others wait for what comes of it.
    HalfOpen,
}

impl BreakerState {
    /// The state's name in metrics and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open { .. } => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

/// How one provider is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderHealth {
    /// Its name.
    pub name: String,
    /// Where it is: a host name or an address, with its port where it is not the usual one.
    pub host: String,
    /// Whether it counts as part of this machine.
    pub local: bool,
    /// Whether it has a key.
    pub has_key: bool,
    /// Whether it is asked.
    pub state: BreakerState,
    /// When it last answered to the end.
    pub last_success: Option<Timestamp>,
    /// When and how it last failed.
    pub last_error: Option<(Timestamp, String)>,
    /// Answers whose usage was missing or impossible and was counted from above instead.
    pub usage_estimated: u64,
    /// Whether it answered when it was last looked at; `None` where nobody looks, as outside of pools.
    pub up: Option<bool>,
    /// Whether it gets no new requests of a pool.
    pub draining: bool,
    /// Requests on their way to it.
    pub running: u32,
}

/// Why a key was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No remote model names this provider.
    #[error("provider `{name}` is not configured; known: {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// It cannot be a key.
    #[error("`key` {0}")]
    Invalid(&'static str),
    /// It cannot be kept.
    #[error("the key of `{name}` cannot be stored in {path}: {reason}")]
    Storage {
        /// The provider.
        name: String,
        /// The file.
        path: String,
        /// What the system said.
        reason: String,
    },
}

/// The providers of remote models.
#[async_trait]
pub trait Providers: Send + Sync {
    /// How each of them is, in the order of the configuration.
    fn health(&self) -> Vec<ProviderHealth>;

    /// Keeps a provider's key, in place of what is configured, and uses it from now on. An empty one removes what was
    /// kept.
    ///
    /// # Errors
    /// [`KeyError`].
    async fn set_key(&self, provider: &str, key: Secret) -> Result<(), KeyError>;

    /// Gives the server at this host no new requests that another server of its pool can take, or gives it some again;
    /// what runs there goes on. Until the process ends. `false` where no server is there.
    fn drain(&self, host: &str, draining: bool) -> bool;
}
