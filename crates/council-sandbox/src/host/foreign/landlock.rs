//! Landlock, seccomp and limits, and nothing else: for where no namespaces can be had, such as in an ordinary container.
//! The host's processes can be seen, and the host's disk is what files take.

use super::folder::Folder;
use super::tool::{BoxOrder, HELPER, Input};
use super::{Languages, Maker, is_root, paths};
use crate::config::{HelperCommand, SandboxConfig};
use crate::order::{Content, Guest, ProcessLimit};
use council_core::sandbox::{Backend, Limits, SandboxError, Tier};
use std::ffi::OsString;
use std::path::PathBuf;

/// What interpreters read of the host beside programs, and fail without.
const READABLE: [&str; 5] = [
    "/proc",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/etc/localtime",
    "/etc/ssl/openssl.cnf",
];

/// The helper by itself.
pub(super) struct Landlock {
    helper: HelperCommand,
    /// Interpreters that are not the system's.
    elsewhere: Vec<PathBuf>,
}

impl Landlock {
    pub(super) fn new(config: &SandboxConfig, languages: &Languages) -> Self {
        Self {
            helper: config.helper.clone(),
            elsewhere: languages.binds().into_iter().map(|bind| bind.source).collect(),
        }
    }
}

impl Maker for Landlock {
    fn backend(&self) -> Backend {
        Backend::Landlock
    }

    fn tier(&self) -> Tier {
        Tier::Weak
    }

    fn gaps(&self) -> &'static [&'static str] {
        &[
            "user namespace",
            "mount namespace",
            "pid namespace",
            "network namespace",
            "ipc namespace",
            "uts namespace",
            "cgroup namespace",
            "host files",
            "host processes",
            "kernel settings",
            "host devices",
        ]
    }

    fn order(&self, content: Content, _limits: &Limits, user: u32) -> Result<BoxOrder, SandboxError> {
        let failed =
            |error: std::io::Error| SandboxError::Internal(format!("a folder for a program: {error}"));
        let folder = Folder::new(is_root().then_some(user)).map_err(failed)?;
        let (home, temporary) = (folder.path().join("box"), folder.path().join("tmp"));
        let mut programs = paths(["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"]);
        programs.extend(self.elsewhere.iter().cloned());
        Ok(BoxOrder {
            program: PathBuf::from(HELPER),
            args: self.helper.args.iter().map(OsString::from).collect(),
            environment: Vec::new(),
            input: Input::Helper(self.helper.program.clone()),
            user: None,
            guest: Guest {
                content,
                user: is_root().then_some(user),
                programs,
                readable: paths(READABLE),
                writable: vec![home.clone(), temporary.clone()],
                on_disk: vec![home.clone(), temporary.clone()],
                in_memory: Vec::new(),
                processes: if is_root() {
                    ProcessLimit::OwnUser
                } else {
                    ProcessLimit::SharedUser
                },
                sees_host: true,
                needs_landlock: true,
                home,
                temporary,
            },
            folder: Some(folder),
            stop: Vec::new(),
        })
    }
}
