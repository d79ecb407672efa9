//! What all processes of a box use together, read from its own `/proc` by pid 1.

use super::sys;
use rustix::process::Pid;
use std::collections::HashSet;
use std::fs;
use std::time::Duration;

/// A sum over processes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Usage {
    /// Of those that are alive.
    pub(super) cpu: Duration,
    /// Resident pages; those that several share count for each.
    pub(super) resident_bytes: u64,
    /// What the buffers of their sockets may hold.
    pub(super) socket_bytes: u64,
}

/// What the buffers of one socket may hold, in bytes: the kernel's default, which a program cannot raise.
const SOCKET_BYTES: u64 = 208 << 10;

/// All processes but pid 1.
pub(super) fn processes() -> Vec<Pid> {
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
    // Several processes may have the same one.
    let mut sockets = HashSet::new();
    for &pid in processes {
        sum.cpu += sys::processor_time(pid).unwrap_or_default();
        let resident = read(pid, "statm").and_then(|text| text.split(' ').nth(1)?.parse::<u64>().ok());
        sum.resident_bytes += resident.unwrap_or_default() * page;
        let Ok(open) = fs::read_dir(format!("/proc/{}/fd", pid.as_raw_nonzero())) else {
            continue;
        };
        sockets.extend(
            open.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok())
                .filter(|target| target.to_string_lossy().starts_with("socket:")),
        );
    }
    sum.socket_bytes = sockets.len() as u64 * SOCKET_BYTES;
    sum
}

/// Memory that goes with these processes, in bytes: their own pages, their part of those that they share, and what stands
/// in the box's file systems, which are memory too. Slower than [`usage`].
pub(super) fn memory(processes: &[Pid]) -> u64 {
    let own: u64 = processes
        .iter()
        .filter_map(|&pid| read(pid, "smaps_rollup"))
        .map(|text| field_kib(&text, "Pss_Anon:") + field_kib(&text, "Pss_Shmem:"))
        .sum();
    let files: u64 = ["/tmp", "/box", "/dev/shm"]
        .into_iter()
        .filter_map(|path| rustix::fs::statvfs(path).ok())
        .map(|disk| disk.f_blocks.saturating_sub(disk.f_bfree) * disk.f_frsize)
        .sum();
    own * 1024 + files
}

/// What a process does, as a letter: `R` running, `T` stopped, `Z` ended; `X` when it is gone.
pub(super) fn state(pid: Pid) -> char {
    // The name before it may hold any letter, and parentheses too.
    let text = read(pid, "stat").unwrap_or_default();
    text.rsplit_once(") ")
        .and_then(|(_, rest)| rest.chars().next())
        .unwrap_or('X')
}

/// Most resident memory of a process until now, in bytes.
pub(super) fn peak(pid: Pid) -> u64 {
    read(pid, "status").map_or(0, |text| field_kib(&text, "VmHWM:") * 1024)
}

/// Private writable memory that a process has mapped, in bytes.
pub(super) fn data(pid: Pid) -> u64 {
    read(pid, "status").map_or(0, |text| field_kib(&text, "VmData:") * 1024)
}

fn read(pid: Pid, file: &str) -> Option<String> {
    fs::read_to_string(format!("/proc/{}/{file}", pid.as_raw_nonzero())).ok()
}

fn field_kib(text: &str, name: &str) -> u64 {
    text.lines()
        .find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
