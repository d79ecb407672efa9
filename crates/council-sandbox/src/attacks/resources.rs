//! Trials that take what they can: processor, memory, disk, processes, time.

use super::attack::{Attack, Group::Resources, Outside, Text, Way};
use super::judge::{Ended, Judgement};
use council_core::sandbox::RunStatus::{Cpu, Error, Killed, Memory, Ok as Fine, OutputLimit, Timeout};

const fn trial(name: &'static str, harm: &'static str, judge: fn(&Ended) -> Judgement) -> Attack {
    Attack::trial(Resources, name, harm, judge)
}

/// Megabytes that may have been got before the limit was noticed: as much again, because without control groups all that
/// many processes have is looked at from time to time. The programs stop by themselves at some 1400.
fn memory(ended: &Ended) -> Judgement {
    let most = (ended.limits.memory_bytes >> 20) * 2;
    ended.got_at_most(most, "MiB")
}

/// A single process cannot even get its limit.
fn memory_of_one(ended: &Ended) -> Judgement {
    let report = ended.with(&[Memory, Error])?;
    if report.status == Error && !String::from_utf8_lossy(&report.stderr).contains("MemoryError") {
        return Err(super::judge::described(report));
    }
    ended.got_at_most(ended.limits.memory_bytes >> 20, "MiB")
}

/// The file system is full, or the run is ended because it wrote too much.
fn disk(ended: &Ended) -> Judgement {
    if ended.with(&[Fine, OutputLimit])?.status == OutputLimit {
        return Ok("ended for what it wrote".to_owned());
    }
    ended.got_at_most(ended.limits.disk_bytes, "bytes")
}

fn files(ended: &Ended) -> Judgement {
    if ended.with(&[Fine, OutputLimit])?.status == OutputLimit {
        return Ok("ended for what it wrote".to_owned());
    }
    ended.got_at_most(ended.limits.inodes, "files")
}

fn one_file(ended: &Ended) -> Judgement {
    ended.with(&[Fine])?;
    ended.got_at_most(ended.limits.file_bytes, "bytes")
}

fn processes(ended: &Ended) -> Judgement {
    ended.with(&[Fine])?;
    ended.got_at_most(u64::from(ended.limits.processes), "processes")
}

/// Processor time of all its processes, and no more than a second beyond it.
fn processor(ended: &Ended) -> Judgement {
    let report = ended.with(&[Cpu])?;
    if report.cpu > ended.limits.cpu * 2 {
        return Err(format!("used {} ms of processor time", report.cpu.as_millis()));
    }
    Ok(format!(
        "ended after {} ms of processor time",
        report.cpu.as_millis()
    ))
}

