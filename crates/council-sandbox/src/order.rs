//! What the host asks of the helper and of a box, and what they answer; all JSON.

use council_core::sandbox::Limits;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

/// No order or answer is longer, in bytes: what one datagram takes.
pub(crate) const MAX_ORDER: usize = 128 << 10;

/// Ids of the host that belong to nobody, for where Council is root: one for each user of a box.
pub(crate) const UNOWNED: u32 = 0x5c00_0000;
/// How many of them the helper takes. As many again follow for boxes that others make.
pub(crate) const UNOWNED_COUNT: u32 = 0x1_0000;

/// A place of the host that a box sees, read-only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Bind {
    /// On the host.
    pub(crate) source: PathBuf,
    /// In the box, below `/`.
    pub(crate) target: PathBuf,
}

/// A program and its arguments; its environment is only what is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Command {
    /// Path in the box.
    pub(crate) program: String,
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
}

/// To the helper, one datagram each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Order {
    /// First: make the ground that boxes stand on.
    Prepare { binds: Vec<Bind> },
    /// Start the process that the runners of a profile are copies of.
    Zygote { profile: String, command: Command },
    /// Make a box. Its channel comes with the datagram.
    Open { content: Content },
}

/// What stands ready in a box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Content {
    /// Nothing: a program is started when it is known.
    Empty(Command),
    /// A runner that was started for this box.
    Runner(Command),
    /// A copy of the zygote of a profile.
    Copy(String),
}

/// Where programs and what they need are found.
pub(crate) const PROGRAMS: &[&str] = &[
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt",
];

/// A box that somebody else made, as the helper in it must know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Guest {
    pub(crate) content: Content,
    /// Whom the helper becomes where it is root.
    pub(crate) user: Option<u32>,
    /// Working directory of programs, whose files go in and come out; made if it is not there.
    pub(crate) home: PathBuf,
    /// Folder for what is not to come out; made if it is not there.
    pub(crate) temporary: PathBuf,
    /// What Landlock lets a program run and read,
    pub(crate) programs: Vec<PathBuf>,
    /// read,
    pub(crate) readable: Vec<PathBuf>,
    /// and write.
    pub(crate) writable: Vec<PathBuf>,
    /// File systems of the box alone that are memory.
    pub(crate) in_memory: Vec<PathBuf>,
    /// Folders of the host that are the box's: nothing but the helper keeps them from growing.
    pub(crate) on_disk: Vec<PathBuf>,
    /// Who holds the number of processes down.
    pub(crate) processes: ProcessLimit,
    /// The host's files have their names here too: programs make no local sockets and list no folders but those above.
    pub(crate) sees_host: bool,
    /// Whether nothing may run without Landlock.
    pub(crate) needs_landlock: bool,
}

/// Who holds the number of processes down. The kernel counts them by user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ProcessLimit {
    /// The kernel: nobody else has the user of the box.
    OwnUser,
    /// The kernel: the limit goes on top of what the user has running.
    SharedUser,
    /// Whoever made the box.
    Maker,
}

/// From the helper, one datagram each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// The ground is made.
    Prepared {
        /// Layers that every box will have, and those that it will not, with the reason.
        layers: Vec<(String, Option<String>)>,
    },
    /// It cannot be made.
    Failed(SetupFailure),
    /// A zygote can be copied.
    ZygoteReady {
        profile: String,
        /// Resident memory, in bytes.
        memory_bytes: u64,
    },
    /// A zygote ended.
    ZygoteGone { profile: String },
}

/// A layer that could not be put up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SetupFailure {
    /// Such as `user namespace`.
    pub(crate) layer: String,
    /// What the system said.
    pub(crate) message: String,
}

/// A box can run a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ready {
    /// The runner, as pids are counted in the box; 0 where nothing runs yet.
    pub(crate) pid: i32,
}

/// Start, with these limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RunOrder {
    pub(crate) wall_us: u64,
    pub(crate) cpu_us: u64,
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
    /// What runs stays for the next run.
    pub(crate) session: bool,
    /// Address space is not limited: the program reserves far more than it uses.
    pub(crate) reserves: bool,
}

impl RunOrder {
    pub(crate) fn new(limits: &Limits, session: bool, reserves: bool) -> Self {
        let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        Self {
            wall_us: micros(limits.wall),
            cpu_us: micros(limits.cpu),
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
            session,
            reserves,
        }
    }
}

/// What comes before the content of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileHeader {
    /// Relative to `/box`, lossy UTF-8.
    pub(crate) name: String,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Cause {
    /// By itself.
    Itself,
    Wall,
    Cpu,
    Memory,
    Output,
}

/// How a run ended, as pid 1 measured it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ending {
    pub(crate) cause: Cause,
    pub(crate) exit: Option<i32>,
    pub(crate) signal: Option<i32>,
    /// What the runner said at its end: hostile, because the program shares its process.
    pub(crate) said: Option<String>,
    pub(crate) wall_us: u64,
    pub(crate) cpu_us: u64,
    pub(crate) max_rss_bytes: u64,
    pub(crate) stdout_cut: bool,
    pub(crate) stderr_cut: bool,
    pub(crate) artifacts_cut: bool,
    /// The runner is still there for the next run.
    pub(crate) alive: bool,
}
