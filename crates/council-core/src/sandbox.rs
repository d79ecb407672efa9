//! Running programs that nobody vouches for: what is asked, what happens, what came of it.
//!
//! - [`program`](self::program): a program and its limits
//! - [`report`](self::report): what a run did
//! - [`protection`](self::protection): what keeps a program from its host
//! - `scripted`: a fake for tests, behind the feature `naive`

pub mod program;
pub mod protection;
pub mod report;
#[cfg(any(test, feature = "naive"))]
pub mod scripted;

pub use program::{InputFile, Language, Limits, Program, RunLimits, SessionId};
pub use protection::{Backend, Layer, LayerState, PoolState, Protection, SandboxStatus, Tier};
pub use report::{Artifact, AttackReport, RunEvent, RunReport, RunStatus, Start, Truncated, Verdict};

use async_trait::async_trait;
use futures::stream::BoxStream;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The events of one run; ends with one [`RunEvent::Finished`] or one error. Dropping it kills the program.
pub type RunStream = BoxStream<'static, Result<RunEvent, SandboxError>>;

/// Why a program was not run. A program that ran and failed is no error: its report says so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SandboxError {
    /// This host cannot give the protection that was asked for, so nothing was run.
    #[error("{message}")]
    CannotIsolate {
        /// The layers that are missing, by name.
        missing: Vec<String>,
        /// Which layer is missing, why, and what to do.
        message: String,
    },
    /// The language is known and its interpreter is not on this machine.
    #[error("{message}")]
    LanguageMissing {
        /// The language.
        language: Language,
        /// How to get it.
        message: String,
    },
    /// A field of the request is wrong.
    #[error("`{field}` {message}")]
    InvalidProgram {
        /// The field, as the API names it.
        field: String,
        /// What is wrong and what would be right; goes on after the field, as in `is 9000; it must be from 1 to 5000`.
        message: String,
    },
    /// No session has this id, or it ended.
    #[error("session `{id}` {reason}")]
    SessionLost {
        /// The session.
        id: String,
        /// Why it is not there, as the end of a sentence.
        reason: String,
    },
    /// As many programs run or wait as may.
    #[error("the sandbox runs as many programs as it may; try again in {} s", retry_after.as_secs().max(1))]
    Busy {
        /// When a place is likely to be free.
        retry_after: Duration,
    },
    /// The process stops, and with it whatever runs.
    #[error("the server is stopping and runs no more programs; send it again")]
    Stopping,
    /// A defect of ours, or a host that ran out of something.
    #[error("the sandbox failed: {0}")]
    Internal(String),
}

/// A session that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionSummary {
    /// Its id.
    pub id: SessionId,
    /// What it speaks.
    pub language: Language,
    /// Programs that ran in it.
    pub runs: u64,
    /// Whether one runs now.
    pub busy: bool,
    /// Since the end of its last run.
    pub idle: Duration,
    /// Most resident memory of its process until the end of its last run, in bytes.
    pub memory_bytes: u64,
}

/// Anything that runs a program apart from its host.
#[async_trait]
pub trait Sandbox: Send + Sync {
    /// What protects the host now, and what is kept ready. Cheap; measured at start and on change.
    async fn status(&self) -> SandboxStatus;

    /// Starts a program. `cancel` ends it with [`RunStatus::Killed`]; every failure to run it travels in the stream.
    fn run(&self, program: Program, cancel: CancellationToken) -> RunStream;

    /// The sessions that are kept, the one used last first.
    async fn sessions(&self) -> Vec<SessionSummary>;

    /// Ends a session and everything in it; its files and variables are gone.
    ///
    /// # Errors
    /// [`SandboxError::SessionLost`] when there is none.
    async fn end_session(&self, id: &SessionId) -> Result<(), SandboxError>;

    /// Ends what runs in a session and keeps its variables.
    ///
    /// # Errors
    /// [`SandboxError::SessionLost`] when there is none.
    async fn interrupt_session(&self, id: &SessionId) -> Result<(), SandboxError>;

    /// Ends what runs and every process that was started for it, and returns when they are gone. What is asked for
    /// afterwards is refused. A sandbox without processes of its own has nothing to do.
    async fn close(&self) {}

    /// Attacks the host from within, in every way that is known, and tells what came of each. Takes a minute or so.
    ///
    /// # Errors
    /// When nothing is run here, or the attacks cannot be prepared.
    async fn attack(&self) -> Result<Vec<AttackReport>, SandboxError> {
        let what = "this sandbox has no attacks to put itself to";
        Err(SandboxError::Internal(what.to_owned()))
    }
}
