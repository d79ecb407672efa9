//! What keeps a program from its host.

use super::program::Language;
use std::fmt;

/// What isolates programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Backend {
    /// Our own launcher: namespaces, Landlock, seccomp, rlimits, and cgroups where delegated.
    Namespaces,
    /// bubblewrap and our seccomp filter.
    Bubblewrap,
    /// Landlock, seccomp and rlimits without namespaces: weak.
    Landlock,
    /// Firejail, hardened beyond the original's flags.
    Firejail,
    /// An OCI engine, with a runtime of choice.
    Docker,
}

impl Backend {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Namespaces,
        Self::Bubblewrap,
        Self::Landlock,
        Self::Firejail,
        Self::Docker,
    ];

    /// Its name in every API, label and configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Namespaces => "namespaces",
            Self::Bubblewrap => "bubblewrap",
            Self::Landlock => "landlock",
            Self::Firejail => "firejail",
            Self::Docker => "docker",
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// How strongly programs are isolated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tier {
    /// The host's files, processes and network are out of reach, and so are most of its kernel's calls.
    Strong,
    /// Out of reach, with gaps that are known by name.
    Good,
    /// Only files and calls are filtered; allowed by `sandbox.allow_weak` alone.
    Weak,
}

impl Tier {
    /// Its name in every API and label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Strong => "strong",
            Self::Good => "good",
            Self::Weak => "weak",
        }
    }
}

/// Whether a layer of protection holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LayerState {
    /// It holds; found by trying.
    Enforced,
    /// It does not, for this reason.
    Missing(String),
}

/// One layer of protection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Such as `user namespace`, `landlock`, `seccomp`, `cgroup memory`.
    pub name: String,
    /// Whether it holds.
    pub state: LayerState,
    /// Whether programs are refused without it.
    pub required: bool,
}

/// What this host really enforces with one backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protection {
    /// What isolates.
    pub backend: Backend,
    /// How strongly.
    pub tier: Tier,
    /// Layer by layer.
    pub layers: Vec<Layer>,
}

/// Processes that are kept ready for one kind of program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolState {
    /// Such as `python`, `python-science`, `bash`.
    pub profile: String,
    /// How many are to be ready.
    pub target: u32,
    /// How many are.
    pub ready: u32,
    /// How many run programs or sessions.
    pub busy: u32,
    /// Resident memory of the one that the others are copies of, in bytes; 0 where there is none.
    pub memory_bytes: u64,
}

/// How the sandbox is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxStatus {
    /// What protects; `None` when nothing suitable was found, and then nothing is run.
    pub protection: Option<Protection>,
    /// Backends that were tried before, and why each does not do.
    pub rejected: Vec<(Backend, String)>,
    /// What is there, by language, and where it is not, how to get it.
    pub languages: Vec<(Language, Result<String, String>)>,
    /// What is kept ready.
    pub pools: Vec<PoolState>,
    /// Programs that run now.
    pub running: u32,
}
