//! What a process of a box does to itself before it becomes a program that nobody vouches for.

use super::place::Place;
use super::{sys, watch};
use crate::order::{Command, ProcessLimit, RunOrder};
use rustix::fs::{Gid, Uid};
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use rustix::thread::{CapabilitySet, CapabilitySets};
use seccompiler::BpfProgram;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::process::CommandExt as _;

/// Descriptors of a program: its standard streams, and where its runner is spoken to.
pub(super) struct Streams {
    pub(super) stdin: OwnedFd,
    pub(super) stdout: OwnedFd,
    pub(super) stderr: OwnedFd,
    pub(super) control: Option<OwnedFd>,
}

/// What is taken from a program.
pub(super) struct Walls<'a> {
    /// `None` where this kernel has no Landlock and the box holds without.
    pub(super) paths: Option<&'a OwnedFd>,
    pub(super) calls: &'a BpfProgram,
    /// Whom it becomes, where it is root.
    pub(super) user: Option<u32>,
}

/// Becomes the program. Comes back only when that fails.
pub(super) fn become_program(command: &Command, streams: &Streams, walls: &Walls<'_>) -> io::Error {
    if let Err(error) = prepare(streams, walls) {
        return error;
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "this process is in the box and becomes the program; nothing is started"
    )]
    let mut program = std::process::Command::new(&command.program);
    program
        .args(&command.arguments)
        .env_clear()
        .envs(command.environment.iter().map(|(name, value)| (name, value)))
        .exec()
}

fn prepare(streams: &Streams, walls: &Walls<'_>) -> io::Result<()> {
    sys::reset_signals();
    rustix::process::setsid().ok();
    // Out of the way first, so that no number that is still needed is written over.
    let away = |descriptor: &OwnedFd| rustix::io::fcntl_dupfd_cloexec(descriptor, 64);
    let (stdin, stdout, stderr) = (
        away(&streams.stdin)?,
        away(&streams.stdout)?,
        away(&streams.stderr)?,
    );
    let control = streams.control.as_ref().map(away).transpose()?;
    sys::place(stdin.as_fd(), 0)?;
    sys::place(stdout.as_fd(), 1)?;
    sys::place(stderr.as_fd(), 2)?;
    match control {
        Some(control) => {
            sys::place(control.as_fd(), 3)?;
            sys::close_on_exec_from(4)?;
        }
        None => sys::close_on_exec_from(3)?,
    }
    give_up_capabilities();
    if let Some(user) = walls.user {
        become_user(user)?;
    }
    let none = CapabilitySet::empty();
    rustix::thread::set_capabilities(
        None,
        CapabilitySets {
            effective: none,
            permitted: none,
            inheritable: none,
        },
    )?;
    rustix::thread::set_no_new_privs(true)?;
    if let Some(paths) = walls.paths {
        sys::restrict_self(paths.as_fd())?;
    }
    seccompiler::apply_filter(walls.calls).map_err(io::Error::other)
}

/// Lets no program that is started later have a capability.
pub(super) fn give_up_capabilities() {
    for capability in (0..64).filter_map(|bit| CapabilitySet::from_bits(1 << bit)) {
        // Those that the kernel does not know cannot be given either.
        let _ = rustix::thread::remove_capability_from_bounding_set(capability);
    }
}

/// Becomes somebody else, for good.
///
/// # Errors
/// As `setresuid(2)`.
pub(super) fn become_user(user: u32) -> io::Result<()> {
    let (user, group) = (Uid::from_raw(user), Gid::from_raw(user));
    // Refused where a user has no other groups to give up.
    let _ = rustix::thread::set_thread_groups(&[]);
    rustix::thread::set_thread_res_gid(group, group, group)?;
    Ok(rustix::thread::set_thread_res_uid(user, user, user)?)
}

/// Puts the limits of a run on a process of the box, or on this one; what it starts has them too.
///
/// # Errors
/// As `prlimit(2)`.
pub(super) fn limit(
    place: &Place,
    pid: Option<Pid>,
    order: &RunOrder,
    base_data_bytes: u64,
) -> io::Result<()> {
    let set = |resource, value: u64| -> io::Result<()> {
        let limit = Rlimit {
            current: Some(value),
            maximum: Some(value),
        };
        match prlimit(pid, resource, limit) {
            // Refused: a session's second run; what was lowered once is not raised again.
            Ok(_) | Err(rustix::io::Errno::PERM) => Ok(()),
            Err(error) => Err(error.into()),
        }
    };
    set(Resource::Core, 0)?;
    set(Resource::Stack, 8 << 20)?;
    set(Resource::Nofile, u64::from(order.open_files))?;
    match place.processes {
        ProcessLimit::OwnUser => set(Resource::Nproc, u64::from(order.processes))?,
        ProcessLimit::SharedUser => {
            set(
                Resource::Nproc,
                watch::threads_of_user() + u64::from(order.processes),
            )?;
        }
        ProcessLimit::Maker => {}
    }
    set(Resource::Fsize, order.file_bytes)?;
    set(Resource::Memlock, 64 << 10)?;
    set(Resource::Msgqueue, 0)?;
    set(Resource::Sigpending, 1024)?;
    // What a copy shares with its zygote is not the program's.
    set(Resource::Data, order.memory_bytes + base_data_bytes)?;
    if !order.reserves {
        set(Resource::As, order.memory_bytes.saturating_mul(4).max(4 << 30))?;
    }
    if !order.session {
        // Of one process; all together are watched. Whole seconds, so that the watch is first.
        set(Resource::Cpu, order.cpu_us.div_ceil(1_000_000) + 1)?;
    }
    Ok(())
}
