//! What protects this machine from programs, and what is kept ready for them.

use council_core::sandbox::{
    Layer, LayerState, Limits, PoolState, RunLimits, SandboxStatus, SessionId, SessionSummary,
};
use serde::Serialize;
use utoipa::ToSchema;

/// How the sandbox is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SandboxStatus)]
pub(crate) struct StatusObject {
    /// `sandbox.status`.
    pub(crate) object: &'static str,
    /// Whether programs are run at all.
    pub(crate) available: bool,
    /// What isolates them.
    pub(crate) backend: Option<&'static str>,
    /// How strongly: `strong`, `good` or `weak`.
    pub(crate) tier: Option<&'static str>,
    /// The layers of that protection, found by trying.
    pub(crate) layers: Vec<LayerObject>,
    /// Backends that were tried before it, and why each does not do.
    pub(crate) rejected: Vec<RejectedObject>,
    pub(crate) languages: Vec<LanguageObject>,
    /// Processes that are kept ready.
    pub(crate) pools: Vec<PoolObject>,
    /// Programs that run now.
    pub(crate) running: u32,
    pub(crate) limits: RunLimitsObject,
}

/// A layer of protection.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SandboxLayer)]
pub(crate) struct LayerObject {
    pub(crate) name: String,
    pub(crate) enforced: bool,
    /// Why it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// Whether programs are refused without it.
    pub(crate) required: bool,
}

impl From<Layer> for LayerObject {
    fn from(layer: Layer) -> Self {
        let reason = match layer.state {
            LayerState::Enforced => None,
            LayerState::Missing(reason) => Some(reason),
        };
        Self {
            name: layer.name,
            enforced: reason.is_none(),
            reason,
            required: layer.required,
        }
    }
}

/// A backend that does not do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SandboxRejected)]
pub(crate) struct RejectedObject {
    pub(crate) backend: &'static str,
    pub(crate) reason: String,
}

/// A language.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SandboxLanguage)]
pub(crate) struct LanguageObject {
    pub(crate) language: &'static str,
    pub(crate) available: bool,
    /// Of its interpreter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<String>,
    /// Why it is not there, and how to get it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}

/// Processes that are kept ready for one kind of program.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SandboxPool)]
pub(crate) struct PoolObject {
    /// Such as `python`, `python-science`, `bash`.
    pub(crate) profile: String,
    /// How many are to be ready.
    pub(crate) target: u32,
    pub(crate) ready: u32,
    /// How many are in use.
    pub(crate) busy: u32,
    /// Resident memory of the one that the others are copies of.
    pub(crate) memory_bytes: u64,
}

impl From<PoolState> for PoolObject {
    fn from(pool: PoolState) -> Self {
        Self {
            profile: pool.profile,
            target: pool.target,
            ready: pool.ready,
            busy: pool.busy,
            memory_bytes: pool.memory_bytes,
        }
    }
}

/// What a run may use.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SandboxRunLimits)]
pub(crate) struct RunLimitsObject {
    /// Of a run that does not say.
    pub(crate) default: LimitsObject,
    /// The most that one may ask for.
    pub(crate) maximum: LimitsObject,
}

/// Limits of a run.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SandboxLimits)]
pub(crate) struct LimitsObject {
    pub(crate) wall_ms: u64,
    pub(crate) cpu_ms: u64,
    pub(crate) memory_bytes: u64,
    pub(crate) processes: u32,
    pub(crate) open_files: u32,
    pub(crate) file_bytes: u64,
    pub(crate) disk_bytes: u64,
    pub(crate) inodes: u64,
    pub(crate) stdout_bytes: u64,
    pub(crate) stderr_bytes: u64,
    pub(crate) artifacts: u32,
    pub(crate) artifact_bytes: u64,
}

impl From<Limits> for LimitsObject {
    fn from(limits: Limits) -> Self {
        Self {
            wall_ms: limits.wall.as_millis() as u64,
            cpu_ms: limits.cpu.as_millis() as u64,
            memory_bytes: limits.memory_bytes,
            processes: limits.processes,
            open_files: limits.open_files,
            file_bytes: limits.file_bytes,
            disk_bytes: limits.disk_bytes,
            inodes: limits.inodes,
            stdout_bytes: limits.stdout_bytes,
            stderr_bytes: limits.stderr_bytes,
            artifacts: limits.artifacts,
            artifact_bytes: limits.artifact_bytes,
        }
    }
}

impl StatusObject {
    /// The same where programs may be switched off.
    pub(crate) fn switched(self, on: bool) -> Self {
        Self {
            available: self.available && on,
            ..self
        }
    }

    pub(crate) fn new(status: SandboxStatus, limits: RunLimits) -> Self {
        let protection = status.protection;
        let rejected = status.rejected.into_iter();
        let languages = status.languages.into_iter();
        Self {
            object: "sandbox.status",
            available: protection.is_some(),
            backend: protection.as_ref().map(|protection| protection.backend.name()),
            tier: protection.as_ref().map(|protection| protection.tier.name()),
            layers: protection
                .into_iter()
                .flat_map(|protection| protection.layers)
                .map(Into::into)
                .collect(),
            rejected: rejected
                .map(|(backend, reason)| RejectedObject {
                    backend: backend.name(),
                    reason,
                })
                .collect(),
            languages: languages
                .map(|(language, found)| LanguageObject {
                    language: language.name(),
                    available: found.is_ok(),
                    version: found.as_ref().ok().cloned(),
                    reason: found.err(),
                })
                .collect(),
            pools: status.pools.into_iter().map(Into::into).collect(),
            running: status.running,
            limits: RunLimitsObject {
                default: limits.usual.into(),
                maximum: limits.maximum.into(),
            },
        }
    }
}

/// A session that is kept.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SandboxSession)]
pub(crate) struct SessionObject {
    pub(crate) id: String,
    /// `sandbox.session`.
    pub(crate) object: &'static str,
    pub(crate) language: &'static str,
    /// Programs that ran in it.
    pub(crate) runs: u64,
    /// Whether one runs now.
    pub(crate) busy: bool,
    /// Since the end of its last run.
    pub(crate) idle_seconds: f64,
    /// Resident memory of its processes.
    pub(crate) memory_bytes: u64,
}

impl From<SessionSummary> for SessionObject {
    fn from(session: SessionSummary) -> Self {
        Self {
            id: session.id.as_str().to_owned(),
            object: "sandbox.session",
            language: session.language.name(),
            runs: session.runs,
            busy: session.busy,
            idle_seconds: session.idle.as_secs_f64(),
            memory_bytes: session.memory_bytes,
        }
    }
}

/// What was done to a session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SandboxSessionChange)]
pub(crate) struct SessionChange {
    pub(crate) id: String,
    /// `sandbox.session.deleted`, `sandbox.session.reset` or `sandbox.session.interrupted`.
    pub(crate) object: &'static str,
    /// True where it is gone.
    pub(crate) deleted: bool,
}

impl SessionChange {
    pub(crate) fn deleted(id: &SessionId) -> Self {
        Self::new(id, "sandbox.session.deleted", true)
    }

    pub(crate) fn reset(id: &SessionId) -> Self {
        Self::new(id, "sandbox.session.reset", true)
    }

    pub(crate) fn interrupted(id: &SessionId) -> Self {
        Self::new(id, "sandbox.session.interrupted", false)
    }

    fn new(id: &SessionId, object: &'static str, deleted: bool) -> Self {
        let id = id.as_str().to_owned();
        Self { id, object, deleted }
    }
}
