//! The ground that all boxes stand on: namespaces of the helper's own, and a root in which nothing can be written and of
//! the host only its programs are seen. Made once, so that a box needs four mounts of its own and not twenty.

use super::cgroup::{self, Groups};
use super::{BOX_USER, launcher, sys};
use crate::message;
use crate::order::{Bind, Order, SetupFailure, UNOWNED, UNOWNED_COUNT};
use rustix::fs::{Gid, Mode, Uid};
use rustix::mount::{
    MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_bind_recursive, mount_change, unmount,
};
use rustix::process::{DumpableBehavior, Signal, WaitOptions};
use std::ffi::CString;
use std::fs;
use std::io::{self, Read as _};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::{Component, Path, PathBuf};

/// Where the root is put together. Every host has it, and no interpreter lives there.
const SITE: &str = "/sys";

/// What the helper is on its host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rank {
    /// Boxes have users of their own, which the host does not know.
    Root,
    /// The only user that boxes can have is the helper's.
    User,
}

fn failed(layer: &str) -> impl Fn(io::Error) -> SetupFailure + '_ {
    move |error| SetupFailure {
        layer: layer.to_owned(),
        message: error.to_string(),
    }
}

/// Waits for the first order, makes the ground, and serves the orders that follow.
///
/// # Errors
/// When a layer cannot be put up; nothing was run then.
pub(super) fn serve(orders: &OwnedFd) -> Result<(), SetupFailure> {
    let first = message::receive(orders).map_err(failed("helper"))?;
    let Some((Order::Prepare { binds }, _)) = first else {
        return Ok(());
    };
    let rank = if rustix::process::geteuid().is_root() {
        Rank::Root
    } else {
        Rank::User
    };
    let others = libc::CLONE_NEWPID | libc::CLONE_NEWNET | libc::CLONE_NEWIPC;
    let others = others | libc::CLONE_NEWUTS;
    match rank {
        // As root the mounts are made before the power over them is given up, so that an interpreter in a home that
        // only root may enter can be shown.
        Rank::Root => {
            rustix::thread::set_thread_groups(&[]).map_err(|error| failed("groups")(error.into()))?;
            sys::unshare(others).map_err(failed("namespaces"))?;
        }
        Rank::User => {
            let (uid, gid) = (rustix::process::geteuid(), rustix::process::getegid());
            sys::unshare(libc::CLONE_NEWUSER).map_err(failed("user namespace"))?;
            write_map(
                "/proc/self",
                &format!("0 {} 1", uid.as_raw()),
                &format!("0 {} 1", gid.as_raw()),
                false,
            )
            .map_err(failed("user namespace"))?;
            sys::unshare(others).map_err(failed("namespaces"))?;
        }
    }
    let (ask, asked) = rustix::pipe::pipe().map_err(|error| failed("helper")(error.into()))?;
    let (groups, made_groups) = rustix::pipe::pipe().map_err(|error| failed("helper")(error.into()))?;
    let (mapped, map) = rustix::pipe::pipe().map_err(|error| failed("helper")(error.into()))?;
    // The first process of the new pid namespace: with it everything ends that it ever started.
    let Some(child) = sys::fork(0).map_err(failed("pid namespace"))? else {
        drop((ask, map, groups));
        return stand(orders, &binds, rank, &asked, &mapped, &made_groups);
    };
    drop((asked, mapped, made_groups));
    let mut byte = [0];
    if rustix::io::read(&ask, &mut byte) == Ok(1) {
        let folder = format!("/proc/{}", child.as_raw_nonzero());
        let range = format!("0 {UNOWNED} {UNOWNED_COUNT}");
        write_map(&folder, &range, &range, true).map_err(failed("user namespace"))?;
        let _ = rustix::io::write(&map, &[0]);
    }
    // Nothing of this process is needed any more but that it waits, and takes away what is left.
    let _ = rustix::process::waitpid(Some(child), WaitOptions::empty());
    let mut paths = Vec::new();
    let _ = std::fs::File::from(groups).read_to_end(&mut paths);
    for path in paths.split(|&byte| byte == b'\n').filter(|path| !path.is_empty()) {
        cgroup::clear(Path::new(std::ffi::OsStr::from_bytes(path)));
    }
    Ok(())
}

