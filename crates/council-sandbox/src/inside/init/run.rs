//! One run, from its order to its ending: what it wrote, what it uses, and when it is too much.

use super::super::cgroup::Group;
use super::super::place::Place;
use super::super::{collect, disk, sys, watch};
use super::wire::Wire;
use crate::frame::{self, Kind};
use crate::order::{Cause, Ending, FileHeader, RunOrder};
use rustix::process::{Pid, Signal};
use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A stream may write this much more than is kept, in bytes, before it is taken for a flood.
const FLOOD: u64 = 64 << 20;
/// A session's program may take this long to hear an interrupt before its process is ended.
const HEARS_INTERRUPT: Duration = Duration::from_millis(500);

/// Looks at whether what was stopped or ended has come to rest; a fifth of a millisecond apart.
const SETTLES: u32 = 500;

/// How a run came to its end.
pub(super) enum Finished {
    /// Its runner says so, and how.
    Said(String),
    /// Its first process ended.
    Ended(sys::Ended),
    /// It used too much.
    Stopped(Cause),
}

/// A stream of the program.
#[derive(Default)]
struct Stream {
    seen: u64,
    kept: u64,
}

pub(super) struct Run {
    pub(super) order: RunOrder,
    before: collect::Before,
    began: Instant,
    /// Processor time that was used in this box before.
    cpu_before: Duration,
    /// Processes that the kernel had ended for memory before.
    oom_before: u64,
    /// Of each process when it was looked at last, of those that are gone since, and of those that were there before.
    seen_cpu: HashMap<Pid, Duration>,
    gone_cpu: Duration,
    seen_before: Duration,
    next_look: Instant,
    looks: u32,
    stdout: Stream,
    stderr: Stream,
    /// Since when a session's program was asked to stop, and for what.
    interrupted: Option<(Instant, Cause)>,
    /// What a runner says before it says how this run went: one that speaks late of an earlier run does not know it.
    pub(super) word: String,
}

/// Processor time that was used in this box: as its control group counts it, or else as far as it can be added up with
/// that of those who live.
fn processor_time(group: &Group, reaped: Duration, living: impl FnOnce() -> Duration) -> Duration {
    group.processor_time().unwrap_or_else(|| living() + reaped)
}

impl Run {
    pub(super) fn begin(
        order: RunOrder,
        before: collect::Before,
        place: &Place,
        reaped_cpu: Duration,
        word: String,
    ) -> Self {
        let members = place.members.processes();
        let cpu_before = processor_time(&place.group, reaped_cpu, || watch::usage(&members).cpu);
        let seen_before = members.iter().filter_map(|&pid| sys::processor_time(pid)).sum();
        let began = Instant::now();
        Self {
            seen_before,
            seen_cpu: HashMap::new(),
            gone_cpu: Duration::ZERO,
            oom_before: place.group.ended_for_memory(),
            order,
            before,
            began,
            cpu_before,
            next_look: began + Duration::from_millis(5),
            looks: 0,
            stdout: Stream::default(),
            stderr: Stream::default(),
            interrupted: None,
            word,
        }
    }

    /// When it is to be looked at again.
    pub(super) fn next_look(&self) -> Duration {
        self.next_look.saturating_duration_since(Instant::now())
    }

    /// Passes on what a stream holds now. Whether it is still open.
    pub(super) fn take(
        &mut self,
        pipe: &OwnedFd,
        kind: Kind,
        place: &Place,
        wire: &mut Wire,
        buffer: &mut [u8],
    ) -> bool {
        let (stream, most) = match kind {
            Kind::Stdout => (&mut self.stdout, self.order.stdout_bytes),
            _ => (&mut self.stderr, self.order.stderr_bytes),
        };
        // A pipe holds 64 KiB: a program that writes without end does not keep pid 1 here.
        for _ in 0..4 {
            match rustix::io::read(pipe, &mut *buffer) {
                Ok(0) => return false,
                Ok(count) => {
                    let room = usize::try_from(most - stream.kept).unwrap_or(usize::MAX);
                    let keep = &buffer[..count.min(room)];
                    stream.seen += count as u64;
                    stream.kept += keep.len() as u64;
                    if !keep.is_empty() && frame::write(wire, kind, keep).is_err() {
                        place.leave(0);
                    }
                }
                Err(rustix::io::Errno::AGAIN) => return true,
                Err(_) => return false,
            }
        }
        true
    }

    /// What the run uses too much of, if it does, and a session's program was asked to stop and did not.
    pub(super) fn look(&mut self, place: &Place, main: Option<Pid>, reaped_cpu: Duration) -> Option<Cause> {
        if let Some((since, cause)) = self.interrupted {
            return (since.elapsed() > HEARS_INTERRUPT).then_some(cause);
        }
        let cause = self.excess(place, reaped_cpu)?;
        let patient = self.order.session && matches!(cause, Cause::Wall | Cause::Cpu);
        match main {
            Some(pid) if patient => {
                let _ = rustix::process::kill_process_group(pid, Signal::INT);
                self.interrupted = Some((Instant::now(), cause));
                None
            }
            _ => Some(cause),
        }
    }

