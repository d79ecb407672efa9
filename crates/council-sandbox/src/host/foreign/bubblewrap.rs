//! bubblewrap: all namespaces, a root put together from parts of the host, no capabilities.

use super::tool::{BoxOrder, Input, helper_args};
use super::{Languages, Maker, find, is_root, missing, paths};
use crate::config::{HelperCommand, SandboxConfig};
use crate::order::{Bind, Content, Guest, PROGRAMS, ProcessLimit};
use council_core::sandbox::{Backend, Limits, SandboxError, Tier};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// bubblewrap of this machine, and what its boxes show.
pub(super) struct Bubblewrap {
    program: PathBuf,
    helper: HelperCommand,
    /// The parts of its command line that are the same for every box.
    walls: Vec<OsString>,
}

impl Bubblewrap {
    pub(super) fn new(config: &SandboxConfig, languages: &Languages) -> Result<Self, SandboxError> {
        let program = find(config, &["bwrap"]).ok_or_else(|| {
            missing(
                "bubblewrap",
                "there is no bwrap: install it (Debian: apt-get install bubblewrap)".to_owned(),
            )
        })?;
        Ok(Self {
            program,
            helper: config.helper.clone(),
            walls: walls(&languages.binds()),
        })
    }
}

impl Maker for Bubblewrap {
    fn backend(&self) -> Backend {
        Backend::Bubblewrap
    }

    fn tier(&self) -> Tier {
        Tier::Good
    }

    fn gaps(&self) -> &'static [&'static str] {
        // Kernels without Landlock: the mounts hold.
        &["landlock"]
    }

    fn order(&self, content: Content, limits: &Limits, user: u32) -> Result<BoxOrder, SandboxError> {
        let mut args = self.walls.clone();
        for folder in ["/tmp", "/box", "/dev/shm"] {
            args.extend(["--size", &limits.disk_bytes.to_string(), "--tmpfs", folder].map(OsString::from));
        }
        args.extend(["--remount-ro", "/dev", "--remount-ro", "/"].map(OsString::from));
        args.extend(["--chdir", "/box", "--"].map(OsString::from));
        args.extend(helper_args(&self.helper));
        Ok(BoxOrder {
            program: self.program.clone(),
            args,
            environment: Vec::new(),
            input: Input::Helper(self.helper.program.clone()),
            user: is_root().then_some(user),
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
                processes: ProcessLimit::OwnUser,
                sees_host: false,
                needs_landlock: false,
            },
            folder: None,
            stop: Vec::new(),
        })
    }
}

fn walls(binds: &[Bind]) -> Vec<OsString> {
    let mut args: Vec<OsString> = [
        // Each by name, because `--unshare-all` goes without those that it cannot have.
        "--unshare-user",
        "--unshare-ipc",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-uts",
        "--unshare-cgroup",
        "--die-with-parent",
        "--new-session",
        "--as-pid-1",
        "--clearenv",
        "--uid",
        "1000",
        "--gid",
        "1000",
        "--hostname",
        "box",
        "--cap-drop",
        "ALL",
    ]
    .map(OsString::from)
    .to_vec();
    let mut add = |how: &str, source: &Path, target: &Path| {
        args.extend([how.into(), source.into(), target.into()]);
    };
    add("--ro-bind", Path::new("/usr"), Path::new("/usr"));
    for name in ["bin", "sbin", "lib", "lib32", "lib64", "libx32"] {
        let path = Path::new("/").join(name);
        match fs::read_link(&path) {
            Ok(link) => add("--symlink", &link, &path),
            Err(_) if path.is_dir() => add("--ro-bind", &path, &path),
            Err(_) => {}
        }
    }
    for Bind { source, target } in binds {
        add("--ro-bind", source, target);
    }
    for path in ["/etc/ld.so.cache", "/etc/alternatives"].map(Path::new) {
        if path.exists() {
            add("--ro-bind", path, path);
        }
    }
    args.extend(["--proc", "/proc"].map(OsString::from));
    hide_kernel(&mut args);
    args.extend(["--tmpfs", "/dev"].map(OsString::from));
    for name in ["null", "zero", "full", "random", "urandom"] {
        let path = Path::new("/dev").join(name);
        args.extend(["--dev-bind".into(), path.clone().into(), path.into()]);
    }
    for (target, name) in [
        ("/proc/self/fd", "/dev/fd"),
        ("/proc/self/fd/0", "/dev/stdin"),
        ("/proc/self/fd/1", "/dev/stdout"),
        ("/proc/self/fd/2", "/dev/stderr"),
    ] {
        args.extend(["--symlink", target, name].map(OsString::from));
    }
    args
}

/// What `/proc` tells of the kernel and the machine, and not of processes.
fn hide_kernel(args: &mut Vec<OsString>) {
    let Ok(entries) = fs::read_dir("/proc") else {
        return;
    };
    for entry in entries.flatten() {
        let is_process = entry
            .file_name()
            .to_str()
            .is_some_and(|name| name.bytes().all(|letter| letter.is_ascii_digit()));
        let Ok(kind) = entry.file_type() else { continue };
        if is_process || kind.is_symlink() {
            continue;
        }
        let path = entry.path();
        if kind.is_dir() {
            args.extend(["--tmpfs".into(), path.clone().into()]);
            args.extend(["--remount-ro".into(), path.into()]);
        } else {
            args.extend(["--ro-bind".into(), "/dev/null".into(), path.into()]);
        }
    }
}
