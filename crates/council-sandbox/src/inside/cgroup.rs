//! Control groups, where the host lets this process make some: they count what no other limit does, such as memory of
//! the kernel and children that nobody waits for. Both versions of the interface, because hosts have either.

use rustix::fs::{AtFlags, CWD, Gid, Mode, OFlags, Uid};
use std::cell::Cell;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd, AsRawFd as _, OwnedFd, RawFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Beginning of the name of what a helper makes; a number follows.
const NAME: &str = "council-boxes-";
/// Where the helper itself goes, because a group with groups in it may hold no process (version 2).
const OWN: &str = "helper";

/// What is wanted of the host, as it is told to people.
pub(super) const LAYERS: [&str; 3] = ["cgroup memory", "cgroup processes", "cgroup processor time"];

/// What a hierarchy is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// Version 2: all of it.
    Unified,
    // Version 1: one controller each.
    Memory,
    Processes,
    ProcessorTime,
}

impl Use {
    /// The file that a process goes in by. A thread goes without the lock that makes whole processes wait for
    /// milliseconds, and ours have one; version 2 lets only whole processes.
    fn door(self) -> &'static str {
        match self {
            Self::Unified => "cgroup.procs",
            Self::Memory | Self::Processes | Self::ProcessorTime => "tasks",
        }
    }
}

/// A folder of one hierarchy.
struct Folder {
    kind: Use,
    folder: OwnedFd,
}

impl Folder {
    fn door(&self) -> io::Result<OwnedFd> {
        open_file(&self.folder, self.kind.door(), OFlags::WRONLY)
    }
}

/// Goes in by doors, which is cheap where threads may.
///
/// # Errors
/// As `write(2)`.
pub(super) fn enter(doors: &[OwnedFd]) -> io::Result<()> {
    for door in doors {
        rustix::io::write(door, b"0")?;
    }
    Ok(())
}

/// What the helper may make groups in.
#[derive(Default)]
pub(super) struct Groups {
    bases: Vec<Folder>,
    /// On the host, to be taken away at the end.
    paths: Vec<PathBuf>,
}

/// The groups of one box.
#[derive(Default)]
pub(super) struct Group {
    folders: Vec<Folder>,
    /// The limits that were put on them last.
    held: Cell<Option<(u64, u32)>>,
}

impl Groups {
    /// Makes a place for groups in every hierarchy that is useful and lets it, and goes there. `owner` will work there.
    /// What is missing, with the reason.
    pub(super) fn make(owner: Option<u32>) -> (Self, Vec<(String, Option<String>)>) {
        let mut groups = Self::default();
        let mut layers: Vec<(String, Option<String>)> = LAYERS
            .iter()
            .map(|name| {
                (
                    (*name).to_owned(),
                    Some("this system has no control groups for it".to_owned()),
                )
            })
            .collect();
        for (kind, parents) in hierarchies() {
            let made = parents
                .iter()
                .map(|parent| base(kind, parent, owner))
                .reduce(Result::or);
            let held = match made {
                Some(Ok((path, folder))) => {
                    groups.paths.push(path);
                    groups.bases.push(Folder { kind, folder });
                    None
                }
                Some(Err(error)) => Some(format!(
                    "the host delegates no control group to this process: {error}"
                )),
                None => continue,
            };
            for index in layers_of(kind) {
                if layers[index].1.is_some() {
                    layers[index].1.clone_from(&held);
                }
            }
        }
        (groups, layers)
    }

    /// Groups for a box of this name; empty where there are none to be had.
    ///
    /// # Errors
    /// As `mkdir(2)`.
    pub(super) fn open(&self, name: &str) -> io::Result<Group> {
        let mut folders = Vec::new();
        for Folder { kind, folder } in &self.bases {
            rustix::fs::mkdirat(folder, name, Mode::from_raw_mode(0o755))?;
            folders.push(Folder {
                kind: *kind,
                folder: open_folder(folder, name)?,
            });
        }
        Ok(Group {
            folders,
            held: Cell::new(None),
        })
    }

    /// The doors to where the helper itself is.
    ///
    /// # Errors
    /// As `open(2)`.
    pub(super) fn own_doors(&self) -> io::Result<Vec<OwnedFd>> {
        let own = |base: &Folder| {
            let folder = open_folder(&base.folder, OWN)?;
            Folder {
                kind: base.kind,
                folder,
            }
            .door()
        };
        self.bases.iter().map(own).collect()
    }

