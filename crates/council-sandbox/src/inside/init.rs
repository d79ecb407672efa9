//! Pid 1 of a box: puts up what is the box's own, starts the program or meets its runner, watches, reports, and ends it
//! all. When it ends, the kernel ends everything in the box.
//!
//! - [`birth`](self::birth): what it is given
//! - [`hearing`](self::hearing): what it hears of its runner and of those who ended
//! - [`mounts`](self::mounts): what only this box sees
//! - [`plain`](self::plain): programs that no runner waits for
//! - [`run`](self::run): one run from its order to its ending
//! - [`wire`](self::wire): the way to the host

mod birth;
mod hearing;
mod mounts;
mod outbox;
mod plain;
mod run;
mod wire;

use super::confine::{Streams, Walls, become_program};
use super::place::Place;
use super::watch::Members;
use super::{collect, place, sys};
use crate::frame::{self, CHUNK, Frame, Kind};
use crate::order::{Command, Content, Ready, RunOrder, SetupFailure};
pub(super) use birth::{Birth, Parts, streams};
use council_core::sandbox::Limits;
use outbox::Outbox;
use run::{Finished, Run};
use rustix::event::{PollFd, PollFlags};
use rustix::process::{DumpableBehavior, Pid, Signal};
use seccompiler::BpfProgram;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::time::Duration;
pub(super) use wire::Wire;

/// A runner says no more than this at once, in bytes.
const MAX_SAID: usize = 1 << 20;

/// Lives as pid 1 of a new box.
pub(super) fn live(birth: Birth) -> ! {
    let wire = || birth.channel.try_clone().and_then(Wire::socket);
    let (Ok(wire), Ok(mut spare)) = (wire(), wire()) else {
        sys::exit_now(1)
    };
    match Init::begin(wire, birth) {
        Ok(init) => init.serve(),
        Err(failure) => {
            say_failed(&mut spare, &failure);
            sys::exit_now(1)
        }
    }
}

/// Tells the host that there will be no box.
pub(super) fn say_failed(wire: &mut Wire, failure: &SetupFailure) {
    let body = serde_json::to_vec(failure).unwrap_or_default();
    let _ = frame::write(wire, Kind::Failed, &body);
}

/// Pid 1 of a box, or a guest in its stead.
pub(super) struct Init {
    wire: Wire,
    /// What is read of a stream goes through it.
    buffer: Vec<u8>,
    children: OwnedFd,
    /// Where the launcher says how a copy ended.
    told: Option<OwnedFd>,
    place: Place,
    stdin: Option<OwnedFd>,
    stdout: Option<OwnedFd>,
    stderr: Option<OwnedFd>,
    /// To the runner; `None` once it hung up.
    control: Option<OwnedFd>,
    /// What the runner has said of a message that is not whole yet.
    heard: Vec<u8>,
    to_runner: Outbox,
    to_stdin: Outbox,
    paths: Option<OwnedFd>,
    calls: BpfProgram,
    /// Started when its script is known, anew for each program of a session; `None` where a runner is there.
    plain: Option<(Command, Streams)>,
    main: Option<Pid>,
    /// What the runner has mapped before it was given anything, in bytes.
    base_data: u64,
    source: Vec<u8>,
    /// The file that is being written.
    file: Option<String>,
    run: Option<Run>,
    reaped_cpu: Duration,
}

/// Sixteen characters that nobody guesses.
fn new_word() -> io::Result<String> {
    let mut bytes = [0_u8; 8];
    rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty())?;
    Ok(format!("{:016x}", u64::from_le_bytes(bytes)))
}

pub(super) fn layer(name: &str) -> impl Fn(io::Error) -> SetupFailure + '_ {
    move |error| SetupFailure {
        layer: name.to_owned(),
        message: error.to_string(),
    }
}

impl Init {
    fn begin(wire: Wire, birth: Birth) -> Result<Self, SetupFailure> {
        let _ = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
        let mut byte = [0];
        match rustix::io::read(&birth.go, &mut byte) {
            Ok(1) => {}
            _ => sys::exit_now(1),
        }
        mounts::put_up().map_err(layer("mount namespace"))?;
        // Those of a run that asks for no others, while nobody waits for it.
        let usual = Limits::default();
        birth
            .group
            .limit(usual.memory_bytes, usual.processes)
            .map_err(layer("control group"))?;
        let _ = rustix::system::sethostname(b"box");
        let parts = Parts {
            wire,
            told: Some(birth.go),
            ends: birth.ends,
            paths: Some(place::own_paths().map_err(layer("landlock"))?),
            calls: birth.calls,
            place: Place::own(birth.group).map_err(layer("mount namespace"))?,
        };
        Self::new(parts)?.fill(birth.content, birth.streams)
    }

