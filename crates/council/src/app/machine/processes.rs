//! This process and those that it started, from `/proc` (proc(5)); elsewhere none is measured.

use council_server::monitor::machine::ProcessState;
use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

/// Remembers what processes had computed, because a load is of the time in between.
#[derive(Default)]
pub(super) struct Processes {
    /// Seconds of processor time by process, and when they were read.
    before: Option<(Instant, BTreeMap<u32, f64>)>,
}

/// The fields of `/proc/<pid>/stat` that are of use here.
#[derive(Debug, PartialEq)]
struct Stat {
    name: String,
    cpu_ticks: u64,
    threads: u64,
    started_ticks: u64,
    resident_pages: u64,
}

impl Processes {
    /// The server first, then its children, by their numbers.
    pub(super) fn measure(&mut self) -> Vec<ProcessState> {
        let server = std::process::id();
        let now = Instant::now();
        let ticks = rustix::param::clock_ticks_per_second() as f64;
        let up = uptime_s();
        let mut seconds = BTreeMap::new();
        let mut measured = Vec::new();
        for pid in std::iter::once(server).chain(children(server)) {
            let Some(stat) = stat(pid) else { continue };
            let cpu_s = stat.cpu_ticks as f64 / ticks;
            seconds.insert(pid, cpu_s);
            let known = self.before.as_ref();
            let cpu_cores = known.and_then(|(read, before)| {
                let elapsed = now.duration_since(*read).as_secs_f64();
                let before = before.get(&pid)?;
                (elapsed > 0.0).then(|| (cpu_s - before).max(0.0) / elapsed)
            });
            measured.push(ProcessState {
                pid,
                role: role(pid, server, &stat.name),
                cpu_cores,
                memory_bytes: stat.resident_pages * rustix::param::page_size() as u64,
                threads: stat.threads,
                open_files: open_files(pid),
                uptime_s: up.map_or(0.0, |up| (up - stat.started_ticks as f64 / ticks).max(0.0)),
            });
        }
        self.before = Some((now, seconds));
        measured
    }
}

/// What a process is for: ours say so with their first argument.
fn role(pid: u32, server: u32, name: &str) -> String {
    if pid == server {
        return "server".to_owned();
    }
    let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let argument = command.split(|byte| *byte == 0).nth(1);
    match argument {
        Some(b"engine") => "model".to_owned(),
        Some(b"box") => "sandbox".to_owned(),
        _ => name.to_owned(),
    }
}

/// Processes that any thread of this one has started and that have not been waited for.
fn children(pid: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task"));
    let mut children: Vec<u32> = tasks
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|text| {
            let numbers = text.split_whitespace().filter_map(|number| number.parse().ok());
            numbers.collect::<Vec<u32>>()
        })
        .collect();
    children.sort_unstable();
    children
}

fn stat(pid: u32) -> Option<Stat> {
    parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// The name stands in parentheses and may have any character; what follows is counted from the last one.
fn parse(text: &str) -> Option<Stat> {
    let (before, after) = text.rsplit_once(')')?;
    let fields: Vec<&str> = after.split_whitespace().collect();
    // Field 3 of proc(5), the state, is the first here.
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    Some(Stat {
        name: before.split_once('(')?.1.to_owned(),
        cpu_ticks: number(14)? + number(15)?,
        threads: number(20)?,
        started_ticks: number(22)?,
        resident_pages: number(24)?,
    })
}

/// Seconds since the machine was started.
fn uptime_s() -> Option<f64> {
    let text = fs::read_to_string("/proc/uptime").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// Of a process that is not ours to look into, nothing.
fn open_files(pid: u32) -> Option<u64> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).ok()?;
    Some(entries.count() as u64)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_name_with_parentheses_and_spaces_is_read_as_the_kernel_means_it() {
        let text = "42 (a) b (c)) S 1 1 1 0 -1 4194560 100 0 0 0 7 5 0 0 20 0 3 0 900 1000000 250 18446744073709551615";
        let expected = Stat {
            name: "a) b (c)".to_owned(),
            cpu_ticks: 12,
            threads: 3,
            started_ticks: 900,
            resident_pages: 250,
        };
        assert_eq!(parse(text), Some(expected));
        assert_eq!(parse("42 (short) S 1"), None);
        assert_eq!(parse(""), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_is_measured_and_its_load_is_known_from_the_second_time_on() {
        let mut processes = Processes::default();
        let first = processes.measure();
        assert_eq!(first[0].role, "server");
        assert_eq!(first[0].pid, std::process::id());
        assert_eq!(first[0].cpu_cores, None, "a load of no time");
        assert!(first[0].memory_bytes > 0 && first[0].threads > 0, "{first:?}");
        assert!(first[0].open_files > Some(0), "{first:?}");
        let second = processes.measure();
        assert!(second[0].cpu_cores.unwrap() >= 0.0, "{second:?}");
    }
}
