//! The helper: one thread that makes boxes, and pid 1 in each of them. Nothing here runs in the server's process.
//!
//! - [`ground`](self::ground): namespaces and the root that all boxes start from
//! - [`launcher`](self::launcher): takes orders, makes boxes and zygotes
//! - [`guest`](self::guest): the helper in a box that somebody else made
//! - [`init`](self::init): pid 1 of a box: mounts, starts, watches, reports
//! - [`confine`](self::confine), [`syscalls`](self::syscalls), [`paths`](self::paths): what a program may do
//! - [`place`](self::place): what is particular about a box
//! - [`watch`](self::watch): which processes are a box's, and what they use
//! - [`cgroup`](self::cgroup): control groups, where there are some to be had
//! - [`collect`](self::collect): files in and out
//! - [`disk`](self::disk): folders of the host that are a box's
//! - [`sys`](self::sys): the calls that are not safe

mod cgroup;
mod collect;
mod confine;
mod disk;
mod ground;
mod guest;
mod init;
mod launcher;
mod paths;
mod place;
mod sys;
mod syscalls;
mod watch;

use crate::message;
use rustix::net::SocketType;
use std::process::ExitCode;

/// Name of the user in a box, and its number; never 0.
const BOX_USER: u32 = 1000;

/// What the helper program does from its first to its last moment: serves the orders that come over its standard
/// input where that is a socket of datagrams, and is a guest in a box that somebody else made where it is not. Ends when
/// the server is gone. Must be called before the process has a second thread.
pub fn run_helper() -> ExitCode {
    let Some(orders) = sys::inherited(0) else {
        return ExitCode::FAILURE;
    };
    // Whatever else was inherited is nobody's business here. Standard error goes to the server's log.
    sys::close_from(3);
    if rustix::net::sockopt::socket_type(&orders) != Ok(SocketType::SEQPACKET) {
        return guest::serve(&orders);
    }
    match ground::serve(&orders) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = message::send(&orders, &crate::order::Answer::Failed(failure), &[]);
            ExitCode::FAILURE
        }
    }
}
