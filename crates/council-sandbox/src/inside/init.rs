//! Pid 1 of a box: puts up what is the box's own, starts the program or meets its runner, watches, reports, and ends it
//! all. When it ends, the kernel ends everything in the box.
//!
//! - [`mounts`](self::mounts): what only this box sees
//! - [`run`](self::run): one run from its order to its ending

mod mounts;
mod outbox;
mod run;

use super::confine::{Streams, Walls, become_program};
use super::{collect, paths, sys};
use crate::frame::{self, Frame, Kind};
use crate::order::{Command, Content, Ready, RunOrder, SetupFailure};
use outbox::Outbox;
use run::{Finished, Run};
use rustix::event::{PollFd, PollFlags};
use rustix::process::{DumpableBehavior, Pid, Signal};
use seccompiler::BpfProgram;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// Where the script of a plain program stands.
const SCRIPT: &str = "/tmp/main.sh";
/// A runner says no more than this at once, in bytes.
const MAX_SAID: usize = 1 << 20;

/// What pid 1 is given by the launcher.
pub(super) struct Birth {
    /// To the server.
    pub(super) channel: OwnedFd,
    /// Readable when the launcher has mapped users and is done looking at this process; and again when a copy ended,
    /// which is the launcher's child.
    pub(super) go: OwnedFd,
    pub(super) content: Content,
    /// The program's ends of its streams; gone already where a zygote has them.
    pub(super) streams: Option<Streams>,
    pub(super) stdin: OwnedFd,
    pub(super) stdout: OwnedFd,
    pub(super) stderr: OwnedFd,
    pub(super) control: OwnedFd,
    pub(super) calls: BpfProgram,
}

/// Lives as pid 1 of a new box.
pub(super) fn live(birth: Birth) -> ! {
    let mut channel = UnixStream::from(birth.channel.try_clone().unwrap_or_else(|_| sys::exit_now(1)));
    match Init::begin(birth) {
        Ok(init) => init.serve(),
        Err(failure) => {
            let body = serde_json::to_vec(&failure).unwrap_or_default();
            let _ = frame::write(&mut channel, Kind::Failed, &body);
            sys::exit_now(1)
        }
    }
}

struct Init {
    channel: UnixStream,
    children: OwnedFd,
    /// Where the launcher says how a copy ended.
    told: OwnedFd,
    stdin: Option<OwnedFd>,
    stdout: Option<OwnedFd>,
    stderr: Option<OwnedFd>,
    /// To the runner; `None` once it hung up.
    control: Option<OwnedFd>,
    /// What the runner has said of a message that is not whole yet.
    heard: Vec<u8>,
    to_runner: Outbox,
    to_stdin: Outbox,
    paths: OwnedFd,
    calls: BpfProgram,
    /// Started when its script is known; `None` where a runner is there.
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

fn layer(name: &str) -> impl Fn(io::Error) -> SetupFailure + '_ {
    move |error| SetupFailure {
        layer: name.to_owned(),
        message: error.to_string(),
    }
}

