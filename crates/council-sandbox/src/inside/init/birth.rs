//! What pid 1 of a box, or the guest in its stead, is given at its beginning.

use super::super::cgroup::Group;
use super::super::confine::Streams;
use super::super::place::Place;
use super::wire::Wire;
use crate::order::Content;
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use seccompiler::BpfProgram;
use std::io;
use std::os::fd::OwnedFd;

/// What pid 1 is given by the launcher.
pub(in super::super) struct Birth {
    /// To the server.
    pub(in super::super) channel: OwnedFd,
    /// Readable when the launcher has mapped users and is done looking at this process; and again when a copy ended,
    /// which is the launcher's child.
    pub(in super::super) go: OwnedFd,
    pub(in super::super) content: Content,
    /// The program's ends of its streams; gone already where a zygote has them.
    pub(in super::super) streams: Option<Streams>,
    pub(in super::super) ends: Ends,
    pub(in super::super) calls: BpfProgram,
    /// Of the box, which pid 1 is in already.
    pub(in super::super) group: Group,
}

/// Pid 1's ends of a program's streams.
pub(in super::super) struct Ends {
    pub(in super::super) stdin: OwnedFd,
    pub(in super::super) stdout: OwnedFd,
    pub(in super::super) stderr: OwnedFd,
    pub(in super::super) control: OwnedFd,
}

/// New streams for a program, and their other ends.
///
/// # Errors
/// As `pipe(2)`.
pub(in super::super) fn streams() -> io::Result<(Streams, Ends)> {
    let pipe = || rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC);
    let (stdin, to_stdin) = pipe()?;
    let (from_stdout, stdout) = pipe()?;
    let (from_stderr, stderr) = pipe()?;
    let (control, runner) = socketpair(
        AddressFamily::UNIX,
        SocketType::STREAM,
        SocketFlags::CLOEXEC,
        None,
    )?;
    let streams = Streams {
        stdin,
        stdout,
        stderr,
        control: Some(runner),
    };
    let ends = Ends {
        stdin: to_stdin,
        stdout: from_stdout,
        stderr: from_stderr,
        control,
    };
    Ok((streams, ends))
}

/// What is needed to stand for a box beside its program.
pub(in super::super) struct Parts {
    pub(in super::super) wire: Wire,
    /// Where the launcher says how a copy ended; `None` where there is no launcher.
    pub(in super::super) told: Option<OwnedFd>,
    pub(in super::super) ends: Ends,
    pub(in super::super) place: Place,
    pub(in super::super) paths: Option<OwnedFd>,
    pub(in super::super) calls: BpfProgram,
}
