//! What isolates programs and what they may use: from checked values to settings.

use super::ConfigError;
use super::keys::KEYS;
use super::layers::{Source, Values};
use super::value::Value;
use council_core::sandbox::{Backend, Limits, RunLimits};
use std::path::PathBuf;
use std::thread::available_parallelism;
use std::time::Duration;

/// How programs are isolated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxSettings {
    /// What isolates them.
    pub backend: BackendChoice,
    /// Whether programs run where only files and system calls can be filtered.
    pub allow_weak: bool,
    /// Runtime of the container engine; `None`: its own.
    pub docker_runtime: Option<String>,
    /// Image that a container engine runs programs in.
    pub docker_image: String,
    /// Python interpreter.
    pub python: PathBuf,
    /// Node.js.
    pub node: PathBuf,
    /// Where `council sandbox setup` puts the Python environment with numpy, pandas, matplotlib and sympy.
    pub science_dir: PathBuf,
    /// Processes that are kept ready.
    pub warm: WarmSlots,
    /// A session without a run for this long ends.
    pub session_idle: Duration,
    /// Most sessions that are kept.
    pub sessions: u32,
    /// Most programs that run at once.
    pub concurrent_runs: u32,
    /// What a run may use.
    pub limits: RunLimits,
}

/// Which backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackendChoice {
    /// None: no program is run.
    Off,
    /// The strongest that works.
    Auto,
    /// This one or none.
    Only(Backend),
}

/// Processes that are kept ready, by profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WarmSlots {
    /// Python with its standard library.
    pub python: u32,
    /// Python with numpy, pandas and matplotlib.
    pub science: u32,
    /// bash.
    pub bash: u32,
    /// Node.js.
    pub javascript: u32,
}

/// The settings.
pub(super) fn settings(values: &Values) -> SandboxSettings {
    let number = |key: &str| values.integer(key).unwrap_or_default() as u32;
    SandboxSettings {
        backend: backend(&values.text("sandbox.backend")),
        allow_weak: values.boolean("sandbox.allow_weak"),
        docker_runtime: values.optional_text("sandbox.docker_runtime"),
        docker_image: values.text("sandbox.docker_image"),
        python: values.path("sandbox.python"),
        node: values.path("sandbox.node"),
        science_dir: values.path("data_dir").join("sandbox").join("science"),
        warm: WarmSlots {
            python: number("sandbox.warm_python"),
            science: number("sandbox.warm_science"),
            bash: number("sandbox.warm_bash"),
            javascript: number("sandbox.warm_javascript"),
        },
        session_idle: values.duration("sandbox.session_idle").unwrap_or_default(),
        sessions: number("sandbox.sessions"),
        concurrent_runs: values
            .integer("sandbox.concurrent_runs")
            .map_or_else(usual_runs, |runs| runs as u32),
        limits: RunLimits {
            usual: limits("limits", values),
            maximum: limits("maximum", values),
        },
    }
}

fn usual_runs() -> u32 {
    let processors = available_parallelism().map_or(1, usize::from);
    (2 * processors as u32).max(4)
}

/// The names are checked against the key table before; see `config/tests/sandbox.rs` for the proof that both agree.
fn backend(name: &str) -> BackendChoice {
    let only = Backend::ALL.into_iter().find(|backend| backend.name() == name);
    match (name, only) {
        (_, Some(backend)) => BackendChoice::Only(backend),
        ("off", None) => BackendChoice::Off,
        _ => BackendChoice::Auto,
    }
}

/// The limits of one section.
fn limits(section: &str, values: &Values) -> Limits {
    let full = |name: &str| format!("sandbox.{section}.{name}");
    let time = |name: &str| values.duration(&full(name)).unwrap_or_default();
    let number = |name: &str| values.integer(&full(name)).unwrap_or_default();
    Limits {
        wall: time("wall"),
        cpu: time("cpu"),
        memory_bytes: number("memory_mib") << 20,
        processes: number("processes") as u32,
        open_files: number("open_files") as u32,
        file_bytes: number("file_mib") << 20,
        disk_bytes: number("disk_mib") << 20,
        inodes: number("inodes"),
        stdout_bytes: number("stdout_kib") << 10,
        stderr_bytes: number("stderr_kib") << 10,
        artifacts: number("artifacts") as u32,
        artifact_bytes: number("artifact_mib") << 20,
    }
}

/// Puts no usual limit above its maximum: a default of ours follows a lower maximum, one that somebody set above it is
/// a contradiction.
pub(super) fn cap(values: &mut Values) -> Result<(), ConfigError> {
    let names = KEYS
        .iter()
        .filter_map(|key| key.name.strip_prefix("sandbox.limits."));
    for name in names {
        let (key, most) = (
            format!("sandbox.limits.{name}"),
            format!("sandbox.maximum.{name}"),
        );
        let (Some((value, source)), Some((maximum, _))) = (values.entry(&key), values.entry(&most)) else {
            continue;
        };
        let above = match (value, maximum) {
            (Value::Duration(value), Value::Duration(maximum)) => value > maximum,
            (Value::Integer(value), Value::Integer(maximum)) => value > maximum,
            _ => false,
        };
        if !above {
            continue;
        }
        if *source != Source::Default {
            return Err(ConfigError::InvalidValue {
                origin: source.to_string(),
                key,
                value: value.to_string(),
                accepted: format!("at most `{most}`, which is {maximum}"),
            });
        }
        let entry = (maximum.clone(), source.clone());
        values.insert(key, entry);
    }
    Ok(())
}
