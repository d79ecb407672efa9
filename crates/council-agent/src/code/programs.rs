//! Runs programs for turns and tools.

use crate::LiveSettings;
use council_core::sandbox::{
    Language, Limits, Program, RunEvent, RunReport, Sandbox, SandboxError, SessionId,
};
use futures::StreamExt;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The sandbox, and what a program of a turn may use. Without a sandbox nothing is run. Clones share it.
#[derive(Clone, Default)]
pub struct Programs {
    sandbox: Option<Arc<dyn Sandbox>>,
    limits: Limits,
    /// Says instead what they may use.
    settings: Option<LiveSettings>,
}

impl Programs {
    /// In this sandbox, which checks programs, within these limits.
    pub fn new(sandbox: Option<Arc<dyn Sandbox>>, limits: Limits) -> Self {
        Self {
            sandbox,
            limits,
            settings: None,
        }
    }

    /// The same within limits that can be changed at run time.
    #[must_use]
    pub fn with_settings(self, settings: LiveSettings) -> Self {
        Self {
            settings: Some(settings),
            ..self
        }
    }

    /// Whether there is a sandbox at all.
    pub fn has_sandbox(&self) -> bool {
        self.sandbox.is_some()
    }

    /// The sandbox, where there is one.
    pub fn sandbox(&self) -> Option<Arc<dyn Sandbox>> {
        self.sandbox.clone()
    }

    /// A program within the limits, which continues the session that belongs to a user's conversation, where there is one.
    pub fn program(
        &self,
        language: Language,
        source: &str,
        user: &str,
        conversation: Option<&str>,
    ) -> Program {
        let set = self.settings.as_ref().map(LiveSettings::current);
        Program {
            limits: set.map_or(self.limits, |settings| settings.sandbox.limits.usual),
            // An interpreter's variables are its own: each language has its session.
            session: conversation
                .and_then(|id| SessionId::new(format!("{id}.{language}")))
                .map(|id| id.of(user)),
            ..Program::new(language, source)
        }
    }

    /// Runs it to its end. Dropping the future kills it.
    ///
    /// # Errors
    /// [`SandboxError`]: nothing, or not all of it, was run.
    pub async fn run(&self, program: Program) -> Result<RunReport, SandboxError> {
        let Some(sandbox) = &self.sandbox else {
            return Err(SandboxError::CannotIsolate {
                missing: Vec::new(),
                message: "this Council has no sandbox, so that it runs no programs".to_owned(),
            });
        };
        let mut events = sandbox.run(program, CancellationToken::new());
        while let Some(event) = events.next().await {
            if let RunEvent::Finished(report) = event? {
                return Ok(*report);
            }
        }
        Err(SandboxError::Internal("a run ended without a report".to_owned()))
    }
}
