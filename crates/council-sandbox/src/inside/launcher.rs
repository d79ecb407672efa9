//! The helper at work: takes orders, makes boxes, keeps zygotes, and notices who ended.

use super::cgroup::{self, Group, Groups};
use super::ground::{Rank, write_map};
use super::init::{self, Birth};
use super::{BOX_USER, sys, syscalls};
use crate::frame::{self, Kind};
use crate::message;
use crate::order::{Answer, Cause, Command, Content, Ending, Order, SetupFailure, UNOWNED_COUNT};
use rustix::event::{PollFd, PollFlags};
use rustix::mount::{MountFlags, mount};
use rustix::net::{AddressFamily, SendFlags, SocketFlags, SocketType, socketpair};
use rustix::process::{Pid, Signal};
use seccompiler::BpfProgram;
use serde::Deserialize;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd as _, AsRawFd, BorrowedFd, OwnedFd};

/// The namespaces of a box, as `/proc` names them and in the order in which they are entered.
const NAMESPACES: [&str; 7] = ["user", "mnt", "pid", "net", "ipc", "uts", "cgroup"];

/// A process that is copied.
struct Zygote {
    pid: Pid,
    socket: OwnedFd,
}

/// What is kept of a box.
struct Resident {
    /// As the helper counts users; 0 where all boxes have the same.
    user: u32,
    /// Where its pid 1 hears how a copy ended.
    told: OwnedFd,
    /// Of its control groups.
    name: String,
    group: Group,
    /// To the host. Kept so that a box whose pid 1 the kernel has ended for want of memory is reported nevertheless.
    channel: OwnedFd,
}

impl Resident {
    /// Tells the host of such an end. Memory that files hold does not go with the processes that wrote them, so that the kernel
    /// goes on until none is left.
    fn report_for_the_dead(&self, ended: &sys::Ended) {
        if ended.signal != Some(Signal::KILL.as_raw()) || self.group.ended_for_memory() == 0 {
            return;
        }
        let ending = Ending {
            cause: Cause::Memory,
            exit: None,
            signal: ended.signal,
            said: None,
            wall_us: 0,
            cpu_us: self
                .group
                .processor_time()
                .map_or(0, |time| time.as_micros() as u64),
            max_rss_bytes: ended.max_rss_bytes,
            stdout_cut: false,
            stderr_cut: false,
            artifacts_cut: false,
            alive: false,
        };
        if let Ok(body) = serde_json::to_vec(&ending) {
            // A host that does not listen is none that waits.
            let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
            let _ = rustix::net::send(&self.channel, &frame::encode(Kind::Ended, &body), flags);
        }
    }
}

/// What a zygote says.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum FromZygote {
    /// It has made a copy for this box.
    Copied {
        #[serde(rename = "box")]
        place: i32,
        pid: i32,
    },
    /// It can be copied.
    Ready {},
}

struct Launcher<'a> {
    orders: &'a OwnedFd,
    rank: Rank,
    groups: Groups,
    /// The way back from a box's control groups to the helper's.
    own_doors: Vec<OwnedFd>,
    /// Names of control groups whose boxes have ended and that the kernel does not let go yet.
    leaving: Vec<String>,
    last_box: u64,
    calls: BpfProgram,
    zygotes: HashMap<String, Zygote>,
    /// Living boxes, by their pid 1.
    boxes: HashMap<i32, Resident>,
    /// Which box a copy of a zygote lives in: its parent is this process, whoever it was made by.
    copies: HashMap<i32, i32>,
    last_user: u32,
}

/// Serves until the server is gone.
///
/// # Errors
/// When what every box needs cannot be made.
pub(super) fn serve(
    orders: &OwnedFd,
    rank: Rank,
    groups: Groups,
    layers: Vec<(String, Option<String>)>,
) -> Result<(), SetupFailure> {
    let failed = |layer: &str, error: io::Error| SetupFailure {
        layer: layer.to_owned(),
        message: error.to_string(),
    };
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
    let calls = syscalls::filter(true).map_err(|error| failed("seccomp", error))?;
    let children = sys::watch_children().map_err(|error| failed("helper", error))?;
    message::send(orders, &Answer::Prepared { layers }, &[]).map_err(|error| failed("helper", error))?;
    let mut launcher = Launcher {
        orders,
        rank,
        own_doors: groups
            .own_doors()
            .map_err(|error| failed("control group", error))?,
        groups,
        leaving: Vec::new(),
        last_box: 0,
        calls,
        zygotes: HashMap::new(),
        boxes: HashMap::new(),
        copies: HashMap::new(),
        last_user: 0,
    };
    loop {
        let heard: Vec<String> = {
            let mut all = vec![
                PollFd::new(orders, PollFlags::IN),
                PollFd::new(&children, PollFlags::IN),
            ];
            let names: Vec<&String> = launcher.zygotes.keys().collect();
            all.extend(
                launcher
                    .zygotes
                    .values()
                    .map(|zygote| PollFd::new(&zygote.socket, PollFlags::IN)),
            );
            let _ = rustix::event::poll(&mut all, None);
            let speaks = |poll: &PollFd<'_>| !poll.revents().is_empty();
            names
                .into_iter()
                .zip(&all[2..])
                .filter(|(_, poll)| speaks(poll))
                .map(|(name, _)| name.clone())
                .collect()
        };
        for profile in heard {
            launcher.hear(&profile);
        }
        launcher.reap(&children);
        if is_readable(orders.as_fd()) {
            match message::receive(orders) {
                Ok(Some((order, descriptors))) => launcher.obey(order, descriptors),
                // The server is gone, and with this process everything ends that it started.
                Ok(None) | Err(_) => return Ok(()),
            }
        }
    }
}