    /// Takes the groups of a box away. Whether they are gone: the kernel keeps them while a process is left.
    pub(super) fn remove(&self, name: &str) -> bool {
        let gone = |Folder { folder, .. }: &Folder| {
            let removed = rustix::fs::unlinkat(folder, name, AtFlags::REMOVEDIR);
            matches!(removed, Ok(()) | Err(rustix::io::Errno::NOENT))
        };
        self.bases.iter().map(gone).filter(|gone| !gone).count() == 0
    }

    /// Where they are, on the host.
    pub(super) fn paths(&self) -> &[PathBuf] {
        &self.paths
    }
}

/// Takes away what a helper made that has ended.
pub(super) fn clear(base: &Path) {
    for entry in fs::read_dir(base).into_iter().flatten().flatten() {
        let _ = fs::remove_dir(entry.path());
    }
    let _ = fs::remove_dir(base);
}

impl Group {
    /// What a process writes `0` to in order to be in the groups.
    ///
    /// # Errors
    /// As `open(2)`.
    pub(super) fn doors(&self) -> io::Result<Vec<OwnedFd>> {
        self.folders.iter().map(Folder::door).collect()
    }

    /// What must stay open for it.
    pub(super) fn descriptors(&self) -> impl Iterator<Item = RawFd> {
        self.folders
            .iter()
            .map(|Folder { folder, .. }| folder.as_raw_fd())
    }

    /// Puts limits on them: bytes of memory, and processes without pid 1. Those that hold already cost nothing, because
    /// the kernel takes milliseconds to set one.
    ///
    /// # Errors
    /// As `write(2)`.
    pub(super) fn limit(&self, memory_bytes: u64, processes: u32) -> io::Result<()> {
        if self.held.replace(Some((memory_bytes, processes))) == Some((memory_bytes, processes)) {
            return Ok(());
        }
        // Pid 1 is in them too.
        let processes = (u64::from(processes) + 2).to_string();
        let memory = memory_bytes.to_string();
        for Folder { kind, folder } in &self.folders {
            match kind {
                Use::Unified => {
                    write(folder, "memory.max", &memory)?;
                    write(folder, "pids.max", &processes)?;
                    // Not on every system.
                    let _ = write(folder, "memory.swap.max", "0");
                }
                Use::Memory => write(folder, "memory.limit_in_bytes", &memory)?,
                Use::Processes => write(folder, "pids.max", &processes)?,
                Use::ProcessorTime => {}
            }
        }
        Ok(())
    }

    /// Processor time of all processes that were ever in them; `None` where that is not counted.
    pub(super) fn processor_time(&self) -> Option<Duration> {
        self.folders
            .iter()
            .find_map(|Folder { kind, folder }| match kind {
                Use::Unified => {
                    let micros = field(&read(folder, "cpu.stat")?, "usage_usec")?;
                    Some(Duration::from_micros(micros))
                }
                Use::ProcessorTime => Some(Duration::from_nanos(
                    read(folder, "cpuacct.usage")?.trim().parse().ok()?,
                )),
                Use::Memory | Use::Processes => None,
            })
    }

    /// How many processes the kernel has ended because memory was used up.
    pub(super) fn ended_for_memory(&self) -> u64 {
        let count = |Folder { kind, folder }: &Folder| match kind {
            Use::Unified => field(&read(folder, "memory.events")?, "oom_kill"),
            Use::Memory => field(&read(folder, "memory.oom_control")?, "oom_kill"),
            Use::Processes | Use::ProcessorTime => None,
        };
        self.folders.iter().find_map(count).unwrap_or(0)
    }
}

fn layers_of(kind: Use) -> Vec<usize> {
    match kind {
        Use::Unified => vec![0, 1, 2],
        Use::Memory => vec![0],
        Use::Processes => vec![1],
        Use::ProcessorTime => vec![2],
    }
}

/// Every hierarchy that is good for something, and the folders in which a group may be made: the one that this process
/// is in, and in version 2 the one above, which a service manager may have left empty for this purpose.
fn hierarchies() -> Vec<(Use, Vec<PathBuf>)> {
    let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let mut found: Vec<(Use, Vec<PathBuf>)> = Vec::new();
    for line in own.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else {
            continue;
        };
        let Some(folder) = mounted(&mounts, controllers, path) else {
            continue;
        };
        let names: Vec<&str> = controllers.split(',').collect();
        for (name, kind) in [
            ("memory", Use::Memory),
            ("pids", Use::Processes),
            ("cpuacct", Use::ProcessorTime),
        ] {
            if names.contains(&name) {
                found.push((kind, vec![folder.clone()]));
            }
        }
        let unified = fs::read_to_string(folder.join("cgroup.controllers")).unwrap_or_default();
        if controllers.is_empty() && unified.split_whitespace().any(|name| name == "memory") {
            let above = folder.parent().map(Path::to_owned);
            found.push((Use::Unified, above.into_iter().chain([folder]).collect()));
        }
    }
    found
}

