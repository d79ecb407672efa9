//! The helper in a box that somebody else made, such as bubblewrap: it stands in for pid 1, holds the limits, and lets
//! nothing become a program before it is confined.

use super::cgroup::Group;
use super::confine::{become_user, give_up_capabilities};
use super::init::{self, Init, Parts, Wire, layer};
use super::place::{Place, open_home};
use super::watch::{self, Members};
use super::{paths, sys, syscalls};
use crate::frame::{self, Frame, Kind};
use crate::order::{Guest, SetupFailure};
use rustix::fs::Mode;
use rustix::net::SocketType;
use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::ExitCode;

/// Hears what box this is, and serves it. The host is heard and spoken to through standard output, a socket; where a
/// tool passes only bytes on, it is heard through `input`.
pub(super) fn serve(input: &OwnedFd) -> ExitCode {
    let Some(output) = sys::inherited(1) else {
        return ExitCode::FAILURE;
    };
    let is_socket = rustix::net::sockopt::socket_type(&output) == Ok(SocketType::STREAM);
    let wire = |output: &OwnedFd| -> io::Result<Wire> {
        let output = output.try_clone()?;
        if is_socket {
            Wire::socket(output)
        } else {
            Ok(Wire::pipes(input.try_clone()?, output))
        }
    };
    let (Ok(mut spare), Ok(mut wire)) = (wire(&output), wire(&output)) else {
        return ExitCode::FAILURE;
    };
    let Ok(Some(Frame {
        kind: Kind::Begin,
        body,
    })) = frame::read(&mut wire)
    else {
        return ExitCode::FAILURE;
    };
    let begun = serde_json::from_slice(&body)
        .map_err(|error| layer("helper")(error.into()))
        .and_then(|guest| begin(guest, wire));
    match begun {
        Ok(init) => init.serve(),
        Err(failure) => {
            init::say_failed(&mut spare, &failure);
            ExitCode::FAILURE
        }
    }
}

fn begin(guest: Guest, wire: Wire) -> Result<Init, SetupFailure> {
    rustix::process::umask(Mode::from_raw_mode(0o022));
    if rustix::process::geteuid().is_root() {
        let user = guest
            .user
            .ok_or_else(|| layer("no root")(io::Error::other("the box is root's")))?;
        give_up_capabilities();
        become_user(user).map_err(layer("no root"))?;
    }
    for folder in [&guest.home, &guest.temporary] {
        make_folder(folder)
            .map_err(|error| layer("files")(io::Error::other(format!("{}: {error}", folder.display()))))?;
    }
    rustix::process::chdir(&guest.home).map_err(|error| layer("files")(error.into()))?;
    let rules = paths::ruleset(&paths::Paths {
        programs: &guest.programs,
        readable: &guest.readable,
        writable: &guest.writable,
        lists_all: !guest.sees_host,
    });
    let rules = match rules {
        Ok(rules) => Some(rules),
        // The box holds without; the self-test says that the layer is missing.
        Err(_) if !guest.needs_landlock => None,
        Err(error) => return Err(layer("landlock")(error)),
    };
    let (streams, ends) = init::streams().map_err(layer("helper"))?;
    let parts = Parts {
        wire,
        told: None,
        ends,
        paths: rules,
        calls: syscalls::filter(!guest.sees_host).map_err(layer("seccomp"))?,
        place: Place {
            home: open_home(&guest.home).map_err(layer("files"))?,
            temporary: guest.temporary,
            in_memory: guest.in_memory,
            on_disk: guest.on_disk,
            members: members().map_err(layer("process tree"))?,
            group: Group::default(),
            processes: guest.processes,
            user: None,
            resizes: false,
        },
    };
    Init::new(parts)?.fill(guest.content, Some(streams))
}

fn make_folder(path: &Path) -> io::Result<()> {
    match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// The processes that this one answers for.
fn members() -> io::Result<Members> {
    if rustix::process::getpid().is_init() {
        return Ok(Members::Namespace);
    }
    if !watch::knows_children() {
        return Err(io::Error::other(
            "this kernel does not list a process's children (CONFIG_PROC_CHILDREN)",
        ));
    }
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    Ok(Members::Descendants)
}
