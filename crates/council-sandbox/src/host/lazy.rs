//! A sandbox that is opened when it is first asked for, or ahead of that in the background.

use crate::SandboxConfig;
use crate::attacks::{self, Ground};
use crate::host::Unavailable;
use async_trait::async_trait;
use council_core::sandbox::{
    AttackReport, Program, RunStream, Sandbox, SandboxError, SandboxStatus, SessionId, SessionSummary,
};
use futures::StreamExt as _;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

/// After this host was found unfit, it is tried again no sooner: somebody may have mended it meanwhile.
const AGAIN: Duration = Duration::from_secs(30);

/// Opens the sandbox that suits the host, once it is needed.
#[derive(Clone)]
pub struct LazySandbox {
    config: Arc<SandboxConfig>,
    state: Arc<Mutex<State>>,
    attacking: Arc<Mutex<()>>,
}

enum State {
    Closed,
    Open(Arc<dyn Sandbox>),
    Failed(Arc<Unavailable>, Instant),
    /// For good: the process stops.
    Ended,
}

impl LazySandbox {
    /// Nothing is started yet.
    pub fn new(config: SandboxConfig) -> Self {
        Self {
            config: Arc::new(config),
            state: Arc::new(Mutex::new(State::Closed)),
            attacking: Arc::default(),
        }
    }

    /// The sandbox, opened if it was not; one that runs nothing and says why, where this host has none.
    pub async fn open(&self) -> Arc<dyn Sandbox> {
        match self.opened().await {
            Ok(sandbox) => sandbox,
            Err(unavailable) => unavailable,
        }
    }

    async fn opened(&self) -> Result<Arc<dyn Sandbox>, Arc<Unavailable>> {
        let mut state = self.state.lock().await;
        match &*state {
            State::Open(sandbox) => return Ok(Arc::clone(sandbox)),
            State::Failed(unavailable, since) if since.elapsed() < AGAIN => {
                return Err(Arc::clone(unavailable));
            }
            State::Ended => return Err(Arc::new(Unavailable::new(SandboxError::Stopping, Vec::new()))),
            State::Closed | State::Failed(..) => {}
        }
        match super::open((*self.config).clone()).await {
            Ok(sandbox) => {
                *state = State::Open(Arc::clone(&sandbox));
                Ok(sandbox)
            }
            Err(unavailable) => {
                tracing::warn!("no programs will be run: {}", unavailable.error());
                let unavailable = Arc::new(unavailable);
                *state = State::Failed(Arc::clone(&unavailable), Instant::now());
                Err(unavailable)
            }
        }
    }
}

#[async_trait]
impl Sandbox for LazySandbox {
    async fn status(&self) -> SandboxStatus {
        self.open().await.status().await
    }

    fn run(&self, program: Program, cancel: CancellationToken) -> RunStream {
        let this = self.clone();
        futures::stream::once(async move { this.open().await.run(program, cancel) })
            .flatten()
            .boxed()
    }

    async fn sessions(&self) -> Vec<SessionSummary> {
        match &*self.state.lock().await {
            State::Open(sandbox) => sandbox.sessions().await,
            State::Closed | State::Failed(..) | State::Ended => Vec::new(),
        }
    }

    async fn end_session(&self, id: &SessionId) -> Result<(), SandboxError> {
        self.open().await.end_session(id).await
    }

    async fn interrupt_session(&self, id: &SessionId) -> Result<(), SandboxError> {
        self.open().await.interrupt_session(id).await
    }

    async fn close(&self) {
        let before = std::mem::replace(&mut *self.state.lock().await, State::Ended);
        if let State::Open(sandbox) = before {
            sandbox.close().await;
        }
    }

    async fn attack(&self) -> Result<Vec<AttackReport>, SandboxError> {
        // Two at once would count each other's processes.
        let Ok(_alone) = self.attacking.try_lock() else {
            return Err(SandboxError::Busy { retry_after: AGAIN });
        };
        let sandbox = self
            .opened()
            .await
            .map_err(|unavailable| unavailable.error().clone())?;
        let failed =
            |error: &dyn std::fmt::Display| SandboxError::Internal(format!("the self-test: {error}"));
        let ground = Ground::open(&[]).map_err(|error| failed(&error))?;
        let runtime = tokio::runtime::Handle::current();
        // On a thread of its own: it looks at processes and files of the host between attacks.
        let attacks = move || runtime.block_on(attacks::run(&*sandbox, &ground, attacks::all()));
        let outcomes = tokio::task::spawn_blocking(attacks)
            .await
            .map_err(|error| failed(&error))?;
        Ok(outcomes.iter().map(attacks::Outcome::report).collect())
    }
}