    fn excess(&mut self, place: &Place, reaped_cpu: Duration) -> Option<Cause> {
        let now = Instant::now();
        if now.duration_since(self.began) >= Duration::from_micros(self.order.wall_us) {
            return Some(Cause::Wall);
        }
        let flooded = |stream: &Stream, most| stream.seen > most + FLOOD;
        if flooded(&self.stdout, self.order.stdout_bytes) || flooded(&self.stderr, self.order.stderr_bytes) {
            return Some(Cause::Output);
        }
        if now < self.next_look {
            return None;
        }
        let processes = place.members.processes();
        let usage = watch::usage(&processes);
        // Often while much is going on, because memory is filled in no time; else a look in twenty milliseconds will do.
        self.looks += 1;
        let much =
            processes.len() > 4 || usage.resident_bytes + usage.socket_bytes > self.order.memory_bytes / 4;
        let pause = if much || self.looks < 20 { 5 } else { 20 };
        let end = self.began + Duration::from_micros(self.order.wall_us);
        self.next_look = (now + Duration::from_millis(pause)).min(end);
        let used = processor_time(&place.group, reaped_cpu, || usage.cpu).saturating_sub(self.cpu_before);
        let used = used.max(self.seen(&processes));
        if used >= Duration::from_micros(self.order.cpu_us) {
            return Some(Cause::Cpu);
        }
        let (bytes, entries) = (self.order.disk_bytes, self.order.inodes);
        let too_full = |folder: &PathBuf| disk::is_too_full(folder, bytes, entries);
        let overfull = !place.resizes && watch::is_overfull(&place.in_memory, bytes, entries);
        if overfull || place.on_disk.iter().any(too_full) {
            return Some(Cause::Output);
        }
        let most = self.order.memory_bytes;
        // What was ended by the kernel was one process; the run is what took too much.
        if place.group.ended_for_memory() > self.oom_before {
            return Some(Cause::Memory);
        }
        let tables = usage.table_bytes;
        let suspicious =
            usage.resident_bytes + tables + usage.socket_bytes + self.order.disk_bytes * 3 > most;
        let counted = || watch::memory(&processes, &place.in_memory) + watch::socket_bytes(&processes);
        if suspicious && counted() + tables > most {
            return Some(Cause::Memory);
        }
        None
    }

    /// Processor time of processes that were seen, those that are gone too: a child that its parent does not wait for is
    /// counted nowhere else, where there is no control group.
    fn seen(&mut self, processes: &[Pid]) -> Duration {
        let gone = self.seen_cpu.iter().filter(|(pid, _)| !processes.contains(pid));
        self.gone_cpu += gone.map(|(_, time)| *time).sum::<Duration>();
        self.seen_cpu.retain(|pid, _| processes.contains(pid));
        self.seen_cpu.extend(
            processes
                .iter()
                .filter_map(|&pid| Some((pid, sys::processor_time(pid)?))),
        );
        let alive: Duration = self.seen_cpu.values().sum();
        (alive + self.gone_cpu).saturating_sub(self.seen_before)
    }

    /// What is known of the end, before anything is ended.
    pub(super) fn ending(
        &self,
        place: &Place,
        how: Finished,
        main: Option<Pid>,
        reaped_cpu: Duration,
    ) -> Ending {
        let wall = self.began.elapsed();
        let living = || watch::usage(&place.members.processes()).cpu;
        let mut ending = Ending {
            cause: Cause::Itself,
            exit: None,
            signal: None,
            said: None,
            wall_us: wall.as_micros() as u64,
            cpu_us: processor_time(&place.group, reaped_cpu, living)
                .saturating_sub(self.cpu_before)
                .as_micros() as u64,
            max_rss_bytes: main.map(watch::peak).unwrap_or_default(),
            stdout_cut: false,
            stderr_cut: false,
            artifacts_cut: false,
            alive: false,
        };
        match how {
            Finished::Said(said) => {
                ending.said = Some(said);
                ending.alive = self.order.session;
            }
            Finished::Ended(ended) => {
                ending.exit = ended.exit;
                ending.signal = ended.signal;
                ending.max_rss_bytes = ended.max_rss_bytes;
                if ended.signal == Some(Signal::KILL.as_raw())
                    && place.group.ended_for_memory() > self.oom_before
                {
                    ending.cause = Cause::Memory;
                }
            }
            Finished::Stopped(cause) => ending.cause = cause,
        }
        if let (Cause::Itself, Some((_, cause))) = (ending.cause, self.interrupted) {
            ending.cause = cause;
        }
        ending
    }

    /// What a session's program started and left running does not outlive its run, and its own process rests until the
    /// next. Stopped first, so that it starts nothing meanwhile.
    pub(super) fn rest(place: &Place, main: Option<Pid>) {
        if let Some(pid) = main {
            let _ = rustix::process::kill_process(pid, Signal::STOP);
        }
        for _ in 0..SETTLES {
            let others = place.members.processes();
            let strays = others
                .iter()
                .filter(|&&pid| Some(pid) != main && watch::state(pid) != 'Z');
            let strays: Vec<Pid> = strays.copied().collect();
            if strays.is_empty() && main.is_none_or(|pid| watch::state(pid) == 'T') {
                return;
            }
            for pid in strays {
                let _ = rustix::process::kill_process(pid, Signal::KILL);
            }
            sys::nap(Duration::from_micros(200));
        }
    }

    /// Sends the files and the ending.
    pub(super) fn tell(&self, ending: &mut Ending, place: &Place, wire: &mut Wire) {
        ending.stdout_cut = self.stdout.seen > self.stdout.kept;
        ending.stderr_cut = self.stderr.seen > self.stderr.kept;
        let most_files = self.order.artifacts as usize;
        let taken = collect::take(
            &place.home,
            &self.before,
            most_files,
            self.order.artifact_bytes,
            &mut |piece| match piece {
                collect::Piece::Name(name) => {
                    let header = serde_json::to_vec(&FileHeader {
                        name: name.to_owned(),
                    })?;
                    frame::write(wire, Kind::Artifact, &header)
                }
                collect::Piece::Content(bytes) => frame::write(wire, Kind::Data, bytes),
            },
        );
        ending.artifacts_cut = taken.unwrap_or(true);
        let body = serde_json::to_vec(ending).unwrap_or_default();
        if frame::write(wire, Kind::Ended, &body).is_err() {
            place.leave(0);
        }
    }
}
