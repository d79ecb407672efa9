//! What the sandbox is told. Whoever reads files and the environment does so elsewhere.

use council_core::sandbox::Backend;
use std::path::PathBuf;
use std::time::Duration;

/// How the helper is started: this very binary with an argument, or a program of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelperCommand {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
}

/// How many processes are kept ready for each kind of program; 0 starts every one when it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSizes {
    /// Python with its standard library.
    pub python: u32,
    /// Python with numpy, pandas and matplotlib imported.
    pub science: u32,
    /// Shells.
    pub bash: u32,
    /// Node.
    pub javascript: u32,
}

impl Default for PoolSizes {
    fn default() -> Self {
        Self {
            python: 4,
            science: 2,
            bash: 2,
            javascript: 1,
        }
    }
}

/// What the sandbox is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxConfig {
    /// The helper.
    pub helper: HelperCommand,
    /// Folders in which interpreters are looked for, in order.
    pub search_path: Vec<PathBuf>,
    /// Python: a path, or a name to look for.
    pub python: PathBuf,
    /// Node: a path, or a name to look for.
    pub node: PathBuf,
    /// The virtual environment with numpy, pandas, matplotlib and sympy, which need not exist.
    pub science: PathBuf,
    /// What is kept ready.
    pub pools: PoolSizes,
    /// Programs that run at once; more wait.
    pub max_running: u32,
    /// Programs that wait; more are refused.
    pub max_waiting: u32,
    /// A session that was not used for this long ends.
    pub session_idle: Duration,
    /// Sessions that are kept; one more ends the one that was used longest ago.
    pub max_sessions: usize,
    /// What isolates programs; `None` takes the strongest that this host gives.
    pub backend: Option<Backend>,
    /// Whether Landlock and seccomp alone will do where there is nothing better.
    pub allow_weak: bool,
    /// The OCI engine's runtime, such as `runsc`; `None` leaves it to the engine.
    pub docker_runtime: Option<String>,
    /// The OCI image that programs run in. It has bash, the interpreters, and a C library no older than this program's.
    pub docker_image: String,
    /// The environment of the OCI engine's command, such as `DOCKER_HOST`, `HOME` and `XDG_RUNTIME_DIR`; no program
    /// sees it.
    pub docker_environment: Vec<(String, String)>,
}

impl SandboxConfig {
    /// Defaults, with this helper, and with the science environment in this place.
    pub fn new(helper: HelperCommand, science: PathBuf) -> Self {
        Self {
            helper,
            search_path: ["/usr/bin", "/usr/local/bin", "/bin"].map(PathBuf::from).to_vec(),
            python: PathBuf::from("python3"),
            node: PathBuf::from("node"),
            science,
            pools: PoolSizes::default(),
            max_running: 16,
            max_waiting: 256,
            session_idle: Duration::from_mins(30),
            max_sessions: 8,
            backend: None,
            allow_weak: false,
            docker_runtime: None,
            docker_image: "python:3-slim".to_owned(),
            docker_environment: Vec::new(),
        }
    }
}
