//! Whom a request comes from, and whether it may do what it asks.
//!
//! - `token`: how keys are made, read and hashed
//! - `kept`: keys, users and sessions in memory, as the store has them
//! - `follow`: what other processes changed of them
//! - `attempts`: who guesses waits
//! - `rates`: how many requests in a minute
//! - `change`: keys, users and sessions come and go
//! - `stay`: for how long what is open may stay so

mod attempts;
mod change;
mod follow;
mod kept;
mod rates;
mod stay;
mod token;

pub(crate) use change::{NewKey, session_id};
pub use token::HashCost;

use crate::error::{ApiError, Code};
use crate::state::ServerState;
use attempts::Attempts;
use axum::http::{HeaderMap, header};
use council_agent::{Payer, TurnRequest, WhichTools};
use council_core::memory::LOCAL_USER;
use council_core::{
    AccessStore, ApiKey, Clock, Effect, KeyScope, Scopes, StoreError, Timestamp, ToolDescription,
};
use follow::Seen;
use kept::Kept;
use rates::Rates;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;
use token::{Fast, Token};
use tokio::sync::{Mutex, Semaphore, watch};

/// The cookie that holds a session's token.
pub(crate) const COOKIE: &str = "council-session";

/// How often it is written down that a key is used.
const USE_NOTED: Duration = Duration::from_mins(1);

/// Slow hashes that are computed at once; each takes tens of milliseconds and 19 MiB.
const AT_ONCE: usize = 2;

/// How requests are let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRules {
    /// Whether clients on this machine need a key as others do.
    pub require_key: bool,
    /// Whether only this machine can reach the server. Where others can, clients without a key are no administrators.
    pub loopback: bool,
    /// Most requests of one key in a minute, where the key does not say; 0: unbounded.
    pub per_key: u32,
    /// Most requests in a minute from one address of another machine; 0: unbounded.
    pub per_address: u32,
    /// What it costs to try a secret.
    pub cost: HashCost,
}

impl Default for AccessRules {
    /// For a loopback listener: this machine's clients need no key, and nobody is bounded.
    fn default() -> Self {
        Self {
            require_key: false,
            loopback: true,
            per_key: 0,
            per_address: 0,
            cost: HashCost::default(),
        }
    }
}

/// Users, keys and sessions, and who guesses. One for a server.
pub struct Access {
    rules: AccessRules,
    clock: Arc<dyn Clock>,
    store: Option<Arc<dyn AccessStore>>,
    kept: RwLock<Kept>,
    seen: Seen,
    /// Changes are made one after another, so that what is kept in memory is what is stored.
    order: Mutex<()>,
    attempts: Attempts,
    rates: Rates,
    fast: Fast,
    verifying: Semaphore,
    terminal: String,
    /// Something was taken back.
    changes: watch::Sender<()>,
}

/// Whom a request comes from.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Whose conversations and memories it is about.
    pub(crate) user: Arc<str>,
    /// What it may do.
    pub(crate) scopes: Scopes,
    /// With which key; `None`: the owner of this machine, without one.
    pub(crate) key: Option<Arc<ApiKey>>,
    /// When the session ends through which it came.
    pub(crate) session_ends: Option<Timestamp>,
    /// The digest of that session's token.
    pub(crate) session: Option<Arc<str>>,
    /// As the audit names it.
    pub(crate) by: String,
}

impl Caller {
    fn owner(scopes: Scopes, by: String) -> Self {
        Self {
            user: LOCAL_USER.into(),
            scopes,
            key: None,
            session_ends: None,
            session: None,
            by,
        }
    }

    fn with_key(key: Arc<ApiKey>) -> Self {
        Self {
            user: key.user.as_str().into(),
            scopes: key.scopes,
            session_ends: None,
            session: None,
            by: format!("{} (key {})", key.user, key.id),
            key: Some(key),
        }
    }