impl Launcher<'_> {
    fn obey(&mut self, order: Order, descriptors: Vec<OwnedFd>) {
        match order {
            Order::Prepare { .. } => {}
            Order::Zygote { profile, command } => {
                if self.start_zygote(&profile, &command).is_err() {
                    self.answer(&Answer::ZygoteGone { profile });
                }
            }
            Order::Open { content } => {
                if let Some(channel) = descriptors.into_iter().next() {
                    // The channel closes with the error, which says to the server that there is no box; why, the log.
                    if let Err(error) = self.open(content, channel) {
                        complain(&format!("a box cannot be made: {error}"));
                    }
                }
            }
        }
    }

    fn answer(&self, answer: &Answer) {
        let _ = message::send(self.orders, answer, &[]);
    }

    /// Starts the process that others will be copies of. It keeps its power over boxes' namespaces and never runs what
    /// nobody vouches for.
    fn start_zygote(&mut self, profile: &str, command: &Command) -> io::Result<()> {
        let (ours, theirs) = pair(SocketType::SEQPACKET)?;
        let Some(pid) = sys::fork(libc::CLONE_NEWNS)? else {
            let error = become_zygote(command, &theirs);
            complain(&format!("{} cannot be started: {error}", command.program));
            sys::exit_now(127)
        };
        drop(theirs);
        // As the kernel takes it: eight bytes for each step.
        let mut calls = String::new();
        for step in &self.calls {
            let (code, value) = (step.code.to_be(), step.k.to_be());
            let _ = write!(calls, "{code:04x}{:02x}{:02x}{value:08x}", step.jt, step.jf);
        }
        message::send(
            &ours,
            &serde_json::json!({ "calls": calls, "user": BOX_USER }),
            &[],
        )?;
        self.zygotes
            .insert(profile.to_owned(), Zygote { pid, socket: ours });
        Ok(())
    }

    /// Takes what a zygote has said until now.
    fn hear(&mut self, profile: &str) {
        while let Some(zygote) = self.zygotes.get(profile) {
            let speaks = is_readable(zygote.socket.as_fd());
            if !speaks {
                return;
            }
            match message::receive(&zygote.socket) {
                Ok(Some((FromZygote::Copied { place, pid }, _))) => {
                    self.copies.insert(pid, place);
                }
                Ok(Some((FromZygote::Ready {}, _))) => {
                    let memory_bytes = super::watch::resident(zygote.pid);
                    let profile = profile.to_owned();
                    self.answer(&Answer::ZygoteReady {
                        profile,
                        memory_bytes,
                    });
                }
                Ok(None) | Err(_) => {
                    let _ = rustix::process::kill_process(zygote.pid, rustix::process::Signal::KILL);
                    self.zygotes.remove(profile);
                    let profile = profile.to_owned();
                    self.answer(&Answer::ZygoteGone { profile });
                }
            }
        }
    }

    fn open(&mut self, content: Content, channel: OwnedFd) -> io::Result<()> {
        let (streams, ends) = init::streams()?;
        let (go, ready) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
        self.last_box += 1;
        let name = format!("box-{}", self.last_box);
        let group = self.groups.open(&name)?;
        let doors = group.doors()?;
        let copied = match &content {
            Content::Copy(profile) => Some(profile.clone()),
            Content::Empty(_) | Content::Runner(_) => None,
        };
        let namespaces = libc::CLONE_NEWUSER
            | libc::CLONE_NEWNS
            | libc::CLONE_NEWPID
            | libc::CLONE_NEWNET
            | libc::CLONE_NEWIPC
            | libc::CLONE_NEWUTS
            | libc::CLONE_NEWCGROUP;
        // Born in its control groups, so that they are the root of what it sees of them.
        cgroup::enter(&doors)?;
        let born = sys::fork(namespaces);
        if !matches!(born, Ok(None)) {
            cgroup::enter(&self.own_doors)?;
        }
        let Some(pid) = born? else {
            drop(ready);
            let mut birth = Birth {
                group,
                channel,
                go,
                content,
                streams: copied.is_none().then_some(streams),
                ends,
                calls: self.calls.clone(),
            };
            birth.keep_only_these();
            init::live(birth)
        };
        drop((go, ends));
        let folder = format!("/proc/{}", pid.as_raw_nonzero());
        let user = self.new_user();
        let map = match self.rank {
            // The box's root is pid 1, and its user somebody whom neither the host nor another box knows.
            Rank::Root => format!("0 0 1\n{BOX_USER} {user} 1"),
            Rank::User => format!("{BOX_USER} 0 1"),
        };
        write_map(&folder, &map, &map, true)?;
        if let Some(profile) = copied {
            let zygote = self.zygotes.get(&profile);
            let zygote = zygote.ok_or_else(|| io::Error::other(format!("there is no zygote `{profile}`")))?;
            let spaces = NAMESPACES
                .iter()
                .map(|name| File::open(format!("{folder}/ns/{name}")))
                .collect::<io::Result<Vec<File>>>()?;
            let mut given: Vec<BorrowedFd<'_>> = spaces.iter().map(File::as_fd).collect();
            given.extend([&streams.stdin, &streams.stdout, &streams.stderr].map(OwnedFd::as_fd));
            given.extend(streams.control.as_ref().map(OwnedFd::as_fd));
            given.extend(doors.iter().map(OwnedFd::as_fd));
            message::send(&zygote.socket, &pid.as_raw_nonzero(), &given)?;
        }
        rustix::io::write(&ready, &[0])?;
        let place = Resident {
            user,
            told: ready,
            name,
            group,
            channel,
        };
        self.boxes.insert(pid.as_raw_nonzero().get(), place);
        Ok(())
    }

    /// A user for a box, such that no other living box has it: the kernel counts processes by user.
    fn new_user(&mut self) -> u32 {
        loop {
            self.last_user = self.last_user % (UNOWNED_COUNT - 1) + 1;
            if !self.boxes.values().any(|place| place.user == self.last_user) {
                return self.last_user;
            }
        }
    }

    fn reap(&mut self, children: &OwnedFd) {
        let mut buffer = [0; 512];
        let _ = rustix::io::read(children, &mut buffer);
        while let Some(ended) = sys::reap() {
            if let Some(place) = self.boxes.remove(&ended.pid) {
                place.report_for_the_dead(&ended);
                self.leaving.push(place.name);
                continue;
            }
            if !self.copies.contains_key(&ended.pid) {
                // It became a child of this process after its zygote had said whose it is.
                for profile in self.zygotes.keys().cloned().collect::<Vec<_>>() {
                    self.hear(&profile);
                }
            }
            let place = self.copies.remove(&ended.pid);
            if let Some(place) = place.and_then(|place| self.boxes.get(&place)) {
                let _ = rustix::io::write(&place.told, &ended.to_bytes());
            }
        }
        let groups = &self.groups;
        self.leaving.retain(|name| !groups.remove(name));
    }
}