    /// Takes the place of pid 1, or is it.
    ///
    /// # Errors
    /// Naming the layer that could not be put up.
    pub(super) fn new(parts: Parts) -> Result<Self, SetupFailure> {
        // Its memory and descriptors are nobody's business, even where a program has the same user.
        rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)
            .map_err(|error| layer("pid 1")(error.into()))?;
        let init = Self {
            wire: parts.wire,
            buffer: vec![0; CHUNK],
            children: sys::watch_children().map_err(layer("pid 1"))?,
            told: parts.told,
            place: parts.place,
            stdin: Some(parts.ends.stdin),
            stdout: Some(parts.ends.stdout),
            stderr: Some(parts.ends.stderr),
            control: Some(parts.ends.control),
            heard: Vec::new(),
            to_runner: Outbox::default(),
            to_stdin: Outbox::default(),
            paths: parts.paths,
            calls: parts.calls,
            plain: None,
            main: None,
            base_data: 0,
            source: Vec::new(),
            file: None,
            run: None,
            reaped_cpu: Duration::ZERO,
        };
        init.never_wait().map_err(layer("pid 1"))?;
        Ok(init)
    }

    /// Puts into the box what is to stand ready there.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(super) fn fill(mut self, content: Content, streams: Option<Streams>) -> Result<Self, SetupFailure> {
        match (content, streams) {
            (Content::Empty(command), Some(streams)) => {
                self.plain = Some((command, streams));
                self.say(Kind::Ready, &Ready { pid: 0 });
            }
            (Content::Runner(command), Some(streams)) => {
                let pid = self.start(&command, &streams, None).map_err(layer("start"))?;
                self.main = Some(pid);
            }
            (Content::Copy(_), None) => {
                if let (Some(control), Some(paths)) = (&self.control, &self.paths) {
                    crate::message::send(control, &"paths", &[paths.as_fd()]).map_err(layer("start"))?;
                }
            }
            _ => return Err(layer("start")(io::ErrorKind::InvalidInput.into())),
        }
        Ok(self)
    }

    /// Reading and writing what a program shares never makes pid 1 wait.
    fn never_wait(&self) -> io::Result<()> {
        let streams = [&self.stdin, &self.stdout, &self.stderr].into_iter().flatten();
        for descriptor in streams.chain(&self.told) {
            rustix::io::ioctl_fionbio(descriptor, true)?;
        }
        Ok(())
    }

    /// Starts a program in the box.
    fn start(&self, command: &Command, streams: &Streams, limits: Option<&RunOrder>) -> io::Result<Pid> {
        if let Some(pid) = sys::fork(0)? {
            return Ok(pid);
        }
        if self.place.members == Members::Descendants {
            let _ = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
        }
        let limited = limits.map(|order| super::confine::limit(&self.place, None, order, 0));
        let error = match limited {
            Some(Err(error)) => error,
            _ => become_program(
                command,
                streams,
                &Walls {
                    paths: self.paths.as_ref(),
                    calls: &self.calls,
                    user: self.place.user,
                },
            ),
        };
        let text = format!("the sandbox cannot start {}: {error}\n", command.program);
        let _ = rustix::io::write(&streams.stderr, text.as_bytes());
        sys::exit_now(127)
    }

    /// Serves until the host is gone or the program has ended.
    pub(super) fn serve(mut self) -> ! {
        loop {
            self.wait();
            self.hear_runner();
            self.take_output();
            self.give_input();
            self.reap();
            self.judge();
            if self.server_speaks() {
                self.obey();
            }
        }
    }

    /// Until something happens, or something is to be looked at.
    fn wait(&self) {
        let read = PollFlags::IN;
        let mut all = vec![PollFd::new(&self.wire, read), PollFd::new(&self.children, read)];
        all.extend(self.told.iter().map(|told| PollFd::new(told, read)));
        if let Some(control) = &self.control {
            let events = if self.to_runner.is_empty() {
                read
            } else {
                read | PollFlags::OUT
            };
            all.push(PollFd::new(control, events));
        }
        for stream in [&self.stdout, &self.stderr].into_iter().flatten() {
            all.push(PollFd::new(stream, read));
        }
        if let Some(stdin) = &self.stdin
            && !self.to_stdin.is_empty()
        {
            all.push(PollFd::new(stdin, PollFlags::OUT));
        }
        let timeout = self.run.as_ref().map(Run::next_look);
        let timeout = timeout.and_then(|time| time.try_into().ok());
        let _ = rustix::event::poll(&mut all, timeout.as_ref());
    }

    fn server_speaks(&self) -> bool {
        let mut one = [PollFd::new(&self.wire, PollFlags::IN)];
        let now = rustix::event::Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        rustix::event::poll(&mut one, Some(&now)).is_ok_and(|count| count > 0)
    }

    fn obey(&mut self) {
        match frame::read(&mut self.wire) {
            Ok(Some(Frame { kind, body })) => match kind {
                Kind::File => self.put_file(&body),
                Kind::Stdin => self.to_stdin.push(&body),
                Kind::Source => self.source.extend_from_slice(&body),
                Kind::Run => match serde_json::from_slice(&body) {
                    Ok(order) => self.begin_run(order),
                    Err(_) => self.place.leave(1),
                },
                Kind::Interrupt => self.interrupt(),
                Kind::Begin
                | Kind::Failed
                | Kind::Ready
                | Kind::Stdout
                | Kind::Stderr
                | Kind::Artifact
                | Kind::Data
                | Kind::Ended => self.place.leave(1),
            },
            // The run was cancelled, or the server is gone.
            Ok(None) | Err(_) => self.place.leave(0),
        }
    }

    fn put_file(&mut self, body: &[u8]) {
        let parsed = body.split_first_chunk::<2>().and_then(|(length, rest)| {
            let (name, content) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
            Some((std::str::from_utf8(name).ok()?.to_owned(), content))
        });
        let Some((name, content)) = parsed else {
            self.place.leave(1)
        };
        let first = self.file.as_deref() != Some(&name);
        if let Err(error) = collect::put(&self.place.home, &name, content, first) {
            self.fail(&SetupFailure {
                layer: "files".to_owned(),
                message: format!("{name}: {error}"),
            });
        }
        self.file = Some(name);
    }

    fn fail(&mut self, failure: &SetupFailure) -> ! {
        self.say(Kind::Failed, failure);
        self.place.leave(1)
    }

    fn interrupt(&self) {
        if let Some(pid) = self.main
            && self.run.is_some()
        {
            // With what it started and waits for, as a terminal does.
            let _ = rustix::process::kill_process_group(pid, Signal::INT);
        }
    }

    fn begin_run(&mut self, order: RunOrder) {
        self.file = None;
        // Half a message of an earlier run is not the beginning of one of this.
        self.heard.clear();
        if self.place.resizes
            && let Err(error) = mounts::resize(&order)
        {
            self.fail(&layer("mount namespace")(error));
        }
        if let Err(error) = self.place.group.limit(order.memory_bytes, order.processes) {
            self.fail(&layer("control group")(error));
        }
        let source = std::mem::take(&mut self.source);
        let before = collect::before(&self.place.home);
        if let Some((command, streams)) = self.plain.take() {
            match self.start_plain(command, streams, &source, order, before) {
                Ok(pid) => self.main = Some(pid),
                Err(error) => self.fail(&layer("start")(error)),
            }
        } else {
            if let Some(pid) = self.main {
                let limited = super::confine::limit(&self.place, Some(pid), &order, self.base_data);
                if let Err(error) = limited {
                    self.fail(&layer("limits")(error));
                }
                // A session's process rests between its runs.
                let _ = rustix::process::kill_process(pid, Signal::CONT);
            }
            let word = match new_word() {
                Ok(word) => word,
                Err(error) => self.fail(&layer("random numbers")(error)),
            };
            self.to_runner
                .push(&u32::try_from(source.len()).unwrap_or(u32::MAX).to_le_bytes());
            self.to_runner.push(if order.session { b"s" } else { b"-" });
            self.to_runner.push(word.as_bytes());
            self.run = Some(Run::begin(order, before, &self.place, self.reaped_cpu, word));
            self.to_runner.push(&source);
        }
        self.to_stdin.close();
        self.give_input();
    }

    fn give_input(&mut self) {
        if let Some(control) = &self.control {
            let _ = self.to_runner.send(control.as_fd());
        }
        if let Some(stdin) = &self.stdin
            && self.to_stdin.send(stdin.as_fd()).is_none()
            // A session's runner reads its streams again.
            && (self.plain.is_some() || !self.run.as_ref().is_some_and(|run| run.order.session))
        {
            self.stdin = None;
        }
    }

    fn take_output(&mut self) {
        if let Some(run) = &mut self.run {
            for (stream, kind) in [(&mut self.stdout, Kind::Stdout), (&mut self.stderr, Kind::Stderr)] {
                let open = stream
                    .as_ref()
                    .is_none_or(|pipe| run.take(pipe, kind, &self.place, &mut self.wire, &mut self.buffer));
                if !open {
                    *stream = None;
                }
            }
        }
    }

    fn judge(&mut self) {
        let Some(run) = &mut self.run else { return };
        if let Some(cause) = run.look(&self.place, self.main, self.reaped_cpu) {
            self.finish(Finished::Stopped(cause));
        }
    }

    /// Ends the run and tells what came of it.
    fn finish(&mut self, how: Finished) {
        let Some(run) = self.run.take() else { return };
        let mut ending = run.ending(&self.place, how, self.main, self.reaped_cpu);
        // Said before everything ends, so that nobody waits for processes to be taken down.
        if ending.alive {
            if self.plain.is_some() {
                // Its shell has said what the next one takes up, and has nothing left to do.
                self.main = None;
            }
            Run::rest(&self.place, self.main);
        } else {
            self.place.members.end();
        }
        self.run = Some(run);
        // Pipes can be made as long as a megabyte.
        for _ in 0..8 {
            self.take_output();
        }
        let Some(run) = self.run.take() else { return };
        run.tell(&mut ending, &self.place, &mut self.wire);
        if !ending.alive || self.renew_stdin().is_err() {
            self.place.leave(0);
        }
        self.to_runner = Outbox::default();
        self.to_stdin = Outbox::default();
    }

    fn say(&mut self, kind: Kind, what: &impl serde::Serialize) {
        let body = serde_json::to_vec(what).unwrap_or_default();
        if frame::write(&mut self.wire, kind, &body).is_err() {
            self.place.leave(0);
        }
    }
}