    /// Makes a turn this caller's: its conversation and its memories are the user's, its key pays, and what the key does not
    /// allow is left out of what is done on the way to the answer.
    pub(crate) fn own(&self, app: &ServerState, turn: &mut TurnRequest) {
        let user = &*self.user;
        user.clone_into(&mut turn.user);
        if let Some(key) = &self.key {
            turn.payer = Payer {
                key: key.id.clone(),
                daily: key.daily,
            };
            // Keys wait their turn as addresses do.
            turn.generate.client = format!("key {}", key.id);
        }
        turn.conversation = turn.conversation.take().map(|id| id.of(user));
        let scopes = [
            turn.memory.as_mut().map(|memory| &mut memory.scope),
            turn.knowledge.as_mut(),
            turn.tools.as_mut().map(|tools| &mut tools.scope),
        ];
        for scope in scopes.into_iter().flatten() {
            user.clone_into(&mut scope.user);
        }
        if !self.scopes.has(KeyScope::Memory) {
            (turn.memory, turn.knowledge) = (None, None);
        }
        turn.programs &= self.scopes.has(KeyScope::Execute);
        if let Some(tools) = &mut turn.tools
            && tools.which == WhichTools::Allowed
        {
            let toolbox = app.agent.tools();
            let allowed = toolbox.list().filter(|tool| toolbox.allows(tool));
            let mine = allowed.filter(|tool| self.scopes.has(needed_by(tool)));
            tools.which = WhichTools::Named(mine.map(|tool| tool.name.clone()).collect());
        }
    }

    /// Refuses what the key does not allow.
    pub(crate) fn needs(&self, scope: KeyScope) -> Result<(), ApiError> {
        if self.scopes.has(scope) {
            return Ok(());
        }
        let name = scope.as_str();
        let message = match &self.key {
            Some(key) => format!(
                "this needs a key with the scope `{name}`, and `{}` has not",
                key.id
            ),
            None => format!(
                "this needs a key with the scope `{name}`, because other machines can reach the server"
            ),
        };
        let hint = format!("`council key add --scope {name}` on the server's machine makes one");
        Err(ApiError::new(Code::Forbidden, message).with_hint(hint))
    }
}

/// What a tool needs: those that run nothing look into memories and documents.
pub(crate) fn needed_by(tool: &ToolDescription) -> KeyScope {
    if tool.effect >= Effect::Executes {
        KeyScope::Execute
    } else {
        KeyScope::Memory
    }
}

/// From where a request comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// From this process, without a connection.
    InProcess,
    /// From a program on this machine.
    Local(IpAddr),
    /// From another machine, or through something that passes requests on.
    Elsewhere(IpAddr),
}

impl Place {
    /// A request that was passed on by a proxy comes from wherever the proxy's client is. One that names another host may be
    /// a page's that has its own name point here.
    pub(crate) fn of(peer: Option<IpAddr>, host: Option<&str>, headers: &HeaderMap) -> Self {
        let Some(peer) = peer.map(|peer| peer.to_canonical()) else {
            return Self::InProcess;
        };
        let passed_on = ["forwarded", "x-forwarded-for", "x-real-ip"];
        let direct = passed_on.iter().all(|name| !headers.contains_key(*name));
        if peer.is_loopback() && direct && host.is_none_or(crate::middleware::is_loopback) {
            Self::Local(peer)
        } else {
            Self::Elsewhere(peer)
        }
    }

    fn address(self) -> Option<IpAddr> {
        match self {
            Self::InProcess => None,
            Self::Local(address) | Self::Elsewhere(address) => Some(address),
        }
    }
}

