//! Boxes that wait for programs. Each is used once; what is taken is made anew in the background. JavaScript's wait from
//! the first program on: Node.js holds 38 MB while it waits, which is wasted where nobody runs any.

use super::channel::Channel;
use super::helper::Helper;
use super::languages::{Languages, Profile};
use crate::config::{PoolSizes, SandboxConfig};
use crate::order::Content;
use council_core::sandbox::{PoolState, SandboxError, Start};
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// An answer is on its way in this time.
const ANSWERED: Duration = Duration::from_millis(3);
/// The end of a helper is noticed in this time.
const NOTICED: Duration = Duration::from_millis(500);
/// The helper ends everything in this time when it is told to.
const ENDED: Duration = Duration::from_secs(5);
/// After a box could not be made, before the next attempt.
const PAUSE: Duration = Duration::from_secs(1);

/// The helper and what it made.
pub(super) struct Pool {
    config: SandboxConfig,
    pub(super) languages: Languages,
    helper: tokio::sync::Mutex<Option<Arc<Helper>>>,
    shelves: Mutex<HashMap<Profile, VecDeque<Channel>>>,
    busy: [AtomicU32; Profile::ALL.len()],
    /// Whether a program in JavaScript was run.
    javascript: AtomicBool,
    taken: Notify,
    /// Cancelled when no program is run any more.
    end: CancellationToken,
}

/// Counts a box as in use until it is dropped.
pub(super) struct InUse {
    pool: Arc<Pool>,
    profile: Profile,
}

impl Drop for InUse {
    fn drop(&mut self) {
        self.pool.busy[self.profile as usize].fetch_sub(1, Ordering::Relaxed);
        self.pool.taken.notify_one();
    }
}

impl Pool {
    pub(super) fn new(config: SandboxConfig, languages: Languages, end: CancellationToken) -> Self {
        Self {
            end,
            config,
            languages,
            helper: tokio::sync::Mutex::new(None),
            shelves: Mutex::new(HashMap::new()),
            busy: Default::default(),
            javascript: AtomicBool::new(false),
            taken: Notify::new(),
        }
    }

    /// The helper; another one where the last has ended.
    ///
    /// # Errors
    /// As [`Helper::start`].
    pub(super) async fn helper(&self) -> Result<Arc<Helper>, SandboxError> {
        let mut kept = self.helper.lock().await;
        if let Some(helper) = kept.as_ref()
            && !helper.is_gone()
        {
            return Ok(Arc::clone(helper));
        }
        if self.end.is_cancelled() {
            return Err(SandboxError::Stopping);
        }
        // What the last one made ended with it.
        self.shelves().clear();
        let helper = Helper::start(&self.config.helper, &self.languages).await?;
        *kept = Some(Arc::clone(&helper));
        Ok(helper)
    }

    /// Ends the helper and with it every box, and returns when they are gone, or after [`ENDED`].
    pub(super) async fn close(&self) {
        self.end.cancel();
        let helper = self.helper.lock().await.take();
        self.shelves().clear();
        if let Some(helper) = helper {
            helper.stop();
            if !helper.ends_within(ENDED).await {
                tracing::warn!("the sandbox's helper has not ended within {ENDED:?}");
            }
        }
    }

    /// A box for a program: one that waits, or else a new one.
    ///
    /// # Errors
    /// Where none can be made.
    pub(super) async fn take(
        self: &Arc<Self>,
        profile: Profile,
    ) -> Result<(Channel, Start, InUse), SandboxError> {
        let waiting = self.living(profile);
        let (channel, start) = match waiting {
            Some(channel) => (channel, Start::Warm),
            None => (self.open(profile).await?, Start::Cold),
        };
        self.busy[profile as usize].fetch_add(1, Ordering::Relaxed);
        if profile == Profile::JavaScript {
            self.javascript.store(true, Ordering::Relaxed);
        }
        // Making a box takes a processor for milliseconds that the program itself could use: it waits for the program's
        // end, but where nothing is left for the next one.
        if self.ready(profile) == 0 {
            self.taken.notify_one();
        }
        let pool = Arc::clone(self);
        Ok((channel, start, InUse { pool, profile }))
    }