/// In the new pid namespace: makes the root, gives up what is left of the host, serves.
fn stand(
    orders: &OwnedFd,
    binds: &[Bind],
    rank: Rank,
    ask: &OwnedFd,
    mapped: &OwnedFd,
    made_groups: &OwnedFd,
) -> Result<(), SetupFailure> {
    let outcome = (|| {
        let _ = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
        // While the host's files can be seen.
        let owner = (rank == Rank::Root).then_some(UNOWNED);
        let (groups, mut layers) = Groups::make(owner);
        let made: Vec<&[u8]> = groups
            .paths()
            .iter()
            .map(|path| path.as_os_str().as_bytes())
            .collect();
        let _ = rustix::io::write(made_groups, &made.join(&b'\n'));
        sys::unshare(libc::CLONE_NEWCGROUP).map_err(failed("cgroup namespace"))?;
        // Its parent still needs the host's /proc.
        sys::unshare(libc::CLONE_NEWNS).map_err(failed("mount namespace"))?;
        layers.push(("separate system files".to_owned(), make_root(binds)?));
        if rank == Rank::Root {
            sys::unshare(libc::CLONE_NEWUSER).map_err(failed("user namespace"))?;
            let _ = rustix::io::write(ask, &[0]);
            let mut byte = [0];
            if rustix::io::read(mapped, &mut byte) != Ok(1) {
                return Err(failed("user namespace")(io::Error::other(
                    "its ids could not be mapped",
                )));
            }
            become_mapped_root().map_err(failed("user namespace"))?;
        }
        Ok((groups, layers))
    })();
    let (groups, layers) = outcome?;
    launcher::serve(orders, rank, groups, layers)
}

fn become_mapped_root() -> io::Result<()> {
    rustix::thread::set_thread_res_gid(Gid::ROOT, Gid::ROOT, Gid::ROOT)?;
    rustix::thread::set_thread_res_uid(Uid::ROOT, Uid::ROOT, Uid::ROOT)?;
    // Or else its own files under /proc would belong to the host's root, whom it is no more.
    rustix::process::set_dumpable_behavior(DumpableBehavior::Dumpable)?;
    // Changing the user clears it.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    Ok(())
}

/// Says which ids of a new user namespace are which of the old.
///
/// # Errors
/// As the files.
pub(super) fn write_map(folder: &str, users: &str, groups: &str, privileged: bool) -> io::Result<()> {
    if !privileged {
        // A group that is denied something must not become allowed it by being dropped.
        fs::write(format!("{folder}/setgroups"), "deny")?;
    }
    fs::write(format!("{folder}/gid_map"), groups)?;
    fs::write(format!("{folder}/uid_map"), users)
}

/// Puts the root together and enters it. Why some of the host's files are not shown through overlays, where they are not.
fn make_root(binds: &[Bind]) -> Result<Option<String>, SetupFailure> {
    let failed = |what: String| {
        move |error: io::Error| SetupFailure {
            layer: "mount namespace".to_owned(),
            message: format!("{what}: {error}"),
        }
    };
    let step = |what: &str, result: rustix::io::Result<()>| {
        result.map_err(|error| failed(what.to_owned())(error.into()))
    };
    step(
        "detach from the host",
        mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC),
    )?;
    let safe = MountFlags::NOSUID | MountFlags::NODEV;
    step(
        "tmpfs",
        mount("tmpfs", SITE, "tmpfs", safe, c"size=4m,nr_inodes=1024,mode=0755"),
    )?;
    let inside = |path: &str| PathBuf::from(format!("{SITE}{path}"));
    for folder in ["/proc", "/dev", "/etc", "/tmp", "/box", "/usr"] {
        make_folder(&inside(folder)).map_err(failed(format!("folder {folder}")))?;
    }
    let no_programs = safe | MountFlags::NOEXEC;
    step(
        "proc",
        mount("proc", inside("/proc").as_path(), "proc", no_programs, None),
    )?;
    for link in ["bin", "sbin", "lib", "lib32", "lib64", "libx32"] {
        show_top(Path::new("/").join(link).as_path()).map_err(failed(format!("/{link}")))?;
    }
    let mut direct = show(Path::new("/usr"), &inside("/usr")).map_err(failed("/usr".to_owned()))?;
    for Bind { source, target } in binds {
        let relative: PathBuf = target
            .components()
            .filter(|part| matches!(part, Component::Normal(_)))
            .collect();
        let target = Path::new(SITE).join(relative);
        let why = show(source, &target).map_err(failed(source.display().to_string()))?;
        direct = direct.or(why);
    }
    make_devices(&inside("/dev")).map_err(failed("/dev".to_owned()))?;
    make_etc(&inside("/etc")).map_err(failed("/etc".to_owned()))?;
    let folder = CString::new(SITE).map_err(|error| failed("root".to_owned())(error.into()))?;
    let attributes = libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID;
    sys::restrict_mounts(&folder, attributes, false).map_err(failed("read-only root".to_owned()))?;
    enter(Path::new(SITE)).map_err(failed("pivot_root".to_owned()))?;
    Ok(direct)
}

