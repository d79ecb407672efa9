//! What is particular about a box: one that the helper made, or one that somebody else made and it is a guest in.

use super::cgroup::Group;
use super::watch::Members;
use super::{BOX_USER, sys};
use crate::order::{PROGRAMS, ProcessLimit};
use rustix::fs::{Mode, OFlags};
use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

/// What pid 1 of a box, or the guest in its stead, must know of it.
pub(super) struct Place {
    /// Where programs work and their files come from, opened.
    pub(super) home: OwnedFd,
    /// A folder for what is not to come out.
    pub(super) temporary: PathBuf,
    /// File systems of the box alone that are memory.
    pub(super) in_memory: Vec<PathBuf>,
    /// Folders that nothing else keeps from growing.
    pub(super) on_disk: Vec<PathBuf>,
    pub(super) members: Members,
    /// Its control groups; none where the helper made no box.
    pub(super) group: Group,
    pub(super) processes: ProcessLimit,
    /// Whom a program becomes; `None` where the helper is no longer root and becomes nobody else.
    pub(super) user: Option<u32>,
    /// Its file systems are the helper's own and get the sizes of a run.
    pub(super) resizes: bool,
}

/// Opens the folder that files come from.
///
/// # Errors
/// As `open(2)`.
pub(super) fn open_home(path: impl rustix::path::Arg) -> io::Result<OwnedFd> {
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    Ok(rustix::fs::open(path, flags, Mode::empty())?)
}

fn paths(list: &[&str]) -> Vec<PathBuf> {
    list.iter().map(PathBuf::from).collect()
}

impl Place {
    /// Of a box that the helper made, after its mounts were put up.
    ///
    /// # Errors
    /// As `open(2)`.
    pub(super) fn own(group: Group) -> io::Result<Self> {
        Ok(Self {
            home: open_home("/box")?,
            temporary: PathBuf::from("/tmp"),
            in_memory: paths(&["/tmp", "/box", "/dev/shm"]),
            on_disk: Vec::new(),
            members: Members::Namespace,
            group,
            processes: ProcessLimit::OwnUser,
            user: Some(BOX_USER),
            resizes: true,
        })
    }

    /// Ends this process, and with it everything in the box.
    pub(super) fn leave(&self, code: i32) -> ! {
        // The kernel ends a pid namespace with its pid 1.
        if self.members == Members::Descendants {
            self.members.end();
        }
        sys::exit_now(code)
    }
}

/// Landlock's paths of a box that the helper made.
///
/// # Errors
/// Where the kernel has no Landlock.
pub(super) fn own_paths() -> io::Result<OwnedFd> {
    super::paths::ruleset(&super::paths::Paths {
        programs: &paths(PROGRAMS),
        readable: &paths(&["/etc", "/proc"]),
        writable: &paths(&["/tmp", "/box", "/dev/shm"]),
        lists_all: true,
    })
}
