//! A sandbox that is opened when it is first asked for, or ahead of that in the background.

use crate::SandboxConfig;
use crate::host::Namespaces;
use async_trait::async_trait;
use council_core::sandbox::{
    Backend, Program, RunStream, Sandbox, SandboxError, SandboxStatus, SessionId, SessionSummary,
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
    Failed(SandboxError, Instant),
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
        let mut state = self.state.lock().await;
        match &*state {
            State::Open(sandbox) => return Ok(Arc::clone(sandbox)),
            State::Failed(error, since) if since.elapsed() < AGAIN => return Err(error.clone()),
            State::Closed | State::Failed(..) => {}
        }
        match Namespaces::start((*self.config).clone()).await {
            Ok(sandbox) => {
                let sandbox: Arc<dyn Sandbox> = Arc::new(sandbox);
                *state = State::Open(Arc::clone(&sandbox));
                Ok(sandbox)
            }
            Err(error) => {
                *state = State::Failed(error.clone(), Instant::now());
                Err(error)
            }
        }
    }
}

#[async_trait]
impl Sandbox for LazySandbox {
    async fn status(&self) -> SandboxStatus {
        match self.open().await {
            Ok(sandbox) => sandbox.status().await,
            Err(error) => SandboxStatus {
                protection: None,
                rejected: vec![(Backend::Namespaces, error.to_string())],
                languages: Vec::new(),
                pools: Vec::new(),
                running: 0,
            },
        }
    }

    fn run(&self, program: Program, cancel: CancellationToken) -> RunStream {
        let this = self.clone();
        futures::stream::once(async move {
            match this.open().await {
                Ok(sandbox) => sandbox.run(program, cancel),
                Err(error) => futures::stream::once(async { Err(error) }).boxed(),
            }
        })
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
        self.open().await?.end_session(id).await
    }

    async fn interrupt_session(&self, id: &SessionId) -> Result<(), SandboxError> {
        self.open().await?.interrupt_session(id).await
    }
}
