//! A sandbox that is opened when it is first asked for, or ahead of that in the background.

use crate::SandboxConfig;
use crate::host::{Unavailable, open};
use async_trait::async_trait;
use council_core::sandbox::{
    Program, RunStream, Sandbox, SandboxError, SandboxStatus, SessionId, SessionSummary,
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
}

enum State {
    Closed,
    Open(Arc<dyn Sandbox>),
    Failed(Arc<Unavailable>, Instant),
}

impl LazySandbox {
    /// Nothing is started yet.
    pub fn new(config: SandboxConfig) -> Self {
        Self {
            config: Arc::new(config),
            state: Arc::new(Mutex::new(State::Closed)),
        }
    }

    /// The sandbox; opened if it was not.
    ///
    /// # Errors
    /// Why there is none on this host.
    pub async fn open(&self) -> Result<Arc<dyn Sandbox>, SandboxError> {
        self.find().await.map_err(|none| none.error().clone())
    }

    /// The sandbox, or what there is instead.
    async fn find(&self) -> Result<Arc<dyn Sandbox>, Arc<Unavailable>> {
        let mut state = self.state.lock().await;
        match &*state {
            State::Open(sandbox) => return Ok(Arc::clone(sandbox)),
            State::Failed(none, since) if since.elapsed() < AGAIN => return Err(Arc::clone(none)),
            State::Closed | State::Failed(..) => {}
        }
        match open((*self.config).clone()).await {
            Ok(sandbox) => {
                *state = State::Open(Arc::clone(&sandbox));
                Ok(sandbox)
            }
            Err(none) => {
                let none = Arc::new(none);
                *state = State::Failed(Arc::clone(&none), Instant::now());
                Err(none)
            }
        }
    }

    /// The same, for where it does not matter which.
    async fn any(&self) -> Arc<dyn Sandbox> {
        match self.find().await {
            Ok(sandbox) => sandbox,
            Err(none) => none,
        }
    }
}

#[async_trait]
impl Sandbox for LazySandbox {
    async fn status(&self) -> SandboxStatus {
        self.any().await.status().await
    }

    fn run(&self, program: Program, cancel: CancellationToken) -> RunStream {
        let this = self.clone();
        futures::stream::once(async move { this.any().await.run(program, cancel) })
            .flatten()
            .boxed()
    }

    async fn sessions(&self) -> Vec<SessionSummary> {
        match &*self.state.lock().await {
            State::Open(sandbox) => sandbox.sessions().await,
            State::Closed | State::Failed(..) => Vec::new(),
        }
    }

    async fn end_session(&self, id: &SessionId) -> Result<(), SandboxError> {
        self.any().await.end_session(id).await
    }

    async fn interrupt_session(&self, id: &SessionId) -> Result<(), SandboxError> {
        self.any().await.interrupt_session(id).await
    }
}
