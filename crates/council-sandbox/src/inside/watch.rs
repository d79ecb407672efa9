//! What all processes of a box use together, read from its own `/proc` by pid 1.

use super::sys;
use rustix::process::Pid;
use std::fs;
use std::time::Duration;

/// A sum over processes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Usage {
    /// Of those that are alive.
    pub(super) cpu: Duration,
    /// Resident pages; those that several share count for each.
    pub(super) resident_bytes: u64,
}

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
    for &pid in processes {
        sum.cpu += sys::processor_time(pid).unwrap_or_default();
        let resident = read(pid, "statm").and_then(|text| text.split(' ').nth(1)?.parse::<u64>().ok());
        sum.resident_bytes += resident.unwrap_or_default() * page;
    }
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