/// The folder of a group of this process, as its mount shows it. Version 2 has no controllers in its name.
fn mounted(mounts: &str, controllers: &str, path: &str) -> Option<PathBuf> {
    mounts.lines().find_map(|line| {
        let (left, right) = line.split_once(" - ")?;
        let mut left = left.split(' ').skip(3);
        let (root, point) = (left.next()?, left.next()?);
        let mut right = right.split(' ');
        let (kind, options) = (right.next()?, right.nth(1)?);
        let fits = if controllers.is_empty() {
            kind == "cgroup2"
        } else {
            kind == "cgroup"
                && controllers
                    .split(',')
                    .all(|name| options.split(',').any(|option| option == name))
        };
        let below = Path::new(path).strip_prefix(root).ok()?;
        fits.then(|| Path::new(point).join(below))
    })
}

/// Makes a group for a helper in `parent`, and moves this process into a group of its own there.
fn base(kind: Use, parent: &Path, owner: Option<u32>) -> io::Result<(PathBuf, OwnedFd)> {
    for entry in fs::read_dir(parent)?.flatten() {
        // Left by a helper that could not clean up; living ones hold a lock on theirs.
        if entry.file_name().to_string_lossy().starts_with(NAME)
            && let Ok(folder) = open_folder(CWD, entry.path())
            && lock(&folder).is_ok()
        {
            clear(&entry.path());
        }
    }
    if kind == Use::Unified {
        fs::write(parent.join("cgroup.subtree_control"), "+memory +pids")?;
    }
    // Between its making and its lock another helper may take it away.
    let mut made = (0..100).filter_map(|turn| {
        let path = parent.join(format!("{NAME}{turn}"));
        match fs::create_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => None,
            Err(error) => Some(Err(error)),
            Ok(()) => open_folder(CWD, &path)
                .and_then(|folder| {
                    lock(&folder)?;
                    fs::create_dir(path.join(OWN))?;
                    Ok(Ok((path, folder)))
                })
                .ok(),
        }
    });
    let (path, folder) = made
        .next()
        .unwrap_or_else(|| Err(io::ErrorKind::AlreadyExists.into()))?;
    let made = (|| {
        fs::write(path.join(OWN).join("cgroup.procs"), "0")?;
        if kind == Use::Unified {
            fs::write(path.join("cgroup.subtree_control"), "+memory +pids")?;
        }
        if let Some(owner) = owner {
            let (user, group) = (Some(Uid::from_raw(owner)), Some(Gid::from_raw(owner)));
            rustix::fs::fchown(&folder, user, group)?;
            for file in ["cgroup.procs", "tasks", "cgroup.subtree_control"] {
                // Not every version has each.
                let _ = rustix::fs::chownat(&folder, file, user, group, AtFlags::empty());
                let own = format!("{OWN}/{file}");
                let _ = rustix::fs::chownat(&folder, own.as_str(), user, group, AtFlags::empty());
            }
        }
        Ok(())
    })();
    match made {
        Ok(()) => Ok((path, folder)),
        Err(error) => {
            clear(&path);
            Err(error)
        }
    }
}

/// Says that its maker lives; the lock ends with the last process that has the descriptor.
fn lock(folder: &OwnedFd) -> io::Result<()> {
    Ok(rustix::fs::flock(
        folder,
        rustix::fs::FlockOperation::NonBlockingLockExclusive,
    )?)
}

fn open_folder(at: impl AsFd, path: impl rustix::path::Arg) -> io::Result<OwnedFd> {
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::RDONLY;
    Ok(rustix::fs::openat(at, path, flags, Mode::empty())?)
}

fn open_file(folder: &OwnedFd, name: &str, flags: OFlags) -> io::Result<OwnedFd> {
    Ok(rustix::fs::openat(
        folder,
        name,
        flags | OFlags::CLOEXEC,
        Mode::empty(),
    )?)
}

fn write(folder: &OwnedFd, name: &str, text: &str) -> io::Result<()> {
    fs::File::from(open_file(folder, name, OFlags::WRONLY)?).write_all(text.as_bytes())
}

fn read(folder: &OwnedFd, name: &str) -> Option<String> {
    let mut text = String::new();
    fs::File::from(open_file(folder, name, OFlags::RDONLY).ok()?)
        .read_to_string(&mut text)
        .ok()?;
    Some(text)
}

fn field(text: &str, name: &str) -> Option<u64> {
    text.lines()
        .find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
}
