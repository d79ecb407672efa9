//! The keys of `[sandbox]`: what isolates programs, what is kept ready for them, and what they may use.

use super::{Fallback, Key, Kind, key};

const SLOTS: Kind = Kind::Integer { min: 0, max: 64 };
const MIB: Kind = Kind::Integer {
    min: 1,
    max: 1_048_576,
};
const KIB: Kind = Kind::Integer {
    min: 0,
    max: 1_048_576,
};
const COUNT: Kind = Kind::Integer {
    min: 1,
    max: 1_000_000,
};
const FILES: Kind = Kind::Integer { min: 0, max: 10_000 };

/// In the order in which they are shown.
pub(super) const KEYS: &[Key] = &[
    key(
        "sandbox.backend",
        Kind::Choice(&[
            "auto",
            "namespaces",
            "bubblewrap",
            "landlock",
            "firejail",
            "docker",
            "off",
        ]),
        "auto",
        "what isolates programs; auto: the strongest that works on this machine; off: no program is run",
    ),
    key(
        "sandbox.allow_weak",
        Kind::Boolean,
        "false",
        "whether programs run where only files and system calls can be filtered, without namespaces",
    ),
    Key {
        name: "sandbox.docker_runtime",
        kind: Kind::OptionalText,
        fallback: Fallback::Absent,
        doc: "runtime of the container engine, such as `runsc`; default: its own",
    },
    key(
        "sandbox.docker_image",
        Kind::Text,
        "python:3-slim",
        "image that a container engine runs programs in; it has bash, the interpreters, and a C library no older than \
         Council's",
    ),
    key(
        "sandbox.python",
        Kind::Text,
        "python3",
        "Python interpreter of programs",
    ),
    key(
        "sandbox.node",
        Kind::Text,
        "node",
        "Node.js, which runs JavaScript",
    ),
    key(
        "sandbox.warm_python",
        SLOTS,
        "3",
        "Python processes that are kept ready",
    ),
    key(
        "sandbox.warm_science",
        SLOTS,
        "2",
        "the same with numpy, pandas and matplotlib, once `council sandbox setup` has put them there",
    ),
    key(
        "sandbox.warm_bash",
        SLOTS,
        "1",
        "bash processes that are kept ready",
    ),
    key(
        "sandbox.warm_javascript",
        SLOTS,
        "1",
        "Node.js processes that are kept ready, from the first program in JavaScript on",
    ),
    key(
        "sandbox.session_idle",
        Kind::Duration,
        "15m",
        "a session without a run for this long ends, and its variables with it",
    ),
    key(
        "sandbox.sessions",
        Kind::Integer { min: 1, max: 1024 },
        "8",
        "most sessions that are kept; a new one takes the place of the one that was used least lately",
    ),
    key(
        "sandbox.concurrent_runs",
        Kind::IntegerOrAuto { min: 1, max: 1024 },
        "auto",
        "most programs that run at once; auto: two for each processor, at least 4",
    ),
    key(
        "sandbox.limits.wall",
        Kind::Duration,
        "5s",
        "time of a run that does not say, from start to end",
    ),
    key(
        "sandbox.limits.cpu",
        Kind::Duration,
        "5s",
        "processor time of all its processes",
    ),
    key(
        "sandbox.limits.memory_mib",
        MIB,
        "512",
        "memory of all its processes",
    ),
    key(
        "sandbox.limits.processes",
        COUNT,
        "64",
        "processes and threads at once",
    ),
    key(
        "sandbox.limits.open_files",
        COUNT,
        "256",
        "open files of a process",
    ),
    key(
        "sandbox.limits.file_mib",
        MIB,
        "20",
        "largest file that it can write",
    ),
    key(
        "sandbox.limits.disk_mib",
        MIB,
        "64",
        "each of /tmp and /box, which are in memory",
    ),
    key(
        "sandbox.limits.inodes",
        COUNT,
        "4096",
        "files and folders in each of them",
    ),
    key(
        "sandbox.limits.stdout_kib",
        KIB,
        "1024",
        "of standard output that is kept",
    ),
    key(
        "sandbox.limits.stderr_kib",
        KIB,
        "256",
        "of standard error that is kept",
    ),
    key(
        "sandbox.limits.artifacts",
        FILES,
        "64",
        "files of /box that are returned",
    ),
    key("sandbox.limits.artifact_mib", MIB, "32", "all of them together"),
    key(
        "sandbox.maximum.wall",
        Kind::Duration,
        "60s",
        "the most that a request may ask for: time",
    ),
    key(
        "sandbox.maximum.cpu",
        Kind::Duration,
        "60s",
        "the same of processor time",
    ),
    key("sandbox.maximum.memory_mib", MIB, "2048", "the same of memory"),
    key(
        "sandbox.maximum.processes",
        COUNT,
        "256",
        "the same of processes and threads",
    ),
    key(
        "sandbox.maximum.open_files",
        COUNT,
        "1024",
        "the same of open files",
    ),
    key(
        "sandbox.maximum.file_mib",
        MIB,
        "256",
        "the same of the largest file",
    ),
    key(
        "sandbox.maximum.disk_mib",
        MIB,
        "512",
        "the same of each of /tmp and /box",
    ),
    key(
        "sandbox.maximum.inodes",
        COUNT,
        "65536",
        "the same of files and folders in them",
    ),
    key(
        "sandbox.maximum.stdout_kib",
        KIB,
        "16384",
        "the same of standard output",
    ),
    key(
        "sandbox.maximum.stderr_kib",
        KIB,
        "4096",
        "the same of standard error",
    ),
    key(
        "sandbox.maximum.artifacts",
        FILES,
        "256",
        "the same of returned files",
    ),
    key(
        "sandbox.maximum.artifact_mib",
        MIB,
        "128",
        "the same of all of them together",
    ),
];