    /// A box that waits; those that ended meanwhile are dropped.
    fn living(&self, profile: Profile) -> Option<Channel> {
        let mut shelves = self.shelves();
        let shelf = shelves.get_mut(&profile)?;
        std::iter::from_fn(|| shelf.pop_front()).find(Channel::is_alive)
    }

    /// A new box, when it is ready. Where the helper ends meanwhile, another is asked once.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub(super) async fn open(&self, profile: Profile) -> Result<Channel, SandboxError> {
        let helper = self.helper().await?;
        match self.open_with(&helper, profile).await {
            Err(SandboxError::Internal(why)) => {
                if !helper.ends_within(NOTICED).await {
                    return Err(SandboxError::Internal(why));
                }
                let helper = self.helper().await?;
                self.open_with(&helper, profile).await
            }
            other => other,
        }
    }

    async fn open_with(&self, helper: &Helper, profile: Profile) -> Result<Channel, SandboxError> {
        let copied = helper.state().borrow().zygotes.contains_key(profile.name());
        let content = if copied {
            Some(Content::Copy(profile.name().to_owned()))
        } else {
            self.languages.cold(profile)
        };
        let content =
            content.ok_or_else(|| SandboxError::Internal(format!("nothing runs {}", profile.name())))?;
        let mut channel = Channel::new(helper.open(content)?);
        channel.ready().await?;
        Ok(channel)
    }

    /// Keeps the shelves full, for ever.
    pub(super) async fn refill(&self) {
        loop {
            match self.fill().await {
                Ok(()) => {
                    self.taken.notified().await;
                    // Who asked is answered first.
                    tokio::time::sleep(ANSWERED).await;
                }
                Err(error) => {
                    tracing::warn!("the sandbox keeps no programs ready: {error}");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn fill(&self) -> Result<(), SandboxError> {
        let helper = self.helper().await?;
        for profile in Profile::ALL
            .into_iter()
            .filter(|&profile| self.languages.has(profile))
        {
            let target = self.target(profile);
            while self.ready(profile) < target {
                if self.languages.zygote(profile).is_some() {
                    // A copy is worth waiting for, but not for ever: its packages may be broken.
                    let mut state = helper.state();
                    let ready =
                        state.wait_for(|state| state.gone || state.zygotes.contains_key(profile.name()));
                    if tokio::time::timeout(Duration::from_mins(1), ready).await.is_err() {
                        break;
                    }
                }
                let channel = self.open(profile).await?;
                self.shelves().entry(profile).or_default().push_back(channel);
            }
        }
        Ok(())
    }

    fn ready(&self, profile: Profile) -> u32 {
        self.shelves().get(&profile).map_or(0, |shelf| shelf.len() as u32)
    }

    fn shelves(&self) -> std::sync::MutexGuard<'_, HashMap<Profile, VecDeque<Channel>>> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many of a kind wait.
    fn target(&self, profile: Profile) -> u32 {
        let PoolSizes {
            python,
            science,
            bash,
            javascript,
        } = self.config.pools;
        match profile {
            Profile::Python => python,
            Profile::Science => science,
            Profile::Bash => bash,
            Profile::JavaScript if self.javascript.load(Ordering::Relaxed) => javascript,
            Profile::JavaScript => 0,
        }
    }

    /// How it is.
    pub(super) async fn states(&self) -> Vec<PoolState> {
        let helper = self.helper.lock().await.clone();
        let zygotes = helper
            .map(|helper| helper.state().borrow().zygotes.clone())
            .unwrap_or_default();
        Profile::ALL
            .into_iter()
            .filter(|&profile| self.languages.has(profile))
            .map(|profile| PoolState {
                profile: profile.name().to_owned(),
                target: self.target(profile),
                ready: self.ready(profile),
                busy: self.busy[profile as usize].load(Ordering::Relaxed),
                memory_bytes: zygotes.get(profile.name()).copied().unwrap_or(0),
            })
            .collect()
    }
}
