//! Which processes are a box's, and what they use together, read from `/proc`.

use super::sys;
use rustix::process::{Pid, Signal};
use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Processes that do not end when they are killed are waited for no longer.
const ENDS: Duration = Duration::from_secs(2);

/// Which processes are a box's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Members {
    /// All of this pid namespace, whose pid 1 asks.
    Namespace,
    /// What this process started, and what that started, to the last: orphans become its children.
    Descendants,
}

impl Members {
    /// All of them but the one that asks.
    pub(super) fn processes(self) -> Vec<Pid> {
        match self {
            Self::Namespace => namespace(),
            Self::Descendants => descendants(),
        }
    }

    /// Ends them all.
    pub(super) fn end(self) {
        match self {
            Self::Namespace => sys::kill_all(),
            Self::Descendants => {
                let began = Instant::now();
                loop {
                    // Who is born while the list is read is on the next.
                    let living = descendants();
                    if living.is_empty() || began.elapsed() > ENDS {
                        return;
                    }
                    for pid in living {
                        let _ = rustix::process::kill_process(pid, Signal::KILL);
                    }
                    while sys::reap().is_some() {}
                }
            }
        }
    }
}

fn descendants() -> Vec<Pid> {
    let mut found = Vec::new();
    let mut parents = vec![rustix::process::getpid()];
    while let Some(parent) = parents.pop() {
        let children = children(parent);
        found.extend(&children);
        parents.extend(children);
    }
    found
}

fn children(parent: Pid) -> Vec<Pid> {
    let Ok(threads) = fs::read_dir(format!("/proc/{}/task", parent.as_raw_nonzero())) else {
        return Vec::new();
    };
    threads
        .filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("children")).ok())
        .flat_map(|list| {
            let pids = list.split(' ').filter_map(|pid| Pid::from_raw(pid.parse().ok()?));
            pids.collect::<Vec<_>>()
        })
        .collect()
}

/// Whether this kernel says which children a process has.
pub(super) fn knows_children() -> bool {
    fs::exists("/proc/thread-self/children").unwrap_or(false)
}

/// Threads of this process's user that can be seen here, as the kernel counts them against a limit.
pub(super) fn threads_of_user() -> u64 {
    let user = rustix::process::getuid().as_raw();
    namespace()
        .into_iter()
        .filter_map(|pid| read(pid, "status"))
        .filter(|text| field(text, "Uid:") == u64::from(user))
        .map(|text| field(&text, "Threads:"))
        .sum()
}

/// A sum over processes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Usage {
    /// Of those that are alive.
    pub(super) cpu: Duration,
    /// Resident pages; those that several share count for each.
    pub(super) resident_bytes: u64,
    /// Page tables, which grow also by reading what was never written and count for no resident page.
    pub(super) table_bytes: u64,
    /// What the buffers of all their open files may hold, if each were a socket.
    pub(super) socket_bytes: u64,
}

/// What the buffers of one socket may hold, in bytes: the kernel's default, which a program cannot raise.
const SOCKET_BYTES: u64 = 208 << 10;

/// All processes but pid 1.
fn namespace() -> Vec<Pid> {
    let Ok(folder) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    folder
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok())
        .filter(|&pid| pid > 1)
        .filter_map(Pid::from_raw)
        .collect()
}

/// What these use now.
pub(super) fn usage(processes: &[Pid]) -> Usage {
    let page = rustix::param::page_size() as u64;
    let mut sum = Usage::default();
    for &pid in processes {
        sum.cpu += sys::processor_time(pid).unwrap_or_default() + waited_for(pid);
        let resident = read(pid, "statm").and_then(|text| text.split(' ').nth(1)?.parse::<u64>().ok());
        sum.resident_bytes += resident.unwrap_or_default() * page;
        sum.table_bytes += read(pid, "status").map_or(0, |text| field(&text, "VmPTE:") * 1024);
        sum.socket_bytes += open_files(pid) * SOCKET_BYTES;
    }
    sum
}