pub(super) const RESOURCES: &[Attack] = &[
    trial("fork_bomb", "One program would stop the host.", |ended| {
        ended.ends(&[Timeout, Cpu, Killed, Memory])
    })
    .wall(2),
    trial(
        "shell_fork_bomb",
        "One line of shell would stop the host.",
        |ended| {
            if ended.took > ended.limits.wall * 2 {
                return Err(format!("known only after {} ms", ended.took.as_millis()));
            }
            ended.ends(&[Fine, Error, Timeout, Cpu, Killed, Memory])
        },
    )
    .text(Text::Bash(":(){ :|:& };:\nwait\n"))
    .wall(2)
    .outside(Outside::Never("nothing gentle is left of it")),
    trial(
        "processes_at_once",
        "A program would take every process number.",
        processes,
    ),
    trial(
        "threads_at_once",
        "A program would take every process number with threads.",
        processes,
    ),
    trial(
        "memory_in_one",
        "One process would push the host's programs out of memory.",
        memory_of_one,
    ),
    trial(
        "memory_in_many",
        "Many processes, each below its limit, would take all memory.",
        memory,
    ),
    trial("shared_memory_in_many", "Shared pages would not count.", memory),
    trial(
        "memory_files",
        "Memory of files without a name would not count.",
        memory,
    ),
    trial(
        "memory_files_in_many",
        "Many processes would take all memory with files without a name.",
        memory,
    ),
    trial(
        "change_own_limits",
        "A program would lift its own limits.",
        memory_of_one,
    ),
    trial(
        "socket_buffers",
        "A program would take the kernel's memory through sockets.",
        memory,
    ),
    trial(
        "socket_buffers_in_many",
        "Many processes would take the kernel's memory through sockets.",
        memory,
    ),
    trial(
        "page_tables",
        "A program would take the kernel's memory by reading what was never written.",
        memory,
    ),
    trial(
        "page_tables_by_javascript",
        "Children of JavaScript would take the kernel's memory by reading.",
        memory,
    )
    .way(Way::JavaScript)
    .wall(5),
    trial(
        "locked_memory",
        "A program would pin the host's memory.",
        |ended| {
            ended.with(&[Fine])?;
            ended.got_at_most(16, "MiB")
        },
    ),
    trial(
        "fill_tmp",
        "A program would fill the host's disk or memory.",
        disk,
    ),
    trial(
        "fill_own_folder",
        "A program would fill the host's disk or memory.",
        disk,
    ),
    trial(
        "fill_hidden_folder",
        "A program would fill the host's disk where nobody looks.",
        disk,
    ),
    trial(
        "fill_shared_memory",
        "A program would fill the host's memory.",
        disk,
    ),
    trial(
        "inodes",
        "A program would use up what the file system can count.",
        files,
    ),
    trial("sparse_file", "A file of any length would be made.", one_file),
    trial("huge_file", "A file beyond its limit would be made.", one_file),
    trial(
        "open_files",
        "A program would use up the host's table of open files.",
        |ended| {
            ended.with(&[Fine])?;
            ended.got_at_most(u64::from(ended.limits.open_files), "files")
        },
    ),
    trial(
        "pipes",
        "A program would take the kernel's memory through pipes.",
        |ended| {
            ended.with(&[Fine])?;
            ended.got_at_most(64 << 20, "bytes")
        },
    ),
    trial(
        "spin_in_one",
        "A program would keep a processor for as long as it likes.",
        processor,
    )
    .cpu(1),
    trial(
        "spin_in_many",
        "Processes would keep all processors, each below its limit.",
        processor,
    )
    .cpu(1),
    trial(
        "spin_one_after_another",
        "Short-lived processes would not count.",
        processor,
    )
    .cpu(1),
    trial(
        "spin_in_children_that_nobody_waits_for",
        "Children without a parent would not count.",
        processor,
    )
    .cpu(1),
    trial(
        "spin_in_one_call",
        "An operation that looks at no signal could not be ended.",
        processor,
    )
    .cpu(1),
    trial(
        "spin_on",
        "A program that ignores every signal would spin on.",
        processor,
    )
    .cpu(1),
    trial("sleep_on", "A program would stay for ever.", |ended| {
        ended.ends(&[Timeout])
    })
    .wall(1),
    trial(
        "ignore_signals",
        "A program that ignores every signal would stay.",
        |ended| ended.ends(&[Timeout]),
    )
    .wall(1),
    trial("stop_itself", "A stopped program would stay.", |ended| {
        ended.ends(&[Timeout])
    })
    .wall(1),
    trial(
        "leave_a_daemon",
        "A process would outlive its run.",
        Ended::ends_early,
    ),
    trial(
        "leave_a_child_with_stdout",
        "A run would last as long as anyone holds its output.",
        Ended::ends_early,
    ),
    trial(
        "leave_a_writer",
        "A process would write on after its run.",
        Ended::ends_early,
    ),
    trial(
        "leave_zombies",
        "Ended processes would fill the host's table.",
        Ended::ends_early,
    ),
    trial(
        "close_everything",
        "A run that closes its streams would be lost.",
        |ended| ended.wrote(b"done\n"),
    ),
    trial(
        "close_everything_and_stay",
        "A run that closes its streams would stay.",
        |ended| ended.ends(&[Timeout]),
    )
    .wall(1),
    trial(
        "kill_everything",
        "A program would end what watches over it.",
        |ended| ended.dies_of(9),
    )
    .outside(Outside::Never("it would end every process of the user")),
    trial(
        "crash_the_interpreter",
        "A crash would be reported as something else.",
        |ended| ended.dies_of(11),
    )
    .outside(Outside::Same),
    trial(
        "session_spins_on",
        "A session would keep a processor between its runs.",
        Ended::rests,
    )
    .watched(2),
    trial(
        "session_forks_on",
        "A session would start processes between its runs.",
        Ended::rests,
    )
    .watched(1),
];
