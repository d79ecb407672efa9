//! Checks programs before they reach the sandbox.

use crate::LiveSettings;
use async_trait::async_trait;
use council_core::sandbox::{
    AttackReport, Limits, Program, RunEvent, RunReport, RunStream, Sandbox, SandboxError, SandboxStatus,
    SessionId, SessionSummary,
};
use futures::{StreamExt, stream};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// A sandbox that only gets programs that can be run.
pub(super) struct Checked {
    inner: Arc<dyn Sandbox>,
    maximum: Limits,
    settings: Option<LiveSettings>,
}

impl Checked {
    pub(super) fn new(inner: Arc<dyn Sandbox>, maximum: Limits, settings: Option<LiveSettings>) -> Self {
        Self {
            inner,
            maximum,
            settings,
        }
    }
}

#[async_trait]
impl Sandbox for Checked {
    async fn status(&self) -> SandboxStatus {
        self.inner.status().await
    }

    fn run(&self, mut program: Program, cancel: CancellationToken) -> RunStream {
        let settings = self.settings.as_ref().map(LiveSettings::current);
        if settings.is_some_and(|settings| !settings.sandbox.enabled) {
            let message =
                "programs are switched off; switch them on in Admin, Sandbox (`sandbox.enabled`)".to_owned();
            let missing = Vec::new();
            return stream::iter([Err(SandboxError::CannotIsolate { missing, message })]).boxed();
        }
        if let Err(error) = program.check(&self.maximum) {
            return stream::iter([Err(error)]).boxed();
        }
        if let Some(reason) = program.refusal() {
            return refused(Arc::clone(&self.inner), program, reason, cancel);
        }
        program.source = program.clean_source().into_owned();
        self.inner.run(program, cancel)
    }

    async fn sessions(&self) -> Vec<SessionSummary> {
        self.inner.sessions().await
    }

    async fn end_session(&self, id: &SessionId) -> Result<(), SandboxError> {
        self.inner.end_session(id).await
    }

    async fn interrupt_session(&self, id: &SessionId) -> Result<(), SandboxError> {
        self.inner.interrupt_session(id).await
    }

    async fn close(&self) {
        self.inner.close().await;
    }

    async fn attack(&self) -> Result<Vec<AttackReport>, SandboxError> {
        self.inner.attack().await
    }
}

/// The end of a run that never was. A host that cannot isolate says so itself, whatever the source.
fn refused(
    sandbox: Arc<dyn Sandbox>,
    program: Program,
    reason: String,
    cancel: CancellationToken,
) -> RunStream {
    let end = async move {
        let Some(protection) = sandbox.status().await.protection else {
            return sandbox.run(program, cancel);
        };
        let report = RunReport::refused(&reason, protection.backend, protection.tier);
        stream::iter([Ok(RunEvent::Finished(Box::new(report)))]).boxed()
    };
    stream::once(end).flatten().boxed()
}