fn is_readable(descriptor: BorrowedFd<'_>) -> bool {
    let mut one = [PollFd::from_borrowed_fd(descriptor, PollFlags::IN)];
    let now = rustix::event::Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    rustix::event::poll(&mut one, Some(&now)).is_ok_and(|count| count > 0)
}

impl Birth {
    /// Closes what a box has no use for: the launcher's sockets above all.
    fn keep_only_these(&mut self) {
        let streams = self.streams.iter().flat_map(|streams| {
            [&streams.stdin, &streams.stdout, &streams.stderr]
                .into_iter()
                .chain(&streams.control)
        });
        let own = [
            &self.channel,
            &self.go,
            &self.ends.stdin,
            &self.ends.stdout,
            &self.ends.stderr,
            &self.ends.control,
        ];
        let mut kept: Vec<i32> = streams.chain(own).map(AsRawFd::as_raw_fd).collect();
        kept.extend(self.group.descriptors());
        kept.sort_unstable();
        sys::close_all_but(&kept);
    }
}

fn become_zygote(command: &Command, socket: &OwnedFd) -> io::Error {
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    if let Err(error) = mount("tmpfs", "/tmp", "tmpfs", flags, c"size=64m,mode=0700") {
        return error.into();
    }
    sys::reset_signals();
    if let Err(error) = rustix::io::fcntl_dupfd_cloexec(socket, 64)
        .map_err(io::Error::from)
        .and_then(|socket| sys::place(socket.as_fd(), 3))
        .and_then(|()| sys::close_on_exec_from(4))
    {
        return error;
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "this process was forked for it and becomes the program"
    )]
    let mut program = std::process::Command::new(&command.program);
    std::os::unix::process::CommandExt::exec(
        program
            .args(&command.arguments)
            .env_clear()
            .envs(command.environment.iter().map(|(name, value)| (name, value)))
            .stdin(std::process::Stdio::null()),
    )
}

fn pair(kind: SocketType) -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(socketpair(AddressFamily::UNIX, kind, SocketFlags::CLOEXEC, None)?)
}

/// Standard error is read by the server, which logs it.
#[expect(clippy::print_stderr, reason = "the helper's only way to its log")]
pub(super) fn complain(what: &str) {
    eprintln!("{what}");
}
