//! Firejail, as the original used it, hardened. Everything that it leaves open is named in `gaps`.

use super::tool::{BoxOrder, Input, helper_args};
use super::{Maker, find, is_root, missing, paths};
use crate::config::{HelperCommand, SandboxConfig};
use crate::order::{Content, Guest, ProcessLimit};
use council_core::sandbox::{Backend, Limits, SandboxError, Tier};
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

/// What a box must have of the host's root to run anything. The rest is hidden.
const SHOWN: [&str; 12] = [
    "usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "etc", "dev", "proc", "tmp", "run",
];

/// Firejail of this machine.
pub(super) struct Firejail {
    program: PathBuf,
    helper: HelperCommand,
}

impl Firejail {
    pub(super) fn new(config: &SandboxConfig) -> Result<Self, SandboxError> {
        let program = find(config, &["firejail"]).ok_or_else(|| {
            missing(
                "firejail",
                "there is no firejail: install it (Debian: apt-get install firejail)".to_owned(),
            )
        })?;
        Ok(Self {
            program,
            helper: config.helper.clone(),
        })
    }
}

impl Maker for Firejail {
    fn backend(&self) -> Backend {
        Backend::Firejail
    }

    fn tier(&self) -> Tier {
        Tier::Good
    }

    fn gaps(&self) -> &'static [&'static str] {
        if is_root() {
            &[
                "user namespace",
                "cgroup namespace",
                "host files",
                "kernel settings",
                "landlock",
            ]
        } else {
            &["cgroup namespace", "host files", "kernel settings", "landlock"]
        }
    }

    fn order(&self, content: Content, limits: &Limits, user: u32) -> Result<BoxOrder, SandboxError> {
        let mut args: Vec<OsString> = [
            "--quiet",
            "--noprofile",
            "--private",
            "--private-tmp",
            "--private-dev",
            "--private-etc=ld.so.cache,alternatives",
            "--net=none",
            "--nonewprivs",
            "--nogroups",
            "--seccomp",
            "--restrict-namespaces",
            "--ipc-namespace",
            "--machine-id",
            "--hostname=box",
            "--nodbus",
            "--noinput",
            "--deterministic-exit-code",
            "--deterministic-shutdown",
        ]
        .map(OsString::from)
        .to_vec();
        if is_root() {
            // Root has no user namespace there. The helper needs these to become nobody, and has none of them after that.
            args.push("--caps.keep=setuid,setgid,setpcap".into());
        } else {
            args.extend(["--noroot", "--caps.drop=all"].map(OsString::from));
        }
        args.extend(
            hidden()
                .into_iter()
                .map(|path| format!("--blacklist={}", path.display()).into()),
        );
        args.extend([
            format!("--rlimit-fsize={}", limits.file_bytes).into(),
            // No --timeout: with it Firejail looks once a second whether it may end. The helper holds the clock, and
            // the host ends what has lost its helper.
            OsString::from("--"),
        ]);
        args.extend(helper_args(&self.helper));
        Ok(BoxOrder {
            program: self.program.clone(),
            args,
            environment: Vec::new(),
            input: Input::Helper(self.helper.program.clone()),
            user: None,
            guest: Guest {
                content,
                user: is_root().then_some(user),
                home: PathBuf::from("/tmp/box"),
                temporary: PathBuf::from("/tmp/tmp"),
                programs: paths(["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"]),
                readable: paths(["/etc", "/proc"]),
                writable: paths(["/tmp/box", "/tmp/tmp", "/dev/shm"]),
                in_memory: paths(["/tmp", "/dev/shm"]),
                on_disk: Vec::new(),
                processes: ProcessLimit::OwnUser,
                sees_host: true,
                needs_landlock: false,
            },
            folder: None,
            stop: Vec::new(),
        })
    }
}

/// Everything of the host that a box has no use for.
fn hidden() -> Vec<PathBuf> {
    let mut hidden = entries("/", &SHOWN);
    // Firejail works there itself.
    hidden.extend(entries("/run", &["firejail"]));
    hidden
}

fn entries(folder: &str, shown: &[&str]) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_symlink()))
        .filter(|entry| !shown.iter().any(|shown| entry.file_name() == *shown))
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}
