//! An OCI engine by its command line, docker or podman. Our helper is put into the box and spoken to through the engine.

use super::tool::{BoxOrder, Input};
use super::{Maker, find, missing, paths};
use crate::config::{HelperCommand, SandboxConfig};
use crate::order::{Content, Guest, PROGRAMS, ProcessLimit};
use council_core::sandbox::{Backend, Limits, SandboxError, Tier};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where our helper stands in the box.
const HELPER: &str = "/council-box";
/// What the helper and the engine's own process need beside the program, in bytes: so that the helper, which can say what
/// happened, is first to see that memory runs out.
const OVERHEAD: u64 = 64 << 20;

/// The engine of this machine.
pub(super) struct Docker {
    program: PathBuf,
    helper: HelperCommand,
    runtime: Option<String>,
    image: String,
    environment: Vec<(String, String)>,
    /// Boxes are named after it, so that one that does not end can be ended.
    server: u32,
    boxes: AtomicU64,
}

impl Docker {
    pub(super) fn new(config: &SandboxConfig) -> Result<Self, SandboxError> {
        let program = find(config, &["docker", "podman"]).ok_or_else(|| {
            missing(
                "docker",
                "there is neither docker nor podman: install one, or choose another `sandbox.backend`"
                    .to_owned(),
            )
        })?;
        Ok(Self {
            program,
            helper: config.helper.clone(),
            runtime: config.docker_runtime.clone(),
            image: config.docker_image.clone(),
            environment: config.docker_environment.clone(),
            server: std::process::id(),
            boxes: AtomicU64::new(0),
        })
    }
}

impl Maker for Docker {
    fn backend(&self) -> Backend {
        Backend::Docker
    }

    fn tier(&self) -> Tier {
        Tier::Good
    }

    fn gaps(&self) -> &'static [&'static str] {
        // Engines share the host's users unless told otherwise, hide parts of /proc, and gVisor has no Landlock.
        &[
            "user namespace",
            "kernel settings",
            "landlock",
            "cgroup namespace",
            "host files",
        ]
    }

    fn order(&self, content: Content, limits: &Limits, _user: u32) -> Result<BoxOrder, SandboxError> {
        let name = format!(
            "council-box-{}-{}",
            self.server,
            self.boxes.fetch_add(1, Ordering::Relaxed)
        );
        let memory = limits.memory_bytes + OVERHEAD;
        let disk = format!(
            "rw,noexec,nosuid,nodev,mode=1777,size={},nr_inodes={}",
            limits.disk_bytes, limits.inodes
        );
        let mut args: Vec<OsString> = ["run", "--rm", "--interactive", "--pull", "never"]
            .map(OsString::from)
            .to_vec();
        let mut set = |flag: &str, value: String| args.extend([flag.into(), value.into()]);
        if let Some(runtime) = &self.runtime {
            set("--runtime", runtime.clone());
        }
        set("--name", name.clone());
        set("--network", "none".to_owned());
        set("--hostname", "box".to_owned());
        set("--cap-drop", "ALL".to_owned());
        set("--security-opt", "no-new-privileges".to_owned());
        set("--user", "65534:65534".to_owned());
        set("--pids-limit", (limits.processes + 1).to_string());
        set("--memory", memory.to_string());
        // Together with swap: none.
        set("--memory-swap", memory.to_string());
        set("--cpus", "1".to_owned());
        set("--shm-size", limits.disk_bytes.to_string());
        set("--tmpfs", format!("/tmp:{disk}"));
        set("--tmpfs", format!("/box:{disk}"));
        set("--workdir", "/box".to_owned());
        set("--log-driver", "none".to_owned());
        set(
            "--volume",
            format!("{}:{HELPER}:ro", self.helper.program.display()),
        );
        set("--entrypoint", HELPER.to_owned());
        args.push("--read-only".into());
        args.push(self.image.clone().into());
        args.extend(self.helper.args.iter().map(OsString::from));
        Ok(BoxOrder {
            program: self.program.clone(),
            args,
            environment: self.environment.clone(),
            input: Input::Channel,
            user: None,
            guest: Guest {
                content,
                user: None,
                home: PathBuf::from("/box"),
                temporary: PathBuf::from("/tmp"),
                programs: paths(PROGRAMS),
                readable: paths(["/etc", "/proc"]),
                writable: paths(["/tmp", "/box", "/dev/shm"]),
                in_memory: paths(["/tmp", "/box", "/dev/shm"]),
                on_disk: Vec::new(),
                processes: ProcessLimit::Maker,
                sees_host: false,
                needs_landlock: false,
            },
            folder: None,
            stop: ["kill", name.as_str()].map(OsString::from).to_vec(),
        })
    }
}
