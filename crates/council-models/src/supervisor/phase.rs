//! What a supervisor's worker is at the moment.

use super::LoadPermit;
use super::process::Process;
use council_core::ModelError;
use std::pin::Pin;
use std::time::Instant;

type Admission = Pin<Box<dyn Future<Output = Result<LoadPermit, ModelError>> + Send>>;

/// What the worker is.
pub(super) enum Phase {
    /// There is none.
    Off,
    /// It failed. Until then nobody tries again; `restart` says whether somebody does after it.
    Paused {
        until: Instant,
        error: ModelError,
        restart: bool,
    },
    /// Waiting for memory.
    Admitting(Admission),
    /// Reading the model.
    Loading(
        Process,
        #[expect(dead_code, reason = "held, not read")] LoadPermit,
    ),
    /// Taking jobs.
    Ready(Process),
}

impl Phase {
    /// The process, where there is one.
    pub(super) fn process(&mut self) -> Option<&mut Process> {
        match self {
            Self::Loading(process, _) | Self::Ready(process) => Some(process),
            Self::Off | Self::Paused { .. } | Self::Admitting(_) => None,
        }
    }

    pub(super) fn into_process(self) -> Option<Process> {
        match self {
            Self::Loading(process, _) | Self::Ready(process) => Some(process),
            Self::Off | Self::Paused { .. } | Self::Admitting(_) => None,
        }
    }
}