/// How many files a process has open: the size of a folder since Linux 6.2, and what is in it before.
fn open_files(pid: Pid) -> u64 {
    let folder = format!("/proc/{}/fd", pid.as_raw_nonzero());
    match fs::metadata(&folder).map(|folder| folder.len()) {
        Ok(0) => fs::read_dir(folder).map_or(0, |open| open.count() as u64),
        Ok(open) => open,
        Err(_) => 0,
    }
}

/// What the buffers of sockets of these processes may hold, in bytes. Slower than what [`usage`] says, which takes every
/// open file for a socket.
pub(super) fn socket_bytes(processes: &[Pid]) -> u64 {
    // Several processes may have the same one.
    let mut sockets = HashSet::new();
    for &pid in processes {
        let open = fs::read_dir(format!("/proc/{}/fd", pid.as_raw_nonzero()));
        let targets = open
            .into_iter()
            .flatten()
            .filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
        sockets.extend(targets.filter(|target| target.to_string_lossy().starts_with("socket:")));
    }
    sockets.len() as u64 * SOCKET_BYTES
}

/// Memory that goes with these processes, in bytes: their own pages, their part of those that they share, and what stands
/// in the box's file systems, which are memory too. Slower than [`usage`].
pub(super) fn memory(processes: &[Pid], file_systems: &[PathBuf]) -> u64 {
    let own: u64 = processes
        .iter()
        .filter_map(|&pid| read(pid, "smaps_rollup"))
        .map(|text| field(&text, "Pss_Anon:") + field(&text, "Pss_Shmem:"))
        .sum();
    let files: u64 = file_systems
        .iter()
        .filter_map(|path| rustix::fs::statvfs(path.as_path()).ok())
        .map(|disk| disk.f_blocks.saturating_sub(disk.f_bfree) * disk.f_frsize)
        .sum();
    own * 1024 + files
}

/// Whether one of a box's file systems holds more than this, in bytes or in entries: for those that do not see to it
/// themselves.
pub(super) fn is_overfull(file_systems: &[PathBuf], most_bytes: u64, most_entries: u64) -> bool {
    let used = file_systems
        .iter()
        .filter_map(|path| rustix::fs::statvfs(path.as_path()).ok());
    used.into_iter().any(|disk| {
        disk.f_blocks.saturating_sub(disk.f_bfree) * disk.f_frsize > most_bytes
            || disk.f_files.saturating_sub(disk.f_ffree) > most_entries
    })
}

/// What a process does, as a letter: `R` running, `T` stopped, `Z` ended; `X` when it is gone.
pub(super) fn state(pid: Pid) -> char {
    // The name before it may hold any letter, and parentheses too.
    let text = read(pid, "stat").unwrap_or_default();
    text.rsplit_once(") ")
        .and_then(|(_, rest)| rest.chars().next())
        .unwrap_or('X')
}

/// Processor time of a process's children that it has waited for, in steps of a hundredth of a second.
fn waited_for(pid: Pid) -> Duration {
    let text = read(pid, "stat").unwrap_or_default();
    let after_name = text.rsplit_once(") ").map_or("", |(_, rest)| rest);
    // cutime and cstime: proc_pid_stat(5), fields 16 and 17, of which two stand before.
    let ticks: u64 = after_name
        .split(' ')
        .skip(13)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 1000 / rustix::param::clock_ticks_per_second())
}

/// Resident memory of a process, in bytes.
pub(super) fn resident(pid: Pid) -> u64 {
    read(pid, "status").map_or(0, |text| field(&text, "VmRSS:") * 1024)
}

/// Most resident memory of a process until now, in bytes.
pub(super) fn peak(pid: Pid) -> u64 {
    read(pid, "status").map_or(0, |text| field(&text, "VmHWM:") * 1024)
}

/// Private writable memory that a process has mapped, in bytes.
pub(super) fn data(pid: Pid) -> u64 {
    read(pid, "status").map_or(0, |text| field(&text, "VmData:") * 1024)
}

fn read(pid: Pid, file: &str) -> Option<String> {
    fs::read_to_string(format!("/proc/{}/{file}", pid.as_raw_nonzero())).ok()
}

/// The first number after a name; of memory, in KiB.
fn field(text: &str, name: &str) -> u64 {
    text.lines()
        .find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