impl Init {
    fn begin(birth: Birth) -> Result<Self, SetupFailure> {
        let _ = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
        let mut byte = [0];
        match rustix::io::read(&birth.go, &mut byte) {
            Ok(1) => {}
            _ => sys::exit_now(1),
        }
        mounts::put_up().map_err(layer("mount namespace"))?;
        let _ = rustix::system::sethostname(b"box");
        let paths = paths::ruleset().map_err(layer("landlock"))?;
        // Its memory and descriptors are nobody's business, even where a program has the same user.
        rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)
            .map_err(|error| layer("pid 1")(error.into()))?;
        let mut init = Self {
            channel: UnixStream::from(birth.channel),
            children: sys::watch_children().map_err(layer("pid 1"))?,
            told: birth.go,
            stdin: Some(birth.stdin),
            stdout: Some(birth.stdout),
            stderr: Some(birth.stderr),
            control: Some(birth.control),
            heard: Vec::new(),
            to_runner: Outbox::default(),
            to_stdin: Outbox::default(),
            paths,
            calls: birth.calls,
            plain: None,
            main: None,
            base_data: 0,
            source: Vec::new(),
            file: None,
            run: None,
            reaped_cpu: Duration::ZERO,
        };
        init.never_wait().map_err(layer("pid 1"))?;
        match (birth.content, birth.streams) {
            (Content::Empty(command), Some(streams)) => {
                // Nobody is spoken to.
                init.control = None;
                let streams = Streams {
                    control: None,
                    ..streams
                };
                init.plain = Some((command, streams));
                init.say(Kind::Ready, &Ready { pid: 0 });
            }
            (Content::Runner(command), Some(streams)) => {
                let pid = init.start(&command, &streams, None).map_err(layer("start"))?;
                init.main = Some(pid);
            }
            (Content::Copy(_), None) => {
                if let Some(control) = &init.control {
                    crate::message::send(control, &"paths", &[init.paths.as_fd()]).map_err(layer("start"))?;
                }
            }
            _ => return Err(layer("start")(io::ErrorKind::InvalidInput.into())),
        }
        Ok(init)
    }

    /// Reading and writing what a program shares never makes pid 1 wait.
    fn never_wait(&self) -> io::Result<()> {
        let streams = [&self.stdin, &self.stdout, &self.stderr].into_iter().flatten();
        for descriptor in streams.chain([&self.told]) {
            rustix::io::ioctl_fionbio(descriptor, true)?;
        }
        Ok(())
    }

    /// Starts a program in the box.
    fn start(&self, command: &Command, streams: &Streams, limits: Option<&RunOrder>) -> io::Result<Pid> {
        if let Some(pid) = sys::fork(0)? {
            return Ok(pid);
        }
        let error = match limits.map(|order| super::confine::limit(None, order, 0)) {
            Some(Err(error)) => error,
            _ => become_program(
                command,
                streams,
                &Walls {
                    paths: &self.paths,
                    calls: &self.calls,
                },
            ),
        };
        let text = format!("the sandbox cannot start {}: {error}\n", command.program);
        let _ = rustix::io::write(&streams.stderr, text.as_bytes());
        sys::exit_now(127)
    }

    fn serve(mut self) -> ! {
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
        let mut all = vec![
            PollFd::new(&self.channel, read),
            PollFd::new(&self.children, read),
            PollFd::new(&self.told, read),
        ];
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
        let mut one = [PollFd::new(&self.channel, PollFlags::IN)];
        let now = rustix::event::Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        rustix::event::poll(&mut one, Some(&now)).is_ok_and(|count| count > 0)
    }

    fn obey(&mut self) {
        match frame::read(&mut self.channel) {
            Ok(Some(Frame { kind, body })) => match kind {
                Kind::File => self.put_file(&body),
                Kind::Stdin => self.to_stdin.push(&body),
                Kind::Source => self.source.extend_from_slice(&body),
                Kind::Run => match serde_json::from_slice(&body) {
                    Ok(order) => self.begin_run(order),
                    Err(_) => sys::exit_now(1),
                },
                Kind::Interrupt => self.interrupt(),
                Kind::Failed | Kind::Ready | Kind::Stdout | Kind::Stderr => sys::exit_now(1),
                Kind::Artifact | Kind::Data | Kind::Ended => sys::exit_now(1),
            },
            // The run was cancelled, or the server is gone.
            Ok(None) | Err(_) => sys::exit_now(0),
        }
    }

    fn put_file(&mut self, body: &[u8]) {
        let parsed = body.split_first_chunk::<2>().and_then(|(length, rest)| {
            let (name, content) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
            Some((std::str::from_utf8(name).ok()?.to_owned(), content))
        });
        let Some((name, content)) = parsed else {
            sys::exit_now(1)
        };
        let first = self.file.as_deref() != Some(&name);
        if let Err(error) = collect::put(&name, content, first) {
            self.fail(&SetupFailure {
                layer: "files".to_owned(),
                message: format!("{name}: {error}"),
            });
        }
        self.file = Some(name);
    }

    fn fail(&mut self, failure: &SetupFailure) -> ! {
        self.say(Kind::Failed, failure);
        sys::exit_now(1)
    }

    fn interrupt(&self) {
        if let Some(pid) = self.main
            && self.run.is_some()
        {
            let _ = rustix::process::kill_process(pid, Signal::INT);
        }
    }

    fn begin_run(&mut self, order: RunOrder) {
        self.file = None;
        if let Err(error) = mounts::resize(&order) {
            self.fail(&layer("mount namespace")(error));
        }
        let source = std::mem::take(&mut self.source);
        let before = collect::before();
        if let Some((mut command, streams)) = self.plain.take() {
            // A file, because `bash -c` takes no more than 128 KiB and shows the script in the list of processes.
            command.arguments.push(SCRIPT.to_owned());
            let started = std::fs::write(SCRIPT, &source).and_then(|()| {
                self.run = Some(Run::begin(order, before, self.reaped_cpu));
                self.start(&command, &streams, Some(&order))
            });
            match started {
                Ok(pid) => self.main = Some(pid),
                Err(error) => self.fail(&layer("start")(error)),
            }
        } else {
            if let Some(pid) = self.main {
                if let Err(error) = super::confine::limit(Some(pid), &order, self.base_data) {
                    self.fail(&layer("limits")(error));
                }
                // A session's process rests between its runs.
                let _ = rustix::process::kill_process(pid, Signal::CONT);
            }
            let used = self.main.and_then(sys::processor_time).unwrap_or_default();
            self.run = Some(Run::begin(order, before, self.reaped_cpu + used));
            self.to_runner
                .push(&u32::try_from(source.len()).unwrap_or(u32::MAX).to_le_bytes());
            self.to_runner.push(if order.session { b"s" } else { b"-" });
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
            // A session reads its streams again.
            && !self.run.as_ref().is_some_and(|run| run.order.session)
        {
            self.stdin = None;
        }
    }

    fn take_output(&mut self) {
        if let Some(run) = &mut self.run {
            for (stream, kind) in [(&mut self.stdout, Kind::Stdout), (&mut self.stderr, Kind::Stderr)] {
                let open = stream
                    .as_ref()
                    .is_none_or(|pipe| run.take(pipe, kind, &mut self.channel));
                if !open {
                    *stream = None;
                }
            }
        }
    }

    /// A runner says that it is ready, `R`, its pid; or that it is done, `D`, and how. Nothing else is listened to.
    fn hear_runner(&mut self) {
        let mut buffer = [0; 4096];
        let flags = rustix::net::RecvFlags::DONTWAIT;
        while let Some(control) = &self.control {
            match rustix::net::recv(control, &mut buffer, flags) {
                Ok((count @ 1.., _)) => self.heard.extend_from_slice(&buffer[..count]),
                Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => break,
                // A program may close what its runner speaks through; its process still ends some time.
                Ok(_) | Err(_) => self.control = None,
            }
            if self.heard.len() > MAX_SAID + 4096 {
                break;
            }
        }
        while let Some((&kind, rest)) = self.heard.split_first() {
            let Some((length, rest)) = rest.split_first_chunk::<4>() else {
                return;
            };
            let length = u32::from_le_bytes(*length) as usize;
            if length > MAX_SAID {
                // Only a program that plays the runner says so much. It is not listened to again.
                self.heard.clear();
                return;
            }
            let Some(said) = rest.get(..length) else { return };
            let said = String::from_utf8_lossy(said).into_owned();
            self.heard.drain(..5 + length);
            match (kind, &self.run) {
                (b'R', None) => self.meet(&said),
                (b'D', Some(_)) => self.finish(Finished::Said(said)),
                _ => {}
            }
        }
    }

    fn meet(&mut self, said: &str) {
        let pid = said.parse().ok().and_then(Pid::from_raw);
        if self.main.is_none() {
            self.main = pid;
        }
        if let Some(pid) = self.main {
            self.base_data = super::watch::data(pid);
            self.say(
                Kind::Ready,
                &Ready {
                    pid: pid.as_raw_nonzero().get(),
                },
            );
        }
    }

    fn reap(&mut self) {
        let mut buffer = [0; 512];
        while rustix::io::read(&self.children, &mut buffer).is_ok() {}
        while let Some(ended) = sys::reap() {
            self.ended(ended);
        }
        let mut bytes = [0; sys::Ended::SIZE];
        match (rustix::io::read(&self.told, &mut bytes), self.main) {
            (Ok(sys::Ended::SIZE), Some(main)) => {
                self.ended(sys::Ended::from_bytes(bytes, main.as_raw_nonzero().get()));
            }
            // The launcher is gone, and so will this process be.
            (Ok(0), _) => sys::exit_now(0),
            _ => {}
        }
    }

    fn ended(&mut self, ended: sys::Ended) {
        self.reaped_cpu += ended.cpu;
        if self
            .main
            .is_some_and(|main| main.as_raw_nonzero().get() == ended.pid)
        {
            // Its last words may still be in the socket.
            self.hear_runner();
            self.main = None;
            if self.run.is_some() {
                self.finish(Finished::Ended(ended));
            } else {
                // A runner that ends without being asked to: nothing can run here any more.
                sys::exit_now(0);
            }
        }
    }

    fn judge(&mut self) {
        let Some(run) = &mut self.run else { return };
        if let Some(cause) = run.look(self.main, self.reaped_cpu) {
            self.finish(Finished::Stopped(cause));
        }
    }

    /// Ends the run and tells what came of it.
    fn finish(&mut self, how: Finished) {
        let Some(run) = self.run.take() else { return };
        let mut ending = run.ending(how, self.main, self.reaped_cpu);
        // Said before everything ends, so that nobody waits for processes to be taken down.
        if ending.alive {
            run.rest(self.main);
        } else {
            sys::kill_all();
        }
        self.run = Some(run);
        // Pipes can be made as long as a megabyte.
        for _ in 0..8 {
            self.take_output();
        }
        let Some(run) = self.run.take() else { return };
        run.tell(&mut ending, &mut self.channel);
        if !ending.alive {
            sys::exit_now(0);
        }
        self.to_runner = Outbox::default();
        self.to_stdin = Outbox::default();
    }

    fn say(&mut self, kind: Kind, what: &impl serde::Serialize) {
        let body = serde_json::to_vec(what).unwrap_or_default();
        if frame::write(&mut self.channel, kind, &body).is_err() {
            sys::exit_now(0);
        }
    }
}
