//! What all models of one provider share: its key, its breaker, how it is.

use super::breaker::Breaker;
use super::metrics::ProviderMetrics;
use council_core::{Clock, ModelError, ProviderHealth, Secret, Timestamp};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One provider. `Debug` shows no key.
pub struct Provider {
    name: String,
    account: String,
    host: String,
    /// The same in every process.
    identity: u64,
    local: bool,
    /// Whether the configuration has a key for it.
    configured_key: bool,
    clock: Arc<dyn Clock>,
    metrics: ProviderMetrics,
    shared: Mutex<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Wins over the configured one.
    key: Option<Secret>,
    breaker: Breaker,
    last_success: Option<Timestamp>,
    last_error: Option<(Timestamp, String)>,
    usage_estimated: u64,
    /// Requests on their way.
    running: u32,
    /// Whether it answered when it was looked at; `None`: nobody looked yet.
    up: Option<bool>,
    /// Looks in a row at which it did not answer.
    missed: u32,
    draining: bool,
}

/// Looks in a row at which a server does not answer until it counts as down: one may have been bad luck.
const MISSED: u32 = 2;

/// What a provider is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderParts {
    /// Its name in errors, lists and metrics.
    pub name: String,
    /// Whose key it is asked with: the provider's name in the configuration, the same for all servers of a pool.
    pub account: String,
    /// Where it is.
    pub host: String,
    /// Whether it counts as part of this machine.
    pub local: bool,
    /// Whether the configuration has a key for it.
    pub configured_key: bool,
}

/// How an attempt went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It answered, be it by saying no.
    Reached,
    /// It failed.
    Failed,
}

/// A request on its way to the provider; dropped without a verdict it counts as given up.
pub(super) struct Permit {
    provider: Arc<Provider>,
    open: bool,
}

impl Provider {
    /// A provider that nobody has asked yet.
    pub fn new(parts: ProviderParts, clock: Arc<dyn Clock>, metrics: ProviderMetrics) -> Arc<Self> {
        let provider = Self {
            name: parts.name,
            account: parts.account,
            identity: super::pool::identity(&parts.host),
            host: parts.host,
            local: parts.local,
            configured_key: parts.configured_key,
            clock,
            metrics,
            shared: Mutex::default(),
        };
        provider.metrics.expect(&provider.name);
        provider.show();
        Arc::new(provider)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whose key it is asked with.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// Where it is.
    pub fn host(&self) -> &str {
        &self.host
    }

    pub(super) fn identity(&self) -> u64 {
        self.identity
    }

    /// Gives it no new requests of a pool, or gives it some again; what runs there goes on.
    pub fn drain(&self, draining: bool) {
        self.shared().draining = draining;
    }

    /// Whether a request that could go elsewhere may go here.
    pub(super) fn is_usable(&self) -> bool {
        let now = self.clock.now();
        let shared = self.shared();
        !shared.draining && shared.up != Some(false) && shared.breaker.would_admit(now)
    }

    /// Notes what came of a look at it.
    pub(super) fn looked(&self, result: Result<(), String>) {
        let now = self.clock.now();
        let told = {
            let mut shared = self.shared();
            let before = shared.up;
            match &result {
                Ok(()) => {
                    shared.missed = 0;
                    shared.up = Some(true);
                    if before == Some(false) {
                        shared.breaker.is_back();
                    }
                }
                Err(reason) => {
                    shared.missed += 1;
                    if shared.missed >= MISSED {
                        shared.up = Some(false);
                        shared.last_error = Some((now, reason.clone()));
                    }
                }
            }
            (before != shared.up).then_some(shared.up).flatten()
        };
        let name = &self.name;
        if let Some(up) = told {
            self.metrics.up(name, up);
            match result {
                Ok(()) => tracing::info!(provider = name, "{name} is there"),
                Err(reason) => {
                    tracing::warn!(provider = name, "{name} is down and gets no requests: {reason}");
                }
            }
        }
        self.show();
    }

    /// Uses this key in place of the configured one; `None`: the configured one again.
    pub fn set_key(&self, key: Option<Secret>) {
        self.shared().key = key;
    }

    /// The key that was set.
    pub(super) fn key(&self) -> Option<Secret> {
        self.shared().key.clone()
    }

    /// How it is.
    pub fn health(&self) -> ProviderHealth {
        let now = self.clock.now();
        let shared = self.shared();
        ProviderHealth {
            name: self.name.clone(),
            host: self.host.clone(),
            local: self.local,
            has_key: self.configured_key || shared.key.is_some(),
            state: shared.breaker.state(now),
            last_success: shared.last_success,
            last_error: shared.last_error.clone(),
            usage_estimated: shared.usage_estimated,
            up: shared.up,
            draining: shared.draining,
            running: shared.running,
        }
    }

    /// Lets a request through.
    ///
    /// # Errors
    /// [`ModelError::NotReady`] while the breaker is open.
    pub(super) fn admit(self: &Arc<Self>) -> Result<Permit, ModelError> {
        let admitted = self.shared().breaker.admit(self.clock.now());
        self.show();
        match admitted {
            Ok(()) => {
                self.count(1);
                Ok(Permit {
                    provider: Arc::clone(self),
                    open: true,
                })
            }
            Err(retry_after) => Err(ModelError::NotReady {
                message: format!(
                    "{} failed several times in a row and is not asked for the next {} s; choose another model, or \
                     look at `GET /admin/status` for its last error",
                    self.name,
                    retry_after.as_secs().max(1)
                ),
                retry_after,
            }),
        }
    }

    /// Notes a failed attempt.
    pub(super) fn failed(&self, kind: &str, error: &ModelError) {
        self.metrics.error(&self.name, kind);
        self.shared().last_error = Some((self.clock.now(), error.to_string()));
    }

    /// Notes that a request is sent again.
    pub(super) fn retried(&self) {
        self.metrics.retry(&self.name);
    }

    /// Notes a complete answer.
    pub(super) fn answered(&self) {
        self.shared().last_success = Some(self.clock.now());
    }

    /// Notes that usage was estimated.
    pub(super) fn estimated(&self, model: &str) {
        self.shared().usage_estimated += 1;
        self.metrics.estimated(&self.name);
        tracing::warn!(
            provider = self.name,
            model,
            "{} reported no usage for an answer of `{model}`, or less than it sent; counted from above",
            self.name
        );
    }

    fn count(&self, change: i32) {
        let mut shared = self.shared();
        shared.running = shared.running.saturating_add_signed(change);
        self.metrics.running(&self.name, shared.running);
    }

    fn settle(&self, verdict: Option<Verdict>) {
        let now = self.clock.now();
        {
            let breaker = &mut self.shared().breaker;
            match verdict {
                Some(Verdict::Reached) => breaker.succeeded(),
                Some(Verdict::Failed) => breaker.failed(now),
                None => breaker.abandoned(),
            }
        }
        self.show();
    }

    fn show(&self) {
        let state = self.shared().breaker.state(self.clock.now());
        self.metrics.breaker(&self.name, state);
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("name", &self.name)
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}

impl Permit {
    pub(super) fn settle(mut self, verdict: Verdict) {
        self.open = false;
        self.provider.settle(Some(verdict));
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.provider.count(-1);
        if self.open {
            self.provider.settle(None);
        }
    }
}