/// Makes `root` the root, and lets go of the old one.
fn enter(root: &Path) -> io::Result<()> {
    rustix::process::chdir(root)?;
    // The old root comes to lie over the new one, and is taken away from there: pivot_root(2), "pivot_root(".", ".")".
    rustix::process::pivot_root(".", ".")?;
    unmount(".", UnmountFlags::DETACH)?;
    rustix::process::chdir("/")?;
    Ok(())
}

fn make_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// A folder directly below `/` that is a link into `/usr` on most systems and a folder of its own on others.
fn show_top(path: &Path) -> io::Result<()> {
    let target = PathBuf::from(format!("{SITE}{}", path.display()));
    match fs::read_link(path) {
        Ok(link) => symlink(link, target),
        Err(_) if path.is_dir() => show(path, &target).map(drop),
        Err(_) => Ok(()),
    }
}

/// Shows a place of the host, read-only. A folder is shown through an overlay where that can be: a lock on a file in it
/// is then no lock on the host's, and the table of mounts says nothing of the host's disks. Otherwise why it is not.
fn show(source: &Path, target: &Path) -> io::Result<Option<String>> {
    let why = if !source.is_dir() {
        None
    } else if has_mounts_below(source) {
        Some(format!("{} has other mounts below it", source.display()))
    } else {
        match overlay(source, target) {
            Ok(()) => return Ok(None),
            Err(error) => Some(format!("overlay of {}: {error}", source.display())),
        }
    };
    bind(source, target)?;
    Ok(why)
}

fn overlay(source: &Path, target: &Path) -> io::Result<()> {
    let (lower, empty) = (format!("{SITE}/.lower"), format!("{SITE}/.empty"));
    make_folder(target)?;
    make_folder(Path::new(&lower))?;
    make_folder(Path::new(&empty))?;
    // Seen under a name of ours first, because the options of a mount can be read by everyone who sees it.
    mount_bind_recursive(source, lower.as_str())?;
    let flags = MountFlags::RDONLY | MountFlags::NOSUID | MountFlags::NODEV;
    rustix::process::chdir(SITE)?;
    // An overlay without a layer to write to has two to read at least.
    let mounted = mount("overlay", target, "overlay", flags, c"lowerdir=.lower:.empty");
    rustix::process::chdir("/")?;
    unmount(lower.as_str(), UnmountFlags::DETACH)?;
    Ok(mounted?)
}

/// Those would be missing in an overlay.
fn has_mounts_below(folder: &Path) -> bool {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    mounts
        .lines()
        .filter_map(|line| line.split(' ').nth(4))
        .any(|point| {
            let point = Path::new(point);
            point != folder && point.starts_with(folder)
        })
}

/// Shows a place of the host as it is, read-only.
fn bind(source: &Path, target: &Path) -> io::Result<()> {
    if source.is_dir() {
        make_folder(target)?;
    } else {
        if let Some(parent) = target.parent() {
            make_folder(parent)?;
        }
        fs::write(target, "")?;
    }
    mount_bind_recursive(source, target)?;
    let path = CString::new(target.as_os_str().as_bytes())?;
    let attributes = libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NODEV;
    sys::restrict_mounts(&path, attributes, true)
}

fn make_devices(dev: &Path) -> io::Result<()> {
    for name in ["null", "zero", "full", "random", "urandom"] {
        let target = dev.join(name);
        fs::write(&target, "")?;
        mount_bind_recursive(Path::new("/dev").join(name), &target)?;
        let path = CString::new(target.as_os_str().as_bytes())?;
        sys::restrict_mounts(&path, libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NOEXEC, false)?;
    }
    for (name, target) in [
        ("fd", "/proc/self/fd"),
        ("stdin", "/proc/self/fd/0"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
    ] {
        symlink(target, dev.join(name))?;
    }
    make_folder(&dev.join("shm"))
}

/// What programs look up there, and nothing that tells of the host.
fn make_etc(etc: &Path) -> io::Result<()> {
    fs::write(
        etc.join("passwd"),
        format!("box:x:{BOX_USER}:{BOX_USER}:box:/box:/bin/bash\n"),
    )?;
    fs::write(etc.join("group"), format!("box:x:{BOX_USER}:\n"))?;
    fs::write(etc.join("hostname"), "box\n")?;
    fs::write(etc.join("hosts"), "127.0.0.1 localhost box\n")?;
    if let Ok(cache) = fs::read("/etc/ld.so.cache") {
        fs::write(etc.join("ld.so.cache"), cache)?;
    }
    let alternatives = Path::new("/etc/alternatives");
    if alternatives.is_dir() {
        // Debian's numpy finds its linear algebra through them.
        show(alternatives, &etc.join("alternatives"))?;
    }
    rustix::fs::chmod(etc, Mode::from_raw_mode(0o755))?;
    Ok(())
}