/// What a request shows.
enum Credential<'a> {
    /// A key, or what else a client sends in its place.
    Key(&'a str),
    Session(&'a str),
}

impl Access {
    /// With the users, keys and sessions of a store.
    ///
    /// # Errors
    /// When the store fails, or the system has no random numbers.
    pub async fn open(
        store: Arc<dyn AccessStore>,
        clock: Arc<dyn Clock>,
        rules: AccessRules,
    ) -> Result<Self, StoreError> {
        let at = tokio::time::Instant::now();
        let seen = Seen::new(store.revision().await?, at);
        let kept = Kept::read(&*store, clock.now()).await?;
        let access = Self::new(clock, rules)?;
        *access.kept_mut() = kept;
        Ok(Self {
            store: Some(store),
            seen,
            ..access
        })
    }

    /// Without keys: clients on this machine are let in, and nobody else.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn without_keys(clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        Self::new(clock, AccessRules::default())
    }

    fn new(clock: Arc<dyn Clock>, rules: AccessRules) -> Result<Self, StoreError> {
        Ok(Self {
            rules,
            clock,
            store: None,
            kept: RwLock::default(),
            seen: Seen::default(),
            order: Mutex::default(),
            attempts: Attempts::default(),
            rates: Rates::default(),
            fast: Fast::new()?,
            verifying: Semaphore::new(AT_ONCE),
            terminal: token::fresh_secret()?,
            changes: watch::Sender::default(),
        })
    }

    /// A key of the owner's for programs that can read the data directory: it is good for as long as this process runs.
    pub fn terminal_key(&self) -> String {
        token::terminal(&self.terminal)
    }

    /// The names of the users, with that of the owner of the machine.
    pub fn user_names(&self) -> Vec<String> {
        let others = self.kept().users().into_iter().map(|user| user.name);
        [LOCAL_USER.to_owned()].into_iter().chain(others).collect()
    }

    /// Whether a client at this place needs a key.
    pub(crate) fn wants_key(&self, place: Place) -> bool {
        match place {
            Place::InProcess => false,
            Place::Local(_) => self.rules.require_key,
            Place::Elsewhere(_) => true,
        }
    }

    /// Whom a request comes from; `None`: nobody that is known.
    pub(crate) async fn identify(
        &self,
        place: Place,
        headers: &HeaderMap,
    ) -> Result<Option<Caller>, ApiError> {
        let owner_may = !self.wants_key(place);
        match credential(headers) {
            // Clients of other APIs want a key to be set, and send what their user has made up.
            Some(Credential::Key(text)) if !owner_may || token::is_ours(text) => {
                return self.by_key(text, place).await.map(Some);
            }
            Some(Credential::Session(token)) => {
                if let Some(caller) = self.by_session(token).await? {
                    return Ok(Some(caller));
                }
            }
            Some(Credential::Key(_)) | None => {}
        }
        if !owner_may {
            return Ok(None);
        }
        let usual = match place {
            Place::Local(_) if !self.rules.loopback => Scopes::all().without(KeyScope::Admin),
            _ => Scopes::all(),
        };
        let by = place
            .address()
            .map_or("in process".to_owned(), |address| address.to_string());
        Ok(Some(Caller::owner(usual, by)))
    }

    /// Refuses whoever asks too often.
    pub(crate) fn pace(&self, place: Place, caller: Option<&Caller>) -> Result<(), ApiError> {
        let (who, most) = match (caller.and_then(|caller| caller.key.as_ref()), place) {
            (Some(key), _) => (
                rates::Who::Key(key.id.clone()),
                key.per_minute.unwrap_or(self.rules.per_key),
            ),
            (None, Place::Elsewhere(address)) => (rates::Who::of(address), self.rules.per_address),
            (None, Place::Local(_) | Place::InProcess) => return Ok(()),
        };
        self.rates.take(&who, most).map_err(|wait| {
            let message =
                format!("{who} may ask {most} times in a minute, and has; wait, or raise the limit");
            ApiError::limited(message, wait)
        })
    }

    /// Whose key this is.
    pub(crate) async fn by_key(&self, text: &str, place: Place) -> Result<Caller, ApiError> {
        if self.fast.same(text, &token::terminal(&self.terminal)) {
            return Ok(Caller::owner(Scopes::all(), "terminal".to_owned()));
        }
        self.catch_up(false).await?;
        let digest = self.fast.digest(text);
        let token = Token::parse(text);
        let known = token
            .as_ref()
            .and_then(|token| self.kept().known(token.id, &digest));
        if let Some(key) = known {
            return self.admitted(key).await;
        }
        self.attempts.check(place.address())?;
        let hash = || token.as_ref().and_then(|token| self.kept().hash(token.id));
        let mut entry = hash();
        if entry.is_none() && token.is_some() {
            // Another Council may have made it a moment ago.
            self.catch_up(true).await?;
            entry = hash();
        }
        let right = match (token, entry) {
            (Some(token), Some(hash)) => self
                .verify(token.secret.to_owned(), hash)
                .await?
                .then_some(token.id),
            _ => None,
        };
        let Some(id) = right else {
            self.attempts.failed(place.address());
            let message = "the key is not known";
            let hint =
                "check that it was copied whole; `council key add` on the server's machine makes a new one";
            return Err(ApiError::new(Code::Unauthorized, message).with_hint(hint));
        };
        self.attempts.passed(place.address());
        let key = self.kept_mut().verified(id, digest);
        match key {
            Some(key) => self.admitted(key).await,
            None => Err(ApiError::internal("a key went while it was looked at")),
        }
    }

    /// Tries a secret, which takes a while on purpose.
    async fn verify(&self, secret: String, hash: Arc<str>) -> Result<bool, ApiError> {
        let failed = |error: String| ApiError::internal(format!("a key could not be checked: {error}"));
        let _place = self
            .verifying
            .acquire()
            .await
            .map_err(|error| failed(error.to_string()))?;
        let tried = tokio::task::spawn_blocking(move || token::verify(&secret, &hash)).await;
        tried.map_err(|error| failed(error.to_string()))
    }

    /// The caller with a key whose secret is right, unless its time is over.
    async fn admitted(&self, key: Arc<ApiKey>) -> Result<Caller, ApiError> {
        let now = self.clock.now();
        let Some(message) = stay::over(&key, now) else {
            self.note_use(&key, now).await;
            return Ok(Caller::with_key(key));
        };
        let hint = "`council key add` on the server's machine makes a new one";
        Err(ApiError::new(Code::Unauthorized, message).with_hint(hint))
    }

    async fn by_session(&self, token: &str) -> Result<Option<Caller>, ApiError> {
        self.catch_up(false).await?;
        let (now, digest) = (self.clock.now(), token::digest(token));
        let session = || self.kept().session(&digest, now);
        let mut found = session();
        if found.is_none() {
            // Another Council may have opened it a moment ago.
            self.catch_up(true).await?;
            found = session();
        }
        let Some((key, ends)) = found else {
            return Ok(None);
        };
        let caller = self.admitted(key).await.ok();
        Ok(caller.map(|caller| Caller {
            session_ends: Some(ends),
            session: Some(digest.into()),
            ..caller
        }))
    }

    /// A use that is not written down is no reason to refuse it.
    async fn note_use(&self, key: &ApiKey, now: Timestamp) {
        let noted = key.last_used_at.is_some_and(|last| now.since(last) < USE_NOTED);
        let Some(store) = self.store.as_ref().filter(|_| !noted) else {
            return;
        };
        self.kept_mut().used(&key.id, now);
        if let Err(error) = store.key_used(&key.id, now).await {
            tracing::warn!(key = key.id, "the use of key {} was not noted: {error}", key.id);
        }
    }

    fn kept(&self) -> RwLockReadGuard<'_, Kept> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept_mut(&self) -> RwLockWriteGuard<'_, Kept> {
        self.kept.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A key in `Authorization`, or in `x-api-key` as Anthropic's clients send it; else the session of a browser.
fn credential(headers: &HeaderMap) -> Option<Credential<'_>> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = text(header::AUTHORIZATION).and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let key = bearer.or_else(|| text(header::HeaderName::from_static("x-api-key")).map(str::trim));
    if let Some(key) = key.filter(|key| !key.is_empty()) {
        return Some(Credential::Key(key));
    }
    session_cookie(headers).map(Credential::Session)
}

/// The token of the session that a browser shows.
pub(crate) fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(header::COOKIE).into_iter();
    let pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'));
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE).then_some(value))
}

#[cfg(test)]
mod tests;
