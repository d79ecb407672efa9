//! The sandbox of a host that cannot isolate programs: it runs none, and says why.

use async_trait::async_trait;
use council_core::sandbox::{
    Backend, Program, RunStream, Sandbox, SandboxError, SandboxStatus, SessionId, SessionSummary,
};
use futures::StreamExt as _;
use tokio_util::sync::CancellationToken;

/// Runs nothing.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{error}")]
pub struct Unavailable {
    error: SandboxError,
    rejected: Vec<(Backend, String)>,
}

impl Unavailable {
    /// For this reason; and why each backend that was tried does not do.
    pub fn new(error: SandboxError, rejected: Vec<(Backend, String)>) -> Self {
        Self { error, rejected }
    }

    /// What every run is answered with.
    pub fn error(&self) -> &SandboxError {
        &self.error
    }
}

#[async_trait]
impl Sandbox for Unavailable {
    async fn status(&self) -> SandboxStatus {
        SandboxStatus {
            protection: None,
            rejected: self.rejected.clone(),
            languages: Vec::new(),
            pools: Vec::new(),
            running: 0,
        }
    }

    fn run(&self, _program: Program, _cancel: CancellationToken) -> RunStream {
        let error = self.error.clone();
        futures::stream::once(async { Err(error) }).boxed()
    }

    async fn sessions(&self) -> Vec<SessionSummary> {
        Vec::new()
    }

    async fn end_session(&self, _id: &SessionId) -> Result<(), SandboxError> {
        Err(self.error.clone())
    }

    async fn interrupt_session(&self, _id: &SessionId) -> Result<(), SandboxError> {
        Err(self.error.clone())
    }
}
